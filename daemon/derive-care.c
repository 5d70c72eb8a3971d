#include "daemon/derive-care.h"

#include "daemon/ledger/care.h"
#include "daemon/ledger/days.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/weeks.h"
#include "daemon/measure/plan-week.h"

#include <errno.h>
#include <string.h>

#define AROUND_DAYS 21 /* of treatments: the week, seven days before and after */

typedef struct Care {
        const Homes *homes;
        int32_t monday;
        int32_t last_day; /* of the week, or today */
        PlanDay days[PLAN_WINDOW_DAYS]; /* the last one is last_day */
        Plan plans[PLAN_WINDOW_DAYS];
        TreatmentMark marks[7];
        int64_t pain[AROUND_DAYS]; /* from monday - 7; NULL_INTEGER: no entry */
        TreatmentRun *distance_m, *pains; /* of n_runs */
        size_t n_runs;
} Care;

static Care *care_free(Care *care)
{
        if (!care)
                return NULL;
        free(care->distance_m);
        free(care->pains);
        free(care);
        return NULL;
}
DEFINE_CLEANUP(Care *, care_free);

/* ---- the diary ---- */

static void add_exercises(PlanDay *day, const char *text)
{
        ExerciseList list;

        if (exercises_parse(text, &list) < 0) /* it was checked when it came */
                return;
        for (size_t i = 0; i < list.n && day->n_done < PLAN_DONE_MAX; i++)
                day->done[day->n_done++] = list.list[i];
}

static void add_to_window(PlanDay *day, const DiaryEntry *entry)
{
        day->has_entry = true;
        day->treated[0] |= entry->treated[0] == 1;
        day->treated[1] |= entry->treated[1] == 1;
        day->nutrition_kept |= entry->nutrition_kept == 1;
        add_exercises(day, entry->exercises);
}

static int take_entry(const DiaryEntry *entry, void *userdata)
{
        Care *care = userdata;
        int32_t day = homes_local_day(care->homes, entry->at_utc_ms);
        int32_t of_window = day - (care->last_day - PLAN_WINDOW_DAYS + 1);
        int32_t of_week = day - care->monday, around = of_week + 7;

        if (of_window >= 0 && of_window < PLAN_WINDOW_DAYS)
                add_to_window(&care->days[of_window], entry);
        if (of_week >= 0 && of_week < 7) {
                care->marks[of_week].treated[0] |= entry->treated[0] == 1;
                care->marks[of_week].treated[1] |= entry->treated[1] == 1;
        }
        if (around >= 0 && around < AROUND_DAYS && entry->pain > care->pain[around])
                care->pain[around] = entry->pain; /* null is below all */
        return 0;
}

/* ---- plans: from the last day back, a query a version ---- */

static int read_plans(const WeekContext *context, Care *care)
{
        int32_t base = care->last_day - PLAN_WINDOW_DAYS + 1, day = care->last_day;
        int32_t first = care->last_day - 7 * (int32_t)context->parameters->plan.window_weeks + 1;

        for (size_t n = 0; day >= first; n++) {
                int32_t from;
                int r = plan_on_day(context->ledger, context->runner->id, day, &care->plans[n]);

                if (r <= 0)
                        return r;
                if (date_parse(care->plans[n].from, &from) < 0)
                        return -EUCLEAN;
                for (; day >= first && day >= from; day--)
                        care->days[day - base].plan = &care->plans[n];
        }
        return 0;
}

/* ---- runs ---- */

static int take_run(const RunLoad *run, void *userdata)
{
        Care *care = userdata;
        int32_t day = homes_local_day(care->homes, run->start_utc_ms), around = day - care->monday + 7;
        TreatmentRun *moved = reallocarray(care->distance_m, care->n_runs + 1, sizeof(*moved));
        int64_t pain = NULL_INTEGER;

        if (!moved)
                return -ENOMEM;
        care->distance_m = moved;
        moved = reallocarray(care->pains, care->n_runs + 1, sizeof(*moved));
        if (!moved)
                return -ENOMEM;
        care->pains = moved;
        if (around >= 0 && around < AROUND_DAYS)
                pain = care->pain[around];
        care->distance_m[care->n_runs] = (TreatmentRun){
                day, run->distance_mm == NULL_INTEGER ? NULL_REAL : (double)run->distance_mm / 1000};
        care->pains[care->n_runs++] =
                (TreatmentRun){day, pain == NULL_INTEGER ? NULL_REAL : (double)pain};
        return 0;
}

