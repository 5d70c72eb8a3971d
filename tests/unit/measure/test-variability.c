#include "within.h"

#include "daemon/measure/variability.h"
#include "daemon/measure/parameters.h"

static void fill(double *values, size_t n)
{
        for (size_t i = 0; i < n; i++)
                values[i] = 0.7 + 0.005 * ((double)(i % 3) - 1);
}

static Variability measure(const double *values, size_t n)
{
        Variability variability;

        assert_int_equal(variability_of(values, n, &measure_defaults.variability, &variability), 0);
        return variability;
}

static void thirty_strides_have_a_variability_and_29_have_none(void **state)
{
        double values[30];
        Variability variability;

        (void)state;
        fill(values, 30);
        assert_within(measure(values, 30).mean, 0.7, 1e-12);
        assert_within(measure(values, 30).sd, 0.005 * sqrt(20.0 / 29.0), 1e-12);
        variability = measure(values, 29);
        assert_null_real(&variability, cv_pct, "too_few_strides");
        assert_null_real(&variability, mean, "too_few_strides");
        assert_null_real(&variability, sd, "too_few_strides");
}

static void another_unit_leaves_the_cv(void **state)
{
        double seconds[40], ticks[40];

        (void)state;
        fill(seconds, 40);
        for (size_t i = 0; i < 40; i++)
                ticks[i] = 1024 * seconds[i];
        assert_within(measure(ticks, 40).cv_pct, measure(seconds, 40).cv_pct, 1e-9);
}

static void pauses_and_what_is_no_stride_leave_no_trace(void **state)
{
        double clean[36], dirty[42];

        (void)state;
        fill(clean, 36);
        fill(dirty, 36);
        dirty[36] = 3.5;
        dirty[37] = NULL_REAL;
        dirty[38] = (double)INFINITY;
        dirty[39] = -0.7;
        dirty[40] = 0;
        dirty[41] = 0.2;
        assert_within(measure(dirty, 42).cv_pct, measure(clean, 36).cv_pct, 1e-12);
        assert_int_equal(measure(dirty, 42).n_kept, 36);
}

static void strides_all_alike_do_not_vary(void **state)
{
        double values[35];

        (void)state;
        for (size_t i = 0; i < 35; i++)
                values[i] = 0.7;
        assert_within(measure(values, 35).sd, 0, 1e-12);
        values[34] = 0.8; /* MAD is 0: whatever differs goes */
        assert_int_equal(measure(values, 35).n_kept, 34);
}

static void nothing_is_too_few(void **state)
{
        Variability variability = measure(NULL, 0);

        (void)state;
        assert_null_real(&variability, cv_pct, "too_few_strides");
        assert_int_equal(variability.n_kept, 0);
}

static void the_filter_is_three_scaled_mads_wide(void **state)
{
        double values[33];

        (void)state;
        fill(values, 33); /* median 0.7, MAD 0.005: to 0.72224 */
        values[0] = 0.722;
        values[3] = 0.6778;
        assert_int_equal(measure(values, 33).n_kept, 33);
        values[0] = 0.7225;
        values[3] = 0.6775;
        assert_int_equal(measure(values, 33).n_kept, 31);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(thirty_strides_have_a_variability_and_29_have_none),
                cmocka_unit_test(another_unit_leaves_the_cv),
                cmocka_unit_test(pauses_and_what_is_no_stride_leave_no_trace),
                cmocka_unit_test(strides_all_alike_do_not_vary),
                cmocka_unit_test(nothing_is_too_few),
                cmocka_unit_test(the_filter_is_three_scaled_mads_wide),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
