/* derive-runs.h: Private to daemon/derive. A runner's records of a span → runs. */
#pragma once

#include "daemon/ledger/homes.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/roster.h"
#include "daemon/measure/parameters.h"

/* What was looked at: whole sessions, so wider than what was asked for. */
typedef struct RunSpan {
        int64_t from_utc_ms;
        int64_t to_utc_ms;
        bool changed; /* a run is new, other or withdrawn */
} RunSpan;

/* Stores new revisions of the runs that touch from..to, withdraws those that are no more.
 * In the running transaction. 0 or -errno. */
int derive_runs(Ledger *ledger, const MeasureParameters *parameters, const char *runner,
                const Homes *homes, int64_t from_utc_ms, int64_t to_utc_ms, RunSpan *ret) MUST_CHECK;
