#include "within.h"

#include "daemon/measure/pelvis.h"

enum { N = 20 };

static double sacrum[N], t12[N], thigh[N], yaw[N];
static const Standing standing = {.sacrum_deg = 10, .t12_deg = 2, .thigh_deg = 1};
static const Standing unknown = {(double)NAN, (double)NAN, (double)NAN};

static int fill(void **state)
{
        (void)state;
        for (size_t i = 0; i < N; i++) {
                double turn = 2 * M_PI * (double)i / N;

                sacrum[i] = 12 + 3 * sin(2 * turn);
                t12[i] = 8 + 2 * cos(turn);
                thigh[i] = 10 + 30 * cos(turn);
                yaw[i] = 6 * cos(turn);
        }
        return 0;
}

static PelvisStride stride_of(void)
{
        return (PelvisStride){.sacrum_pitch_deg = sacrum, .t12_pitch_deg = t12, .thigh_pitch_deg = thigh,
                              .obliquity_deg = yaw, .rotation_deg = yaw, .n = N};
}

static PelvisCycle measure(PelvisStride stride, Standing zero)
{
        PelvisCycle cycle;

        pelvis_cycle(&stride, &zero, &cycle);
        return cycle;
}

static void running_as_one_stands_is_no_extension(void **state)
{
        double flat_sacrum[N], flat_t12[N];
        PelvisStride stride = {.sacrum_pitch_deg = flat_sacrum, .t12_pitch_deg = flat_t12, .n = N};

        (void)state;
        for (size_t i = 0; i < N; i++) {
                flat_sacrum[i] = standing.sacrum_deg;
                flat_t12[i] = standing.t12_deg;
        }
        assert_within(measure(stride, standing).lumbar_mean, 0, 0);
        /* the pelvis tips forward by 4° and the trunk stays: 4° more arched */
        for (size_t i = 0; i < N; i++)
                flat_sacrum[i] += 4;
        assert_within(measure(stride, standing).lumbar_mean, 4, 1e-12);
        assert_within(measure(stride, standing).lumbar_range, 0, 0);
}

static void a_knee_behind_the_body_is_extension(void **state)
{
        double back[N], level[N];
        PelvisStride stride = {.sacrum_pitch_deg = level, .thigh_pitch_deg = back, .n = N};

        (void)state;
        for (size_t i = 0; i < N; i++) {
                level[i] = standing.sacrum_deg;
                back[i] = standing.thigh_deg - 15;
        }
        assert_within(measure(stride, standing).hip_extension_max, 15, 1e-12);
        assert_within(measure(stride, standing).hip_flexion_max, -15, 1e-12);
}

static void without_standing_only_ranges_are_given(void **state)
{
        PelvisCycle with = measure(stride_of(), standing), without = measure(stride_of(), unknown);

        (void)state;
        assert_null_real(&without, tilt_mean, "no_standing");
        assert_null_real(&without, lumbar_mean, "no_standing");
        assert_null_real(&without, lumbar_max, "no_standing");
        assert_null_real(&without, hip_flexion_max, "no_standing");
        assert_null_real(&without, hip_extension_max, "no_standing");
        assert_within(with.tilt_mean, 12, 1e-12);
        assert_within(without.tilt_range, with.tilt_range, 0);
        assert_within(without.lumbar_range, with.lumbar_range, 1e-12);
        assert_within(without.rotation_range, with.rotation_range, 0);
}

static void a_pod_that_is_not_there_is_named(void **state)
{
        PelvisStride stride = {.n = N};
        PelvisCycle cycle = measure(stride, standing);

        (void)state;
        assert_null_real(&cycle, tilt_mean, "no_sacrum");
        assert_null_real(&cycle, tilt_range, "no_sacrum");
        assert_null_real(&cycle, lumbar_range, "no_sacrum");
        assert_null_real(&cycle, hip_extension_max, "no_sacrum");
        assert_null_real(&cycle, obliquity_range, "no_obliquity");
        assert_null_real(&cycle, rotation_range, "no_rotation");
        stride.sacrum_pitch_deg = sacrum;
        cycle = measure(stride, standing);
        assert_null_real(&cycle, lumbar_mean, "no_t12");
        assert_null_real(&cycle, hip_flexion_max, "no_thigh");
        cycle = measure(stride, unknown);
        assert_null_real(&cycle, hip_flexion_max, "no_thigh");
}

static void the_heading_does_not_matter_nor_where_it_wraps(void **state)
{
        double east[N], south[N];
        PelvisStride stride = {.n = N};

        (void)state;
        for (size_t i = 0; i < N; i++) {
                east[i] = yaw[i] + 90;
                south[i] = yaw[i] + 180 > 180 ? yaw[i] - 180 : yaw[i] + 180;
        }
        stride.rotation_deg = east;
        assert_within(measure(stride, standing).rotation_range, 12, 1e-9);
        stride.rotation_deg = south;
        assert_within(measure(stride, standing).rotation_range, 12, 1e-9);
}

