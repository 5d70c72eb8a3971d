#include "near.h"

#include "daemon/measure/association.h"
#include "daemon/measure/rank-correlation.h"
#include "daemon/measure/splitmix.h"
#include "daemon/measure/parameters.h"
#include "proto/fields.h"

static const double loads[] = {22, 25, 30, 28, 35, 24, 38, 40, 31, 36, 30, 29, 41, 22};
static const double pains[] = {1, 1, 2, 3, 2, 4, 2, 4, 5, 3, 2, 2, 1, 4};

static Association associated(const double *load, const double *pain, size_t n, size_t lag)
{
        Association result;

        assert_int_equal(association_of(load, pain, n, lag, &measure_defaults.association, &result), 0);
        return result;
}

/* The generator's published first numbers for this seed. */
static void the_generator_gives_its_published_numbers(void **state)
{
        static const uint64_t published[] = {6457827717110365317u, 3203168211198807973u,
                                             9817491932198370423u, 4593380528125082431u,
                                             16408922859458223821u};
        SplitMix generator = {1234567};

        (void)state;
        for (size_t i = 0; i < 5; i++)
                assert_true(splitmix_next(&generator) == published[i]);
}

static void a_shuffle_keeps_every_value(void **state)
{
        double values[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
        SplitMix generator = {42};
        unsigned seen = 0;

        (void)state;
        splitmix_shuffle(&generator, values, 0);
        splitmix_shuffle(&generator, values, 9);
        for (size_t i = 0; i < 9; i++)
                seen |= 1u << (unsigned)values[i];
        assert_int_equal(seen, 0x1ff);
}

static void the_number_of_pairs_decides_what_may_be_shown(void **state)
{
        (void)state;
        assert_int_equal(associated(loads, pains, 7, 0).show, ASSOCIATION_SHOW_NOTHING);
        assert_int_equal(associated(loads, pains, 8, 0).show, ASSOCIATION_SHOW_POINTS);
        assert_int_equal(associated(loads, pains, 11, 0).show, ASSOCIATION_SHOW_POINTS);
        assert_int_equal(associated(loads, pains, 12, 0).show, ASSOCIATION_SHOW_FIGURE);
        assert_int_equal(associated(loads, pains, 13, 2).show, ASSOCIATION_SHOW_POINTS);
}

static void eight_pairs_are_exact_and_nine_are_drawn(void **state)
{
        Association eight = associated(loads, pains, 8, 0), nine = associated(loads, pains, 9, 0);

        (void)state;
        assert_int_equal(eight.exact_total, 40320);
        assert_near(eight.p_exact, (double)eight.exact_hits / 40320);
        assert_near(eight.p, fmax(eight.p_exact, eight.p_circular));
        assert_true(nine.exact_hits == NULL_INTEGER);
        assert_no_number(nine.p_exact);
        assert_near(nine.p, fmax(nine.p_mc, nine.p_circular));
}

static void the_larger_p_is_the_one_to_print(void **state)
{
        Association rotated = associated(loads, pains, 10, 1),
                    drawn = associated(loads, pains, 9, 0);

        (void)state;
        assert_true(rotated.p_circular > rotated.p_mc);
        assert_near(rotated.p, rotated.p_circular);
        assert_true(drawn.p_mc > drawn.p_circular);
        assert_near(drawn.p, drawn.p_mc);
}

static void drawing_comes_close_to_the_exact_p(void **state)
{
        (void)state;
        for (size_t n = 5; n <= 8; n++) {
                Association result = associated(loads, pains, n, 0);
                double error = sqrt(result.p_exact * (1 - result.p_exact) / 10000);

                assert_true(fabs(result.p_mc - result.p_exact) <= 5 * error + 1e-4);
        }
}

static void every_permutation_is_tried_once(void **state)
{
        /* a perfect order without ties: only it and its reverse are as extreme */
        double rising[] = {1, 2, 3, 4, 5, 6, 7, 8};
        int64_t factorial = 2;

        (void)state;
        for (size_t n = 3; n <= 8; n++) {
                Association result = associated(rising, rising, n, 0);

                factorial *= (int64_t)n;
                assert_int_equal(result.exact_total, factorial);
                assert_int_equal(result.exact_hits, 2);
                assert_near(result.tau_b, 1);
                assert_near(result.spearman, 1);
        }
}

static void weeks_that_are_not_complete_make_no_pair(void **state)
{
        double load[14], pain[14];
        Association result;

        (void)state;
        for (size_t i = 0; i < 14; i++) {
                load[i] = i == 3 ? (double)NAN : loads[i];
                pain[i] = i == 9 ? (double)NAN : pains[i];
        }
        result = associated(load, pain, 14, 1);
        assert_int_equal(result.n, 11); /* 13 less load of week 3 and of week 8 */
        assert_null(result.reason);
}

static void a_step_over_a_missing_week_is_no_difference(void **state)
{
        /* within each half both rise; over the gap they would disagree */
        double load[] = {1, 2, 4, 7, NAN, 30, 31, 33, 36}, pain[] = {1, 2, 4, 7, 0, 1, 2, 4, 7};
        Association result = associated(load, pain, 9, 0);

        (void)state;
        assert_near(result.tau_b_differenced, 1);
}

static void a_steady_rise_has_no_differences_to_compare(void **state)
{
        double load[9], pain[9];
        Association result;

        (void)state;
        for (size_t i = 0; i < 9; i++) {
                load[i] = 0.1 * (double)i; /* steps of 0.1 that are not equal in binary */
                pain[i] = (double)(i * i) / 7;
        }
        result = associated(load, pain, 9, 0);
        assert_near(result.tau_b, 1);
        assert_no_number(result.tau_b_differenced);
}

static void what_cannot_be_computed_says_why(void **state)
{
        double flat[9] = {5, 5, 5, 5, 5, 5, 5, 5, 5}, wrong[9] = {1, 2, INFINITY, 4};
        const Association results[] = {
                associated(flat, pains, 9, 0),         associated(loads, flat, 9, 0),
                associated(wrong, pains, 9, 0),        associated(loads, pains, 9, 8),
                associated(loads, pains, 9, 9),        associated(loads, pains, 0, 0),
                associated(loads, pains, 9, SIZE_MAX),
        };
        static const char *const reasons[] = {"constant_series", "constant_series", "invalid_value",
                                              "too_few_weeks",   "too_few_weeks",   "too_few_weeks",
                                              "too_few_weeks"};

        (void)state;
        for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
                assert_string_equal(results[i].reason, reasons[i]);
                assert_no_number(results[i].tau_b);
                assert_no_number(results[i].spearman);
                assert_no_number(results[i].p);
                assert_int_equal(results[i].show, ASSOCIATION_SHOW_NOTHING);
        }
}

