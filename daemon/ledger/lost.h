/* lost.h: when it was that pods recorded what is not here: lost, or without a time of its own.
 *
 * Nobody can say what happened then, so it is no day of rest and no week without a run. Of a lost
 * range the records around it tell when it was, at most; where the epoch has none, what is known of
 * the epoch before and behind. Without any of these it is open to that side. */
#pragma once

#include "base/text.h"
#include "daemon/ledger/ledger.h"
#include "proto/record.h"

typedef struct LostRange {
        char address[ADDRESS_SIZE];
        Placement placement; /* where the pod was worn at its end */
        uint32_t epoch;
        int64_t records;
        int64_t from_utc_ms; /* it lies somewhere between, and need not fill it; open: */
        int64_t to_utc_ms;   /* LOST_SINCE_EVER, LOST_UNTIL_NOW */
        const char *reason;  /* lost_reason_name, or LOST_NO_TIME: received, but nobody knows when it was */
} LostRange;

#define LOST_SINCE_EVER (INT64_MIN + 1)
#define LOST_UNTIL_NOW  INT64_MAX
#define LOST_NO_TIME    "no_time"

typedef int (*LostFunction)(const LostRange *lost, void *userdata);
/* What may lie in from..to (exclusive) while its pod was the runner's, pod by pod, in order. A
 * callback's non-zero return ends the walk and is returned. */
int lost_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
              LostFunction function, void *userdata) MUST_CHECK;
