#include "daemon/ledger/retained.h"

#include "daemon/ledger/outbox.h"

#include <stdio.h>

#define DAY_MS 86400000LL

int retained_clear_weeks(Ledger *ledger, const char *runner)
{
        static const char too_old[] =
                "week < (SELECT week FROM week WHERE runner = ?1 AND newest = 1 ORDER BY week DESC "
                "LIMIT 1 OFFSET ?2) AND runner = ?1 AND newest = 1 AND cleared = 0";
        char sql[640];
        int r;

        (void)snprintf(sql, sizeof(sql),
                       "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT ?3, 0, "
                       "runner, runner || '/week/' || week, 0, ?4 FROM week WHERE %s ORDER BY week",
                       too_old);
        r = sql_run(ledger, sql, "siii", runner, (int64_t)RETAINED_WEEKS - 1, (int64_t)OUTBOX_CLEAR,
                    clock_utc_ms(ledger->clock));
        if (r < 0)
                return r;
        (void)snprintf(sql, sizeof(sql), "UPDATE week SET cleared = 1 WHERE %s", too_old);
        return sql_run(ledger, sql, "si", runner, (int64_t)RETAINED_WEEKS - 1);
}

int retained_clear_runs(Ledger *ledger)
{
        int64_t now = clock_utc_ms(ledger->clock);
        int64_t before = now - RETAINED_RUN_DAYS * DAY_MS;
        int r = sql_run(ledger,
                        "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT ?, 0, "
                        "runner, runner || '/run/' || run, 0, ? FROM run JOIN runner ON runner.id = "
                        "runner WHERE consent = 1 AND newest = 1 AND cleared = 0 AND \"end\" < ? ORDER "
                        "BY start",
                        "iii", (int64_t)OUTBOX_CLEAR, now, before);

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
                        "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT ?1, 0, "
                        "?2, topic, 0, ?3 FROM (SELECT ?2 || '/summary' AS topic UNION SELECT ?2 || "
                        "'/week/' || week FROM week WHERE runner = ?2 AND newest = 1 AND cleared = 0 "
                        "UNION SELECT ?2 || '/run/' || run FROM run WHERE runner = ?2 AND newest = 1 "
                        "AND cleared = 0)",
                        "isi", (int64_t)OUTBOX_CLEAR, runner, clock_utc_ms(ledger->clock));

        ledger_touch(ledger, LEDGER_OUTBOX);
        return r;
}
