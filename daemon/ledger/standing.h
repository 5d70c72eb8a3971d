/* standing.h: which reasons for an alert stand in a runner's weeks (proto/standing.h). */
#pragma once

#include "base/zone.h"
#include "daemon/ledger/ledger.h"
#include "proto/care-records.h"

/* From so many weeks an alert is told: the newest one, and those before it. */
#define ALERT_WEEKS 1

/* As it was known at that time, by the revision that was the newest then. 0 or -errno. */
int standing_in_week(Ledger *ledger, const char *runner, IsoWeek week, int64_t known_utc_ms,
                     char ret[static STANDING_SIZE]) MUST_CHECK;
/* The same of all ALERT_WEEKS. */
int standing_in_weeks(Ledger *ledger, const char *runner, IsoWeek newest, int64_t known_utc_ms,
                      char ret[static SAW_SIZE]) MUST_CHECK;
