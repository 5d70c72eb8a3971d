#include "daemon/ledger/whole-pages-vfs.h"

#include <sqlite3.h>
#include <stddef.h>

#define NAME        "strided-whole-pages"
#define PAGE_OCTETS 4096 /* of every ledger */

static const sqlite3_io_methods *standard_methods;
static sqlite3_io_methods methods;

static int file_size(sqlite3_file *file, sqlite3_int64 *ret)
{
        int code = standard_methods->xFileSize(file, ret);

        if (code == SQLITE_OK)
                *ret -= *ret % PAGE_OCTETS;
        return code;
}

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
        sqlite3_vfs *standard = vfs->pAppData;
        int code = standard->xOpen(standard, name, file, flags, ret_flags);

        if (code != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_DB))
                return code;
        standard_methods = file->pMethods;
        methods = *standard_methods;
        methods.xFileSize = file_size;
        file->pMethods = &methods;
        return SQLITE_OK;
}

const char *whole_pages_vfs(void)
{
        static sqlite3_vfs vfs;

        if (vfs.zName)
                return NAME;
        vfs = *sqlite3_vfs_find(NULL);
        vfs.zName = NAME;
        vfs.pAppData = sqlite3_vfs_find(NULL);
        vfs.xOpen = vfs_open;
        return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? NAME : NULL;
}
