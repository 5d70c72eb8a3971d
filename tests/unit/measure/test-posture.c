#include "within.h"

#include "base/cleanup.h"
#include "daemon/measure/posture.h"
#include "daemon/measure/parameters.h"

#include <string.h>

static double inclined(double degrees, double g)
{
        double a[3] = {g * sin(degrees * M_PI / 180), g * cos(degrees * M_PI / 180), 0};

        return posture_inclination(a, AXIS_Y);
}

static void every_angle_comes_back_whatever_the_length(void **state)
{
        (void)state;
        for (double degrees = 1; degrees < 180; degrees++) {
                assert_within(inclined(degrees, 1), degrees, 1e-9);
                assert_within(inclined(degrees, 0.02), degrees, 1e-9);
                assert_within(inclined(degrees, 1e200), degrees, 1e-9);
        }
        assert_within(inclined(180, 1), 180, 1e-5);
}

static void each_axis_can_be_the_long_one(void **state)
{
        static const double up[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

        (void)state;
        for (size_t axis = 0; axis < 3; axis++) {
                for (size_t k = 0; k < 3; k++)
                        assert_within(posture_inclination(up[k], (LongAxis)axis), k == axis ? 0 : 90, 1e-9);
        }
}

static void no_gravity_is_no_angle(void **state)
{
        static const double nothing[3] = {0, 0, 0}, up[3] = {0, 1, 0};

        (void)state;
        assert_true(isnan(posture_inclination(nothing, AXIS_Y)));
        assert_true(isnan(posture_angle(nothing, up)) && isnan(posture_angle(up, nothing)));
        for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++) {
                double bad[3] = {no_numbers[i], 1, 0};

                assert_true(isnan(posture_inclination(bad, AXIS_Y)));
                assert_true(isnan(posture_angle(bad, up)));
        }
}

static void the_angle_from_walking_needs_no_axis(void **state)
{
        static const double walking[3] = {0.1, 0.99, 0.1}, opposite[3] = {-0.1, -0.99, -0.1};
        static const double a[3] = {1, 0, 0}, b[3] = {0, 0, 3};

        (void)state;
        assert_within(posture_angle(walking, walking), 0, 1e-5);
        assert_within(posture_angle(walking, opposite), 180, 1e-5);
        assert_within(posture_angle(a, b), 90, 1e-9);
}

static void a_cut_point_belongs_to_the_more_upright_class(void **state)
{
        const PostureParameters *p = &measure_defaults.posture;

        (void)state;
        assert_int_equal(posture_of_thigh(45.0, p), POSTURE_UPRIGHT);
        assert_int_equal(posture_of_thigh(45.0000001, p), POSTURE_SITTING);
        assert_int_equal(posture_of_sacrum(11.6, p), POSTURE_UPRIGHT);
        assert_int_equal(posture_of_sacrum(11.6000001, p), POSTURE_SITTING);
        assert_int_equal(posture_of_sacrum(64.9, p), POSTURE_SITTING);
        assert_int_equal(posture_of_sacrum(64.9000001, p), POSTURE_LYING);
        assert_int_equal(posture_of_thigh(NULL_REAL, p), POSTURE_UNKNOWN);
        assert_int_equal(posture_of_sacrum((double)INFINITY, p), POSTURE_UNKNOWN);
}

static void with_two_pods_the_thigh_decides_and_the_sacrum_lays_down(void **state)
{
        const PostureParameters *p = &measure_defaults.posture;

        (void)state;
        assert_int_equal(posture_of_both(80, 20, p), POSTURE_SITTING);
        assert_int_equal(posture_of_both(80, 70, p), POSTURE_LYING);
        assert_int_equal(posture_of_both(80, NULL_REAL, p), POSTURE_SITTING);
        assert_int_equal(posture_of_both(10, 70, p), POSTURE_UPRIGHT); /* bent over, standing */
        assert_int_equal(posture_of_both(NULL_REAL, 70, p), POSTURE_UNKNOWN);
}

static PostureEpoch epoch_of(const double *samples, size_t n)
{
        return posture_epoch(samples, n, AXIS_Y, &measure_defaults.posture);
}

static void an_epoch_is_used_at_rest_and_the_right_way_up(void **state)
{
        static const double seated[] = {1, 0, 0, 0.98, 0.05, 0, (double)NAN, 0, 0, (double)INFINITY, 1, 1};
        static const double shaken[] = {0, 1.1, 0, 0, 1.1, 0}, calm[] = {0, 1.09, 0, 0, 1.0, 0};
        static const double upside_down[] = {0, -1, 0}, at_limit[] = {0.70710678, -0.70710678, 0};
        PostureEpoch epoch = epoch_of(seated, 4);

        (void)state;
        assert_null(epoch.reason);
        assert_within(epoch.inclination_deg, 90, 2);
        assert_within(epoch.mean_g[0], 0.99, 1e-12);
        epoch = epoch_of(shaken, 2);
        assert_true(isnan(epoch.inclination_deg));
        assert_string_equal(epoch.reason, "moving");
        assert_null(epoch_of(calm, 2).reason);
        epoch = epoch_of(upside_down, 1);
        assert_true(isnan(epoch.inclination_deg));
        assert_string_equal(epoch.reason, "upside_down");
        assert_within(epoch_of(at_limit, 1).inclination_deg, 135, 1e-6);
        epoch = epoch_of(seated + 6, 2);
        assert_true(isnan(epoch.inclination_deg) && isnan(epoch.mean_g[0]));
        assert_string_equal(epoch.reason, "no_samples");
        assert_string_equal(epoch_of(NULL, 0).reason, "no_samples");
}

static void lengths_do_not_matter_and_the_edge_of_rest_is_movement(void **state)
{
        static const double a[3] = {0, 0.5, 0}, b[3] = {0, 3, 3}, lift[3] = {0, 1.125, 0};
        PostureParameters parameters = measure_defaults.posture;

        (void)state;
        assert_within(posture_angle(a, b), 45, 1e-9);
        parameters.rest_below_g = 0.125;
        assert_string_equal(posture_epoch(lift, 1, AXIS_Y, &parameters).reason, "moving");
        parameters.rest_below_g = 0.1251;
        assert_null(posture_epoch(lift, 1, AXIS_Y, &parameters).reason);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_angle_comes_back_whatever_the_length),
                cmocka_unit_test(each_axis_can_be_the_long_one),
                cmocka_unit_test(no_gravity_is_no_angle),
                cmocka_unit_test(the_angle_from_walking_needs_no_axis),
                cmocka_unit_test(a_cut_point_belongs_to_the_more_upright_class),
                cmocka_unit_test(with_two_pods_the_thigh_decides_and_the_sacrum_lays_down),
                cmocka_unit_test(an_epoch_is_used_at_rest_and_the_right_way_up),
                cmocka_unit_test(lengths_do_not_matter_and_the_edge_of_rest_is_movement),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
