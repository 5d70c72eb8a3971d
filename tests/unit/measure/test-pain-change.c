#include "near.h"

#include "daemon/measure/pain-change.h"
#include "daemon/measure/parameters.h"
#include "proto/fields.h"

static PainChange change_of(double baseline, double current)
{
        return pain_change(baseline, current, &measure_defaults.pain_change);
}

static void means_of_days_meet_a_criterion_they_meet_exactly(void **state)
{
        (void)state;
        for (int n = 4; n <= 7; n++) {
                for (int m = 4; m <= 7; m++) {
                        for (int baseline = 2 * n; baseline <= 10 * n; baseline++) {
                                for (int current = 0; current <= 10 * m; current++) {
                                        PainChange change = change_of((double)baseline / n,
                                                                      (double)current / m);
                                        int drop =
                                                baseline * m - current * n; /* in 1/(n m) points */

                                        assert_int_equal(change.meets_points, drop >= 2 * n * m);
                                        assert_int_equal(change.meets_percent,
                                                         10 * drop >= 3 * baseline * m);
                                }
                        }
                }
        }
}

static void a_rise_of_two_points_is_worse_and_less_is_unchanged(void **state)
{
        (void)state;
        assert_string_equal(change_of(4, 6).word, "worse");
        assert_string_equal(change_of(4, 5.99).word, "unchanged");
        assert_string_equal(change_of(0, 2).word, "worse");
        assert_string_equal(change_of(10, 10).word, "unchanged");
}

static void a_baseline_of_zero_has_no_percentage(void **state)
{
        PainChange change = change_of(0, 1);

        (void)state;
        assert_null(change.reason);
        assert_string_equal(change.percent_reason, "baseline_zero");
        assert_no_number(change.percent);
        assert_int_equal(change.meets_percent, 0);
}

static void without_two_pain_values_there_is_no_word(void **state)
{
        const struct {
                double baseline, current;
                const char *reason;
        } cases[] = {
                {NAN, 4, "no_baseline"},       {4, NAN, "no_current"},
                {-1, 4, "out_of_range"},       {11, 4, "out_of_range"},
                {4, INFINITY, "out_of_range"}, {4, -INFINITY, "out_of_range"},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                PainChange change = change_of(cases[i].baseline, cases[i].current);

                assert_string_equal(change.reason, cases[i].reason);
                assert_string_equal(change.percent_reason, cases[i].reason);
                assert_null(change.word);
                assert_no_number(change.drop);
                assert_true(change.meets_points == NULL_INTEGER &&
                            change.meets_percent == NULL_INTEGER);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(means_of_days_meet_a_criterion_they_meet_exactly),
                cmocka_unit_test(a_rise_of_two_points_is_worse_and_less_is_unchanged),
                cmocka_unit_test(a_baseline_of_zero_has_no_percentage),
                cmocka_unit_test(without_two_pain_values_there_is_no_word),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
