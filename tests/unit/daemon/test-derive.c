/* Records in, runs and weeks out: as revisions, by themselves, and never without a clock. */
#include "tests/unit/daemon/derive-fixture.h"
#include "tests/unit/ledger/unset-clock.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/due.h"


/* ---- from records to the clinic ---- */

static void strides_become_a_run_and_a_week(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        RunList runs;
        Week week;
        Rows rows;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        set_time(home);
        run_for(home, 2, 600, 120);
        assert_int_equal(derive_now(derive), 0);
        runs = runs_of(home);
        assert_int_equal(runs.n, 1);
        assert_string_equal(runs.list[0].run, "20261124T081000Z");
        assert_int_equal(runs.list[0].revision, 1);
        assert_int_equal(runs.list[0].start_utc_ms, NOW_MS + 600000);
        assert_true(runs.list[0].distance_m == 240);
        assert_int_equal(runs.list[0].duration_s, 120);
        assert_string_equal(runs.list[0].source, "left");
        assert_string_equal(runs.list[0].local_date, "2026-11-24");
        assert_string_equal(runs.list[0].zone, "Europe/Berlin");
        week = week_of(home, THIS_WEEK);
        assert_true(week.load_distance_m == 240);
        assert_int_equal(week.load_runs, 1);
        assert_string_equal(week.state, "provisional");
        assert_string_equal(week.empty, "");
        rows = outbox_rows(home, true);
        assert_int_equal(rows.n, 3);
        assert_int_equal(rows.list[0].kind, OUTBOX_RUN);
        assert_string_equal(rows.list[0].key, runs.list[0].run);
        assert_int_equal(rows.list[1].kind, OUTBOX_WEEK);
        assert_string_equal(rows.list[1].key, THIS_WEEK);
        assert_int_equal(rows.list[2].kind, OUTBOX_SUMMARY);
}

static void deriving_again_makes_no_new_revision(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        set_time(home);
        run_for(home, 2, 600, 120);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS - DAY_MS, NOW_MS + DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).list[0].revision, 1);
        assert_int_equal(week_of(home, THIS_WEEK).revision, 1);
        assert_int_equal(drain_dirty(home, NULL), 0);
}

static void it_works_by_itself_a_moment_after_a_change(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        (void)derive;
        set_time(home);
        run_for(home, 2, 600, 120);
        clock_manual_advance(home->clock, 5000);
        assert_int_equal(runs_of(home).n, 0); /* more may be on its way */
        clock_manual_advance(home->clock, 25000);
        assert_int_equal(runs_of(home).n, 1);
        assert_int_equal(drain_dirty(home, NULL), 0);
}

static void a_stream_without_end_is_derived_all_the_same(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        (void)derive;
        set_time(home);
        for (uint32_t i = 0; i < 60; i++) {
                run_for(home, 2 + 10 * i, 600 + 10 * i, 10);
                clock_manual_advance(home->clock, 10000);
        }
        assert_int_equal(runs_of(home).n, 1); /* though it was never quiet for long enough */
}

static void what_the_last_life_left_dirty_is_derived(void **state)
{
        Home *home = *state;

        set_time(home);
        run_for(home, 2, 600, 120);
        home_reopen(home);
        Derive *derive = start(home);
        (void)derive;
        clock_manual_advance(home->clock, 30000);
        assert_int_equal(runs_of(home).n, 1);
}

static void a_long_span_is_derived_day_by_day_and_whole(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        for (uint32_t day = 0; day < 10; day++)
                run_for(home, 2 + 100 * day, day * 86400 + 600, 60);
        clock_manual_advance(home->clock, 10 * DAY_MS);
        assert_int_equal(runs_of(home).n, 0);
        set_time(home); /* only now ten days have a time */
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 10);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 6);
        assert_int_equal(week_of(home, NEXT_WEEK).load_runs, 4);
}

/* ---- late records ---- */

static void a_late_stride_is_a_new_revision_of_run_and_week(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 2, 600, 120);
        assert_int_equal(derive_now(derive), 0);
        run_for(home, 122, 720, 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        assert_int_equal(runs_of(home).list[0].revision, 2);
        assert_true(runs_of(home).list[0].distance_m == 242);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.revision, 2);
        assert_true(week.load_distance_m == 242);
        assert_non_null(strstr(week.changed, "load.distance_m=new_records;")); /* it was never final */
}

static void a_late_stride_after_final_says_what_changed(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 2, 600, 120);
        clock_manual_advance(home->clock, 6 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, THIS_WEEK).state, "final");
        run_for(home, 122, 720, 1);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.state, "final"); /* never back to provisional */
        assert_non_null(strstr(week.changed, "load.distance_m=late_records;"));
        assert_non_null(strstr(week.changed, "longest_run.distance_m=late_records;"));
        assert_null(strstr(week.changed, "pain"));
}

