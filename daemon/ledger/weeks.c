#include "daemon/ledger/weeks.h"

#include "daemon/ledger/about.h"
#include "daemon/ledger/groups.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/retained.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/sql.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CLOCKS_DIFFER_MS 60000
#define TEXT_MAX 8192 /* of reasons */

/* ---- revisions ---- */

/* A ledger that took another's place goes on above what that may have told. */
typedef struct Revising {
        int64_t floor; /* new revisions are at least this */
        int64_t below; /* older ones are told anew, also unchanged */
} Revising;

static int read_revising(Ledger *ledger, Revising *ret)
{
        int r;

        *ret = (Revising){0};
        r = about_integer(ledger, REVISION_FLOOR, &ret->floor);
        if (r >= 0)
                r = about_integer(ledger, REVISE_BELOW, &ret->below);
        return r < 0 ? r : 0;
}

static int64_t next_revision(const Revising *revising, int64_t newest)
{
        return newest + 1 > revising->floor ? newest + 1 : revising->floor;
}

/* ---- runs ---- */

#define RUN_EXTRA ", reasons, distance_mm, steps_1000" /* after the fields */

static int consents(Ledger *ledger, const char *runner)
{
        int64_t consent = 0;
        int r = sql_integer(ledger, &consent, "SELECT consent FROM runner WHERE id = ?", "s", runner);

        return r < 0 ? r : consent == 1;
}

static RevisionKey key_of_run(const Run *run)
{
        return (RevisionKey){run->runner, run->run, run->revision};
}

/* All but the groups, which stay null. */
static void read_run(Ledger *ledger, Statement *statement, Run *ret)
{
        char reasons[TEXT_MAX];

        run_set_null(ret);
        row_read(statement, &run_fields, ret);
        column_text(statement, (int)run_fields.n_fields, reasons, sizeof(reasons));
        reasons_read(ledger, reasons, &ret->reasons);
        ret->distance_mm = column_integer(statement, (int)run_fields.n_fields + 1);
        ret->steps_1000 = column_integer(statement, (int)run_fields.n_fields + 2);
}

int run_get(Ledger *ledger, const char *runner, const char *run, int64_t revision, Run *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &run_fields, RUN_EXTRA,
                          "WHERE runner = ?1 AND run = ?2 AND (revision = ?3 OR (?3 = 0 AND newest = "
                          "1))",
                          "ssi", runner, run, revision);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        read_run(ledger, statement, ret);
        r = groups_read(ledger, &run_groups, key_of_run(ret), ret);
        return r < 0 ? r : 1;
}

/* What arrived when is no news by itself. */
static bool same_run(const Run *a, Run b)
{
        b.revision = a->revision;
        b.received_utc_ms = a->received_utc_ms;
        return fields_equal(&run_fields, a, &b) && groups_equal(&run_groups, a, &b);
}

/* Nothing arrived after now: the clock was ahead when it did. */
static void judge_arrival(const Ledger *ledger, int64_t *received_utc_ms, Reasons *reasons)
{
        if (clock_quality(ledger->clock) != CLOCK_SYNCHRONISED || *received_utc_ms == NULL_INTEGER ||
            *received_utc_ms <= clock_utc_ms(ledger->clock) + CLOCKS_DIFFER_MS)
                return;
        *received_utc_ms = NULL_INTEGER;
        reasons_add(reasons, "received", "clock_was_wrong");
}

/* See RUN_IS_TOLD. */
static bool is_told(const Ledger *ledger, const Run *run)
{
        return !run_is_imported(run) || run->end_utc_ms >= retained_since_ms(ledger);
}

