/* Options of measures: each is one number of MeasureParameters, at the default of measure_defaults, and
 * what is chosen otherwise reaches the arithmetic and is named. */
#include "daemon/measure/options.h"
#include "daemon/measure/pain-course.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/fields.h"

static void every_default_lies_in_its_range_and_reads_back_as_it_is_printed(void **state)
{
        size_t n;
        const MeasureOption *options = measure_options(&n);

        (void)state;
        assert_true(n > 60);
        for (size_t i = 0; i < n; i++) {
                MeasureParameters parameters = measure_defaults;
                double value = measure_option_get(&options[i], &measure_defaults);
                char text[32];

                measure_option_format(value, text, sizeof(text));
                assert_int_equal(measure_option_set(&options[i], &parameters, text), 0);
                assert_memory_equal(&parameters, &measure_defaults, sizeof(parameters));
                assert_ptr_equal(measure_option_find(options[i].key), &options[i]);
        }
}

/* Its largest value, or its smallest where that is the default. */
static double other_than_default(const MeasureOption *option)
{
        return measure_option_get(option, &measure_defaults) == option->max ? option->min : option->max;
}

static void each_option_changes_one_number_and_is_named(void **state)
{
        size_t n;
        const MeasureOption *options = measure_options(&n);

        (void)state;
        for (size_t i = 0; i < n; i++) {
                MeasureParameters parameters = measure_defaults;
                char number[32], expected[96], codes[128];

                measure_option_format(other_than_default(&options[i]), number, sizeof(number));
                assert_int_equal(measure_option_set(&options[i], &parameters, number), 0);
                (void)snprintf(expected, sizeof(expected), ",%s=%s", options[i].key, number);
                measure_options_changed(&parameters, codes, sizeof(codes));
                assert_string_equal(codes, expected);
        }
}

static void what_does_not_fit_is_told_as_more(void **state)
{
        MeasureParameters parameters = measure_defaults;
        size_t n;
        const MeasureOption *options = measure_options(&n);
        char codes[128];

        (void)state;
        for (size_t i = 0; i < n; i++) {
                char number[32];

                measure_option_format(other_than_default(&options[i]), number, sizeof(number));
                assert_int_equal(measure_option_set(&options[i], &parameters, number), 0);
        }
        measure_options_changed(&parameters, codes, sizeof(codes));
        assert_string_equal(codes + strlen(codes) - strlen(",more"), ",more");
        measure_options_changed(&measure_defaults, codes, sizeof(codes));
        assert_true(!codes_contain(codes, "more"));
        assert_string_equal(codes, ",");
}

static void half_a_day_and_no_number_are_refused(void **state)
{
        MeasureParameters parameters = measure_defaults;
        const MeasureOption *days = measure_option_find("sitting_days");

        (void)state;
        assert_non_null(days);
        assert_int_equal(measure_option_set(days, &parameters, "3.5"), -EINVAL);
        assert_int_equal(measure_option_set(days, &parameters, "three"), -EINVAL);
        assert_int_equal(measure_option_set(days, &parameters, "nan"), -EINVAL);
        assert_int_equal(measure_option_set(days, &parameters, "8"), -ERANGE);
        assert_memory_equal(&parameters, &measure_defaults, sizeof(parameters));
        assert_null(measure_option_find("sitting"));
}

static void the_defaults_go_together(void **state)
{
        MeasureParameters parameters = measure_defaults;
        const char *low, *high;

        (void)state;
        assert_false(measure_options_clash(&parameters, &low, &high));
        parameters.bridge.return_deg = parameters.bridge.lift_deg + 1;
        assert_true(measure_options_clash(&parameters, &low, &high));
        assert_string_equal(low, "bridge_return_deg");
        assert_string_equal(high, "bridge_lift_deg");
}

/* Sixteen days of pain: an alert by 15 of them, none by 22. */
static void a_longer_clock_gives_its_alert_later(void **state)
{
        MeasureParameters parameters = measure_defaults;
        int64_t pain[28];
        Week week = {0};

        (void)state;
        for (size_t i = 0; i < 28; i++)
                pain[i] = i < 12 ? 0 : 3;
        week_set_null(&week);
        pain_clock_week(pain, 28, 20000, &parameters.pain_clock, &week);
        assert_string_equal(week.pain_clock.verdict, "alert");
        parameters.pain_clock.need_days = 22;
        week_set_null(&week);
        pain_clock_week(pain, 28, 20000, &parameters.pain_clock, &week);
        assert_string_equal(week.pain_clock.verdict, "no");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_default_lies_in_its_range_and_reads_back_as_it_is_printed),
                cmocka_unit_test(each_option_changes_one_number_and_is_named),
                cmocka_unit_test(what_does_not_fit_is_told_as_more),
                cmocka_unit_test(half_a_day_and_no_number_are_refused),
                cmocka_unit_test(the_defaults_go_together),
                cmocka_unit_test(a_longer_clock_gives_its_alert_later),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
