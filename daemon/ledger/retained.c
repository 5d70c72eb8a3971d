#include "daemon/ledger/retained.h"

#include "base/calendar.h"
#include "daemon/ledger/outbox.h"
#include "proto/clinic-records.h"

#define CLEAR_COLUMNS "INSERT INTO outbox (kind, state, runner, key, revision, made, clears) "

/* The newest week that may be one, by a clock that is right: one made by a clock that was ahead must not
 * drive out the others until it is withdrawn. */
static const char *last_credible(Ledger *ledger, char ret[static WEEK_ID_SIZE])
{
        int32_t day = (int32_t)((clock_utc_ms(ledger->clock) + DAY_MS) / DAY_MS);

        if (clock_quality(ledger->clock) != CLOCK_SYNCHRONISED)
                return "9";
        iso_week_format(iso_week_of_day(day), ret);
        return ret;
}

/* By the calendar: a runner's few weeks may lie years apart. 1: *ret is the oldest that stays. */
static int oldest_retained(Ledger *ledger, const char *runner, char ret[static WEEK_ID_SIZE])
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        IsoWeek newest;
        char text[WEEK_ID_SIZE], credible[WEEK_ID_SIZE];
        int r = sql_query(ledger, &statement,
                          "SELECT week FROM week WHERE runner = ? AND withdrawn = 0 AND newest = 1 AND week <= ? "
                          "ORDER BY week DESC LIMIT 1",
                          "ss", runner, last_credible(ledger, credible));

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        column_text(statement, 0, text, sizeof(text));
        if (iso_week_parse(text, &newest) < 0)
                return 0; /* there is none yet */
        iso_week_format(iso_week_add(newest, 1 - RETAINED_WEEKS), ret);
        return 1;
}

int retained_clear_weeks(Ledger *ledger, const char *runner)
{
        char oldest[WEEK_ID_SIZE];
        int r = oldest_retained(ledger, runner, oldest);

        if (r <= 0)
                return r;
        r = sql_run(ledger,
                    CLEAR_COLUMNS "SELECT ?, ?, runner, week, 0, ?, ? FROM week WHERE runner = ? AND "
                                  "week < ? AND newest = 1 AND cleared = 0 ORDER BY week",
                    "iiiiss", (int64_t)OUTBOX_CLEAR, (int64_t)OUTBOX_WAITING,
                    clock_utc_ms(ledger->clock), (int64_t)OUTBOX_WEEK, runner, oldest);
        if (r < 0)
                return r;
        return sql_run(ledger,
                       "UPDATE week INDEXED BY week_not_cleared SET cleared = 1 WHERE runner = ? AND week < ? AND newest = 1 AND "
                       "cleared = 0",
                       "ss", runner, oldest);
}

int retained_take_up_weeks(Ledger *ledger, const char *runner)
{
        char oldest[WEEK_ID_SIZE];
        int r = oldest_retained(ledger, runner, oldest);

        if (r <= 0)
                return r;
        r = sql_run(ledger,
                    "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT ?, ?, runner, week, "
                    "revision, ? FROM week JOIN runner ON runner.id = runner WHERE runner = ? AND consent = 1 AND "
                    "week >= ? AND newest = 1 AND cleared = 1 AND withdrawn = 0 ORDER BY week",
                    "iiiss", (int64_t)OUTBOX_WEEK, (int64_t)OUTBOX_WAITING, clock_utc_ms(ledger->clock), runner,
                    oldest);
        if (r < 0)
                return r;
        if (sqlite3_changes(ledger->db) > 0)
                ledger_touch(ledger, LEDGER_OUTBOX);
        return sql_run(ledger,
                       "UPDATE week SET cleared = 0 WHERE runner = ? AND week >= ? AND newest = 1 AND cleared = 1 "
                       "AND withdrawn = 0",
                       "ss", runner, oldest);
}

int64_t retained_since_ms(const Ledger *ledger)
{
        return clock_utc_ms(ledger->clock) - RETAINED_RUN_DAYS * DAY_MS;
}

int retained_clear_runs(Ledger *ledger)
{
        int64_t now = clock_utc_ms(ledger->clock);
        int64_t before = retained_since_ms(ledger);
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
                                      "WHERE runner = ?3 AND newest = 1 AND cleared = 0 UNION ALL SELECT "
                                      "?8, id FROM redflag WHERE runner = ?3 AND answered IS NULL UNION "
                                      "SELECT ?9, '' FROM plan WHERE runner = ?3) ORDER BY clears, key",
                        "iisiiiiii", (int64_t)OUTBOX_CLEAR, (int64_t)OUTBOX_WAITING, runner,
                        clock_utc_ms(ledger->clock), (int64_t)OUTBOX_SUMMARY, (int64_t)OUTBOX_WEEK,
                        (int64_t)OUTBOX_RUN, (int64_t)OUTBOX_REDFLAG, (int64_t)OUTBOX_PLAN);

        ledger_touch(ledger, LEDGER_OUTBOX);
        return r;
}

int retained_clear_redflag(Ledger *ledger, const char *runner, const char *id)
{
        ledger_touch(ledger, LEDGER_OUTBOX);
        return sql_run(ledger,
                       CLEAR_COLUMNS "SELECT ?1, ?2, ?3, ?4, 0, ?5, ?6 FROM runner WHERE id = ?3 AND consent = 1",
                       "iissii", (int64_t)OUTBOX_CLEAR, (int64_t)OUTBOX_WAITING, runner, id,
                       clock_utc_ms(ledger->clock), (int64_t)OUTBOX_REDFLAG);
}
