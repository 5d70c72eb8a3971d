/* What pods on the trunk add to runs, days and weeks, whenever it comes. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/days.h"
#include "daemon/measure/splitmix.h"

#include <math.h>

#define SACRUM "C0:A0:00:00:00:33"
#define BACK   "C0:A0:00:00:00:34"
#define RUN_S  600 /* after NOW_MS */

static void wear_pod(Home *home, const char *address, Placement placement)
{
        Pod pod = {.address = "", .name = "Segment", .driver = "stride", .runner = RUNNER,
                   .placement = placement, .bonded = 1, .has_memory = 1};
        Record record = anchor(EPOCH, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);

        assert_true(text_copy(pod.address, sizeof(pod.address), address));
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        (void)store(home, address, &record, 1);
}

static void wear(Home *home, Placement placement)
{
        wear_pod(home, SACRUM, placement);
}

static void say_of(Home *home, const char *address, Record record)
{
        record.epoch = EPOCH;
        record = encoded(record);
        (void)store(home, address, &record, 1);
}

static void say(Home *home, Record record)
{
        say_of(home, SACRUM, record);
}

static void say_strides(Home *home, uint32_t seq, uint32_t n)
{
        for (uint32_t i = 0; i < n; i++) {
                Record record = {.kind = RECORD_TRUNK_STRIDE};

                fields_set_null(record_fields(RECORD_TRUNK_STRIDE), &record);
                record.seq = seq + i;
                record.tick = (RUN_S + i) * TICK_HZ;
                record.trunk.part = TRUNK_POSE;
                record.trunk.running = record.trunk.quality = 1;
                record.trunk.after_pause = 0;
                record.trunk.stride_time_1024 = 1024;
                record.trunk.pitch_mean_deg10 = 120;
                record.trunk.pitch_range_deg10 = 60;
                say(home, record);
        }
}

static Record trunk_part(uint32_t stride, int part)
{
        Record record = {.kind = RECORD_TRUNK_STRIDE};
        TrunkStride *trunk = &record.trunk;

        fields_set_null(record_fields(RECORD_TRUNK_STRIDE), &record);
        record.tick = (RUN_S + stride) * TICK_HZ;
        trunk->part = part;
        trunk->running = trunk->quality = 1;
        if (part == TRUNK_POSE) {
                trunk->after_pause = 0;
                trunk->stride_time_1024 = 1024;
                trunk->pitch_mean_deg10 = 100 + stride % 31;
                trunk->pitch_range_deg10 = 50 + stride % 17;
        } else if (part == TRUNK_CURVE) {
                for (int k = 0; k < CURVE_POINTS; k++)
                        trunk->curve_deg10[k] = k % 2 ? 20 : -20;
        } else {
                trunk->drop_left_deg10 = 40 + stride % 13;
                trunk->drop_right_deg10 = 50 + stride % 11;
        }
        return record;
}

static Record standing(uint32_t seq, uint32_t at_s)
{
        return (Record){.kind = RECORD_CALIBRATION, .seq = seq, .tick = at_s * TICK_HZ,
                        .calibration = {CALIBRATION_STANDING, 5200, -174, 0, 985, 0}};
}

static void a_calibration_that_comes_late_gives_the_run_its_angles(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;
        Run run;

        set_time(home);
        wear(home, PLACEMENT_SACRUM);
        run_for(home, 2, RUN_S, 400);
        say_strides(home, 3, 400); /* seq 2 is still on the pod */
        assert_int_equal(derive_now(derive), 0);
        run = runs_of(home).list[0];
        assert_int_equal(run.trunk.head.n, 400);
        assert_true(isnan(run.trunk.tilt_mean_deg) && run.trunk.tilt_range_deg == 6);
        assert_string_equal(reasons_explain(&run.reasons, "trunk.tilt.mean_deg"), "no_standing");
        assert_int_equal(run.gait.head.n, 400);
        say(home, standing(2, 100));
        assert_int_equal(derive_now(derive), 0);
        run = runs_of(home).list[0];
        assert_int_equal(run.revision, 2);
        assert_true(fabs(run.trunk.tilt_mean_deg - 2) < 0.1);
        week = week_of(home, THIS_WEEK);
        assert_true(week.trunk.tilt_mean_deg == run.trunk.tilt_mean_deg);
        assert_int_equal(week.trunk.head.n, 1);
        assert_int_equal(week.gait.head.n, 1);
}

