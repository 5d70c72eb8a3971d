/* Numbers that others published, each as a test of its own (metrics.md, "Oracle provenance"). */
#include "near.h"

#include "base/cleanup.h"
#include "daemon/measure/acwr.h"
#include "daemon/measure/ostrc.h"
#include "daemon/measure/stride-timing.h"
#include "daemon/measure/parameters.h"
#include "daemon/measure/trend.h"
#include "proto/fields.h"

#define N NULL_REAL

enum { SERIES = 360, KNOWN = 353 };

/* The series with which pyMannKendall (M. Hussain, MIT; tests/test_pymannkendall.py) checks itself
 * against R's modifiedmk, fume, rkt and trend; N: a month without a value. */
static const double series[SERIES] = {
        32, 20, 25, 189, 240, 193, 379, 278, 301, 0, 0, 82, 0, 4, N, N, 121, 234, 360, 262,
        120, 30, 11, 1, 7, 3, 31, 31, 355, 102, 248, 274, 308, N, 5, 26, 11, 16, 6, 48, 388,
        539, 431, 272, 404, 186, 0, 2, 0, 4, 1, 54, 272, 459, 235, 164, 365, 135, 2, N, N, 4,
        0, 128, 210, 163, 446, 225, 462, 467, 19, 13, 0, 3, 17, 132, 178, 338, 525, 623, 145,
        31, 19, 3, 0, 29, 25, 87, 259, 756, 486, 180, 292, 43, 92, 1, 0, 16, 2, 0, 130, 253,
        594, 111, 273, 30, 0, 4, 0, 27, 24, 41, 292, 378, 499, 265, 320, 227, 4, 0, 4, 14, 8,
        48, 416, 240, 404, 207, 733, 105, 0, 112, 0, 14, 0, 30, 140, 202, 289, 159, 424, 106,
        3, 0, 65, 3, 14, 58, 268, 466, 432, 266, 240, 95, 1, 0, 10, 26, 4, 114, 94, 289, 173,
        208, 263, 156, 5, 0, 16, 16, 14, 0, 111, 475, 534, 432, 471, 117, 70, 1, 3, 28, 7, 401,
        184, 283, 338, 171, 335, 176, 0, 0, 10, 11, 9, 140, 102, 208, 298, 245, 220, 29, 2, 27,
        10, 13, 26, 84, 143, 367, 749, 563, 283, 353, 10, 0, 0, 0, 0, 9, 246, 265, 343, 429,
        168, 133, 17, 0, 18, 35, 76, 158, 272, 250, 190, 289, 466, 84, 0, 0, 0, 0, 0, 22, 217,
        299, 185, 115, 344, 203, 8, N, N, 0, 5, 284, 123, 254, 476, 496, 326, 27, 20, 0, 4, 53,
        72, 113, 214, 364, 219, 220, 156, 264, 0, 13, 0, 0, 45, 90, 137, 638, 529, 261, 206,
        251, 0, 0, 5, 9, 58, 72, 138, 130, 471, 328, 356, 523, 0, 1, 0, 0, 12, 143, 193, 184,
        192, 138, 174, 69, 1, 0, 0, 18, 25, 28, 92, 732, 320, 256, 302, 131, 15, 0, 27, 0, 22,
        20, 213, 393, 474, 374, 109, 159, 0, 0, 0, 3, 3, 49, 205, 128, 194, 570, 169, 89, 0, 0,
        0, 0, 0, 26, 185, 286, 92, 225, 244, 190, 3, 20,
};

static Trend trend_of_series(const TrendPoint *points, size_t n)
{
        Trend trend;

        assert_int_equal(trend_of(points, n, &measure_defaults.trend, &trend), 0);
        assert_int_equal(trend.n, KNOWN);
        return trend;
}

static void mann_kendall_and_sen_agree_with_the_published_example(void **state)
{
        TrendPoint points[SERIES];
        Trend trend;

        (void)state;
        for (size_t i = 0; i < SERIES; i++)
                points[i] = (TrendPoint){(double)i, series[i]};
        trend = trend_of_series(points, SERIES);
        assert_int_equal(trend.s, -1959);
        assert_near(trend.var_s, 4889800.333333333);
        assert_near(trend.z, -0.8854562842589916);
        assert_near(trend.p, 0.37591058740506833);
        assert_near(trend.slope, -0.006369426751592357);
        assert_near((double)trend.s / (KNOWN * (KNOWN - 1) / 2.0), -0.03153167653875869); /* Tau */
        assert_string_equal(trend.word, "no_change");
}

/* Another version of theirs closes the gaps first; metrics.md keeps them. */
static void without_its_gaps_the_example_has_the_other_published_slope(void **state)
{
        TrendPoint points[KNOWN];
        size_t n = 0;

        (void)state;
        for (size_t i = 0; i < SERIES; i++) {
                if (!isnan(series[i])) {
                        points[n] = (TrendPoint){(double)n, series[i]};
                        n++;
                }
        }
        assert_near(trend_of_series(points, n).slope, -0.0064516129032258064);
}

/* The examples of the Oslo group's R package: lenakba/ostRc, tests/testthat/
 * test-calc_severity_score.R; there in points, here as the answers behind them. */
static void ostrc_severities_are_92_41_42_and_0(void **state)
{
        static const struct {
                int64_t answers[4], severity;
        } rows[] = {{{2, 3, 3, 3}, 92}, {{1, 2, 1, 1}, 41}, {{1, 2, 2, 0}, 42}, {{0, 0, 0, 0}, 0}};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                assert_int_equal(ostrc(rows[i].answers).severity, rows[i].severity);
}

/* Williams 2017, BJSM 51:209, athlete 1: 1.25 weighted, 1.43 rolling. The daily loads were not
 * printed; three weeks of 30 and one of 50 give both. */
static void a_step_from_30_to_50_is_1_43_rolling_and_1_25_weighted(void **state)
{
        double days[28];
        Acwr ratio;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(days); i++)
                days[i] = i < 21 ? 30 : 50;
        ratio = acwr(days, ARRAY_SIZE(days));
        assert_near(round(ratio.coupled * 100) / 100, 1.43);
        assert_near(round(ratio.ewma * 100) / 100, 1.25);
}

static void assert_timing(double rate_hz, double contact_s, double flight_ms, double duty_pct)
{
        StrideTiming timing;

        stride_timing(1 / rate_hz, contact_s, NULL_REAL, &timing);
        assert_true(fabs(1000 * timing.flight_time_s - flight_ms) <= 2);
        assert_true(fabs(100 * timing.duty_factor - duty_pct) <= 0.05 + 1e-9);
}

/* J Exp Biol, a table of means: rate and contact time give flight time and duty factor, as far as
 * means of quotients are quotients of means. */
static void young_runners_fly_112_ms_at_a_duty_factor_of_35_5(void **state)
{
        (void)state;
        assert_timing(1.31, 0.271, 112, 35.5);
}

static void older_runners_fly_80_ms_at_a_duty_factor_of_38_9(void **state)
{
        (void)state;
        assert_timing(1.41, 0.276, 80, 38.9);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(mann_kendall_and_sen_agree_with_the_published_example),
                cmocka_unit_test(without_its_gaps_the_example_has_the_other_published_slope),
                cmocka_unit_test(ostrc_severities_are_92_41_42_and_0),
                cmocka_unit_test(a_step_from_30_to_50_is_1_43_rolling_and_1_25_weighted),
                cmocka_unit_test(young_runners_fly_112_ms_at_a_duty_factor_of_35_5),
                cmocka_unit_test(older_runners_fly_80_ms_at_a_duty_factor_of_38_9),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
