/* The C library's door: the calls by which files change, in place of the library's own in this
 * program and in the libraries it loads. Each does the real thing, then tells the running tape.
 *
 * Declared by hand with their names in the object file, because the headers' own declarations
 * change with _FILE_OFFSET_BITS and _FORTIFY_SOURCE. */
#include "tests/faults/power-cut/tape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define DESCRIPTORS_MAX 1024
#define CALL(name)      __asm__(name)

static int nodes[DESCRIPTORS_MAX]; /* of the running tape, plus 1; 0: another file */

static int node_of(int fd)
{
        return fd >= 0 && fd < DESCRIPTORS_MAX && tape_running() ? nodes[fd] - 1 : -1;
}

static int directory_of(int fd)
{
        return fd == AT_FDCWD ? -1 : node_of(fd);
}

static int do_open(int directory, const char *path, int flags, unsigned mode)
{
        Tape *tape = tape_running();
        char name[TAPE_NAME_SIZE];
        int place = tape ? tape_place(tape, directory_of(directory), path, name) : -1;
        int node = place < 0 ? -1 : tape_find(tape, place, name);
        int fd = (int)syscall(SYS_openat, directory, path, flags, mode);

        if (fd < 0)
                return fd;
        if (fd < DESCRIPTORS_MAX)
                nodes[fd] = 0;
        if (place < 0)
                return fd;
        if (node < 0)
                node = tape_create(tape, place, name, false);
        else if ((flags & O_TRUNC) != 0)
                tape_note(tape, TAPE_TRUNCATE, node, 0);
        if (fd < DESCRIPTORS_MAX)
                nodes[fd] = node + 1;
        return fd;
}

int door_close(int fd) CALL("close");
int door_close(int fd)
{
        if (fd >= 0 && fd < DESCRIPTORS_MAX)
                nodes[fd] = 0;
        return (int)syscall(SYS_close, fd);
}

static unsigned mode_of(int flags, va_list arguments)
{
        return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, unsigned) : 0;
}

#define OPEN(function, name)                                                                       \
        int function(const char *path, int flags, ...) CALL(name);                                 \
        int function(const char *path, int flags, ...)                                             \
        {                                                                                          \
                va_list arguments;                                                                 \
                unsigned mode;                                                                     \
                                                                                                   \
                va_start(arguments, flags);                                                        \
                mode = mode_of(flags, arguments);                                                  \
                va_end(arguments);                                                                 \
                return do_open(AT_FDCWD, path, flags, mode);                                       \
        }                                                                                          \
        struct semicolon

#define OPENAT(function, name)                                                                     \
        int function(int directory, const char *path, int flags, ...) CALL(name);                  \
        int function(int directory, const char *path, int flags, ...)                              \
        {                                                                                          \
                va_list arguments;                                                                 \
                unsigned mode;                                                                     \
                                                                                                   \
                va_start(arguments, flags);                                                        \
                mode = mode_of(flags, arguments);                                                  \
                va_end(arguments);                                                                 \
                return do_open(directory, path, flags, mode);                                      \
        }                                                                                          \
        struct semicolon

OPEN(door_open, "open");
OPEN(door_open64, "open64");
OPENAT(door_openat, "openat");
OPENAT(door_openat64, "openat64");

ssize_t door_write(int fd, const void *data, size_t size) CALL("write");
ssize_t door_write(int fd, const void *data, size_t size)
{
        int node = node_of(fd);
        int64_t offset = node < 0 ? 0 : lseek(fd, 0, SEEK_CUR);
        ssize_t n = syscall(SYS_write, fd, data, size);

        if (node >= 0 && n > 0)
                tape_write(tape_running(), node, offset, data, (size_t)n);
        return n;
}

static ssize_t do_pwrite(int fd, const void *data, size_t size, int64_t offset)
{
        int node = node_of(fd);
        ssize_t n = syscall(SYS_pwrite64, fd, data, size, offset);

        if (node >= 0 && n > 0)
                tape_write(tape_running(), node, offset, data, (size_t)n);
        return n;
}

