#include "daemon/derive-groups.h"

#include "daemon/ledger/days.h"
#include "daemon/ledger/weeks.h"
#include "daemon/measure/spike-week.h"
#include "daemon/measure/week-flags.h"
#include "daemon/measure/week-medians.h"
#include "daemon/measure/week-sensed.h"

#include <string.h>

static int measure_spike(const WeekContext *context, Week *week)
{
        return spike_week(&context->input, context->parameters, week);
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

static int gather_day(const SensedDay *day, void *userdata)
{
        SensedWeek *sensed = userdata;

        if (sensed->n < WEEK_DAYS)
                sensed->days[sensed->n++] = *day;
        return 0;
}

static int measure_sensed(const WeekContext *context, Week *week)
{
        int32_t monday = iso_week_monday(context->id);
        SensedWeek sensed = {.n = 0};
        int r = sensed_day_each(context->ledger, context->runner->id, monday, monday + WEEK_DAYS - 1,
                                gather_day, &sensed);

        if (r < 0)
                return r;
        week_sitting(sensed.days, sensed.n, monday, week);
        week_exercises(sensed.days, sensed.n, week);
        return 0;
}

/* The row of a flag may reach back so far, and its baseline as far again. */
#define FLAG_WEEKS 8
#define FLAG_RUNS  256

typedef struct FlagSessions {
        const Zone *zone;
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
                flag_session(run, zone_local_day(sessions->zone, run->start_utc_ms));
        return 0;
}

static int measure_flags(const WeekContext *context, Week *week)
{
        FlagSessions sessions = {.zone = context->zone};
        int64_t from_utc_ms = zone_week_start_utc_ms(context->zone, iso_week_add(context->id, -FLAG_WEEKS));
        int r = run_each(context->ledger, context->runner->id, from_utc_ms, context->to_utc_ms - 1,
                         gather_session, &sessions);

        if (r < 0)
                return r;
        while (sessions.n > 0 && sessions.list[sessions.n - 1].day >= iso_week_monday(context->id) + WEEK_DAYS)
                sessions.n--;
        week_flags(sessions.list, sessions.n, iso_week_monday(context->id), week);
        return 0;
}

/* ---- one line a group ---- */

static int (*const measures[])(const WeekContext *context, Week *week) = {
        measure_spike,
        measure_gait,
        measure_trunk,
        measure_sensed,
        measure_flags,
};

int derive_groups(const WeekContext *context, Week *week)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(measures); i++)
                r = measures[i](context, week);
        groups_finish(&week_groups, week, &week->reasons);
        return r < 0 ? r : 0;
}
