#include "within.h"

#include "daemon/measure/bridge.h"
#include "daemon/measure/parameters.h"

enum { ROOM = 4, N = 8000 };

static double lift[N];
static size_t n_lift;
static BridgeRepetition list[ROOM];

/* So many samples of one lift, at 50 Hz. */
static void hold(double degrees, size_t samples)
{
        for (size_t i = 0; i < samples; i++) {
                assert_true(n_lift < N);
                lift[n_lift++] = degrees;
        }
}

static int rest(void **state)
{
        (void)state;
        n_lift = 0;
        hold(0, 100);
        return 0;
}

static Bridges measure(void)
{
        return bridge_repetitions(lift, n_lift, &measure_defaults.bridge, list, ROOM);
}

static void twenty_degrees_start_and_ten_end_it(void **state)
{
        (void)state;
        hold(20, 60);
        hold(10.1, 40);
        hold(10, 1);
        assert_int_equal(measure().n, 1);
        assert_int_equal(list[0].from, 100);
        assert_int_equal(list[0].to, 200);
        assert_within(list[0].duration_s, 2, 0);
        assert_within(list[0].peak_deg, 20, 0);
        hold(19.9, 100);
        hold(0, 10);
        assert_int_equal(measure().n, 1);
}

static void a_second_counts_and_a_sample_less_does_not(void **state)
{
        (void)state;
        hold(25, 50);
        hold(0, 50);
        assert_int_equal(measure().n, 1);
        hold(25, 49);
        hold(0, 50);
        assert_int_equal(measure().n, 1);
        hold(25, 3000);
        hold(0, 50);
        assert_int_equal(measure().n, 2);
        hold(25, 3001);
        hold(0, 50);
        assert_int_equal(measure().n, 2);
}

static void a_dip_does_not_make_two_and_is_not_held(void **state)
{
        (void)state;
        hold(30, 50);
        hold(15, 20);
        hold(24, 30);
        hold(0, 10);
        assert_int_equal(measure().n, 1);
        assert_within(list[0].hold_s, 80.0 / 50, 1e-12); /* 24 is 80 % of 30 */
        assert_within(measure().hold_s, 80.0 / 50, 1e-12);
}

static void an_unfinished_one_does_not_count(void **state)
{
        (void)state;
        hold(30, 100);
        assert_int_equal(measure().n, 0);
        assert_true(measure().open_at_end);
        hold(5, 1);
        assert_int_equal(measure().n, 1);
        assert_false(measure().open_at_end);
}

static void more_repetitions_than_room_are_still_counted(void **state)
{
        (void)state;
        for (int i = 0; i < 6; i++) {
                hold(30, 60);
                hold(0, 10);
        }
        assert_int_equal(measure().n, 6);
        assert_int_equal(bridge_repetitions(lift, n_lift, &measure_defaults.bridge, NULL, 0).n, 6);
}

static void holes_in_the_signal_change_nothing(void **state)
{
        BridgeParameters parameters = measure_defaults.bridge;
        Bridges bridges;

        (void)state;
        hold(30, 60);
        hold(0, 10);
        lift[0] = lift[110] = NULL_REAL;
        lift[120] = -(double)INFINITY;
        assert_int_equal(measure().n, 1);
        assert_within(list[0].hold_s, 58.0 / 50, 1e-12);
        bridges = bridge_repetitions(&lift[110], 1, &measure_defaults.bridge, NULL, 0);
        assert_true(bridges.n == NULL_INTEGER);
        assert_string_equal(bridges.reason, "no_signal");
        assert_string_equal(bridge_repetitions(NULL, 0, &measure_defaults.bridge, NULL, 0).reason, "no_signal");
        parameters.sample_hz = 0;
        bridges = bridge_repetitions(lift, n_lift, &parameters, NULL, 0);
        assert_true(bridges.n == NULL_INTEGER && isnan(bridges.hold_s));
        assert_string_equal(bridges.reason, "bad_rate");
}

static double pitch[400], inclination[400];
static bool up[400];

static double rest_of(size_t n, size_t *ret_end)
{
        double degrees = 0;

        assert_int_equal(bridge_rest(pitch, inclination, up, n, &measure_defaults.bridge, &degrees, ret_end), 0);
        return degrees;
}

static void the_baseline_is_two_quiet_seconds_on_the_back(void **state)
{
        size_t end;

        (void)state;
        for (size_t i = 0; i < 400; i++) {
                pitch[i] = 80 + (double)(i % 3);
                inclination[i] = i < 150 ? 30 : i == 249 ? 121 : 60;
                up[i] = true;
        }
        assert_within(rest_of(400, &end), 81, 0); /* from 250: the 99 before are too few */
        assert_int_equal(end, 400);
        assert_true(isnan(rest_of(349, &end)));
        inclination[249] = 120;
        assert_within(rest_of(250, &end), 81, 0);
        assert_int_equal(end, 250);
        up[200] = false;
        assert_true(isnan(rest_of(290, &end)));
        assert_within(rest_of(400, &end), 81, 0); /* 201 to 399 */
        pitch[270] = NULL_REAL;
        inclination[330] = (double)INFINITY;
        assert_true(isnan(rest_of(400, &end)));
        assert_true(isnan(rest_of(0, &end)));
}

static void one_leg_is_seen_by_both_thighs(void **state)
{
        (void)state;
        assert_int_equal(bridge_leg(10, 40, &measure_defaults.bridge), BRIDGE_BOTH_LEGS);
        assert_int_equal(bridge_leg(10, 40.1, &measure_defaults.bridge), BRIDGE_RIGHT_MOVES);
        assert_int_equal(bridge_leg(-40.1, -10, &measure_defaults.bridge), BRIDGE_LEFT_MOVES);
        assert_int_equal(bridge_leg(NULL_REAL, 40, &measure_defaults.bridge), BRIDGE_LEGS_UNKNOWN);
        assert_int_equal(bridge_leg(0, (double)INFINITY, &measure_defaults.bridge), BRIDGE_LEGS_UNKNOWN);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(twenty_degrees_start_and_ten_end_it, rest),
                cmocka_unit_test_setup(a_second_counts_and_a_sample_less_does_not, rest),
                cmocka_unit_test_setup(a_dip_does_not_make_two_and_is_not_held, rest),
                cmocka_unit_test_setup(an_unfinished_one_does_not_count, rest),
                cmocka_unit_test_setup(more_repetitions_than_room_are_still_counted, rest),
                cmocka_unit_test_setup(holes_in_the_signal_change_nothing, rest),
                cmocka_unit_test(the_baseline_is_two_quiet_seconds_on_the_back),
                cmocka_unit_test(one_leg_is_seen_by_both_thighs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
