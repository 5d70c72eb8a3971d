#include "daemon/ledger/outbox.h"

#include "daemon/ledger/sql.h"

#include <errno.h>
#include <string.h>

#define ROW_COLUMNS "id, kind, state, runner, key, revision, made, settled, attempts, clears, ledger, taken, " \
                    "refusal, mendable"

static const struct {
        const char *name;
        bool collapses; /* only the newest of these says anything */
        bool needs_receipt;
} kinds[] = {
        [OUTBOX_STATUS] = {"status", true, false},
        [OUTBOX_SUMMARY] = {"summary", true, false},
        [OUTBOX_WEEK] = {"week", false, true},
        [OUTBOX_RUN] = {"run", false, true},
        [OUTBOX_ACK] = {"ack", false, true},
        [OUTBOX_CLEAR] = {"clear", false, false},
        [OUTBOX_REDFLAG] = {"redflag", false, true},
        [OUTBOX_PLAN] = {"plan", true, false},
};

const char *outbox_kind_name(OutboxKind kind)
{
        return (size_t)kind < ARRAY_SIZE(kinds) && kinds[kind].name ? kinds[kind].name : "unknown";
}

bool outbox_kind_needs_receipt(OutboxKind kind)
{
        return (size_t)kind < ARRAY_SIZE(kinds) && kinds[kind].needs_receipt;
}

int outbox_add(Ledger *ledger, OutboxKind kind, const char *runner, const char *key,
               int64_t revision)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0 && kinds[kind].collapses)
                r = sql_run(ledger,
                            "UPDATE outbox SET state = ? WHERE kind = ? AND runner = ? AND state = 0",
                            "iis", (int64_t)OUTBOX_CANCELLED, (int64_t)kind, runner);
        if (r >= 0 && kinds[kind].collapses) /* apart: each has an index of its own */
                r = sql_run(ledger,
                            "UPDATE outbox SET state = ? WHERE kind = ? AND runner = ? AND state = 3 AND "
                            "mendable = 1",
                            "iis", (int64_t)OUTBOX_CANCELLED, (int64_t)kind, runner);
        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO outbox (kind, state, runner, key, revision, made) VALUES (?, "
                            "0, ?, ?, ?, ?)",
                            "issii", (int64_t)kind, runner, key, revision,
                            clock_utc_ms(ledger->clock));
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_OUTBOX);
        return transaction_commit(&transaction);
}

static void read_row(Ledger *ledger, Statement *statement, OutboxRow *ret)
{
        *ret = (OutboxRow){
                .id = column_integer(statement, 0),
                .kind = (OutboxKind)column_integer(statement, 1),
                .state = (OutboxState)column_integer(statement, 2),
                .revision = column_integer(statement, 5),
                .made_utc_ms = column_integer(statement, 6),
                .settled_utc_ms = column_integer(statement, 7),
                .attempts = column_integer(statement, 8),
                .clears = (OutboxKind)column_integer(statement, 9),
                .taken_utc_ms = column_integer(statement, 11),
        };
        column_text(statement, 3, ret->runner, sizeof(ret->runner));
        column_text(statement, 4, ret->key, sizeof(ret->key));
        column_text(statement, 10, ret->ledger, sizeof(ret->ledger));
        column_text(statement, 12, ret->refusal, sizeof(ret->refusal));
        ret->mendable = column_integer(statement, 13) == 1;
        if (ret->ledger[0] == '\0')
                (void)text_copy(ret->ledger, sizeof(ret->ledger), ledger->id);
        for (size_t i = 0; i < ledger->n_attempts; i++)
                ret->attempts += ledger->attempts[i] == ret->id;
}

/* The kind as a literal, OUTBOX_REDFLAG, so that SQLite sees the index that has it. */
static int next_row(Ledger *ledger, const char *sql, int64_t after_id, OutboxRow *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement, sql, "i", after_id);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                read_row(ledger, statement, ret);
        return r;
}

int outbox_next(Ledger *ledger, int64_t after_id, OutboxRow *ret)
{
        return next_row(ledger,
                        "SELECT " ROW_COLUMNS " FROM outbox WHERE state = 0 AND kind <> 7 AND id > ? "
                        "ORDER BY id LIMIT 1",
                        after_id, ret);
}

int outbox_next_redflag(Ledger *ledger, int64_t after_id, OutboxRow *ret)
{
        return next_row(ledger,
                        "SELECT " ROW_COLUMNS " FROM outbox WHERE state = 0 AND kind = 7 AND id > ? "
                        "ORDER BY id LIMIT 1",
                        after_id, ret);
}

int outbox_next_any(Ledger *ledger, int64_t after_id, OutboxRow *ret)
{
        return next_row(ledger,
                        "SELECT " ROW_COLUMNS " FROM outbox WHERE state = 0 AND id > ? ORDER BY id LIMIT 1",
                        after_id, ret);
}

int outbox_next_mendable(Ledger *ledger, int64_t after_id, OutboxRow *ret)
{
        return next_row(ledger,
                        "SELECT " ROW_COLUMNS " FROM outbox WHERE state = 3 AND mendable = 1 AND id > ? "
                        "ORDER BY id LIMIT 1",
                        after_id, ret);
}