static void tau_and_rho_depend_on_order_alone(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 200; round++) {
                double x[20], y[20], bent[20], rho, of_bent, of_swapped;

                for (size_t i = 0; i < 20; i++) {
                        x[i] = (double)random_below(9);
                        y[i] = (double)random_below(9);
                        bent[i] = exp(x[i]) - 3;
                }
                assert_near(kendall_tau_b(bent, y, 20), kendall_tau_b(x, y, 20));
                assert_near(kendall_tau_b(y, x, 20), kendall_tau_b(x, y, 20));
                assert_int_equal(spearman_rho(x, y, 20, &rho), 0);
                assert_int_equal(spearman_rho(bent, y, 20, &of_bent), 0);
                assert_int_equal(spearman_rho(y, x, 20, &of_swapped), 0);
                assert_near(of_bent, rho);
                assert_near(of_swapped, rho);
                assert_true(fabs(rho) <= 1 + 1e-12);
        }
}

static void holm_never_lowers_a_p_nor_changes_their_order(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 500; round++) {
                double p[6], adjusted[6];

                for (size_t i = 0; i < 6; i++)
                        p[i] = (double)random_below(40) / 200;
                holm_adjust(p, 6, adjusted);
                for (size_t i = 0; i < 6; i++) {
                        assert_true(adjusted[i] >= p[i] && adjusted[i] <= 1);
                        for (size_t j = 0; j < 6; j++)
                                assert_true(p[i] > p[j] || adjusted[i] <= adjusted[j]);
                }
        }
}

static void what_is_no_p_is_no_test(void **state)
{
        double p[] = {0.01, NAN, 0.04, -1, 0.03, 2}, adjusted[6];

        (void)state;
        holm_adjust(p, 6, adjusted);
        assert_near(adjusted[0], 0.03);
        assert_near(adjusted[2], 0.06);
        assert_near(adjusted[4], 0.06);
        assert_no_number(adjusted[1]);
        assert_no_number(adjusted[3]);
        assert_no_number(adjusted[5]);
        holm_adjust((double[]){0.9, 0.8}, 2, adjusted);
        assert_near(adjusted[0], 1);
        assert_near(adjusted[1], 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_generator_gives_its_published_numbers),
                cmocka_unit_test(a_shuffle_keeps_every_value),
                cmocka_unit_test(the_number_of_pairs_decides_what_may_be_shown),
                cmocka_unit_test(eight_pairs_are_exact_and_nine_are_drawn),
                cmocka_unit_test(the_larger_p_is_the_one_to_print),
                cmocka_unit_test(drawing_comes_close_to_the_exact_p),
                cmocka_unit_test(every_permutation_is_tried_once),
                cmocka_unit_test(weeks_that_are_not_complete_make_no_pair),
                cmocka_unit_test(a_step_over_a_missing_week_is_no_difference),
                cmocka_unit_test(a_steady_rise_has_no_differences_to_compare),
                cmocka_unit_test(what_cannot_be_computed_says_why),
                cmocka_unit_test(tau_and_rho_depend_on_order_alone),
                cmocka_unit_test(holm_never_lowers_a_p_nor_changes_their_order),
                cmocka_unit_test(what_is_no_p_is_no_test),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
