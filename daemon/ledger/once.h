/* once.h: Private to the ledger. Records that come from outside and never change: stored by
 * (runner, id) once, each may take the place of an earlier one.
 *
 * For tables with the fields runner, id, corrects, withdrawn, received and origin; the last two
 * say how a record came here, and are not compared. */
#pragma once

#include "daemon/ledger/sql.h"

/* The record's names as they stand in it. */
typedef struct OnceKey {
        const char *runner;
        const char *id;
        const char *corrects; /* or "" */
} OnceKey;

/* A record that is in force: not withdrawing, and in nobody's way. Of a query by row_query. */
#define ONCE_IN_FORCE(table)                                                                       \
        "t.withdrawn IS NULL AND NOT EXISTS (SELECT 1 FROM " table " c WHERE c.runner = t.runner AND " \
        "c.corrects = t.id)"

/* Before anything is written: may it be? 1: yes; 0: the same is there already; -EEXIST: the id is
 * taken by another one; -EALREADY: what it corrects was corrected by another one; -ELOOP: by way
 * of others it corrects itself; -ENOENT: no such runner. `scratch` has room for a record. */
int once_check(Ledger *ledger, const FieldTable *table, OnceKey key, const void *record,
               void *scratch) MUST_CHECK;
/* The record of that id, in force or not. 1, 0. */
int once_get(Ledger *ledger, const FieldTable *table, const char *runner, const char *id,
             void *ret) MUST_CHECK;
/* Weeks that exist, from the one of that day on, are derived anew. */
int once_mark_weeks(Ledger *ledger, const char *runner, int32_t day) MUST_CHECK;
