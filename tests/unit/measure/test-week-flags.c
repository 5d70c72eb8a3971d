/* Flags of a week from its runs: the rules themselves are in test-flags.c. */
#include "daemon/measure/week-flags.h"
#include "tests/unit/measure/fixture.h"

#include <math.h>

#define MONDAY 20780

/* A run of ten minutes with an angle of the low back; NAN: no calibration. */
static FlagSession session_of(int32_t day, double lumbar_deg)
{
        Run run;

        run_set_null(&run);
        run.gait.steady_s = 600;
        run.trunk.lumbar_mean_deg = lumbar_deg;
        run.trunk.tilt_mean_deg = isnan(lumbar_deg) ? NAN : 1;
        run.trunk.tilt_range_deg = 6; /* needs no standing */
        return flag_session(&run, day);
}

static Week flags_of(const FlagSession *sessions, size_t n)
{
        Week week;

        week_set_null(&week);
        week_flags(sessions, n, MONDAY, &measure_defaults.flag, &week);
        return week;
}

static const char *why(const Week *week, const char *path)
{
        const char *code = reasons_explain(&week->reasons, path);

        return code ? code : "";
}

static void two_runs_above_standing_raise_the_flag_with_its_evidence(void **state)
{
        FlagSession sessions[2] = {session_of(MONDAY - 2, 6), session_of(MONDAY + 1, 7.5)};
        Week week = flags_of(sessions, 2);

        (void)state;
        assert_string_equal(week.flags.rules[0].state, "raised");
        assert_true(codes_contain(week.flags.raised, "lumbar_hyperextension"));
        assert_string_equal(week.flags.rules[0].against, "own_standing");
        assert_string_equal(week.flags.rules[0].measure, "trunk.lumbar.mean_deg");
        assert_true(week.flags.rules[0].value == 7.5 && week.flags.rules[0].reference == 0 &&
                    week.flags.rules[0].limit == 5);
        assert_string_equal(week.flags.rules[0].since, "2026-11-21");
        assert_int_equal(week.flags.head.n, 2);
}

static void one_run_raises_nothing(void **state)
{
        FlagSession sessions[2] = {session_of(MONDAY - 2, 2), session_of(MONDAY + 1, 9)};
        Week week = flags_of(sessions, 2);

        (void)state;
        assert_string_not_equal(week.flags.rules[0].state, "raised");
        assert_string_equal(week.flags.raised, ",");
        week = flags_of(sessions + 1, 1);
        assert_string_equal(week.flags.rules[0].state, "cannot_tell");
        assert_string_equal(why(&week, "flags.lumbar_hyperextension.since"), "too_few_sessions");
}

static void without_calibration_no_flag_that_needs_one(void **state)
{
        FlagSession sessions[4];
        Week week;

        (void)state;
        for (int i = 0; i < 4; i++) {
                sessions[i] = session_of(MONDAY + i, NAN);
                /* drops are valid without, and far apart: still no flag */
                sessions[i].values[FLAG_DROP_LEFT_DEG] = 3;
                sessions[i].values[FLAG_DROP_RIGHT_DEG] = 12;
        }
        week = flags_of(sessions, 4);
        assert_string_equal(week.flags.rules[1].state, "cannot_tell");
        assert_string_equal(why(&week, "flags.pelvic_drop_high.value"), "no_standing");
        assert_string_equal(why(&week, "flags.lumbar_hyperextension.value"), "no_standing");
        assert_string_equal(why(&week, "flags.reduced_hip_extension.value"), "no_standing");
        assert_string_equal(week.flags.raised, ",");
}

static void short_runs_and_a_week_without_runs_tell_nothing(void **state)
{
        FlagSession sessions[2] = {session_of(MONDAY, 9), session_of(MONDAY + 1, 9)};
        Week week;

        (void)state;
        sessions[0].steady_s = sessions[1].steady_s = 299;
        week = flags_of(sessions, 2);
        assert_string_equal(week.flags.rules[0].state, "cannot_tell");
        sessions[1].day = MONDAY - 1;
        week = flags_of(sessions, 2);
        assert_true(week.flags.head.n == NULL_INTEGER);
        assert_string_equal(why(&week, "flags"), "no_runs");
}

static void every_rule_has_its_columns(void **state)
{
        (void)state;
        for (size_t i = 0; i < FLAG_RULES; i++) {
                char path[64];

                (void)snprintf(path, sizeof(path), "flags.%s.state", flag_rules[i].id);
                assert_non_null(fields_find(&week_flags_fields, path));
                assert_true(fields_find(&week_flags_fields, path)->offset ==
                            offsetof(WeekFlags, rules) + i * sizeof(FlagTold) + offsetof(FlagTold, state));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(two_runs_above_standing_raise_the_flag_with_its_evidence),
                TEST(one_run_raises_nothing),
                TEST(without_calibration_no_flag_that_needs_one),
                TEST(short_runs_and_a_week_without_runs_tell_nothing),
                TEST(every_rule_has_its_columns),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
