/* Fields as a table: null, equality, reasons; and that the tables we ship are sound. */
#include "proto/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/clinic-records.h"
#include "proto/record.h"

typedef struct Thing {
        int64_t before;
        int64_t count;
        double share;
        int64_t yes;
        char name[8];
        int64_t at_utc_ms;
        int64_t after;
} Thing;

static const Field list[] = {
        FIELD(FIELD_INTEGER, Thing, count, "count"),   FIELD(FIELD_REAL, Thing, share, "load.share"),
        FIELD(FIELD_BOOLEAN, Thing, yes, "load.yes"),  FIELD(FIELD_TEXT, Thing, name, "name"),
        FIELD(FIELD_TIME, Thing, at_utc_ms, "at"),
};
static const FieldTable table = {.name = "thing", .fields = list, .n_fields = ARRAY_SIZE(list)};

static Thing full(void)
{
        return (Thing){.count = 3, .share = 0.5, .yes = 1, .name = "seven77", .at_utc_ms = 9};
}

static void every_field_can_be_null_and_zero_is_not(void **state)
{
        Thing thing = {.before = 1, .after = 2, .name = "old"};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(list); i++)
                assert_false(field_is_null(&list[i], &thing));
        fields_set_null(&table, &thing);
        for (size_t i = 0; i < ARRAY_SIZE(list); i++)
                assert_true(field_is_null(&list[i], &thing));
        assert_int_equal(thing.before, 1); /* what is not in the table is left alone */
        assert_int_equal(thing.after, 2);
}

static void records_are_equal_when_each_field_is(void **state)
{
        Thing a = full(), b = full();

        (void)state;
        b.before = 77;
        memcpy(b.name, "seven77", 8);
        assert_true(fields_equal(&table, &a, &b));
        for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
                FieldTable one = {.fields = &list[i], .n_fields = 1};
                Thing null = full();

                fields_set_null(&one, &null);
                assert_false(fields_equal(&table, &a, &null));
                assert_false(fields_equal(&table, &null, &a));
                b = null;
                assert_true(fields_equal(&table, &null, &b)); /* a NaN, too */
        }
        b = full();
        b.share = 0.25;
        assert_false(fields_equal(&table, &a, &b));
        b = full();
        b.name[6] = '8';
        assert_false(fields_equal(&table, &a, &b));
        b = full();
        b.at_utc_ms++;
        assert_false(fields_equal(&table, &a, &b));
}

static void text_behind_its_end_does_not_count(void **state)
{
        Thing a = full(), b = full();

        (void)state;
        memcpy(a.name, "ab\0xxxxx", 8);
        memcpy(b.name, "ab\0yyyyy", 8);
        assert_true(fields_equal(&table, &a, &b));
}

static void a_field_is_found_by_its_whole_path(void **state)
{
        (void)state;
        assert_ptr_equal(fields_find(&table, "load.share"), &list[1]);
        assert_null(fields_find(&table, "load"));
        assert_null(fields_find(&table, "share"));
        assert_null(fields_find(&table, ""));
}

static void the_first_reason_of_a_path_stays(void **state)
{
        Reasons reasons = {0};

        (void)state;
        assert_null(reasons_find(&reasons, "pain.mean"));
        reasons_add(&reasons, "pain.mean", "no_entries");
        reasons_add(&reasons, "pain.mean", "warming_up");
        reasons_add(&reasons, "pain.max", "no_entries");
        assert_int_equal(reasons.n, 2);
        assert_string_equal(reasons_find(&reasons, "pain.mean"), "no_entries");
        assert_null(reasons_find(&reasons, "pain"));
}

static void reasons_beyond_the_bound_are_ignored(void **state)
{
        static char paths[REASONS_MAX + 3][24];
        Reasons reasons = {0};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
                (void)snprintf(paths[i], sizeof(paths[i]), "p%zu", i);
                reasons_add(&reasons, paths[i], "code");
        }
        assert_int_equal(reasons.n, REASONS_MAX);
        assert_non_null(reasons_find(&reasons, paths[REASONS_MAX - 1]));
        assert_null(reasons_find(&reasons, paths[REASONS_MAX]));
}

