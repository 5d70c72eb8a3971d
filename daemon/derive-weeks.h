/* derive-weeks.h: Private to daemon/derive. A runner's runs and diary → weeks (derive-weeks.c), and which
 * of them are due (derive-due.c). */
#pragma once

#include "daemon/ledger/homes.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/roster.h"
#include "daemon/measure/parameters.h"

/* Whose weeks, by which zones, and what time it is. */
typedef struct WeeksOf {
        Ledger *ledger;
        const Runner *runner;
        const Homes *homes;
        const MeasureParameters *parameters;
        int64_t now_utc_ms;
        bool now_is_sure; /* synchronised: a week that is not over by it cannot be final */
} WeeksOf;

/* Makes weeks first..last due for a DirtyWhy: from the runner's enrolment to now all of them, before
 * and behind that those that hold a run or an entry, or once did. In the running transaction, as all
 * here. 0 or -errno. */
int derive_weeks_mark(const WeeksOf *of, unsigned why, IsoWeek first, IsoWeek last) MUST_CHECK;
/* Makes those due that time itself may have changed: provisional ones, and those not made yet; and
 * those that a clock which was ahead called final. */
int derive_weeks_mark_old(const WeeksOf *of) MUST_CHECK;
/* By a clock that is right: the week is yet to come, or holds nothing and was made before the runner was
 * enrolled. 1, 0. */
int derive_week_is_false(const WeeksOf *of, IsoWeek id) MUST_CHECK;
/* Withdraws the week if it is false (withdraw.h); else stores a new revision of it if it differs, and of its runs if what they are among others does; `why`: DirtyWhy that may be behind it. 0 or
 * -errno. */
int derive_week(const WeeksOf *of, IsoWeek id, unsigned why) MUST_CHECK;
