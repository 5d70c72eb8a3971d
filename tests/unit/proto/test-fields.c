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
        static char paths[REASONS_MAX + 3][8];
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
                if (field->type != FIELD_TEXT)
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
        check_table(&plan_fields, sizeof(Plan));
        check_table(&assessment_fields, sizeof(Assessment));
        check_table(&acknowledgement_fields, sizeof(Acknowledgement));
        check_table(&exercise_fields, sizeof(Exercise));
        for (int kind = 0; kind < 256; kind++) {
                if (record_fields(kind))
                        check_table(record_fields(kind), sizeof(Record));
        }
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
                cmocka_unit_test(there_is_room_for_a_reason_for_each_field_of_a_week),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
