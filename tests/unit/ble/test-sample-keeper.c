/* Samples of an ended link wait for a ledger that refused them. */
#include "daemon/ble/sample-keeper.h"

#include "tests/unit/with-ledger.h"

#include <errno.h>

static WithLedger with;
static SampleKeeper *keeper;

static int set_up(void **state)
{
        (void)state;
        with_ledger_open(&with, TEST_UTC_MS);
        with_ledger_refuse_records(&with);
        return sample_keeper_new(with.ledger, with.clock, &keeper);
}

static int tear_down(void **state)
{
        (void)state;
        keeper = sample_keeper_free(keeper);
        with_ledger_close(&with);
        return 0;
}

static int take(uint32_t epoch, size_t n)
{
        Record records[64] = {0};

        assert_true(n <= ARRAY_SIZE(records));
        for (uint32_t i = 0; i < n; i++) {
                records[i] = (Record){.kind = RECORD_SAMPLE, .epoch = epoch, .seq = i + 1, .tick = 1000 + i};
                fields_set_null(record_fields(RECORD_SAMPLE), &records[i]);
                records[i].sample.n_rr = 0;
                records[i].sample.characteristic = 0x2A53;
                assert_int_equal(record_encode(&records[i]), 0);
        }
        return sample_keeper_take(keeper, TEST_SAMPLE, records, n);
}

static void samples_come_in_with_their_time_once_the_ledger_takes_them(void **state)
{
        (void)state;
        assert_int_equal(take(1, 20), 0);
        assert_int_equal(take(2, 20), 0);
        clock_manual_advance(with.clock, SAMPLE_KEEPER_RETRY_MS);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record"), 0);
        assert_int_equal(sample_keeper_epoch(keeper, TEST_SAMPLE), 2);
        with_ledger_take_records(&with);
        clock_manual_advance(with.clock, SAMPLE_KEEPER_RETRY_MS);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record"), 40);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM epoch WHERE anchors > 0"), 2);
        assert_int_equal(sample_keeper_epoch(keeper, TEST_SAMPLE), 0);
}

static void what_finds_no_room_is_recorded_as_lost(void **state)
{
        int kept = 0, lost = 0, r = 0;

        (void)state;
        for (uint32_t epoch = 1; r >= 0; epoch++) {
                r = take(epoch, 32);
                kept += r == 0;
                lost += r == 1;
        }
        assert_int_equal(r, -ENOBUFS);
        assert_int_equal(kept, SAMPLE_KEEPER_MAX / 32);
        with_ledger_take_records(&with);
        clock_manual_advance(with.clock, SAMPLE_KEEPER_RETRY_MS);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record WHERE kind = 96"), 32 * kept);
        assert_int_equal(with_ledger_count(&with, "SELECT sum(last_seq - first_seq + 1) FROM span WHERE lost"),
                         32 * lost);
}

static void the_end_of_the_daemon_tries_once_more(void **state)
{
        (void)state;
        assert_int_equal(take(1, 5), 0);
        with_ledger_take_records(&with);
        keeper = sample_keeper_free(keeper);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record"), 5);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                        samples_come_in_with_their_time_once_the_ledger_takes_them, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_finds_no_room_is_recorded_as_lost, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_end_of_the_daemon_tries_once_more, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
