/* The groups "plan", "treatment" and "assessment" of a week, from ledger to revision. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/care.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/weeks.h"
#include "daemon/measure/plan-week.h"

#include <math.h>

/* NOW_MS is Tuesday 2026-11-24, 09:00 in Berlin. */
#define SESSION "gluteal_bridge 3sets 12reps;hip_flexor_stretch left 2sets 45s"
#define LATER(days) clock_manual_advance(home->clock, (days) * DAY_MS)

static const char *planned = SESSION; /* of the next plan */

static void tell_plan(Home *home, const char *id, int64_t based_on, const char *from, const double per_week[static 4])
{
        Plan plan;
        int64_t newest;

        fields_set_null(&plan_fields, &plan);
        (void)text_copy(plan.runner, sizeof(plan.runner), RUNNER);
        (void)text_copy(plan.id, sizeof(plan.id), id);
        (void)text_copy(plan.from, sizeof(plan.from), from);
        (void)text_copy(plan.origin, sizeof(plan.origin), "clinic");
        (void)text_copy(plan.exercises, sizeof(plan.exercises), planned);
        memcpy(plan.per_week, per_week, sizeof(plan.per_week));
        plan.based_on = based_on;
        plan.received_utc_ms = NOW_MS;
        assert_int_equal(plan_store(home->ledger, &plan, &newest), 1);
}

static void say(Home *home, const char *what, int day, const char *exercises, int64_t treated, int64_t pain)
{
        DiaryEntry entry;

        diary_entry_set_null(&entry);
        (void)snprintf(entry.id, sizeof(entry.id), "%s%d", what, day + 1000);
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        (void)text_copy(entry.exercises, sizeof(entry.exercises), exercises);
        entry.at_utc_ms = NOW_MS + day * DAY_MS;
        entry.received_utc_ms = NOW_MS;
        entry.treated[0] = treated;
        entry.pain = pain;
        assert_int_equal(diary_store(home->ledger, &entry), 1);
}

static const double all_prongs[4] = {1, 1, 5, 7};

static void without_a_plan_the_group_is_absent(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        say(home, "d", 0, "", NULL_INTEGER, 3);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.plan.head.n, NULL_INTEGER);
        assert_string_equal(reason(&week, "plan"), "no_plan");
        assert_string_equal(reason(&week, "treatment"), "no_treatment");
        assert_string_equal(reason(&week, "assessment"), "no_assessment");
}

static void the_missing_prong_is_named_after_the_first_14_days_only(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        tell_plan(home, "p1", 0, "2026-11-23", all_prongs);
        for (int day = -1; day < 27; day++)
                say(home, "d", day, (day + 1) % 7 < 5 ? SESSION : "", day % 7 == 2 ? 1 : NULL_INTEGER, 2);
        LATER(10);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, "2026-W49");
        assert_true(codes_contain(week.plan.status, "too_early"));
        assert_string_equal(week.plan.missing, ","); /* nobody is blamed yet, nor praised */
        assert_string_equal(reason(&week, "plan.complete"), "too_early");
        LATER(20);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, "2026-W51");
        assert_int_equal(week.plan.version, 1);
        assert_string_equal(week.plan.first_day, "2026-11-23");
        assert_string_equal(week.plan.missing, ",soft_tissue");
        assert_string_equal(week.plan.status, ",met,missing,met,missing");
        assert_int_equal(week.plan.complete, 0);
        assert_true(week.plan.done[0] == 4 && week.plan.done[1] == 0 && week.plan.done[2] == 20);
        assert_true(week.plan.expected[2] == 20 && week.plan.adherence[2] == 1);
        assert_int_equal(week.plan.head.n, 28);
        assert_true(week.plan.head.coverage == 1);
}

static void a_plan_changed_in_mid_week_counts_from_its_day(void **state)
{
        static const double fewer[4] = {1, 1, 2, 7};
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        tell_plan(home, "p1", 0, "2026-11-23", all_prongs);
        tell_plan(home, "p2", 1, "2026-11-26", fewer); /* Thursday */
        say(home, "d", 0, SESSION, NULL_INTEGER, NULL_INTEGER);
        LATER(8);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.plan.version, 2);
        assert_true(fabs(week.plan.expected[2] - (3 * 5 + 4 * 2) / 7.0) < 1e-9);
        assert_true(week.plan.done[2] == 1);
}

