/* placement.h: where a pod was worn in the past, when somebody noticed late.
 *
 * Who wore it stays as it was. A correction reaches to the next time the pod was moved, or without end; raw records
 * keep what they are, and whatever comes later of that time counts for the new place, too. */
#pragma once

#include "daemon/ledger/roster.h"

/* The pod sat at `placement` since `from_utc_ms`. All that it told of that time is derived anew, with the reason. 1;
 * 0: there it was; -ENOENT: no such pod; -EAGAIN: the clock is not set; -EINVAL: from lies ahead; -ENXIO:
 * nobody wore it then. */
int placement_correct(Ledger *ledger, const char *address, Placement placement, int64_t from_utc_ms) MUST_CHECK;
/* Other pods that its wearer has at `placement` at some moment of the time that such a correction would reach. A
 * callback's non-zero return ends the walk and is returned. */
int placement_others(Ledger *ledger, const char *address, Placement placement, int64_t from_utc_ms,
                     PodFunction function, void *userdata) MUST_CHECK;