/* So long before the run that the record's own time touches nothing of it. */
static void a_calibration_of_the_evening_before_that_comes_late_counts_as_well(void **state)
{
        const uint32_t later_s = 20 * 3600;
        Home *home = *state;
        Derive *derive = start(home);
        Record record;

        set_time(home);
        wear(home, PLACEMENT_SACRUM);
        run_for(home, 2, RUN_S + later_s, 60);
        for (uint32_t i = 0; i < 60; i++) {
                record = trunk_part(i, TRUNK_POSE);
                record.seq = 3 + i;
                record.tick += later_s * TICK_HZ;
                say(home, record);
        }
        assert_int_equal(derive_now(derive), 0);
        assert_true(isnan(runs_of(home).list[0].trunk.tilt_mean_deg));
        say(home, standing(2, 100));
        assert_int_equal(derive_now(derive), 0);
        assert_false(isnan(runs_of(home).list[0].trunk.tilt_mean_deg));
}

/* Means that grow by `step_deg` from stride to stride, five to a round, and curves that do not end where
 * the next begins. */
static void say_curves(Home *home, const char *address, uint32_t n, int step_deg)
{
        for (uint32_t i = 0; i < 2 * n; i++) {
                Record record = {.kind = RECORD_TRUNK_STRIDE};

                fields_set_null(record_fields(RECORD_TRUNK_STRIDE), &record);
                record.seq = 3 + i;
                record.tick = (RUN_S + i / 2) * TICK_HZ;
                record.trunk.part = i % 2 ? TRUNK_CURVE : TRUNK_POSE;
                record.trunk.running = record.trunk.quality = 1;
                if (record.trunk.part == TRUNK_POSE) {
                        record.trunk.after_pause = 0;
                        record.trunk.stride_time_1024 = 1024;
                        record.trunk.pitch_mean_deg10 = 10 * step_deg * (i / 2 % 5);
                        record.trunk.pitch_range_deg10 = 70 * step_deg;
                }
                for (int k = 0; record.trunk.part == TRUNK_CURVE && k < CURVE_POINTS; k++)
                        record.trunk.curve_deg10[k] = 10 * step_deg * (k - 3);
                say_of(home, address, record);
        }
}

static void anchors_that_move_a_map_by_milliseconds_move_no_angle(void **state)
{
        static const int64_t late_ms[] = {3, -17, 31, 28, -2, 35, 1};
        Home *home = *state;
        Derive *derive = start(home);
        Run before, after;

        set_time(home);
        wear(home, PLACEMENT_SACRUM);
        wear_pod(home, BACK, PLACEMENT_THORACOLUMBAR);
        run_for(home, 2, RUN_S, 400);
        say(home, standing(2, 100));
        say_of(home, BACK, standing(2, 100));
        say_curves(home, SACRUM, 400, 1);
        say_curves(home, BACK, 400, 4);
        assert_int_equal(derive_now(derive), 0);
        before = runs_of(home).list[0];
        assert_false(isnan(before.trunk.lumbar_max_deg) || isnan(before.trunk.lumbar_range_deg));
        for (uint32_t i = 0; i < ARRAY_SIZE(late_ms); i++) {
                uint32_t at_s = RUN_S + 60 * i;

                say_of(home, BACK, anchor(EPOCH, 1000 + i, at_s * TICK_HZ, NOW_MS + at_s * 1000LL + late_ms[i],
                                          CLOCK_SYNCHRONISED));
                assert_int_equal(dirty_mark_for(home->ledger, RUNNER, DIRTY_TIME, NOW_MS, NOW_MS + DAY_MS), 0);
                assert_int_equal(derive_now(derive), 0);
                after = runs_of(home).list[0];
                assert_int_equal(after.revision, before.revision);
                assert_true(after.trunk.lumbar_max_deg == before.trunk.lumbar_max_deg &&
                            after.trunk.lumbar_range_deg == before.trunk.lumbar_range_deg);
        }
}