/* Monday to Wednesday the first plan, five times a week; then another one, twice. */
static void items_of_both_plans_count_on_their_days(void **state)
{
        static const double fewer[4] = {1, 1, 2, 7};
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        tell_plan(home, "p1", 0, "2026-11-02", all_prongs);
        planned = "gluteal_bridge 2sets 10reps;plank 1sets 60s";
        tell_plan(home, "p2", 1, "2026-11-26", fewer);
        planned = SESSION;
        say(home, "a", 0, "gluteal_bridge;hip_flexor_stretch left", NULL_INTEGER, NULL_INTEGER); /* 36, 90 s */
        say(home, "b", 3, "gluteal_bridge;plank", NULL_INTEGER, NULL_INTEGER);                   /* 20, 60 s */
        say(home, "c", 4, "hip_flexor_stretch left", NULL_INTEGER, NULL_INTEGER); /* no longer planned */
        LATER(8);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.plan.version, 2);
        assert_string_equal(week.plan.items, ",gluteal_bridge,plank,hip_flexor_stretch.left");
        assert_string_equal(week.plan.units, ",reps,s,s");
        assert_true(fabs(week.plan.prescribed[0] - (4 * 2 * 20 + 3 * 5 * 36) / 7.0) < 1e-9);
        assert_true(fabs(week.plan.prescribed[1] - 4 * 2 * 60 / 7.0) < 1e-9);
        assert_true(fabs(week.plan.prescribed[2] - 3 * 5 * 90 / 7.0) < 1e-9);
        assert_true(week.plan.told[0] == 36 + 20 && week.plan.told[1] == 60 && week.plan.told[2] == 90);
}

static void nothing_said_is_not_nothing_done(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        say(home, "first", -7, "", NULL_INTEGER, 1);
        tell_plan(home, "p1", 0, "2026-10-01", all_prongs);
        LATER(40); /* nobody says anything any more */
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, "2026-W52");
        assert_string_equal(week.plan.missing, ",");
        assert_string_equal(reason(&week, "plan.done"), "no_entry");
        assert_string_equal(reason(&week, "plan.complete"), "unknown");
        assert_true(week.plan.head.coverage == 0);
}

static void prescribed_and_told_stand_side_by_side(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        tell_plan(home, "p1", 0, "2026-11-02", all_prongs);
        say(home, "a", -1, "gluteal_bridge", NULL_INTEGER, NULL_INTEGER); /* as prescribed: 36 */
        say(home, "b", 0, "gluteal_bridge 1sets;hip_flexor_stretch right 45s", NULL_INTEGER, NULL_INTEGER);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.plan.items, ",gluteal_bridge,hip_flexor_stretch.left");
        assert_string_equal(week.plan.units, ",reps,s");
        assert_true(week.plan.prescribed[0] == 5 * 36 && week.plan.prescribed[1] == 5 * 90);
        assert_true(week.plan.told[0] == 36 + 12);
        assert_true(week.plan.told[1] == 0); /* that was the other side */
        assert_string_equal(reason(&week, "plan.sensed"), "no_pod");
        assert_true(week.plan.done[2] == 0); /* neither was a whole session */
}

static void a_correction_of_an_old_entry_reaches_every_week_that_looked_at_it(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        DiaryEntry withdrawal;

        tell_plan(home, "p1", 0, "2026-11-02", all_prongs);
        for (int day = 0; day < 4; day++)
                say(home, "d", day, SESSION, NULL_INTEGER, NULL_INTEGER);
        LATER(16);
        assert_int_equal(derive_now(derive), 0);
        assert_true(week_of(home, "2026-W50").plan.done[2] == 4);
        diary_entry_set_null(&withdrawal);
        (void)text_copy(withdrawal.id, sizeof(withdrawal.id), "w");
        (void)text_copy(withdrawal.runner, sizeof(withdrawal.runner), RUNNER);
        (void)text_copy(withdrawal.corrects, sizeof(withdrawal.corrects), "d1000");
        (void)text_copy(withdrawal.origin, sizeof(withdrawal.origin), "clinic");
        withdrawal.withdrawn = 1;
        withdrawal.at_utc_ms = withdrawal.received_utc_ms = clock_utc_ms(home->clock);
        assert_int_equal(diary_store(home->ledger, &withdrawal), 1);
        assert_int_equal(derive_now(derive), 0);
        assert_true(week_of(home, THIS_WEEK).plan.done[2] == 3);
        assert_true(week_of(home, "2026-W50").plan.done[2] == 3);
}

