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

/* The first of two is a stride that lacks an octet. */
static void read_packet(Record ret[static 2])
{
        static const uint8_t packet[] = {0x82, 7, 0, 5, 0, 0, 0, 2, 1, 11, 0x77, 0xed, 3, 0, 0, 0xd0, 2, 0xfa,
                                         0, 0x34, 8, 7, 6, 0, 0xe9, 3, 0, 0, 0x57};
        StridePacket reader;

        assert_int_equal(stride_packet_begin(&reader, packet, sizeof(packet)), 0);
        assert_int_equal(stride_packet_next(&reader, 7, &ret[0]), 2);
        assert_int_equal(stride_packet_next(&reader, 7, &ret[1]), 1);
}

static int note_number(const StoredRecord *stored, void *userdata)
{
        int *number = userdata;

        if (stored->record.seq == 5)
                *number = RECORD_KIND_NUMBER(stored->record.kind);
        return 0;
}

static void a_record_that_cannot_be_read_is_received_and_confirmed_with_its_octets(void **state)
{
        Record records[2], first;
        SeqRange range;
        uint32_t crc32, expected;
        int number = 0;

        (void)state;
        read_packet(records);
        assert_int_equal(records_store(with.ledger, TEST_POD, records, 2, NULL), 0);
        assert_int_equal(epoch_missing(with.ledger, TEST_POD, 7, &range, 1), 0);
        assert_int_equal(durable_next(with.ledger, TEST_POD, 7, 256, &range, &crc32), 1);
        first = records[0];
        first.kind = RECORD_STRIDE; /* as the pod has it */
        expected = stride_crc32(stride_crc32(0, &first), &records[1]);
        assert_int_equal(crc32, expected);
        assert_int_equal(records_export(with.ledger, NULL, 0, 0, 10, note_number, &number), 0);
        assert_int_equal(number, RECORD_STRIDE);
}

static void a_record_that_a_later_version_can_read_contradicts_nothing(void **state)
{
        Record records[2];
        StoreResult result;

        (void)state;
        read_packet(records);
        assert_int_equal(records_store(with.ledger, TEST_POD, records, 1, NULL), 0);
        records[0].kind = RECORD_STRIDE;
        assert_int_equal(records_store(with.ledger, TEST_POD, records, 1, &result), 0);
        assert_int_equal(result.known, 1);
        assert_int_equal(result.contradicted, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(the_pods_word_on_what_is_durable_never_goes_back, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_raw_packet_that_comes_again_is_kept_once_and_counted,
                                                set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        a_record_that_cannot_be_read_is_received_and_confirmed_with_its_octets, set_up,
                        tear_down),
                cmocka_unit_test_setup_teardown(
                        a_record_that_a_later_version_can_read_contradicts_nothing, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
