/* timebase-update.h: Private to the ledger. Anchors taken, maps made anew; in the running
 * transaction. */
#pragma once

#include "daemon/ledger/dirty.h"
#include "daemon/ledger/sql.h"
#include "daemon/ledger/timebase.h"

/* Takes an anchor and, when the map changes by more than TIMEBASE_REVISE_MS somewhere in the
 * epoch, marks its span dirty. An anchor of an unset clock is kept but not used. */
int timebase_take(Ledger *ledger, int64_t pod_id, bool has_memory, uint32_t epoch,
                  int64_t time_tick, int64_t utc_ms, int quality) MUST_CHECK;
/* What a map is read from, of epoch JOIN pod with anchors > 0; `at`: the first of its columns. */
#define TIMEBASE_COLUMNS "reference_tick, reference_utc_ms, drift_ppm, error_ms, anchors, has_memory"
TimeMap timebase_read(Statement *statement, int at);
/* 1, 0: no map. */
int timebase_of(Ledger *ledger, int64_t pod_id, uint32_t epoch, TimeMap *ret) MUST_CHECK;
