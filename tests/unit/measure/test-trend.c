#include "near.h"

#include "daemon/measure/trend.h"
#include "daemon/measure/parameters.h"
#include "proto/fields.h"

static Trend trend_by(const TrendPoint *points, size_t n)
{
        Trend trend;

        assert_int_equal(trend_of(points, n, &measure_defaults.trend, &trend), 0);
        return trend;
}

static Trend trend_weekly(const double *values, size_t n)
{
        TrendPoint points[64];

        for (size_t i = 0; i < n; i++)
                points[i] = (TrendPoint){(double)i, values[i]};
        return trend_by(points, n);
}

/* Two-sided p is twice these, as printed in Kendall's table of S for n without ties. */
static void exact_p_agrees_with_the_printed_table(void **state)
{
        const struct {
                size_t n;
                int64_t s;
                double one_sided;
        } table[] = {
                {4, 2, 0.375},   {4, 4, 0.167}, {4, 6, 0.042},   {5, 2, 0.408},  {5, 4, 0.242},
                {5, 6, 0.117},   {5, 8, 0.042}, {5, 10, 0.0083}, {6, 1, 0.500},  {6, 3, 0.360},
                {6, 5, 0.235},   {6, 7, 0.136}, {6, 9, 0.068},   {6, 11, 0.028}, {6, 13, 0.0083},
                {6, 15, 0.0014}, {8, 8, 0.199}, {8, 16, 0.031},  {9, 12, 0.130}, {9, 20, 0.022},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
                double values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
                int64_t count, total;

                mann_kendall_exact(values, table[i].n, table[i].s, &count, &total);
                assert_true(fabs((double)count / (double)total / 2 - table[i].one_sided) <=
                            (table[i].one_sided < 0.01 ? 0.00005 : 0.0005));
        }
}

static int compare(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;

        return (a > b) - (a < b);
}

static void swap(double *a, double *b)
{
        double value = *a;

        *a = *b;
        *b = value;
}

/* The next distinct ordering in the dictionary's order; 0 after the last. */
static int next_ordering(double *values, size_t n)
{
        size_t i = n - 1, j = n - 1;

        while (i > 0 && values[i - 1] >= values[i])
                i--;
        if (i == 0)
                return 0;
        while (values[j] <= values[i - 1])
                j--;
        swap(&values[i - 1], &values[j]);
        for (j = n - 1; i < j; i++, j--)
                swap(&values[i], &values[j]);
        return 1;
}

static void counted_orderings_are_those_one_finds_by_listing_them(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 60; round++) {
                double values[8];
                size_t n = 2 + random_below(7);
                int64_t s, count, total, listed = 0, extreme = 0;

                for (size_t i = 0; i < n; i++)
                        values[i] = (double)random_below(1 + random_below(9));
                s = mann_kendall(values, n).s;
                mann_kendall_exact(values, n, s, &count, &total);
                qsort(values, n, sizeof(*values), compare);
                do {
                        listed++;
                        extreme += llabs(mann_kendall(values, n).s) >= llabs(s);
                } while (next_ordering(values, n));
                assert_int_equal(total, listed);
                assert_int_equal(count, extreme);
        }
}

static void ten_weeks_are_exact_and_eleven_are_not(void **state)
{
        double values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        Trend ten = trend_weekly(values, 10), eleven = trend_weekly(values, 11);

        (void)state;
        assert_int_equal(ten.exact_total, 3628800);
        assert_int_equal(ten.exact_count, 2);
        assert_near(ten.p, 2 / 3628800.0);
        assert_near(ten.min_p, ten.p);
        assert_true(eleven.exact_count == NULL_INTEGER);
        assert_no_number(eleven.p_exact);
        assert_no_number(eleven.min_p);
        assert_near(eleven.p, eleven.p_normal);
}

static void four_weeks_have_no_word_and_five_may(void **state)
{
        double values[] = {5, 4, 3, 2, 1};

        (void)state;
        assert_null(trend_weekly(values, 4).word);
        assert_string_equal(trend_weekly(values, 4).word_reason, "too_few_weeks");
        assert_null(trend_weekly(values, 4).reason);
        assert_string_equal(trend_weekly(values, 5).word, "falling");
}

static void a_word_needs_two_points_of_change(void **state)
{
        double clear[] = {1, 1.5, 2, 2.5, 3}, small[] = {1, 1.49, 1.98, 2.47, 2.96};
        double unclear[] = {1, 9, 2, 8, 5};

        (void)state;
        assert_string_equal(trend_weekly(clear, 5).word, "rising");
        assert_string_equal(trend_weekly(small, 5).word, "no_change");
        assert_string_equal(trend_weekly(unclear, 5).word, "no_change");
}

