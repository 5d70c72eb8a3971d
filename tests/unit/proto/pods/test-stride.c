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
                                    "\x13\x06\x00\x02\x00\x00\x00\x4F";
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

static void assert_refused_saying(const char *uuid, const char *packet, size_t size, const char *word)
{
        PodValues values = {0};

        assert_int_equal(describe(uuid, packet, size, &values), -EBADMSG);
        if (!strstr(values.error, word))
                fail_msg("'%s' says nothing of '%s'", values.error, word);
}

static void what_no_pod_may_send_is_refused_by_its_name(void **state)
{
        static const char battery[] = "\x07\x07\x00\x09\x00\x00\x00\x00\x05\x00\x00\x00\x65";
        static const char seq_0[] = "\x07\x07\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x64";
        static const char own[] = "\x60\x07\x00\x09\x00\x00\x00\x53\x2A\x00\x00";
        static const char wraps[] = "\x02\x07\x00\xFF\xFF\xFF\xFF\x02"
                                    "\x07\x06\x00\x01\x00\x00\x00\x50"
                                    "\x07\x06\x00\x02\x00\x00\x00\x4F";
        static const char nested[] = "\x02\x07\x00\x09\x00\x00\x00\x01\x02\x01\x00";
        static const char marked[] = "\x02\x07\x00\x09\x00\x00\x00\x01\x87\x06\x00\x01\x00\x00\x00\x50";

        (void)state;
        assert_refused_saying(STRIDE_RECORDS_UUID, PACKET(battery), "level 101 is above 100");
        assert_refused_saying(STRIDE_RECORDS_UUID, PACKET(seq_0), "seq 0");
        assert_refused_saying(STRIDE_RECORDS_UUID, PACKET(own), "from 96 on");
        assert_refused_saying(STRIDE_RECORDS_UUID, PACKET(wraps), "record 2: seq 0");
        assert_refused_saying(STRIDE_RECORDS_UUID, PACKET(nested), "kinds 0 and 2");
        assert_refused_saying(STRIDE_RECORDS_UUID, PACKET(marked), "from 96 on");
        assert_refused_saying(STRIDE_RECORDS_UUID, PACKET("\x00\x07\x00\x09\x00\x00\x00\x01"), "kind 0");
        assert_refused_saying(STRIDE_RECORDS_UUID, PACKET("\x02\x07\x00\x09\x00\x00\x00\x00"), "no records");
        assert_refused_saying(STRIDE_RECORDS_UUID, PACKET("\x01\x07\x00"), "inside its head");
        assert_refused_saying(STRIDE_FEATURE_UUID, PACKET("\x02\x00\x0F\x00\x00\x00\x00\x04\x00\x00\x02\x00"),
                              "major version 2");
        assert_refused_saying(STRIDE_FEATURE_UUID, PACKET("\x01\x00\x0F\x00\x00\x00\x00\x00\x00\x00\x02\x00"),
                              "tick rate 0");
        assert_refused(STRIDE_CONTROL_UUID, PACKET("\x80\x02")); /* of no opcode */
}

static void reserved_bits_are_listed_and_only_then(void **state)
{
        PodValues values;

        (void)state;
        assert_int_equal(describe(STRIDE_FEATURE_UUID,
                                  PACKET("\x01\x00\x1F\x00\x00\x80\x00\x04\x00\x00\x02\x00"), &values),
                         0);
        assert_true(reserved_of(&values) == 0x80000010LL);
        assert_int_equal(describe(STRIDE_RECORDS_UUID,
                                  PACKET("\x07\x07\x00\x09\x00\x00\x00\x81\x05\x00\x00\x00\x64"), &values),
                         0);
        assert_int_equal(reserved_of(&values), 0x81);
        assert_int_equal(describe(STRIDE_RECORDS_UUID,
                                  PACKET("\x03\x07\x00\x02\x00\x00\x00\x06\x00\x50\x00\x00"
                                         "\xF9\x58\x76\x0C\xA2\x01\x00\x00"),
                                  &values),
                         0);
        assert_int_equal(reserved_of(&values), 4);
        assert_int_equal(integer_of(&values, "clock_quality"), 2);
        assert_int_equal(describe(STRIDE_RECORDS_UUID,
                                  PACKET("\x07\x07\x00\x09\x00\x00\x00\x00\x05\x00\x00\x00\x64"), &values),
                         0);
        for (size_t i = 0; i < values.n; i++)
                assert_string_not_equal(values.list[i].name, "reserved_flags");
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
                cmocka_unit_test(what_no_pod_may_send_is_refused_by_its_name),
                cmocka_unit_test(reserved_bits_are_listed_and_only_then),
                cmocka_unit_test(an_answer_of_the_control_point_is_named),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