int run_put(Ledger *ledger, Run *run)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        char reasons[TEXT_MAX];
        Run newest;
        Revising revising;
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = read_revising(ledger, &revising);
        if (r >= 0)
                r = run_get(ledger, run->runner, run->run, 0, &newest);
        if (r < 0)
                return r;
        if (r > 0 && same_run(&newest, *run) && newest.revision >= revising.below) {
                run->revision = newest.revision;
                return transaction_commit(&transaction);
        }
        judge_arrival(ledger, &run->received_utc_ms, &run->reasons);
        run->revision = next_revision(&revising, r > 0 ? newest.revision : 0);
        reasons_write(&run->reasons, reasons, sizeof(reasons));
        r = sql_run(ledger, "UPDATE run SET newest = 0 WHERE runner = ? AND run = ? AND newest = 1",
                    "ss", run->runner, run->run);
        if (r >= 0)
                r = row_insert(ledger, "INSERT", &run_fields, run, RUN_EXTRA ", made, newest, cleared",
                               "siiiii", reasons, run->distance_mm, run->steps_1000,
                               clock_utc_ms(ledger->clock), (int64_t)1, (int64_t)!is_told(ledger, run));
        if (r >= 0)
                r = groups_insert(ledger, &run_groups, key_of_run(run), run);
        if (r >= 0)
                r = consents(ledger, run->runner);
        if (r > 0 && is_told(ledger, run))
                r = outbox_add(ledger, OUTBOX_RUN, run->runner, run->run, run->revision);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

/* Whether the groups are read, too. */
typedef enum Parts { PARTS_BRIEF, PARTS_WHOLE } Parts;

/* How far before a span a run may begin and still reach into it: no further than the longest one is
 * long. Both are looks into an index, whatever lies before. */
#define LONGEST_RUN                                                                                \
        "ifnull((SELECT \"end\" - start FROM run WHERE runner = ?1 AND newest = 1 ORDER BY \"end\" - " \
        "start DESC LIMIT 1), 0)"

