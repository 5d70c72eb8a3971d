#include "daemon/measure/plan-week.h"

#include "base/calendar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

_Static_assert(WEEK_PLAN_PRONGS == PRONG_COUNT && PLAN_PRONGS == PRONG_COUNT, "one order of prongs");

/* ---- exercises ---- */

const char *plan_exercise_unit(const Exercise *prescribed)
{
        if (prescribed->hold_s != NULL_INTEGER)
                return "s";
        if (prescribed->repetitions != NULL_INTEGER || prescribed->sets != NULL_INTEGER)
                return "reps";
        return prescribed->minutes != NULL_INTEGER ? "min" : "times";
}

/* As said, else as prescribed, else one. */
static double number_of(int64_t said, int64_t prescribed)
{
        if (said != NULL_INTEGER)
                return (double)said;
        return prescribed != NULL_INTEGER ? (double)prescribed : 1;
}

double plan_exercise_amount(const Exercise *prescribed, const Exercise *done)
{
        double repetitions = number_of(done->sets, prescribed->sets) *
                             number_of(done->repetitions, prescribed->repetitions);

        if (prescribed->hold_s != NULL_INTEGER)
                return repetitions * number_of(done->hold_s, prescribed->hold_s);
        if (prescribed->repetitions != NULL_INTEGER || prescribed->sets != NULL_INTEGER)
                return repetitions;
        return number_of(done->minutes, prescribed->minutes);
}

/* A side that one of them leaves open fits any. */
static bool is_of(const Exercise *done, const Exercise *prescribed)
{
        return strcmp(done->item, prescribed->item) == 0 &&
               (!done->side[0] || !prescribed->side[0] || strcmp(done->side, prescribed->side) == 0);
}

static double done_on(const PlanDay *day, const Exercise *prescribed)
{
        double sum = 0;

        for (size_t i = 0; i < day->n_done; i++) {
                if (is_of(&day->done[i], prescribed))
                        sum += plan_exercise_amount(prescribed, &day->done[i]);
        }
        return sum;
}

static ExerciseList prescription(const Plan *plan)
{
        ExerciseList list = {.n = 0};

        if (plan && exercises_parse(plan->exercises, &list) < 0) /* it was checked when it came */
                list.n = 0;
        return list;
}

/* Does the day hold a session? Without a prescription any exercise is one. */
static bool had_session(const PlanDay *day, const PlanParameters *parameters)
{
        ExerciseList list = prescription(day->plan);
        PlanItem items[EXERCISES_MAX];

        for (size_t i = 0; i < list.n; i++)
                items[i] = (PlanItem){.done = done_on(day, &list.list[i]),
                                      .prescribed = plan_exercise_amount(&list.list[i], &list.list[i])};
        return list.n == 0 ? day->n_done > 0
                           : day->n_done > 0 && plan_session_counts(items, list.n, parameters) == 1;
}

/* ---- prongs ---- */

typedef struct Window {
        ProngPlan prongs[PRONG_COUNT];
        int64_t days;       /* with a plan, over or the last one */
        int64_t entry_days; /* of them */
} Window;

static void add_day(Window *window, const PlanDay *day, const PlanParameters *parameters)
{
        const bool done[PRONG_COUNT] = {
                [PRONG_JOINT_MANIPULATION] = day->treated[0],
                [PRONG_SOFT_TISSUE] = day->treated[1],
                [PRONG_EXERCISE] = had_session(day, parameters),
                [PRONG_NUTRITION] = day->nutrition_kept,
        };

        for (Prong prong = 0; prong < PRONG_COUNT; prong++)
                window->prongs[prong].done += done[prong];
        window->entry_days += day->has_entry;
}

static Window add_up(const PlanDay days[static PLAN_WINDOW_DAYS], const PlanParameters *parameters)
{
        Window window = {.days = 0};

        for (size_t i = PLAN_WINDOW_DAYS - (size_t)parameters->window_weeks * 7; i < PLAN_WINDOW_DAYS; i++) {
                if (!days[i].plan)
                        continue;
                add_day(&window, &days[i], parameters);
                if (!days[i].is_over && window.days > 0)
                        continue; /* what is done today counts, what is not may still be */
                window.days++;
                for (Prong prong = 0; prong < PRONG_COUNT; prong++) {
                        double per_week = days[i].plan->per_week[prong];

                        window.prongs[prong].per_week += isnan(per_week) ? 0 : per_week;
                }
        }
        for (Prong prong = 0; prong < PRONG_COUNT; prong++) {
                window.prongs[prong].per_week /= window.days > 0 ? (double)window.days : 1;
                if (window.entry_days == 0)
                        window.prongs[prong].done = NULL_REAL; /* nothing was said: not "nothing was done" */
        }
        return window;
}

static void add_codes(const Prong *prongs, size_t n, char *codes, size_t size)
{
        codes_none(codes);
        for (size_t i = 0; i < n; i++)
                (void)codes_add(codes, size, prong_name(prongs[i])); /* all fit: tested */
}

