#include "daemon/control/resources.h"

#include "proto/fields.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#define DESCRIPTORS "/proc/self/fd"
#define MEMORY      "/proc/self/statm"

typedef struct Peer {
        struct sockaddr_un address;
        socklen_t size;
} Peer;

/* The other end of a Unix socket, if the descriptor is one. */
static bool read_peer(int fd, Peer *ret)
{
        *ret = (Peer){.size = sizeof(ret->address)};
        return getpeername(fd, (struct sockaddr *)&ret->address, &ret->size) == 0 &&
               ret->address.sun_family == AF_UNIX && ret->size > sizeof(sa_family_t);
}

static bool is_same(const Peer *a, const Peer *b)
{
        return a->size == b->size && memcmp(&a->address, &b->address, a->size) == 0;
}

static void count_descriptors(sd_bus *bus, Resources *ret)
{
        DIR *directory = opendir(DESCRIPTORS);
        const struct dirent *entry;
        Peer broker, peer;
        int fd = sd_bus_get_fd(bus);
        bool known = fd >= 0 && read_peer(fd, &broker);

        if (!directory)
                return;
        ret->descriptors = 0;
        ret->bus_connections = known ? 0 : NULL_INTEGER;
        while ((entry = readdir(directory))) {
                if (sscanf(entry->d_name, "%d", &fd) != 1 || fd == dirfd(directory))
                        continue;
                ret->descriptors++;
                ret->bus_connections += known && read_peer(fd, &peer) && is_same(&peer, &broker);
        }
        (void)closedir(directory); /* only read */
}

static void read_memory(Resources *ret)
{
        FILE *file = fopen(MEMORY, "re");
        long long pages;

        if (!file)
                return;
        if (fscanf(file, "%*s %lld", &pages) == 1)
                ret->memory_octets = pages * sysconf(_SC_PAGESIZE);
        (void)fclose(file); /* only read */
}

void resources_read(sd_bus *bus, Resources *ret)
{
        *ret = (Resources){.bus_connections = NULL_INTEGER, .descriptors = NULL_INTEGER, .memory_octets = NULL_INTEGER};
        count_descriptors(bus, ret);
        read_memory(ret);
}