static void a_late_diary_entry_after_final_says_so(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        DiaryEntry entry;
        Week week;

        clock_manual_advance(home->clock, 6 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.state, "final");
        assert_true(isnan(week.pain_mean));
        fields_set_null(&diary_fields, &entry);
        (void)text_copy(entry.id, sizeof(entry.id), "d1");
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        entry.at_utc_ms = NOW_MS;
        entry.pain = 6;
        entry.received_utc_ms = clock_utc_ms(home->clock);
        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_true(week.pain_mean == 6);
        assert_int_equal(week.pain_days, 1);
        assert_non_null(strstr(week.changed, "pain.mean=late_diary_entries;"));
        assert_null(strstr(week.changed, "load"));
}

static void strides_between_two_runs_make_one_and_withdraw_the_other(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        RunList runs;
        Run other;

        set_time(home);
        run_for(home, 2, 600, 120);
        run_for(home, 2000, 600 + 1500, 60);
        assert_int_equal(derive_now(derive), 0);
        runs = runs_of(home);
        assert_int_equal(runs.n, 2);
        run_for(home, 1000, 600 + 800, 60);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        assert_string_equal(runs_of(home).list[0].run, runs.list[0].run); /* it keeps its id */
        assert_true(runs_of(home).list[0].distance_m == 480);
        assert_int_equal(run_get(home->ledger, RUNNER, runs.list[1].run, 0, &other), 1);
        assert_string_equal(other.state, RUN_STATE_WITHDRAWN);
        assert_int_equal(other.revision, 2);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        assert_true(week_of(home, THIS_WEEK).load_distance_m == 480);
}