/* Paths once each, also as columns ('_' for '.'); members that do not overlap. */
static void check_table(const FieldTable *shipped, size_t record_size)
{
        for (size_t i = 0; i < shipped->n_fields; i++) {
                const Field *field = &shipped->fields[i];

                assert_true(field->offset + field->size <= record_size);
                if (field->type == FIELD_REALS)
                        assert_int_equal(field->size % sizeof(double), 0);
                else if (field->type != FIELD_TEXT && field->type != FIELD_CODES)
                        assert_int_equal(field->size, 8);
                assert_ptr_equal(fields_find(shipped, field->path), field);
                assert_int_equal(strspn(field->path, "abcdefghijklmnopqrstuvwxyz0123456789_."),
                                 strlen(field->path));
                for (size_t j = 0; j < i; j++) {
                        const Field *other = &shipped->fields[j];
                        bool same_column = strlen(other->path) == strlen(field->path);

                        for (const char *a = other->path, *b = field->path; same_column && *a; a++, b++)
                                same_column = (*a == '.' ? '_' : *a) == (*b == '.' ? '_' : *b);
                        assert_false(same_column);
                        assert_true(field->offset >= other->offset + other->size ||
                                    other->offset >= field->offset + field->size);
                }
        }
}

static void the_shipped_tables_are_sound(void **state)
{
        (void)state;
        check_table(&run_fields, sizeof(Run));
        check_table(&week_fields, sizeof(Week));
        check_table(&diary_fields, sizeof(DiaryEntry));
        for (int kind = 0; kind < 256; kind++) {
                if (record_fields(kind))
                        check_table(record_fields(kind), sizeof(Record));
        }
}

/* Head first, names below the path, tables that are no other's. */
static void check_groups(const GroupTable *shipped, size_t record_size)
{
        for (size_t i = 0; i < shipped->n; i++) {
                const Group *group = &shipped->groups[i];
                size_t length = strlen(group->path);

                check_table(group->fields, record_size - group->offset);
                assert_int_equal(group->fields->fields[1].offset, offsetof(GroupHead, n));
                assert_true(group->method >= 1);
                for (size_t f = 0; f < group->fields->n_fields; f++) {
                        const char *path = group->fields->fields[f].path;

                        assert_int_equal(strncmp(path, group->path, length), 0);
                        assert_int_equal(path[length], '.');
                }
                for (size_t j = 0; j < i; j++)
                        assert_string_not_equal(group->fields->name, shipped->groups[j].fields->name);
        }
}

static void the_shipped_groups_are_sound(void **state)
{
        (void)state;
        check_groups(&run_groups, sizeof(Run));
        check_groups(&week_groups, sizeof(Week));
}

static void an_absent_group_says_why_and_a_present_one_by_which_method(void **state)
{
        Week a, b;

        (void)state;
        for (size_t i = 0; i < week_groups.n; i++) {
                const Group *group = &week_groups.groups[i];
                GroupHead *head = group_of(group, &a);
                const void *record;

                week_set_null(&a);
                week_set_null(&b);
                head->coverage = 0.5; /* of an absent group nothing counts */
                assert_true(groups_equal(&week_groups, &a, &b));
                groups_finish(&week_groups, &a, &a.reasons);
                assert_true(isnan(head->coverage));
                assert_string_equal(reasons_find(&a.reasons, group->path), "not_measured");
                head->n = 0;
                assert_false(groups_equal(&week_groups, &a, &b));
                groups_finish(&week_groups, &a, &a.reasons);
                assert_int_equal(head->method, group->method);
                assert_ptr_equal(groups_find(&week_groups, group->fields->fields[1].path, &a, &record),
                                 &group->fields->fields[1]);
                assert_ptr_equal(record, head);
        }
        assert_true(week_groups.n > 0);
}

