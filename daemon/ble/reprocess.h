/* reprocess.h: what an older version kept raw, tried with the drivers of this one.
 *
 * A record that can be read now takes its place under its own number: nothing else changes its
 * octets, so it contradicts nothing, and its pod is not asked. Packets of pods with memory become the
 * records they hold; those of pods without get an epoch of their own, at the times they were received
 * (one that came several times counts once: when the others came is not kept). What still cannot be
 * read stays. Idempotent. */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/ledger.h"

typedef struct ReprocessCount {
        int64_t records_read, records_left;
        int64_t packets_read, packets_left;
        int64_t stored; /* new records out of packets */
} ReprocessCount;

/* 0; -errno of the ledger: what was read until then is kept. */
int reprocess(Ledger *ledger, Clock *clock, ReprocessCount *ret) MUST_CHECK;
