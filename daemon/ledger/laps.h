/* laps.h: Private to the ledger. A chain of records without a hole, and which lap of the counter it
 * lies on.
 *
 * A chain whose beginning nobody could date (it follows a hole, or a lost range longer than a lap)
 * was placed by guess. The moment it reaches a record or an anchor that knows better, the whole
 * chain moves. In the running transaction. */
#pragma once

#include "daemon/ledger/sql.h"

#define LAP_TICKS           ((int64_t)UINT32_MAX + 1) /* 48.5 days */
#define BACKWARDS_MAX_TICKS (600LL * 1024)            /* further back is forward, once around */

/* A record `seq` at *tick closes the hole below the chain behind it, if there is one: when they
 * disagree by laps, the one of them without an anchor moves. *tick moves along. */
int laps_join(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t seq, int64_t *tick) MUST_CHECK;
/* A clock says that the record `seq`, last of its chain, came `laps` later than *tick: so did the
 * chain, unless one of its anchors says otherwise. */
int laps_move_chain(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t seq, int64_t laps,
                    int64_t *tick) MUST_CHECK;
