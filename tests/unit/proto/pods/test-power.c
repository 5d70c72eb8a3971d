/* Cycling Power: 0x2A63, from the service's specification. */
#include "tests/unit/proto/pods/values.h"

#include "base/bytes.h"

/* The optional fields in their order, each with the bit that announces it. */
static const struct {
        uint16_t flag;
        uint8_t size;
        const char *octets; /* with every field different from every other */
        struct {
                const char *name;
                int64_t value;
        } integers[2];
} fields[] = {
        {1 << 2, 2, "\x9F\x80", {{"accumulated_torque_raw", 0x809F}}},
        {1 << 4, 6, "\xFF\xFF\xFF\xFF\x03\xFF", {{"wheel_revs", 0xFFFFFFFF}, {"wheel_event_2048", 0xFF03}}},
        {1 << 5, 4, "\xFF\x07\xE7\x8F", {{"crank_revs", 0x07FF}, {"crank_event_1024", 0x8FE7}}},
        {1 << 6, 4, "\xFF\x7F\x00\x80", {{"max_force_n", 32767}, {"min_force_n", -32768}}},
        {1 << 7, 4, "\x01\x00\xFF\xFF", {{"max_torque_raw", 1}, {"min_torque_raw", -1}}},
        /* the specification's own example: maximum 0xABC, minimum 0x123 are sent as 0x123ABC */
        {1 << 8, 3, "\xBC\x3A\x12", {{"max_angle_deg", 0xABC}, {"min_angle_deg", 0x123}}},
        {1 << 9, 2, "\x68\x01", {{"top_dead_spot_deg", 360}}},
        {1 << 10, 2, "\xB4\x80", {{"bottom_dead_spot_deg", 0x80B4}}},
        {1 << 11, 2, "\xFF\xFF", {{"energy_kj", 0xFFFF}}},
};

#define BALANCE      (1 << 0)
#define BALANCE_LEFT (1 << 1)
#define OFFSET       (1 << 12)

static size_t measurement(uint16_t flags, int16_t power_w, uint8_t ret[static 40])
{
        ByteWriter w = byte_writer(ret, 40);

        write_u16(&w, flags);
        write_u16(&w, (uint16_t)power_w);
        if (flags & BALANCE)
                write_u8(&w, 99);
        for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
                if (flags & fields[i].flag)
                        write_bytes(&w, fields[i].octets, fields[i].size);
        }
        assert_false(w.overrun);
        return w.size;
}

static void check_values(const PodValues *values, uint16_t flags)
{
        if (flags & BALANCE)
                assert_true(real_of(values, "balance_pct") == 49.5);
        else
                assert_null(find_value(values, "balance_pct"));
        if ((flags & BALANCE) && (flags & BALANCE_LEFT))
                assert_string_equal(text_of(values, "balance_reference"), "left");
        else
                assert_null(find_value(values, "balance_reference"));
        for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
                for (size_t j = 0; j < 2 && fields[i].integers[j].name; j++) {
                        if (flags & fields[i].flag)
                                assert_true(integer_of(values, fields[i].integers[j].name) ==
                                            fields[i].integers[j].value);
                        else
                                assert_null(find_value(values, fields[i].integers[j].name));
                }
        }
        if (flags & OFFSET)
                assert_true(boolean_of(values, "offset_compensation"));
        else
                assert_null(find_value(values, "offset_compensation"));
        if (flags >> 13)
                assert_int_equal(reserved_of(values), flags & 0xE000);
        else
                assert_null(find_value(values, "reserved_flags"));
}

static void every_combination_of_fields_is_read_to_its_end(void **state)
{
        (void)state;
        for (uint32_t flags = 0; flags <= UINT16_MAX; flags += flags < 0x2000 ? 1 : 17) {
                uint8_t packet[40] = {0};
                size_t size = measurement((uint16_t)flags, -3, packet);
                PodValues values;

                assert_int_equal(describe("2A63", packet, size, &values), 0);
                assert_int_equal(integer_of(&values, "flags"), flags);
                assert_int_equal(integer_of(&values, "power_w"), -3);
                check_values(&values, (uint16_t)flags);
                assert_true(values.n < POD_VALUES_MAX);
                assert_refused("2A63", packet, size - 1);
                assert_refused("2A63", packet, size + 1);
        }
}

static void a_packet_of_all_fields_cut_anywhere_is_refused(void **state)
{
        uint8_t packet[40];
        size_t size = measurement(0x1FFF, 0, packet);

        (void)state;
        assert_int_equal(size, 34);
        for (size_t cut = 0; cut < size; cut++)
                assert_refused("2A63", packet, cut);
}

static void power_is_signed_in_both_readings(void **state)
{
        static const int16_t powers_w[] = {0, 1, -1, 300, INT16_MAX, INT16_MIN};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(powers_w); i++) {
                uint8_t packet[40];
                size_t size = measurement(0x0831, powers_w[i], packet);
                PodValues values;
                Record record;

                assert_int_equal(describe("2A63", packet, size, &values), 0);
                assert_int_equal(integer_of(&values, "power_w"), powers_w[i]);
                assert_int_equal(sample("2A63", packet, size, &record), 1);
                assert_int_equal(record.kind, RECORD_SAMPLE);
                assert_int_equal(record.sample.characteristic, 0x2A63);
                assert_int_equal(record.sample.power_w, powers_w[i]);
                assert_int_equal(record.sample.n_rr, 0);
                assert_true(record.sample.cadence_raw == NULL_INTEGER); /* a crank is no foot */
                assert_int_equal(sample("2A63", packet, size - 1, &record), -EBADMSG);
        }
}

static void a_balance_that_is_not_known_is_null(void **state)
{
        PodValues values;

        (void)state;
        assert_int_equal(describe("2A63", "\x01\x00\xC8\x00\xC8", 5, &values), 0);
        assert_true(real_of(&values, "balance_pct") == 100);
        assert_int_equal(describe("2A63", "\x01\x00\xC8\x00\xFF", 5, &values), 0);
        assert_true(is_null(&values, "balance_pct"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_balance_that_is_not_known_is_null),
                cmocka_unit_test(every_combination_of_fields_is_read_to_its_end),
                cmocka_unit_test(a_packet_of_all_fields_cut_anywhere_is_refused),
                cmocka_unit_test(power_is_signed_in_both_readings),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
