/* Time, from clocks and zones to weeks: each thing that happens to them, and where the runs end up. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/homes.h"
#include "daemon/ledger/placement.h"

#define SPRING_MS 1774746000000LL /* 2026-03-29T01:00:00Z: Berlin's clocks go from 2 to 3 */
#define AUTUMN_MS 1792890000000LL /* 2026-10-25T01:00:00Z: and from 3 to 2 */

static void go_to(Home *home, int64_t utc_ms)
{
        clock_manual_set(home->clock, utc_ms, CLOCK_SYNCHRONISED);
}

static void boot_at(Home *home, uint32_t epoch, int64_t utc_ms, ClockQuality quality)
{
        Record first = anchor(epoch, 1, 0, utc_ms, quality);

        (void)store(home, POD, &first, 1);
}

/* Strides of 1 s in an epoch, from tick second `from_s` on. */
static void run_in(Home *home, uint32_t epoch, uint32_t seq, uint32_t from_s, uint32_t n)
{
        for (uint32_t i = 0; i < n; i++) {
                Record record = stride(epoch, seq + i, (from_s + i) * TICK_HZ);

                record.stride.stride_time_1024 = 1024;
                record = encoded(record);
                (void)store(home, POD, &record, 1);
        }
}

/* ---- clocks go forward and back ---- */

static void check_change(Home *home, int64_t change_ms, const char *week_id, const char *next_id,
                         int64_t hours)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        Derive *derive = start(home);
        IsoWeek week;
        int64_t end_ms;

        assert_int_equal(homes_new(home->ledger, RUNNER, &homes), 0);
        assert_int_equal(iso_week_parse(week_id, &week), 0);
        end_ms = homes_week_start_utc_ms(homes, iso_week_add(week, 1));
        assert_int_equal(end_ms - homes_week_start_utc_ms(homes, week), hours * HOUR_MS);
        go_to(home, end_ms + DAY_MS);
        boot_at(home, 1, change_ms - 600000, CLOCK_SYNCHRONISED);
        run_in(home, 1, 2, 300, 600);                                          /* over the change */
        run_in(home, 1, 1000, (uint32_t)((end_ms - change_ms) / 1000), 300);   /* ends 5 min before Monday */
        run_in(home, 1, 2000, (uint32_t)((end_ms - change_ms) / 1000) + 1500, 300); /* 15 min into it */
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 3);
        assert_int_equal(runs_of(home).list[0].start_utc_ms, change_ms - 300000);
        assert_int_equal(runs_of(home).list[0].duration_s, 600); /* no hour more, no hour less */
        assert_int_equal(week_of(home, week_id).load_runs, 2);
        assert_int_equal(week_of(home, week_id).load_duration_s, 900);
        assert_int_equal(week_of(home, next_id).load_runs, 1);
}

static void a_run_over_the_change_to_summer_time_is_as_long_as_it_was(void **state)
{
        check_change(*state, SPRING_MS, "2026-W13", "2026-W14", 167);
}

static void a_run_over_the_change_to_winter_time_is_as_long_as_it_was(void **state)
{
        check_change(*state, AUTUMN_MS, "2026-W43", "2026-W44", 169);
}

/* ---- the gateway's clock ---- */

static int add_received(const EpochCoverage *coverage, void *userdata)
{
        *(int64_t *)userdata += coverage->received;
        return 0;
}

static int64_t n_received(Home *home)
{
        int64_t n = 0;

        assert_int_equal(epoch_each(home->ledger, POD, add_received, &n), 0);
        return n;
}

