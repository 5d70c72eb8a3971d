/* salvage.h: Private to the ledger. What can be read of a damaged database, row by row. */
#pragma once

#include "daemon/ledger/ledger-file.h"
#include "daemon/ledger/sql.h"

#define SALVAGE_TABLES_MAX 8

typedef struct Salvaged {
        int64_t n_rows;
        size_t n_hurt;       /* tables of which something could not be read */
        char hurt[256];      /* their names, with a blank behind each */
        const char *trouble; /* why nothing at all was read, or NULL */
} Salvaged;

/* Could something of this table not be read? */
bool salvage_is_hurt(const Salvaged *salvaged, const char *table);

/* Copies every row that can be read of every table that `to` has from `from`, but for what `to` says of
 * itself. 0, or -errno of writing to `to`. */
int salvage_copy(sqlite3 *from, sqlite3 *to, LedgerProgress progress, void *userdata,
                 Salvaged *ret) MUST_CHECK;