static void the_first_octets_of_a_contradicting_pod_count(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record other = standing(2, 100);

        set_time(home);
        wear(home, PLACEMENT_SACRUM);
        run_for(home, 2, RUN_S, 400);
        say(home, standing(2, 100));
        other.calibration.acceleration_x_mg = 0;
        other.calibration.acceleration_z_mg = 1000;
        other.epoch = EPOCH;
        other = encoded(other);
        assert_int_equal(store(home, SACRUM, &other, 1).contradicted, 1);
        say_strides(home, 3, 400);
        assert_int_equal(derive_now(derive), 0);
        assert_true(fabs(runs_of(home).list[0].trunk.tilt_mean_deg - 2) < 0.1);
}

static void a_pod_that_is_worn_elsewhere_tells_no_pelvis(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        set_time(home);
        wear(home, PLACEMENT_CHEST);
        run_for(home, 2, RUN_S, 400);
        say(home, standing(2, 100));
        say_strides(home, 3, 400);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(reasons_explain(&runs_of(home).list[0].reasons, "trunk"), "no_trunk_pod");
}

static void running_that_no_foot_told_of_is_no_week_without_a_run(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        Record boot = anchor(EPOCH, 1, 0, NOW_MS - 2 * DAY_MS, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &boot, 1); /* the foot's pod is well, and lies at home */
        wear(home, PLACEMENT_SACRUM);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS), 0);
        assert_int_equal(pod_set_reported(home->ledger, SACRUM, NOW_MS), 0);
        say_strides(home, 3, 9); /* somebody ran for the bus */
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.empty, "did_not_run");
        say_strides(home, 12, 400);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(runs_of(home).n, 0);
        assert_string_equal(week.empty, "not_worn");
        assert_non_null(strstr(week.verdict.sentence, "A pod on trunk or thigh felt running, but none on a foot"));
}

static int count_day(const SensedDay *day, void *userdata)
{
        *(double *)userdata += day->sit_s;
        return 0;
}

static void a_day_is_told_by_the_week_when_it_is_over(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        double sit_s = 0;
        Week week;

        set_time(home);
        wear(home, PLACEMENT_LEFT_THIGH);
        for (uint32_t i = 0; i < 240; i++)
                say(home, (Record){.kind = RECORD_POSTURE_EPOCH, .seq = 2 + i, .tick = i * 15 * TICK_HZ,
                                   .posture = {1, 15000, 1000, 0, 0, 0, 1}});
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(sensed_day_each(home->ledger, RUNNER, 0, INT32_MAX, count_day, &sit_s), 0);
        assert_true(sit_s == 3600);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(reasons_explain(&week.reasons, "sitting"), "no_thigh_or_sacrum_pod");
        clock_manual_advance(home->clock, DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.sitting.head.n, 1);
        assert_string_equal(week.sitting.source, "thigh");
        assert_true(week.sitting.longest_min == 60);
}

/* ---- properties ---- */

enum { STRIDES = 40, SITTINGS = 80, STRETCHES = 4, SAID = 2 + 3 * STRIDES + SITTINGS + STRETCHES };

/* What the sacrum's pod keeps of a day: standing, walking, a run, postures, stretches. */
static void remember(Record said[static SAID])
{
        uint32_t n = 0;

        said[n++] = standing(0, 100);
        said[n] = standing(0, 200);
        said[n++].calibration.calibration_of = CALIBRATION_WALKING;
        for (uint32_t i = 0; i < 3 * STRIDES; i++)
                said[n++] = trunk_part(i / 3, (int)(i % 3));
        for (uint32_t i = 0; i < SITTINGS; i++, n++)
                said[n] = (Record){.kind = RECORD_POSTURE_EPOCH, .tick = (7200 + 15 * i) * TICK_HZ,
                                   .posture = {1, 15000, i / 10 % 3 == 0 ? 0 : -800, 0, i / 10 % 3 == 0 ? 1000 : 600, 0, 1}};
        for (uint32_t i = 0; i < STRETCHES; i++, n++) {
                said[n] = (Record){.kind = RECORD_EXERCISE_EVENT, .tick = (18000 + 60 * i) * TICK_HZ};
                fields_set_null(record_fields(RECORD_EXERCISE_EVENT), &said[n]);
                said[n].exercise.exercise = 2;
                said[n].exercise.side = 1 + i % 2;
                said[n].exercise.duration_ms = 32000;
                said[n].exercise.hold_ms = 30000;
        }
        for (uint32_t i = 0; i < n; i++)
                said[i].seq = 2 + i;
}

