/* Running Speed and Cadence: 0x2A53, 0x2A54, 0x2A5D, from the service's specification. */
#include "tests/unit/proto/pods/values.h"

#include "base/bytes.h"

/* The measurement of these flags whose every field has its largest value, or its smallest. */
static size_t measurement(uint8_t flags, uint32_t value, uint8_t ret[static 10])
{
        ByteWriter w = byte_writer(ret, 10);

        write_u8(&w, flags);
        write_u16(&w, (uint16_t)value);
        write_u8(&w, (uint8_t)value);
        if (flags & 1)
                write_u16(&w, (uint16_t)value);
        if (flags & 2)
                write_u32(&w, value);
        return w.size;
}

static void every_flag_has_its_field_and_its_length(void **state)
{
        (void)state;
        for (int flags = 0; flags < 256; flags++) {
                for (int largest = 0; largest < 2; largest++) {
                        uint8_t packet[11] = {0};
                        size_t size = measurement((uint8_t)flags, largest ? UINT32_MAX : 0, packet);
                        PodValues values;

                        assert_int_equal(describe("2A53", packet, size, &values), 0);
                        assert_int_equal(integer_of(&values, "flags"), flags);
                        assert_true(real_of(&values, "speed_mps") == (largest ? 255.99609375 : 0));
                        assert_int_equal(integer_of(&values, "cadence"), largest ? 255 : 0);
                        assert_int_equal(boolean_of(&values, "running"), (flags & 4) != 0);
                        if (flags & 1)
                                assert_true(real_of(&values, "stride_length_m") == (largest ? 655.35 : 0));
                        else
                                assert_true(is_null(&values, "stride_length_m"));
                        if (flags & 2)
                                assert_true(real_of(&values, "total_distance_m") ==
                                            (largest ? 429496729.5 : 0));
                        else
                                assert_true(is_null(&values, "total_distance_m"));
                        if (flags >> 3)
                                assert_int_equal(reserved_of(&values), flags & 0xF8);
                        else
                                assert_null(find_value(&values, "reserved_flags"));
                        for (size_t cut = 0; cut < size; cut++)
                                assert_refused("2A53", packet, cut);
                        assert_refused("2A53", packet, size + 1);
                }
        }
}

static void a_refusal_names_what_the_flags_promised(void **state)
{
        PodValues values;

        (void)state;
        assert_int_equal(describe("2A53", "\x03\x80\x02\x50\x20", 5, &values), -EBADMSG);
        assert_string_equal(values.error, "flags promise stride length and total distance, data ends early");
        assert_int_equal(describe("2A53", "\x02\x80\x02\x50\x20", 5, &values), -EBADMSG);
        assert_string_equal(values.error, "flags promise total distance, data ends early");
        assert_int_equal(describe("2A53", "\x00\x80\x02\x50\x20", 5, &values), -EBADMSG);
        assert_string_equal(values.error, "1 surplus octets behind the last field");
}

static void a_sample_says_what_the_description_says(void **state)
{
        (void)state;
        for (int flags = 0; flags < 256; flags++) {
                uint8_t packet[10];
                size_t size = measurement((uint8_t)flags, 0xFEDCBA98, packet);
                Record record;

                assert_int_equal(sample("2A53", packet, size, &record), 1);
                assert_int_equal(record.kind, RECORD_SAMPLE);
                assert_int_equal(record.sample.characteristic, 0x2A53);
                assert_int_equal(record.sample.speed_256, 0xBA98);
                assert_int_equal(record.sample.cadence_raw, 0x98);
                assert_int_equal(record.sample.running, (flags & 4) != 0);
                assert_true(record.sample.stride_length_cm == (flags & 1 ? 0xBA98 : NULL_INTEGER));
                assert_true(record.sample.total_distance_dm == (flags & 2 ? 0xFEDCBA98 : NULL_INTEGER));
                assert_true(record.sample.heart_rate_bpm == NULL_INTEGER);
                assert_true(record.sample.power_w == NULL_INTEGER);
                assert_int_equal(record.sample.n_rr, 0);
                assert_int_equal(sample("2A53", packet, size - 1, &record), -EBADMSG);
        }
}

static void each_feature_has_its_bit(void **state)
{
        static const char *const names[] = {"stride_length", "total_distance", "walk_run_status",
                                            "calibration", "multiple_locations"};

        (void)state;
        for (int bit = 0; bit < 16; bit++) {
                uint8_t packet[3] = {(uint8_t)(1 << bit), (uint8_t)(1 << bit >> 8), 0};
                PodValues values;

                assert_int_equal(describe("2A54", packet, 2, &values), 0);
                assert_int_equal(integer_of(&values, "features"), 1 << bit);
                for (int i = 0; i < 5; i++)
                        assert_int_equal(boolean_of(&values, names[i]), i == bit);
                if (bit >= 5)
                        assert_int_equal(reserved_of(&values), 1 << bit);
                else
                        assert_null(find_value(&values, "reserved_flags"));
                assert_refused("2A54", packet, 0);
                assert_refused("2A54", packet, 1);
                assert_refused("2A54", packet, 3);
        }
}

static void every_location_has_a_name(void **state)
{
        static const struct {
                uint8_t location;
                const char *name;
        } known[] = {{0, "other"}, {1, "top of shoe"}, {2, "in shoe"}, {3, "hip"},
                     {14, "chest"}, {16, "chain ring"}, {17, "reserved"}, {255, "reserved"}};
        PodValues values;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
                assert_int_equal(describe("2A5D", &known[i].location, 1, &values), 0);
                assert_int_equal(integer_of(&values, "location"), known[i].location);
                assert_string_equal(text_of(&values, "location_name"), known[i].name);
        }
        assert_refused("2A5D", "", 0);
        assert_refused("2A5D", "\x01\x02", 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_flag_has_its_field_and_its_length),
                cmocka_unit_test(a_refusal_names_what_the_flags_promised),
                cmocka_unit_test(a_sample_says_what_the_description_says),
                cmocka_unit_test(each_feature_has_its_bit),
                cmocka_unit_test(every_location_has_a_name),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
