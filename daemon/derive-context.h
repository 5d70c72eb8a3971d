/* derive-context.h: Private to daemon/derive. What a run is among others: its spike, the runner's
 * rating, and the pain before and after it. These groups follow runs and diary entries around it,
 * the others its records. */
#pragma once

#include "daemon/derive-history.h"
#include "daemon/measure/week.h"

/* Fills them anew from the runs[at] before it and the history. 0 or -ENOMEM. */
int derive_context(const History *history, const WeekRun *runs, size_t at,
                   const MeasureParameters *parameters, Run *run) MUST_CHECK;
/* The same for a run that is about to be stored. 0 or -errno. */
int derive_context_new(Ledger *ledger, const Runner *runner, const Zone *zone,
                       const MeasureParameters *parameters, Run *run) MUST_CHECK;
