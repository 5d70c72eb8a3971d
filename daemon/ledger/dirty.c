#include "daemon/ledger/dirty.h"

#include "daemon/ledger/sql.h"

/* Spans closer than a pause inside a run are derived together. */
#define DIRTY_JOIN_MS (15 * 60 * 1000LL)

/* Takes away what overlaps or nearly touches the span and widens it. 1: widened; 0: alone. */
static int dirty_absorb(Ledger *ledger, const char *runner, DirtyWhy why, int64_t *from, int64_t *to)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT id, from_utc_ms, to_utc_ms FROM dirty WHERE runner = ? AND why = ? "
                          "AND from_utc_ms <= ? AND to_utc_ms >= ? LIMIT 1",
                          "siii", runner, (int64_t)why, *to + DIRTY_JOIN_MS, *from - DIRTY_JOIN_MS);
        int64_t id;

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        id = column_integer(statement, 0);
        if (column_integer(statement, 1) < *from)
                *from = column_integer(statement, 1);
        if (column_integer(statement, 2) > *to)
                *to = column_integer(statement, 2);
        statement_done(TAKE(statement));
        r = sql_run(ledger, "DELETE FROM dirty WHERE id = ?", "i", id);
        return r < 0 ? r : 1;
}

int dirty_mark_for(Ledger *ledger, const char *runner, DirtyWhy why, int64_t from_utc_ms,
                   int64_t to_utc_ms)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r < 0)
                return r;
        do {
                r = dirty_absorb(ledger, runner, why, &from_utc_ms, &to_utc_ms);
                if (r < 0)
                        return r;
        } while (r > 0);
        r = sql_run(ledger, "INSERT INTO dirty (runner, from_utc_ms, to_utc_ms, why) VALUES (?, ?, ?, ?)",
                    "siii", runner, from_utc_ms, to_utc_ms, (int64_t)why);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_DIRTY);
        return transaction_commit(&transaction);
}

int dirty_mark(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms)
{
        return dirty_mark_for(ledger, runner, DIRTY_RECORDS, from_utc_ms, to_utc_ms);
}

int dirty_mark_pod(Ledger *ledger, int64_t pod_id, DirtyWhy why, int64_t from_utc_ms,
                   int64_t to_utc_ms)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(
                ledger, &statement,
                "SELECT runner, max(from_utc_ms, ?2), min(?3, coalesce((SELECT min(from_utc_ms) - 1 "
                "FROM assignment n WHERE n.pod_id = a.pod_id AND n.from_utc_ms > a.from_utc_ms), ?3)) "
                "FROM assignment a WHERE pod_id = ?1 AND runner IS NOT NULL",
                "iii", pod_id, from_utc_ms, to_utc_ms);

        while (r >= 0) {
                char runner[ID_SIZE];

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                column_text(statement, 0, runner, sizeof(runner));
                if (column_integer(statement, 1) > column_integer(statement, 2))
                        continue;
                r = dirty_mark_for(ledger, runner, why, column_integer(statement, 1),
                                   column_integer(statement, 2));
        }
        return r;
}

int dirty_next(Ledger *ledger, Dirty *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT id, runner, from_utc_ms, to_utc_ms, why FROM dirty WHERE aside = 0 ORDER "
                          "BY id LIMIT 1",
                          "");

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        *ret = (Dirty){.id = column_integer(statement, 0),
                       .from_utc_ms = column_integer(statement, 2),
                       .to_utc_ms = column_integer(statement, 3),
                       .why = (DirtyWhy)column_integer(statement, 4)};
        column_text(statement, 1, ret->runner, sizeof(ret->runner));
        return 1;
}

int dirty_clear(Ledger *ledger, int64_t id)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger, "DELETE FROM dirty WHERE id = ?", "i", id);
        return r < 0 ? r : transaction_commit(&transaction);
}
