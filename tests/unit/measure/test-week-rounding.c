/* A week from its runs: what is rounded, and when. */
#include "daemon/measure/rounded.h"
#include "daemon/measure/week.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static Week week_of(int64_t distance_mm, int64_t steps_1000, size_t n_runs)
{
        CLEANUP(freep) WeekRun *runs = calloc(n_runs, sizeof(*runs));
        Week week;

        assert_non_null(runs);
        for (size_t i = 0; i < n_runs; i++) {
                Run *run = &runs[i].run;

                run_set_null(run);
                run->distance_mm = distance_mm;
                run->steps_1000 = steps_1000;
                if (distance_mm != NULL_INTEGER)
                        run->distance_m = rounded(distance_mm);
                if (steps_1000 != NULL_INTEGER)
                        run->steps = rounded(steps_1000);
                runs[i].in_week = true;
        }
        week_set_null(&week);
        assert_int_equal(week_measure(&(WeekInput){.runs = runs, .n_runs = n_runs, .empty = ""},
                                      &measure_defaults, &week),
                         0);
        return week;
}

static void a_week_of_short_runs_is_rounded_once(void **state)
{
        Week week = week_of(7400, 12400, 20);

        (void)state;
        assert_true(week.load_distance_m == 148); /* not 20 times 7 */
        assert_true(week.load_steps == 248);
        assert_int_equal(week.longest_distance_m, 7);
}

static void a_week_without_speed_has_no_distance(void **state)
{
        Week week = week_of(NULL_INTEGER, 12400, 2);

        (void)state;
        assert_true(isnan(week.load_distance_m));
        assert_string_equal(reasons_find(&week.reasons, "load.distance_m"), "no_speed");
        assert_true(week.load_steps == 24.8);
}

/* Within half a percent, also of a few seconds: a tenth would be too coarse there. */
static void the_shortest_run_is_told_as_it_was(void **state)
{
        Week week = week_of(30797, 30433, 1), longer = week_of(1234567, 1234567, 1);

        (void)state;
        assert_true(week.load_distance_m == 30.797);
        assert_true(week.load_steps == 30.433);
        assert_int_equal(week.longest_distance_m, 31); /* runs are compared by whole metres */
        assert_true(longer.load_distance_m == 1234.6);
        assert_true(longer.load_steps == 1234.6);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_week_of_short_runs_is_rounded_once),
                cmocka_unit_test(a_week_without_speed_has_no_distance),
                cmocka_unit_test(the_shortest_run_is_told_as_it_was),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
