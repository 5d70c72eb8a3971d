#include "daemon/ledger/receipts.h"

#include "daemon/ledger/sql.h"

#include <stdio.h>

/* States in SQL are literals, 0 WAITING, 1 SETTLED, 4 TAKEN: partial indexes see only those. */

/* Also what was cancelled: it was superseded while under way, and did arrive. */
static int settle(Ledger *ledger, int64_t id)
{
        return sql_run(ledger, "UPDATE outbox SET state = 1, settled = ? WHERE id = ? AND state <> 1", "ii",
                       clock_utc_ms(ledger->clock), id);
}

static int kind_of(Ledger *ledger, int64_t id, OutboxKind *ret)
{
        int64_t kind = 0;
        int r = sql_integer(ledger, &kind, "SELECT kind FROM outbox WHERE id = ?", "i", id);

        *ret = (OutboxKind)kind;
        return r;
}

/* A row that waits again while an older PUBACK comes late is taken all the same. */
static int await_one(Ledger *ledger, int64_t id)
{
        OutboxKind kind;
        int r = kind_of(ledger, id, &kind);

        if (r <= 0)
                return r;
        if (!outbox_kind_needs_receipt(kind))
                return settle(ledger, id);
        return sql_run(ledger, "UPDATE outbox SET state = 4, taken = ? WHERE id = ? AND state IN (0, 3)", "ii",
                       clock_utc_ms(ledger->clock), id);
}

int receipts_await(Ledger *ledger, const int64_t *ids, size_t n)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        for (size_t i = 0; r >= 0 && i < n; i++)
                r = await_one(ledger, ids[i]);
        return r < 0 ? r : transaction_commit(&transaction);
}

static bool was_handed_over(const Ledger *ledger, int64_t id)
{
        for (size_t i = 0; i < ledger->n_attempts; i++) {
                if (ledger->attempts[i] == id)
                        return true;
        }
        return false;
}

/* What never left cannot have arrived: whoever confirms it means another ledger's row. */
static int take_one(Ledger *ledger, const char *runner, const ReceiptRow *row, ReceiptCount *count)
{
        int64_t state = OUTBOX_WAITING;
        int r = sql_integer(ledger, &state,
                            "SELECT state FROM outbox WHERE id = ? AND runner = ? AND ifnull(ledger, ?) = ? "
                            "AND (attempts > 0 OR ? OR state IN (1, 4))",
                            "isssi", row->id, runner, ledger->id, row->ledger,
                            (int64_t)was_handed_over(ledger, row->id));

        if (r < 0)
                return r;
        if (r == 0) {
                count->unknown++;
                return 0;
        }
        if (state == OUTBOX_SETTLED) {
                count->known++;
                return 0;
        }
        count->settled++;
        ledger_touch(ledger, LEDGER_OUTBOX); /* a resend may go on */
        return settle(ledger, row->id);
}

int receipts_take(Ledger *ledger, const char *runner, const ReceiptRow *rows, size_t n, ReceiptCount *ret)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        ReceiptCount count = *ret;
        int r = transaction_begin(&transaction, ledger);

        for (size_t i = 0; r >= 0 && i < n; i++)
                r = take_one(ledger, runner, &rows[i], &count);
        if (r >= 0)
                r = transaction_commit(&transaction);
        if (r >= 0)
                *ret = count;
        return r;
}

/* In the running transaction. */
static int wait_again(Ledger *ledger, const char *where, int64_t now, int64_t patience_ms)
{
        char sql[256];
        int r;

        (void)snprintf(sql, sizeof(sql),
                       "UPDATE outbox SET state = 0, unconfirmed = unconfirmed + 1 WHERE state = 4 AND %s",
                       where);
        r = sql_run(ledger, sql, "ii", now, patience_ms);
        if (r < 0)
                return r;
        r = sqlite3_changes(ledger->db);
        if (r > 0)
                ledger_touch(ledger, LEDGER_OUTBOX);
        return r;
}

/* The wait of a row is patience · 2^unconfirmed, at most patience · RECEIPT_PATIENCE_MAX. */
#define PATIENCE(milliseconds) milliseconds " * min(1 << min(unconfirmed, 8), 8)"
_Static_assert(RECEIPT_PATIENCE_MAX == 8, "as in PATIENCE");

int receipts_overdue(Ledger *ledger, int64_t patience_ms, int64_t *ret_next_utc_ms)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int64_t next = NULL_INTEGER, now = clock_utc_ms(ledger->clock);
        int n, r = transaction_begin(&transaction, ledger);

        if (r < 0)
                return r;
        n = wait_again(ledger, "(taken + " PATIENCE("?2") " <= ?1 OR taken > ?1 + 60000)", now, patience_ms);
        if (n < 0)
                return n;
        r = sql_integer(ledger, &next, "SELECT min(taken + " PATIENCE("?1") ") FROM outbox WHERE state = 4",
                        "i", patience_ms);
        if (r >= 0)
                r = transaction_commit(&transaction);
        if (r < 0)
                return r;
        *ret_next_utc_ms = next;
        return n;
}

int receipts_forgotten(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int n, r = transaction_begin(&transaction, ledger);

        if (r < 0)
                return r;
        n = wait_again(ledger, "?1 = ?1 AND ?2 = ?2", 0, 0);
        if (n < 0)
                return n;
        r = transaction_commit(&transaction);
        return r < 0 ? r : n;
}

int receipts_waive(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger, "UPDATE outbox SET state = 1, settled = taken WHERE state = 4", "");
        return r < 0 ? r : transaction_commit(&transaction);
}

int receipts_awaited(Ledger *ledger, int64_t *ret_rows, int64_t *ret_oldest_utc_ms)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement, "SELECT count(*), min(made) FROM outbox WHERE state = 4", "");

        if (r >= 0)
                r = sql_step(statement);
        if (r < 0)
                return r;
        *ret_rows = column_integer(statement, 0);
        *ret_oldest_utc_ms = column_integer(statement, 1);
        return 0;
}
