/* Imported runs among those of pods. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/imports.h"

#include <math.h>

static ImportedRun a_run(int64_t start_utc_ms, double minutes, double distance_m)
{
        ImportedRun run;

        imported_run_set_null(&run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        run.start_utc_ms = start_utc_ms;
        run.end_utc_ms = start_utc_ms + (int64_t)(minutes * 60000);
        run.duration_s = minutes * 60;
        run.distance_m = distance_m;
        (void)text_copy(run.kind, sizeof(run.kind), "csv");
        (void)text_copy(run.file, sizeof(run.file), "file-1");
        run.line = 2;
        run.imported_utc_ms = NOW_MS;
        return run;
}

static ImportOutcome put(Home *home, const ImportedRun *run)
{
        ImportOutcome outcome;
        ImportedRun other;

        assert_int_equal(import_put(home->ledger, run, &outcome, &other), 0);
        return outcome;
}

static void the_same_run_is_taken_once_from_whatever_file(void **state)
{
        Home *home = *state;
        ImportedRun run = a_run(NOW_MS - 10 * DAY_MS, 60, 10000), other = run;

        assert_int_equal(put(home, &run), IMPORT_TAKEN);
        assert_int_equal(put(home, &run), IMPORT_KNOWN);
        other.line = 3;
        assert_int_equal(put(home, &other), IMPORT_KNOWN);
        other.distance_m = 9000; /* the same hour, another run: not of one file */
        assert_int_equal(put(home, &other), IMPORT_OVERLAPS);
        (void)text_copy(other.file, sizeof(other.file), "file-2");
        other.start_utc_ms += 5 * MINUTE_MS;
        assert_int_equal(put(home, &other), IMPORT_KNOWN);
        other.start_utc_ms = run.end_utc_ms - 10 * MINUTE_MS;
        other.end_utc_ms = run.end_utc_ms + HOUR_MS;
        assert_int_equal(put(home, &other), IMPORT_OVERLAPS);
        other.start_utc_ms = run.end_utc_ms - MINUTE_MS; /* told to the minute */
        assert_int_equal(put(home, &other), IMPORT_TAKEN);
        (void)text_copy(other.runner, sizeof(other.runner), "nobody");
        ImportOutcome outcome;
        assert_int_equal(import_put(home->ledger, &other, &outcome, NULL), -ENOENT);
}

static void an_imported_run_is_the_reference_on_the_first_day(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        ImportedRun run = a_run(NOW_MS - 10 * DAY_MS, 60, 10000.5);
        Week week;

        assert_int_equal(put(home, &run), IMPORT_TAKEN);
        set_time(home);
        run_for(home, 2, 0, 600); /* 1200 m, one foot */
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.longest_reference_m, 10001);
        assert_string_equal(week.longest_band, "reference");
        assert_string_equal(week.load_source, "left");
        week = week_of(home, "2026-W46");
        assert_true(week.load_distance_m == 10000.5);
        assert_string_equal(week.load_source, "import_csv");
        assert_true(isnan(week.coverage));
        assert_string_equal(reason(&week, "coverage"), "not_known");
}

/* Whichever comes first: the pod's word counts, once, and the run keeps its id. */
static void a_run_known_from_watch_and_pod_is_the_pods(void **state)
{
        for (int pod_first = 0; pod_first < 2; pod_first++) {
                Home *home = *state;
                Derive *derive;
                ImportedRun run = a_run(NOW_MS - MINUTE_MS, 11, 1500);
                RunList runs;

                if (pod_first) {
                        derive_free(TAKE(started));
                        leave_home(state);
                        assert_int_equal(make_home(state), 0);
                        home = *state;
                }
                derive = start(home);
                if (!pod_first)
                        assert_int_equal(put(home, &run), IMPORT_TAKEN);
                assert_int_equal(derive_now(derive), 0);
                assert_int_equal(runs_of(home).n, pod_first ? 0 : 1);
                set_time(home);
                run_for(home, 2, 0, 600);
                assert_int_equal(derive_now(derive), 0);
                if (pod_first)
                        assert_int_equal(put(home, &run), IMPORT_TAKEN);
                assert_int_equal(derive_now(derive), 0);
                runs = runs_of(home);
                assert_int_equal(runs.n, 1);
                assert_string_equal(runs.list[0].source, "left");
                assert_int_equal(runs.list[0].revision, pod_first ? 1 : 2);
                assert_true(week_of(home, THIS_WEEK).load_runs == 1);
        }
}

