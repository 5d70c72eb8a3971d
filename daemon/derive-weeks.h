/* derive-weeks.h: Private to daemon/derive. A runner's runs and diary → weeks. */
#pragma once

#include "base/zone.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/roster.h"

/* Makes weeks first..last due that are not after now: from the runner's enrolment on all of them,
 * before it those that hold a run or an entry, or once did. In the running transaction, as all
 * here. 0 or -errno. */
int derive_weeks_mark(Ledger *ledger, const Runner *runner, const Zone *zone, int64_t now_utc_ms,
                      IsoWeek first, IsoWeek last) MUST_CHECK;
/* Makes those due that time itself may have changed: provisional ones, and those not made yet. */
int derive_weeks_mark_old(Ledger *ledger, const Runner *runner, const Zone *zone,
                          int64_t now_utc_ms) MUST_CHECK;
/* Stores a new revision of the week if it differs. 0 or -errno. */
int derive_week(Ledger *ledger, const Runner *runner, const Zone *zone, int64_t now_utc_ms,
                IsoWeek id) MUST_CHECK;
