/* derive-lost.h: Private to daemon/derive. What of a runner's time pods recorded and is not here. */
#pragma once

#include "daemon/ledger/lost.h"
#include "daemon/measure/days.h"
#include "daemon/measure/pain-runs.h"

typedef struct LostRanges {
        LostRange *list;
        size_t n;
} LostRanges;

void lost_ranges_clear(LostRanges *lost);
/* All that may lie in from..to (exclusive). 0 or -errno. */
int lost_ranges_read(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                     LostRanges *ret) MUST_CHECK;
/* Where a run may have been that is not known: not what lies within one of `runs`, whose own coverage
 * tells of it. *ret: the caller's, to be freed. 0 or -ENOMEM. */
int lost_ranges_open(const LostRanges *lost, const DatedRun *runs, size_t n_runs, DaySpan **ret,
                     size_t *ret_n) MUST_CHECK;

/* What a week lacks. */
typedef struct WeekLost {
        int64_t records;   /* of every range that may reach into it, all */
        char reasons[64];  /* codes */
        double strides_s;  /* what a foot's lost ones lasted, about; the foot with the most */
        bool may_hide_run; /* one is not within a run */
} WeekLost;

WeekLost lost_ranges_week(const LostRanges *lost, const DatedRun *runs, size_t n_runs, int64_t from_utc_ms,
                          int64_t to_utc_ms);
