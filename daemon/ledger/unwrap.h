/* unwrap.h: Private to the ledger. Ticks made monotonic; in the running transaction. */
#pragma once

#include "daemon/ledger/sql.h"
#include "proto/record.h"

/* Kinds whose tick was read. A lost range was noticed perhaps long after those that follow it, a kind
 * we do not know was put beside a neighbour: as neighbours of others they would lead them astray. */
#define TIMED_KINDS "(1, 3, 4, 6, 7, 16, 17, 18, 19, 20, 96)"

/* The unwrapped tick of a record: its u32 continued from the nearest known seq of the epoch, and
 * behind a hole by what is known of its time. A pod without memory sends boottime, which does not
 * wrap. */
int tick_unwrap(Ledger *ledger, int64_t pod_id, bool has_memory, const Record *record,
                int64_t *ret) MUST_CHECK;
