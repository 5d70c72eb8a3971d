/* What pods lost is no rest: days in which it may lie are not known, and the week says so. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/retention.h"

#define TWO_WEEKS_ON "2026-W50"
#define DAY_S        86400u

static const char *days_of(Home *home, const char *id)
{
        static Week week;

        week = week_of(home, id);
        return week.days.state;
}

static void lose(Home *home, uint32_t first, uint32_t last)
{
        Record record = lost(EPOCH, first, last, 0);

        (void)store(home, POD, &record, 1);
}

/* Told to the end `days` after NOW_MS, a Tuesday. */
static void report(Home *home, Derive *derive, int64_t days)
{
        clock_manual_advance(home->clock, NOW_MS + days * DAY_MS - clock_utc_ms(home->clock));
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
}

/* Tuesday's run is there, Saturday's, too; what was between was overwritten. */
static void days_of_which_records_are_lost_are_not_known(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 2, 3600, 60);
        lose(home, 62, 661);
        run_for(home, 662, 4 * DAY_S, 60);
        report(home, derive, 6);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.state, "final");
        assert_string_equal(week.days.state, ",before,unknown,unknown,unknown,unknown,unknown,rest");
        assert_true(week.days.distance_m[1] > 119 && isnan(week.days.distance_m[2]));
        assert_int_equal(week.days.is_lower_bound, 1);
        assert_int_equal(week.days.lost, 600);
        assert_string_equal(week.days.lost_reasons, ",overwritten");
        assert_int_equal(week.load_runs, 2);
        assert_true(week.coverage > 0.2 && week.coverage < 0.25); /* 2 of 9 minutes */
}

static void a_week_whose_records_are_lost_says_neither_rest_nor_zero(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 2, 3600, 60);
        report(home, derive, 16); /* nothing yet says that something is lost */
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "did_not_run");
        lose(home, 62, 661);
        run_for(home, 662, 15 * DAY_S, 60);
        report(home, derive, 16);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(week.empty, "unknown");
        assert_true(isnan(week.load_distance_m));
        assert_int_equal(week.load_runs, NULL_INTEGER);
        assert_string_equal(reason(&week, "load.distance_m"), "unknown");
        assert_string_equal(week.days.state, ",unknown,unknown,unknown,unknown,unknown,unknown,unknown");
        assert_int_equal(week.days.lost, 600);
        assert_non_null(strstr(week.changed, "empty=records_lost;"));
        assert_int_equal(week_of(home, TWO_WEEKS_ON).load_runs, 1);
}

static void what_comes_after_all_makes_its_days_known(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 2, 3600, 60);
        lose(home, 61, 661); /* its first one came in time */
        run_for(home, 662, 15 * DAY_S, 60);
        report(home, derive, 16);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "unknown");
        run_for(home, 62, DAY_S, 600);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(week.empty, "did_not_run");
        assert_int_equal(week.days.lost, 0);
        assert_string_equal(days_of(home, THIS_WEEK), ",before,run,run,rest,rest,rest,rest");
        assert_int_equal(week_of(home, THIS_WEEK).days.is_lower_bound, 0);
}

/* A page of the flash was bad: the run's own coverage tells of it. */
static void what_is_lost_within_a_run_leaves_its_day_known(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 2, 3600, 60);
        lose(home, 62, 81);
        run_for(home, 82, 3600 + 80, 60);
        report(home, derive, 6);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.load_runs, 1);
        assert_string_equal(week.days.state, ",before,run,rest,rest,rest,rest,rest");
        assert_int_equal(week.days.lost, 20);
        assert_int_equal(week.days.is_lower_bound, 1);
}

static void where_records_were_lost_is_known_when_those_around_it_were_let_go(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Retention retention;
        Week week;

        set_time(home);
        run_for(home, 2, 3600, 60);
        lose(home, 62, 661);
        run_for(home, 662, DAY_S, 60); /* Wednesday: Thursday to Sunday are known */
        run_for(home, 722, 15 * DAY_S, 60);
        report(home, derive, 16);
        assert_string_equal(days_of(home, THIS_WEEK), ",before,unknown,unknown,rest,rest,rest,rest");
        assert_int_equal(durable_told(home->ledger, POD, EPOCH, UINT32_MAX), 0);
        assert_int_equal(retention_begin(home->ledger, NOW_MS + 10 * DAY_MS, &retention), 0);
        while (retention_slice(home->ledger, &retention, 30) > 0)
                continue;
        assert_true(retention.let_go > 100);
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS, NOW_MS + 12 * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.days.state, ",before,unknown,unknown,rest,rest,rest,rest");
        assert_int_equal(week.days.lost, 600);
        assert_string_equal(week.days.lost_reasons, ",overwritten");
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "did_not_run");
}

/* The first records of the epoch went before anybody read them: it was booted at an unknown time. */
static void what_is_lost_before_all_that_is_known_is_open_to_that_side(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record first = anchor(EPOCH, 601, 0, NOW_MS + 3 * DAY_MS, CLOCK_SYNCHRONISED);

        lose(home, 1, 600);
        (void)store(home, POD, &first, 1);
        report(home, derive, 6);
        assert_string_equal(days_of(home, THIS_WEEK), ",before,unknown,unknown,unknown,unknown,rest,rest");
        assert_string_equal(week_of(home, THIS_WEEK).empty, "unknown");
}

/* It started twice while it was away: what it recorded between has no anchor, and lies between the two. */
static void a_run_between_two_reboots_away_from_home_is_not_told_as_not_worn(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record next = anchor(EPOCH + 2, 1, 0, NOW_MS + 15 * DAY_MS, CLOCK_SYNCHRONISED);
        Week week;

        set_time(home);
        run_for(home, 2, 3600, 60);
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (uint32_t i = 0; i < 60; i++) {
                Record record = stride(EPOCH + 1, 1 + i, (i + 100) * TICK_HZ);

                (void)store(home, POD, &record, 1);
        }
        assert_int_equal(ledger_commit(home->ledger), 0);
        (void)store(home, POD, &next, 1);
        report(home, derive, 21);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(week.state, "final");
        assert_string_equal(week.empty, "unknown");
        assert_string_equal(week.days.state, ",unknown,unknown,unknown,unknown,unknown,unknown,unknown");
        assert_int_equal(week.days.lost, 60);
        assert_string_equal(week.days.lost_reasons, ",no_time");
        assert_int_equal(week_of(home, "2026-W51").days.lost, 0);
        assert_string_equal(days_of(home, TWO_WEEKS_ON), ",unknown,unknown,unknown,rest,rest,rest,rest");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(days_of_which_records_are_lost_are_not_known),
                TEST(a_week_whose_records_are_lost_says_neither_rest_nor_zero),
                TEST(what_comes_after_all_makes_its_days_known),
                TEST(what_is_lost_within_a_run_leaves_its_day_known),
                TEST(where_records_were_lost_is_known_when_those_around_it_were_let_go),
                TEST(what_is_lost_before_all_that_is_known_is_open_to_that_side),
                TEST(a_run_between_two_reboots_away_from_home_is_not_told_as_not_worn),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
