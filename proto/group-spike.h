/* group-spike.h: how far a run went beyond the longest of the 30 days before it.
 *
 * The headline is by distance; the same rule by impacts and by steps is extrapolated: the hazard
 * ratios of the bands were found for distance (Schuster Brandt Frandsen 2025), for nothing else. Of
 * a week each is the run with the worst band, of equal ones the largest; its distance stands in
 * longest_run. Impacts are those of both feet: one foot is another quantity, not a smaller one.
 * head.n: runs that have a reference (of a run 0 or 1); head.coverage: of how many;
 * head.error: the bias of a stride's length, 0.022 m (PMC6308955), times the strides, in m. */
#pragma once

#include "proto/groups.h"

typedef struct SpikeBy {
        double value;
        double reference;
        double ratio;
        char band[16]; /* "reference" "small" "moderate" "large" */
} SpikeBy;

typedef struct RunSpike {
        GroupHead head;
        SpikeBy distance; /* m; its value is the run's own */
        SpikeBy impacts;  /* g */
        SpikeBy steps;
        char extrapolated[24]; /* codes: "impacts" "steps" */
} RunSpike;

typedef struct WeekSpike {
        GroupHead head;
        SpikeBy distance; /* only the ratio is told here, the rest is the week's longest_run */
        SpikeBy impacts;
        SpikeBy steps;
        char extrapolated[24];
} WeekSpike;

extern const FieldTable run_spike_fields;
extern const FieldTable week_spike_fields;