int outbox_get(Ledger *ledger, int64_t id, OutboxRow *ret)
{
        return next_row(ledger, "SELECT " ROW_COLUMNS " FROM outbox WHERE id = ?", id, ret);
}

void outbox_attempt(Ledger *ledger, int64_t id)
{
        if (ledger->n_attempts < ATTEMPTS_MAX) /* a count for people: losing one does no harm */
                ledger->attempts[ledger->n_attempts++] = id;
}

static int set_state(Ledger *ledger, int64_t id, OutboxState state)
{
        return sql_run(ledger, "UPDATE outbox SET state = ?, settled = ? WHERE id = ? AND state <> ?",
                       "iiii", (int64_t)state,
                       state == OUTBOX_SETTLED ? clock_utc_ms(ledger->clock) : NULL_INTEGER, id,
                       (int64_t)OUTBOX_SETTLED);
}

int outbox_settle(Ledger *ledger, const int64_t *ids, size_t n)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        /* A row that was superseded while in flight did reach the clinic: settled, too. */
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = set_state(ledger, ids[i], OUTBOX_SETTLED);
        return r < 0 ? r : transaction_commit(&transaction);
}

int outbox_cancel(Ledger *ledger, int64_t id)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = set_state(ledger, id, OUTBOX_CANCELLED);
        return r < 0 ? r : transaction_commit(&transaction);
}

/* What ended meanwhile stays ended: a superseded summary may be refused, too. */
int outbox_set_aside(Ledger *ledger, int64_t id, bool mendable, const char *refusal)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE outbox SET state = 3, mendable = ?, refusal = ? WHERE id = ? AND state "
                            "IN (0, 3)",
                            "isi", (int64_t)mendable, refusal, id);
        return r < 0 ? r : transaction_commit(&transaction);
}

int outbox_count_set_aside(Ledger *ledger, int64_t *ret_rows, OutboxRow *ret_newest)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t n = 0;
        /* the state as a literal, so that SQLite sees the index that has it, too */
        int r = sql_integer(ledger, &n, "SELECT count(*) FROM outbox WHERE state = 3", "");

        if (r >= 0)
                r = sql_query(ledger, &statement,
                              "SELECT " ROW_COLUMNS " FROM outbox WHERE state = 3 ORDER BY id DESC LIMIT 1",
                              "");
        if (r >= 0)
                r = sql_step(statement);
        if (r < 0)
                return r;
        if (r > 0)
                read_row(ledger, statement, ret_newest);
        *ret_rows = n;
        return 0;
}

int outbox_is_newest(Ledger *ledger, const OutboxRow *row)
{
        static const char *const newer[] = {
                [OUTBOX_WEEK] = "SELECT 1 FROM week WHERE runner = ?1 AND week = ?2 AND (revision > ?3 OR "
                                "revision = ?3 AND cleared = 1) LIMIT 1",
                [OUTBOX_RUN] = "SELECT 1 FROM run WHERE runner = ?1 AND run = ?2 AND (revision > ?3 OR "
                               "revision = ?3 AND cleared = 1) LIMIT 1",
        };
        int64_t found = 0;
        int r;

        if ((size_t)row->kind >= ARRAY_SIZE(newer) || !newer[row->kind])
                return 1;
        r = sql_integer(ledger, &found, newer[row->kind], "ssi", row->runner, row->key, row->revision);
        return r < 0 ? r : found == 0;
}

static int count_waiting(Ledger *ledger, int64_t besides, int64_t *ret_rows, int64_t *ret_oldest_utc_ms)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT count(*), min(made) FROM outbox WHERE state = 0 AND kind <> ?", "i",
                          besides);

        if (r >= 0)
                r = sql_step(statement);
        if (r < 0)
                return r;
        *ret_rows = column_integer(statement, 0);
        *ret_oldest_utc_ms = column_integer(statement, 1);
        return 0;
}

int outbox_waiting(Ledger *ledger, int64_t *ret_rows, int64_t *ret_oldest_utc_ms)
{
        return count_waiting(ledger, 0, ret_rows, ret_oldest_utc_ms); /* no kind is 0 */
}

int outbox_waiting_besides(Ledger *ledger, OutboxKind kind, int64_t *ret_rows, int64_t *ret_oldest_utc_ms)
{
        return count_waiting(ledger, (int64_t)kind, ret_rows, ret_oldest_utc_ms);
}

int outbox_each(Ledger *ledger, bool unconfirmed_only, int64_t after_id, size_t limit,
                OutboxFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT " ROW_COLUMNS " FROM outbox WHERE id > ? AND (state IN (0, 3, 4) OR ? = 0) "
                          "ORDER BY id LIMIT ?",
                          "iii", after_id, (int64_t)unconfirmed_only, (int64_t)limit);

        while (r >= 0) {
                OutboxRow row;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                read_row(ledger, statement, &row);
                r = function(&row, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}
