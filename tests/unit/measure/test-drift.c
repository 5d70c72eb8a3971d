#include "within.h"

#include "daemon/measure/drift.h"
#include "daemon/measure/parameters.h"

#include <stdlib.h>

static DriftStride *session(size_t n, double duration_s)
{
        DriftStride *strides = calloc(n + 1, sizeof(*strides));

        assert_non_null(strides);
        for (size_t i = 0; i < n; i++)
                strides[i] = (DriftStride){.time_s = n > 1 ? duration_s * (double)i / (double)(n - 1) : 0,
                                           .value = 250 + (double)(i % 3),
                                           .speed_mps = 3};
        return strides;
}

static Drift measure(const DriftStride *strides, size_t n)
{
        Drift drift;

        assert_int_equal(drift_of_session(strides, n, &measure_defaults.drift, &drift), 0);
        return drift;
}

static double cliff_by_pairs(const double *first, const double *last, size_t n)
{
        double sum = 0;

        for (size_t i = 0; i < n; i++) {
                for (size_t k = 0; k < n; k++)
                        sum += (last[i] > first[k]) - (last[i] < first[k]);
        }
        return sum / (double)(n * n);
}

static void the_effect_is_what_counting_all_pairs_gives(void **state)
{
        unsigned seed = 4711;
        double values[60];
        Drift drift;

        (void)state;
        print_message("seed %u\n", seed);
        srand(seed);
        for (int round = 0; round < 200; round++) {
                for (size_t i = 0; i < 60; i++)
                        values[i] = 1 + rand() % 12; /* few values: many ties */
                assert_int_equal(drift_of(values, 60, 0.2, &drift), 0);
                assert_int_equal(drift.n_window, 12);
                assert_within(drift.cliffs_delta, cliff_by_pairs(values, values + 48, 12), 1e-12);
        }
}

static void turning_time_round_turns_the_drift_round(void **state)
{
        double values[35], back[35];
        Drift drift, other;

        (void)state;
        for (size_t i = 0; i < 35; i++)
                values[i] = back[34 - i] = 100 + (double)i;
        assert_int_equal(drift_of(values, 35, 0.2, &drift), 0);
        assert_int_equal(drift_of(back, 35, 0.2, &other), 0);
        assert_int_equal(drift.n_window, 7);
        assert_within(drift.drift, -other.drift, 1e-12);
        assert_within(drift.cliffs_delta, 1, 0);
        assert_within(other.cliffs_delta, -1, 0);
}

static void four_strides_have_no_fifth(void **state)
{
        static const double values[] = {1, 2, 3, 4, 5}, holes[] = {1, (double)NAN, 3, (double)INFINITY, 5};
        static const double signed_values[] = {-4, 0, 0, 0, 2};
        Drift drift;

        (void)state;
        assert_int_equal(drift_of(values, 4, 0.2, &drift), 0);
        assert_null_real(&drift, drift, "too_few_strides");
        assert_null_real(&drift, cliffs_delta, "too_few_strides");
        assert_int_equal(drift_of(values, 5, 0.2, &drift), 0);
        assert_within(drift.drift, 4, 0);
        assert_int_equal(drift_of(holes, 5, 0.2, &drift), 0);
        assert_null_real(&drift, first_median, "too_few_strides");
        assert_int_equal(drift_of(values, 5, NULL_REAL, &drift), 0);
        assert_null_real(&drift, last_median, "too_few_strides");
        assert_int_equal(drift_of(signed_values, 5, 0.2, &drift), 0);
        assert_within(drift.drift, 6, 0);
        assert_null_real(&drift, drift_pct, "not_positive");
        assert_int_equal(drift_of(signed_values + 1, 4, 0.25, &drift), 0);
        assert_null_real(&drift, drift_pct, "not_positive");
        assert_int_equal(drift_of(values, 5, 0, &drift), 0);
        assert_null_real(&drift, drift, "too_few_strides");
        assert_int_equal(drift_of(values, 5, (double)INFINITY, &drift), 0);
        assert_null_real(&drift, drift, "too_few_strides");
        assert_int_equal(drift_of(values, 5, 0.2, &drift), 0);
        assert_within(drift.drift_pct, 400, 1e-12);
}

