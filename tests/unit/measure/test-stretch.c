#include "within.h"

#include "base/cleanup.h"
#include "daemon/measure/stretch.h"
#include "daemon/measure/parameters.h"

static int64_t ok(double front, double rear, double sacrum, double gyro)
{
        return stretch_posture(&(StretchPosture){front, rear, sacrum, gyro}, &measure_defaults.stretch);
}

static void every_bound_belongs_to_the_posture(void **state)
{
        (void)state;
        assert_int_equal(ok(60, -5, -20, 20), 1);
        assert_int_equal(ok(90, 45, 5, 0), 1);
        assert_int_equal(ok(59.9, 10, 0, 5), 0);
        assert_int_equal(ok(90, -5.1, 0, 5), 0);
        assert_int_equal(ok(90, 45.1, 0, 5), 0);
        assert_int_equal(ok(90, 10, -20.1, 5), 0);
        assert_int_equal(ok(90, 10, 5.1, 5), 0);
        assert_int_equal(ok(90, 10, 0, 20.1), 0);
}

static void a_missing_pod_is_no_wrong_posture(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++) {
                assert_true(ok(no_numbers[i], 10, 0, 5) == NULL_INTEGER);
                assert_true(ok(90, no_numbers[i], 0, 5) == NULL_INTEGER);
                assert_true(ok(90, 10, no_numbers[i], 5) == NULL_INTEGER);
                assert_true(ok(90, 10, 0, no_numbers[i]) == NULL_INTEGER);
        }
}

static void the_rear_leg_is_stretched(void **state)
{
        (void)state;
        assert_int_equal(stretch_side(85, -10), STRETCH_RIGHT);
        assert_int_equal(stretch_side(-10, 85), STRETCH_LEFT);
        assert_int_equal(stretch_side(20, 20), STRETCH_NO_SIDE);
        assert_int_equal(stretch_side(NULL_REAL, 20), STRETCH_NO_SIDE);
}

static StretchHold list[8];

/* '#' in the posture, '.' out of it, one a second. */
static Stretches measure(const char *text)
{
        bool in_posture[128] = {false};
        size_t n = 0;

        for (; text[n]; n++)
                in_posture[n] = text[n] == '#';
        return stretch_holds(in_posture, n, &measure_defaults.stretch, list, ARRAY_SIZE(list));
}

#define TEN "##########"

static void twenty_seconds_are_credited_and_nineteen_are_not(void **state)
{
        Stretches stretches = measure(TEN TEN "..." TEN "#########");

        (void)state;
        assert_int_equal(stretches.n, 2);
        assert_int_equal(stretches.credited, 1);
        assert_within(stretches.total_s, 20, 0);
        assert_true(list[0].credited);
        assert_false(list[1].credited);
        assert_within(list[1].hold_s, 19, 0);
}

static void two_seconds_out_are_bridged_and_three_are_not(void **state)
{
        (void)state;
        assert_within(measure("...." TEN ".." TEN "..").total_s, 22, 0);
        assert_int_equal(list[0].from, 4);
        assert_int_equal(list[0].to, 26);
        assert_int_equal(measure(TEN "..." TEN).n, 2);
        assert_int_equal(measure(TEN "..." TEN).credited, 0);
        assert_within(measure(TEN "." TEN ".." TEN "." TEN).total_s, 44, 0);
}

static void nothing_held_is_nothing(void **state)
{
        StretchParameters parameters = measure_defaults.stretch;
        bool one = true;

        (void)state;
        assert_int_equal(measure("").n, 0);
        assert_int_equal(measure(".....").n, 0);
        parameters.sample_hz = NULL_REAL;
        assert_true(isnan(stretch_holds(&one, 1, &parameters, NULL, 0).total_s));
        parameters.sample_hz = 0.05; /* a sample every 20 s */
        assert_int_equal(stretch_holds(&one, 1, &parameters, NULL, 0).credited, 1);
}

static void the_rate_turns_samples_into_seconds(void **state)
{
        StretchParameters parameters = measure_defaults.stretch;
        bool in_posture[50] = {false};
        Stretches stretches;

        (void)state;
        parameters.sample_hz = 2;
        for (size_t i = 0; i < 50; i++)
                in_posture[i] = i < 20 || i >= 24; /* 10 s, 2 s out, 13 s */
        stretches = stretch_holds(in_posture, 50, &parameters, list, ARRAY_SIZE(list));
        assert_int_equal(stretches.n, 1);
        assert_within(stretches.total_s, 25, 0);
        in_posture[24] = false;
        assert_int_equal(stretch_holds(in_posture, 50, &parameters, NULL, 0).n, 2);
        parameters.sample_hz = 0;
        assert_true(isnan(stretch_holds(in_posture, 50, &parameters, NULL, 0).total_s));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_bound_belongs_to_the_posture),
                cmocka_unit_test(a_missing_pod_is_no_wrong_posture),
                cmocka_unit_test(the_rear_leg_is_stretched),
                cmocka_unit_test(twenty_seconds_are_credited_and_nineteen_are_not),
                cmocka_unit_test(two_seconds_out_are_bridged_and_three_are_not),
                cmocka_unit_test(nothing_held_is_nothing),
                cmocka_unit_test(the_rate_turns_samples_into_seconds),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
