/* Field tables as JSON: dotted paths nest, nulls are null, and what does not fit is an error. */
#include "daemon/clinic/json.h"

#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

DEFINE_CLEANUP(cJSON *, cJSON_Delete);

typedef struct Sheet {
        int64_t count, flag, when;
        double share;
        char word[16];
} Sheet;

static const Field sheet_list[] = {
        FIELD(FIELD_INTEGER, Sheet, count, "a.b.count"), FIELD(FIELD_BOOLEAN, Sheet, flag, "a.flag"),
        FIELD(FIELD_TIME, Sheet, when, "when"),          FIELD(FIELD_REAL, Sheet, share, "a.b.share"),
        FIELD(FIELD_TEXT, Sheet, word, "word"),
};

static const FieldTable sheet_fields = {
        .name = "sheet", .fields = sheet_list, .n_fields = ARRAY_SIZE(sheet_list)};

static void expect(const cJSON *root, const char *text)
{
        char buffer[512];

        assert_int_equal(json_print(root, buffer, sizeof(buffer)), strlen(text));
        assert_string_equal(buffer, text);
}

static void dotted_paths_become_objects_in_objects(void **state)
{
        CLEANUP(cJSON_Deletep) cJSON *root = cJSON_CreateObject();
        Sheet sheet = {.count = 7, .flag = 1, .when = 1795521600001, .share = 0.5, .word = "häuft"};

        (void)state;
        json_set_fields(root, &sheet_fields, &sheet);
        expect(root, "{\"a\":{\"b\":{\"count\":7,\"share\":0.5},\"flag\":true},"
                     "\"when\":\"2026-11-24T12:00:00.001Z\",\"word\":\"häuft\"}");
}

static void nulls_of_every_type_are_null(void **state)
{
        CLEANUP(cJSON_Deletep) cJSON *root = cJSON_CreateObject();
        Sheet sheet;

        (void)state;
        fields_set_null(&sheet_fields, &sheet);
        json_set_fields(root, &sheet_fields, &sheet);
        expect(root, "{\"a\":{\"b\":{\"count\":null,\"share\":null},\"flag\":null},\"when\":null,"
                     "\"word\":null}");
}

static void zero_and_false_are_not_null(void **state)
{
        CLEANUP(cJSON_Deletep) cJSON *root = cJSON_CreateObject();
        Sheet sheet = {.word = "0"};

        (void)state;
        json_set_fields(root, &sheet_fields, &sheet);
        expect(root, "{\"a\":{\"b\":{\"count\":0,\"share\":0},\"flag\":false},"
                     "\"when\":\"1970-01-01T00:00:00.000Z\",\"word\":\"0\"}");
}

static void the_noise_of_arithmetic_is_cut_to_millionths(void **state)
{
        static const struct {
                double value;
                const char *text;
        } cases[] = {
                {0.1 + 0.2, "{\"x\":0.3}"},
                {1.0 / 3.0, "{\"x\":0.333333}"},
                {-1e-7, "{\"x\":-0}"},
                {1234567.1234567, "{\"x\":1234567.123457}"},
                {NULL_REAL, "{\"x\":null}"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                CLEANUP(cJSON_Deletep) cJSON *root = cJSON_CreateObject();

                json_set_real(root, "x", cases[i].value);
                expect(root, cases[i].text);
        }
}

static void integers_of_15_digits_are_exact(void **state)
{
        CLEANUP(cJSON_Deletep) cJSON *root = cJSON_CreateObject();

        (void)state;
        json_set_integer(root, "x", 999999999999999);
        json_set_integer(root, "y", -1);
        expect(root, "{\"x\":999999999999999,\"y\":-1}");
}

static void what_JSON_must_escape_is_escaped(void **state)
{
        CLEANUP(cJSON_Deletep) cJSON *root = cJSON_CreateObject();

        (void)state;
        json_set_text(root, "x", "\"\\\n\t\x01/");
        expect(root, "{\"x\":\"\\\"\\\\\\n\\t\\u0001/\"}");
}

static void reasons_keep_their_dotted_paths_as_keys(void **state)
{
        CLEANUP(cJSON_Deletep) cJSON *root = cJSON_CreateObject();
        Reasons reasons = {0};

        (void)state;
        json_set_reasons(root, &reasons);
        expect(root, "{\"reasons\":{}}");
        cJSON_DeleteItemFromObject(root, "reasons");
        reasons_add(&reasons, "pain.mean", "no_entries");
        reasons_add(&reasons, "pain.mean", "a second one is ignored");
        reasons_add(&reasons, "coverage", "no_runs");
        json_set_reasons(root, &reasons);
        expect(root, "{\"reasons\":{\"pain.mean\":\"no_entries\",\"coverage\":\"no_runs\"}}");
}

static void what_does_not_fit_is_an_error_and_not_cut(void **state)
{
        CLEANUP(cJSON_Deletep) cJSON *root = cJSON_CreateObject();
        char buffer[256];
        int needed;

        (void)state;
        json_set_text(root, "x", "0123456789012345678901234567890123456789");
        needed = json_print(root, buffer, sizeof(buffer));
        assert_int_equal(needed, 48);
        for (size_t size = 0; size <= (size_t)needed; size++)
                assert_int_equal(json_print(root, buffer, size), -ENOBUFS);
        assert_int_equal(json_print(NULL, buffer, sizeof(buffer)), -ENOBUFS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(dotted_paths_become_objects_in_objects),
                cmocka_unit_test(nulls_of_every_type_are_null),
                cmocka_unit_test(zero_and_false_are_not_null),
                cmocka_unit_test(the_noise_of_arithmetic_is_cut_to_millionths),
                cmocka_unit_test(integers_of_15_digits_are_exact),
                cmocka_unit_test(what_JSON_must_escape_is_escaped),
                cmocka_unit_test(reasons_keep_their_dotted_paths_as_keys),
                cmocka_unit_test(what_does_not_fit_is_an_error_and_not_cut),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
