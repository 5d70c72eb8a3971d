/* Forms of text. Times were computed by another calendar (Python's datetime). */
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* ---- RFC 3339 ---- */

static void times_are_read_with_any_offset(void **state)
{
        static const struct {
                const char *text;
                int64_t utc_ms;
        } times[] = {
                {"1970-01-01T00:00:00Z", 0},
                {"1969-12-31T23:59:59.999Z", -1},
                {"2026-11-24T08:00:00Z", 1795507200000},
                {"2026-11-24t08:00:00z", 1795507200000},
                {"2026-11-24 08:00:00Z", 1795507200000},
                {"2026-11-24T08:00:00+00:00", 1795507200000},
                {"2026-11-24T08:00:00-00:00", 1795507200000},
                {"2026-11-24T08:00:00+05:45", 1795486500000},
                {"2024-02-29T12:00:00+05:30", 1709188200000},
                {"2023-12-31T23:30:00-01:00", 1704069000000},
                {"2026-01-01T00:00:00+14:00", 1767175200000},
                {"2000-01-01T00:00:00-23:59", 946771140000},
                {"1900-03-01T00:00:00Z", -2203891200000},
                {"0001-01-01T00:00:00Z", -62135596800000},
                {"9999-12-31T23:59:59.999Z", 253402300799999},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
                int64_t utc_ms = 77;

                print_message("%s\n", times[i].text);
                assert_int_equal(rfc3339_parse(times[i].text, &utc_ms), 0);
                assert_int_equal(utc_ms, times[i].utc_ms);
        }
}

static void times_are_written_in_utc_with_milliseconds(void **state)
{
        static const struct {
                int64_t utc_ms;
                const char *text;
        } times[] = {
                {0, "1970-01-01T00:00:00.000Z"},
                {-1, "1969-12-31T23:59:59.999Z"},
                {951868799999, "2000-02-29T23:59:59.999Z"},
                {1795507200000, "2026-11-24T08:00:00.000Z"},
                {-2203891200000, "1900-03-01T00:00:00.000Z"},
                {-62135596800000, "0001-01-01T00:00:00.000Z"},
                {253402300799999, "9999-12-31T23:59:59.999Z"},
        };
        char text[RFC3339_SIZE];

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
                rfc3339_format(times[i].utc_ms, text);
                assert_string_equal(text, times[i].text);
        }
}

static void a_written_time_is_read_again(void **state)
{
        unsigned seed = (unsigned)time(NULL);

        (void)state;
        print_message("seed %u\n", seed);
        srandom(seed);
        for (int round = 0; round < 20000; round++) {
                /* years 1 to 9999 */
                int64_t span = 253402300799999 + 62135596800000;
                int64_t utc_ms = ((int64_t)random() << 31 | random()) % span - 62135596800000;
                char text[RFC3339_SIZE];
                int64_t again;

                rfc3339_format(utc_ms, text);
                assert_int_equal(rfc3339_parse(text, &again), 0);
                assert_int_equal(again, utc_ms);
        }
}

static void fractions_count_to_the_millisecond(void **state)
{
        static const struct {
                const char *text;
                int64_t utc_ms;
        } times[] = {
                {"1970-01-01T00:00:00.5Z", 500},       {"1970-01-01T00:00:00.05Z", 50},
                {"1970-01-01T00:00:00.001Z", 1},       {"1970-01-01T00:00:00.0009Z", 0},
                {"1970-01-01T00:00:00.999999999Z", 999}, /* never the next second */
                {"1970-01-01T01:00:00.25+01:00", 250},
                {"1970-01-01T00:00:00.00000000000000000000000000000000001Z", 0},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
                int64_t utc_ms;

                assert_int_equal(rfc3339_parse(times[i].text, &utc_ms), 0);
                assert_int_equal(utc_ms, times[i].utc_ms);
        }
}

static void a_leap_second_is_the_first_of_the_next_day(void **state)
{
        int64_t utc_ms;

        (void)state;
        assert_int_equal(rfc3339_parse("2016-12-31T23:59:60Z", &utc_ms), 0);
        assert_int_equal(utc_ms, 1483228799000 + 1000);
        assert_int_equal(rfc3339_parse("2017-01-01T00:59:60+01:00", &utc_ms), 0);
        assert_int_equal(utc_ms, 1483228800000);
        assert_int_equal(rfc3339_parse("2016-12-31T15:59:60-08:00", &utc_ms), 0);
        assert_int_equal(utc_ms, 1483228800000);
        assert_int_equal(rfc3339_parse("2016-12-31T23:58:60Z", &utc_ms), -EINVAL);
        assert_int_equal(rfc3339_parse("2016-12-31T23:59:60+01:00", &utc_ms), -EINVAL);
        assert_int_equal(rfc3339_parse("2016-12-31T12:00:60Z", &utc_ms), -EINVAL);
}

