/* Octets nobody can read come in bursts; the ledger commits once for many. */
#include "daemon/ble/raw-keeper.h"

#include "tests/unit/with-ledger.h"

static WithLedger with;
static RawKeeper *keeper;

static int set_up(void **state)
{
        (void)state;
        with_ledger_open(&with, TEST_UTC_MS);
        return raw_keeper_new(with.ledger, with.clock, TEST_POD, &keeper);
}

static int tear_down(void **state)
{
        (void)state;
        keeper = raw_keeper_free(keeper);
        with_ledger_close(&with);
        return 0;
}

static void take(int n)
{
        for (int i = 0; i < n; i++) {
                uint8_t packet[] = {0x7f, (uint8_t)i};

                raw_keeper_take(keeper, "7c6a0003", packet, sizeof(packet), "it ends inside a record");
        }
}

static int64_t stored(void)
{
        return with_ledger_count(&with, "SELECT count(*) FROM raw_packet");
}

static void packets_wait_for_company_and_are_stored_together(void **state)
{
        int64_t n;

        (void)state;
        take(10);
        assert_int_equal(stored(), 0);
        clock_manual_advance(with.clock, RAW_KEEPER_FLUSH_MS);
        assert_int_equal(stored(), 10);
        assert_int_equal(raw_packet_count(with.ledger, TEST_POD, &n), 0);
        assert_int_equal(n, 10);
}

static void a_burst_is_stored_whole(void **state)
{
        (void)state;
        take(RAW_KEEPER_MAX + 3);
        assert_int_equal(stored(), RAW_KEEPER_MAX);
        clock_manual_advance(with.clock, RAW_KEEPER_FLUSH_MS);
        assert_int_equal(stored(), RAW_KEEPER_MAX + 3);
}

static void the_end_of_a_link_stores_what_waits(void **state)
{
        (void)state;
        take(2);
        keeper = raw_keeper_free(keeper);
        assert_int_equal(stored(), 2);
}

static void what_the_ledger_refuses_is_tried_again(void **state)
{
        (void)state;
        with_ledger_run(&with, "CREATE TRIGGER refuse BEFORE INSERT ON raw_packet BEGIN SELECT RAISE(ABORT, "
                               "'refused by the test'); END");
        take(2);
        clock_manual_advance(with.clock, RAW_KEEPER_FLUSH_MS);
        assert_int_equal(stored(), 0);
        with_ledger_run(&with, "DROP TRIGGER refuse");
        clock_manual_advance(with.clock, RAW_KEEPER_FLUSH_MS);
        assert_int_equal(stored(), 2);
}

static void a_packet_too_long_to_be_one_is_cut(void **state)
{
        uint8_t packet[STRIDE_PACKET_MAX + 1] = {1};

        (void)state;
        raw_keeper_take(keeper, "7c6a0003", packet, sizeof(packet), "it is too long");
        keeper = raw_keeper_free(keeper);
        assert_int_equal(with_ledger_count(&with, "SELECT length(packet) FROM raw_packet"),
                         STRIDE_PACKET_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(packets_wait_for_company_and_are_stored_together, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_burst_is_stored_whole, set_up, tear_down),
                cmocka_unit_test_setup_teardown(the_end_of_a_link_stores_what_waits, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_the_ledger_refuses_is_tried_again, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_packet_too_long_to_be_one_is_cut, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
