#include "daemon/ledger/once.h"

#include "base/calendar.h"
#include "daemon/ledger/roster.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int once_get(Ledger *ledger, const FieldTable *table, const char *runner, const char *id, void *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, table, "", "WHERE runner = ? AND id = ?", "ss", runner, id);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                row_read(statement, table, ret);
        return r;
}

/* How it came here is not what it says. */
static bool says_the_same(const FieldTable *table, const void *a, const void *b)
{
        for (size_t i = 0; i < table->n_fields; i++) {
                const Field *field = &table->fields[i];
                const FieldTable one = {.name = table->name, .fields = field, .n_fields = 1};

                if (strcmp(field->path, "received") != 0 && strcmp(field->path, "origin") != 0 &&
                    !fields_equal(&one, a, b))
                        return false;
        }
        return true;
}

/* A second correction of the same record is refused: neither sender saw the other's, and which one
 * holds must not hang on which came last. */
static int check_correction(Ledger *ledger, const FieldTable *table, OnceKey key)
{
        char sql[400];
        int64_t found = 0;
        int r;

        if (!key.corrects[0])
                return 1;
        (void)snprintf(sql, sizeof(sql), "SELECT 1 FROM \"%s\" WHERE runner = ? AND corrects = ?",
                       table->name);
        r = sql_integer(ledger, &found, sql, "ss", key.runner, key.corrects);
        if (r != 0)
                return r < 0 ? r : -EALREADY;
        (void)snprintf(sql, sizeof(sql),
                       "WITH RECURSIVE chain(id) AS (SELECT ?2 UNION SELECT t.corrects FROM \"%s\" t JOIN "
                       "chain ON t.id = chain.id WHERE t.runner = ?1 AND t.corrects IS NOT NULL) "
                       "SELECT 1 FROM chain WHERE id = ?3 LIMIT 1",
                       table->name);
        r = sql_integer(ledger, &found, sql, "sss", key.runner, key.corrects, key.id);
        return r < 0 ? r : r > 0 ? -ELOOP : 1;
}

int once_check(Ledger *ledger, const FieldTable *table, OnceKey key, const void *record, void *scratch)
{
        Runner runner;
        int r = runner_get(ledger, key.runner, &runner);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = once_get(ledger, table, key.runner, key.id, scratch);
        if (r != 0)
                return r < 0 ? r : says_the_same(table, scratch, record) ? 0 : -EEXIST;
        return check_correction(ledger, table, key);
}

int once_mark_weeks(Ledger *ledger, const char *runner, int32_t day)
{
        char week[12];

        iso_week_format(iso_week_of_day(day), week);
        ledger_touch(ledger, LEDGER_DIRTY);
        return sql_run(ledger,
                       "INSERT OR REPLACE INTO due_week (runner, week) SELECT DISTINCT runner, week FROM "
                       "week WHERE runner = ? AND week >= ?",
                       "ss", runner, week);
}
