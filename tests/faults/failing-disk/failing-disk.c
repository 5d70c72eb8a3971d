/* A disk that fails on command, for a program that is started with this in LD_PRELOAD: while the file named by
 * STRIDED_FAILING_DISK exists, nothing can be written to or synced in a file of the ledger (EIO). Reading goes on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(name) __asm__(name)

static int fails(int fd)
{
        const char *flag = getenv("STRIDED_FAILING_DISK");
        char link[40], path[512];
        ssize_t n;

        if (!flag || syscall(SYS_faccessat, AT_FDCWD, flag, F_OK) < 0)
                return 0;
        (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        n = readlink(link, path, sizeof(path) - 1);
        path[n > 0 ? n : 0] = '\0';
        return strstr(path, "/ledger.db") && !strstr(path, ".lock");
}

static long refuse(void)
{
        errno = EIO;
        return -1;
}

ssize_t failing_pwrite(int fd, const void *data, size_t size, off_t offset) CALL("pwrite");
ssize_t failing_pwrite(int fd, const void *data, size_t size, off_t offset)
{
        return fails(fd) ? refuse() : syscall(SYS_pwrite64, fd, data, size, offset);
}

ssize_t failing_pwrite64(int fd, const void *data, size_t size, off_t offset) CALL("pwrite64");
ssize_t failing_pwrite64(int fd, const void *data, size_t size, off_t offset)
{
        return failing_pwrite(fd, data, size, offset);
}

ssize_t failing_write(int fd, const void *data, size_t size) CALL("write");
ssize_t failing_write(int fd, const void *data, size_t size)
{
        return fails(fd) ? refuse() : syscall(SYS_write, fd, data, size);
}

int failing_fsync(int fd) CALL("fsync");
int failing_fsync(int fd)
{
        return (int)(fails(fd) ? refuse() : syscall(SYS_fsync, fd));
}

int failing_fdatasync(int fd) CALL("fdatasync");
int failing_fdatasync(int fd)
{
        return (int)(fails(fd) ? refuse() : syscall(SYS_fdatasync, fd));
}

int failing_ftruncate(int fd, off_t size) CALL("ftruncate64");
int failing_ftruncate(int fd, off_t size)
{
        return (int)(fails(fd) ? refuse() : syscall(SYS_ftruncate, fd, size));
}