static void samples_that_are_no_number_are_passed_over(void **state)
{
        PelvisStride stride = stride_of();
        PelvisCycle clean = measure(stride, standing), dirty;

        (void)state;
        /* none of these holds an extreme of a range below */
        sacrum[1] = NULL_REAL;
        yaw[3] = (double)INFINITY;
        yaw[4] = -(double)INFINITY;
        dirty = measure(stride, standing);
        assert_within(dirty.rotation_range, clean.rotation_range, 1e-9);
        assert_true(isfinite(dirty.tilt_mean) && isfinite(dirty.lumbar_mean) && isfinite(dirty.hip_flexion_max));
        for (size_t i = 0; i < N; i++)
                t12[i] = NULL_REAL;
        dirty = measure(stride, standing);
        assert_null_real(&dirty, lumbar_mean, "no_t12");
}

static void the_median_over_strides_is_per_measure(void **state)
{
        PelvisCycle cycles[3], median;

        (void)state;
        cycles[0] = measure(stride_of(), standing);
        cycles[1] = cycles[0];
        cycles[2] = cycles[0];
        cycles[0].tilt_range = 1;
        cycles[1].tilt_range = 9;
        cycles[2].tilt_range = 4;
        cycles[0].lumbar_mean = NULL_REAL;
        cycles[1].lumbar_mean = -2;
        cycles[2].lumbar_mean = -4;
        assert_int_equal(pelvis_median(cycles, 3, &median), 0);
        assert_within(median.tilt_range, 4, 0);
        assert_within(median.lumbar_mean, -3, 0);
        assert_int_equal(pelvis_median(NULL, 0, &median), 0);
        assert_null_real(&median, tilt_mean, "no_strides");
        cycles[0] = measure(stride_of(), unknown);
        assert_int_equal(pelvis_median(cycles, 1, &median), 0);
        assert_null_real(&median, lumbar_mean, "no_standing");
}

static void the_drop_counts_from_contact(void **state)
{
        static const double angles[] = {9, -1, 0.5, 4.4, 2}, high[] = {-5, -4, -4.5};
        static const double holes[] = {(double)NAN, 3, (double)INFINITY};
        PelvicDrop drop = pelvic_drop(angles, 5, 1);

        (void)state;
        assert_within(drop.peak_deg, 4.4, 0);
        assert_within(drop.excursion_deg, 5.4, 1e-12);
        drop = pelvic_drop(high, 3, 0);
        assert_within(drop.peak_deg, -4, 0);
        assert_within(drop.excursion_deg, 1, 1e-12);
        drop = pelvic_drop(holes, 3, 0);
        assert_within(drop.peak_deg, 3, 0);
        assert_true(isnan(drop.excursion_deg));
        assert_string_equal(drop.reason, "no_contact");
        drop = pelvic_drop(angles, 5, 5);
        assert_true(isnan(drop.peak_deg) && isnan(drop.excursion_deg));
        assert_string_equal(drop.reason, "no_stance");
        assert_string_equal(pelvic_drop(NULL, 0, 0).reason, "no_stance");
}

static void half_a_calibration_is_none(void **state)
{
        Standing half = standing;
        PelvisCycle cycle;

        (void)state;
        half.t12_deg = NULL_REAL;
        cycle = measure(stride_of(), half);
        assert_null_real(&cycle, lumbar_mean, "no_standing");
        assert_true(isfinite(cycle.hip_extension_max));
        half = standing;
        half.thigh_deg = (double)INFINITY;
        cycle = measure(stride_of(), half);
        assert_null_real(&cycle, hip_extension_max, "no_standing");
        assert_true(isfinite(cycle.lumbar_mean));
        half = standing;
        half.sacrum_deg = NULL_REAL;
        cycle = measure(stride_of(), half);
        assert_null_real(&cycle, tilt_mean, "no_standing");
        assert_null_real(&cycle, lumbar_mean, "no_standing");
        assert_null_real(&cycle, hip_flexion_max, "no_standing");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(running_as_one_stands_is_no_extension, fill),
                cmocka_unit_test_setup(a_knee_behind_the_body_is_extension, fill),
                cmocka_unit_test_setup(without_standing_only_ranges_are_given, fill),
                cmocka_unit_test_setup(a_pod_that_is_not_there_is_named, fill),
                cmocka_unit_test_setup(the_heading_does_not_matter_nor_where_it_wraps, fill),
                cmocka_unit_test_setup(samples_that_are_no_number_are_passed_over, fill),
                cmocka_unit_test_setup(the_median_over_strides_is_per_measure, fill),
                cmocka_unit_test_setup(the_drop_counts_from_contact, fill),
                cmocka_unit_test_setup(half_a_calibration_is_none, fill),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
