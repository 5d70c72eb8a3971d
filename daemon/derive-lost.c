#include "daemon/derive-lost.h"

#include "proto/fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define STRIDE_S 0.7 /* [own] of a runner at 170 steps a minute; only to weigh what nobody has seen */

void lost_ranges_clear(LostRanges *lost)
{
        free(lost->list);
        *lost = (LostRanges){0};
}

static int take_range(const LostRange *range, void *userdata)
{
        LostRanges *lost = userdata;
        LostRange *moved = reallocarray(lost->list, lost->n + 1, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        lost->list = moved;
        moved[lost->n++] = *range;
        return 0;
}

int lost_ranges_read(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms, LostRanges *ret)
{
        return lost_each(ledger, runner, from_utc_ms, to_utc_ms, take_range, ret);
}

static bool is_within_run(const LostRange *range, const DatedRun *runs, size_t n_runs)
{
        for (size_t i = 0; i < n_runs; i++) {
                if (range->from_utc_ms >= runs[i].start_utc_ms && range->to_utc_ms <= runs[i].end_utc_ms)
                        return true;
        }
        return false;
}

int lost_ranges_open(const LostRanges *lost, const DatedRun *runs, size_t n_runs, DaySpan **ret, size_t *ret_n)
{
        DaySpan *spans = calloc(lost->n + 1, sizeof(*spans));
        size_t n = 0;

        if (!spans)
                return -ENOMEM;
        for (size_t i = 0; i < lost->n; i++) {
                if (!is_within_run(&lost->list[i], runs, n_runs))
                        spans[n++] = (DaySpan){lost->list[i].from_utc_ms, lost->list[i].to_utc_ms};
        }
        *ret = spans;
        *ret_n = n;
        return 0;
}

static void weigh(WeekLost *week, const LostRange *range, double *sum_s, const char **address)
{
        if (range->placement != PLACEMENT_LEFT_FOOT && range->placement != PLACEMENT_RIGHT_FOOT)
                return;
        if (!*address || strcmp(*address, range->address) != 0) /* pod by pod */
                *sum_s = 0;
        *address = range->address;
        *sum_s += STRIDE_S * (double)range->records;
        week->strides_s = *sum_s > week->strides_s ? *sum_s : week->strides_s;
}

WeekLost lost_ranges_week(const LostRanges *lost, const DatedRun *runs, size_t n_runs, int64_t from_utc_ms,
                          int64_t to_utc_ms)
{
        WeekLost week = {0};
        const char *address = NULL;
        double sum_s = 0;

        codes_none(week.reasons);
        for (size_t i = 0; i < lost->n; i++) {
                const LostRange *range = &lost->list[i];

                if (range->from_utc_ms >= to_utc_ms || range->to_utc_ms < from_utc_ms)
                        continue;
                week.records += range->records;
                week.may_hide_run |= !is_within_run(range, runs, n_runs);
                if (!codes_contain(week.reasons, range->reason))
                        (void)codes_add(week.reasons, sizeof(week.reasons), range->reason); /* all fit */
                weigh(&week, range, &sum_s, &address);
        }
        return week;
}
