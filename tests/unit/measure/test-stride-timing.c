#include "within.h"

#include "base/cleanup.h"
#include "daemon/measure/stride-timing.h"

/* Means of J Exp Biol, to the rounding of the table: 112 ms and 35.5 %, 80 ms and 38.9 %. */
static void published_contact_and_rate_give_the_published_flight_and_duty_factor(void **state)
{
        static const struct {
                double rate_hz, contact_s, flight_s, duty;
        } rows[] = {{1.31, 0.271, 0.112, 0.355}, {1.41, 0.276, 0.080, 0.389}};
        StrideTiming timing;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                stride_timing(1 / rows[i].rate_hz, rows[i].contact_s, NULL_REAL, &timing);
                assert_within(timing.flight_time_s, rows[i].flight_s, 0.002);
                assert_within(timing.duty_factor, rows[i].duty, 0.001);
                assert_within(timing.stride_rate_per_min, 60 * rows[i].rate_hz, 1e-9);
        }
}

static void twice_the_speed_is_twice_the_length_and_nothing_else(void **state)
{
        StrideTiming slow, fast;

        (void)state;
        stride_timing(0.7, 0.25, 2.5, &slow);
        stride_timing(0.7, 0.25, 5.0, &fast);
        assert_within(fast.stride_length_m, 2 * slow.stride_length_m, 1e-12);
        assert_within(fast.step_length_m, fast.stride_length_m / 2, 1e-12);
        assert_within(fast.step_time_s, 0.35, 1e-12);
        assert_within(fast.cadence_spm, slow.cadence_spm, 0);
        assert_within(fast.flight_time_s, slow.flight_time_s, 0);
}

static void no_flight_is_grounded_and_still_has_its_times(void **state)
{
        StrideTiming timing;

        (void)state;
        stride_timing(0.5, 0.25, 2, &timing);
        assert_within(timing.flight_time_s, 0, 0);
        assert_int_equal(timing.aerial, 0);
        stride_timing(1.0, 0.6, 1.4, &timing);
        assert_within(timing.flight_time_s, -0.1, 1e-12);
        assert_int_equal(timing.aerial, 0);
        assert_within(timing.duty_factor, 0.6, 1e-12);
}

static void without_a_stride_time_everything_is_null(void **state)
{
        StrideTiming timing;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++) {
                stride_timing(no_numbers[i], 0.25, 3, &timing);
                assert_null_real(&timing, cadence_spm, "no_stride_time");
                assert_null_real(&timing, duty_factor, "no_stride_time");
                assert_null_real(&timing, step_length_m, "no_stride_time");
                assert_true(timing.aerial == NULL_INTEGER);
        }
        stride_timing(0, 0.25, 3, &timing);
        assert_null_real(&timing, stride_rate_per_min, "bad_stride_time");
        stride_timing(-0.7, 0.25, 3, &timing);
        assert_null_real(&timing, step_time_s, "bad_stride_time");
}

static void a_bad_contact_takes_only_what_is_made_of_it(void **state)
{
        static const double bad[] = {0, -0.1, 0.7, 0.9};
        StrideTiming timing;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                stride_timing(0.7, bad[i], 3, &timing);
                assert_null_real(&timing, swing_time_s, "bad_contact_time");
                assert_null_real(&timing, flight_time_s, "bad_contact_time");
                assert_within(timing.cadence_spm, 120 / 0.7, 1e-9);
                assert_within(timing.stride_length_m, 2.1, 1e-9);
        }
        stride_timing(0.7, NULL_REAL, 3, &timing);
        assert_null_real(&timing, duty_factor, "no_contact_time");
        assert_string_equal(reasons_find(&timing.reasons, "aerial"), "no_contact_time");
}

static void a_bad_speed_takes_only_the_lengths(void **state)
{
        StrideTiming timing;

        (void)state;
        stride_timing(0.7, 0.25, -1, &timing);
        assert_null_real(&timing, stride_length_m, "bad_speed");
        stride_timing(0.7, 0.25, NULL_REAL, &timing);
        assert_null_real(&timing, step_length_m, "no_speed");
        assert_within(timing.swing_time_s, 0.45, 1e-12);
        stride_timing(0.7, 0.25, 0, &timing);
        assert_within(timing.stride_length_m, 0, 0);
}

static void both_feet_give_flight_and_cadence_without_halving(void **state)
{
        (void)state;
        assert_within(flight_between(10.25, 10.35), 0.1, 1e-9);
        assert_true(flight_between(10.25, 10.20) < 0);
        assert_true(isnan(flight_between(NULL_REAL, 1)));
        assert_true(isnan(flight_between(1, (double)INFINITY)));
        assert_within(cadence_of_steps(170, 60), 170, 1e-9);
        assert_true(isnan(cadence_of_steps(170, 0)));
        assert_true(isnan(cadence_of_steps(170, NULL_REAL)));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(published_contact_and_rate_give_the_published_flight_and_duty_factor),
                cmocka_unit_test(twice_the_speed_is_twice_the_length_and_nothing_else),
                cmocka_unit_test(no_flight_is_grounded_and_still_has_its_times),
                cmocka_unit_test(without_a_stride_time_everything_is_null),
                cmocka_unit_test(a_bad_contact_takes_only_what_is_made_of_it),
                cmocka_unit_test(a_bad_speed_takes_only_the_lengths),
                cmocka_unit_test(both_feet_give_flight_and_cadence_without_halving),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
