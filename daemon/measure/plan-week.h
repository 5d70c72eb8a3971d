/* plan-week.h: the groups "plan", "treatment" and "assessment" of a week (proto/group-*.h). */
#pragma once

#include "daemon/measure/movement.h"
#include "daemon/measure/plan.h"
#include "daemon/measure/treatment.h"
#include "proto/clinic-records.h"
#include "proto/sensed-day.h"

#define PLAN_WINDOW_DAYS 56 /* of the longest window that may be chosen */
#define PLAN_DONE_MAX    32

/* A local day of the window: the plan in force on it, and what the diary says was done. */
typedef struct PlanDay {
        const Plan *plan; /* NULL: none */
        bool is_over;
        bool has_entry; /* of whatever */
        bool treated[2]; /* joint manipulation, soft tissue */
        bool nutrition_kept;
        Exercise done[PLAN_DONE_MAX];
        size_t n_done;
} PlanDay;

/* `days`: the last is the week's last known day; the week's own are the last `n_week`. `first_day`: of
 * the first plan. Days before the parameters' window are not looked at. The week's group "exercises"
 * is there already. */
void plan_week(const PlanDay days[static PLAN_WINDOW_DAYS], size_t n_week, int32_t last_day,
               int32_t first_day, const PlanParameters *parameters, Week *week);

/* What a prescription wants, or a report says was done of it, in the prescription's unit. What the
 * report leaves away was as prescribed. */
const char *plan_exercise_unit(const Exercise *prescribed); /* "s" "reps" "min" "times" */
double plan_exercise_amount(const Exercise *prescribed, const Exercise *done);

typedef struct TreatmentMark {
        bool treated[2];
        bool is_over; /* the window_days after it */
} TreatmentMark;

/* Runs of the week and window_days around it; `pain` of the run's day, NAN: none. 0 or -ENOMEM. */
int treatment_week(const TreatmentMark marks[static 7], const TreatmentRun *distance_m,
                   const TreatmentRun *pain, size_t n_runs, int32_t monday,
                   const TreatmentParameters *parameters, Week *week) MUST_CHECK;

MovementResult assessment_score(const Assessment *assessment);
/* `now` NULL: there is none. `before`: the assessment before it, or NULL. */
void assessment_week(const Assessment *now, const Assessment *before, Week *week);

#define ASSESSMENT_RUN_DAYS 14  /* up to the assessment, its own day included */
#define ASSESSMENT_RUNS_MAX 128 /* more are not looked at */
/* Medians of what those runs measured of hip and low back, beside their marks. `why_not`: why none was
 * looked at, or NULL. */
void assessment_measured(const Trunk *runs, size_t n, const char *why_not, Week *week);
/* Has it any of that? */
bool assessment_speaks_of(const Trunk *run);
/* What pods saw of the movements on the assessment's day; NULL: nothing. `why_not` as above. */
void assessment_trials(const SensedDay *day, const char *why_not, Week *week);
