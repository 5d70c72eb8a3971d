#include "near.h"

#include "daemon/measure/feet.h"

#include <string.h>

static const char *mirrored(const char *source)
{
        if (strcmp(source, "left") == 0)
                return "right";
        return strcmp(source, "right") == 0 ? "left" : source;
}

static void feet_that_change_sides_cover_the_same_distance(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 1000; round++) {
                FootLoad a = {(double)random_below(20000), (double)random_below(100) / 100};
                FootLoad b = {(double)random_below(20000), 0.005 + (double)random_below(100) / 100};
                double one, other;
                const char *source = feet_merge_distance(a, b, 0.9, &one);

                assert_string_equal(feet_merge_distance(b, a, 0.9, &other), mirrored(source));
                assert_near(one, other);
        }
}

static void a_foot_without_a_number_saw_nothing(void **state)
{
        const FootLoad good = {9980, 0.5};
        const FootLoad blind[] = {{NAN, 0.99},  {INFINITY, 0.99}, {-1, 0.99},
                                  {10000, NAN}, {10000, 0},       {10000, -1}};

        (void)state;
        for (size_t i = 0; i < sizeof(blind) / sizeof(*blind); i++) {
                double distance;

                assert_string_equal(feet_merge_distance(blind[i], good, 0.9, &distance), "right");
                assert_near(distance, 9980);
                assert_string_equal(feet_merge_distance(good, blind[i], 0.9, &distance), "left");
                assert_near(distance, 9980);
                /* not even where every coverage is enough */
                assert_string_equal(feet_merge_distance(blind[i], good, 0, &distance), "right");
                assert_near(distance, 9980);
                assert_string_equal(feet_merge_distance(blind[i], blind[i], 0, &distance), "none");
                assert_no_number(distance);
        }
}

static void an_impossible_peak_spoils_the_sum(void **state)
{
        const double wrong[] = {-1, NAN, INFINITY, -INFINITY};

        (void)state;
        for (size_t i = 0; i < 4; i++) {
                double peaks[] = {8, wrong[i], 9};

                assert_no_number(impact_sum(peaks, 3, 1));
                assert_no_number(impact_sum(peaks, 3, 2));
        }
        assert_no_number(impact_sum((double[]){8}, 1, NAN));
        assert_near(impact_sum((double[]){8, 0, 2}, 3, 2), 68);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(feet_that_change_sides_cover_the_same_distance),
                cmocka_unit_test(a_foot_without_a_number_saw_nothing),
                cmocka_unit_test(an_impossible_peak_spoils_the_sum),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
