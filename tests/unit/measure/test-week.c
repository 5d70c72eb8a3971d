/* A week from its runs and its diary, and three kinds of empty. */
#include "tests/unit/measure/fixture.h"

#include "daemon/measure/week.h"

#define MONDAY 20780 /* 2026-11-23 */

static WeekRun a_run(int32_t day, int64_t distance_m, const char *source)
{
        WeekRun run = {.day = day, .in_week = day >= MONDAY};

        run_set_null(&run.run);
        run.run.distance_m = distance_m;
        run.run.distance_mm = distance_m == NULL_INTEGER ? NULL_INTEGER : distance_m * 1000;
        run.run.duration_s = 1000;
        run.run.steps = 3000;
        run.run.steps_1000 = 3000 * 1000;
        run.run.coverage = 1;
        (void)text_copy(run.run.source, sizeof(run.run.source), source);
        return run;
}

static Week measure_week(const WeekRun *runs, size_t n_runs, const PainEntry *pain, size_t n_pain,
                         const char *empty)
{
        WeekInput input = {.runs = runs, .n_runs = n_runs, .pain = pain, .n_pain = n_pain,
                           .monday = MONDAY, .empty = empty};
        Week week;

        week_set_null(&week);
        week.changed[0] = '\0';
        assert_int_equal(week_measure(&input, &measure_defaults, &week), 0);
        return week;
}

static const char *reason(const Week *week, const char *path)
{
        const char *code = reasons_find(&week->reasons, path);

        return code ? code : "";
}

static void runs_of_the_week_add_up_and_others_do_not(void **state)
{
        WeekRun runs[] = {a_run(MONDAY - 3, 99000, "left"), a_run(MONDAY, 5000, "left"),
                          a_run(MONDAY + 6, 7000, "left")};
        Week week;

        (void)state;
        runs[1].run.left_steps = 1500;
        runs[1].run.left_impact_sum_g = 12.5;
        runs[2].run.left_steps = 1600;
        runs[2].run.left_impact_sum_g = 10;
        runs[2].run.coverage = 0.5;
        runs[2].run.duration_s = 3000;
        week = measure_week(runs, 3, NULL, 0, "did_not_run");
        assert_true(week.load_distance_m == 12000);
        assert_int_equal(week.load_duration_s, 4000);
        assert_true(week.load_steps == 6000);
        assert_int_equal(week.load_runs, 2);
        assert_string_equal(week.load_source, "left");
        assert_int_equal(week.left_steps, 3100);
        assert_true(week.left_impact_sum_g == 22.5);
        assert_int_equal(week.right_steps, NULL_INTEGER);
        assert_string_equal(reason(&week, "load.right.steps"), "no_foot_pod");
        assert_true(week.coverage == (1000 + 0.5 * 3000) / 4000); /* by moving time */
        assert_string_equal(week.empty, "");
}

static void sources_that_differ_are_mixed(void **state)
{
        const WeekRun runs[] = {a_run(MONDAY, 5000, "left"), a_run(MONDAY + 1, 5000, "rsc")};

        (void)state;
        assert_string_equal(measure_week(runs, 2, NULL, 0, "not_worn").load_source, "mixed");
}

static void a_run_without_distance_leaves_the_others_sum(void **state)
{
        const WeekRun runs[] = {a_run(MONDAY, NULL_INTEGER, "left"), a_run(MONDAY + 1, 5000, "left")};
        Week week = measure_week(runs, 2, NULL, 0, "not_worn");

        (void)state;
        assert_true(week.load_distance_m == 5000);
        assert_int_equal(week.load_runs, 2);
        assert_int_equal(week.longest_distance_m, 5000);
        week = measure_week(runs, 1, NULL, 0, "not_worn");
        assert_true(isnan(week.load_distance_m));
        assert_string_equal(reason(&week, "load.distance_m"), "no_speed");
        assert_string_equal(reason(&week, "longest_run.distance_m"), "no_speed");
}

/* Did not run, not worn, not delivered: three values, of which only one is a zero. */
static void three_kinds_of_empty_are_three_values(void **state)
{
        static const char *const kinds[] = {"did_not_run", "not_worn", "not_delivered"};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                Week week = measure_week(NULL, 0, NULL, 0, kinds[i]);
                int64_t load = i == 0 ? 0 : NULL_INTEGER;

                assert_string_equal(week.empty, kinds[i]);
                assert_true(i == 0 ? week.load_distance_m == 0 : isnan(week.load_distance_m));
                assert_int_equal(week.load_duration_s, load);
                assert_true(i == 0 ? week.load_steps == 0 : isnan(week.load_steps));
                assert_int_equal(week.load_runs, load);
                assert_string_equal(reason(&week, "load.distance_m"), i == 0 ? "" : kinds[i]);
                assert_string_equal(reason(&week, "load.runs"), i == 0 ? "" : kinds[i]);
                assert_true(isnan(week.coverage));
                assert_int_equal(week.longest_distance_m, NULL_INTEGER);
                assert_string_equal(reason(&week, "longest_run.distance_m"), "no_run");
                assert_string_equal(week.longest_band, "");
        }
}