static void a_short_run_and_a_thin_run_have_none(void **state)
{
        DriftStride *strides = session(2000, 20 * 60);
        Drift drift = measure(strides, 2000);

        (void)state;
        assert_within(drift.drift, 0, 1e-12);
        assert_false(drift.speed_adjusted);
        free(strides);
        strides = session(2000, 20 * 60 - 1);
        drift = measure(strides, 2000);
        assert_null_real(&drift, drift, "too_short");
        free(strides);
        strides = session(540, 20 * 60); /* 2 of 20 minutes are warm-up: 486 remain */
        drift = measure(strides, 540);
        assert_null_real(&drift, drift, "too_few_strides");
        free(strides);
        drift = measure(NULL, 0);
        assert_null_real(&drift, drift_pct, "too_short");
}

static void the_warm_up_is_not_compared(void **state)
{
        DriftStride *strides = session(3000, 30 * 60);
        Drift drift;

        (void)state;
        for (size_t i = 0; i < 3000; i++)
                strides[i].value = strides[i].time_s < 120 ? 400 : 250;
        drift = measure(strides, 3000);
        assert_within(drift.first_median, 250, 0);
        assert_within(drift.cliffs_delta, 0, 0);
        free(strides);
}

static void what_only_follows_speed_is_no_drift(void **state)
{
        DriftStride *strides = session(3000, 30 * 60);
        Drift drift;

        (void)state;
        for (size_t i = 0; i < 3000; i++) {
                strides[i].speed_mps = 3.4 - 0.8 * (double)i / 3000 + 0.05 * (double)(i % 2);
                strides[i].value = 400 - 50 * strides[i].speed_mps;
        }
        drift = measure(strides, 3000);
        assert_true(drift.speed_adjusted);
        assert_within(drift.drift, 0, 1e-9);
        for (size_t i = 0; i < 3000; i++)
                strides[i].speed_mps = i < 1500 ? 3.0 : 3.149; /* below 5 %: as it is */
        assert_false(measure(strides, 3000).speed_adjusted);
        for (size_t i = 0; i < 3000; i++)
                strides[i].speed_mps = NULL_REAL;
        drift = measure(strides, 3000);
        assert_null_real(&drift, drift, "no_speed");
        free(strides);
}

static void bounds_of_a_session_belong_to_it(void **state)
{
        DriftParameters parameters = measure_defaults.drift;
        DriftStride *strides = session(600, 1198);
        Drift drift;

        (void)state;
        /* a stride every 2 s, from any moment; those from 120 s on are 540 */
        for (size_t i = 0; i < 600; i++)
                strides[i].time_s += 5e5;
        parameters.duration_min_s = 1198;
        parameters.strides_min = 540;
        assert_int_equal(drift_of_session(strides, 600, &parameters, &drift), 0);
        assert_int_equal(drift.n_window, 108);
        parameters.strides_min = 541;
        assert_int_equal(drift_of_session(strides, 600, &parameters, &drift), 0);
        assert_null_real(&drift, drift, "too_few_strides");
        parameters.duration_min_s = 1198.5;
        assert_int_equal(drift_of_session(strides, 600, &parameters, &drift), 0);
        assert_null_real(&drift, drift, "too_short");
        free(strides);
}

static void a_twentieth_of_speed_is_already_another_speed(void **state)
{
        DriftStride *strides = session(3000, 30 * 60);
        Drift drift;

        (void)state;
        for (size_t i = 0; i < 3000; i++) {
                strides[i].speed_mps = i < 1500 ? 2.5 : 2.625; /* 5 % exactly, in binary too */
                strides[i].value = 300 + 40 * strides[i].speed_mps;
        }
        drift = measure(strides, 3000);
        assert_true(drift.speed_adjusted);
        assert_within(drift.drift, 0, 1e-9);
        assert_within(drift.first_median, 300 + 40 * (2.5 + 0.125 * 1500 / 2800), 1e-6);
        for (size_t i = 2000; i < 3000; i++)
                strides[i].speed_mps = NULL_REAL;
        drift = measure(strides, 3000);
        assert_null_real(&drift, drift, "no_speed");
        for (size_t i = 0; i < 3000; i++)
                strides[i].speed_mps = 0;
        drift = measure(strides, 3000);
        assert_null_real(&drift, drift, "no_speed");
        free(strides);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_effect_is_what_counting_all_pairs_gives),
                cmocka_unit_test(turning_time_round_turns_the_drift_round),
                cmocka_unit_test(four_strides_have_no_fifth),
                cmocka_unit_test(a_short_run_and_a_thin_run_have_none),
                cmocka_unit_test(the_warm_up_is_not_compared),
                cmocka_unit_test(what_only_follows_speed_is_no_drift),
                cmocka_unit_test(bounds_of_a_session_belong_to_it),
                cmocka_unit_test(a_twentieth_of_speed_is_already_another_speed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
