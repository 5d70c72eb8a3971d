/* derive-week-context.h: Private to daemon/derive. What each group of a week may look at. */
#pragma once

#include "daemon/derive-history.h"
#include "daemon/measure/week.h"

typedef struct WeekContext {
        Ledger *ledger;
        const Runner *runner;
        const Homes *homes;
        const MeasureParameters *parameters;
        int64_t now_utc_ms;
        IsoWeek id;
        int64_t from_utc_ms;
        int64_t to_utc_ms; /* exclusive; later than now while the week runs */
        /* The runs and the diary of the week, and the runs of spike_window_days before it, by start;
         * all with their groups. */
        WeekInput input;
        bool ran_unseen; /* see verdict.h; only asked of a week without a run */
        const History *history; /* day by day, LOOK_BACK_WEEKS and the week */
        const WeekLost *lost;
} WeekContext;
