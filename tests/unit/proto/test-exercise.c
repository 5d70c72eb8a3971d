/* Exercises as a text: there and back, and what is none. */
#include "proto/exercise.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void a_list_comes_back_as_it_was(void **state)
{
        static const char text[] = "gluteal_bridge 3sets 12reps;hip_flexor_stretch left 2sets 45s;walking 20min;x";
        char again[EXERCISES_TEXT_SIZE];
        ExerciseList list;

        (void)state;
        assert_int_equal(exercises_parse(text, &list), 0);
        assert_int_equal(list.n, 4);
        assert_string_equal(list.list[0].item, EXERCISE_BRIDGE);
        assert_int_equal(list.list[0].repetitions, 12);
        assert_int_equal(list.list[0].hold_s, NULL_INTEGER);
        assert_string_equal(list.list[1].side, "left");
        assert_int_equal(list.list[1].hold_s, 45);
        assert_int_equal(list.list[2].minutes, 20);
        exercises_format(&list, again);
        assert_string_equal(again, text);
}

static void people_may_write_it_loosely(void **state)
{
        char again[EXERCISES_TEXT_SIZE];
        ExerciseList list;

        (void)state;
        assert_int_equal(exercises_parse("  gluteal_bridge\t12reps  3sets ; walking ", &list), 0);
        exercises_format(&list, again);
        assert_string_equal(again, "gluteal_bridge 3sets 12reps;walking");
        assert_int_equal(exercises_parse("  ", &list), 0);
        assert_int_equal(list.n, 0);
}

static void what_is_no_list_is_refused(void **state)
{
        static const char *const none[] = {
                ";",           "a;",         "a;;b",      "A",           "a-b",          "a left right", "a left left",
                "a 0reps",     "a 201reps",  "a 21sets",  "a 901s",      "a 241min",     "a 3",          "a 3sets 3sets",
                "a -3sets",    "a 3.5sets",  "a sets",    "a 3 sets",    "a 99999999s",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", /* 33 */
        };
        ExerciseList list;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(none); i++)
                assert_int_equal(exercises_parse(none[i], &list), -EINVAL);
        assert_int_equal(exercises_parse("a;a;a;a;a;a;a;a;a;a;a;a;a", &list), -E2BIG); /* 13 */
}

static void the_largest_list_fits(void **state)
{
        char text[EXERCISES_TEXT_SIZE], again[EXERCISES_TEXT_SIZE];
        ExerciseList list = {.n = EXERCISES_MAX}, back;

        (void)state;
        for (size_t i = 0; i < list.n; i++) {
                list.list[i] = (Exercise){.side = "right", .sets = 20, .repetitions = 200, .hold_s = 900, .minutes = 240};
                memset(list.list[i].item, 'a' + (int)i, EXERCISE_ITEM_SIZE - 1);
        }
        exercises_format(&list, text);
        assert_int_equal(exercises_parse(text, &back), 0);
        assert_int_equal(back.n, list.n);
        exercises_format(&back, again);
        assert_string_equal(text, again);
        assert_int_equal(back.list[EXERCISES_MAX - 1].minutes, 240);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_list_comes_back_as_it_was),
                cmocka_unit_test(people_may_write_it_loosely),
                cmocka_unit_test(what_is_no_list_is_refused),
                cmocka_unit_test(the_largest_list_fits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