static void a_reason_holds_for_what_lies_below_it(void **state)
{
        Reasons reasons = {0};

        (void)state;
        reasons_add(&reasons, "gait", "no_trunk_pod");
        reasons_add(&reasons, "gait.contact.left_ms", "too_few");
        assert_string_equal(reasons_explain(&reasons, "gait.contact.left_ms"), "too_few");
        assert_string_equal(reasons_explain(&reasons, "gait.contact.right_ms"), "no_trunk_pod");
        assert_string_equal(reasons_explain(&reasons, "gait"), "no_trunk_pod");
        assert_null(reasons_explain(&reasons, "gaiter.n"));
        assert_null(reasons_explain(&reasons, "pain.mean"));
}

static void a_list_of_codes_may_be_null_or_empty_or_full(void **state)
{
        char codes[12] = "";
        const char *at = codes, *code;
        const Field field = {.type = FIELD_CODES, .size = sizeof(codes)};

        (void)state;
        assert_true(field_is_null(&field, codes));
        codes_none(codes);
        assert_false(field_is_null(&field, codes));
        assert_int_equal(codes_next(&at, &code), 0);
        assert_true(codes_add(codes, sizeof(codes), "ab"));
        assert_true(codes_add(codes, sizeof(codes), "cdefgh"));
        assert_false(codes_add(codes, sizeof(codes), "i")); /* with its comma it does not fit */
        assert_true(codes_contain(codes, "ab"));
        assert_true(codes_contain(codes, "cdefgh"));
        assert_false(codes_contain(codes, "cd"));
        at = codes;
        assert_int_equal(codes_next(&at, &code), 2);
        assert_memory_equal(code, "ab", 2);
        assert_int_equal(codes_next(&at, &code), 6);
        assert_int_equal(codes_next(&at, &code), 0);
}

static void a_list_of_numbers_survives_as_text(void **state)
{
        static const double numbers[] = {0.1, NAN, -1e300, 0, 12345.678};
        const Field field = {.type = FIELD_REALS, .size = sizeof(numbers)};
        const FieldTable one = {.fields = &field, .n_fields = 1};
        double read[5], nothing[5];
        char text[128];

        (void)state;
        assert_true(reals_format(numbers, 5, text, sizeof(text)));
        reals_parse(text, read, 5);
        assert_true(fields_equal(&one, numbers, read));
        assert_false(field_is_null(&field, read));
        read[3] = 1;
        assert_false(fields_equal(&one, numbers, read));
        read[3] = NAN;
        assert_false(fields_equal(&one, numbers, read));
        reals_parse("", nothing, 5);
        assert_true(field_is_null(&field, nothing));
        fields_set_null(&one, read);
        assert_true(fields_equal(&one, nothing, read));
        assert_false(reals_format(numbers, 5, text, 20));
}

static void there_is_room_for_a_reason_for_each_field_of_a_week(void **state)
{
        (void)state;
        assert_true(week_fields.n_fields <= REASONS_MAX);
        assert_true(run_fields.n_fields <= REASONS_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_field_can_be_null_and_zero_is_not),
                cmocka_unit_test(records_are_equal_when_each_field_is),
                cmocka_unit_test(text_behind_its_end_does_not_count),
                cmocka_unit_test(a_field_is_found_by_its_whole_path),
                cmocka_unit_test(the_first_reason_of_a_path_stays),
                cmocka_unit_test(reasons_beyond_the_bound_are_ignored),
                cmocka_unit_test(the_shipped_tables_are_sound),
                cmocka_unit_test(the_shipped_groups_are_sound),
                cmocka_unit_test(an_absent_group_says_why_and_a_present_one_by_which_method),
                cmocka_unit_test(a_reason_holds_for_what_lies_below_it),
                cmocka_unit_test(a_list_of_codes_may_be_null_or_empty_or_full),
                cmocka_unit_test(a_list_of_numbers_survives_as_text),
                cmocka_unit_test(there_is_room_for_a_reason_for_each_field_of_a_week),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
