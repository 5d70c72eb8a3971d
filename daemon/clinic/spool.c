#include "daemon/clinic/spool.h"

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

#define HEAD_MAX  (TOPIC_MAX + 32)
#define BATCH_MAX 64
#define BAD_MAX   16

struct Spool {
        int directory; /* descriptor */
        atomic_uint_fast64_t next;
        atomic_uint_fast64_t n_items;
        uint64_t batch[BATCH_MAX]; /* the oldest ones at the last look, in order */
        size_t batch_at, n_batch;
};

static bool parse_name(const char *name, uint64_t *ret)
{
        int end = 0;

        return sscanf(name, "%16" SCNx64 ".in%n", ret, &end) == 1 && end == SPOOL_NAME_SIZE - 1 &&
               name[end] == '\0';
}

static void format_name(uint64_t number, char ret[static SPOOL_NAME_SIZE])
{
        (void)snprintf(ret, SPOOL_NAME_SIZE, "%016" PRIx64 ".in", number);
}

static int list(const Spool *spool, DIR **ret)
{
        int fd = openat(spool->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        *ret = fd < 0 ? NULL : fdopendir(fd);
        if (!*ret) {
                int error = errno;

                if (fd >= 0)
                        (void)close(fd); /* nothing left to do if it fails */
                return -error;
        }
        return 0;
}

/* Counts what is there, and removes what a crash left half written: it was never acknowledged. */
static int look_around(Spool *spool)
{
        uint64_t newest = 0, n = 0, number;
        const struct dirent *entry;
        DIR *listing;
        int r = list(spool, &listing);

        if (r < 0)
                return r;
        while ((entry = readdir(listing))) {
                if (parse_name(entry->d_name, &number)) {
                        n++;
                        newest = number > newest ? number : newest;
                } else if (strstr(entry->d_name, ".in.new")) {
                        (void)unlinkat(spool->directory, entry->d_name, 0); /* costs room, no more */
                }
        }
        (void)closedir(listing); /* was read only */
        atomic_init(&spool->next, newest + 1);
        atomic_init(&spool->n_items, n);
        return 0;
}

/* What is synced in a directory is gone with it, should a power cut take the directory's own name. At
 * each start, because the one that made it may have been cut short. */
static int sync_own_name(const Spool *spool)
{
        CLEANUP(closep) int fd = openat(spool->directory, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int spool_new(const char *directory, Spool **ret)
{
        CLEANUP(spool_freep) Spool *spool = calloc(1, sizeof(*spool));
        int r;

        if (!spool)
                return -ENOMEM;
        spool->directory = -1;
        if (mkdir(directory, 0700) < 0 && errno != EEXIST)
                return -errno;
        spool->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (spool->directory < 0)
                return -errno;
        r = sync_own_name(spool);
        if (r >= 0)
                r = look_around(spool);
        if (r < 0)
                return r;
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

static bool write_item(int fd, const char *head, const void *payload, size_t size)
{
        return fd >= 0 && write_whole(fd, head, strlen(head)) && write_whole(fd, payload, size) &&
               fsync(fd) == 0;
}

bool spool_put(Spool *spool, const char *topic, const void *payload, size_t size)
{
        char name[SPOOL_NAME_SIZE], temporary[SPOOL_NAME_SIZE + 4], head[HEAD_MAX];
        int length = snprintf(head, sizeof(head), "%s\n%zu\n", topic, size);
        CLEANUP(closep) int fd = -1;

        if (length < 0 || (size_t)length >= sizeof(head))
                return true; /* no topic of ours is so long: dropped for good */
        if (atomic_load(&spool->n_items) >= SPOOL_ITEMS_MAX) {
                errno = ENOBUFS;
                return false;
        }
        format_name(atomic_fetch_add(&spool->next, 1), name);
        (void)snprintf(temporary, sizeof(temporary), "%s.new", name);
        fd = openat(spool->directory, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (!write_item(fd, head, payload, size < SPOOL_PAYLOAD_MAX ? size : SPOOL_PAYLOAD_MAX) ||
            renameat(spool->directory, temporary, spool->directory, name) < 0) {
                int error = errno;

                (void)unlinkat(spool->directory, temporary, 0); /* else the next start does it */
                errno = error;
                return false;
        }
        (void)atomic_fetch_add(&spool->n_items, 1); /* it is there, synced or not */
        return fsync(spool->directory) == 0;
}

/* Keeps the smallest ones, in order. */
static void batch_insert(Spool *spool, uint64_t number)
{
        size_t i = spool->n_batch < BATCH_MAX ? spool->n_batch++ : BATCH_MAX;

        if (i == BATCH_MAX && spool->batch[--i] < number)
                return;
        for (; i > 0 && spool->batch[i - 1] > number; i--)
                spool->batch[i] = spool->batch[i - 1];
        spool->batch[i] = number;
}

/* One look at the directory for many items, however many lie there. */
static int refill_batch(Spool *spool)
{
        const struct dirent *entry;
        uint64_t number;
        DIR *listing;
        int r = list(spool, &listing);

        if (r < 0)
                return r;
        spool->batch_at = spool->n_batch = 0;
        while ((entry = readdir(listing))) {
                if (parse_name(entry->d_name, &number))
                        batch_insert(spool, number);
        }
        (void)closedir(listing); /* was read only */
        return 0;
}

/* Trying again will not mend these: a directory, a device, a damaged file or disk. */
static int lasting(int error)
{
        static const int errors[] = {-EIO, -EISDIR, -ELOOP, -ENXIO, -EINVAL, -ESPIPE};

        for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
                if (errors[i] == error)
                        return -EUCLEAN;
        }
        return error;
}

/* Opens the oldest item. 1, 0: none; -errno. */
static int open_oldest(Spool *spool, char ret_name[static SPOOL_NAME_SIZE], int *ret_fd)
{
        for (;;) {
                int r = spool->batch_at < spool->n_batch ? 0 : refill_batch(spool);

                if (r < 0 || spool->n_batch == 0)
                        return r;
                format_name(spool->batch[spool->batch_at], ret_name);
                *ret_fd = openat(spool->directory, ret_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
                if (*ret_fd >= 0)
                        return 1;
                if (errno != ENOENT)
                        return lasting(-errno);
                spool->batch_at++; /* somebody removed it */
        }
}

int spool_next(Spool *spool, SpoolItem *ret)
{
        CLEANUP(closep) int fd = -1;
        char head[HEAD_MAX] = "", *line;
        ssize_t n;
        int r = open_oldest(spool, ret->name, &fd);

        if (r <= 0)
                return r;
        n = pread(fd, head, sizeof(head) - 1, 0);
        if (n < 0)
                return lasting(-errno);
        line = memchr(head, '\n', (size_t)n);
        if (!line)
                return -EUCLEAN;
        *line++ = '\0';
        (void)text_copy(ret->topic, sizeof(ret->topic), head);
        if (*line < '0' || *line > '9')
                return -EUCLEAN;
        ret->size = strtoul(line, &line, 10);
        if (*line != '\n')
                return -EUCLEAN;
        n = pread(fd, ret->payload, sizeof(ret->payload), line + 1 - head);
        if (n < 0)
                return lasting(-errno);
        if (ret->size <= SPOOL_PAYLOAD_MAX && (size_t)n < ret->size)
                ret->size = (size_t)n; /* cut by a crash before it was synced: never acknowledged */
        return 1;
}

static void forget(Spool *spool, const char *name)
{
        uint64_t number;

        (void)atomic_fetch_sub(&spool->n_items, 1);
        if (parse_name(name, &number) && spool->batch_at < spool->n_batch &&
            spool->batch[spool->batch_at] == number)
                spool->batch_at++;
}

int spool_remove(Spool *spool, const char *name)
{
        if (unlinkat(spool->directory, name, 0) < 0)
                return errno == ENOENT ? 0 : -errno;
        forget(spool, name);
        return 0;
}

int spool_set_aside(Spool *spool, const char *name)
{
        uint64_t number = 0;
        char bad[32];

        (void)parse_name(name, &number); /* a name of ours */
        (void)snprintf(bad, sizeof(bad), "bad-%02u", (unsigned)(number % BAD_MAX));
        if (renameat(spool->directory, name, spool->directory, bad) < 0)
                return -errno;
        forget(spool, name);
        return 0;
}
