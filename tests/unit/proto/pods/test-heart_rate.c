/* Heart Rate: 0x2A37, 0x2A38, from the service's specification. */
#include "tests/unit/proto/pods/values.h"

#include "base/bytes.h"

static size_t measurement(uint8_t flags, uint16_t rate_bpm, uint16_t energy_kj, size_t n_rr,
                          uint8_t ret[static 520])
{
        ByteWriter w = byte_writer(ret, 520);

        write_u8(&w, flags);
        if (flags & 1)
                write_u16(&w, rate_bpm);
        else
                write_u8(&w, (uint8_t)rate_bpm);
        if (flags & 8)
                write_u16(&w, energy_kj);
        if (flags & 16) {
                for (size_t i = 0; i < n_rr; i++)
                        write_u16(&w, (uint16_t)(0xFFFF - i));
        }
        return w.size;
}

static void every_flag_has_its_field_and_its_length(void **state)
{
        (void)state;
        for (int flags = 0; flags < 256; flags++) {
                uint8_t packet[520] = {0};
                uint16_t rate_bpm = flags & 1 ? 0xFFFF : 0xFF;
                size_t size = measurement((uint8_t)flags, rate_bpm, 0xFFFF, 2, packet);
                PodValues values;
                const PodValue *rr;

                assert_int_equal(describe("2A37", packet, size, &values), 0);
                assert_int_equal(integer_of(&values, "flags"), flags);
                assert_int_equal(integer_of(&values, "heart_rate_bpm"), rate_bpm);
                assert_int_equal(boolean_of(&values, "contact_supported"), (flags & 4) != 0);
                if (flags & 4)
                        assert_int_equal(boolean_of(&values, "contact"), (flags & 2) != 0);
                else
                        assert_true(is_null(&values, "contact")); /* bit 1 alone means nothing */
                if (flags & 8)
                        assert_int_equal(integer_of(&values, "energy_kj"), 0xFFFF);
                else
                        assert_true(is_null(&values, "energy_kj"));
                rr = value_of(&values, "rr_1024", POD_INTEGER_LIST);
                assert_int_equal(rr->n_integers, flags & 16 ? 2 : 0);
                if (flags & 16) {
                        assert_int_equal(values.integers[rr->first_integer], 0xFFFF);
                        assert_int_equal(values.integers[rr->first_integer + 1], 0xFFFE);
                }
                if (flags >> 5)
                        assert_int_equal(reserved_of(&values), flags & 0xE0);
                else
                        assert_null(find_value(&values, "reserved_flags"));
                assert_refused("2A37", packet, size + 1); /* half an interval, or a surplus octet */
                assert_refused("2A37", packet, size - 1);
                assert_refused("2A37", packet, 1);
                assert_refused("2A37", packet, 0);
        }
}

/* 9 fill a packet of 20 octets; a larger MTU carries more, an attribute has 512 octets. */
static void every_interval_of_a_long_packet_is_told(void **state)
{
        (void)state;
        for (size_t n_rr = 0; n_rr <= 255; n_rr++) {
                uint8_t packet[520];
                size_t size = measurement(16, 150, 0, n_rr, packet);
                PodValues values;
                const PodValue *rr;

                assert_true(size <= 512);
                assert_int_equal(describe("2A37", packet, size, &values), 0);
                rr = value_of(&values, "rr_1024", POD_INTEGER_LIST);
                assert_int_equal(rr->n_integers, n_rr);
                for (size_t i = 0; i < n_rr; i++)
                        assert_int_equal(values.integers[rr->first_integer + i], 0xFFFF - i);
        }
}

static void more_octets_than_an_attribute_has_are_refused(void **state)
{
        uint8_t packet[520];
        size_t size = measurement(16, 150, 0, 257, packet);

        (void)state;
        assert_refused("2A37", packet, size);
}

static void a_sample_keeps_the_oldest_intervals(void **state)
{
        static const size_t counts[] = {0, 1, RR_MAX, RR_MAX + 1, 255};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
                uint8_t packet[520];
                size_t size = measurement(16 | 8 | 1, 426, 7, counts[i] < 250 ? counts[i] : 250, packet);
                Record record;

                assert_int_equal(sample("2A37", packet, size, &record), 1);
                assert_int_equal(record.kind, RECORD_SAMPLE);
                assert_int_equal(record.sample.characteristic, 0x2A37);
                assert_int_equal(record.sample.heart_rate_bpm, 426);
                assert_true(record.sample.speed_256 == NULL_INTEGER);
                assert_true(record.sample.running == NULL_INTEGER);
                assert_int_equal(record.sample.n_rr, counts[i] < RR_MAX ? counts[i] : RR_MAX);
                for (int64_t j = 0; j < record.sample.n_rr; j++)
                        assert_int_equal(record.sample.rr_1024[j], 0xFFFF - j);
                assert_int_equal(sample("2A37", packet, size - 1, &record), -EBADMSG);
        }
}

static void every_location_has_a_name(void **state)
{
        static const char *const names[] = {"other", "chest", "wrist", "finger", "hand",
                                            "ear lobe", "foot", "reserved"};
        PodValues values;

        (void)state;
        for (uint8_t i = 0; i < ARRAY_SIZE(names); i++) {
                assert_int_equal(describe("2A38", &i, 1, &values), 0);
                assert_int_equal(integer_of(&values, "location"), i);
                assert_string_equal(text_of(&values, "location_name"), names[i]);
        }
        assert_int_equal(describe("2A38", "\xFF", 1, &values), 0);
        assert_string_equal(text_of(&values, "location_name"), "reserved");
        assert_refused("2A38", "", 0);
        assert_refused("2A38", "\x01\x01", 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_flag_has_its_field_and_its_length),
                cmocka_unit_test(every_interval_of_a_long_packet_is_told),
                cmocka_unit_test(more_octets_than_an_attribute_has_are_refused),
                cmocka_unit_test(a_sample_keeps_the_oldest_intervals),
                cmocka_unit_test(every_location_has_a_name),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
