/* derive-join.h: Private to daemon/derive. Runs of which a file tells one part and a pod, or another
 * file, the next: metrics.md 1.6, less than session_gap_min apart is one run.
 *
 * What adds up is added: distance, moving time, steps. What only pods tell (impacts, gait, trunk,
 * TRIMP, coverage) speaks of their part; it is kept, with the reason "part_imported". load.source is
 * that of the parts, or "mixed". The files' parts stay in the ledger as they came. */
#pragma once

#include "proto/clinic-records.h"

#include <stddef.h>

/* `runs` in order of start; of two in one, at most one is of pods. Returns how many are left. */
size_t runs_join(Run *runs, size_t n, int64_t gap_ms);
