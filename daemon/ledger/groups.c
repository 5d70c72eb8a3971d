#include "daemon/ledger/groups.h"

int groups_insert(Ledger *ledger, const GroupTable *table, RevisionKey of, const void *record)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < table->n; i++) {
                const Group *group = &table->groups[i];

                if (group_is_absent(group, record))
                        continue;
                r = row_insert(ledger, "INSERT", group->fields, group_of(group, record),
                               ", runner, key, revision", "ssi", of.runner, of.key, of.revision);
        }
        return r;
}

static int read_group(Ledger *ledger, const Group *group, RevisionKey of, void *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, group->fields, "",
                          "WHERE runner = ? AND key = ? AND revision = ?", "ssi", of.runner, of.key,
                          of.revision);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                row_read(statement, group->fields, ret);
        return r;
}

int groups_read(Ledger *ledger, const GroupTable *table, RevisionKey of, void *ret)
{
        int r = 0;

        groups_set_null(table, ret);
        for (size_t i = 0; r >= 0 && i < table->n; i++)
                r = read_group(ledger, &table->groups[i], of, group_of(&table->groups[i], ret));
        return r < 0 ? r : 0;
}
