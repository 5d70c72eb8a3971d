#include "within.h"

#include "daemon/measure/peaks.h"

static Peaks measure(const double *values, size_t n, double range_g)
{
        Peaks peaks;

        assert_int_equal(peaks_of(values, n, range_g, &peaks_defaults, &peaks), 0);
        return peaks;
}

static void the_peak_of_a_stance_is_in_its_first_half(void **state)
{
        static const double impact[] = {1, 4, 3, 2, 9}, holes[] = {(double)NAN, -2, (double)INFINITY, 5};

        (void)state;
        assert_within(peak_of_stance(impact, 5), 4, 0);
        assert_within(peak_of_stance(holes, 4), -2, 0);
        assert_within(peak_of_stance(impact, 1), 1, 0);
        assert_true(isnan(peak_of_stance(holes, 1)));
        assert_true(isnan(peak_of_stance(NULL, 0)));
}

static void ranks_are_interpolated(void **state)
{
        double values[101];

        (void)state;
        for (size_t i = 0; i <= 100; i++)
                values[i] = (double)((i * 37) % 101); /* 0..100 in some order */
        assert_within(measure(values, 101, 200).median_g, 50, 0);
        assert_within(measure(values, 101, 200).p95_g, 95, 1e-9);
        values[0] = 4;
        values[1] = 8;
        assert_within(measure(values, 2, 200).p95_g, 7.8, 1e-12);
        assert_within(measure(values, 1, 200).p95_g, 4, 0);
}

static void clipped_is_from_99_hundredths_of_the_range(void **state)
{
        static const double values[] = {15.84, 15.83, 16, 3};
        Peaks peaks = measure(values, 4, 16);

        (void)state;
        assert_within(peaks.share_clipped, 0.5, 0);
        peaks = measure(values, 4, NULL_REAL);
        assert_null_real(&peaks, share_clipped, "no_range");
        assert_int_equal(peaks.n, 4);
}

static void what_is_no_peak_does_not_count(void **state)
{
        static const double values[] = {(double)NAN, (double)INFINITY, -1, 3};
        Peaks peaks = measure(values, 4, 16);

        (void)state;
        assert_int_equal(peaks.n, 1);
        assert_within(peaks.median_g, 3, 0);
        peaks = measure(values, 3, 16);
        assert_null_real(&peaks, median_g, "no_peaks");
        assert_null_real(&peaks, p95_g, "no_peaks");
        assert_null_real(&peaks, share_clipped, "no_peaks");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_peak_of_a_stance_is_in_its_first_half),
                cmocka_unit_test(ranks_are_interpolated),
                cmocka_unit_test(clipped_is_from_99_hundredths_of_the_range),
                cmocka_unit_test(what_is_no_peak_does_not_count),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
