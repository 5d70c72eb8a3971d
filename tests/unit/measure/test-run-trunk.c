/* Pelvis, low back and hips of a run against the standing of the same mounting. */
#include "daemon/measure/run-trunk.h"

#include "base/calendar.h"
#include "daemon/measure/splitmix.h"
#include "tests/unit/measure/fixture.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

#define SACRUM_POD "AA:BB:CC:DD:EE:13"
#define BACK_POD   "AA:BB:CC:DD:EE:14"
#define THIGH_POD  "AA:BB:CC:DD:EE:15"
#define STRIDES    40

static Run trunk_of(const Script *script)
{
        CLEANUP(segments_freep) Segments *segments = NULL;
        Run run;

        run_set_null(&run);
        run.start_utc_ms = START_MS;
        run.end_utc_ms = START_MS + STRIDES * 1000;
        run.duration_s = STRIDES;
        assert_int_equal(segments_new(&segments), 0);
        for (size_t i = 0; i < script->n; i++) {
                const Line *line = &script->lines[i];
                Heard heard = {.record = &line->record, .address = line->address,
                               .placement = line->placement, .utc_ms = line->utc_ms,
                               .utc_error_ms = line->utc_error_ms};

                assert_int_equal(segments_add(segments, &heard), 0);
        }
        segments_sort(segments);
        assert_int_equal(run_trunk(segments, &run), 0);
        return run;
}

static const char *why(const Run *run, const char *path)
{
        const char *code = reasons_explain(&run->reasons, path);

        return code ? code : "";
}

static Calibration *say_standing(Script *script, const char *address, Placement placement, int64_t utc_ms,
                                 int64_t x_mg, int64_t z_mg)
{
        Line *line = say(script, address, placement, utc_ms, RECORD_CALIBRATION);

        line->record.calibration = (Calibration){CALIBRATION_STANDING, 5200, x_mg, 0, z_mg, 10};
        return &line->record.calibration;
}

/* A cosine of so many degrees about a mean, stride after stride of 1 s. */
static void say_segment(Script *script, const char *address, Placement placement, int mean_deg, int swing_deg)
{
        for (int i = 0; i < STRIDES; i++) {
                int64_t utc_ms = START_MS + i * 1000LL;
                TrunkStride *trunk = &say(script, address, placement, utc_ms, RECORD_TRUNK_STRIDE)->record.trunk;

                script->lines[script->n - 1].record.tick = i * 1024;
                trunk->part = TRUNK_POSE;
                trunk->running = trunk->quality = 1;
                trunk->stride_time_1024 = 1024;
                trunk->pitch_mean_deg10 = mean_deg * 10;
                trunk->pitch_range_deg10 = swing_deg * 20;
                trunk = &say(script, address, placement, utc_ms, RECORD_TRUNK_STRIDE)->record.trunk;
                script->lines[script->n - 1].record.tick = i * 1024;
                trunk->part = TRUNK_CURVE;
                trunk->running = trunk->quality = 1;
                for (int k = 0; k < CURVE_POINTS; k++)
                        trunk->curve_deg10[k] = lround(10 * swing_deg * cos(2 * M_PI * k / CURVE_POINTS));
        }
}

static void say_all(Script *script)
{
        say_segment(script, SACRUM_POD, PLACEMENT_SACRUM, 12, 4);
        say_segment(script, BACK_POD, PLACEMENT_THORACOLUMBAR, 3, 2);
        say_segment(script, THIGH_POD, PLACEMENT_LEFT_THIGH, 10, 30);
}

static void say_standings(Script *script, int64_t utc_ms)
{
        (void)say_standing(script, SACRUM_POD, PLACEMENT_SACRUM, utc_ms, -174, 985);       /* 10° forward */
        (void)say_standing(script, BACK_POD, PLACEMENT_THORACOLUMBAR, utc_ms, 87, 996);    /* 5° back */
        (void)say_standing(script, THIGH_POD, PLACEMENT_LEFT_THIGH, utc_ms, 0, 1000);
}

