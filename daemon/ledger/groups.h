/* groups.h: Private to the ledger. The groups of a run's or week's revision (proto/groups.h).
 *
 * A table a group: runner, key (the run's id, the week), revision, then a column a field. An
 * absent group has no row; neither has one that came after the revision was made. */
#pragma once

#include "daemon/ledger/sql.h"
#include "proto/groups.h"

typedef struct RevisionKey {
        const char *runner;
        const char *key;
        int64_t revision;
} RevisionKey;

/* In the running transaction, like the record itself. 0 or -errno. */
int groups_insert(Ledger *ledger, const GroupTable *table, RevisionKey of,
                  const void *record) MUST_CHECK;
/* Fills all groups of the record, null where there is no row. 0 or -errno. */
int groups_read(Ledger *ledger, const GroupTable *table, RevisionKey of, void *ret) MUST_CHECK;
