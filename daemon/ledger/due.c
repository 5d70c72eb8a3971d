#include "daemon/ledger/due.h"

#include "daemon/ledger/sql.h"

int due_week_mark(Ledger *ledger, const char *runner, const char *week, unsigned why)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO due_week (runner, week, why) VALUES (?, ?, ?) ON CONFLICT "
                            "(runner, week) DO UPDATE SET why = why | excluded.why",
                            "ssi", runner, week, (int64_t)why);
        return r < 0 ? r : transaction_commit(&transaction);
}

int due_week_next(Ledger *ledger, DueWeek *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT runner, week, why FROM due_week WHERE aside = 0 ORDER BY runner, week "
                          "LIMIT 1",
                          "");

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0) {
                column_text(statement, 0, ret->runner, sizeof(ret->runner));
                column_text(statement, 1, ret->week, sizeof(ret->week));
                ret->why = (unsigned)column_integer(statement, 2);
        }
        return r;
}

/* One statement about one week. */
static int due_week_change(Ledger *ledger, const char *sql, const DueWeek *due)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger, sql, "ss", due->runner, due->week);
        return r < 0 ? r : transaction_commit(&transaction);
}

int due_week_clear(Ledger *ledger, const DueWeek *due)
{
        return due_week_change(ledger, "DELETE FROM due_week WHERE runner = ? AND week = ?", due);
}

int due_week_set_aside(Ledger *ledger, const DueWeek *due)
{
        return due_week_change(ledger,
                               "UPDATE due_week SET aside = 1, failures = failures + 1 WHERE runner = "
                               "? AND week = ?",
                               due);
}

int dirty_set_aside(Ledger *ledger, int64_t id)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO dirty (runner, from_utc_ms, to_utc_ms, why, failures, aside) SELECT "
                            "runner, from_utc_ms, to_utc_ms, why, failures + 1, 1 FROM dirty WHERE id = ?",
                            "i", id);
        if (r >= 0)
                r = sql_run(ledger, "DELETE FROM dirty WHERE id = ?", "i", id);
        return r < 0 ? r : transaction_commit(&transaction);
}

int dirty_touches(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms)
{
        int64_t n = 0;
        int r = sql_integer(ledger, &n,
                            "SELECT count(*) FROM dirty WHERE runner = ? AND from_utc_ms <= ? AND "
                            "to_utc_ms >= ?",
                            "sii", runner, to_utc_ms, from_utc_ms);

        return r < 0 ? r : n > 0;
}

int set_aside_release(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int released = 0, r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger, "UPDATE dirty SET aside = 0 WHERE aside = 1", "");
        if (r >= 0)
                released = sqlite3_changes(ledger->db);
        if (r >= 0)
                r = sql_run(ledger, "UPDATE due_week SET aside = 0 WHERE aside = 1", "");
        if (r >= 0)
                released += sqlite3_changes(ledger->db);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : released;
}

int set_aside_count(Ledger *ledger, int64_t *ret)
{
        int r = sql_integer(ledger, ret,
                            "SELECT (SELECT count(*) FROM dirty WHERE failures > 0) + (SELECT count(*) "
                            "FROM due_week WHERE failures > 0)",
                            "");

        return r < 0 ? r : 0;
}