static void angles_are_against_standing(void **state)
{
        Script *script = *state;
        Run run;

        say_standings(script, START_MS - HOUR_MS);
        say_all(script);
        run = trunk_of(script);
        assert_int_equal(run.trunk.head.n, STRIDES);
        assert_true(run.trunk.head.coverage == 1 && run.trunk.head.error == 5);
        assert_true(fabs(run.trunk.tilt_mean_deg - 2) < 0.05);
        assert_true(run.trunk.tilt_range_deg == 8);
        /* (12 − 10) − (3 + 5) = −6, and their cosines differ by 2 */
        assert_true(fabs(run.trunk.lumbar_mean_deg + 6) < 0.1);
        assert_true(fabs(run.trunk.lumbar_max_deg + 4) < 0.1);
        assert_true(fabs(run.trunk.lumbar_range_deg - 4) < 0.1);
        /* 10 + 2 ± 34 */
        assert_true(fabs(run.trunk.hip_left_flexion_deg - 46) < 0.1);
        assert_true(fabs(run.trunk.hip_left_extension_deg - 22) < 0.1);
        assert_string_equal(why(&run, "trunk.hip.right.extension_deg"), "no_thigh");
        assert_string_equal(why(&run, "trunk.drop.left_deg"), "not_measured");
}

static void assert_ranges_only(const Script *script)
{
        Run run = trunk_of(script);

        assert_true(isnan(run.trunk.tilt_mean_deg) && isnan(run.trunk.lumbar_mean_deg) &&
                    isnan(run.trunk.lumbar_max_deg) && isnan(run.trunk.hip_left_extension_deg));
        assert_string_equal(why(&run, "trunk.tilt.mean_deg"), "no_standing");
        assert_string_equal(why(&run, "trunk.lumbar.mean_deg"), "no_standing");
        assert_string_equal(why(&run, "trunk.hip.left.extension_deg"), "no_standing");
        assert_true(run.trunk.tilt_range_deg == 8);
        assert_true(fabs(run.trunk.lumbar_range_deg - 4) < 0.1);
        assert_true(isnan(run.trunk.head.error));
}

static void without_calibration_only_ranges_are_told(void **state)
{
        say_all(*state);
        assert_ranges_only(*state);
}

static void a_calibration_that_is_none_does_not_count(void **state)
{
        static const struct {
                const char *what;
                int64_t utc_ms, duration_ms, deviation_mg, z_mg, of;
                Placement placement;
        } bad[] = {
                {"after the run began", START_MS + 1000, 5200, 10, 985, 0, PLACEMENT_SACRUM},
                {"of the day before", START_MS - 25 * HOUR_MS, 5200, 10, 985, 0, PLACEMENT_SACRUM},
                {"too short", START_MS - HOUR_MS, 4900, 10, 985, 0, PLACEMENT_SACRUM},
                {"not quiet", START_MS - HOUR_MS, 5200, 100, 985, 0, PLACEMENT_SACRUM},
                {"no gravity", START_MS - HOUR_MS, 5200, 10, 400, 0, PLACEMENT_SACRUM},
                {"of walking", START_MS - HOUR_MS, 5200, 10, 985, 1, PLACEMENT_SACRUM},
                {"of another place", START_MS - HOUR_MS, 5200, 10, 985, 0, PLACEMENT_THORACOLUMBAR},
        };

        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                Script *script = *state;
                Calibration *calibration;

                script->n = 0;
                print_message("%s\n", bad[i].what);
                calibration = say_standing(script, SACRUM_POD, bad[i].placement, bad[i].utc_ms, -174, bad[i].z_mg);
                calibration->duration_ms = bad[i].duration_ms;
                calibration->deviation_mg = bad[i].deviation_mg;
                calibration->calibration_of = bad[i].of;
                say_all(script);
                assert_ranges_only(script);
        }
}

static void another_pods_calibration_does_not_count(void **state)
{
        Script *script = *state;

        (void)say_standing(script, "AA:BB:CC:DD:EE:1F", PLACEMENT_SACRUM, START_MS - HOUR_MS, -174, 985);
        say_all(script);
        assert_ranges_only(script);
}

static void the_newest_calibration_before_the_run_counts(void **state)
{
        Script *script = *state;
        Run run;

        say_standings(script, START_MS - 3 * HOUR_MS);
        (void)say_standing(script, SACRUM_POD, PLACEMENT_SACRUM, START_MS - HOUR_MS, -87, 996); /* 5° forward */
        say_all(script);
        run = trunk_of(script);
        assert_true(fabs(run.trunk.tilt_mean_deg - 7) < 0.05);
}