/* ---- treatment ---- */

static void put_run(Home *home, int day, int64_t distance_m)
{
        Run run;

        run_set_null(&run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        (void)snprintf(run.run, sizeof(run.run), "r%d", day + 1000);
        (void)text_copy(run.state, sizeof(run.state), "current");
        run.start_utc_ms = NOW_MS + day * DAY_MS + HOUR_MS;
        run.end_utc_ms = run.start_utc_ms + HOUR_MS;
        run.distance_m = distance_m;
        run.distance_mm = distance_m * 1000;
        assert_int_equal(run_put(home->ledger, &run), 1);
}

static void a_treatment_has_the_medians_before_and_after_once_seven_days_are_over(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        for (int day = -6; day <= 6; day += 2) { /* three on each side, and one on the day itself */
                put_run(home, day, day < 0 ? 4000 - day * 100 : 6000 + day * 100);
                say(home, "p", day, "", NULL_INTEGER, day < 0 ? 5 : 3);
        }
        say(home, "t", 0, "", 1, NULL_INTEGER);
        LATER(5);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.treatment.marks, ",none,joint_manipulation,none,none,none,none,none");
        assert_string_equal(week.treatment.effect, ",none,too_early,none,none,none,none,none");
        assert_true(isnan(week.treatment.pain_after[1]));
        LATER(4);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.treatment.effect, ",none,told,none,none,none,none,none");
        assert_true(week.treatment.distance_before_m[1] == 4400 && week.treatment.distance_after_m[1] == 6400);
        assert_true(week.treatment.pain_before[1] == 5 && week.treatment.pain_after[1] == 3);
        assert_int_equal(week.treatment.head.n, 1);
}

static void too_few_runs_tell_nothing(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        put_run(home, -2, 5000);
        put_run(home, 2, 5000);
        say(home, "t", 0, "", 1, 4);
        LATER(9);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.treatment.effect, ",none,too_few_runs,none,none,none,none,none");
        assert_true(week.treatment.head.coverage == 0);
        assert_true(isnan(week.treatment.distance_before_m[1]));
}

/* ---- assessment ---- */

static void assess(Home *home, const char *id, int day, int64_t score, const char *hip)
{
        Assessment assessment;

        fields_set_null(&assessment_fields, &assessment);
        (void)text_copy(assessment.runner, sizeof(assessment.runner), RUNNER);
        (void)text_copy(assessment.id, sizeof(assessment.id), id);
        (void)text_copy(assessment.origin, sizeof(assessment.origin), "clinic");
        (void)text_copy(assessment.joints[2], sizeof(assessment.joints[2]), hip);
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                assessment.scores[movement][0] = 3;
                assessment.scores[movement][1] = movement_has_sides(movement) ? 3 : NULL_INTEGER;
        }
        assessment.scores[MOVEMENT_HURDLE_STEP][0] = score;
        assessment.at_utc_ms = NOW_MS + day * DAY_MS;
        assessment.received_utc_ms = NOW_MS;
        assert_int_equal(assessment_store(home->ledger, &assessment), 1);
}

static void an_assessment_is_held_against_the_one_before(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        assess(home, "a1", -10, 2, "restricted");
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.assessment.composite, 20);
        assert_string_equal(week.assessment.asymmetric, ",hurdle_step");
        assert_string_equal(week.assessment.joints, ",unmarked,unmarked,restricted,unmarked,unmarked,unmarked");
        assert_string_equal(reason(&week, "assessment.change"), "first_assessment");
        assess(home, "a2", 0, 0, "moves_freely");
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.assessment.painful, ",hurdle_step");
        assert_string_equal(week.assessment.new_pain, ",hurdle_step");
        assert_true(week.assessment.change[MOVEMENT_HURDLE_STEP] == -2);
        assert_int_equal(week.assessment.composite_change, -2);
        assert_string_equal(week.assessment.joints_change, ",unknown,unknown,better,unknown,unknown,unknown");
}

