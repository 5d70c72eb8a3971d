/* retention.h: raw records leave when their time is over; runs, weeks and the diary stay for ever.
 *
 * Of an epoch only a prefix of its numbers goes, never a middle. Its last record stays as the
 * neighbour from which later ticks unwrap. A number below it that comes once more is known:
 * neither stored nor compared. What stays, for however old:
 * - a record its pod was not told is durable here; a hole in front of it; one without a time;
 * - what waits to be derived.
 * "Kept since" is one instant for all pods. No run lies across it or near it. Runs that begin
 * before it are never derived anew: what they were made of is gone. */
#pragma once

#include "daemon/ledger/ledger.h"

#include <stddef.h>

/* A pass over all epochs, in slices. */
typedef struct Retention {
        int64_t kept_since_ms; /* what lies before may go */
        int64_t cut_utc_ms;    /* the same, or earlier: something older waits to be derived */
        int64_t pod_id;        /* where the next slice goes on; -1: at the beginning */
        int64_t epoch;
        int64_t let_go; /* records so far */
} Retention;

/* A pass that lets go what is older than `before_utc_ms`, or somewhat older than that: never a
 * part of a run. "Kept since" never goes back. */
int retention_begin(Ledger *ledger, int64_t before_utc_ms, Retention *ret) MUST_CHECK;
/* At most about `max` records of one epoch, in one transaction. 1: go on; 0: the pass is over. */
int retention_slice(Ledger *ledger, Retention *retention, size_t max) MUST_CHECK;
/* 1: records older than *ret were let go; 0: none ever were, *ret untouched. */
int retention_kept_since(Ledger *ledger, int64_t *ret) MUST_CHECK;
