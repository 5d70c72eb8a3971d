/* week-spike.h: how far the week's runs went beyond the longest of the 30 days before them.
 *
 * The headline, by distance, is the week's longest_run; here is its ratio, and the same rule by
 * impacts and by steps. Those two are extrapolated: the hazard ratios of the bands were found for
 * distance (Schuster Brandt Frandsen 2025), for nothing else. Of each the run with the worst band,
 * of equal ones the largest. head.n: runs that have a reference; head.error: 0.022 m of a metre of
 * stride length, times the headline's distance (PMC6308955), in m. */
#pragma once

#include "proto/groups.h"

typedef struct WeekSpike {
        GroupHead head;
        double distance_ratio;   /* of the headline */
        double impacts_g;        /* sum of both feet; lower bound with clipped ones */
        double impacts_reference_g;
        double impacts_ratio;
        char impacts_band[16];
        int64_t steps;
        int64_t steps_reference;
        double steps_ratio;
        char steps_band[16];
        char extrapolated[24]; /* codes: "impacts" "steps" */
} WeekSpike;

extern const FieldTable week_spike_fields;
