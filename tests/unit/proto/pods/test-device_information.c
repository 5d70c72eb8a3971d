/* Device Information: the six strings 0x2A24 to 0x2A29. They come from outside and are shown
 * in terminals and on pages. */
#include "tests/unit/proto/pods/values.h"

#define TEXT(literal) literal, sizeof(literal) - 1

static void a_string_is_given_as_it_came(void **state)
{
        static const char *const uuids[] = {"2A24", "2A25", "2A26", "2A27", "2A28", "2A29"};
        static const char *const texts[] = {"", "Polar Electro Oy", "1.2.3", "\xC3\x84hre \xE2\x80\x93 \xF0\x9F\x91\x9F",
                                            "\xC2\xA0", "~"};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(uuids); i++) {
                for (size_t j = 0; j < ARRAY_SIZE(texts); j++) {
                        PodValues values;

                        assert_int_equal(describe(uuids[i], texts[j], strlen(texts[j]), &values), 0);
                        assert_string_equal(text_of(&values, "text"), texts[j]);
                        assert_int_equal(values.n, 1);
                }
        }
}

static void a_terminator_sent_along_is_dropped(void **state)
{
        PodValues values;

        (void)state;
        assert_int_equal(describe("2A29", TEXT("Stryd\0"), &values), 0);
        assert_string_equal(text_of(&values, "text"), "Stryd");
        assert_int_equal(describe("2A29", TEXT("Stryd\0\0\0\0"), &values), 0);
        assert_string_equal(text_of(&values, "text"), "Stryd");
        assert_int_equal(describe("2A29", TEXT("\0\0\0"), &values), 0);
        assert_string_equal(text_of(&values, "text"), "");
}

static void what_is_not_printable_text_is_refused(void **state)
{
        static const struct {
                const char *octets;
                size_t size;
        } packets[] = {
                {TEXT("a\0b")},          {TEXT("\0a")},           {TEXT("\x1B[2J")},
                {TEXT("a\n")},           {TEXT("\t")},            {TEXT("a\x7F")},
                {TEXT("\xC2\x80")},      {TEXT("a\xC2\x9B" "2J")}, {TEXT("\xC2\x9F")},
                {TEXT("J\xF6rg")},       {TEXT("\x80")},          {TEXT("\xC0\x80")},
                {TEXT("\xC2")},          {TEXT("\xE2\x80")},      {TEXT("\xE2\x28\xA1")},
                {TEXT("\xED\xA0\x80")},  {TEXT("\xF0\x8F\xBF\xBF")}, {TEXT("\xF4\x90\x80\x80")},
                {TEXT("\xF5\x80\x80\x80")}, {TEXT("\xFF\xFE")},
                {TEXT("\xC2\0")}, /* the terminator must not complete a character */
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
                print_message("packet %zu\n", i);
                assert_refused("2A29", packets[i].octets, packets[i].size);
        }
}

static void a_string_that_does_not_fit_is_refused_whole(void **state)
{
        char text[POD_TEXT_MAX + 1];
        PodValues values;

        (void)state;
        memset(text, 'x', sizeof(text));
        assert_int_equal(describe("2A24", text, POD_TEXT_MAX - 1, &values), 0);
        assert_int_equal(strlen(text_of(&values, "text")), POD_TEXT_MAX - 1);
        assert_refused("2A24", text, POD_TEXT_MAX);
        assert_refused("2A24", text, POD_TEXT_MAX + 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_string_is_given_as_it_came),
                cmocka_unit_test(a_terminator_sent_along_is_dropped),
                cmocka_unit_test(what_is_not_printable_text_is_refused),
                cmocka_unit_test(a_string_that_does_not_fit_is_refused_whole),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