static void means_without_a_curve_have_no_peaks(void **state)
{
        Script *script = *state;
        size_t n = 0;
        Run run;

        say_standings(script, START_MS - HOUR_MS);
        say_all(script);
        for (size_t i = 0; i < script->n; i++) {
                if (script->lines[i].record.kind != RECORD_TRUNK_STRIDE ||
                    script->lines[i].record.trunk.part == TRUNK_POSE)
                        script->lines[n++] = script->lines[i];
        }
        script->n = n;
        run = trunk_of(script);
        assert_true(fabs(run.trunk.lumbar_mean_deg + 6) < 0.1);
        assert_true(isnan(run.trunk.lumbar_max_deg) && isnan(run.trunk.hip_left_extension_deg));
        assert_string_equal(why(&run, "trunk.lumbar.max_deg"), "no_curve");
        assert_string_equal(why(&run, "trunk.hip.left.extension_deg"), "no_curve");
}

static void poor_and_walking_strides_and_other_pods_of_the_place_stay_out(void **state)
{
        Script *script = *state;
        Run run;

        say_standings(script, START_MS - HOUR_MS);
        say_all(script);
        say_segment(script, "AA:BB:CC:DD:EE:1F", PLACEMENT_SACRUM, 60, 4); /* a second one, but it is poor */
        for (size_t i = 0; i < script->n; i++) {
                if (strcmp(script->lines[i].address, "AA:BB:CC:DD:EE:1F") == 0)
                        script->lines[i].record.trunk.quality = i % 3 == 0;
        }
        run = trunk_of(script);
        assert_int_equal(run.trunk.head.n, STRIDES);
        assert_true(fabs(run.trunk.tilt_mean_deg - 2) < 0.05);
}

static void a_run_without_such_pods_has_no_trunk(void **state)
{
        Run run = trunk_of(*state);

        assert_true(group_is_absent(&run_groups.groups[run_groups.n - 1], &run));
        assert_string_equal(why(&run, "trunk"), "no_trunk_pod");
}

/* ---- two pods, two clocks ---- */

enum { SEAM_DEG = 12 }; /* by how much one stride ends higher than the next begins */

/* Strides that lean more and more, three to a round, each with a curve that does not end where the next
 * begins: what real strides do, only more so. */
static void say_uneven(Script *script, const char *address, Placement placement, int64_t from_ms, int scale)
{
        for (int i = 0; i < STRIDES; i++) {
                for (TrunkPart part = TRUNK_POSE; part <= TRUNK_CURVE; part++) {
                        Line *line = say(script, address, placement, from_ms + i * 1000LL, RECORD_TRUNK_STRIDE);
                        TrunkStride *trunk = &line->record.trunk;

                        line->record.tick = i * 1024;
                        trunk->part = part;
                        trunk->running = trunk->quality = 1;
                        if (part == TRUNK_POSE) {
                                trunk->stride_time_1024 = 1024;
                                trunk->pitch_mean_deg10 = 10LL * SEAM_DEG * (i % 3);
                        }
                        for (int k = 0; part == TRUNK_CURVE && k < CURVE_POINTS; k++)
                                trunk->curve_deg10[k] = (k - 3) * 10LL * scale;
                }
        }
}

static void move_pod(Script *script, const char *address, int64_t by_ms, int64_t error_ms)
{
        for (size_t i = 0; i < script->n; i++) {
                Line *line = &script->lines[i];

                if (strcmp(line->address, address) == 0 && line->record.kind == RECORD_TRUNK_STRIDE) {
                        line->utc_ms += by_ms;
                        line->utc_error_ms = error_ms;
                }
        }
}

static Run uneven_run(Script *script, int64_t late_ms, int64_t error_ms)
{
        script->n = 0;
        say_standings(script, START_MS - HOUR_MS);
        say_uneven(script, SACRUM_POD, PLACEMENT_SACRUM, START_MS, 1);
        say_uneven(script, BACK_POD, PLACEMENT_THORACOLUMBAR, START_MS, 3);
        say_uneven(script, THIGH_POD, PLACEMENT_LEFT_THIGH, START_MS, 8);
        move_pod(script, BACK_POD, late_ms, error_ms);
        move_pod(script, THIGH_POD, -late_ms, error_ms);
        return trunk_of(script);
}

