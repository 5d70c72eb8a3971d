#include "near.h"

#include "daemon/measure/acwr.h"

static void twenty_seven_days_are_warming_up_and_twenty_eight_are_enough(void **state)
{
        double days[28];

        (void)state;
        for (size_t i = 0; i < 28; i++)
                days[i] = 5;
        assert_string_equal(acwr(days, 27).reason, "warming_up");
        assert_string_equal(acwr(days, 27).ewma_reason, "warming_up");
        assert_no_number(acwr(days, 27).coupled);
        assert_null(acwr(days, 28).reason);
        assert_near(acwr(days, 28).coupled, 1);
        assert_string_equal(acwr(days, 0).reason, "warming_up");
}

static void an_unknown_day_costs_twenty_eight_days(void **state)
{
        double days[60];

        (void)state;
        for (size_t i = 0; i < 60; i++)
                days[i] = (double)(i % 7);
        days[20] = NAN;
        assert_string_equal(acwr(days, 21).reason, "warming_up");
        assert_string_equal(acwr(days, 40).reason, "unknown_days");
        assert_no_number(acwr(days, 40).ewma);
        assert_false(isnan(acwr(days, 40).acute_mean));
        assert_string_equal(acwr(days, 48).reason, "unknown_days");
        assert_null(acwr(days, 49).reason);
        /* the series begins anew: what lies before the gap is forgotten */
        assert_near(acwr(days, 55).ewma_chronic, acwr(days + 21, 34).ewma_chronic);
        assert_no_number(acwr(days, 27).acute_mean);
}

static void an_impossible_load_is_told_apart_from_an_unknown_one(void **state)
{
        const double wrong[] = {-1, INFINITY, -INFINITY};

        (void)state;
        for (size_t i = 0; i < 3; i++) {
                double days[28] = {[5] = 10, [20] = wrong[i]};

                assert_string_equal(acwr(days, 28).reason, "invalid_load");
                assert_no_number(acwr(days, 28).coupled);
        }
}

static void four_weeks_of_rest_have_no_ratio(void **state)
{
        double rest[28] = {0};
        Acwr ratio = acwr(rest, 28);

        (void)state;
        assert_null(ratio.reason);
        assert_no_number(ratio.coupled);
        assert_string_equal(ratio.coupled_reason, "no_chronic_load");
        assert_string_equal(ratio.uncoupled_reason, "no_chronic_load");
        assert_string_equal(ratio.ewma_reason, "no_chronic_load");
        assert_near(ratio.chronic_coupled_mean, 0);
}

static void the_coupled_ratio_is_bound_to_the_uncoupled_and_never_above_four(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 2000; round++) {
                double days[28];
                size_t rest = random_below(29);
                Acwr ratio;

                for (size_t i = 0; i < 28; i++)
                        days[i] = i < rest ? 0 : (double)random_below(2000) / 7;
                ratio = acwr(days, 28);
                if (!ratio.coupled_reason)
                        assert_true(ratio.coupled >= 0 && ratio.coupled <= 4);
                if (!ratio.uncoupled_reason)
                        assert_near(ratio.coupled, 4 * ratio.uncoupled / (ratio.uncoupled + 3));
        }
}

static void scaling_the_load_leaves_every_ratio(void **state)
{
        double days[30], scaled[30];

        (void)state;
        seed_from_clock();
        for (size_t i = 0; i < 30; i++) {
                days[i] = 1 + (double)random_below(50);
                scaled[i] = 1000 * days[i];
        }
        assert_near(acwr(scaled, 30).coupled, acwr(days, 30).coupled);
        assert_near(acwr(scaled, 30).uncoupled, acwr(days, 30).uncoupled);
        assert_near(acwr(scaled, 30).ewma, acwr(days, 30).ewma);
}

static void rolling_means_forget_what_is_older_than_four_weeks(void **state)
{
        double days[35] = {1000, 1000, 1000, 1000, 1000, 1000, 1000};

        (void)state;
        for (size_t i = 7; i < 35; i++)
                days[i] = (double)i;
        assert_near(acwr(days, 35).coupled, acwr(days + 7, 28).coupled);
        assert_true(acwr(days, 35).ewma_chronic > acwr(days + 7, 28).ewma_chronic);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(twenty_seven_days_are_warming_up_and_twenty_eight_are_enough),
                cmocka_unit_test(an_unknown_day_costs_twenty_eight_days),
                cmocka_unit_test(an_impossible_load_is_told_apart_from_an_unknown_one),
                cmocka_unit_test(four_weeks_of_rest_have_no_ratio),
                cmocka_unit_test(the_coupled_ratio_is_bound_to_the_uncoupled_and_never_above_four),
                cmocka_unit_test(scaling_the_load_leaves_every_ratio),
                cmocka_unit_test(rolling_means_forget_what_is_older_than_four_weeks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
