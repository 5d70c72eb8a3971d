/* derive-weeks.h: Private to daemon/derive. A runner's runs and diary → weeks. */
#pragma once

#include "base/zone.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/roster.h"

/* Weeks first..last, as far as they lie between the runner's first week and now. In the running
 * transaction. 0 or -errno. */
int derive_weeks(Ledger *ledger, const Runner *runner, const Zone *zone, int64_t now_utc_ms,
                 IsoWeek first, IsoWeek last) MUST_CHECK;
/* Weeks that time itself may have changed: provisional ones, and those not made yet. */
int derive_due_weeks(Ledger *ledger, const Runner *runner, const Zone *zone,
                     int64_t now_utc_ms) MUST_CHECK;
