/* The byte cursor: no read and no write passes its end, and what was cut stays known. */
#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void integers_are_little_endian(void **state)
{
        static const uint8_t octets[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
                                         0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10,
                                         0x11, 0x12, 0xFE, 0xFF};
        ByteReader r = byte_reader(octets, sizeof(octets));

        (void)state;
        assert_int_equal(read_u8(&r), 0x01);
        assert_int_equal(read_u16(&r), 0x0302);
        assert_int_equal(read_u24(&r), 0x060504);
        assert_int_equal(read_u32(&r), 0x0A090807);
        assert_true(read_u64(&r) == 0x1211100F0E0D0C0BULL);
        assert_int_equal(read_i16(&r), -2);
        assert_int_equal(bytes_left(&r), 0);
        assert_false(r.overrun);
}

static void signed_integers_reach_their_ends(void **state)
{
        static const uint8_t octets[] = {0x00, 0x80, 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0, 0x80};
        ByteReader r = byte_reader(octets, sizeof(octets));

        (void)state;
        assert_int_equal(read_i16(&r), INT16_MIN);
        assert_int_equal(read_i16(&r), INT16_MAX);
        assert_true(read_i64(&r) == INT64_MIN);
}

static void a_read_past_the_end_gives_zero_for_good(void **state)
{
        uint8_t *octets = malloc(3); /* exact: the sanitizer watches its end */
        ByteReader r;

        (void)state;
        assert_non_null(octets);
        memset(octets, 0xFF, 3);
        r = byte_reader(octets, 3);
        assert_int_equal(read_u32(&r), 0);
        assert_true(r.overrun);
        assert_int_equal(read_u8(&r), 0); /* though three octets were never read */
        assert_int_equal(bytes_left(&r), 0);
        assert_null(read_bytes(&r, 0));
        free(octets);
}

static void nothing_can_be_read_of_nothing(void **state)
{
        ByteReader r = byte_reader(NULL, 0);

        (void)state;
        assert_int_equal(bytes_left(&r), 0);
        assert_int_equal(read_u64(&r), 0);
        assert_true(r.overrun);
}

static void octets_are_read_in_place(void **state)
{
        static const uint8_t octets[] = {1, 2, 3, 4};
        ByteReader r = byte_reader(octets, sizeof(octets));

        (void)state;
        assert_ptr_equal(read_bytes(&r, 3), octets);
        assert_ptr_equal(read_bytes(&r, 1), octets + 3);
        assert_null(read_bytes(&r, SIZE_MAX)); /* must not wrap around to a small number */
        assert_true(r.overrun);
}

static void a_write_past_the_end_stores_nothing(void **state)
{
        uint8_t *octets = malloc(5);
        ByteWriter w;

        (void)state;
        assert_non_null(octets);
        memset(octets, 0xEE, 5);
        w = byte_writer(octets, 5);
        write_u16(&w, 0x0201);
        assert_int_equal(w.size, 2);
        write_u32(&w, 0xFFFFFFFF);
        assert_true(w.overrun);
        assert_int_equal(w.size, 2);
        write_u8(&w, 7); /* would fit, but would stand in the wrong place */
        assert_int_equal(w.size, 2);
        assert_memory_equal(octets, "\x01\x02\xEE\xEE\xEE", 5);
        free(octets);
}

static void writing_no_octets_is_fine(void **state)
{
        ByteWriter w = byte_writer(NULL, 0);

        (void)state;
        write_bytes(&w, NULL, 0);
        assert_false(w.overrun);
        write_u8(&w, 1);
        assert_true(w.overrun);
        assert_int_equal(w.size, 0);
}

static uint64_t random_u64(void)
{
        return (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^ (uint64_t)random();
}

static void what_was_written_is_read_again(void **state)
{
        unsigned seed = (unsigned)time(NULL);

        (void)state;
        print_message("seed %u\n", seed);
        srandom(seed);
        for (int round = 0; round < 2000; round++) {
                uint64_t value = random_u64();
                uint8_t octets[15];
                ByteWriter w = byte_writer(octets, sizeof(octets));
                ByteReader r = byte_reader(octets, sizeof(octets));

                write_u8(&w, (uint8_t)value);
                write_u16(&w, (uint16_t)value);
                write_u32(&w, (uint32_t)value);
                write_u64(&w, value);
                assert_false(w.overrun);
                assert_int_equal(w.size, sizeof(octets));
                assert_int_equal(read_u8(&r), (uint8_t)value);
                assert_int_equal(read_u16(&r), (uint16_t)value);
                assert_int_equal(read_u32(&r), (uint32_t)value);
                assert_true(read_u64(&r) == value);
        }
}

/* The check values of the IEEE 802.3 polynomial's catalogue entry, and zlib's of zeros. */
static void the_checksum_is_that_of_zlib(void **state)
{
        static const uint8_t zeros[32];

        (void)state;
        assert_int_equal(crc32_update(0, "", 0), 0);
        assert_int_equal(crc32_update(0, "123456789", 9), 0xCBF43926);
        assert_int_equal(crc32_update(0, zeros, sizeof(zeros)), 0x190A55AD);
        assert_int_equal(crc32_update(0, "a", 1), 0xE8B7BE43);
}

static void a_checksum_can_be_made_in_parts(void **state)
{
        static const char text[] = "what stands between the parts does not matter";
        uint32_t whole = crc32_update(0, text, sizeof(text));

        (void)state;
        for (size_t cut = 0; cut <= sizeof(text); cut++) {
                uint32_t first = crc32_update(0, text, cut);

                assert_int_equal(crc32_update(first, text + cut, sizeof(text) - cut), whole);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(integers_are_little_endian),
                cmocka_unit_test(signed_integers_reach_their_ends),
                cmocka_unit_test(a_read_past_the_end_gives_zero_for_good),
                cmocka_unit_test(nothing_can_be_read_of_nothing),
                cmocka_unit_test(octets_are_read_in_place),
                cmocka_unit_test(a_write_past_the_end_stores_nothing),
                cmocka_unit_test(writing_no_octets_is_fine),
                cmocka_unit_test(what_was_written_is_read_again),
                cmocka_unit_test(the_checksum_is_that_of_zlib),
                cmocka_unit_test(a_checksum_can_be_made_in_parts),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
