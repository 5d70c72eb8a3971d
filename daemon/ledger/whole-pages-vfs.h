/* whole-pages-vfs.h: Private to the ledger. SQLite on a file that was cut short, without the piece of a page at its
 * end: SQLite would take what is missing of that for zeros, and rows for what they are not. */
#pragma once

/* For sqlite3_open_v2; NULL: no memory. One such database at a time. */
const char *whole_pages_vfs(void);
