#include "daemon/ledger/outbox.h"

#include "daemon/ledger/sql.h"

#include <errno.h>
#include <string.h>

#define ROW_COLUMNS "id, kind, state, runner, key, revision, made, settled, attempts, clears"

static const char *const kind_names[] = {
        [OUTBOX_STATUS] = "status", [OUTBOX_SUMMARY] = "summary", [OUTBOX_WEEK] = "week",
        [OUTBOX_RUN] = "run",       [OUTBOX_ACK] = "ack",         [OUTBOX_CLEAR] = "clear",
        [OUTBOX_REDFLAG] = "redflag", [OUTBOX_PLAN] = "plan",
};

const char *outbox_kind_name(OutboxKind kind)
{
        return (size_t)kind < ARRAY_SIZE(kind_names) && kind_names[kind] ? kind_names[kind]
                                                                         : "unknown";
}

/* Only the newest of these says anything. */
static bool collapses(OutboxKind kind)
{
        return kind == OUTBOX_STATUS || kind == OUTBOX_SUMMARY || kind == OUTBOX_PLAN;
}

int outbox_add(Ledger *ledger, OutboxKind kind, const char *runner, const char *key,
               int64_t revision)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0 && collapses(kind))
                r = sql_run(ledger,
                            "UPDATE outbox SET state = ? WHERE kind = ? AND runner = ? AND state = 0",
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
        };
        column_text(statement, 3, ret->runner, sizeof(ret->runner));
        column_text(statement, 4, ret->key, sizeof(ret->key));
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

static int end_row(Ledger *ledger, int64_t id, OutboxState state)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = set_state(ledger, id, state);
        return r < 0 ? r : transaction_commit(&transaction);
}

int outbox_cancel(Ledger *ledger, int64_t id)
{
        return end_row(ledger, id, OUTBOX_CANCELLED);
}

int outbox_set_aside(Ledger *ledger, int64_t id)
{
        return end_row(ledger, id, OUTBOX_SET_ASIDE);
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
                [OUTBOX_WEEK] = "SELECT 1 FROM week WHERE runner = ? AND week = ? AND revision > ? LIMIT 1",
                [OUTBOX_RUN] = "SELECT 1 FROM run WHERE runner = ? AND run = ? AND revision > ? LIMIT 1",
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

int outbox_each(Ledger *ledger, bool waiting_only, int64_t after_id, size_t limit,
                OutboxFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT " ROW_COLUMNS " FROM outbox WHERE id > ? AND (state = 0 OR ? = 0) "
                          "ORDER BY id LIMIT ?",
                          "iii", after_id, (int64_t)waiting_only, (int64_t)limit);

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