static void clocks_that_move_by_what_they_err_move_no_angle(void **state)
{
        static const int64_t late_ms[] = {-150, -60, -20, -3, -1, 1, 3, 20, 60, 150};
        Run still = uneven_run(*state, 0, 50);

        assert_false(isnan(still.trunk.lumbar_range_deg) || isnan(still.trunk.hip_left_flexion_deg));
        for (size_t i = 0; i < ARRAY_SIZE(late_ms); i++) {
                Run moved = uneven_run(*state, late_ms[i], 50);

                print_message("%+" PRId64 " ms: %g, %g\n", late_ms[i], moved.trunk.lumbar_max_deg,
                              moved.trunk.lumbar_range_deg);
                assert_true(group_equal(&run_groups.groups[run_groups.n - 1], &still, &moved));
        }
}

/* As anchors come in: each of a run's two epochs has a map of its own, and it moves. */
static void a_clock_that_steps_within_the_run_moves_no_angle(void **state)
{
        Script *script = *state;
        Run still = uneven_run(script, 0, 50), moved;

        for (size_t i = 0; i < script->n; i++) {
                Line *line = &script->lines[i];

                if (strcmp(line->address, BACK_POD) == 0 && line->record.kind == RECORD_TRUNK_STRIDE)
                        line->utc_ms += i % 7 < 3 ? -5 : 4;
        }
        moved = trunk_of(script);
        assert_true(group_equal(&run_groups.groups[run_groups.n - 1], &still, &moved));
}

static void clocks_that_cannot_tell_the_contacts_apart_pair_nothing(void **state)
{
        Run run = uneven_run(*state, 0, 498);

        assert_true(hypot(498, 50) > 500); /* half of 1 s */
        assert_true(isnan(run.trunk.lumbar_mean_deg) && isnan(run.trunk.lumbar_range_deg) &&
                    isnan(run.trunk.hip_left_extension_deg));
        assert_string_equal(why(&run, "trunk.lumbar.mean_deg"), "time_uncertain");
        assert_string_equal(why(&run, "trunk.lumbar.max_deg"), "time_uncertain");
        assert_string_equal(why(&run, "trunk.hip.left.flexion_deg"), "time_uncertain");
        assert_false(isnan(run.trunk.tilt_mean_deg));
        run = uneven_run(*state, 0, 490);
        assert_false(isnan(run.trunk.lumbar_mean_deg) || isnan(run.trunk.hip_left_extension_deg));
}

/* Paired by its own length, a long stride would be trusted where a short one is not, and the median of
 * those that are left is no run's. */
static void clocks_are_judged_by_the_runs_stride_and_not_by_each(void **state)
{
        Script *script = *state;
        Run run;

        (void)uneven_run(script, 0, 510);
        for (size_t i = 0; i < script->n; i++) {
                TrunkStride *trunk = &script->lines[i].record.trunk;

                if (script->lines[i].record.kind == RECORD_TRUNK_STRIDE && trunk->part == TRUNK_POSE &&
                    script->lines[i].record.tick / 1024 % 3 == 0)
                        trunk->stride_time_1024 = 1100; /* half of it is 537 ms */
        }
        run = trunk_of(script);
        assert_string_equal(why(&run, "trunk.lumbar.max_deg"), "time_uncertain");
        assert_string_equal(why(&run, "trunk.hip.left.flexion_deg"), "time_uncertain");
}

static void contacts_far_apart_are_not_the_same(void **state)
{
        Run run = uneven_run(*state, 201, 100);

        assert_true(isnan(run.trunk.lumbar_range_deg));
        assert_string_equal(why(&run, "trunk.lumbar.range_deg"), "no_same_contact");
        assert_string_equal(why(&run, "trunk.hip.left.flexion_deg"), "no_same_contact");
}

/* Nothing says that two pods begin their strides with the same foot. */
static void pods_that_begin_with_different_feet_are_paired_step_by_step(void **state)
{
        Script *script = *state;
        Run run;

        say_standings(script, START_MS - HOUR_MS);
        say_all(script);
        for (size_t i = 0; i < script->n; i++) {
                Line *line = &script->lines[i];

                if (strcmp(line->address, BACK_POD) != 0 || line->record.kind != RECORD_TRUNK_STRIDE)
                        continue;
                line->utc_ms += 500 + (i % 3 ? 2 : -2);
                for (int k = 0; line->record.trunk.part == TRUNK_CURVE && k < CURVE_POINTS; k++)
                        line->record.trunk.curve_deg10[k] *= -1; /* a half stride later */
        }
        run = trunk_of(script);
        assert_true(fabs(run.trunk.lumbar_mean_deg + 6) < 0.1);
        assert_true(fabs(run.trunk.lumbar_max_deg + 4) < 0.1);
        assert_true(fabs(run.trunk.lumbar_range_deg - 4) < 0.1);
}

