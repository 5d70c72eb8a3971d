/* Where home was since when: weeks of two zones lie side by side, without a gap. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/homes.h"

#define EAST "Asia/Tokyo"       /* its Monday begins 8 h before Berlin's in winter */
#define WEST "America/New_York" /* and there 6 h after it */

static Homes *homes_of(Home *home)
{
        Homes *homes = NULL;

        assert_int_equal(homes_new(home->ledger, RUNNER, &homes), 0);
        return homes;
}

static IsoWeek week_id(const char *text)
{
        IsoWeek week = {0};

        assert_int_equal(iso_week_parse(text, &week), 0);
        return week;
}

static const char *zone_in(const Homes *homes, const char *week)
{
        return zone_name(homes_zone(homes, week_id(week)));
}

static void a_past_week_keeps_its_zone(void **state)
{
        Home *home = *state;
        CLEANUP(homes_freep) Homes *homes = NULL;
        Runner runner;

        assert_int_equal(runner_move(home->ledger, RUNNER, EAST, "2026-W48"), 0);
        homes = homes_of(home);
        assert_string_equal(zone_in(homes, "1999-W01"), "Europe/Berlin");
        assert_string_equal(zone_in(homes, "2026-W47"), "Europe/Berlin");
        assert_string_equal(zone_in(homes, "2026-W48"), EAST);
        assert_string_equal(zone_in(homes, "2031-W01"), EAST);
        assert_int_equal(runner_get(home->ledger, RUNNER, &runner), 1);
        assert_string_equal(runner.zone, EAST);
}

static void what_is_said_of_a_week_counts_from_it_on(void **state)
{
        Home *home = *state;
        CLEANUP(homes_freep) Homes *homes = NULL;

        assert_int_equal(runner_move(home->ledger, RUNNER, EAST, "2026-W30"), 0);
        assert_int_equal(runner_move(home->ledger, RUNNER, WEST, "2026-W40"), 0);
        assert_int_equal(runner_move(home->ledger, RUNNER, "Europe/Lisbon", "2026-W35"), 0);
        homes = homes_of(home);
        assert_string_equal(zone_in(homes, "2026-W29"), "Europe/Berlin");
        assert_string_equal(zone_in(homes, "2026-W34"), EAST);
        assert_string_equal(zone_in(homes, "2026-W45"), "Europe/Lisbon");
        homes = homes_free(homes);
        assert_int_equal(runner_move(home->ledger, RUNNER, WEST, ""), 0); /* it was always there */
        homes = homes_of(home);
        assert_string_equal(zone_in(homes, "2026-W29"), WEST);
        assert_string_equal(zone_in(homes, "2026-W48"), WEST);
}

/* Minute by minute over the moves: each belongs to one week, and weeks follow each other. */
static void no_moment_lies_in_two_weeks_or_in_none(void **state)
{
        Home *home = *state;
        CLEANUP(homes_freep) Homes *homes = NULL;
        IsoWeek last = week_id("2026-W44");

        assert_int_equal(runner_move(home->ledger, RUNNER, EAST, "2026-W46"), 0);
        assert_int_equal(runner_move(home->ledger, RUNNER, WEST, "2026-W48"), 0);
        homes = homes_of(home);
        for (int64_t at = homes_week_start_utc_ms(homes, last); at < NOW_MS + 14 * DAY_MS; at += 5 * MINUTE_MS) {
                IsoWeek week = homes_week(homes, at);
                int32_t day = homes_local_day(homes, at) - iso_week_monday(week);

                assert_true(at >= homes_week_start_utc_ms(homes, week));
                assert_true(at < homes_week_start_utc_ms(homes, iso_week_add(week, 1)));
                assert_in_range(day, 0, 6);
                assert_in_range(iso_week_compare(week, last), 0, 1);
                last = week;
        }
        /* to the east: 8 h shorter; to the west from there: 14 h longer */
        assert_int_equal(homes_week_start_utc_ms(homes, week_id("2026-W46")) -
                                 homes_week_start_utc_ms(homes, week_id("2026-W45")),
                         160 * HOUR_MS);
        assert_int_equal(homes_week_start_utc_ms(homes, week_id("2026-W48")) -
                                 homes_week_start_utc_ms(homes, week_id("2026-W47")),
                         182 * HOUR_MS);
}

static void what_may_lie_in_another_week_now_is_dirty(void **state)
{
        Home *home = *state;
        Dirty dirty;

        (void)drain_dirty(home, NULL);
        assert_int_equal(runner_move(home->ledger, RUNNER, EAST, "2026-W47"), 0);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_string_equal(dirty.runner, RUNNER);
        assert_int_equal(dirty.why, DIRTY_ZONE);
        assert_true(dirty.from_utc_ms <= NOW_MS - 9 * DAY_MS);
        assert_true(dirty.to_utc_ms >= NOW_MS);
        /* of a week to come: nothing yet */
        assert_int_equal(runner_move(home->ledger, RUNNER, WEST, "2027-W10"), 0);
        assert_int_equal(drain_dirty(home, NULL), 0);
}

static void a_move_that_cannot_be_is_refused(void **state)
{
        Home *home = *state;

        assert_int_equal(runner_move(home->ledger, "nobody", EAST, "2026-W47"), -ENOENT);
        assert_int_equal(runner_move(home->ledger, RUNNER, "Atlantis/Harbour", "2026-W47"), -ENOENT);
        assert_int_equal(runner_move(home->ledger, RUNNER, EAST, "2026-W60"), -EINVAL);
        assert_int_equal(runner_move(home->ledger, RUNNER, EAST, "1800-W01"), -ERANGE);
        assert_int_equal(runner_move(home->ledger, RUNNER, EAST, "9999-W01"), -ERANGE);
        clock_manual_set(home->clock, 0, CLOCK_UNSET);
        assert_int_equal(runner_move(home->ledger, RUNNER, EAST, "2026-W47"), -EAGAIN);
        assert_int_equal(drain_dirty(home, NULL), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_past_week_keeps_its_zone),
                TEST(what_is_said_of_a_week_counts_from_it_on),
                TEST(no_moment_lies_in_two_weeks_or_in_none),
                TEST(what_may_lie_in_another_week_now_is_dirty),
                TEST(a_move_that_cannot_be_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
