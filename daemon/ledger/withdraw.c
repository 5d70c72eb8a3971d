#include "daemon/ledger/withdraw.h"

#include "daemon/ledger/outbox.h"
#include "daemon/ledger/retained.h"
#include "daemon/ledger/sql.h"

#define TOLERANCE_MS 3600000LL

/* In the running transaction. */
static int take_back(Ledger *ledger, const char *runner, const char *week)
{
        int r = sql_run(ledger,
                        "INSERT INTO outbox (kind, state, runner, key, revision, made, clears) SELECT ?1, ?2, "
                        "runner, week, 0, ?3, ?4 FROM week JOIN runner ON runner.id = runner WHERE runner = ?5 "
                        "AND week = ?6 AND newest = 1 AND cleared = 0 AND consent = 1",
                        "iiiiss", (int64_t)OUTBOX_CLEAR, (int64_t)OUTBOX_WAITING, clock_utc_ms(ledger->clock),
                        (int64_t)OUTBOX_WEEK, runner, week);

        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE outbox SET state = ? WHERE runner = ? AND kind = ? AND key = ? AND state = 0",
                            "isis", (int64_t)OUTBOX_CANCELLED, runner, (int64_t)OUTBOX_WEEK, week);
        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE week SET withdrawn = 1, cleared = 1 WHERE runner = ? AND week = ? AND "
                            "newest = 1",
                            "ss", runner, week);
        return r;
}

int week_withdraw(Ledger *ledger, const char *runner, const char *week)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int64_t there = 0, consent = 0;
        int r = sql_integer(ledger, &there,
                            "SELECT 1 FROM week WHERE runner = ? AND week = ? AND newest = 1 AND withdrawn = 0",
                            "ss", runner, week);

        if (r <= 0) /* before anything begins: the caller's transaction stays good */
                return r;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = take_back(ledger, runner, week);
        if (r >= 0)
                r = retained_take_up_weeks(ledger, runner);
        if (r >= 0)
                r = sql_integer(ledger, &consent, "SELECT consent FROM runner WHERE id = ?", "s", runner);
        if (r >= 0 && consent == 1)
                r = outbox_add(ledger, OUTBOX_SUMMARY, runner, "", 0);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

int week_first_made(Ledger *ledger, const char *runner, const char *week, int64_t *ret_utc_ms)
{
        return sql_integer(ledger, ret_utc_ms,
                           "SELECT made FROM week WHERE runner = ? AND week = ? ORDER BY revision LIMIT 1", "ss",
                           runner, week);
}

/* ---- enrolment ---- */

int enrolment_correct(Ledger *ledger, int64_t from_utc_ms, int64_t to_utc_ms, int64_t step_ms)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger, "UPDATE runner SET added = added + ? WHERE added BETWEEN ? AND ?", "iii",
                            step_ms, from_utc_ms, to_utc_ms);
        if (r >= 0 && sqlite3_changes(ledger->db) > 0)
                r = audit_add(ledger, "enrolment corrected", NULL, "the clock was wrong");
        return r < 0 ? r : transaction_commit(&transaction);
}

int enrolment_forget(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int64_t there = 0, latest = clock_utc_ms(ledger->clock) + TOLERANCE_MS;
        int r = sql_integer(ledger, &there, "SELECT count(*) FROM runner WHERE added > ?", "i", latest);

        if (r < 0 || there == 0)
                return r < 0 ? r : 0;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = sql_run(ledger, "UPDATE runner SET added = 0 WHERE added > ?", "i", latest);
        if (r >= 0)
                r = audit_add(ledger, "enrolment forgotten", NULL, "the clock was ahead");
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : (int)there;
}
