/* Runs and weeks whose records were let go stay what they were. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/imports.h"
#include "daemon/ledger/retention.h"

#define DAYS 10

static void let_go_before(Home *home, int64_t before_utc_ms)
{
        Retention retention;

        assert_int_equal(durable_told(home->ledger, POD, EPOCH, UINT32_MAX), 0);
        assert_int_equal(retention_begin(home->ledger, before_utc_ms, &retention), 0);
        while (retention_slice(home->ledger, &retention, 1000) > 0)
                continue;
        assert_true(retention.let_go > 0);
}

/* A run now and one ten days later, both told to the end. */
static Derive *two_runs(Home *home)
{
        Derive *derive = start(home);

        set_time(home);
        run_for(home, 2, 60, 600);
        run_for(home, 602, DAYS * 86400, 300);
        clock_manual_advance(home->clock, (DAYS + 1) * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 2);
        return derive;
}

static DiaryEntry entry_of(int64_t at_utc_ms, int64_t pain)
{
        DiaryEntry entry;

        fields_set_null(&diary_fields, &entry);
        (void)text_copy(entry.id, sizeof(entry.id), "late");
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        entry.at_utc_ms = entry.received_utc_ms = at_utc_ms;
        entry.pain = pain;
        return entry;
}

static void an_old_run_is_neither_withdrawn_nor_shortened(void **state)
{
        Home *home = *state;
        Derive *derive = two_runs(home);
        RunList before = runs_of(home), after;
        Week week = week_of(home, THIS_WEEK);

        let_go_before(home, NOW_MS + 5 * DAY_MS);
        /* a reason to look at all of it again */
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS - DAY_MS, NOW_MS + (DAYS + 1) * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        after = runs_of(home);
        assert_int_equal(after.n, 2);
        for (size_t i = 0; i < 2; i++) {
                assert_int_equal(after.list[i].revision, before.list[i].revision);
                assert_int_equal(after.list[i].distance_m, before.list[i].distance_m);
        }
        assert_int_equal(week_of(home, THIS_WEEK).revision, week.revision);
}

static void a_late_entry_of_an_old_week_leaves_its_load(void **state)
{
        Home *home = *state;
        Derive *derive = two_runs(home);
        int64_t distance_m = week_of(home, THIS_WEEK).load_distance_m;
        DiaryEntry entry = entry_of(NOW_MS, 4);

        let_go_before(home, NOW_MS + 5 * DAY_MS);
        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, THIS_WEEK).pain_max, 4);
        assert_int_equal(week_of(home, THIS_WEEK).load_distance_m, distance_m);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
}

/* The pod's tick ran through all of the next week; nothing but its first records says so. */
static void an_old_week_without_a_run_stays_empty_as_it_was(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        DiaryEntry entry = entry_of(NOW_MS + 7 * DAY_MS, 2);

        set_time(home);
        run_for(home, 2, 60, 300);
        run_for(home, 302, 20 * 86400, 300);
        clock_manual_advance(home->clock, 21 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "did_not_run");
        let_go_before(home, NOW_MS + 19 * DAY_MS);
        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, NEXT_WEEK).pain_max, 2);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "did_not_run");
}

static void what_arrives_very_late_makes_a_run_where_none_is(void **state)
{
        Home *home = *state;
        Derive *derive = two_runs(home);
        Record other = anchor(3, 1, 0, NOW_MS + DAY_MS, CLOCK_SYNCHRONISED);
        RunList runs;

        let_go_before(home, NOW_MS + 5 * DAY_MS);
        add_pod(home, OTHER_POD, PLACEMENT_RIGHT_FOOT, true);
        (void)store(home, OTHER_POD, &other, 1);
        for (uint32_t i = 0; i < 300; i++) {
                Record record = stride(3, 2 + i, (60 + i) * TICK_HZ);

                record.stride.stride_time_1024 = 1024;
                record = encoded(record);
                (void)store(home, OTHER_POD, &record, 1);
        }
        assert_int_equal(derive_now(derive), 0);
        runs = runs_of(home);
        assert_int_equal(runs.n, 3);
        assert_int_equal(runs.list[0].revision, 1);
        assert_true(runs.list[1].start_utc_ms == NOW_MS + DAY_MS + 60000);
}

static void import_half_an_hour(Home *home, int64_t start_utc_ms)
{
        ImportedRun run;
        ImportOutcome outcome;

        imported_run_set_null(&run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        (void)text_copy(run.kind, sizeof(run.kind), "csv");
        (void)text_copy(run.file, sizeof(run.file), "file-1");
        run.start_utc_ms = start_utc_ms;
        run.end_utc_ms = start_utc_ms + 30 * MINUTE_MS;
        run.duration_s = 1800;
        run.distance_m = 5000;
        run.line = 2;
        run.imported_utc_ms = clock_utc_ms(home->clock);
        assert_int_equal(import_put(home->ledger, &run, &outcome, NULL), 0);
        assert_int_equal(outcome, IMPORT_TAKEN);
}

/* What files tell is not let go: the second part of a run of long ago is no less taken than the first. */
static void parts_of_an_old_imported_run_join_in_whatever_order(void **state)
{
        Home *home = *state;
        Derive *derive = two_runs(home);

        let_go_before(home, NOW_MS + 5 * DAY_MS);
        import_half_an_hour(home, NOW_MS + DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 3);
        import_half_an_hour(home, NOW_MS + DAY_MS + 40 * MINUTE_MS);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 3);
        assert_true(runs_of(home).list[1].distance_m == 10000);
        assert_string_equal(runs_of(home).list[1].source, "import_csv");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_old_run_is_neither_withdrawn_nor_shortened),
                TEST(a_late_entry_of_an_old_week_leaves_its_load),
                TEST(an_old_week_without_a_run_stays_empty_as_it_was),
                TEST(what_arrives_very_late_makes_a_run_where_none_is),
                TEST(parts_of_an_old_imported_run_join_in_whatever_order),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
