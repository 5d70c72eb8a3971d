#include "near.h"

#include "daemon/measure/load-week.h"

static LoadWeek week_of(const double *days, size_t n)
{
        return load_week(days, n, &foster_defaults);
}

static void an_unknown_day_leaves_a_sum_and_no_monotony(void **state)
{
        double days[] = {0, 300, NAN, 0, 240, 600, 180};
        LoadWeek week = week_of(days, 7);

        (void)state;
        assert_int_equal(week.known_days, 6);
        assert_near(week.sum, 1320);
        assert_true(week.is_lower_bound);
        assert_no_number(week.monotony);
        assert_no_number(week.strain);
        assert_string_equal(week.reason, "unknown_days");
}

static void six_days_are_warming_up_and_seven_are_a_week(void **state)
{
        double days[] = {0, 300, 450, 0, 240, 600, 180};

        (void)state;
        assert_string_equal(week_of(days, 6).reason, "warming_up");
        assert_int_equal(week_of(days, 6).known_days, 6);
        assert_string_equal(week_of(days, 0).reason, "warming_up");
        assert_null(week_of(days, 7).reason);
}

static void a_flat_week_has_no_monotony_though_its_mean_rounds(void **state)
{
        double days[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, rest[7] = {0};

        (void)state;
        assert_string_equal(week_of(days, 7).reason, "sd_zero");
        assert_no_number(week_of(days, 7).monotony);
        assert_string_equal(week_of(rest, 7).reason, "sd_zero");
        assert_near(week_of(rest, 7).sum, 0);
}

static void a_load_that_is_none_is_told_apart_from_an_unknown_one(void **state)
{
        const double wrong[] = {-1, INFINITY, -INFINITY, 1e13};

        (void)state;
        for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
                double days[] = {10, NAN, wrong[i], 0, 20, 5, 0};
                LoadWeek week = week_of(days, 7);

                assert_string_equal(week.reason, "invalid_load");
                assert_int_equal(week.known_days, 5);
                assert_near(week.sum, 35);
                assert_no_number(week.mean);
        }
        assert_string_equal(week_of((double[8]){1, 2, 3, 4, 5, 6, 7, 8}, 8).reason, "invalid_load");
}

static void scaling_the_load_scales_strain_and_leaves_monotony(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 500; round++) {
                double days[7], scaled[7], factor = 0.01 + (double)random_below(100000) / 100;
                LoadWeek week, other;

                for (size_t i = 0; i < 7; i++) {
                        days[i] = (double)random_below(600);
                        scaled[i] = factor * days[i];
                }
                week = week_of(days, 7);
                other = week_of(scaled, 7);
                if (week.reason) {
                        assert_string_equal(other.reason, week.reason);
                        continue;
                }
                assert_near(other.monotony, week.monotony);
                assert_near(other.strain, factor * week.strain);
        }
}

static void the_order_of_days_changes_neither_number(void **state)
{
        double days[] = {0, 300, 450, 0, 240, 600, 180}, turned[] = {600, 0, 180, 450, 0, 240, 300};

        (void)state;
        assert_near(week_of(turned, 7).monotony, week_of(days, 7).monotony);
        assert_near(week_of(turned, 7).strain, week_of(days, 7).strain);
}

static void one_training_day_makes_the_same_monotony_whatever_the_load(void **state)
{
        double little[7] = {[3] = 1}, much[7] = {[6] = 1e9};

        (void)state;
        assert_near(week_of(little, 7).monotony, 1 / sqrt(7));
        assert_near(week_of(much, 7).monotony, 1 / sqrt(7));
}

static void a_near_flat_week_is_beyond_what_a_screen_shows(void **state)
{
        double near_flat[] = {250, 251, 250, 250, 250, 250, 250};
        double usual[] = {0, 300, 450, 0, 240, 600, 180};

        (void)state;
        assert_true(week_of(near_flat, 7).beyond_display);
        assert_false(week_of(usual, 7).beyond_display);
}

static const char *reason_of(ComparedWeek previous, ComparedWeek current)
{
        LoadChange change = load_change(previous, current);

        if (change.reason) {
                assert_no_number(change.delta);
                assert_no_number(change.percent);
        }
        return change.reason;
}

static void only_whole_known_weeks_that_are_over_are_compared(void **state)
{
        ComparedWeek good = {20, true, false};

        (void)state;
        assert_null(reason_of(good, good));
        assert_string_equal(reason_of(good, (ComparedWeek){NAN, true, false}), "unknown_week");
        assert_string_equal(reason_of((ComparedWeek){NAN, true, false}, good), "unknown_week");
        assert_string_equal(reason_of(good, (ComparedWeek){5, false, false}), "incomplete_week");
        assert_string_equal(reason_of((ComparedWeek){5, false, false}, good), "incomplete_week");
        assert_string_equal(reason_of(good, (ComparedWeek){5, true, true}), "running_week");
        assert_string_equal(reason_of(good, (ComparedWeek){-5, true, false}), "invalid_load");
        assert_string_equal(reason_of((ComparedWeek){INFINITY, true, false}, good), "invalid_load");
}

static void after_a_week_of_rest_there_is_a_difference_and_no_percentage(void **state)
{
        LoadChange change =
                load_change((ComparedWeek){0, true, false}, (ComparedWeek){10, true, false});

        (void)state;
        assert_null(change.reason);
        assert_near(change.delta, 10);
        assert_no_number(change.percent);
        assert_string_equal(change.percent_reason, "previous_zero");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_unknown_day_leaves_a_sum_and_no_monotony),
                cmocka_unit_test(six_days_are_warming_up_and_seven_are_a_week),
                cmocka_unit_test(a_flat_week_has_no_monotony_though_its_mean_rounds),
                cmocka_unit_test(a_load_that_is_none_is_told_apart_from_an_unknown_one),
                cmocka_unit_test(scaling_the_load_scales_strain_and_leaves_monotony),
                cmocka_unit_test(the_order_of_days_changes_neither_number),
                cmocka_unit_test(one_training_day_makes_the_same_monotony_whatever_the_load),
                cmocka_unit_test(a_near_flat_week_is_beyond_what_a_screen_shows),
                cmocka_unit_test(only_whole_known_weeks_that_are_over_are_compared),
                cmocka_unit_test(after_a_week_of_rest_there_is_a_difference_and_no_percentage),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
