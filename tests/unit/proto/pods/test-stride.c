/* Our own Stride Service as `stridectl decode` shows it. Its codec: test-stride-service.c. */
#include "tests/unit/proto/pods/values.h"

#include "proto/stride-service.h"

#define PACKET(literal) literal, sizeof(literal) - 1

static void the_feature_is_shown_and_its_later_octets_skipped(void **state)
{
        static const char packet[] = "\x01\x00\x0F\x00\x00\x00\x00\x04\x00\x00\x02\x00\xEE";
        PodValues values;

        (void)state;
        for (size_t later = 0; later < 2; later++) {
                assert_int_equal(describe(STRIDE_FEATURE_UUID, packet, 12 + later, &values), 0);
                assert_int_equal(integer_of(&values, "major"), 1);
                assert_int_equal(integer_of(&values, "minor"), 0);
                assert_int_equal(integer_of(&values, "features"), 15);
                assert_int_equal(integer_of(&values, "tick_hz"), 1024);
                assert_int_equal(integer_of(&values, "capacity"), 0x20000);
        }
        for (size_t cut = 0; cut < 12; cut++)
                assert_refused(STRIDE_FEATURE_UUID, packet, cut);
}

static void the_first_record_is_shown_in_full(void **state)
{
        PodValues values;

        (void)state;
        /* from the store, epoch …07, seq 9, tick 5: a stride without a length */
        assert_int_equal(describe(STRIDE_RECORDS_UUID,
                                  PACKET("\x81\x07\x00\x09\x00\x00\x00"
                                         "\x75\x05\x00\x00\x00\xD0\x02\xFA\x00\x00\x00\x49"),
                                  &values),
                         0);
        assert_string_equal(text_of(&values, "kind"), "stride");
        assert_int_equal(integer_of(&values, "kind_number"), 1);
        assert_true(boolean_of(&values, "from_store"));
        assert_int_equal(integer_of(&values, "epoch_low"), 7);
        assert_int_equal(integer_of(&values, "seq"), 9);
        assert_int_equal(integer_of(&values, "tick"), 5);
        assert_int_equal(integer_of(&values, "stride_time_1024"), 720);
        assert_int_equal(integer_of(&values, "contact_time_1024"), 250);
        assert_true(is_null(&values, "stride_length_mm"));
        assert_int_equal(integer_of(&values, "peak_impact_mg"), 9125);
        assert_true(boolean_of(&values, "running"));
        assert_int_equal(integer_of(&values, "quality"), 3);
        assert_int_equal(integer_of(&values, "records"), 1);
}

static void the_records_of_a_batch_are_counted(void **state)
{
        static const char batch[] = "\x02\x07\x00\x09\x00\x00\x00\x02"
                                    "\x07\x06\x00\x01\x00\x00\x00\x50"
                                    "\x43\x06\x00\x02\x00\x00\x00\x4F";
        PodValues values;

        (void)state;
        assert_int_equal(describe(STRIDE_RECORDS_UUID, PACKET(batch), &values), 0);
        assert_string_equal(text_of(&values, "kind"), "battery");
        assert_int_equal(integer_of(&values, "level_pct"), 80);
        assert_int_equal(integer_of(&values, "records"), 2);
        for (size_t cut = 0; cut < sizeof(batch) - 1; cut++)
                assert_refused(STRIDE_RECORDS_UUID, batch, cut);
        assert_refused(STRIDE_RECORDS_UUID, batch, sizeof(batch)); /* its '\0' is surplus */
}

static void an_answer_of_the_control_point_is_named(void **state)
{
        PodValues values;

        (void)state;
        assert_int_equal(describe(STRIDE_CONTROL_UUID, PACKET("\x84\x05"), &values), 0);
        assert_int_equal(integer_of(&values, "opcode"), STRIDE_OP_LIVE);
        assert_int_equal(integer_of(&values, "status"), STRIDE_BUSY);
        assert_string_equal(text_of(&values, "status_name"), stride_status_name(STRIDE_BUSY));
        assert_refused(STRIDE_CONTROL_UUID, PACKET("\x84"));
        assert_refused(STRIDE_CONTROL_UUID, PACKET("\x04\x01")); /* a request, not an answer */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_feature_is_shown_and_its_later_octets_skipped),
                cmocka_unit_test(the_first_record_is_shown_in_full),
                cmocka_unit_test(the_records_of_a_batch_are_counted),
                cmocka_unit_test(an_answer_of_the_control_point_is_named),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
