/* unwrap.h: Private to the ledger. Ticks made monotonic; in the running transaction. */
#pragma once

#include "daemon/ledger/sql.h"
#include "proto/record.h"

/* Kinds whose tick was read. A lost range was noticed perhaps long after those that follow it, a kind
 * we do not know was put beside a neighbour: as neighbours of others they would lead them astray. */
#define TIMED_KINDS "(1, 3, 4, 6, 7, 16, 17, 18, 19, 20, 96)"
/* Of these, what measures are made of. */
#define ACTIVITY_KINDS "(1, 16, 17, 18, 19, 20, 96)"

/* Of the record behind one at `near_tick`: later seq, later tick, forward on the circle of 2^32. */
int64_t tick_after(int64_t near_tick, int64_t tick);
/* The unwrapped tick of a record: its u32 continued from the nearest known seq of the epoch, and
 * behind a hole by what is known of its time. A pod without memory sends boottime, which does not
 * wrap. */
int tick_unwrap(Ledger *ledger, int64_t pod_id, bool has_memory, const Record *record,
                int64_t *ret) MUST_CHECK;
