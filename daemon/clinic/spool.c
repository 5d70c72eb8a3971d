#include "daemon/clinic/spool.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

/* An item is a file: topic, newline, size, newline, payload. Its name sorts by arrival. */

struct Spool {
        int directory; /* descriptor */
        atomic_uint_fast64_t next;
};

#define HEAD_MAX (TOPIC_MAX + 32)

static int newest_number(Spool *spool, uint64_t *ret)
{
        int fd = openat(spool->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *listing = fd < 0 ? NULL : fdopendir(fd);
        const struct dirent *entry;

        if (!listing) {
                int error = errno;

                if (fd >= 0)
                        (void)close(fd); /* nothing left to do if it fails */
                return -error;
        }
        *ret = 0;
        while ((entry = readdir(listing))) {
                uint64_t number;

                if (sscanf(entry->d_name, "%16" SCNx64 ".in", &number) == 1 && number > *ret)
                        *ret = number;
        }
        (void)closedir(listing); /* was read only */
        return 0;
}

int spool_new(const char *directory, Spool **ret)
{
        CLEANUP(spool_freep) Spool *spool = calloc(1, sizeof(*spool));
        uint64_t newest = 0;
        int r;

        if (!spool)
                return -ENOMEM;
        spool->directory = -1;
        if (mkdir(directory, 0700) < 0 && errno != EEXIST)
                return -errno;
        spool->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (spool->directory < 0)
                return -errno;
        r = newest_number(spool, &newest);
        if (r < 0)
                return r;
        atomic_init(&spool->next, newest + 1);
        *ret = TAKE(spool);
        return 0;
}

Spool *spool_free(Spool *spool)
{
        if (!spool)
                return NULL;
        if (spool->directory >= 0)
                (void)close(spool->directory); /* nothing left to do if it fails */
        free(spool);
        return NULL;
}

static bool write_whole(int fd, const void *data, size_t size)
{
        const char *at = data;

        while (size > 0) {
                ssize_t n = write(fd, at, size);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return false;
                at += n;
                size -= (size_t)n;
        }
        return true;
}

bool spool_put(Spool *spool, const char *topic, const void *payload, size_t size)
{
        char name[24], temporary[28], head[HEAD_MAX];
        size_t kept = size < SPOOL_PAYLOAD_MAX ? size : SPOOL_PAYLOAD_MAX;
        int length = snprintf(head, sizeof(head), "%s\n%zu\n", topic, size);
        CLEANUP(closep) int fd = -1;

        if (length < 0 || (size_t)length >= sizeof(head))
                return true; /* no topic of ours is so long: dropped for good */
        (void)snprintf(name, sizeof(name), "%016" PRIx64 ".in",
                       (uint64_t)atomic_fetch_add(&spool->next, 1));
        (void)snprintf(temporary, sizeof(temporary), "%s.new", name);
        fd = openat(spool->directory, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0 || !write_whole(fd, head, (size_t)length) || !write_whole(fd, payload, kept) ||
            fsync(fd) < 0 ||
            renameat(spool->directory, temporary, spool->directory, name) < 0) {
                /* The library tries again for ever: what each attempt leaves would fill the disk. */
                (void)unlinkat(spool->directory, temporary, 0);
                return false;
        }
        return fsync(spool->directory) == 0;
}

static int oldest_name(Spool *spool, char ret[static 24])
{
        uint64_t oldest = UINT64_MAX;
        int fd = openat(spool->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *listing = fd < 0 ? NULL : fdopendir(fd);
        const struct dirent *entry;

        if (!listing)
                return -errno;
        while ((entry = readdir(listing))) {
                uint64_t number;
                int end = 0;

                if (sscanf(entry->d_name, "%16" SCNx64 ".in%n", &number, &end) == 1 && end == 19 &&
                    entry->d_name[end] == '\0' && number < oldest)
                        oldest = number;
        }
        (void)closedir(listing); /* was read only */
        if (oldest == UINT64_MAX)
                return 0;
        (void)snprintf(ret, 24, "%016" PRIx64 ".in", oldest);
        return 1;
}

/* -EUCLEAN: what is there was not written by spool_put, or the disk lost it. */
static int read_item(Spool *spool, SpoolItem *ret)
{
        CLEANUP(closep) int fd = openat(spool->directory, ret->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        char head[HEAD_MAX] = "", *line;
        ssize_t n;

        if (fd < 0)
                return -errno;
        n = pread(fd, head, sizeof(head) - 1, 0);
        if (n < 0)
                return -errno;
        line = memchr(head, '\n', (size_t)n);
        if (!line)
                return -EUCLEAN;
        *line++ = '\0';
        if (!text_copy(ret->topic, sizeof(ret->topic), head) || *line < '0' || *line > '9')
                return -EUCLEAN;
        ret->size = strtoul(line, &line, 10);
        if (*line != '\n')
                return -EUCLEAN;
        n = pread(fd, ret->payload, sizeof(ret->payload), line + 1 - head);
        if (n < 0)
                return -errno;
        if (ret->size <= SPOOL_PAYLOAD_MAX && (size_t)n < ret->size)
                ret->size = (size_t)n; /* cut by a crash before it was synced: never acknowledged */
        return 1;
}

/* Trying again will not mend these: a directory, a device, a damaged file or disk. */
static bool is_unreadable(int error)
{
        static const int errors[] = {-EUCLEAN, -EIO, -EISDIR, -ELOOP, -ENXIO, -EINVAL, -ESPIPE};

        for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
                if (errors[i] == error)
                        return true;
        }
        return false;
}

static int set_aside(Spool *spool, const char *name, int why)
{
        char aside[28];

        (void)snprintf(aside, sizeof(aside), "%s.bad", name);
        if (renameat(spool->directory, name, spool->directory, aside) < 0)
                return -errno;
        log_event(LOG_INBOUND_REFUSED, LOG_LEVEL_ERROR, NULL, NULL,
                  "a message of the clinic cannot be read (%s): kept as inbound/%s for a human, going on "
                  "with the next",
                  strerror(-why), aside);
        return 0;
}

int spool_next(Spool *spool, SpoolItem *ret)
{
        int r;

        while ((r = oldest_name(spool, ret->name)) > 0) {
                int set, read = read_item(spool, ret);

                if (read >= 0 || !is_unreadable(read))
                        return read;
                set = set_aside(spool, ret->name, read);
                if (set < 0)
                        return set;
        }
        return r;
}

int spool_remove(Spool *spool, const char *name)
{
        return unlinkat(spool->directory, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}
