#include "daemon/ledger/repair.h"

#include "base/calendar.h"

#include "daemon/ledger/about.h"
#include "daemon/ledger/coverage.h"
#include "daemon/ledger/dirty.h"
#include "daemon/ledger/due.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/retained.h"
#include "daemon/ledger/retention.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/timebase-update.h"
#include "daemon/ledger/weeks.h"

#include <errno.h>
#include <string.h>

#define REVISION_JUMP      1000            /* more than a week gets between two backups */
#define REVISION_BEGIN_MS  1735689600000LL /* 2025-01-01: before it there was no ledger */

/* The hours since the beginning are above what any week was revised, also when nothing can be read. */
int repair_revisions(Ledger *ledger)
{
        int64_t highest = 0, floor = 0, hours;
        int r = sql_integer(ledger, &highest,
                            "SELECT max((SELECT ifnull(max(revision), 0) FROM run), (SELECT "
                            "ifnull(max(revision), 0) FROM week))",
                            "");

        if (r >= 0)
                r = about_integer(ledger, REVISION_FLOOR, &floor);
        if (r < 0)
                return r;
        hours = (clock_utc_ms(ledger->clock) - REVISION_BEGIN_MS) / HOUR_MS;
        highest = highest > floor ? highest : floor;
        return about_set_integer(ledger, REVISION_FLOOR,
                                 highest + REVISION_JUMP > hours ? highest + REVISION_JUMP : hours);
}

static int tell_summary(const Runner *runner, void *userdata)
{
        return runner->consent == 1 ? outbox_add(userdata, OUTBOX_SUMMARY, runner->id, "", 0) : 0;
}

int repair_outbox(Ledger *ledger, const char *old_ledger_id)
{
        int r = sql_run(ledger, "UPDATE outbox SET state = ? WHERE state = 0 AND kind IN (?, ?)", "iii",
                        (int64_t)OUTBOX_CANCELLED, (int64_t)OUTBOX_SUMMARY, (int64_t)OUTBOX_STATUS);

        if (r >= 0 && old_ledger_id[0]) /* else they are told under the new one */
                r = sql_run(ledger, "UPDATE outbox SET ledger = ? WHERE ledger IS NULL", "s", old_ledger_id);
        return r < 0 ? r : runner_each(ledger, tell_summary, ledger);
}

/* ---- runners ---- */

static int tell_runner(const Runner *runner, void *userdata)
{
        return runner->consent == 1 ? queue_everything(userdata, runner->id) : 0;
}

int repair_tell_all(Ledger *ledger)
{
        return runner_each(ledger, tell_runner, ledger);
}

static int due_again(const Week *week, void *userdata)
{
        return due_week_mark(userdata, week->runner, week->week, 0);
}

static int make_weeks_due(const Runner *runner, void *userdata)
{
        return week_each(userdata, runner->id, "", "9", false, due_again, userdata);
}

/* From the first to the last record of each epoch, as far as they are kept. */
static int mark_epochs(Ledger *ledger)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t since = INT64_MIN;
        int r = retention_kept_since(ledger, &since);

        if (r >= 0)
                r = sql_query(ledger, &statement,
                              "SELECT pod_id, epoch, min(time_tick), max(time_tick) FROM record GROUP BY pod_id, "
                              "epoch",
                              "");
        while (r >= 0) {
                int64_t pod_id, from, to;
                TimeMap map;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                pod_id = column_integer(statement, 0);
                r = timebase_of(ledger, pod_id, (uint32_t)column_integer(statement, 1), &map);
                if (r <= 0)
                        continue;
                from = time_map_utc_ms(&map, column_integer(statement, 2));
                to = time_map_utc_ms(&map, column_integer(statement, 3));
                from = from < since ? since : from;
                if (from <= to)
                        r = dirty_mark_pod(ledger, pod_id, DIRTY_RECORDS, from, to);
        }
        return r;
}

int repair_derive_all(Ledger *ledger)
{
        int64_t floor = 0;
        int r = about_integer(ledger, REVISION_FLOOR, &floor);

        if (r >= 0)
                r = about_set_integer(ledger, REVISE_BELOW, floor);
        if (r >= 0)
                r = runner_each(ledger, make_weeks_due, ledger);
        return r < 0 ? r : mark_epochs(ledger);
}

static int run_each_sql(Ledger *ledger, const char *const *statements, size_t n)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < n; i++)
                r = sql_run(ledger, statements[i], "");
        return r;
}

int repair_roster(Ledger *ledger)
{
        /* in parentheses: one statement in several pieces */
        static const char *const statements[] = {
                ("INSERT OR IGNORE INTO runner (id, zone, consent, added) SELECT runner, ifnull((SELECT zone "
                "FROM week w WHERE w.runner = t.runner AND zone IS NOT NULL ORDER BY week DESC LIMIT 1), "
                "'UTC'), 0, min(at) FROM (SELECT runner, at FROM diary UNION ALL SELECT runner, start FROM "
                "run UNION ALL SELECT runner, assigned FROM assignment WHERE runner IS NOT NULL) t GROUP BY runner"),
                ("INSERT OR IGNORE INTO home (runner, from_week, zone) SELECT id, '', zone FROM runner WHERE id "
                 "NOT IN (SELECT runner FROM home)"),
                "DELETE FROM record WHERE pod_id NOT IN (SELECT pod_id FROM pod)",
                "DELETE FROM span WHERE pod_id NOT IN (SELECT pod_id FROM pod)",
                "DELETE FROM anchor WHERE pod_id NOT IN (SELECT pod_id FROM pod)",
                "DELETE FROM epoch WHERE pod_id NOT IN (SELECT pod_id FROM pod)",
                "DELETE FROM assignment WHERE pod_id NOT IN (SELECT pod_id FROM pod)",
        };

        return run_each_sql(ledger, statements, ARRAY_SIZE(statements));
}