/* Told in that order; the week that is over by then. */
static Week week_told(Home *home, const Record *said, const uint32_t order[static SAID], SplitMix *random)
{
        Derive *derive = start(home);

        set_time(home);
        wear(home, PLACEMENT_SACRUM);
        run_for(home, 2, RUN_S, STRIDES);
        for (size_t i = 0; i < SAID; i++) {
                say(home, said[order[i]]);
                if (splitmix_next(random) % 40 == 0)
                        assert_int_equal(derive_now(derive), 0);
        }
        clock_manual_advance(home->clock, 7 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        return week_of(home, THIS_WEEK);
}

static void neither_order_nor_batches_of_trunk_and_posture_leave_a_trace(void **state)
{
        uint64_t seed = (uint64_t)getpid() * 2654435761u;
        SplitMix random = {.state = seed};
        Record said[SAID];
        uint32_t order[SAID];
        Week told = {0};

        print_message("seed %llu\n", (unsigned long long)seed);
        remember(said);
        for (uint32_t i = 0; i < SAID; i++)
                order[i] = i;
        for (int round = 0; round < 3; round++) {
                Week week;

                if (round > 0) {
                        (void)leave(state);
                        (void)make_home(state);
                        for (uint32_t i = SAID - 1; i > 0; i--) {
                                uint32_t j = (uint32_t)(splitmix_next(&random) % (i + 1)), kept = order[i];

                                order[i] = order[j];
                                order[j] = kept;
                        }
                }
                week = week_told(*state, said, order, &random);
                week.revision = 1;
                if (round == 0)
                        told = week;
                assert_true(fields_equal(&week_fields, &told, &week));
                assert_true(groups_equal(&week_groups, &told, &week));
                assert_int_equal(week.trunk.head.n, 1);
                assert_false(isnan(week.trunk.drop_left_deg) || isnan(week.trunk.tilt_mean_deg));
                assert_int_equal(week.sitting.head.n, 1);
                assert_int_equal(week.exercises.stretch_left, STRETCHES / 2);
        }
}

static void a_later_day_of_the_pods_leaves_the_week_before_as_it_was(void **state)
{
        SplitMix random = {.state = 1};
        Record said[SAID];
        uint32_t order[SAID];
        Home *home = *state;
        Week before, after;

        remember(said);
        for (uint32_t i = 0; i < SAID; i++)
                order[i] = i;
        before = week_told(home, said, order, &random);
        for (uint32_t i = 0; i < SAID; i++) { /* the same, a week later */
                said[i].seq += 10000;
                said[i].tick += 7 * 86400 * TICK_HZ;
                say(home, said[i]);
        }
        run_for(home, 10000, 7 * 86400 + RUN_S, STRIDES);
        clock_manual_advance(home->clock, 7 * DAY_MS);
        assert_int_equal(derive_now(started), 0);
        assert_int_equal(week_of(home, NEXT_WEEK).sitting.head.n, 1);
        assert_int_equal(week_of(home, NEXT_WEEK).trunk.head.n, 1);
        after = week_of(home, THIS_WEEK);
        after.revision = before.revision;
        assert_string_equal(before.state, "provisional"); /* until its pods report past its end */
        (void)text_copy(after.state, sizeof(after.state), before.state);
        assert_true(fields_equal(&week_fields, &before, &after));
        for (size_t i = 0; i < week_groups.n; i++) {
                if (!group_equal(&week_groups.groups[i], &before, &after))
                        fail_msg("%s differs", week_groups.groups[i].path);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_calibration_that_comes_late_gives_the_run_its_angles),
                TEST(a_calibration_of_the_evening_before_that_comes_late_counts_as_well),
                TEST(anchors_that_move_a_map_by_milliseconds_move_no_angle),
                TEST(the_first_octets_of_a_contradicting_pod_count),
                TEST(a_pod_that_is_worn_elsewhere_tells_no_pelvis),
                TEST(running_that_no_foot_told_of_is_no_week_without_a_run),
                TEST(a_day_is_told_by_the_week_when_it_is_over),
                TEST(neither_order_nor_batches_of_trunk_and_posture_leave_a_trace),
                TEST(a_later_day_of_the_pods_leaves_the_week_before_as_it_was),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
