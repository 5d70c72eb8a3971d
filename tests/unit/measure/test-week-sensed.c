/* Days from postures and exercises, and the week that is made of them. */
#include "daemon/measure/day-exercises.h"

#include "base/calendar.h"
#include "daemon/measure/day-postures.h"
#include "daemon/measure/week-sensed.h"
#include "tests/unit/measure/fixture.h"

#include <math.h>

#define THIGH_POD  "AA:BB:CC:DD:EE:15"
#define OTHER_POD  "AA:BB:CC:DD:EE:16"
#define SACRUM_POD "AA:BB:CC:DD:EE:13"
#define MONDAY     20780

/* One epoch whose pod is inclined by so many degrees about y. */
static PostureEpochRecord *say_epoch(Script *script, const char *address, Placement placement, int64_t utc_ms,
                                     int64_t duration_ms, double inclined_deg)
{
        Line *line = say(script, address, placement, utc_ms, RECORD_POSTURE_EPOCH);

        line->record.posture = (PostureEpochRecord){
                1, duration_ms, lround(1000 * sin(inclined_deg * M_PI / 180)), 0,
                lround(1000 * cos(inclined_deg * M_PI / 180)), 10, 2};
        return &line->record.posture;
}

static void say_thigh(Script *script, int64_t *at, double minutes, double inclined_deg)
{
        for (int i = 0; i < (int)(minutes * 4); i++, *at += 15000)
                (void)say_epoch(script, THIGH_POD, PLACEMENT_LEFT_THIGH, *at, 15000, inclined_deg);
}

static SensedDay day_of(const Script *script, int expected)
{
        CLEANUP(day_postures_freep) DayPostures *postures = NULL;
        CLEANUP(day_exercises_freep) DayExercises *exercises = NULL;
        SensedDay day = {0};
        int told, exercised;

        fields_set_null(&sensed_day_fields, &day);
        assert_int_equal(day_postures_new(&measure_defaults, START_MS, START_MS + DAY_MS, &postures), 0);
        assert_int_equal(day_exercises_new(&measure_defaults, &exercises), 0);
        for (size_t i = 0; i < script->n; i++) {
                const Line *line = &script->lines[i];
                Heard heard = {.record = &line->record, .address = line->address,
                               .placement = line->placement, .utc_ms = line->utc_ms};

                assert_int_equal(day_postures_add(postures, &heard), 0);
                assert_int_equal(day_exercises_add(exercises, &heard), 0);
        }
        told = day_postures_measure(postures, &day);
        exercised = day_exercises_measure(exercises, &day);
        assert_true(told >= 0 && exercised >= 0);
        assert_int_equal(told > 0 || exercised > 0, expected);
        return day;
}

static void a_day_is_bouts_and_breaks_of_its_epochs(void **state)
{
        Script *script = *state;
        int64_t at = START_MS + 3600000;
        SensedDay day;

        say_thigh(script, &at, 40, 80);
        say_thigh(script, &at, 5, 10);
        say_thigh(script, &at, 20, 80);
        at += 600000; /* nothing heard */
        say_thigh(script, &at, 20, 80);
        day = day_of(script, 1);
        assert_string_equal(day.source, "thigh");
        assert_true(day.sit_s == 80 * 60 && day.upright_s == 5 * 60 && day.wear_s == 85 * 60);
        assert_int_equal(day.bouts, 3);
        assert_int_equal(day.breaks, 1); /* a silence is none */
        assert_true(day.longest_s == 40 * 60);
        assert_int_equal(day.prolonged, 1);
}

static void the_order_and_length_of_epochs_do_not_matter(void **state)
{
        Script *script = *state, *other;
        int64_t at = START_MS + 3600000;
        SensedDay a, b;

        say_thigh(script, &at, 40, 80);
        say_thigh(script, &at, 5, 10);
        say_thigh(script, &at, 20, 80);
        a = day_of(script, 1);
        other = calloc(1, sizeof(*other));
        assert_non_null(other);
        for (int i = 65; i-- > 0;) /* by the minute, from the end */
                (void)say_epoch(other, THIGH_POD, PLACEMENT_LEFT_THIGH, START_MS + 3600000 + i * 60000LL, 60000,
                                i >= 40 && i < 45 ? 10 : 80);
        b = day_of(other, 1);
        free(other);
        assert_true(fields_equal(&sensed_day_fields, &a, &b));
}

static void walking_is_upright_and_a_pod_upside_down_is_told(void **state)
{
        Script *script = *state;
        int64_t at = START_MS + 3600000;
        SensedDay day;

        say_thigh(script, &at, 10, 5);
        for (size_t i = 0; i < script->n; i++)
                script->lines[i].record.posture.deviation_mg = 200;
        say_thigh(script, &at, 10, 170);
        day = day_of(script, 1);
        assert_true(day.upright_s == 600 && day.wear_s == 600);
        assert_string_equal(day.fault, "upside_down");
}

