/* The daily upkeep: what leaves when, and what a budget that is nearly used changes. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/upkeep.h"
#include "daemon/ledger/about.h"
#include "daemon/ledger/condition.h"
#include "daemon/ledger/retention.h"

#define EPOCH    7
#define AGE_DAYS 400

/* Linked in the place of the clock's own. */
static ClockQuality quality = CLOCK_SYNCHRONISED;

ClockQuality __wrap_clock_quality(const Clock *clock);
ClockQuality __wrap_clock_quality(const Clock *clock)
{
        (void)clock;
        return quality;
}

static void on_damaged(void *userdata)
{
        (void)userdata;
        fail_msg("nothing is damaged");
}

/* One stride a day for 400 days until now, durable and derived; every page was looked at, so that no check begins. */
static Upkeep *begin(Home *home, sd_event **event, uint32_t keep_days)
{
        Record first = anchor(EPOCH, 1, 0, NOW_MS - AGE_DAYS * DAY_MS, CLOCK_SYNCHRONISED);
        Dirty dirty;
        Upkeep *upkeep;

        (void)store(home, POD, &first, 1);
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (uint32_t day = 1; day <= AGE_DAYS; day++) {
                Record record = stride(EPOCH, 1 + day, (uint32_t)(day * 86400LL * TICK_HZ));

                (void)store(home, POD, &record, 1);
        }
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(durable_told(home->ledger, POD, EPOCH, 1 + AGE_DAYS), 0);
        (void)drain_dirty(home, &dirty);
        assert_int_equal(ledger_note_checked(home->ledger), 0);
        assert_int_equal(sd_event_new(event), 0);
        assert_int_equal(upkeep_new(home->ledger, home->clock, *event, on_damaged, NULL, &upkeep), 0);
        upkeep_set_keep_days(upkeep, keep_days);
        return upkeep;
}

static int count_record(const StoredRecord *stored, void *userdata)
{
        (void)stored;
        ++*(int64_t *)userdata;
        return 0;
}

static int64_t count_records(Home *home)
{
        int64_t n = 0;

        assert_int_equal(records_export(home->ledger, NULL, 0, 0, 10000, count_record, &n), 0);
        return n;
}

/* Turns of the loop in which nothing else happens. */
static void pass_time(Home *home, int64_t ms)
{
        clock_manual_advance(home->clock, ms);
        for (int i = 0; i < 500; i++)
                clock_manual_advance(home->clock, 1);
}

static void what_is_older_than_it_must_be_kept_leaves(void **state)
{
        Home *home = *state;
        sd_event *event;
        Upkeep *upkeep = begin(home, &event, 365);

        assert_int_equal(count_records(home), 1 + AGE_DAYS);
        pass_time(home, 11 * MINUTE_MS);
        assert_in_range(count_records(home), 365, 367);
        for (int day = 0; day < 10; day++) {
                assert_int_equal(ledger_note_checked(home->ledger), 0);
                pass_time(home, DAY_MS);
        }
        assert_in_range(count_records(home), 355, 357);
        upkeep_free(upkeep);
        sd_event_unref(event);
}

static void with_little_budget_older_ones_go_earlier_down_to_the_floor(void **state)
{
        Home *home = *state;
        LedgerCondition condition;
        sd_event *event;
        Upkeep *upkeep = begin(home, &event, 365);
        int64_t used = 0;

        assert_int_equal(ledger_used(home->ledger, &used), 0);
        ledger_set_size_max(home->ledger, used * 100 / 85);
        pass_time(home, 11 * MINUTE_MS);
        assert_in_range(count_records(home), RECORDS_FLOOR_DAYS - 1, 364);
        assert_int_equal(ledger_condition(home->ledger, &condition), 0);
        assert_true(condition.kept_since_utc_ms > NOW_MS - 365 * DAY_MS);
        assert_true(condition.let_go > AGE_DAYS - 365);
        ledger_set_size_max(home->ledger, used / 4); /* hopeless: but what is younger stays */
        pass_time(home, HOUR_MS);
        assert_in_range(count_records(home), RECORDS_FLOOR_DAYS - 1, RECORDS_FLOOR_DAYS + 2);
        upkeep_free(upkeep);
        sd_event_unref(event);
}

static void nothing_leaves_by_a_clock_that_nobody_synchronised(void **state)
{
        Home *home = *state;
        sd_event *event;
        Upkeep *upkeep = begin(home, &event, 365);

        quality = CLOCK_SET;
        pass_time(home, 11 * MINUTE_MS);
        quality = CLOCK_SYNCHRONISED;
        assert_int_equal(count_records(home), 1 + AGE_DAYS);
        upkeep_free(upkeep);
        sd_event_unref(event);
}

static void a_zone_whose_file_is_another_one_is_seen_within_the_hour(void **state)
{
        Home *home = *state;
        sd_event *event;
        Upkeep *upkeep = begin(home, &event, 365);
        Dirty dirty = {0};
        Week week;

        pass_time(home, 11 * MINUTE_MS);
        assert_int_equal(drain_dirty(home, &dirty), 0); /* a first look is no news */
        week_set_null(&week);
        (void)text_copy(week.runner, sizeof(week.runner), RUNNER);
        (void)text_copy(week.week, sizeof(week.week), "2026-W40");
        (void)text_copy(week.state, sizeof(week.state), "final");
        week.reasons.n = 0;
        week.changed[0] = '\0';
        assert_int_equal(week_put(home->ledger, &week), 1);
        assert_int_equal(about_set_integer(home->ledger, "zone Europe/Berlin", 1), 0);
        pass_time(home, HOUR_MS);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_string_equal(dirty.runner, RUNNER);
        assert_int_equal(dirty.why, DIRTY_ZONE);
        upkeep_free(upkeep);
        sd_event_unref(event);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_is_older_than_it_must_be_kept_leaves),
                TEST(with_little_budget_older_ones_go_earlier_down_to_the_floor),
                TEST(a_zone_whose_file_is_another_one_is_seen_within_the_hour),
                TEST(nothing_leaves_by_a_clock_that_nobody_synchronised),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
