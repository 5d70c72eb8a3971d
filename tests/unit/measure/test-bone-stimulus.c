#include "near.h"

#include "daemon/measure/bone-stimulus.h"

static void an_impossible_peak_spoils_the_sum_and_says_so(void **state)
{
        const double wrong[] = {-1, NAN, INFINITY, -INFINITY};
        const char *reason = NULL;

        (void)state;
        for (size_t i = 0; i < 4; i++) {
                double peaks[] = {8, wrong[i], 9};

                assert_no_number(bone_stimulus_sum(peaks, 3, 4));
                assert_no_number(bone_stimulus(bone_stimulus_sum(peaks, 3, 4), 4, &reason));
                assert_string_equal(reason, "invalid_peak");
        }
        assert_no_number(bone_stimulus(100, 0, &reason));
        assert_string_equal(reason, "invalid_exponent");
        assert_no_number(bone_stimulus(100, NAN, &reason));
        assert_no_number(bone_stimulus_add(0, 10, -1, 4));
        assert_no_number(bone_stimulus_add(0, 1e300, 1, 4));
}

static void sums_of_sessions_add_and_their_roots_do_not(void **state)
{
        const char *reason;
        double first = bone_stimulus_add(0, 10, 1000, 4), second = bone_stimulus_add(0, 12, 500, 4);
        double day = bone_stimulus(first + second, 4, &reason);

        (void)state;
        assert_near(bone_stimulus_add(first, 12, 500, 4), first + second);
        assert_near(day, 8.196313253793047);
        assert_true(day < bone_stimulus(first, 4, &reason) + bone_stimulus(second, 4, &reason));
        assert_near(bone_stimulus(0, 4, &reason), 0);
}

static void a_stimulus_knows_only_how_often_each_peak_came(void **state)
{
        double peaks[] = {8, 8, 8, 12, 12}, turned[] = {12, 8, 12, 8, 8};
        double counted = bone_stimulus_add(bone_stimulus_add(0, 8, 3, 4), 12, 2, 4);

        (void)state;
        assert_near(bone_stimulus_sum(peaks, 5, 4), counted);
        assert_near(bone_stimulus_sum(turned, 5, 4), counted);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_impossible_peak_spoils_the_sum_and_says_so),
                cmocka_unit_test(sums_of_sessions_add_and_their_roots_do_not),
                cmocka_unit_test(a_stimulus_knows_only_how_often_each_peak_came),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