/* ---- what pods measured beside it ---- */

#define THIGH "C0:A0:00:00:00:35"

static void put_trunk(Home *home, int day, double hip_left_deg, double lumbar_deg)
{
        Run run;

        run_set_null(&run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        (void)snprintf(run.run, sizeof(run.run), "r%d", day + 1000);
        (void)text_copy(run.state, sizeof(run.state), "current");
        (void)text_copy(run.zone, sizeof(run.zone), "Europe/Berlin");
        (void)text_copy(run.local_date, sizeof(run.local_date), "2026-11-24");
        run.start_utc_ms = NOW_MS + day * DAY_MS;
        run.end_utc_ms = run.start_utc_ms + 1800000;
        run.duration_s = 1800;
        run.trunk.head.n = 1;
        run.trunk.hip_left_extension_deg = hip_left_deg;
        run.trunk.lumbar_mean_deg = lumbar_deg;
        groups_finish(&run_groups, &run, &run.reasons);
        assert_int_equal(run_put(home->ledger, &run), 1);
}

static void measured_angles_stand_beside_the_marks_they_speak_to(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        put_trunk(home, -14, 40, 40); /* a day too early */
        put_trunk(home, -13, 8, -4);
        put_trunk(home, -5, 12, NULL_REAL);
        put_trunk(home, -2, NULL_REAL, NULL_REAL); /* tells of neither */
        put_trunk(home, 0, 11, -3);
        put_trunk(home, 1, 40, 40); /* after it */
        assess(home, "a1", 0, 2, "restricted");
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.assessment.joints, ",unmarked,unmarked,restricted,unmarked,unmarked,unmarked");
        assert_int_equal(week.assessment.measured_runs, 3);
        assert_true(week.assessment.hip_extension_left_deg == 11);
        assert_true(week.assessment.lumbar_extension_deg == -3.5);
        assert_true(isnan(week.assessment.hip_extension_right_deg));
        assert_string_equal(reason(&week, "assessment.measured.hip_extension_right_deg"), "no_angle");
        assert_string_equal(reason(&week, "assessment.trials"), "no_trial");
}

static void an_assessment_of_last_year_has_no_angles_beside_it(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        put_trunk(home, -201, 8, -4);
        assess(home, "a1", -200, 2, "restricted");
        say(home, "d", 0, "", NULL_INTEGER, 3);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.assessment.composite, 20);
        assert_int_equal(week.assessment.measured_runs, NULL_INTEGER);
        assert_string_equal(reason(&week, "assessment.measured"), "too_long_ago");
        assert_string_equal(reason(&week, "assessment.trials"), "too_long_ago");
}

static void tell_trial(Home *home, const char *address, uint32_t seq, int movement, BodySide side, int min_deg10,
                       int max_deg10)
{
        Record record = {.kind = RECORD_MOVEMENT_TRIAL, .epoch = EPOCH, .seq = seq, .tick = (int64_t)seq * TICK_HZ,
                         .movement = {movement, side, 1, 2000, max_deg10, min_deg10}};

        record = encoded(record);
        (void)store(home, address, &record, 1);
}

static void wear(Home *home, const char *address, Placement placement)
{
        Pod pod = {.name = "Segment", .driver = "stride", .runner = RUNNER, .placement = placement, .bonded = 1,
                   .has_memory = 1};
        Record record = anchor(EPOCH, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);

        assert_true(text_copy(pod.address, sizeof(pod.address), address));
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        (void)store(home, address, &record, 1);
}

