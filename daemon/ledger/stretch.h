/* stretch.h: Private to the ledger. Records of one batch that follow each other without a hole.
 *
 * Of the first one everything is looked up: is it known, where does its tick lie, what does it close
 * and join. Of one that follows it within the batch the answers are known already, as long as nothing
 * stored before lies right behind it: it is new, its tick continues its predecessor's, it joins
 * nothing. So it is one insert; numbers and spans are written once, when the stretch ends. In the
 * running transaction; who needs coverage.h or laps.h meanwhile closes it first. */
#pragma once

#include "daemon/ledger/sql.h"
#include "proto/record.h"

typedef struct Stretch {
        Ledger *ledger;
        int64_t pod_id;
        bool has_memory;
        bool is_open;       /* there is a record that others may follow */
        uint32_t epoch;
        uint32_t last;
        uint32_t n;         /* so many up to last are stored, and in no span yet */
        int64_t time_tick;  /* of last */
        int64_t next_seq;   /* of what was stored behind it; 0: not looked up yet */
} Stretch;

/* `record` was stored with all that belongs to it: others may follow. */
void stretch_open(Stretch *stretch, const Record *record, int64_t time_tick);
/* 1: it follows, *ret_time_tick is its; the caller inserts it, then calls stretch_extend. 0: it has to
 * be looked up. */
int stretch_takes(Stretch *stretch, const Record *record, int64_t *ret_time_tick) MUST_CHECK;
void stretch_extend(Stretch *stretch, int64_t time_tick);
/* What it holds is known to epoch and spans. Nothing follows. */
int stretch_close(Stretch *stretch) MUST_CHECK;
