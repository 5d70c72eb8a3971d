/* How the feet ran: medians with their reasons, from whatever the pods said. */
#include "daemon/measure/run-gait.h"
#include "tests/unit/measure/fixture.h"

#include <math.h>

static const RunBody body = {.mass_kg = 70, .height_m = 1.75};

static Run gait_with(const Script *script, const RunBody *of)
{
        CLEANUP(activity_freep) Activity *activity = listen(script);
        Run run = only_run(script);

        assert_int_equal(run_gait(activity, of, &run), 0);
        return run;
}

static const char *why(const Run *run, const char *path)
{
        const char *code = reasons_explain(&run->reasons, path);

        return code ? code : "";
}

static void say_run(Script *script, Foot foot, int n, int64_t contact_1024)
{
        for (int i = 0; i < n; i++) {
                Stride *stride = say_stride(script, foot, START_MS + (foot == FOOT_RIGHT ? 360 : 0) + i * 703LL);

                stride->stride_time_1024 = 720;
                stride->contact_time_1024 = contact_1024;
        }
}

static void times_and_model_are_those_of_the_formulas(void **state)
{
        Script *script = *state;
        double tc = 256 / 1024.0, tf = 360 / 1024.0 - tc, force, sinking;
        Run run;

        say_run(script, FOOT_LEFT, 100, 256);
        say_run(script, FOOT_RIGHT, 100, 256);
        run = gait_with(script, &body);
        force = 70 * 9.81 * M_PI / 2 * (tf / tc + 1);
        sinking = force * tc * tc / (70 * M_PI * M_PI) - 9.81 * tc * tc / 8;
        assert_int_equal(run.gait.head.n, 200);
        assert_true(run.gait.head.coverage == 1);
        assert_true(run.gait.contact_ms == 250);
        assert_true(fabs(run.gait.flight_ms - 1000 * tf) < 1e-3);
        assert_true(fabs(run.gait.duty_factor - 256 / 720.0) < 1e-3);
        assert_true(fabs(run.gait.cadence_spm - 120 * 1024 / 720.0) < 1e-3);
        assert_true(fabs(run.gait.sinking_mm - 1000 * sinking) < 1e-3);
        assert_true(fabs(run.gait.vertical_kn_m - force / sinking / 1000) < 1e-3);
        assert_true(run.gait.contact_index_pct == 0);
        assert_true(run.gait.left.impact_median_g == 2);
        assert_true(fabs(run.gait.steady_s - 100 * 720 / 1024.0) < 1e-3);
}

static void without_mass_or_height_the_model_is_null_and_not_guessed(void **state)
{
        static const RunBody nobody = {NAN, NAN}, short_of_height = {70, NAN};
        Script *script = *state;
        Run run;

        say_run(script, FOOT_LEFT, 100, 256);
        run = gait_with(script, &nobody);
        assert_true(isnan(run.gait.sinking_mm) && isnan(run.gait.leg_kn_m) && isnan(run.gait.force_bw));
        assert_string_equal(why(&run, "gait.spring.sinking_mm"), "no_mass");
        assert_string_equal(why(&run, "gait.spring.leg_kn_m"), "no_mass");
        assert_true(run.gait.contact_ms == 250);
        run = gait_with(script, &short_of_height);
        assert_false(isnan(run.gait.sinking_mm));
        assert_true(isnan(run.gait.leg_kn_m));
        assert_string_equal(why(&run, "gait.spring.leg_kn_m"), "no_leg_length");
}

static void a_second_pod_on_the_same_foot_changes_nothing(void **state)
{
        Script *script = *state;
        Run alone, together;

        say_run(script, FOOT_LEFT, 100, 256);
        alone = gait_with(script, &body);
        for (int i = 0; i < 60; i++) { /* it was switched on later, and measures otherwise */
                Line *line = say(script, "AA:BB:CC:DD:EE:0F", PLACEMENT_LEFT_FOOT, START_MS + 20000 + i * 703LL,
                                 RECORD_STRIDE);

                line->record.stride = script->lines[0].record.stride;
                line->record.stride.contact_time_1024 = 400;
        }
        together = gait_with(script, &body);
        assert_int_equal(together.gait.head.n, alone.gait.head.n);
        assert_true(together.gait.contact_ms == alone.gait.contact_ms);
        assert_int_equal(together.steps, alone.steps);
        assert_int_equal(together.distance_m, alone.distance_m);
        assert_true(together.left_impact_sum_g == alone.left_impact_sum_g);
}

static void contacts_that_cannot_be_count_for_nothing(void **state)
{
        Script *script = *state;
        Run run;

        say_run(script, FOOT_LEFT, 90, 256);
        for (int i = 0; i < 40; i++) { /* longer than their stride, none, and a stride of no time */
                script->lines[i].record.stride.contact_time_1024 = i % 2 ? 800 : NULL_INTEGER;
                script->lines[i].record.stride.stride_time_1024 = i % 10 == 0 ? 0 : 720;
        }
        run = gait_with(script, &body);
        assert_int_equal(run.gait.head.n, 86);
        assert_true(run.gait.contact_ms == 250);
        assert_true(fabs(run.gait.head.coverage - 50 / 86.0) < 1e-3);
}

static void what_was_not_measured_says_so(void **state)
{
        Script *script = *state;
        Run run;

        say_strides(script, FOOT_RIGHT, START_MS, 20); /* without contact times */
        run = gait_with(script, &body);
        assert_int_equal(run.gait.head.n, 20);
        assert_true(isnan(run.gait.contact_ms) && isnan(run.gait.contact_index_pct));
        assert_string_equal(why(&run, "gait.contact_ms"), "no_contact_time");
        assert_string_equal(why(&run, "gait.left.contact_ms"), "no_foot_pod");
        assert_string_equal(why(&run, "gait.symmetry.contact_pct"), "one_side_only");
        assert_string_equal(why(&run, "gait.stride_cv_pct"), "too_few_strides");
        assert_string_equal(why(&run, "gait.drift.contact_pct"), "too_short");
        assert_string_equal(why(&run, "gait.efficiency.decoupling_pct"), "too_short");
        assert_string_equal(why(&run, "gait.spring.sinking_mm"), "no_contact_time");
}

static void swapping_the_feet_mirrors_symmetry(void **state)
{
        Script *script = *state;
        Run run, mirrored;

        say_run(script, FOOT_LEFT, 60, 240);
        say_run(script, FOOT_RIGHT, 60, 264);
        run = gait_with(script, &body);
        for (size_t i = 0; i < script->n; i++) {
                bool left = script->lines[i].placement == PLACEMENT_LEFT_FOOT;

                script->lines[i].placement = left ? PLACEMENT_RIGHT_FOOT : PLACEMENT_LEFT_FOOT;
        }
        mirrored = gait_with(script, &body);
        assert_true(run.gait.contact_index_pct > 9 && run.gait.contact_index_pct < 10);
        assert_true(run.gait.contact_index_pct == -mirrored.gait.contact_index_pct);
        assert_true(run.gait.contact_ms == mirrored.gait.contact_ms);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(times_and_model_are_those_of_the_formulas),
                TEST(without_mass_or_height_the_model_is_null_and_not_guessed),
                TEST(a_second_pod_on_the_same_foot_changes_nothing),
                TEST(contacts_that_cannot_be_count_for_nothing),
                TEST(what_was_not_measured_says_so),
                TEST(swapping_the_feet_mirrors_symmetry),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