static void a_pod_mounted_askew_is_set_right_by_standing(void **state)
{
        Script *script = *state;
        int64_t at = START_MS + 3600000;
        Line *line = say(script, THIGH_POD, PLACEMENT_LEFT_THIGH, START_MS, RECORD_CALIBRATION);
        SensedDay day;

        line->record.calibration = (Calibration){CALIBRATION_STANDING, 5200, 500, 0, 866, 0}; /* 30° */
        say_thigh(script, &at, 10, 70); /* 40° from standing */
        say_thigh(script, &at, 10, 80); /* 50° */
        day = day_of(script, 1);
        assert_true(day.upright_s == 600 && day.sit_s == 600);
}

static void what_is_not_worn_or_not_measured_is_no_wear(void **state)
{
        Script *script = *state;
        int64_t at = START_MS + 3600000;

        say_thigh(script, &at, 30, 80);
        for (size_t i = 0; i < script->n; i++) {
                PostureEpochRecord *epoch = &script->lines[i].record.posture;

                epoch->worn = i % 2;
                if (epoch->worn)
                        epoch->acceleration_x_mg = epoch->acceleration_y_mg = epoch->acceleration_z_mg =
                                epoch->deviation_mg = NULL_INTEGER;
        }
        assert_true(day_of(script, 1).wear_s == 0);
}

static void of_two_pods_on_the_thighs_the_one_worn_longer_counts(void **state)
{
        Script *script = *state;
        int64_t at = START_MS + 3600000;

        say_thigh(script, &at, 30, 80);
        for (int i = 0; i < 10; i++)
                (void)say_epoch(script, OTHER_POD, PLACEMENT_RIGHT_THIGH, START_MS + 3600000 + i * 15000, 15000, 5);
        assert_true(day_of(script, 1).sit_s == 30 * 60);
}

static void a_sacrum_alone_needs_to_know_where_down_is(void **state)
{
        Script *script = *state;

        for (int i = 0; i < 40; i++)
                (void)say_epoch(script, SACRUM_POD, PLACEMENT_SACRUM, START_MS + i * 15000, 15000, -30);
        assert_string_equal(day_of(script, 1).fault, "no_walking_reference");
        for (int i = 40; i < 80; i++) /* ten minutes of walking, the pod 10° askew */
                say_epoch(script, SACRUM_POD, PLACEMENT_SACRUM, START_MS + i * 15000, 15000, -10)->deviation_mg = 250;
        assert_string_equal(day_of(script, 1).source, "sacrum");
        assert_true(day_of(script, 1).sit_s == 600 && day_of(script, 1).upright_s == 600);
}

/* ---- exercises ---- */

static void say_bridges(Script *script, const double *peaks_deg, size_t n)
{
        int64_t at = START_MS;

        for (int i = 0; i < 16; i++, at += 250)
                (void)say_epoch(script, SACRUM_POD, PLACEMENT_SACRUM, at, 250, 88);
        for (size_t k = 0; k < n; k++) {
                for (int i = 0; i < 12; i++, at += 250)
                        (void)say_epoch(script, SACRUM_POD, PLACEMENT_SACRUM, at, 250,
                                        88 + peaks_deg[k] * sin(M_PI * (i + 0.5) / 12));
                for (int i = 0; i < 8; i++, at += 250)
                        (void)say_epoch(script, SACRUM_POD, PLACEMENT_SACRUM, at, 250, 88);
        }
}

static void low_bridges_count_from_the_first_one_on(void **state)
{
        static const double peaks_deg[] = {25, 26, 14, 29, 35};
        Script *script = *state;

        say_bridges(script, peaks_deg, ARRAY_SIZE(peaks_deg));
        assert_int_equal(day_of(script, 1).bridge_reps, 4); /* one was half a lift */
}

static void what_the_pod_found_itself_is_not_counted_twice(void **state)
{
        static const double peaks_deg[] = {25, 26, 29};
        Script *script = *state;
        SensedDay day;

        say_bridges(script, peaks_deg, ARRAY_SIZE(peaks_deg));
        for (int i = 0; i < 4; i++)
                say(script, SACRUM_POD, PLACEMENT_SACRUM, START_MS + i * 5000, RECORD_EXERCISE_EVENT)
                        ->record.exercise = (ExerciseEvent){SENSED_BRIDGE, SIDE_NONE, 3000, 1500, i == 3 ? 150 : 270};
        day = day_of(script, 1);
        assert_int_equal(day.bridge_reps, 3); /* the fourth is below the lift that counts */
        assert_true(fabs(day.bridge_hold_s - 4.5) < 1e-9);
}