static void movements_that_pods_saw_stand_beside_their_scores(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        wear(home, THIGH, PLACEMENT_LEFT_THIGH);
        wear(home, "C0:A0:00:00:00:36", PLACEMENT_SACRUM);
        assess(home, "a1", 0, 2, "restricted");
        assert_int_equal(derive_now(derive), 0);
        tell_trial(home, THIGH, 2, 5, SIDE_LEFT, -20, 700);
        tell_trial(home, THIGH, 3, 5, SIDE_LEFT, -20, 731);
        tell_trial(home, THIGH, 4, 5, SIDE_RIGHT, 0, 40); /* the other leg's: the left thigh only lay there */
        tell_trial(home, "C0:A0:00:00:00:36", 2, 5, SIDE_LEFT, -300, 600); /* further from the hip */
        tell_trial(home, "C0:A0:00:00:00:36", 3, 1, SIDE_NONE, -5, 400);
        tell_trial(home, "C0:A0:00:00:00:36", 4, 8, SIDE_LEFT, -5, 400); /* of a later version */
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_true(fabs(week.assessment.trial_left_deg[MOVEMENT_STRAIGHT_LEG_RAISE] - 75.1) < 1e-9);
        assert_true(isnan(week.assessment.trial_right_deg[MOVEMENT_STRAIGHT_LEG_RAISE]));
        assert_true(week.assessment.trial_left_deg[MOVEMENT_DEEP_SQUAT] == 40.5 &&
                    week.assessment.trial_right_deg[MOVEMENT_DEEP_SQUAT] == 40.5);
        assert_string_equal(week.assessment.trial_sites, ",sacrum,none,none,none,thigh,none,none");
        assert_string_equal(reason(&week, "assessment.measured"), "no_angle");
}

static void an_incomplete_assessment_has_no_sum(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        assess(home, "a1", 0, NULL_INTEGER, "restricted");
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_int_equal(week.assessment.composite, NULL_INTEGER);
        assert_string_equal(reason(&week, "assessment.composite"), "incomplete");
        assert_int_equal(week.assessment.head.n, 6);
}

/* ---- one order everywhere, and room for the longest ---- */

static void the_fields_stand_in_the_order_of_movements_and_prongs(void **state)
{
        size_t movement = 0, prong = 0;

        (void)state;
        for (size_t i = 0; i < assessment_fields.n_fields; i++) {
                const char *path = assessment_fields.fields[i].path;

                if (strncmp(path, "movements.", 10) != 0 || strstr(path, ".right"))
                        continue;
                assert_int_equal(strncmp(path + 10, movement_name((Movement)movement),
                                         strlen(movement_name((Movement)movement))),
                                 0);
                movement++;
        }
        assert_int_equal(movement, MOVEMENT_COUNT);
        for (size_t i = 0; i < plan_fields.n_fields; i++) {
                if (strncmp(plan_fields.fields[i].path, "per_week.", 9) == 0)
                        assert_string_equal(plan_fields.fields[i].path + 9, prong_name((Prong)prong++));
        }
        assert_int_equal(prong, PRONG_COUNT);
}

static void what_a_pod_saw_stands_beside_what_was_told(void **state)
{
        PlanDay *days = calloc(PLAN_WINDOW_DAYS, sizeof(*days));
        Plan plan;
        Week week;

        (void)state;
        fields_set_null(&plan_fields, &plan);
        (void)text_copy(plan.exercises, sizeof(plan.exercises), SESSION ";walking 20min");
        plan.per_week[2] = 5;
        plan.version = 1;
        for (int i = 0; i < PLAN_WINDOW_DAYS; i++)
                days[i] = (PlanDay){.plan = &plan, .is_over = true, .has_entry = true};
        week_set_null(&week);
        week.exercises.head.n = 3;
        week.exercises.bridge_reps = 24;
        week.exercises.stretch_left_s = 61;
        week.exercises.stretch_right_s = 0;
        plan_week(days, 7, 20000, 19000, &measure_defaults.plan, &week);
        assert_true(week.plan.sensed[0] == 24 && week.plan.sensed[1] == 61);
        assert_true(isnan(week.plan.sensed[2])); /* no pod knows what walking is */
        assert_string_equal(reason(&week, "plan.sensed"), "");
        free(days);
}

static size_t count_codes(const char *codes)
{
        const char *at = codes, *code;
        size_t n = 0;

        while (codes_next(&at, &code) > 0)
                n++;
        return n;
}