ssize_t door_pwrite(int fd, const void *data, size_t size, int64_t offset) CALL("pwrite");
ssize_t door_pwrite(int fd, const void *data, size_t size, int64_t offset)
{
        return do_pwrite(fd, data, size, offset);
}

ssize_t door_pwrite64(int fd, const void *data, size_t size, int64_t offset) CALL("pwrite64");
ssize_t door_pwrite64(int fd, const void *data, size_t size, int64_t offset)
{
        return do_pwrite(fd, data, size, offset);
}

static int do_truncate(int fd, int64_t size)
{
        int node = node_of(fd);
        int r = (int)syscall(SYS_ftruncate, fd, size);

        if (node >= 0 && r == 0)
                tape_note(tape_running(), TAPE_TRUNCATE, node, (size_t)size);
        return r;
}

int door_ftruncate(int fd, int64_t size) CALL("ftruncate");
int door_ftruncate(int fd, int64_t size)
{
        return do_truncate(fd, size);
}

int door_ftruncate64(int fd, int64_t size) CALL("ftruncate64");
int door_ftruncate64(int fd, int64_t size)
{
        return do_truncate(fd, size);
}

/* Never really done: what is rebuilt is made from the tape. */
static int do_sync(int fd)
{
        int node = node_of(fd);

        if (node >= 0)
                tape_note(tape_running(), TAPE_SYNC, node, 0);
        return 0;
}

int door_fsync(int fd) CALL("fsync");
int door_fsync(int fd)
{
        return do_sync(fd);
}

int door_fdatasync(int fd) CALL("fdatasync");
int door_fdatasync(int fd)
{
        return do_sync(fd);
}

static int do_unlink(int directory, const char *path, int flags)
{
        Tape *tape = tape_running();
        char name[TAPE_NAME_SIZE];
        int place = tape ? tape_place(tape, directory_of(directory), path, name) : -1;
        int r = (int)syscall(SYS_unlinkat, directory, path, flags);

        if (place >= 0 && r == 0)
                tape_unlink(tape, place, name);
        return r;
}

int door_unlink(const char *path) CALL("unlink");
int door_unlink(const char *path)
{
        return do_unlink(AT_FDCWD, path, 0);
}

int door_unlinkat(int directory, const char *path, int flags) CALL("unlinkat");
int door_unlinkat(int directory, const char *path, int flags)
{
        return do_unlink(directory, path, flags);
}

int door_renameat(int directory, const char *from, int new_directory, const char *to) CALL("renameat");
int door_renameat(int directory, const char *from, int new_directory, const char *to)
{
        Tape *tape = tape_running();
        char name[TAPE_NAME_SIZE], new_name[TAPE_NAME_SIZE];
        int place = tape ? tape_place(tape, directory_of(directory), from, name) : -1;
        int new_place = tape ? tape_place(tape, directory_of(new_directory), to, new_name) : -1;
        int r;

        if (place != new_place) { /* the disk of this test knows no such thing yet */
                errno = EXDEV;
                return -1;
        }
        r = (int)syscall(SYS_renameat, directory, from, new_directory, to);
        if (place >= 0 && r == 0)
                tape_rename(tape, place, name, new_name);
        return r;
}

int door_rename(const char *from, const char *to) CALL("rename");
int door_rename(const char *from, const char *to)
{
        return door_renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int door_mkdir(const char *path, unsigned mode) CALL("mkdir");
int door_mkdir(const char *path, unsigned mode)
{
        Tape *tape = tape_running();
        char name[TAPE_NAME_SIZE];
        int place = tape ? tape_place(tape, -1, path, name) : -1;
        int r = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);

        if (place >= 0 && r == 0)
                (void)tape_create(tape, place, name, true);
        return r;
}
