/* Laws of the groups of load: sides that change places, units that scale, days that do not matter. */
#include "daemon/measure/days.h"
#include "daemon/measure/effort.h"
#include "daemon/measure/impact.h"
#include "daemon/measure/spike-groups.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RUNS = 12, MONDAY = 20000 };

static uint32_t state_of_random;

static double draw(double most)
{
        state_of_random = state_of_random * 1664525u + 1013904223u;
        return most * (double)(state_of_random >> 8) / (1 << 24);
}

typedef struct Made {
        WeekRun runs[RUNS];
        DayLoad days[14];
        WeekInput input;
} Made;

/* Runs of four weeks; the last week is measured. `distance`, `peak`: factors. */
static void make(Made *made, uint32_t seed, double distance, double peak)
{
        state_of_random = seed;
        *made = (Made){.input = {.n_runs = RUNS, .monday = MONDAY, .empty = ""}};
        made->input.runs = made->runs;
        for (size_t i = 0; i < RUNS; i++) {
                Run *run = &made->runs[i].run;
                ImpactFoot feet[2];

                run_set_null(run);
                made->runs[i].day = MONDAY - 20 + (int32_t)i * 2;
                made->runs[i].in_week = made->runs[i].day >= MONDAY;
                run->distance_mm = 1000 * (int64_t)(distance * (1000 + (double)(int)draw(9000)));
                run->steps_1000 = 1000 * (int64_t)(3000 + draw(3000));
                run->duration_s = 1800;
                for (size_t foot = 0; foot < 2; foot++) {
                        double g = peak * (2 + draw(6));

                        feet[foot] = (ImpactFoot){.n_steps = 100,
                                                  .n_peaks = 90,
                                                  .n_clipped = (int64_t)draw(3),
                                                  .peak_max_g = g,
                                                  .sum_g = 90 * g,
                                                  .bone_sum = 90 * g * g * g * g};
                }
                run->left_impact_sum_g = feet[0].sum_g;
                run->right_impact_sum_g = feet[1].sum_g;
                impact_run(&feet[0], &feet[1], run);
                effort_rate(draw(10), run);
        }
        for (size_t i = 0; i < 14; i++) {
                made->days[i] = (DayLoad){.day = MONDAY - 7 + (int32_t)i, .state = DAY_REST, .is_over = true};
                for (size_t r = 0; r < RUNS; r++) {
                        if (made->runs[r].day != made->days[i].day)
                                continue;
                        made->days[i].state = DAY_RUN;
                        made->days[i].distance_m += (double)made->runs[r].run.distance_mm / 1000;
                }
        }
}

static Week measured(const Made *made)
{
        Week week;

        week_set_null(&week);
        assert_int_equal(week_measure(&made->input, &measure_defaults, &week), 0);
        days_week(made->days, 0, "", &week);
        impact_week(&made->input, &week);
        effort_week(&made->input, made->days, &week);
        assert_int_equal(spike_week(&made->input, &measure_defaults, &week), 0);
        return week;
}

static void near(double a, double b)
{
        if (isnan(a) || isnan(b))
                assert_true(isnan(a) && isnan(b));
        else
                assert_true(fabs(a - b) <= 1e-9 * fmax(fabs(a), 1));
}

