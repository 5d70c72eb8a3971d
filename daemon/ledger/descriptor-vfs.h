/* descriptor-vfs.h: Private to the ledger. SQLite on an open descriptor: no name, no lock, no journal.
 *
 * For a file that somebody else opened where we may not (a backup in a person's home). */
#pragma once

#include "daemon/ledger/sql.h"

/* Opens the database in `fd`, which must stay open as long. 0 or -errno. Close with sqlite3_close. */
int descriptor_open(int fd, sqlite3 **ret) MUST_CHECK;