static void records_beside_an_imported_run_leave_it_alone(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        ImportedRun run = a_run(NOW_MS - 3 * HOUR_MS, 165, 30000);
        RunList runs;

        assert_int_equal(put(home, &run), IMPORT_TAKEN);
        assert_int_equal(derive_now(derive), 0);
        set_time(home);
        run_for(home, 2, 0, 600); /* a quarter of an hour after the other one */
        assert_int_equal(derive_now(derive), 0);
        runs = runs_of(home);
        assert_int_equal(runs.n, 2);
        assert_string_equal(runs.list[0].source, "import_csv");
        assert_int_equal(runs.list[0].revision, 1);
        assert_string_equal(week_of(home, THIS_WEEK).load_source, "mixed");
}

static Home *new_home(void **state)
{
        derive_free(TAKE(started));
        leave_home(state);
        assert_int_equal(make_home(state), 0);
        return *state;
}

/* Metrics 1.6: with a pause of 5 minutes 8 + 8 km are 16 km, which is 60 % more than 10. */
static void two_imported_runs_with_a_short_pause_are_one(void **state)
{
        for (int later_first = 0; later_first < 2; later_first++) {
                Home *home = later_first ? new_home(state) : *state;
                Derive *derive = start(home);
                ImportedRun old = a_run(NOW_MS - 20 * DAY_MS, 60, 10000);
                ImportedRun parts[2] = {a_run(NOW_MS - 30 * HOUR_MS, 50, 8000),
                                        a_run(NOW_MS - 30 * HOUR_MS + 55 * MINUTE_MS, 50, 8000)};
                Week week;
                Run run;

                (void)text_copy(parts[1].kind, sizeof(parts[1].kind), "fit");
                parts[0].heart_rate_bpm = 140;
                parts[1].heart_rate_bpm = 150;
                parts[1].steps = 8000;
                assert_int_equal(put(home, &old), IMPORT_TAKEN);
                assert_int_equal(put(home, &parts[later_first]), IMPORT_TAKEN);
                assert_int_equal(derive_now(derive), 0); /* so that the other one comes to a run that is there */
                assert_int_equal(put(home, &parts[!later_first]), IMPORT_TAKEN);
                assert_int_equal(derive_now(derive), 0);
                assert_int_equal(runs_of(home).n, 2);
                run = runs_of(home).list[1];
                assert_int_equal(run.start_utc_ms, parts[0].start_utc_ms);
                assert_int_equal(run.end_utc_ms, parts[1].end_utc_ms);
                assert_int_equal(run.duration_s, 100 * 60); /* the pause is no moving time */
                assert_true(run.distance_m == 16000);
                assert_true(run.heart_rate_mean_bpm == 145);
                assert_true(run.steps == 8000);
                assert_string_equal(reasons_find(&run.reasons, "load.steps"), "part_not_measured");
                assert_string_equal(run.source, "mixed");
                week = week_of(home, THIS_WEEK);
                assert_int_equal(week.load_runs, 1);
                assert_int_equal(week.longest_distance_m, 16000);
                assert_int_equal(week.longest_reference_m, 10000);
                assert_string_equal(week.longest_band, "moderate");
        }
}

static void the_gap_that_parts_runs_is_the_option(void **state)
{
        for (int minutes = 14; minutes <= 20; minutes++) {
                Home *home = minutes > 14 ? new_home(state) : *state;
                MeasureParameters parameters = measure_defaults;
                ImportedRun runs[2] = {a_run(NOW_MS - 3 * HOUR_MS, 30, 5000),
                                       a_run(NOW_MS - 3 * HOUR_MS + (30 + minutes) * MINUTE_MS, 30, 5000)};

                parameters.session_gap_ms = minutes < 18 ? 15 * MINUTE_MS : 20 * MINUTE_MS;
                assert_int_equal(derive_new(home->ledger, home->clock, &parameters, &started), 0);
                assert_int_equal(put(home, &runs[0]), IMPORT_TAKEN);
                assert_int_equal(put(home, &runs[1]), IMPORT_TAKEN);
                assert_int_equal(derive_now(started), 0);
                assert_int_equal(runs_of(home).n, minutes * MINUTE_MS < parameters.session_gap_ms ? 1 : 2);
        }
}

