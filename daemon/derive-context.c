#include "daemon/derive-context.h"

#include "base/calendar.h"

#include "daemon/ledger/weeks.h"
#include "daemon/measure/effort.h"
#include "daemon/measure/pain-groups.h"
#include "daemon/measure/spike-groups.h"

#include <errno.h>

#define CONTEXT_WEEKS 10 /* the pain band's 56 days, and the week itself */

int derive_context(const History *history, const WeekRun *runs, size_t at,
                   const MeasureParameters *parameters, Run *run)
{
        size_t dated;
        int r = spike_run(runs, at, parameters, run);

        if (r < 0)
                return r;
        if (history_find_run(history, run->start_utc_ms, &dated)) {
                effort_rate(history_rating(history, dated), run);
                pain_run_group(history->runs, history->n_runs, dated, history->entries,
                               history->n_entries, &parameters->pain_run, run);
        }
        groups_finish(&run_groups, run, &run->reasons);
        return 0;
}

typedef struct Before {
        const Homes *homes;
        const Run *run;
        WeekRun *list;
        size_t n;
} Before;

static void before_clearp(const Before *before)
{
        free(before->list);
}

/* Room for one more stays behind the last. */
static int add_before(Before *before, const Run *run)
{
        WeekRun *moved = reallocarray(before->list, before->n + 1, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        before->list = moved;
        moved[before->n++] = (WeekRun){.run = *run, .day = homes_local_day(before->homes, run->start_utc_ms)};
        return 0;
}

static int take_before(const Run *run, void *userdata)
{
        Before *before = userdata;

        /* What overlaps it is what it is stored in place of. */
        if (run->end_utc_ms >= before->run->start_utc_ms)
                return 0;
        return add_before(before, run);
}

int derive_context_new(Ledger *ledger, const Runner *runner, const Homes *homes,
                       const MeasureParameters *parameters, Run *run)
{
        CLEANUP(before_clearp) Before before = {.homes = homes, .run = run};
        CLEANUP(history_freep) History *history = NULL;
        int64_t window_ms = (parameters->spike_window_days + 2) * DAY_MS;
        int r = run_each_brief(ledger, runner->id, run->start_utc_ms - window_ms, run->start_utc_ms,
                               take_before, &before);

        if (r >= 0)
                r = add_before(&before, run);
        if (r >= 0)
                r = history_read(ledger, runner, homes, run->end_utc_ms,
                                 homes_week(homes, run->start_utc_ms), CONTEXT_WEEKS, INT32_MIN,
                                 &history);
        if (r >= 0)
                r = history_add_run(history, run);
        if (r < 0)
                return r;
        return derive_context(history, before.list, before.n - 1, parameters, run);
}