/* Every null of a week names its reason, whatever the week is made of. */
static void every_null_has_a_reason_and_nothing_else_has(void **state)
{
        const WeekRun runs[] = {a_run(MONDAY, 5000, "rsc"), a_run(MONDAY + 1, NULL_INTEGER, "left")};
        const PainEntry pain = {.day = MONDAY, .pain = 3};
        const Week weeks[] = {
                measure_week(NULL, 0, NULL, 0, "did_not_run"),
                measure_week(NULL, 0, &pain, 1, "not_worn"),
                measure_week(NULL, 0, NULL, 0, "not_delivered"),
                measure_week(runs, 1, NULL, 0, "did_not_run"),
                measure_week(runs + 1, 1, &pain, 1, "did_not_run"),
                measure_week(runs, 2, &pain, 1, "did_not_run"),
        };
        static const char *const made_by_others[] = {"runner", "week", "revision", "state", "zone",
                                                     "empty", "received", "settings"};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(weeks); i++) {
                for (size_t f = 0; f < week_fields.n_fields; f++) {
                        const Field *field = &week_fields.fields[f];
                        bool other = false;

                        for (size_t o = 0; o < ARRAY_SIZE(made_by_others); o++)
                                other = other || strcmp(made_by_others[o], field->path) == 0;
                        if (other)
                                continue;
                        if (field_is_null(field, &weeks[i]) != (reason(&weeks[i], field->path)[0] != '\0'))
                                fail_msg("week %zu: %s is %s but its reason is '%s'", i, field->path,
                                         field_is_null(field, &weeks[i]) ? "null" : "there",
                                         reason(&weeks[i], field->path));
                }
        }
}

static void the_longest_run_is_told_with_its_reference(void **state)
{
        const WeekRun runs[] = {a_run(MONDAY - 10, 10000, "left"), a_run(MONDAY, 8000, "left"),
                                a_run(MONDAY + 2, 12000, "left"), a_run(MONDAY + 4, 9000, "left")};
        Week week = measure_week(runs, 4, NULL, 0, "did_not_run");

        (void)state;
        assert_int_equal(week.longest_distance_m, 12000);
        assert_int_equal(week.longest_reference_m, 10000);
        assert_string_equal(week.longest_band, "small");
}

static void the_worse_band_wins_over_the_longer_run(void **state)
{
        /* 3 km after 1 km is a larger spike than 10 km after 9.5 km. */
        const WeekRun runs[] = {a_run(MONDAY - 33, 9500, "left"), a_run(MONDAY - 29, 1000, "left"),
                                a_run(MONDAY, 3000, "left"), a_run(MONDAY + 6, 3100, "left")};
        Week week = measure_week(runs, 4, NULL, 0, "did_not_run");

        (void)state;
        assert_int_equal(week.longest_distance_m, 3000);
        assert_int_equal(week.longest_reference_m, 1000);
        assert_string_equal(week.longest_band, "large");
}

static void without_reference_the_longest_run_says_so(void **state)
{
        const WeekRun run = a_run(MONDAY, 5000, "left");
        Week week = measure_week(&run, 1, NULL, 0, "did_not_run");

        (void)state;
        assert_int_equal(week.longest_distance_m, 5000);
        assert_int_equal(week.longest_reference_m, NULL_INTEGER);
        assert_string_equal(reason(&week, "longest_run.reference_m"), "no_reference");
        assert_string_equal(reason(&week, "longest_run.band"), "no_reference");
}

static void pain_is_the_mean_of_the_days_worst(void **state)
{
        const PainEntry pain[] = {{MONDAY, 2},     {MONDAY, 6},     {MONDAY + 6, 0},
                                  {MONDAY + 3, 3}, {MONDAY - 1, 9}, {MONDAY + 7, 10}};
        Week week = measure_week(NULL, 0, pain, ARRAY_SIZE(pain), "did_not_run");

        (void)state;
        assert_true(week.pain_mean == 3);
        assert_int_equal(week.pain_max, 6);
        assert_int_equal(week.pain_days, 2);
        assert_int_equal(week.pain_entry_days, 3);
        assert_int_equal(week.pain_entries, 4);
}

static void no_entry_is_not_no_pain(void **state)
{
        const PainEntry painless = {MONDAY, 0};
        Week week = measure_week(NULL, 0, NULL, 0, "did_not_run");

        (void)state;
        assert_true(isnan(week.pain_mean));
        assert_int_equal(week.pain_max, NULL_INTEGER);
        assert_int_equal(week.pain_days, NULL_INTEGER);
        assert_int_equal(week.pain_entries, 0);
        assert_string_equal(reason(&week, "pain.mean"), "no_entries");
        week = measure_week(NULL, 0, &painless, 1, "did_not_run");
        assert_true(week.pain_mean == 0);
        assert_int_equal(week.pain_days, 0);
        assert_string_equal(reason(&week, "pain.mean"), "");
}

static void four_days_make_a_week_of_pain_complete(void **state)
{
        const PainEntry pain[] = {{MONDAY, 0}, {MONDAY + 1, 0}, {MONDAY + 1, 1}, {MONDAY + 2, 0},
                                  {MONDAY + 5, 0}};

        (void)state;
        assert_false(pain_week(pain, 4, MONDAY, measure_defaults.pain_complete_days).complete);
        assert_true(pain_week(pain, 5, MONDAY, measure_defaults.pain_complete_days).complete);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(runs_of_the_week_add_up_and_others_do_not),
                TEST(sources_that_differ_are_mixed),
                TEST(a_run_without_distance_leaves_the_others_sum),
                TEST(three_kinds_of_empty_are_three_values),
                TEST(every_null_has_a_reason_and_nothing_else_has),
                TEST(the_longest_run_is_told_with_its_reference),
                TEST(the_worse_band_wins_over_the_longer_run),
                TEST(without_reference_the_longest_run_says_so),
                TEST(pain_is_the_mean_of_the_days_worst),
                TEST(no_entry_is_not_no_pain),
                TEST(four_days_make_a_week_of_pain_complete),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