static void leap_days_are_known(void **state)
{
        static const struct {
                const char *text;
                int result;
        } days[] = {
                {"2024-02-29T00:00:00Z", 0},       {"2000-02-29T00:00:00Z", 0},
                {"2023-02-29T00:00:00Z", -EINVAL}, {"1900-02-29T00:00:00Z", -EINVAL},
                {"2100-02-29T00:00:00Z", -EINVAL}, {"2024-02-30T00:00:00Z", -EINVAL},
                {"2026-04-31T00:00:00Z", -EINVAL}, {"2026-12-31T00:00:00Z", 0},
                {"2026-12-32T00:00:00Z", -EINVAL},
        };
        int64_t utc_ms;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(days); i++)
                assert_int_equal(rfc3339_parse(days[i].text, &utc_ms), days[i].result);
}

static void other_forms_of_time_are_refused(void **state)
{
        static const char *const texts[] = {
                "", "2026", "2026-11-24", "2026-11-24T08:00Z", "2026-11-24T08:00:00",
                "2026-11-24T08:00:00.Z", "2026-11-24T08:00:00,5Z", "2026-11-24T24:00:00Z",
                "2026-11-24T08:60:00Z", "2026-11-24T08:00:61Z", "2026-00-24T08:00:00Z",
                "2026-13-24T08:00:00Z", "2026-11-00T08:00:00Z", "26-11-24T08:00:00Z",
                "2026-11-24T8:00:00Z", "2026-1-24T08:00:00Z", "12026-11-24T08:00:00Z",
                "-2026-11-24T08:00:00Z", "+2026-11-24T08:00:00Z", "20261124T080000Z",
                "2026-11-24T08:00:00+1", "2026-11-24T08:00:00+01", "2026-11-24T08:00:00+0100",
                "2026-11-24T08:00:00+24:00", "2026-11-24T08:00:00+01:60", "2026-11-24T08:00:00Z ",
                " 2026-11-24T08:00:00Z", "2026-11-24T08:00:00ZZ", "2026-11-24_08:00:00Z",
                "2026-11-24T08:00:00 Z", "2026/11/24T08:00:00Z", "2026-W47-2T08:00:00Z",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                int64_t utc_ms = 77;

                print_message("'%s'\n", texts[i]);
                assert_int_equal(rfc3339_parse(texts[i], &utc_ms), -EINVAL);
                assert_int_equal(utc_ms, 77);
        }
}

static void a_time_cut_anywhere_is_refused(void **state)
{
        static const char whole[] = "2026-11-24T08:00:00.125+01:00";

        (void)state;
        for (size_t length = 0; length < sizeof(whole) - 1; length++) {
                char cut[sizeof(whole)];
                int64_t utc_ms;

                (void)text_copy(cut, length + 1, whole);
                assert_int_equal(rfc3339_parse(cut, &utc_ms), -EINVAL);
        }
}

/* ---- hexadecimal, addresses, ids ---- */

static void octets_are_read_with_and_without_gaps(void **state)
{
        static const struct {
                const char *text;
                int result;
        } forms[] = {
                {"0aff10", 3},    {"0A FF 10", 3}, {"0a:ff:10", 3}, {"0a-ff-10", 3},
                {" 0aff\t10\n", 3}, {"", 0},         {"  ", 0},       {"0aff1", -EINVAL},
                {"0", -EINVAL},   {"0g", -EINVAL}, {"0 aff10", -EINVAL}, {"0x0a", -EINVAL},
                {"0aff1011", -ENOBUFS},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
                uint8_t octets[3] = {0};

                assert_int_equal(hex_parse(forms[i].text, octets, sizeof(octets)), forms[i].result);
                if (forms[i].result == 3)
                        assert_memory_equal(octets, "\x0A\xFF\x10", 3);
        }
}

static void octets_are_written_in_lower_case(void **state)
{
        char text[9];

        (void)state;
        hex_format("\x00\x7f\xab\xff", 4, text);
        assert_string_equal(text, "007fabff");
        hex_format("", 0, text);
        assert_string_equal(text, "");
}

