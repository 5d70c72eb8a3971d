/* derive-clock.h: Private to daemon/derive. Was the clock wrong until now? */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/ledger.h"

typedef struct ClockSeen {
        int64_t offset_ms;   /* UTC less boottime */
        int64_t from_utc_ms; /* by that, since when */
        ClockQuality quality;
        bool any;
} ClockSeen;

/* Looks at the clock, before anything is derived by it. Once it is synchronised, what was dated by one
 * that was hours off is corrected by the step, where it is known, or is forgotten. 0 or -errno. */
int derive_clock_look(Ledger *ledger, const Clock *clock, ClockSeen *seen) MUST_CHECK;
