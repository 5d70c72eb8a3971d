/* standing.h: which reasons for an alert stand in a runner's weeks (proto/standing.h). */
#pragma once

#include "daemon/ledger/homes.h"
#include "daemon/ledger/ledger.h"
#include "proto/care-records.h"

/* From so many weeks an alert is told that nobody has seen, the newest one first: it outlives its Sunday
 * by a week. [own] What still stands is of the newest. */
#define ALERT_WEEKS 2

/* The newest week that was made, the current one or one before it: a new one says nothing until it is.
 * 1, 0: none was. */
int newest_week(Ledger *ledger, const char *runner, const Homes *homes, int64_t now_utc_ms,
                IsoWeek *ret) MUST_CHECK;

/* As it was known at that time, by the revision that was the newest then. 0 or -errno. */
int standing_in_week(Ledger *ledger, const char *runner, IsoWeek week, int64_t known_utc_ms,
                     char ret[static STANDING_SIZE]) MUST_CHECK;
/* The same of all ALERT_WEEKS. */
int standing_in_weeks(Ledger *ledger, const char *runner, IsoWeek newest, int64_t known_utc_ms,
                      char ret[static SAW_SIZE]) MUST_CHECK;
