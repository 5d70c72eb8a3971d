/* inspect.h: Private to the ledger. A database file as SQLite sees it, without a Ledger around it. */
#pragma once

#include "daemon/ledger/ledger-file.h"
#include "daemon/ledger/sql.h"

static inline void sqlite3_closep(sqlite3 *const *db)
{
        (void)sqlite3_close(*db); /* read, or synced before: nothing can be lost; NULL is fine */
}

/* The last failure of `db` as -errno, with a sentence. */
int inspect_failed(sqlite3 *db, char *message, size_t size);
/* For looking only: neither pages nor the journal are changed. `vfs` NULL: SQLite's own. */
int inspect_open(const char *path, const char *vfs, sqlite3 **ret, char *message, size_t size) MUST_CHECK;
/* Is it ours, of a version that we know, and whole? As ledger_file_check. `name` is for the sentence. */
int inspect_database(sqlite3 *db, const char *name, LedgerProgress progress, void *userdata, char *message,
                     size_t size) MUST_CHECK;
