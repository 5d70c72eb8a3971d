/* Revisions: what they say that changed and why, and that nothing is made anew for nothing. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/derive-changes.h"
#include "daemon/ledger/diary.h"

#include <sqlite3.h>

#define LAST_WEEK "2026-W47"

static bool says(const Week *week, const char *change)
{
        return strstr(week->changed, change) != NULL;
}

static void expect(const Week *week, const char *change)
{
        if (!says(week, change))
                fail_msg("%s revision %d says \"%s\", not \"%s\"", week->week, (int)week->revision,
                         week->changed, change);
}

static void report(Home *home)
{
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
}

/* ---- from provisional over final to revised ---- */

static void each_revision_says_what_changed_and_why(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 2, 600, 120);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, THIS_WEEK).changed, ""); /* nothing was before it */
        run_for(home, 122, 720, 1);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.state, "provisional");
        expect(&week, "load.steps=new_records;");
        assert_false(says(&week, "state="));
        clock_manual_advance(home->clock, 6 * DAY_MS);
        report(home);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.state, "final");
        expect(&week, "state=pods_reported;");
        assert_false(says(&week, "_records")); /* days of which nothing was known are days of rest now */
        run_for(home, 123, 721, 1);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        expect(&week, "load.steps=late_records;");
        assert_false(says(&week, "state="));
        assert_false(says(&week, "new_records"));
}

/* Each reason moves what it can move, and a week with two has both. */
static void a_late_stride_and_a_late_entry_are_told_apart(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        DiaryEntry entry;
        Week week;

        diary_entry_set_null(&entry);
        (void)text_copy(entry.id, sizeof(entry.id), "e1");
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "gateway");
        entry.at_utc_ms = NOW_MS + 700000;
        entry.pain = 4;
        entry.received_utc_ms = NOW_MS;
        set_time(home);
        run_for(home, 2, 600, 120);
        clock_manual_advance(home->clock, 6 * DAY_MS);
        report(home);
        assert_int_equal(derive_now(derive), 0);
        run_for(home, 122, 720, 1);
        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        expect(&week, "load.steps=late_records;");
        expect(&week, "pain.mean=late_diary_entries;");
        assert_false(says(&week, "load.steps=late_diary_entries;"));
        assert_false(says(&week, "pain.mean=late_records;"));
}

/* ---- time ---- */

/* The clock was wrong by a week, but set: both weeks were final before a better one came. */
static void a_better_clock_revises_weeks_that_were_final(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record by_hand = anchor(EPOCH, 1, 0, NOW_MS, CLOCK_SET);
        Record right = anchor(EPOCH, 900, 1000 * TICK_HZ, NOW_MS - 7 * DAY_MS + 1000000,
                              CLOCK_SYNCHRONISED);
        Week week;

        (void)store(home, POD, &by_hand, 1);
        run_for(home, 2, 600, 120);
        clock_manual_advance(home->clock, 30 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, THIS_WEEK).state, "final");
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        (void)store(home, POD, &right, 1);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.state, "final");
        assert_int_equal(week.load_runs, NULL_INTEGER);
        expect(&week, "load.runs=time_corrected;");
        expect(&week, "empty=time_corrected;");
        assert_false(says(&week, "late_records"));
        assert_int_equal(week_of(home, LAST_WEEK).load_runs, 1);
}

/* Months ahead, but set: the empty weeks up to "now" were final, and the runs lay in the last. Then
 * the clock is right, and goes back. */