static int each_run(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                    Parts parts, RunFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &run_fields, RUN_EXTRA,
                          "WHERE runner = ?1 AND newest = 1 AND state = 'current' AND start <= ?2 AND "
                          "start >= ?3 - " LONGEST_RUN " AND \"end\" >= ?3 ORDER BY start",
                          "sii", runner, to_utc_ms, from_utc_ms);

        while (r >= 0) {
                Run run;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                read_run(ledger, statement, &run);
                r = parts == PARTS_WHOLE ? groups_read(ledger, &run_groups, key_of_run(&run), &run) : 0;
                if (r >= 0)
                        r = function(&run, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int run_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
             RunFunction function, void *userdata)
{
        return each_run(ledger, runner, from_utc_ms, to_utc_ms, PARTS_WHOLE, function, userdata);
}

int run_each_brief(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                   RunFunction function, void *userdata)
{
        return each_run(ledger, runner, from_utc_ms, to_utc_ms, PARTS_BRIEF, function, userdata);
}

int run_load_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                  RunLoadFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT start, \"end\", distance_mm, run, load_source LIKE 'import_%' FROM run"
                          " WHERE runner = ? AND newest = 1 "
                          "AND state = 'current' AND start >= ? AND start < ? ORDER BY start",
                          "sii", runner, from_utc_ms, to_utc_ms);

        while (r >= 0) {
                RunLoad run;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                run = (RunLoad){.start_utc_ms = column_integer(statement, 0),
                                .end_utc_ms = column_integer(statement, 1),
                                .distance_mm = column_integer(statement, 2),
                                .is_imported = column_integer(statement, 4) == 1};
                column_text(statement, 3, run.run, sizeof(run.run));
                r = function(&run, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

/* ---- weeks ---- */

static RevisionKey key_of_week(const Week *week)
{
        return (RevisionKey){week->runner, week->week, week->revision};
}

/* All but the groups, which stay null. */
static void read_week(Ledger *ledger, Statement *statement, Week *ret)
{
        char reasons[TEXT_MAX];

        week_set_null(ret);
        row_read(statement, &week_fields, ret);
        column_text(statement, (int)week_fields.n_fields, reasons, sizeof(reasons));
        reasons_read(ledger, reasons, &ret->reasons);
        column_text(statement, (int)week_fields.n_fields + 1, ret->changed, sizeof(ret->changed));
}

int week_get(Ledger *ledger, const char *runner, const char *week, int64_t revision, Week *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &week_fields, ", reasons, changed",
                          "WHERE runner = ?1 AND week = ?2 AND (revision = ?3 OR (?3 = 0 AND newest = "
                          "1 AND withdrawn = 0))",
                          "ssi", runner, week, revision);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        read_week(ledger, statement, ret);
        r = groups_read(ledger, &week_groups, key_of_week(ret), ret);
        return r < 0 ? r : 1;
}

static bool same_week(const Week *a, Week b)
{
        b.revision = a->revision;
        b.received_utc_ms = a->received_utc_ms;
        return fields_equal(&week_fields, a, &b) && groups_equal(&week_groups, a, &b);
}

static int publish_week(Ledger *ledger, const Week *week)
{
        int r = outbox_add(ledger, OUTBOX_WEEK, week->runner, week->week, week->revision);

        if (r >= 0)
                r = retained_clear_weeks(ledger, week->runner);
        if (r >= 0)
                r = outbox_add(ledger, OUTBOX_SUMMARY, week->runner, "", 0);
        return r;
}

int week_put(Ledger *ledger, Week *week)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        char reasons[TEXT_MAX];
        Week newest;
        Revising revising;
        int64_t last = 0;
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = read_revising(ledger, &revising);
        if (r >= 0) /* also one that was withdrawn */
                r = sql_integer(ledger, &last,
                                "SELECT revision FROM week WHERE runner = ? AND week = ? ORDER BY revision DESC "
                                "LIMIT 1",
                                "ss", week->runner, week->week);
        if (r >= 0)
                r = week_get(ledger, week->runner, week->week, 0, &newest);
        if (r < 0)
                return r;
        if (r > 0 && same_week(&newest, *week) && newest.revision >= revising.below) {
                week->revision = newest.revision;
                return transaction_commit(&transaction);
        }
        judge_arrival(ledger, &week->received_utc_ms, &week->reasons);
        week->revision = next_revision(&revising, last);
        reasons_write(&week->reasons, reasons, sizeof(reasons));
        r = sql_run(ledger, "UPDATE week SET newest = 0 WHERE runner = ? AND week = ? AND newest = 1",
                    "ss", week->runner, week->week);
        if (r >= 0)
                r = row_insert(ledger, "INSERT", &week_fields, week,
                               ", reasons, changed, made, newest", "ssii", reasons, week->changed,
                               clock_utc_ms(ledger->clock), (int64_t)1);
        if (r >= 0)
                r = groups_insert(ledger, &week_groups, key_of_week(week), week);
        if (r >= 0)
                r = consents(ledger, week->runner);
        if (r > 0)
                r = publish_week(ledger, week);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

static int each_week(Ledger *ledger, const char *runner, const char *first, const char *last,
                     bool all_revisions, Parts parts, WeekFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &week_fields, ", reasons, changed",
                          "WHERE runner = ?1 AND week BETWEEN ?2 AND ?3 AND (newest = 1 AND withdrawn = 0 OR "
                          "?4) ORDER BY week, revision",
                          "sssi", runner, first, last, (int64_t)all_revisions);

        while (r >= 0) {
                Week week;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                read_week(ledger, statement, &week);
                r = parts == PARTS_WHOLE ? groups_read(ledger, &week_groups, key_of_week(&week), &week)
                                         : 0;
                if (r >= 0)
                        r = function(&week, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int week_each(Ledger *ledger, const char *runner, const char *first, const char *last,
              bool all_revisions, WeekFunction function, void *userdata)
{
        return each_week(ledger, runner, first, last, all_revisions, PARTS_WHOLE, function, userdata);
}

int week_each_brief(Ledger *ledger, const char *runner, const char *first, const char *last,
                    WeekFunction function, void *userdata)
{
        return each_week(ledger, runner, first, last, false, PARTS_BRIEF, function, userdata);
}
