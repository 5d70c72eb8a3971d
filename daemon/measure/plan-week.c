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

/* An exercise of the week, of whichever plan. */
typedef struct ItemRow {
        Exercise item;
        double prescribed_7; /* a week's share is a seventh of it */
        double told;
} ItemRow;

typedef struct ItemRows {
        ItemRow list[WEEK_PLAN_EXERCISES];
        size_t n;
} ItemRows;

static ItemRow *row_of(ItemRows *rows, const Exercise *item)
{
        for (size_t i = 0; i < rows->n; i++) {
                const Exercise *other = &rows->list[i].item;

                if (strcmp(other->item, item->item) == 0 && strcmp(other->side, item->side) == 0 &&
                    strcmp(plan_exercise_unit(other), plan_exercise_unit(item)) == 0)
                        return &rows->list[i];
        }
        if (rows->n == WEEK_PLAN_EXERCISES)
                return NULL;
        rows->list[rows->n] = (ItemRow){.item = *item};
        return &rows->list[rows->n++];
}

/* A day by the plan in force on it. `day` NULL: it is to come. */
static void add_to_items(ItemRows *rows, const Plan *plan, const PlanDay *day)
{
        ExerciseList list = prescription(plan);
        double sessions = plan && !isnan(plan->per_week[PRONG_EXERCISE]) ? plan->per_week[PRONG_EXERCISE] : 0;
        const ItemRow *counted[EXERCISES_MAX] = {NULL};

        for (size_t i = 0; i < list.n; i++) {
                ItemRow *row = row_of(rows, &list.list[i]);
                bool is_counted = false;

                if (!row)
                        continue;
                for (size_t j = 0; j < i; j++)
                        is_counted |= counted[j] == row;
                counted[i] = row;
                row->prescribed_7 += sessions * plan_exercise_amount(&list.list[i], &list.list[i]);
                if (day && !is_counted) /* an item that stands there twice was done once */
                        row->told += done_on(day, &list.list[i]);
        }
}

static void put_items(const ItemRows *rows, const WeekExercises *sensed, WeekPlan *group, Reasons *reasons)
{
        size_t n_sensed = 0;

        codes_none(group->items);
        codes_none(group->units);
        for (size_t i = 0; i < rows->n; i++) {
                const Exercise *item = &rows->list[i].item;
                char code[EXERCISE_ITEM_SIZE + 8];

                (void)snprintf(code, sizeof(code), "%s%s%s", item->item, item->side[0] ? "." : "", item->side);
                (void)codes_add(group->items, sizeof(group->items), code); /* all fit: tested */
                (void)codes_add(group->units, sizeof(group->units), plan_exercise_unit(item));
                group->prescribed[i] = rows->list[i].prescribed_7 / 7;
                group->told[i] = rows->list[i].told;
                group->sensed[i] = sensed_of(item, sensed);
                n_sensed += !isnan(group->sensed[i]);
        }
        if (rows->n == 0) {
                reasons_add(reasons, "plan.prescribed", "not_planned");
                reasons_add(reasons, "plan.told", "not_planned");
        }
        if (n_sensed == 0)
                reasons_add(reasons, "plan.sensed", rows->n == 0 ? "not_planned" : "no_pod");
}

/* The newest plan's items first; days to come are of that plan, too. */
static void take_exercises(const PlanDay *week, size_t n_week, const WeekExercises *sensed, WeekPlan *group,
                           Reasons *reasons)
{
        ItemRows rows = {.n = 0};

        for (size_t day = n_week; day < 7; day++)
                add_to_items(&rows, week[n_week - 1].plan, NULL);
        for (size_t day = n_week; day > 0; day--)
                add_to_items(&rows, week[day - 1].plan, &week[day - 1]);
        put_items(&rows, sensed, group, reasons);
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
