#include "daemon/derive-groups.h"

#include "daemon/derive-care.h"
#include "daemon/derive-streak.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/days.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/imports.h"
#include "daemon/ledger/weeks.h"
#include "daemon/measure/acwr-week.h"
#include "daemon/measure/effort.h"
#include "daemon/measure/impact.h"
#include "daemon/measure/pain-course.h"
#include "daemon/measure/pain-groups.h"
#include "daemon/measure/spike-groups.h"
#include "daemon/measure/verdict.h"
#include "daemon/measure/week-flags.h"
#include "daemon/measure/week-medians.h"
#include "daemon/measure/week-sensed.h"

#include <string.h>

static int measure_days(const WeekContext *context, Week *week)
{
        days_week(history_two_weeks(context->history), context->lost->records, context->lost->reasons, week);
        return 0;
}

static int measure_impact(const WeekContext *context, Week *week)
{
        impact_week(&context->input, week);
        return 0;
}

static int measure_effort(const WeekContext *context, Week *week)
{
        effort_week(&context->input, history_two_weeks(context->history), week);
        return 0;
}

static int measure_acwr(const WeekContext *context, Week *week)
{
        if (context->parameters->acwr)
                acwr_week(context->history->days, HISTORY_DAYS, week);
        else
                reasons_add(&week->reasons, "load.acwr", "switched_off");
        return 0;
}

static int measure_pain_runs(const WeekContext *context, Week *week)
{
        const History *history = context->history;

        pain_runs_week(history->runs, history->n_runs, history->entries, history->n_entries,
                       iso_week_monday(context->id), &context->parameters->pain_run, week);
        return 0;
}

static int measure_spike(const WeekContext *context, Week *week)
{
        return spike_week(&context->input, context->parameters, week);
}

/* ---- the course of pain ---- */

static PainCourse course_of(const WeekContext *context)
{
        return (PainCourse){.days = context->history->days,
                            .pain = context->history->pain,
                            .n_days = HISTORY_DAYS,
                            .parameters = context->parameters};
}

static int measure_pain_days(const WeekContext *context, Week *week)
{
        const History *history = context->history;
        PainOf of = {.ledger = context->ledger, .runner = context->runner->id, .homes = context->homes,
                     .parameters = &context->parameters->pain_clock, .now_utc_ms = context->now_utc_ms};
        CLEANUP(pain_days_clearp) PainDays days = {0};
        PainCourse course = course_of(context);
        size_t n = 0;
        int r;

        pain_days_week(&course, week);
        while (n < HISTORY_DAYS && history->days[n].state != DAY_AHEAD)
                n++;
        if (n == 0)
                return 0; /* the clock is absent: none of them has begun */
        r = streak_read(&of, history->first_day + (int32_t)n - 1, history->pain, n, history->since_day, &days);
        if (r >= 0)
                pain_clock_week(days.pain, days.n, days.first_day, &context->parameters->pain_clock, week);
        return r;
}

static int measure_pain_weeks(const WeekContext *context, Week *week)
{
        PainCourse course = course_of(context);
        int r = pain_trend_week(&course, week);

        return r < 0 ? r : pain_load_week(&course, week);
}

typedef struct BaselineDays {
        const Homes *homes;
        int32_t monday;
        PainBaseline *baseline;
} BaselineDays;

static int take_baseline(const DiaryEntry *entry, void *userdata)
{
        BaselineDays *days = userdata;
        int32_t at = homes_local_day(days->homes, entry->at_utc_ms) - days->monday;

        if (at >= 0 && at < 7 && entry->pain > days->baseline->pain[at])
                days->baseline->pain[at] = entry->pain;
        return 0;
}

/* By the plan in force on the week's Sunday. */
static int measure_pain_change(const WeekContext *context, Week *week)
{
        PainCourse course = course_of(context);
        PainBaseline baseline = {.week = ""};
        BaselineDays days = {.homes = context->homes, .baseline = &baseline};
        IsoWeek id;
        Plan plan;
        int r = plan_on_day(context->ledger, context->runner->id, iso_week_monday(context->id) + 6,
                            &plan);

        for (size_t i = 0; i < 7; i++)
                baseline.pain[i] = NULL_INTEGER;
        if (r > 0 && iso_week_parse(plan.baseline_week, &id) >= 0) {
                (void)text_copy(baseline.week, sizeof(baseline.week), plan.baseline_week); /* as long */
                days.monday = iso_week_monday(id);
                r = diary_each(context->ledger, context->runner->id,
                               homes_week_start_utc_ms(context->homes, id),
                               homes_week_start_utc_ms(context->homes, iso_week_add(id, 1)),
                               take_baseline, &days);
        }
        if (r < 0)
                return r;
        pain_change_week(&course, &baseline, week);
        return 0;
}