static void the_longest_lists_of_codes_fit(void **state)
{
        PlanDay *days = calloc(PLAN_WINDOW_DAYS, sizeof(*days));
        TreatmentMark marks[7];
        Plan plan;
        Assessment assessment;
        Week week;

        (void)state;
        fields_set_null(&plan_fields, &plan);
        for (int i = 0; i < WEEK_PLAN_EXERCISES; i++) {
                size_t used = strlen(plan.exercises);

                (void)snprintf(plan.exercises + used, sizeof(plan.exercises) - used, "%s%032d right 5min", i ? ";" : "", i);
        }
        plan.per_week[0] = plan.per_week[1] = plan.per_week[2] = 0;
        plan.version = 1;
        for (int i = 0; i < PLAN_WINDOW_DAYS; i++)
                days[i] = (PlanDay){.plan = &plan, .is_over = true, .has_entry = true};
        week_set_null(&week);
        plan_week(days, 7, 20000, 19000, &measure_defaults.plan, &week);
        assert_int_equal(count_codes(week.plan.items), WEEK_PLAN_EXERCISES);
        assert_int_equal(count_codes(week.plan.status), 4);
        assert_int_equal(count_codes(week.plan.not_planned), 3);
        for (int i = 0; i < 3; i++)
                plan.per_week[i] = 7;
        week_set_null(&week);
        plan_week(days, 7, 20000, 19000, &measure_defaults.plan, &week);
        assert_int_equal(count_codes(week.plan.missing), 3);
        free(days);
        for (int i = 0; i < 7; i++)
                marks[i] = (TreatmentMark){.treated = {true, false}, .is_over = true};
        assert_int_equal(treatment_week(marks, NULL, NULL, 0, 20000, &measure_defaults.treatment, &week), 0);
        assert_int_equal(count_codes(week.treatment.marks), 7);
        assert_int_equal(count_codes(week.treatment.effect), 7);
        fields_set_null(&assessment_fields, &assessment);
        for (int i = 0; i < MOVEMENT_COUNT; i++)
                assessment.scores[i][0] = assessment.scores[i][1] = 0;
        assessment.shoulder_pain[0] = assessment.extension_pain = assessment.flexion_pain = 1;
        for (int i = 0; i < ASSESSMENT_JOINTS; i++)
                (void)text_copy(assessment.joints[i], sizeof(assessment.joints[i]), "moves_freely");
        assessment_week(&assessment, &assessment, &week);
        assert_int_equal(count_codes(week.assessment.painful), 7);
        assert_int_equal(count_codes(week.assessment.overridden), 3);
        assert_int_equal(count_codes(week.assessment.joints), 6);
        assert_int_equal(count_codes(week.assessment.joints_change), 6);
        for (int i = 0; i < MOVEMENT_COUNT; i++)
                assessment.scores[i][1] = movement_has_sides((Movement)i) ? 1 : NULL_INTEGER;
        assessment_week(&assessment, NULL, &week);
        assert_int_equal(count_codes(week.assessment.asymmetric), 5);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(without_a_plan_the_group_is_absent),
                TEST(the_missing_prong_is_named_after_the_first_14_days_only),
                TEST(a_plan_changed_in_mid_week_counts_from_its_day),
                TEST(items_of_both_plans_count_on_their_days),
                TEST(nothing_said_is_not_nothing_done),
                TEST(prescribed_and_told_stand_side_by_side),
                TEST(a_correction_of_an_old_entry_reaches_every_week_that_looked_at_it),
                TEST(a_treatment_has_the_medians_before_and_after_once_seven_days_are_over),
                TEST(too_few_runs_tell_nothing),
                TEST(an_assessment_is_held_against_the_one_before),
                TEST(measured_angles_stand_beside_the_marks_they_speak_to),
                TEST(an_assessment_of_last_year_has_no_angles_beside_it),
                TEST(movements_that_pods_saw_stand_beside_their_scores),
                TEST(an_incomplete_assessment_has_no_sum),
                cmocka_unit_test(the_fields_stand_in_the_order_of_movements_and_prongs),
                cmocka_unit_test(what_a_pod_saw_stands_beside_what_was_told),
                cmocka_unit_test(the_longest_lists_of_codes_fit),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
