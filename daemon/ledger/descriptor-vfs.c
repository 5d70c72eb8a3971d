#include "daemon/ledger/descriptor-vfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "strided-descriptor"

typedef struct DescriptorFile {
        sqlite3_file base;
        int fd; /* borrowed */
} DescriptorFile;

static int fd_of(sqlite3_file *file)
{
        return ((DescriptorFile *)file)->fd;
}

static int file_close(sqlite3_file *file)
{
        (void)file;
        return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
        ssize_t done = 0;

        while (done < size) {
                ssize_t n = pread(fd_of(file), (char *)data + done, (size_t)(size - done), offset + done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return SQLITE_IOERR_READ;
                if (n == 0) {
                        memset((char *)data + done, 0, (size_t)(size - done)); /* SQLite asks for that */
                        return SQLITE_IOERR_SHORT_READ;
                }
                done += n;
        }
        return SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
        ssize_t done = 0;

        while (done < size) {
                ssize_t n = pwrite(fd_of(file), (const char *)data + done, (size_t)(size - done),
                                   offset + done);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        return n < 0 && errno != ENOSPC && errno != EDQUOT ? SQLITE_IOERR_WRITE : SQLITE_FULL;
                done += n;
        }
        return SQLITE_OK;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
        return ftruncate(fd_of(file), size) < 0 ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

static int file_sync(sqlite3_file *file, int flags)
{
        (void)flags;
        return fsync(fd_of(file)) < 0 ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
        struct stat status;

        if (fstat(fd_of(file), &status) < 0)
                return SQLITE_IOERR_FSTAT;
        *ret = status.st_size;
        return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int lock)
{
        (void)file, (void)lock;
        return SQLITE_OK; /* nobody else knows it */
}

static int file_is_reserved(sqlite3_file *file, int *ret)
{
        (void)file;
        *ret = 0;
        return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int op, void *argument)
{
        (void)file, (void)op, (void)argument;
        return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file)
{
        (void)file;
        return 4096;
}

static int file_characteristics(sqlite3_file *file)
{
        (void)file;
        return 0;
}

static const sqlite3_io_methods file_methods = {
        .iVersion = 1,
        .xClose = file_close,
        .xRead = file_read,
        .xWrite = file_write,
        .xTruncate = file_truncate,
        .xSync = file_sync,
        .xFileSize = file_size,
        .xLock = file_lock,
        .xUnlock = file_lock,
        .xCheckReservedLock = file_is_reserved,
        .xFileControl = file_control,
        .xSectorSize = file_sector_size,
        .xDeviceCharacteristics = file_characteristics,
};

/* A name is the descriptor's number. */
static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
        int64_t fd = -1;

        (void)vfs;
        file->pMethods = NULL;
        if (!name || !(flags & SQLITE_OPEN_MAIN_DB) || integer_parse(name, 0, INT32_MAX, &fd) < 0)
                return SQLITE_CANTOPEN;
        *(DescriptorFile *)file = (DescriptorFile){.base.pMethods = &file_methods, .fd = (int)fd};
        if (ret_flags)
                *ret_flags = flags;
        return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
        (void)vfs, (void)name, (void)sync;
        return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
        (void)vfs, (void)name, (void)flags;
        *ret = 0; /* there is no journal */
        return SQLITE_OK;
}

static int vfs_full_pathname(sqlite3_vfs *vfs, const char *name, int size, char *ret)
{
        (void)vfs;
        return text_copy(ret, (size_t)size, name) ? SQLITE_OK : SQLITE_CANTOPEN;
}

int descriptor_open(int fd, sqlite3 **ret)
{
        static sqlite3_vfs vfs;
        char name[16];
        sqlite3 *db = NULL;

        if (!vfs.zName) {
                sqlite3_vfs *standard = sqlite3_vfs_find(NULL);

                vfs = *standard; /* clocks and chance are the same */
                vfs.iVersion = 1;
                vfs.szOsFile = sizeof(DescriptorFile);
                vfs.zName = NAME;
                vfs.xOpen = vfs_open;
                vfs.xDelete = vfs_delete;
                vfs.xAccess = vfs_access;
                vfs.xFullPathname = vfs_full_pathname;
                if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
                        return -ENOMEM;
        }
        (void)snprintf(name, sizeof(name), "%d", fd);
        if (sqlite3_open_v2(name, &db, SQLITE_OPEN_READWRITE, NAME) != SQLITE_OK ||
            sqlite3_exec(db,
                         "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous "
                         "= OFF; PRAGMA temp_store = MEMORY",
                         NULL, NULL, NULL) != SQLITE_OK) {
                (void)sqlite3_close(db); /* that it did not open is enough */
                return -EIO;
        }
        *ret = db;
        return 0;
}
