#include "within.h"

#include "daemon/measure/treatment.h"
#include "daemon/measure/parameters.h"

static TreatmentEffect measure(const TreatmentRun *runs, size_t n, int32_t day)
{
        TreatmentEffect effect;

        assert_int_equal(treatment_effect(runs, n, day, &measure_defaults.treatment, &effect), 0);
        return effect;
}

static void the_seven_days_before_and_after_are_compared(void **state)
{
        static const TreatmentRun runs[] = {
                {92, 999}, {93, 10}, {96, 12}, {99, 11},          /* 92 is too early */
                {100, 999},                                        /* the day itself */
                {101, 20}, {104, 26}, {107, 22}, {108, 999},       /* 108 is too late */
        };
        TreatmentEffect effect = measure(runs, ARRAY_SIZE(runs), 100);

        (void)state;
        assert_null(effect.reason);
        assert_null(effect.words);
        assert_within(effect.before, 11, 0);
        assert_within(effect.after, 22, 0);
        assert_within(effect.change, 11, 0);
        assert_int_equal(effect.n_before, 3);
        assert_int_equal(effect.n_after, 3);
}

static void with_two_runs_on_a_side_nothing_is_told(void **state)
{
        TreatmentRun runs[] = {{95, 10}, {96, 10}, {97, 10}, {101, 20}, {102, 20}, {103, (double)NAN}};
        TreatmentEffect effect = measure(runs, ARRAY_SIZE(runs), 100);

        (void)state;
        assert_true(isnan(effect.before) && isnan(effect.after) && isnan(effect.change));
        assert_string_equal(effect.reason, "too_few_runs");
        assert_string_equal(effect.words, "too few runs to tell");
        assert_int_equal(effect.n_after, 2);
        runs[5].value = -(double)INFINITY;
        assert_string_equal(measure(runs, ARRAY_SIZE(runs), 100).reason, "too_few_runs");
        runs[5].value = 20;
        assert_within(measure(runs, ARRAY_SIZE(runs), 100).change, 10, 0);
        assert_string_equal(measure(NULL, 0, 100).reason, "too_few_runs");
        assert_string_equal(measure(runs, ARRAY_SIZE(runs), INT32_MAX).reason, "too_few_runs");
        assert_string_equal(measure(runs, ARRAY_SIZE(runs), INT32_MIN).reason, "too_few_runs");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_seven_days_before_and_after_are_compared),
                cmocka_unit_test(with_two_runs_on_a_side_nothing_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
