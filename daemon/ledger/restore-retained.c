/* The retained truth of outbox.h, once the broker has forgotten it. */
#include "daemon/ledger/outbox.h"

#include "daemon/ledger/retained.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/sql.h"

typedef struct RetainedTable {
        OutboxKind kind;
        const char *sent_again; /* rows of the outbox that are there wait again; 1 SETTLED, 4 TAKEN */
        const char *made_anew;
} RetainedTable;

#define SENT_AGAIN(table, key)                                                                     \
        "UPDATE outbox SET state = 0 WHERE state IN (1, 4) AND id IN (SELECT max(o.id) FROM " table \
        " t JOIN outbox o ON o.kind = ?1 AND o.runner = t.runner AND o.key = t." key               \
        " AND o.revision = t.revision WHERE t.newest = 1 AND t.cleared = 0 AND t.runner IN (SELECT id " \
        "FROM runner WHERE consent = 1) GROUP BY t.runner, t." key ")"

/* Pruned long ago, while the topic goes on: week 26 is older than OUTBOX_KEEP_DAYS. */
#define MADE_ANEW(table, key)                                                                      \
        "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT ?1, 0, t.runner, t." key \
        ", t.revision, ?2 FROM " table " t LEFT JOIN outbox o ON o.kind = ?1 AND o.runner = t.runner " \
        "AND o.key = t." key " AND o.revision = t.revision AND o.state <> 2 WHERE o.id IS NULL AND "  \
        "t.newest = 1 AND t.cleared = 0 AND t.runner IN (SELECT id FROM runner WHERE consent = 1) "  \
        "ORDER BY t.runner, t." key

static const RetainedTable tables[] = {
        {OUTBOX_RUN, SENT_AGAIN("run", "run"), MADE_ANEW("run", "run")},
        {OUTBOX_WEEK, SENT_AGAIN("week", "week"), MADE_ANEW("week", "week")},
};

static int restore_tables(Ledger *ledger)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(tables); i++) {
                r = sql_run(ledger, tables[i].sent_again, "i", (int64_t)tables[i].kind);
                if (r >= 0)
                        r = sql_run(ledger, tables[i].made_anew, "ii", (int64_t)tables[i].kind,
                                    clock_utc_ms(ledger->clock));
        }
        return r;
}

/* What nobody has answered yet. */
static int restore_redflags(Ledger *ledger)
{
        return sql_run(ledger,
                       "UPDATE outbox SET state = 0 WHERE state IN (1, 4) AND id IN (SELECT max(o.id) FROM "
                       "redflag f JOIN outbox o ON o.kind = ? AND o.runner = f.runner AND o.key = f.id WHERE "
                       "f.answered IS NULL AND f.runner IN (SELECT id FROM runner WHERE consent = 1) GROUP "
                       "BY f.runner, f.id)",
                       "i", (int64_t)OUTBOX_REDFLAG);
}

int retained_tell_runner(Ledger *ledger, const char *runner)
{
        int64_t version = 0;
        int r = sql_integer(ledger, &version,
                            "SELECT version FROM plan WHERE runner = ? ORDER BY version DESC LIMIT 1", "s", runner);

        if (r > 0)
                r = outbox_add(ledger, OUTBOX_PLAN, runner, "", version);
        return r < 0 ? r : outbox_add(ledger, OUTBOX_SUMMARY, runner, "", 0);
}

static int restore_runner(const Runner *runner, void *userdata)
{
        return runner->consent == 1 ? retained_tell_runner(userdata, runner->id) : 0;
}

int outbox_restore_retained(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = restore_tables(ledger);
        if (r >= 0)
                r = restore_redflags(ledger);
        if (r >= 0)
                r = runner_each(ledger, restore_runner, ledger);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_OUTBOX);
        return transaction_commit(&transaction);
}
