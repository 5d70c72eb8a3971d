#include "daemon/derive-groups.h"

#include "daemon/derive-care.h"
#include "daemon/measure/acwr-week.h"
#include "daemon/measure/effort.h"
#include "daemon/measure/impact.h"
#include "daemon/measure/pain-groups.h"
#include "daemon/measure/spike-groups.h"

static int measure_days(const WeekContext *context, Week *week)
{
        days_week(history_two_weeks(context->history), week);
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
                       iso_week_monday(context->id), week);
        return 0;
}

static int measure_spike(const WeekContext *context, Week *week)
{
        return spike_week(&context->input, context->parameters, week);
}

/* ---- one line a group ---- */

static int (*const measures[])(const WeekContext *context, Week *week) = {
        measure_days,
        measure_impact,
        measure_effort,
        measure_acwr,
        measure_spike,
        measure_pain_runs,
        derive_care,
};

int derive_groups(const WeekContext *context, Week *week)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(measures); i++)
                r = measures[i](context, week);
        groups_finish(&week_groups, week, &week->reasons);
        return r < 0 ? r : 0;
}