static void a_stride_with_a_missed_contact_is_no_partner(void **state)
{
        Script *script = *state;
        Run run;

        say_standings(script, START_MS - HOUR_MS);
        say_all(script);
        for (size_t i = 0; i < script->n; i++) {
                TrunkStride *trunk = &script->lines[i].record.trunk;

                if (strcmp(script->lines[i].address, BACK_POD) == 0 && trunk->part == TRUNK_POSE &&
                    script->lines[i].record.kind == RECORD_TRUNK_STRIDE && i % 4 == 1) {
                        trunk->stride_time_1024 = 2048;
                        trunk->pitch_mean_deg10 = 800;
                }
        }
        run = trunk_of(script);
        assert_true(fabs(run.trunk.lumbar_mean_deg + 6) < 0.1);
}

static void the_curve_goes_through_its_points(void **state)
{
        double curve[CURVE_POINTS] = {3, -1, 4, 1, -5, 9, 2, -6};

        (void)state;
        for (int i = 0; i < 3 * CURVE_POINTS; i++)
                assert_true(fabs(curve_at(curve, (double)i / CURVE_POINTS - 1) - curve[i % CURVE_POINTS]) < 1e-6);
        for (int i = 0; i < CURVE_POINTS; i++)
                curve[i] = 7 * sin(2 * M_PI * 3 * i / CURVE_POINTS + 0.4);
        for (int i = 0; i < 100; i++)
                assert_true(fabs(curve_at(curve, i / 100.0) - 7 * sin(2 * M_PI * 3 * i / 100.0 + 0.4)) < 1e-6);
}

/* ---- properties, of trunks at random ---- */

#define RIGHT_THIGH_POD "AA:BB:CC:DD:EE:16"

static SplitMix seeded(void)
{
        uint64_t seed = (uint64_t)time(NULL);

        print_message("seed %llu\n", (unsigned long long)seed);
        return (SplitMix){.state = seed};
}

static int between(SplitMix *random, int low, int high)
{
        return low + (int)(splitmix_next(random) % (uint64_t)(high - low + 1));
}

/* The parts of a stride stand together, as the ledger hands them out. */
static int compare_lines(const void *left, const void *right)
{
        const Line *a = left, *b = right;
        int pods = strcmp(a->address, b->address);

        if (pods != 0)
                return pods;
        if (a->utc_ms != b->utc_ms)
                return a->utc_ms < b->utc_ms ? -1 : 1;
        return (a->record.seq > b->record.seq) - (a->record.seq < b->record.seq);
}

/* Both thighs, other angles on every stride, and drops of both sides. */
static void say_at_random(Script *script, SplitMix *random)
{
        script->n = 0;
        say_standings(script, START_MS - HOUR_MS);
        (void)say_standing(script, RIGHT_THIGH_POD, PLACEMENT_RIGHT_THIGH, START_MS - HOUR_MS, 52, 998);
        say_all(script);
        say_segment(script, RIGHT_THIGH_POD, PLACEMENT_RIGHT_THIGH, between(random, 5, 15),
                    between(random, 20, 35));
        for (int i = 0; i < STRIDES; i++) {
                TrunkStride *trunk = &say(script, SACRUM_POD, PLACEMENT_SACRUM, START_MS + i * 1000LL,
                                          RECORD_TRUNK_STRIDE)->record.trunk;

                script->lines[script->n - 1].record.tick = i * 1024;
                trunk->part = TRUNK_STEPS;
                trunk->running = trunk->quality = 1;
                trunk->drop_left_deg10 = between(random, 20, 50);
                trunk->drop_right_deg10 = between(random, 60, 90);
        }
        for (size_t i = 0; i < script->n; i++) {
                if (script->lines[i].record.kind == RECORD_TRUNK_STRIDE &&
                    script->lines[i].record.trunk.part == TRUNK_POSE)
                        script->lines[i].record.trunk.pitch_mean_deg10 += between(random, -40, 40);
        }
        qsort(script->lines, script->n, sizeof(*script->lines), compare_lines);
}