static void begin(const WeekContext *context, Care *care)
{
        int32_t today = homes_local_day(context->homes, context->now_utc_ms);

        care->homes = context->homes;
        care->monday = iso_week_monday(context->id);
        care->last_day = today < care->monday         ? care->monday
                         : today > care->monday + 6 ? care->monday + 6
                                                    : today;
        for (int32_t i = 0; i < PLAN_WINDOW_DAYS; i++)
                care->days[i].is_over = care->last_day - PLAN_WINDOW_DAYS + 1 + i < today;
        for (int32_t i = 0; i < AROUND_DAYS; i++)
                care->pain[i] = NULL_INTEGER;
        for (int32_t i = 0; i < 7; i++)
                care->marks[i].is_over = care->monday + i + context->parameters->treatment.window_days < today;
}

/* ---- groups ---- */

static int measure_plan(const WeekContext *context, const Care *care, Week *week)
{
        int32_t first_day = 0;
        int r = plan_first_day(context->ledger, context->runner->id, &first_day);

        if (r >= 0)
                plan_week(care->days, (size_t)(care->last_day - care->monday + 1), care->last_day, first_day,
                          &context->parameters->plan, week);
        return r;
}

/* What pods tell of an assessment. */
typedef struct Seen {
        Trunk runs[ASSESSMENT_RUNS_MAX];
        size_t n;
        int64_t until_utc_ms; /* the end of its day */
        SensedDay day;
        bool has_day;
} Seen;

static int take_trunk(const Run *run, void *userdata)
{
        Seen *seen = userdata;

        if (run->start_utc_ms < seen->until_utc_ms && seen->n < ASSESSMENT_RUNS_MAX &&
            assessment_speaks_of(&run->trunk))
                seen->runs[seen->n++] = run->trunk;
        return 0;
}

static int take_day(const SensedDay *day, void *userdata)
{
        Seen *seen = userdata;

        seen->day = *day;
        seen->has_day = true;
        return 0;
}

/* Later changes of what is older would not make this week due. */
static bool is_too_long_ago(const WeekContext *context, int32_t first_day)
{
        return iso_week_monday(context->id) - LOOK_BACK_WEEKS * 7 > first_day;
}

static int measure_seen(const WeekContext *context, const Assessment *now, Week *week)
{
        int32_t day = homes_local_day(context->homes, now->at_utc_ms);
        int32_t first = day - ASSESSMENT_RUN_DAYS + 1;
        CLEANUP(freep) Seen *seen = calloc(1, sizeof(*seen));
        const char *runner = context->runner->id, *why_not = NULL;
        int r = 0;

        if (!seen)
                return -ENOMEM;
        seen->until_utc_ms = homes_day_start_utc_ms(context->homes, day + 1);
        if (is_too_long_ago(context, first))
                why_not = "too_long_ago";
        if (!why_not)
                r = run_each(context->ledger, runner, homes_day_start_utc_ms(context->homes, first),
                             seen->until_utc_ms, take_trunk, seen);
        if (!why_not && r >= 0)
                r = sensed_day_each(context->ledger, runner, day, day, take_day, seen);
        if (r < 0)
                return r;
        assessment_measured(seen->runs, seen->n, why_not, week);
        assessment_trials(seen->has_day ? &seen->day : NULL, why_not, week);
        return 0;
}

static int measure_assessment(const WeekContext *context, Week *week)
{
        const char *runner = context->runner->id;
        Assessment now, before;
        int has_before = 0;
        int r = assessment_before(context->ledger, runner, context->to_utc_ms, &now);

        if (r > 0)
                has_before = assessment_before(context->ledger, runner, now.at_utc_ms, &before);
        if (has_before < 0)
                return has_before;
        if (r >= 0)
                assessment_week(r > 0 ? &now : NULL, has_before > 0 ? &before : NULL, week);
        return r > 0 ? measure_seen(context, &now, week) : r;
}

int derive_care(const WeekContext *context, Week *week)
{
        CLEANUP(care_freep) Care *care = calloc(1, sizeof(*care));
        const char *runner = context->runner->id;
        int64_t from, to;
        int r;

        if (!care)
                return -ENOMEM;
        begin(context, care);
        from = homes_day_start_utc_ms(care->homes, care->last_day - PLAN_WINDOW_DAYS + 1);
        to = homes_day_start_utc_ms(care->homes, care->monday + 14);
        r = diary_each(context->ledger, runner, from, to, take_entry, care);
        if (r >= 0)
                r = read_plans(context, care);
        if (r >= 0)
                r = run_load_each(context->ledger, runner,
                                  homes_day_start_utc_ms(care->homes, care->monday - 7), to, take_run, care);
        if (r >= 0)
                r = measure_plan(context, care, week);
        if (r >= 0)
                r = treatment_week(care->marks, care->distance_m, care->pains, care->n_runs, care->monday,
                                   &context->parameters->treatment, week);
        if (r >= 0)
                r = measure_assessment(context, week);
        return r < 0 ? r : 0;
}
