#include "daemon/derive-groups.h"

#include "daemon/measure/spike-week.h"

static int measure_spike(const WeekContext *context, Week *week)
{
        return spike_week(&context->input, context->parameters, week);
}

/* ---- one line a group ---- */

static int (*const measures[])(const WeekContext *context, Week *week) = {
        measure_spike,
};

int derive_groups(const WeekContext *context, Week *week)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(measures); i++)
                r = measures[i](context, week);
        groups_finish(&week_groups, week, &week->reasons);
        return r < 0 ? r : 0;
}
