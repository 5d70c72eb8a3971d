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
        ImportedRun run = a_run(NOW_MS - 3 * HOUR_MS, 170, 30000);
        RunList runs;

        assert_int_equal(put(home, &run), IMPORT_TAKEN);
        assert_int_equal(derive_now(derive), 0);
        set_time(home);
        run_for(home, 2, 0, 600); /* ten minutes after the other one */
        assert_int_equal(derive_now(derive), 0);
        runs = runs_of(home);
        assert_int_equal(runs.n, 2);
        assert_string_equal(runs.list[0].source, "import_csv");
        assert_int_equal(runs.list[0].revision, 1);
        assert_string_equal(week_of(home, THIS_WEEK).load_source, "mixed");
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
                TEST(years_of_runs_do_not_flood_the_clinic),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