static void an_address_comes_back_in_upper_case(void **state)
{
        static const char *const wrong[] = {"", "aa:bb:cc:dd:ee", "aa:bb:cc:dd:ee:f", "aabbccddeeff",
                                            "aa:bb:cc:dd:ee:fg", "aa-bb-cc-dd-ee-ff",
                                            "aa:bb:cc:dd:ee:ff:00", "aa:bb:cc:dd:eef:f"};
        char address[ADDRESS_SIZE];

        (void)state;
        assert_int_equal(address_parse("aa:0B:cc:dd:ee:9f", address), 0);
        assert_string_equal(address, "AA:0B:CC:DD:EE:9F");
        for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
                assert_int_equal(address_parse(wrong[i], address), -EINVAL);
}

static void an_id_is_safe_as_a_topic_level_and_a_file_name(void **state)
{
        static const char forty[] = "0123456789012345678901234567890123456789";
        static const char *const valid[] = {"r", "runner-7", "A.b_c-9", "-", "_", "a.", "a..b", forty};
        static const char *const invalid[] = {
                "", ".", "..", ".hidden", "a/b", "a+", "#", "$SYS", "a b", "a\n", "J\xC3\xB6rg",
                "a\x7f", "\xff", "a:b", "a\\b", "01234567890123456789012345678901234567890"};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(valid); i++)
                assert_true(id_is_valid(valid[i]));
        for (size_t i = 0; i < ARRAY_SIZE(invalid); i++)
                assert_false(id_is_valid(invalid[i]));
}

/* ---- numbers ---- */

static void integers_are_whole_and_in_range(void **state)
{
        static const struct {
                const char *text;
                int64_t min, max;
                int result;
                int64_t value;
        } cases[] = {
                {"0", 0, 10, 0, 0},
                {"10", 0, 10, 0, 10},
                {"-3", -3, 0, 0, -3},
                {"+4", 0, 10, 0, 4},
                {"007", 0, 10, 0, 7},
                {"9223372036854775807", INT64_MIN, INT64_MAX, 0, INT64_MAX},
                {"-9223372036854775808", INT64_MIN, INT64_MAX, 0, INT64_MIN},
                {"11", 0, 10, -ERANGE, 0},
                {"-1", 0, 10, -ERANGE, 0},
                {"9223372036854775808", INT64_MIN, INT64_MAX, -ERANGE, 0},
                {"-99999999999999999999", INT64_MIN, INT64_MAX, -ERANGE, 0},
                {"", 0, 10, -EINVAL, 0},
                {" 1", 0, 10, -EINVAL, 0},
                {"1 ", 0, 10, -EINVAL, 0},
                {"1.0", 0, 10, -EINVAL, 0},
                {"0x1", 0, 10, -EINVAL, 0},
                {"one", 0, 10, -EINVAL, 0},
                {"-", 0, 10, -EINVAL, 0},
                {"--1", -9, 10, -EINVAL, 0},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                int64_t value = 77;

                print_message("'%s'\n", cases[i].text);
                assert_int_equal(integer_parse(cases[i].text, cases[i].min, cases[i].max, &value),
                                 cases[i].result);
                assert_int_equal(value, cases[i].result == 0 ? cases[i].value : 77);
        }
}

static void reals_are_numbers_and_in_range(void **state)
{
        static const struct {
                const char *text;
                int result;
                double value;
        } cases[] = {
                {"0", 0, 0},         {"0.5", 0, 0.5},        {"-0.25", 0, -0.25}, {"1e2", 0, 100},
                {".5", 0, 0.5},      {"100", 0, 100},        {"-1", 0, -1},       {"100.001", -ERANGE, 0},
                {"-1.5", -ERANGE, 0}, {"1e999", -ERANGE, 0}, {"inf", -EINVAL, 0}, {"nan", -EINVAL, 0},
                {"NAN(7)", -EINVAL, 0}, {"", -EINVAL, 0},    {" 1", -EINVAL, 0},  {"1 ", -EINVAL, 0},
                {"1,5", -EINVAL, 0}, {"x", -EINVAL, 0},      {"1e", -EINVAL, 0},
                {"0x10", -EINVAL, 0}, {"0x1p3", -EINVAL, 0},  {"-infinity", -EINVAL, 0}, {"1-2", -EINVAL, 0},
                {".", -EINVAL, 0},   {"e5", -EINVAL, 0},     {"--1", -EINVAL, 0},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                double value = 77;

                print_message("'%s'\n", cases[i].text);
                assert_int_equal(real_parse(cases[i].text, -1, 100, &value), cases[i].result);
                assert_true(value == (cases[i].result == 0 ? cases[i].value : 77));
        }
}

