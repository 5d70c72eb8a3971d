/* alerts.h: which of the reasons that stand is told of a runner: one at a time, by what was seen.
 *
 * An acknowledgement is of what stood when it was made, each reason with its severity. One that is
 * worse since, or has begun since, is told again. */
#pragma once

#include "daemon/ledger/homes.h"
#include "daemon/ledger/standing.h"
#include "daemon/ledger/ledger.h"
#include "proto/care-records.h"
#include "proto/clinic-records.h"
#include "proto/standing.h"

typedef struct Alert {
        StandingReason reason;
        IsoWeek week; /* in which it stands */
        int64_t since_utc_ms;
        bool is_seen;         /* then all others that stand are, too */
        Acknowledgement seen; /* the newest that holds */
        char others[96];      /* codes that stand in that week, and were seen */
} Alert;

/* The first that nobody has seen, of the newest week in which there is one; else the first one of
 * `newest`. 1, 0: none stands. */
int alert_told(Ledger *ledger, const char *runner, const Homes *homes, IsoWeek newest,
               int64_t now_utc_ms, Alert *ret) MUST_CHECK;
