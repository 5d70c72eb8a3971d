/* derive-weeks.h: Private to daemon/derive. A runner's runs and diary → weeks (derive-weeks.c), and which
 * of them are due (derive-due.c). */
#pragma once

#include "daemon/ledger/homes.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/roster.h"

/* Whose weeks, by which zones, and what time it is. */
typedef struct WeeksOf {
        Ledger *ledger;
        const Runner *runner;
        const Homes *homes;
        int64_t now_utc_ms;
        bool now_is_sure; /* synchronised: a week that is not over by it cannot be final */
} WeeksOf;

/* Makes weeks first..last due for a DirtyWhy, as far as they lie between the runner's first week and
 * now, or are there already. In the running transaction, as all here. 0 or -errno. */
int derive_weeks_mark(const WeeksOf *of, unsigned why, IsoWeek first, IsoWeek last) MUST_CHECK;
/* Makes those due that time itself may have changed: provisional ones, and those not made yet; and
 * those that a clock which was ahead called final. */
int derive_weeks_mark_old(const WeeksOf *of) MUST_CHECK;
/* Stores a new revision of the week if it differs; `why`: DirtyWhy that may be behind it. 0 or
 * -errno. */
int derive_week(const WeeksOf *of, IsoWeek id, unsigned why) MUST_CHECK;