static void a_better_time_moves_a_run_to_its_week(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record first = anchor(EPOCH, 1, 0, NOW_MS, CLOCK_SET);
        Record better = anchor(EPOCH, 900, 1000 * TICK_HZ, NOW_MS - 7 * DAY_MS + 1000000,
                               CLOCK_SYNCHRONISED);

        (void)store(home, POD, &first, 1);
        run_for(home, 2, 600, 120);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        (void)store(home, POD, &better, 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        assert_int_equal(runs_of(home).list[0].start_utc_ms, NOW_MS - 7 * DAY_MS + 600000);
        assert_int_equal(week_of(home, "2026-W47").load_runs, 1);
        assert_true(isnan(week_of(home, THIS_WEEK).load_distance_m));
        assert_string_equal(week_of(home, THIS_WEEK).empty, "not_delivered");
}

/* The same records in any batches and any order end in the same newest runs and weeks. */
static void the_order_of_arrival_changes_revisions_only(void **state)
{
        enum { N = 240 };
        unsigned seed = (unsigned)getpid() * 2654435761u, random = seed;
        Week told = {0};
        Run told_run = {0};

        print_message("seed %u\n", seed);
        for (int round = 0; round < 4; round++) {
                uint32_t order[N];
                Home *home;
                Week week;
                RunList runs;

                if (round > 0) {
                        (void)leave(state);
                        (void)make_home(state);
                }
                home = *state;
                Derive *derive = start(home);
                for (uint32_t i = 0; i < N; i++)
                        order[i] = i;
                for (uint32_t i = N; round > 0 && i > 1; i--) {
                        random = random * 1664525u + 1013904223u;
                        uint32_t j = (random >> 8) % i, kept = order[j];

                        order[j] = order[i - 1];
                        order[i - 1] = kept;
                }
                for (uint32_t i = 0; i < N; i++) {
                        if (i == (random >> 8) % N)
                                set_time(home);
                        run_for(home, 2 + order[i], 600 + order[i] + order[i] / 100 * 600, 1);
                        if (round > 1 && i % 60 == 59)
                                assert_int_equal(derive_now(derive), 0);
                }
                set_time(home);
                assert_int_equal(derive_now(derive), 0);
                week = week_of(home, THIS_WEEK);
                runs = runs_of(home);
                assert_int_equal(runs.n, 1);
                week.revision = runs.list[0].revision = 1;
                (void)text_copy(runs.list[0].run, RUN_ID_SIZE, "id");
                if (round == 0) {
                        told = week;
                        told_run = runs.list[0];
                }
                assert_true(fields_equal(&week_fields, &told, &week));
                assert_true(fields_equal(&run_fields, &told_run, &runs.list[0]));
        }
}

static void four_weeks_that_come_late_make_one_revision_of_each_week(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        IsoWeek id;

        for (uint32_t day = 0; day < 28; day++)
                run_for(home, 2 + 100 * day, day * 86400 + 600, 60);
        clock_manual_advance(home->clock, 28 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(iso_week_parse(THIS_WEEK, &id), 0);
        for (int i = 0; i < 4; i++) { /* there, and empty */
                char text[12];

                iso_week_format(iso_week_add(id, i), text);
                assert_int_equal(week_of(home, text).load_runs, NULL_INTEGER);
        }
        set_time(home);
        clock_manual_advance(home->clock, 60000); /* by its own timers */
        assert_int_equal(drain_dirty(home, NULL), 0);
        for (int i = 0; i < 4; i++) {
                Week first, week;
                char text[12];

                iso_week_format(iso_week_add(id, i), text);
                week = week_of(home, text);
                assert_int_equal(week.load_runs, i == 0 ? 6 : 7);
                assert_int_equal(week_get(home->ledger, RUNNER, text, week.revision - 1, &first), 1);
                assert_int_equal(first.load_runs, NULL_INTEGER);
        }
}

/* ---- what cannot be derived ---- */

static int64_t n_aside(Home *home)
{
        int64_t n = 0;

        assert_int_equal(set_aside_count(home->ledger, &n), 0);
        return n;
}

static void one_runner_that_fails_holds_up_nobody_else(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Runner lost;
        Week week;

        fields_set_null(&runner_fields, &lost);
        (void)text_copy(lost.id, sizeof(lost.id), "a-runner"); /* first in every order */
        (void)text_copy(lost.zone, sizeof(lost.zone), "Atlantis/Harbour");
        lost.consent = 0;
        lost.added_utc_ms = NOW_MS;
        assert_int_equal(runner_add(home->ledger, &lost), 0);
        assert_int_equal(dirty_mark(home->ledger, "a-runner", NOW_MS, NOW_MS), 0);
        assert_int_equal(due_week_mark(home->ledger, "a-runner", THIS_WEEK, DIRTY_RECORDS), 0);
        set_time(home);
        run_for(home, 2, 600, 120);
        clock_manual_advance(home->clock, 60000); /* by its own timers */
        assert_int_equal(runs_of(home).n, 1);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        assert_int_equal(week_get(home->ledger, "a-runner", THIS_WEEK, 0, &week), 0);
        assert_int_equal(n_aside(home), 2);

        /* Weeks become final all the same, and it is tried again, but not over and over. */
        clock_manual_advance(home->clock, 15 * DAY_MS);
        assert_string_equal(week_of(home, THIS_WEEK).state, "final");
        assert_int_equal(n_aside(home), 2);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_aside(home), 2);
}

/* ---- pods without memory ---- */

static void a_cadence_in_strides_is_found_out_and_kept(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Pod pod;

        add_pod(home, RSC_POD, PLACEMENT_LEFT_FOOT, false);
        assert_int_equal(timebase_anchor(home->ledger, RSC_POD, 1, 0, NOW_MS, CLOCK_SYNCHRONISED), 0);
        for (uint32_t i = 0; i < 61; i++) {
                Record sample = {.epoch = 1, .seq = i + 1, .kind = RECORD_SAMPLE, .tick = i * 1000};

                fields_set_null(record_fields(RECORD_SAMPLE), &sample);
                sample.sample.characteristic = 0x2A53;
                sample.sample.n_rr = 0;
                sample.sample.speed_256 = 768;
                sample.sample.cadence_raw = 80;
                sample.sample.running = 1;
                sample = encoded(sample);
                (void)store(home, RSC_POD, &sample, 1);
        }
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(pod_get(home->ledger, RSC_POD, &pod), 1);
        assert_int_equal(pod.cadence, CADENCE_STRIDES);
        assert_int_equal(runs_of(home).n, 1);
        assert_true(runs_of(home).list[0].steps == 160);
        assert_true(runs_of(home).list[0].distance_m == 180);
        assert_string_equal(runs_of(home).list[0].source, "rsc");
}

/* ---- without a clock ---- */

static void nothing_is_derived_while_the_clock_is_not_set(void **state)
{
        Home *home = *state;
        Simulator simulator;
        Week week;

        set_time(home);
        run_for(home, 2, 600, 120);
        Clock *clock = make_unset_clock(&simulator, home->directory);

        Derive *derive = NULL;
        assert_int_equal(derive_new(home->ledger, clock, &measure_defaults, &derive), 0);
        for (int i = 0; i < 100; i++)
                move_time(&simulator, clock, 60000, CLOCK_UNSET);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 0);
        assert_int_equal(week_get(home->ledger, RUNNER, THIS_WEEK, 0, &week), 0);
        assert_int_equal(week_get(home->ledger, RUNNER, "1970-W01", 0, &week), 0);
        for (int i = 0; i < 5; i++)
                move_time(&simulator, clock, 60000, CLOCK_SET);
        assert_int_equal(runs_of(home).n, 1); /* as soon as it is */
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        derive = derive_free(derive);
        clock = clock_free(clock);
        end_simulator(&simulator);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(strides_become_a_run_and_a_week),
                TEST(deriving_again_makes_no_new_revision),
                TEST(it_works_by_itself_a_moment_after_a_change),
                TEST(a_stream_without_end_is_derived_all_the_same),
                TEST(what_the_last_life_left_dirty_is_derived),
                TEST(a_long_span_is_derived_day_by_day_and_whole),
                TEST(a_late_stride_is_a_new_revision_of_run_and_week),
                TEST(a_late_stride_after_final_says_what_changed),
                TEST(a_late_diary_entry_after_final_says_so),
                TEST(strides_between_two_runs_make_one_and_withdraw_the_other),
                TEST(a_better_time_moves_a_run_to_its_week),
                TEST(the_order_of_arrival_changes_revisions_only),
                TEST(four_weeks_that_come_late_make_one_revision_of_each_week),
                TEST(one_runner_that_fails_holds_up_nobody_else),
                TEST(a_cadence_in_strides_is_found_out_and_kept),
                TEST(nothing_is_derived_while_the_clock_is_not_set),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
