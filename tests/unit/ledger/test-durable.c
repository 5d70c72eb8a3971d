/* What the ledger holds for good although nobody can read it, and what pods may forget. */
#include "tests/unit/with-ledger.h"

#include "proto/stride-service.h"

#define RECORDS STRIDE_RECORDS_UUID

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

static void the_pods_word_on_what_is_durable_never_goes_back(void **state)
{
        SeqRange range;
        uint32_t crc32;

        (void)state;
        with_ledger_store(&with, 1, 1, 20);
        assert_int_equal(durable_told(with.ledger, TEST_POD, 1, 10), 0);
        assert_int_equal(durable_told(with.ledger, TEST_POD, 1, 4), 0);
        assert_int_equal(durable_next(with.ledger, TEST_POD, 1, 256, &range, &crc32), 1);
        assert_int_equal(range.first, 11);
        assert_int_equal(range.last, 20);
}

static void a_raw_packet_that_comes_again_is_kept_once_and_counted(void **state)
{
        int64_t n;

        (void)state;
        for (int i = 0; i < 5; i++)
                assert_int_equal(raw_packet_keep(with.ledger, TEST_POD, RECORDS, "\x01\x02", 2, "why"), 0);
        assert_int_equal(raw_packet_keep(with.ledger, TEST_POD, RECORDS, "\x01\x03", 2, "why"), 0);
        assert_int_equal(raw_packet_keep(with.ledger, TEST_SAMPLE, RECORDS, "\x01\x02", 2, "why"), 0);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM raw_packet"), 3);
        assert_int_equal(with_ledger_count(&with, "SELECT times FROM raw_packet WHERE pod = '" TEST_POD
                                                  "' AND packet = x'0102'"),
                         5);
        assert_int_equal(raw_packet_count(with.ledger, TEST_POD, &n), 0);
        assert_int_equal(n, 6);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(the_pods_word_on_what_is_durable_never_goes_back, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_raw_packet_that_comes_again_is_kept_once_and_counted,
                                                set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
