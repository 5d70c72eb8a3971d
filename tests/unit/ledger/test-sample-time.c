/* Samples are placed in time by the gateway's own clock, also when it is set after they came. */
#include "tests/unit/with-ledger.h"

#include "daemon/ledger/timebase.h"

#define BOOTTIME_MS 60000 /* of the first sample */

static WithLedger with;

static int set_up(void **state)
{
        (void)state;
        with_ledger_open(&with, TEST_UTC_MS);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        with_ledger_close(&with);
        return 0;
}

static void store_sample(uint32_t epoch, int64_t tick_ms)
{
        Record record = {.kind = RECORD_SAMPLE, .epoch = epoch, .seq = 1, .tick = tick_ms};

        fields_set_null(record_fields(RECORD_SAMPLE), &record);
        record.sample.n_rr = 0;
        record.sample.characteristic = 0x2A53;
        record.sample.speed_256 = 700;
        assert_int_equal(record_encode(&record), 0);
        assert_int_equal(records_store(with.ledger, TEST_SAMPLE, &record, 1, NULL), 0);
}

/* A link while the clock was not set: its samples have no time. */
static void link_before_the_clock_was_set(uint32_t epoch, int64_t tick_ms)
{
        assert_int_equal(timebase_anchor(with.ledger, TEST_SAMPLE, epoch, tick_ms, 5000, CLOCK_UNSET), 0);
        store_sample(epoch, tick_ms);
}

static int64_t utc_of(uint32_t epoch, int64_t tick_ms)
{
        TimeMap map;
        int r = timebase_map(with.ledger, TEST_SAMPLE, epoch, &map);

        assert_true(r >= 0);
        return r > 0 ? time_map_utc_ms(&map, tick_ms) : NULL_INTEGER;
}

static void samples_of_an_ended_link_are_placed_by_the_anchor_of_a_later_one(void **state)
{
        (void)state;
        link_before_the_clock_was_set(1, BOOTTIME_MS);
        link_before_the_clock_was_set(2, BOOTTIME_MS + 600000);
        assert_int_equal(utc_of(1, BOOTTIME_MS), NULL_INTEGER);
        assert_int_equal(timebase_anchor(with.ledger, TEST_SAMPLE, 3, BOOTTIME_MS + 3600000, TEST_UTC_MS,
                                         CLOCK_SYNCHRONISED),
                         0);
        assert_int_equal(utc_of(1, BOOTTIME_MS), TEST_UTC_MS - 3600000);
        assert_int_equal(utc_of(2, BOOTTIME_MS + 600000), TEST_UTC_MS - 3000000);
        assert_true(with_ledger_count(&with, "SELECT count(*) FROM dirty WHERE from_utc_ms <= "
                                             "1795505400000 - 3600000 AND to_utc_ms >= 1795505400000 - "
                                             "3600000") > 0);
}

static void samples_of_another_boot_keep_no_time(void **state)
{
        (void)state;
        link_before_the_clock_was_set(1, BOOTTIME_MS);
        with_ledger_run(&with, "UPDATE epoch SET boot = 'another' WHERE epoch = 1");
        assert_int_equal(timebase_anchor(with.ledger, TEST_SAMPLE, 2, BOOTTIME_MS, TEST_UTC_MS,
                                         CLOCK_SYNCHRONISED),
                         0);
        assert_int_equal(utc_of(1, BOOTTIME_MS), NULL_INTEGER);
}

static void a_restart_of_the_daemon_keeps_the_boot(void **state)
{
        (void)state;
        link_before_the_clock_was_set(1, BOOTTIME_MS);
        with_ledger_reopen(&with);
        assert_int_equal(timebase_place(with.ledger), 1);
        assert_int_equal(utc_of(1, clock_boottime_ms(with.clock)), TEST_UTC_MS);
        assert_int_equal(timebase_place(with.ledger), 0);
}

static void a_better_clock_corrects_what_a_worse_one_placed(void **state)
{
        (void)state;
        assert_int_equal(timebase_anchor(with.ledger, TEST_SAMPLE, 1, BOOTTIME_MS, TEST_UTC_MS - 86400000,
                                         CLOCK_SET),
                         0);
        store_sample(1, BOOTTIME_MS);
        assert_int_equal(timebase_anchor(with.ledger, TEST_SAMPLE, 2, BOOTTIME_MS + 1000, TEST_UTC_MS,
                                         CLOCK_SYNCHRONISED),
                         0);
        assert_int_equal(utc_of(1, BOOTTIME_MS), TEST_UTC_MS - 1000);
}

static void epochs_with_records_and_no_anchor_are_counted(void **state)
{
        int64_t n;

        (void)state;
        link_before_the_clock_was_set(1, BOOTTIME_MS);
        link_before_the_clock_was_set(2, BOOTTIME_MS);
        with_ledger_run(&with, "UPDATE epoch SET boot = 'another' WHERE epoch = 2");
        assert_int_equal(timebase_unplaced(with.ledger, &n), 0);
        assert_int_equal(n, 2);
        assert_int_equal(timebase_place(with.ledger), 1);
        assert_int_equal(timebase_unplaced(with.ledger, &n), 0);
        assert_int_equal(n, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                        samples_of_an_ended_link_are_placed_by_the_anchor_of_a_later_one, set_up, tear_down),
                cmocka_unit_test_setup_teardown(samples_of_another_boot_keep_no_time, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_restart_of_the_daemon_keeps_the_boot, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_better_clock_corrects_what_a_worse_one_placed, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(epochs_with_records_and_no_anchor_are_counted, set_up,
                                                tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