/* ---- coverage ---- */

/* Rows of `sql`: pod, epoch, first, last. */
static int add_spans(Ledger *ledger, const char *sql, bool lost)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement, sql, "");

        while (r >= 0) {
                r = sql_step(statement);
                if (r <= 0)
                        return r;
                r = span_add(ledger, column_integer(statement, 0), (uint32_t)column_integer(statement, 1),
                             (uint32_t)column_integer(statement, 2), (uint32_t)column_integer(statement, 3), lost);
        }
        return r;
}

/* A lost record says how far its range goes. */
static int add_lost(Ledger *ledger)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT pod_id, epoch, seq, body FROM record WHERE kind = ?", "i", (int64_t)RECORD_LOST);

        while (r >= 0) {
                Record record = {.kind = RECORD_LOST};
                uint32_t last;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                record.seq = last = (uint32_t)column_integer(statement, 2);
                record.body_size = (size_t)sqlite3_column_bytes(statement->stmt, 3);
                if (record.body_size <= sizeof(record.body) && record.body_size > 0) {
                        memcpy(record.body, sqlite3_column_blob(statement->stmt, 3), record.body_size);
                        if (record_decode(&record) >= 0 && record.lost.last_seq > (int64_t)record.seq)
                                last = (uint32_t)record.lost.last_seq;
                }
                r = epoch_touch(ledger, column_integer(statement, 0), (uint32_t)column_integer(statement, 1),
                                record.seq, last);
                if (r >= 0)
                        r = span_add(ledger, column_integer(statement, 0), (uint32_t)column_integer(statement, 1),
                                     record.seq, last, true);
        }
        return r;
}

int repair_coverage(Ledger *ledger)
{
        static const char *const epochs[] = {
                /* of an epoch whose row is gone its pod is asked from the beginning */
                "INSERT OR IGNORE INTO epoch (pod_id, epoch, first_seq, last_seq) SELECT pod_id, epoch, min(1, "
                "min(seq)), max(seq) FROM record GROUP BY pod_id, epoch",
                "DELETE FROM span WHERE lost = 0",
        };
        int r = run_each_sql(ledger, epochs, ARRAY_SIZE(epochs));

        if (r >= 0)
                r = add_lost(ledger);
        /* what was let go had come, and nothing was missing of it */
        if (r >= 0)
                r = add_spans(ledger,
                              "SELECT pod_id, epoch, first_seq, kept_seq - 1 FROM epoch WHERE kept_seq > first_seq",
                              false);
        if (r >= 0)
                r = add_spans(ledger,
                              "SELECT pod_id, epoch, min(seq), max(seq) FROM (SELECT pod_id, epoch, seq, seq - "
                              "row_number() OVER (PARTITION BY pod_id, epoch ORDER BY seq) AS island FROM record "
                              "WHERE kind <> 5) GROUP BY pod_id, epoch, island",
                              false);
        return r < 0 ? r : about_set_integer(ledger, ASKS_FROM_START, 1);
}

/* ---- time ---- */

static int take_anchors(Ledger *ledger)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT pod_id, epoch, time_tick, body, has_memory FROM record JOIN pod USING (pod_id) "
                          "WHERE kind = ? ORDER BY pod_id, epoch, seq",
                          "i", (int64_t)RECORD_ANCHOR);

        while (r >= 0) {
                Record record = {.kind = RECORD_ANCHOR};

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                record.body_size = (size_t)sqlite3_column_bytes(statement->stmt, 3);
                if (record.body_size == 0 || record.body_size > sizeof(record.body))
                        continue;
                memcpy(record.body, sqlite3_column_blob(statement->stmt, 3), record.body_size);
                if (record_decode(&record) < 0)
                        continue;
                r = timebase_take(ledger, column_integer(statement, 0), column_integer(statement, 4) != 0,
                                  (uint32_t)column_integer(statement, 1), column_integer(statement, 2),
                                  record.anchor.utc_ms, (int)record.anchor.clock_quality);
        }
        return r;
}

/* An epoch that has anchors but no map: taking one of them once more makes it. */
static int refit(Ledger *ledger)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT a.pod_id, a.epoch, max(time_tick), utc_ms, max(quality), has_memory FROM anchor a "
                          "JOIN epoch e ON e.pod_id = a.pod_id AND e.epoch = a.epoch JOIN pod p ON p.pod_id = "
                          "a.pod_id WHERE anchors = 0 GROUP BY a.pod_id, a.epoch",
                          "");

        while (r >= 0) {
                r = sql_step(statement);
                if (r <= 0)
                        return r;
                r = timebase_take(ledger, column_integer(statement, 0), column_integer(statement, 5) != 0,
                                  (uint32_t)column_integer(statement, 1), column_integer(statement, 2),
                                  column_integer(statement, 3), (int)column_integer(statement, 4));
        }
        return r;
}

int repair_time(Ledger *ledger)
{
        int r = take_anchors(ledger);

        return r < 0 ? r : refit(ledger);
}

int repair_note(Ledger *ledger, const char *how, const char *aside)
{
        int r = about_set_integer(ledger, BEGUN, clock_utc_ms(ledger->clock));

        if (r >= 0)
                r = about_set_text(ledger, BEGUN_BY, how);
        if (r >= 0)
                r = about_set_text(ledger, BEGUN_ASIDE, aside);
        if (r >= 0)
                r = audit_add(ledger, strcmp(how, "restored") == 0 ? "ledger restored" : "ledger rebuilt", NULL,
                              aside);
        return r;
}