/* ---- words and copies ---- */

static void the_nearest_word_is_named_only_when_it_is_near(void **state)
{
        static const char *const words[] = {"runners", "runs", "week", "pair", NULL};
        static const char *const none[] = {NULL};
        char endless[400];

        (void)state;
        assert_string_equal(nearest_word("runer", words), "runners");
        assert_string_equal(nearest_word("run", words), "runs");
        assert_string_equal(nearest_word("pari", words), "pair"); /* half of it: just near enough */
        assert_string_equal(nearest_word("weeks", words), "week");
        assert_string_equal(nearest_word("pair", words), "pair");
        assert_null(nearest_word("doctor", words));
        assert_null(nearest_word("wxyz", words));
        assert_null(nearest_word("", words));
        assert_null(nearest_word("pair", none));
        memset(endless, 'p', sizeof(endless) - 1);
        endless[sizeof(endless) - 1] = '\0';
        assert_null(nearest_word(endless, words));
}

static void utf8_is_told_from_other_octets(void **state)
{
        static const char *const good[] = {
                "", "plain", "\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
                "Knie \xE2\x80\x93 \xC3\xA4u\xC3\x9F" "en"};
        static const char *const bad[] = {
                "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80",
                "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82", "\xF0\x8F\xBF\xBF",
                "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE", "\xFF",
                "J\xF6rg", "good\xF0\x90\x80"};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(good); i++)
                assert_true(text_is_utf8(good[i]));
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
                assert_false(text_is_utf8(bad[i]));
}

static void a_copy_says_whether_all_of_it_fitted(void **state)
{
        char copy[4];

        (void)state;
        assert_true(text_copy(copy, sizeof(copy), "abc"));
        assert_string_equal(copy, "abc");
        assert_false(text_copy(copy, sizeof(copy), "abcd"));
        assert_string_equal(copy, "abc");
        assert_true(text_copy(copy, sizeof(copy), ""));
        assert_string_equal(copy, "");
        assert_false(text_copy(copy, 1, "a"));
        assert_string_equal(copy, "");
}

static void a_copy_is_cut_between_characters(void **state)
{
        static const char text[] = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x91\x9Fz"; /* of 1, 2, 3, 4, 1 octets */
        static const size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
        char copy[sizeof(text)];

        (void)state;
        for (size_t size = 1; size <= sizeof(text); size++) {
                assert_int_equal(text_copy(copy, size, text), size == sizeof(text));
                assert_int_equal(strlen(copy), kept[size - 1]);
                assert_memory_equal(copy, text, kept[size - 1]);
                assert_true(text_is_utf8(copy));
        }
        /* What is not UTF-8 is cut somewhere, and never before its beginning. */
        assert_false(text_copy(copy, 3, "\x80\x80\x80\x80\x80"));
        assert_in_range(strlen(copy), 0, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(times_are_read_with_any_offset),
                cmocka_unit_test(times_are_written_in_utc_with_milliseconds),
                cmocka_unit_test(a_written_time_is_read_again),
                cmocka_unit_test(fractions_count_to_the_millisecond),
                cmocka_unit_test(a_leap_second_is_the_first_of_the_next_day),
                cmocka_unit_test(leap_days_are_known),
                cmocka_unit_test(other_forms_of_time_are_refused),
                cmocka_unit_test(a_time_cut_anywhere_is_refused),
                cmocka_unit_test(octets_are_read_with_and_without_gaps),
                cmocka_unit_test(octets_are_written_in_lower_case),
                cmocka_unit_test(an_address_comes_back_in_upper_case),
                cmocka_unit_test(an_id_is_safe_as_a_topic_level_and_a_file_name),
                cmocka_unit_test(integers_are_whole_and_in_range),
                cmocka_unit_test(reals_are_numbers_and_in_range),
                cmocka_unit_test(the_nearest_word_is_named_only_when_it_is_near),
                cmocka_unit_test(utf8_is_told_from_other_octets),
                cmocka_unit_test(a_copy_says_whether_all_of_it_fitted),
                cmocka_unit_test(a_copy_is_cut_between_characters),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