static void stretches_are_of_the_rear_leg_and_long_enough(void **state)
{
        static const struct {
                const char *address;
                Placement placement;
                double deg;
        } pods[] = {{SACRUM_POD, PLACEMENT_SACRUM, 5},       /* 5° back */
                    {THIGH_POD, PLACEMENT_LEFT_THIGH, -15},  /* behind */
                    {OTHER_POD, PLACEMENT_RIGHT_THIGH, 85}}; /* in front */
        Script *script = *state;
        SensedDay day;

        for (size_t i = 0; i < ARRAY_SIZE(pods); i++) {
                Line *line = say(script, pods[i].address, pods[i].placement, START_MS, RECORD_CALIBRATION);

                line->record.calibration = (Calibration){CALIBRATION_STANDING, 5200, 0, 0, 1000, 0};
                for (int s = 0; s < 90; s++) { /* 40 s held, 20 s loose, 15 s held, 15 s loose */
                        bool held = s < 40 || (s >= 60 && s < 75);

                        (void)say_epoch(script, pods[i].address, pods[i].placement, START_MS + 10000 + s * 1000LL, 1000,
                                        held ? pods[i].deg : 0);
                }
        }
        day = day_of(script, 1);
        assert_int_equal(day.stretch_left, 1);
        assert_true(fabs(day.stretch_left_s - 40) <= 1);
        assert_int_equal(day.stretch_right, 0);
}

/* ---- the week ---- */

static const double nothing_said[WEEK_DAYS] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};

static Week week_of(const SensedDay *days, size_t n, const double *said)
{
        Week week;

        week_set_null(&week);
        week_sitting(days, n, said, MONDAY, &measure_defaults.sitting, &week);
        week_exercises(days, n, &week);
        return week;
}

static SensedDay a_day(int64_t day, double sit_h, double wear_h)
{
        SensedDay told;

        fields_set_null(&sensed_day_fields, &told);
        told.day = day;
        (void)text_copy(told.source, sizeof(told.source), "thigh");
        told.sit_s = sit_h * 3600;
        told.wear_s = wear_h * 3600;
        told.bouts = 8;
        told.breaks = 6;
        told.longest_s = 3600;
        told.prolonged = 3;
        return told;
}

static void means_need_four_valid_days(void **state)
{
        SensedDay days[5];
        Week week;

        (void)state;
        for (int i = 0; i < 5; i++)
                days[i] = a_day(MONDAY + i, 8 + i, i == 4 ? 9.9 : 14); /* the last is not valid */
        week = week_of(days, 4, nothing_said);
        assert_int_equal(week.sitting.valid_days, 4);
        assert_true(fabs(week.sitting.hours_per_day - 9.5) < 1e-9);
        week = week_of(days + 1, 4, nothing_said);
        assert_int_equal(week.sitting.valid_days, 3);
        assert_true(isnan(week.sitting.hours_per_day));
        assert_string_equal(reasons_explain(&week.reasons, "sitting.hours_per_day"), "too_few_valid_days");
        assert_true(isnan(week.sitting.sit_h[0]) && week.sitting.sit_h[1] == 9);
        assert_int_equal(week.sitting.bouts, 32);
        assert_string_equal(reasons_explain(&week.reasons, "exercises"), "not_sensed");
}

static void what_the_runner_says_stands_only_without_a_pod_and_is_marked(void **state)
{
        double said[WEEK_DAYS] = {8, 7, NAN, 9, 8, NAN, NAN};
        SensedDay day = a_day(MONDAY, 5, 12);
        Week week;

        (void)state;
        week = week_of(NULL, 0, said);
        assert_string_equal(week.sitting.source, "self_reported");
        assert_int_equal(week.sitting.head.n, 4);
        assert_true(week.sitting.hours_per_day == 8);
        assert_string_equal(reasons_explain(&week.reasons, "sitting.breaks"), "self_reported");
        week = week_of(&day, 1, said);
        assert_string_equal(week.sitting.source, "thigh");
        assert_true(week.sitting.sit_h[0] == 5 && isnan(week.sitting.sit_h[1]));
        week = week_of(NULL, 0, nothing_said);
        assert_string_equal(reasons_explain(&week.reasons, "sitting"), "no_thigh_or_sacrum_pod");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_day_is_bouts_and_breaks_of_its_epochs),
                TEST(the_order_and_length_of_epochs_do_not_matter),
                TEST(walking_is_upright_and_a_pod_upside_down_is_told),
                TEST(a_pod_mounted_askew_is_set_right_by_standing),
                TEST(what_is_not_worn_or_not_measured_is_no_wear),
                TEST(of_two_pods_on_the_thighs_the_one_worn_longer_counts),
                TEST(a_sacrum_alone_needs_to_know_where_down_is),
                TEST(low_bridges_count_from_the_first_one_on),
                TEST(what_the_pod_found_itself_is_not_counted_twice),
                TEST(stretches_are_of_the_rear_leg_and_long_enough),
                TEST(means_need_four_valid_days),
                TEST(what_the_runner_says_stands_only_without_a_pod_and_is_marked),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