typedef struct Questionnaire {
        int64_t answers[4];
        bool found;
} Questionnaire;

/* In order of time: the newest stays. */
static int take_answers(const DiaryEntry *entry, void *userdata)
{
        Questionnaire *questionnaire = userdata;
        bool any = false;

        for (size_t i = 0; i < ARRAY_SIZE(entry->ostrc); i++)
                any |= entry->ostrc[i] != NULL_INTEGER;
        if (!any)
                return 0;
        memcpy(questionnaire->answers, entry->ostrc, sizeof(entry->ostrc));
        questionnaire->found = true;
        return 0;
}

static int measure_ostrc(const WeekContext *context, Week *week)
{
        Questionnaire questionnaire = {.found = false};
        int r = diary_each(context->ledger, context->runner->id, context->from_utc_ms,
                           context->to_utc_ms, take_answers, &questionnaire);

        if (r >= 0)
                ostrc_week(questionnaire.found ? questionnaire.answers : NULL, week);
        return r < 0 ? r : 0;
}

static int measure_gait(const WeekContext *context, Week *week)
{
        return week_medians("gait", &context->input, week);
}

static int measure_trunk(const WeekContext *context, Week *week)
{
        return week_medians("trunk", &context->input, week);
}

typedef struct SensedWeek {
        SensedDay days[WEEK_DAYS];
        size_t n;
} SensedWeek;

typedef struct Said {
        const Homes *homes;
        int32_t monday;
        double sitting_h[WEEK_DAYS]; /* of entries in order of time: the day's last word counts */
} Said;

static int gather_said(const DiaryEntry *entry, void *userdata)
{
        Said *said = userdata;
        int32_t at = homes_local_day(said->homes, entry->at_utc_ms) - said->monday;

        if (at >= 0 && at < WEEK_DAYS && !isnan(entry->sitting_h))
                said->sitting_h[at] = entry->sitting_h;
        return 0;
}

static int gather_day(const SensedDay *day, void *userdata)
{
        SensedWeek *sensed = userdata;

        if (sensed->n < WEEK_DAYS)
                sensed->days[sensed->n++] = *day;
        return 0;
}

/* A day is told when it is over: a pod on a thigh has something new every 15 s. */
static int measure_sensed(const WeekContext *context, Week *week)
{
        int32_t monday = iso_week_monday(context->id), last = monday + WEEK_DAYS - 1;
        int32_t yesterday = homes_local_day(context->homes, context->now_utc_ms) - 1;
        SensedWeek sensed = {.n = 0};
        int r = sensed_day_each(context->ledger, context->runner->id, monday,
                                yesterday < last ? yesterday : last, gather_day, &sensed);

        Said said = {.homes = context->homes, .monday = monday};

        for (size_t i = 0; i < WEEK_DAYS; i++)
                said.sitting_h[i] = NULL_REAL;
        if (r >= 0)
                r = diary_each(context->ledger, context->runner->id, context->from_utc_ms,
                               context->to_utc_ms, gather_said, &said);
        if (r < 0)
                return r;
        week_sitting(sensed.days, sensed.n, said.sitting_h, monday, &context->parameters->sitting, week);
        week_exercises(sensed.days, sensed.n, week);
        return 0;
}

/* The row of a flag may reach back so far, and its baseline as far again. */
#define FLAG_WEEKS 8
#define FLAG_RUNS  256

typedef struct FlagSessions {
        const Homes *homes;
        FlagSession list[FLAG_RUNS];
        size_t n;
} FlagSessions;

static int gather_session(const Run *run, void *userdata)
{
        FlagSessions *sessions = userdata;

        if (sessions->n == FLAG_RUNS) { /* the oldest goes */
                memmove(sessions->list, sessions->list + 1, sizeof(FlagSession) * (FLAG_RUNS - 1));
                sessions->n--;
        }
        sessions->list[sessions->n++] =
                flag_session(run, homes_local_day(sessions->homes, run->start_utc_ms));
        return 0;
}