/* No battery behind the clock: 1970 until NTP answers. What came before is stored, and told after. */
static void a_run_from_before_the_clock_was_set_waits_for_it(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record right = anchor(1, 200, 86400 * TICK_HZ, NOW_MS + DAY_MS, CLOCK_SYNCHRONISED);
        size_t before;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        before = outbox_rows(home, false).n;
        clock_manual_set(home->clock, 60000, CLOCK_UNSET);
        boot_at(home, 1, 60000, CLOCK_UNSET);
        run_in(home, 1, 2, 300, 120);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_received(home), 121); /* stored at once, all the same */
        assert_int_equal(outbox_rows(home, false).n, before); /* nothing leaves */
        go_to(home, NOW_MS + DAY_MS); /* a step of 56 years */
        (void)store(home, POD, &right, 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        assert_int_equal(runs_of(home).list[0].start_utc_ms, NOW_MS + 300000);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        assert_true(isfinite(runs_of(home).list[0].time_error_s));
        assert_true(outbox_rows(home, false).n > before);
}

/* A clock with a flat battery says 2016 and calls itself set. */
static void a_step_of_ten_years_takes_its_runs_along(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        const int64_t then_ms = NOW_MS - 3652 * DAY_MS;
        Record right = anchor(1, 200, 86400 * TICK_HZ, NOW_MS + DAY_MS, CLOCK_SYNCHRONISED);

        clock_manual_set(home->clock, then_ms, CLOCK_SET);
        boot_at(home, 1, then_ms, CLOCK_SET);
        run_in(home, 1, 2, 300, 120);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, "2016-W47").load_runs, 1);
        go_to(home, NOW_MS + DAY_MS);
        (void)store(home, POD, &right, 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        assert_false(has_week(home, "2016-W47"));
}

/* Back by an hour in the middle of a run: ticks are what strides are measured by. */
static void a_clock_that_goes_back_during_a_run_bends_nothing(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        boot_at(home, 1, NOW_MS, CLOCK_SYNCHRONISED);
        run_in(home, 1, 2, 300, 300);
        clock_manual_set(home->clock, NOW_MS - HOUR_MS, CLOCK_SET);
        run_in(home, 1, 302, 600, 300);
        go_to(home, NOW_MS + 900000);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        assert_int_equal(runs_of(home).list[0].start_utc_ms, NOW_MS + 300000);
        assert_int_equal(runs_of(home).list[0].duration_s, 600);
}

/* ---- the pod's clock ---- */

static void a_new_battery_begins_a_new_epoch_in_the_same_week(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        boot_at(home, 1, NOW_MS, CLOCK_SYNCHRONISED);
        run_in(home, 1, 2, 300, 120);
        boot_at(home, 2, NOW_MS + DAY_MS, CLOCK_SYNCHRONISED); /* tick 0 again */
        run_in(home, 2, 2, 300, 120);
        clock_manual_advance(home->clock, 2 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 2);
        assert_int_equal(runs_of(home).list[1].start_utc_ms - runs_of(home).list[0].start_utc_ms, DAY_MS);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 2);
}

static void a_run_over_the_wrap_of_the_ticks_is_one(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        const int64_t wrap_s = ((int64_t)1 << 32) / TICK_HZ;

        boot_at(home, 1, NOW_MS - wrap_s * 1000, CLOCK_SYNCHRONISED);
        for (uint32_t i = 1; i <= 3; i++) { /* as each pod does, every two weeks */
                Record battery = encoded((Record){.epoch = 1, .seq = 1 + i, .kind = RECORD_BATTERY,
                                                  .tick = i * 14 * 86400 * TICK_HZ,
                                                  .battery = {.level_pct = 90}});

                (void)store(home, POD, &battery, 1);
        }
        for (uint32_t i = 0; i < 200; i++) { /* 100 s to the wrap, and 100 s from it */
                Record record = stride(1, 5 + i, (uint32_t)((wrap_s - 100 + i) * TICK_HZ));

                record.stride.stride_time_1024 = 1024;
                record = encoded(record);
                (void)store(home, POD, &record, 1);
        }
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        assert_int_equal(runs_of(home).list[0].duration_s, 200);
        assert_int_equal(runs_of(home).list[0].start_utc_ms, NOW_MS - 100000);
}

