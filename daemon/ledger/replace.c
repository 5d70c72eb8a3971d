#include "daemon/ledger/replace.h"

#include "base/text.h"
#include "daemon/ledger/lock.h"
#include "daemon/ledger/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const companions[] = {"-wal", "-shm", "-journal"};

static int name_beside(const char *path, const char *suffix, char ret[static REPLACE_PATH_SIZE])
{
        return (size_t)snprintf(ret, REPLACE_PATH_SIZE, "%s%s", path, suffix) < REPLACE_PATH_SIZE
                       ? 0
                       : -ENAMETOOLONG;
}

/* 0 also when it is not there. */
static int remove_file(const char *path)
{
        return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

int replace_begin(const char *path, char ret_new[static REPLACE_PATH_SIZE])
{
        char name[REPLACE_PATH_SIZE];
        int r = name_beside(path, ".new", ret_new);

        if (r >= 0)
                r = remove_file(ret_new);
        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(companions); i++) {
                r = name_beside(ret_new, companions[i], name);
                if (r >= 0)
                        r = remove_file(name);
        }
        return r;
}

void replace_aside(const char *path, int64_t utc_ms, char ret[static REPLACE_PATH_SIZE])
{
        char date[RFC3339_SIZE];

        rfc3339_format(utc_ms, date);
        (void)snprintf(ret, REPLACE_PATH_SIZE, "%.500s.aside-%.4s%.2s%.2sT%.2s%.2s%.2sZ", path, date,
                       date + 5, date + 8, date + 11, date + 14, date + 17);
}

static int sync_directory(const char *path)
{
        CLEANUP(closep) int fd = -1;
        char name[REPLACE_PATH_SIZE];
        char *slash;

        (void)text_copy(name, sizeof(name), path);
        slash = strrchr(name, '/');
        if (slash)
                slash[slash == name] = '\0';
        fd = open(slash ? name : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* Never over another file. 0 also when there is nothing to move. */
static int move_aside(const char *from, const char *to)
{
        return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) < 0 && errno != ENOENT ? -errno : 0;
}

/* The old file and its journal go together, the journal first: without it the file would be an earlier
 * state, and pass for whole. A second try finds what is left of the first under the same name. */
static int set_aside(const char *path, const char *aside)
{
        char from[REPLACE_PATH_SIZE], to[REPLACE_PATH_SIZE];
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(companions); i++) {
                r = name_beside(path, companions[i], from);
                if (r >= 0)
                        r = name_beside(aside, companions[i], to);
                if (r >= 0)
                        r = move_aside(from, to);
        }
        return r < 0 ? r : move_aside(path, aside);
}

int replace_finish(const char *path, char *message, size_t size)
{
        char next[REPLACE_PATH_SIZE], aside[REPLACE_PATH_SIZE];
        struct stat status;
        int r = name_beside(path, ".next", next);

        if (r >= 0 && stat(next, &status) < 0) {
                if (errno == ENOENT)
                        return 0; /* nothing was begun */
                r = -errno;
        }
        if (r >= 0) {
                replace_aside(path, status.st_mtim.tv_sec * 1000LL, aside);
                r = set_aside(path, aside);
        }
        if (r >= 0 && rename(next, path) < 0)
                r = -errno;
        if (r >= 0)
                r = sync_directory(path);
        if (r < 0)
                ledger_explain(message, size, "cannot put %s in the place of %s: %s", next, path, strerror(-r));
        return r;
}

int replace_commit(const char *path, int64_t utc_ms, char *message, size_t size)
{
        struct timespec date[2] = {{.tv_sec = utc_ms / 1000}, {.tv_sec = utc_ms / 1000}};
        CLEANUP(closep) int fd = -1;
        char new[REPLACE_PATH_SIZE], next[REPLACE_PATH_SIZE], journal[REPLACE_PATH_SIZE];
        int r = name_beside(path, ".new", new);

        if (r >= 0)
                r = name_beside(path, ".next", next);
        if (r >= 0)
                r = name_beside(new, companions[0], journal);
        if (r < 0)
                return r;
        if (access(journal, F_OK) == 0) { /* closing could not bring all of it into the file */
                ledger_explain(message, size, "%s cannot be written whole", new);
                return -EIO;
        }
        fd = open(new, O_RDONLY | O_CLOEXEC);
        r = fd < 0 ? -errno : lock_give(fd, path);
        /* its date is the name of the old one, however often this is tried */
        if (r >= 0 && (futimens(fd, date) < 0 || fsync(fd) < 0 || rename(new, next) < 0))
                r = -errno;
        if (r >= 0)
                r = sync_directory(path);
        if (r < 0) {
                ledger_explain(message, size, "cannot write %s: %s", new, strerror(-r));
                return r;
        }
        return replace_finish(path, message, size);
}