/* The pod runs for ten minutes, the watch goes on eleven minutes later; or it was there before. */
static void a_pods_run_and_a_watchs_after_a_short_pause_are_one(void **state)
{
        for (int i = 0; i < 4; i++) {
                bool import_first = i & 1, before = i & 2;
                Home *home = i > 0 ? new_home(state) : *state;
                Derive *derive = start(home);
                ImportedRun run = a_run(before ? NOW_MS - 41 * MINUTE_MS : NOW_MS + 21 * MINUTE_MS, 30, 5000);
                Run joined;

                clock_manual_advance(home->clock, HOUR_MS);
                run.steps = 5000;
                if (import_first)
                        assert_int_equal(put(home, &run), IMPORT_TAKEN);
                assert_int_equal(derive_now(derive), 0);
                set_time(home);
                run_for(home, 2, 0, 600); /* 1200 m, one foot */
                assert_int_equal(derive_now(derive), 0);
                if (!import_first)
                        assert_int_equal(put(home, &run), IMPORT_TAKEN);
                assert_int_equal(derive_now(derive), 0);
                assert_int_equal(runs_of(home).n, 1);
                joined = runs_of(home).list[0];
                assert_int_equal(joined.start_utc_ms, before ? run.start_utc_ms : NOW_MS);
                assert_int_equal(joined.end_utc_ms, before ? NOW_MS + 10 * MINUTE_MS : run.end_utc_ms);
                assert_true(joined.distance_m == 6200);
                assert_int_equal(joined.duration_s, 600 + 1800);
                assert_true(joined.steps == 1200 + 5000);
                assert_int_equal(joined.left_steps, 600);
                assert_string_equal(reasons_find(&joined.reasons, "load.left"), "part_imported");
                assert_string_equal(joined.source, "mixed");
                assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
                assert_int_equal(week_of(home, THIS_WEEK).longest_distance_m, 6200);
        }
}

static void a_watch_between_two_runs_of_pods_joins_them(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        ImportedRun run = a_run(NOW_MS + 15 * MINUTE_MS, 15, 3000);
        Run joined;

        set_time(home);
        run_for(home, 2, 0, 600);
        run_for(home, 602, 2400, 600);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 2);
        assert_int_equal(put(home, &run), IMPORT_TAKEN);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        joined = runs_of(home).list[0];
        assert_true(joined.distance_m == 1200 + 3000 + 1200);
        assert_int_equal(joined.duration_s, 600 + 900 + 600);
        assert_int_equal(joined.left_steps, 1200);
}

/* A watch that ran for 30 minutes before the pods were there, and with them for 10: not half of theirs. */
static void what_pods_and_watch_both_tell_counts_once(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        ImportedRun run = a_run(NOW_MS - 30 * MINUTE_MS, 40, 8000);
        Run joined;

        set_time(home);
        run_for(home, 2, 0, 1800); /* 3600 m */
        assert_int_equal(put(home, &run), IMPORT_TAKEN);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        joined = runs_of(home).list[0];
        assert_true(joined.distance_m == 6000 + 3600);
        assert_int_equal(joined.duration_s, 3600);
}

static int count_row(const OutboxRow *row, void *userdata)
{
        size_t *counts = userdata;

        counts[row->kind]++;
        return 0;
}

/* Ten years at once: the clinic hears of each week that holds something, of runs only the recent ones. */
static void years_of_runs_do_not_flood_the_clinic(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        size_t counts[16] = {0};

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (int i = 1; i <= 100; i++) {
                ImportedRun run = a_run(NOW_MS - 7 * i * DAY_MS, 60, 10000);

                run.line = i + 1;
                assert_int_equal(put(home, &run), IMPORT_TAKEN);
        }
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(outbox_each(home->ledger, true, 0, 10000, count_row, counts), 0);
        /* of 60 days, each once more when the runs it is held against are there */
        assert_in_range(counts[OUTBOX_RUN], 8, 16);
        assert_int_equal(counts[OUTBOX_WEEK], 101);
        assert_int_equal(counts[OUTBOX_CLEAR], 75); /* all but 26 */
        assert_int_equal(counts[OUTBOX_SUMMARY], 1);
        /* and not when consent is given anew */
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, false), 0);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        memset(counts, 0, sizeof(counts));
        assert_int_equal(outbox_each(home->ledger, true, 0, 10000, count_row, counts), 0);
        assert_int_equal(counts[OUTBOX_RUN], 8);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                TEST(the_same_run_is_taken_once_from_whatever_file),
                TEST(an_imported_run_is_the_reference_on_the_first_day),
                TEST(a_run_known_from_watch_and_pod_is_the_pods),
                TEST(records_beside_an_imported_run_leave_it_alone),
                TEST(two_imported_runs_with_a_short_pause_are_one),
                TEST(the_gap_that_parts_runs_is_the_option),
                TEST(a_pods_run_and_a_watchs_after_a_short_pause_are_one),
                TEST(a_watch_between_two_runs_of_pods_joins_them),
                TEST(what_pods_and_watch_both_tell_counts_once),
                TEST(years_of_runs_do_not_flood_the_clinic),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
