#include "daemon/ledger/retained.h"

#include "daemon/ledger/outbox.h"

#include <stdio.h>

#define DAY_MS 86400000LL

#define CLEAR_COLUMNS "INSERT INTO outbox (kind, state, runner, key, revision, made, clears) "

int retained_clear_weeks(Ledger *ledger, const char *runner)
{
        static const char too_old[] =
                "week < (SELECT week FROM week WHERE runner = ?1 AND newest = 1 ORDER BY week DESC "
                "LIMIT 1 OFFSET ?2) AND runner = ?1 AND newest = 1 AND cleared = 0";
        char sql[640];
        int r;

        (void)snprintf(sql, sizeof(sql),
                       CLEAR_COLUMNS "SELECT ?3, ?4, runner, week, 0, ?5, ?6 FROM week WHERE %s ORDER BY "
                                     "week",
                       too_old);
        r = sql_run(ledger, sql, "siiiii", runner, (int64_t)RETAINED_WEEKS - 1, (int64_t)OUTBOX_CLEAR,
                    (int64_t)OUTBOX_WAITING, clock_utc_ms(ledger->clock), (int64_t)OUTBOX_WEEK);
        if (r < 0)
                return r;
        (void)snprintf(sql, sizeof(sql), "UPDATE week INDEXED BY week_not_cleared SET cleared = 1 WHERE %s", too_old);
        return sql_run(ledger, sql, "si", runner, (int64_t)RETAINED_WEEKS - 1);
}

int retained_clear_runs(Ledger *ledger)
{
        int64_t now = clock_utc_ms(ledger->clock);
        int64_t before = now - RETAINED_RUN_DAYS * DAY_MS;
        int r = sql_run(ledger,
                        CLEAR_COLUMNS "SELECT ?, ?, runner, run, 0, ?, ? FROM run JOIN runner ON "
                                      "runner.id = runner WHERE consent = 1 AND newest = 1 AND cleared "
                                      "= 0 AND \"end\" < ? ORDER BY start",
                        "iiiii", (int64_t)OUTBOX_CLEAR, (int64_t)OUTBOX_WAITING, now,
                        (int64_t)OUTBOX_RUN, before);

        if (r < 0)
                return r;
        if (sqlite3_changes(ledger->db) > 0)
                ledger_touch(ledger, LEDGER_OUTBOX);
        return sql_run(ledger,
                       "UPDATE run SET cleared = 1 WHERE newest = 1 AND cleared = 0 AND \"end\" < ? AND "
                       "runner IN (SELECT id FROM runner WHERE consent = 1)",
                       "i", before);
}

int retained_clear_runner(Ledger *ledger, const char *runner)
{
        int r = sql_run(ledger,
                        CLEAR_COLUMNS "SELECT ?1, ?2, ?3, key, 0, ?4, clears FROM (SELECT ?5 AS clears, "
                                      "'' AS key UNION ALL SELECT ?6, week FROM week WHERE runner = ?3 "
                                      "AND newest = 1 AND cleared = 0 UNION ALL SELECT ?7, run FROM run "
                                      "WHERE runner = ?3 AND newest = 1 AND cleared = 0) ORDER BY "
                                      "clears, key",
                        "iisiiii", (int64_t)OUTBOX_CLEAR, (int64_t)OUTBOX_WAITING, runner,
                        clock_utc_ms(ledger->clock), (int64_t)OUTBOX_SUMMARY, (int64_t)OUTBOX_WEEK,
                        (int64_t)OUTBOX_RUN);

        ledger_touch(ledger, LEDGER_OUTBOX);
        return r;
}