static int measure_flags(const WeekContext *context, Week *week)
{
        FlagSessions sessions = {.homes = context->homes};
        int64_t from_utc_ms = homes_week_start_utc_ms(context->homes, iso_week_add(context->id, -FLAG_WEEKS));
        int r = run_each(context->ledger, context->runner->id, from_utc_ms, context->to_utc_ms - 1,
                         gather_session, &sessions);

        if (r < 0)
                return r;
        while (sessions.n > 0 && sessions.list[sessions.n - 1].day >= iso_week_monday(context->id) + WEEK_DAYS)
                sessions.n--;
        week_flags(sessions.list, sessions.n, iso_week_monday(context->id), &context->parameters->flag, week);
        return 0;
}

/* ---- the sentence ---- */

static int has_pod(const Pod *pod, void *userdata)
{
        return strcmp(pod->runner, userdata) == 0;
}

/* Days, up to the last one that has begun, since anything was heard: an entry of any kind, a record of a
 * pod, a file that was imported. Never longer than the runner has been there. */
static int count_silence(const WeekContext *context, int64_t *ret)
{
        const History *history = context->history;
        int64_t until = context->now_utc_ms < context->to_utc_ms - 1 ? context->now_utc_ms : context->to_utc_ms - 1;
        int32_t today = homes_local_day(context->homes, until), last = history->first_day - 1;
        int64_t since[2] = {context->runner->added_utc_ms, NULL_INTEGER};
        int r = import_newest(context->ledger, context->runner->id, context->to_utc_ms, &since[1]);

        if (r < 0)
                return r;
        for (size_t i = 0; i < ARRAY_SIZE(since); i++) {
                int32_t day = since[i] < EARLIEST_MS ? last : homes_local_day(context->homes, since[i]);

                last = day > last ? day : last;
        }
        for (int32_t day = last + 1; day <= today; day++)
                last = history->heard[day - history->first_day] ? day : last;
        *ret = today > last ? today - last : 0;
        return 0;
}

static bool said_anything(const History *history)
{
        for (size_t i = HISTORY_DAYS - 7; i < HISTORY_DAYS; i++) {
                if (history->said[i])
                        return true;
        }
        return false;
}

/* Of the week before its newest revision is read: weeks are made in order, and one that changes makes
 * those after it due. */
static int measure_verdict(const WeekContext *context, Week *week)
{
        VerdictInput input = {.has_entry = said_anything(context->history), .ran_unseen = context->ran_unseen};
        VerdictParameters parameters = verdict_defaults;
        char id[WEEK_ID_SIZE];
        Week before;
        Plan plan;
        int r, planned = plan_on_day(context->ledger, context->runner->id,
                                     iso_week_monday(context->id) + 6, &plan);

        if (planned < 0)
                return planned;
        r = count_silence(context, &input.silent_days);
        if (r < 0)
                return r;
        parameters.language = context->parameters->language;
        parameters.pain_from = context->parameters->pain_alert_from;
        parameters.through_from = context->parameters->through_pain_runs;
        parameters.silent_days = context->parameters->silent_days;
        parameters.prong_weeks = context->parameters->plan.window_weeks;
        parameters = verdict_parameters(planned > 0 ? &plan : NULL, parameters);
        iso_week_format(iso_week_add(context->id, -1), id);
        r = week_get(context->ledger, context->runner->id, id, 0, &before);
        if (r < 0)
                return r;
        input.before = r > 0 ? &before : NULL;
        r = pod_each(context->ledger, has_pod, (void *)(uintptr_t)context->runner->id);
        if (r < 0)
                return r;
        input.has_pod = r > 0;
        date_format(iso_week_monday(context->id), input.monday);
        verdict_week(&input, &parameters, week);
        return 0;
}

/* ---- one line a group ---- */

static int (*const measures[])(const WeekContext *context, Week *week) = {
        measure_days,
        measure_impact,
        measure_effort,
        measure_acwr,
        measure_spike,
        measure_pain_days,
        measure_pain_change,
        measure_ostrc,
        measure_pain_weeks,
        measure_pain_runs,
        measure_gait,
        measure_trunk,
        measure_sensed,
        derive_care, /* what is sensed stands beside it */
        measure_flags,
        measure_verdict, /* the last one: it speaks of the others */
};

int derive_groups(const WeekContext *context, Week *week)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(measures); i++)
                r = measures[i](context, week);
        groups_finish(&week_groups, week, &week->reasons);
        return r < 0 ? r : 0;
}