/* ---- a pod on the wrong foot ---- */

/* The same whether the correction or the strides come first; and a final week says why it was revised. */
static void a_corrected_placement_revises_the_weeks_it_touches_and_says_why(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 2, 0, 300);
        run_for(home, 1000, 7 * 86400, 300);
        go_to(home, NOW_MS + 21 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_int_equal(week.left_steps, 300);
        assert_string_equal(week.state, "final");
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_RIGHT_FOOT, NOW_MS + 3 * DAY_MS), 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, THIS_WEEK).left_steps, 300);
        assert_int_equal(week_of(home, THIS_WEEK).revision, week.revision);
        week = week_of(home, NEXT_WEEK);
        assert_true(week.left_steps <= 0);
        assert_int_equal(week.right_steps, 300);
        assert_non_null(strstr(week.changed, "load.right.steps=placement_corrected;"));
        run_for(home, 2000, 8 * 86400, 300); /* late, of that time */
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, NEXT_WEEK).right_steps, 600);
}

/* ---- a move to another zone ---- */

/* Sunday 17:30 in Berlin is Monday 01:30 in Tokyo. */
static void a_move_puts_each_run_into_one_week(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        const uint32_t sunday_s = 5 * 86400 + 8 * 3600 + 1800; /* 16:30 UTC */
        Week before;

        boot_at(home, 1, NOW_MS, CLOCK_SYNCHRONISED);
        run_in(home, 1, 2, 300, 120);
        run_in(home, 1, 1000, sunday_s, 120);
        clock_manual_advance(home->clock, 8 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
        before = week_of(home, THIS_WEEK);
        assert_int_equal(before.load_runs, 2);
        assert_string_equal(before.state, "final");

        /* from the week after next on: nothing that was changes */
        assert_int_equal(runner_move(home->ledger, RUNNER, "Asia/Tokyo", "2026-W50"), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, THIS_WEEK).revision, before.revision);
        assert_string_equal(week_of(home, THIS_WEEK).zone, "Europe/Berlin");

        /* corrected: it was the week before */
        assert_int_equal(runner_move(home->ledger, RUNNER, "Asia/Tokyo", NEXT_WEEK), 0);
        assert_int_equal(derive_now(derive), 0);
        before = week_of(home, THIS_WEEK);
        assert_string_equal(before.zone, "Europe/Berlin"); /* its zone stays, its end came earlier */
        assert_int_equal(before.load_runs, 1);
        assert_string_equal(before.state, "final");
        assert_non_null(strstr(before.changed, "load.runs=zone_changed;"));
        assert_null(strstr(before.changed, "late_records"));
        assert_int_equal(week_of(home, NEXT_WEEK).load_runs, 1);
        assert_string_equal(week_of(home, NEXT_WEEK).zone, "Asia/Tokyo");
        assert_non_null(strstr(week_of(home, NEXT_WEEK).changed, "zone=zone_changed;"));
        assert_string_equal(runs_of(home).list[1].local_date, "2026-11-30");
        assert_string_equal(runs_of(home).list[1].zone, "Asia/Tokyo");
        assert_string_equal(runs_of(home).list[0].zone, "Europe/Berlin");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_run_over_the_change_to_summer_time_is_as_long_as_it_was),
                TEST(a_run_over_the_change_to_winter_time_is_as_long_as_it_was),
                TEST(a_run_from_before_the_clock_was_set_waits_for_it),
                TEST(a_step_of_ten_years_takes_its_runs_along),
                TEST(a_clock_that_goes_back_during_a_run_bends_nothing),
                TEST(a_new_battery_begins_a_new_epoch_in_the_same_week),
                TEST(a_run_over_the_wrap_of_the_ticks_is_one),
                TEST(a_corrected_placement_revises_the_weeks_it_touches_and_says_why),
                TEST(a_move_puts_each_run_into_one_week),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