static void sides_that_change_places_change_nothing_else(void **state)
{
        uint32_t seed = (uint32_t)getpid() * 2654435761u;
        Made made;
        Week week, mirrored;

        (void)state;
        print_message("seed %u\n", seed);
        make(&made, seed, 1, 1);
        week = measured(&made);
        for (size_t i = 0; i < RUNS; i++) {
                Run *run = &made.runs[i].run;
                ImpactSide side = run->impact.left;
                double sum = run->left_impact_sum_g;

                run->impact.left = run->impact.right;
                run->impact.right = side;
                run->left_impact_sum_g = run->right_impact_sum_g;
                run->right_impact_sum_g = sum;
        }
        mirrored = measured(&made);
        near(week.impact.left.bone_sum, mirrored.impact.right.bone_sum);
        near(week.impact.right.bone_stimulus, mirrored.impact.left.bone_stimulus);
        assert_int_equal(week.impact.left.clipped, mirrored.impact.right.clipped);
        near(week.impact.left.peak_max_g, mirrored.impact.right.peak_max_g);
        near(week.impact.bone_stimulus, mirrored.impact.bone_stimulus);
        near(week.impact.sum_g, mirrored.impact.sum_g);
        assert_string_equal(week.spike.impacts.band, mirrored.spike.impacts.band);
        near(week.spike.impacts.ratio, mirrored.spike.impacts.ratio);
}

static void twice_the_distance_and_the_peaks_scale_sums_and_leave_ratios(void **state)
{
        uint32_t seed = (uint32_t)getpid() * 2654435761u;
        Made made;
        Week once, twice;

        (void)state;
        print_message("seed %u\n", seed);
        make(&made, seed, 1, 1);
        once = measured(&made);
        make(&made, seed, 2, 2);
        twice = measured(&made);
        near(2 * once.days.distance_m[0], twice.days.distance_m[0]);
        near(once.days.monotony, twice.days.monotony);
        near(2 * once.days.strain_m, twice.days.strain_m);
        near(2 * once.days.change_m, twice.days.change_m);
        near(once.days.change_percent, twice.days.change_percent);
        near(once.spike.distance.ratio, twice.spike.distance.ratio);
        assert_string_equal(once.longest_band, twice.longest_band);
        near(2 * once.impact.sum_g, twice.impact.sum_g);
        near(16 * once.impact.left.bone_sum, twice.impact.left.bone_sum);
        near(sqrt(2) * once.impact.bone_stimulus, twice.impact.bone_stimulus); /* g^1/2 */
        near(once.effort.session_rpe_au, twice.effort.session_rpe_au);
        near(once.spike.steps.ratio, twice.spike.steps.ratio);
}

static void an_unknown_day_makes_a_lower_bound_and_no_monotony(void **state)
{
        Made made;
        Week week;

        (void)state;
        make(&made, 7, 1, 1);
        assert_false(isnan(measured(&made).days.monotony));
        made.days[8].state = DAY_UNKNOWN;
        week = measured(&made);
        assert_true(isnan(week.days.monotony) && isnan(week.days.change_m));
        assert_string_equal(reasons_find(&week.reasons, "load.days.monotony"), "unknown_days");
        assert_string_equal(reasons_find(&week.reasons, "load.days.change_m"), "incomplete_week");
        assert_int_equal(week.days.is_lower_bound, 1);
        assert_int_equal(week.days.head.n, 6);
}

static void a_run_without_a_rating_is_counted_and_never_made_up(void **state)
{
        Made made;
        Week week;
        double au;

        (void)state;
        make(&made, 11, 1, 1);
        au = measured(&made).effort.session_rpe_au;
        assert_false(isnan(measured(&made).effort.monotony));
        for (size_t i = 0; i < RUNS; i++) {
                if (!made.runs[i].in_week)
                        continue;
                au -= made.runs[i].run.effort.session_rpe_au;
                effort_rate(NULL_REAL, &made.runs[i].run);
                break;
        }
        week = measured(&made);
        near(week.effort.session_rpe_au, au);
        assert_int_equal(week.effort.n_missing, 1);
        assert_int_equal(week.effort.is_partial, 1);
        assert_string_equal(reasons_find(&week.reasons, "load.effort.monotony"), "unknown_days");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sides_that_change_places_change_nothing_else),
                cmocka_unit_test(twice_the_distance_and_the_peaks_scale_sums_and_leave_ratios),
                cmocka_unit_test(an_unknown_day_makes_a_lower_bound_and_no_monotony),
                cmocka_unit_test(a_run_without_a_rating_is_counted_and_never_made_up),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
