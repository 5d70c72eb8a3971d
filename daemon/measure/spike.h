/* spike.h: a run against the longest of the 30 days before it.
 *
 * The one load signal with evidence: Schuster Brandt Frandsen 2025, BJSM 59:1203-1210,
 * doi 10.1136/bjsports-2024-109380 (5205 runners, overuse injuries of any site). The
 * window's edges are our own rule. */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct SpikeRun {
        int32_t day; /* local date of its start, as in base/calendar.h */
        int64_t distance_m;
} SpikeRun;

typedef struct SpikeBand {
        const char *name;         /* "reference" "small" "moderate" "large" */
        int64_t at_most_tenths;   /* 10·d <= this · ref */
        double hazard_rate_ratio; /* against "reference" */
        double ratio_low, ratio_high; /* 95 % interval; 0: none given */
} SpikeBand;

typedef struct Spike {
        int64_t reference_m; /* NULL_INTEGER: no run in the window, or no distance */
        const SpikeBand *band; /* NULL: no reference */
} Spike;

/* Of runs[at]; runs are in order of start, same-day earlier ones count, a later date never does. */
Spike spike_of(const SpikeRun *runs, size_t at, int32_t window_days);