static void take_adherence(const PlanAdherence *adherence, WeekPlan *group, Reasons *reasons)
{
        const char *fault = reasons_find(&adherence->reasons, "complete");
        size_t n_done = 0, n_adherence = 0;

        codes_none(group->status);
        for (Prong prong = 0; prong < PRONG_COUNT; prong++) {
                const ProngAdherence *one = &adherence->prongs[prong];
                const char *status = prong_status_name(one->status);

                group->done[prong] = one->done;
                group->expected[prong] = one->expected;
                group->adherence[prong] = one->adherence;
                n_done += !isnan(one->done);
                n_adherence += !isnan(one->adherence);
                (void)codes_add(group->status, sizeof(group->status), status ? status : "unknown"); /* fits */
        }
        add_codes(adherence->missing, adherence->n_missing, group->missing, sizeof(group->missing));
        add_codes(adherence->not_planned, adherence->n_not_planned, group->not_planned,
                  sizeof(group->not_planned));
        group->complete = adherence->complete;
        if (fault)
                reasons_add(reasons, "plan.complete", fault);
        if (n_done == 0)
                reasons_add(reasons, "plan.done", "no_entry");
        if (n_adherence == 0)
                reasons_add(reasons, "plan.adherence", n_done == 0 ? "no_entry" : "not_planned");
}

/* In the prescription's unit; NAN: no pod could, or none knows this exercise. */
static double sensed_of(const Exercise *item, const WeekExercises *sensed)
{
        const char *unit = plan_exercise_unit(item);
        double left = sensed->stretch_left_s, right = sensed->stretch_right_s;

        if (sensed->head.n == NULL_INTEGER)
                return NULL_REAL;
        if (strcmp(item->item, EXERCISE_BRIDGE) == 0 && strcmp(unit, "reps") == 0)
                return sensed->bridge_reps == NULL_INTEGER ? NULL_REAL : (double)sensed->bridge_reps;
        if (strcmp(item->item, EXERCISE_STRETCH) != 0 || strcmp(unit, "s") != 0)
                return NULL_REAL;
        if (!item->side[0])
                return left + right;
        return strcmp(item->side, "left") == 0 ? left : right;
}

static void take_exercises(const PlanDay *week, size_t n_week, const WeekExercises *sensed, WeekPlan *group,
                           Reasons *reasons)
{
        const Plan *plan = week[n_week - 1].plan;
        ExerciseList list = prescription(plan);
        double sessions = isnan(plan->per_week[PRONG_EXERCISE]) ? 0 : plan->per_week[PRONG_EXERCISE];
        size_t n_sensed = 0;

        codes_none(group->items);
        codes_none(group->units);
        for (size_t i = 0; i < list.n && i < WEEK_PLAN_EXERCISES; i++) {
                const Exercise *item = &list.list[i];
                char code[EXERCISE_ITEM_SIZE + 8];

                (void)snprintf(code, sizeof(code), "%s%s%s", item->item, item->side[0] ? "." : "", item->side);
                (void)codes_add(group->items, sizeof(group->items), code); /* all fit: tested */
                (void)codes_add(group->units, sizeof(group->units), plan_exercise_unit(item));
                group->prescribed[i] = sessions * plan_exercise_amount(item, item);
                group->sensed[i] = sensed_of(item, sensed);
                n_sensed += !isnan(group->sensed[i]);
                group->told[i] = 0;
                for (size_t day = 0; day < n_week; day++)
                        group->told[i] += done_on(&week[day], item);
        }
        if (list.n == 0) {
                reasons_add(reasons, "plan.prescribed", "not_planned");
                reasons_add(reasons, "plan.told", "not_planned");
        }
        if (n_sensed == 0)
                reasons_add(reasons, "plan.sensed", list.n == 0 ? "not_planned" : "no_pod");
}

void plan_week(const PlanDay days[static PLAN_WINDOW_DAYS], size_t n_week, int32_t last_day,
               int32_t first_day, const PlanParameters *parameters, Week *week)
{
        const Plan *plan = days[PLAN_WINDOW_DAYS - 1].plan;
        WeekPlan *group = &week->plan;
        PlanAdherence adherence;
        Window window;

        if (!plan) {
                reasons_add(&week->reasons, "plan", "no_plan");
                return;
        }
        window = add_up(days, parameters);
        plan_adherence(window.prongs, (double)window.days / 7, last_day - first_day, parameters,
                       &adherence);
        group->head.n = window.entry_days;
        group->head.coverage = fmin(1, (double)window.entry_days / (double)window.days);
        group->version = plan->version;
        date_format(first_day, group->first_day);
        reasons_add(&week->reasons, "plan.error", "not_known");
        take_adherence(&adherence, group, &week->reasons);
        take_exercises(days + PLAN_WINDOW_DAYS - n_week, n_week, &week->exercises, group, &week->reasons);
}