static void exchange(double *a, double *b)
{
        double kept = *a;

        *a = *b;
        *b = kept;
}

static void sides_exchanged_are_sides_exchanged_and_nothing_else(void **state)
{
        Script *script = *state;
        SplitMix random = seeded();

        for (int round = 0; round < 20; round++) {
                Run told, mirrored;

                say_at_random(script, &random);
                told = trunk_of(script);
                for (size_t i = 0; i < script->n; i++) {
                        Line *line = &script->lines[i];
                        TrunkStride *trunk = &line->record.trunk;
                        int64_t kept = trunk->drop_left_deg10;

                        if (line->placement == PLACEMENT_LEFT_THIGH)
                                line->placement = PLACEMENT_RIGHT_THIGH;
                        else if (line->placement == PLACEMENT_RIGHT_THIGH)
                                line->placement = PLACEMENT_LEFT_THIGH;
                        if (line->record.kind == RECORD_TRUNK_STRIDE && trunk->part == TRUNK_STEPS) {
                                trunk->drop_left_deg10 = trunk->drop_right_deg10;
                                trunk->drop_right_deg10 = kept;
                        }
                }
                mirrored = trunk_of(script);
                assert_true(told.trunk.drop_left_deg != told.trunk.drop_right_deg);
                assert_true(told.trunk.hip_left_extension_deg != told.trunk.hip_right_extension_deg);
                exchange(&told.trunk.drop_left_deg, &told.trunk.drop_right_deg);
                exchange(&told.trunk.hip_left_flexion_deg, &told.trunk.hip_right_flexion_deg);
                exchange(&told.trunk.hip_left_extension_deg, &told.trunk.hip_right_extension_deg);
                assert_true(groups_equal(&run_groups, &told, &mirrored));
        }
}

/* A pod that sits so much further forward says so in standing, too. */
static void how_a_pod_is_mounted_changes_no_angle(void **state)
{
        Script *script = *state;
        SplitMix random = seeded();

        for (int round = 0; round < 20; round++) {
                int degrees = between(&random, -20, 20);
                Run told, turned;

                say_at_random(script, &random);
                told = trunk_of(script);
                for (size_t i = 0; i < script->n; i++) {
                        Line *line = &script->lines[i];

                        if (line->placement != PLACEMENT_SACRUM)
                                continue;
                        if (line->record.kind == RECORD_CALIBRATION) {
                                double pitch = (10 + degrees) * M_PI / 180;

                                line->record.calibration.acceleration_x_mg = lround(-1000 * sin(pitch));
                                line->record.calibration.acceleration_z_mg = lround(1000 * cos(pitch));
                        } else if (line->record.trunk.part == TRUNK_POSE) {
                                line->record.trunk.pitch_mean_deg10 += 10 * degrees;
                        }
                }
                turned = trunk_of(script);
                assert_true(fabs(told.trunk.tilt_mean_deg - turned.trunk.tilt_mean_deg) < 0.1);
                assert_true(fabs(told.trunk.lumbar_mean_deg - turned.trunk.lumbar_mean_deg) < 0.1);
                assert_true(fabs(told.trunk.hip_left_extension_deg - turned.trunk.hip_left_extension_deg) < 0.1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(sides_exchanged_are_sides_exchanged_and_nothing_else),
                TEST(how_a_pod_is_mounted_changes_no_angle),
                TEST(angles_are_against_standing),
                TEST(without_calibration_only_ranges_are_told),
                TEST(a_calibration_that_is_none_does_not_count),
                TEST(another_pods_calibration_does_not_count),
                TEST(the_newest_calibration_before_the_run_counts),
                TEST(means_without_a_curve_have_no_peaks),
                TEST(poor_and_walking_strides_and_other_pods_of_the_place_stay_out),
                TEST(a_run_without_such_pods_has_no_trunk),
                TEST(clocks_that_move_by_what_they_err_move_no_angle),
                TEST(a_clock_that_steps_within_the_run_moves_no_angle),
                TEST(clocks_that_cannot_tell_the_contacts_apart_pair_nothing),
                TEST(clocks_are_judged_by_the_runs_stride_and_not_by_each),
                TEST(contacts_far_apart_are_not_the_same),
                TEST(pods_that_begin_with_different_feet_are_paired_step_by_step),
                TEST(a_stride_with_a_missed_contact_is_no_partner),
                TEST(the_curve_goes_through_its_points),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