static void a_rise_of_two_points_in_any_number_of_weeks_is_two_points(void **state)
{
        (void)state;
        for (size_t n = 5; n <= 20; n++) {
                for (int tenths = 0; tenths <= 80; tenths++) {
                        double values[20];

                        for (size_t i = 0; i < n; i++)
                                values[i] = tenths / 10.0 + 2 * (double)i / (double)(n - 1);
                        assert_string_equal(trend_weekly(values, n).word, "rising");
                }
        }
}

static void weeks_that_are_not_complete_leave_a_gap_and_count_for_nothing(void **state)
{
        TrendPoint with_gap[] = {{0, 1}, {1, 2}, {2, 2},   {3, NAN},
                                 {4, 3}, {5, 5}, {6, NAN}, {7, 4}};
        Trend trend = trend_by(with_gap, 8);

        (void)state;
        assert_int_equal(trend.n, 6);
        assert_near(trend.slope, 0.5);
        assert_near(trend.span, 7);
        assert_near(trend.p, 10.0 / 360);
}

static void the_order_of_points_changes_nothing(void **state)
{
        TrendPoint points[] = {{7, 4}, {2, 2}, {0, 1}, {5, 5}, {1, 2}, {4, 3}};
        Trend trend = trend_by(points, 6);

        (void)state;
        assert_int_equal(trend.s, 12);
        assert_near(trend.slope, 0.5);
        assert_near(trend.intercept, 1);
}

static void what_cannot_be_computed_says_why(void **state)
{
        TrendPoint one[] = {{3, 2}, {4, NAN}}, same[] = {{3, 2}, {3, 4}};
        TrendPoint wrong[][2] = {{{0, 1}, {1, INFINITY}}, {{0, -INFINITY}, {1, 1}},
                                 {{NAN, 1}, {1, 1}},      {{INFINITY, 1}, {1, 1}},
                                 {{0, 1}, {1, 1e10}},     {{0, 1}, {1e-12, 2}}};

        (void)state;
        assert_string_equal(trend_by(one, 2).reason, "no_pairs");
        assert_string_equal(trend_by(one, 0).reason, "no_pairs");
        assert_string_equal(trend_by(same, 2).reason, "no_pairs");
        assert_no_number(trend_by(same, 2).slope);
        for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
                Trend trend = trend_by(wrong[i], 2);

                assert_string_equal(trend.reason, "invalid_value");
                assert_string_equal(trend.word_reason, "invalid_value");
                assert_no_number(trend.slope);
                assert_no_number(trend.p);
                assert_true(trend.s == NULL_INTEGER);
        }
}

static void two_weeks_have_a_slope_and_no_evidence(void **state)
{
        double values[] = {5, 3};
        Trend trend = trend_weekly(values, 2);

        (void)state;
        assert_near(trend.slope, -2);
        assert_near(trend.p, 1);
        assert_near(trend.z, 0);
        assert_near(trend.slope_low, -2);
        assert_near(trend.slope_high, -2);
}

static void turning_time_round_turns_the_sign(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 200; round++) {
                double values[30], turned[30];
                size_t n = 2 + random_below(29);
                Trend trend, other;

                for (size_t i = 0; i < n; i++)
                        values[i] = (double)random_below(11);
                for (size_t i = 0; i < n; i++)
                        turned[i] = values[n - 1 - i];
                trend = trend_weekly(values, n);
                other = trend_weekly(turned, n);
                assert_int_equal(other.s, -trend.s);
                assert_near(other.slope, -trend.slope);
                assert_near(other.slope_low, -trend.slope_high);
                assert_near(other.p, trend.p);
                assert_true(trend.slope_low <= trend.slope && trend.slope <= trend.slope_high);
                assert_true(trend.p > 0 && trend.p <= 1);
        }
}

static void the_smallest_p_is_two_orderings_of_all(void **state)
{
        (void)state;
        assert_no_number(trend_min_p(0));
        assert_no_number(trend_min_p(1));
        assert_near(trend_min_p(2), 1);
        assert_near(trend_min_p(5), 2 / 120.0);
        assert_true(trend_min_p(100000) >= 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(exact_p_agrees_with_the_printed_table),
                cmocka_unit_test(counted_orderings_are_those_one_finds_by_listing_them),
                cmocka_unit_test(ten_weeks_are_exact_and_eleven_are_not),
                cmocka_unit_test(four_weeks_have_no_word_and_five_may),
                cmocka_unit_test(a_word_needs_two_points_of_change),
                cmocka_unit_test(a_rise_of_two_points_in_any_number_of_weeks_is_two_points),
                cmocka_unit_test(weeks_that_are_not_complete_leave_a_gap_and_count_for_nothing),
                cmocka_unit_test(the_order_of_points_changes_nothing),
                cmocka_unit_test(what_cannot_be_computed_says_why),
                cmocka_unit_test(two_weeks_have_a_slope_and_no_evidence),
                cmocka_unit_test(turning_time_round_turns_the_sign),
                cmocka_unit_test(the_smallest_p_is_two_orderings_of_all),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