static void a_clock_that_was_months_ahead_leaves_no_wrong_week_behind(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        const int64_t ahead_ms = 91 * DAY_MS;
        Record wrong = anchor(EPOCH, 1, 0, NOW_MS + ahead_ms, CLOCK_SET);
        Record right = anchor(EPOCH, 900, 1000 * TICK_HZ, NOW_MS + 1000000, CLOCK_SYNCHRONISED);
        Week week;

        clock_manual_set(home->clock, NOW_MS + ahead_ms, CLOCK_SET);
        (void)store(home, POD, &wrong, 1);
        run_for(home, 2, 600, 120);
        clock_manual_advance(home->clock, 30 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, "2027-W08");
        assert_string_equal(week.state, "final");
        assert_int_equal(week.load_runs, 1);
        clock_manual_set(home->clock, NOW_MS + 2 * DAY_MS, CLOCK_SYNCHRONISED);
        (void)store(home, POD, &right, 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        assert_false(has_week(home, "2027-W08")); /* nothing may stay where nobody was */
}

/* Found by a history: a run that a clock which was ahead had put into autumn, for good; the pod is worn
 * on the other foot from today, and so, by what is known, in autumn. */
static void a_move_reaches_the_runs_of_a_clock_that_was_ahead(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record wrong = anchor(EPOCH, 1, 0, NOW_MS + 81 * DAY_MS, CLOCK_SET);
        Pod pod = pod_of(POD, RUNNER, PLACEMENT_RIGHT_FOOT, true);

        clock_manual_set(home->clock, NOW_MS + 81 * DAY_MS, CLOCK_SET);
        (void)store(home, POD, &wrong, 1);
        run_for(home, 2, 600, 120);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(runs_of(home).list[0].source, "left");
        clock_manual_set(home->clock, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(runs_of(home).list[0].source, "right");
}

/* The same with pods that "reported past the end" of weeks to come, which became zeros. */
static void a_week_that_is_not_over_is_not_final_by_a_clock_that_is_right(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record boot = anchor(EPOCH, 1, 0, NOW_MS - 2 * DAY_MS, CLOCK_SYNCHRONISED);
        Week week;

        (void)store(home, POD, &boot, 1);
        clock_manual_set(home->clock, NOW_MS + 28 * DAY_MS, CLOCK_SET);
        report(home);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(week.state, "final");
        assert_string_equal(week.empty, "did_not_run");
        clock_manual_set(home->clock, NOW_MS, CLOCK_SET); /* by hand again: who knows */
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, NEXT_WEEK).state, "final");
        clock_manual_set(home->clock, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(derive_now(derive), 0);
        assert_false(has_week(home, NEXT_WEEK));
        /* and its report of that time proves nothing when the week is over */
        clock_manual_advance(home->clock, 13 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(week.state, "provisional");
        assert_string_equal(week.empty, "not_delivered");
        report(home);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(week.state, "final");
        assert_string_equal(week.empty, "did_not_run");
}

/* What the epoch held had no time at all until its first anchor: that is news, no correction. */
static void the_first_anchor_brings_new_records(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        run_for(home, 2, 600, 120);
        assert_int_equal(derive_now(derive), 0);
        set_time(home);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        expect(&week, "load.runs=new_records;");
        assert_false(says(&week, "time_corrected"));
}

/* ---- every reason, every field ---- */

static void change_all_fields(Week *week)
{
        week_set_null(week);
        for (size_t i = 0; i < week_fields.n_fields; i++) {
                const Field *field = &week_fields.fields[i];

                if (field->type == FIELD_TEXT)
                        (void)memcpy((char *)week + field->offset, "x", 2);
                else if (field->type == FIELD_REAL)
                        *(double *)((char *)week + field->offset) = 1;
                else
                        *(int64_t *)((char *)week + field->offset) = 1;
        }
}

static size_t n_changes(const Week *week)
{
        size_t n = 0;

        for (const char *at = week->changed; (at = strchr(at, ';')); at++)
                n++;
        return n;
}

/* All fields for one reason: each by its name. */
static void all_changes_for_one_reason_are_named_one_by_one(void **state)
{
        Week old, week;

        (void)state;
        week_set_null(&old);
        change_all_fields(&week);
        (void)text_copy(old.state, sizeof(old.state), "final");
        note_changes(&old, &week, DIRTY_PLACEMENT, CHANGE_SETTLED);
        assert_int_equal(n_changes(&week), week_fields.n_fields - 4); /* but runner, week, revision, received */
        expect(&week, "longest_run.reference_m=placement_corrected;");
}

/* For all reasons there are at once: too long for a message, so by the first level; nothing is left
 * out. */
static void all_changes_for_all_reasons_are_named_by_their_group(void **state)
{
        static const char *const words[] = {"late_records", "time_corrected", "cadence_unit_decided",
                                            "zone_changed", "placement_corrected", "method_changed"};
        Week old, week;

        (void)state;
        week_set_null(&old);
        change_all_fields(&week);
        (void)text_copy(old.state, sizeof(old.state), "final");
        note_changes(&old, &week, ~0u, CHANGE_SETTLED);
        for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
                char change[80];

                (void)snprintf(change, sizeof(change), "longest_run=%s;", words[i]);
                expect(&week, change);
                (void)snprintf(change, sizeof(change), "empty=%s;", words[i]);
                expect(&week, change);
        }
        expect(&week, "pain=late_diary_entries;");
        assert_false(says(&week, "pain=late_records;"));
}

/* ---- what a late stride costs ---- */

static int64_t count(sqlite3 *other, const char *sql)
{
        sqlite3_stmt *statement;
        int64_t n;

        assert_int_equal(sqlite3_prepare_v2(other, sql, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        n = sqlite3_column_int64(statement, 0);
        assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
        return n;
}

/* A year of three runs a week, then one stride of half a year ago: its week, the one before (the days
 * after its last runs), and those that look back on it, for half a year. */
static void a_late_stride_derives_what_it_touches_and_no_more(void **state)
{
        Home *home = *state;
        Derive *derive;
        sqlite3 *other;
        int64_t runs, weeks;

        set_time(home);
        for (uint32_t week = 0; week < 60; week++) {
                for (uint32_t run = 0; run < 3; run++)
                        run_for(home, 2 + 60 * (3 * week + run), (7 * week + run) * 86400 + 600, 30);
                clock_manual_advance(home->clock, 7 * DAY_MS);
        }
        report(home);
        derive = start(home); /* only now: hour by hour it would be a long year */
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(sqlite3_open(home->path, &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other,
                                      "CREATE TABLE made_due (week TEXT);"
                                      "CREATE TRIGGER count_due AFTER INSERT ON due_week BEGIN INSERT "
                                      "INTO made_due VALUES (new.week); END",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        runs = count(other, "SELECT count(*) FROM run");
        weeks = count(other, "SELECT count(*) FROM week");
        assert_true(runs >= 180);
        run_for(home, 2 + 60 * 78 + 30, 7 * 26 * 86400 + 630, 1);
        assert_int_equal(derive_now(derive), 0);
        /* itself, and the runs of the 30 days after it, which are held against it */
        assert_in_range(count(other, "SELECT count(*) FROM run"), runs + 1, runs + 1 + 3 * 5);
        assert_in_range(count(other, "SELECT count(*) FROM week"), weeks + 1, weeks + 28);
        /* and the running one, which time may have changed */
        assert_in_range(count(other, "SELECT count(*) FROM made_due"), 1, 29);
        assert_int_equal(sqlite3_close(other), SQLITE_OK);
}

/* Known already: not even looked at. */
static void a_stride_that_comes_again_makes_nothing_dirty(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        set_time(home);
        run_for(home, 2, 600, 120);
        assert_int_equal(derive_now(derive), 0);
        run_for(home, 2, 600, 120);
        assert_int_equal(drain_dirty(home, NULL), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(each_revision_says_what_changed_and_why),
                TEST(a_late_stride_and_a_late_entry_are_told_apart),
                TEST(a_better_clock_revises_weeks_that_were_final),
                TEST(a_clock_that_was_months_ahead_leaves_no_wrong_week_behind),
                TEST(a_move_reaches_the_runs_of_a_clock_that_was_ahead),
                TEST(a_week_that_is_not_over_is_not_final_by_a_clock_that_is_right),
                TEST(the_first_anchor_brings_new_records),
                TEST(all_changes_for_one_reason_are_named_one_by_one),
                TEST(all_changes_for_all_reasons_are_named_by_their_group),
                TEST(a_late_stride_derives_what_it_touches_and_no_more),
                TEST(a_stride_that_comes_again_makes_nothing_dirty),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
