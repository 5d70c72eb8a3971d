/* derive-segments.h: Private to daemon/derive. What pods on feet, trunk and thighs add to a run, and
 * to a day. */
#pragma once

#include "daemon/ledger/homes.h"
#include "daemon/ledger/roster.h"
#include "daemon/measure/activity.h"
#include "proto/clinic-records.h"

/* The groups "gait" and "trunk" of a measured run. 0 or -errno. */
int derive_run_segments(Ledger *ledger, const Runner *runner, const Activity *activity,
                        Run *run) MUST_CHECK;

/* A standing calibration speaks of the runs after it: widens a span by so much when it holds one. */
int derive_reach(Ledger *ledger, const char *runner, int64_t from_utc_ms,
                 int64_t *to_utc_ms) MUST_CHECK;

/* Do pods on trunk or thighs tell of running, as long as a run needs? 1, 0 or -errno. A run is made of
 * contacts of feet and of samples: without them there is none, but nobody did not run either. */
int derive_ran_unseen(Ledger *ledger, const MeasureParameters *parameters, const char *runner,
                      int64_t from_utc_ms, int64_t to_utc_ms) MUST_CHECK;

/* The local days that a span touches, as their postures and exercises tell them. 0 or -errno. */
int derive_sensed_days(Ledger *ledger, const MeasureParameters *parameters, const Runner *runner,
                       const Homes *homes, int64_t from_utc_ms, int64_t to_utc_ms) MUST_CHECK;
