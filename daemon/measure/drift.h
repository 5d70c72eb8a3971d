/* drift.h: what a run's length does to a measure (metrics.md 3.6).
 *
 * The first and the last fifth of a run's valid strides are compared: medians, their
 * difference, and Cliff's δ, the share of (last, first) pairs in which the last is larger less
 * the share in which it is smaller. Expected with fatigue: contact time and tibial peak up,
 * cadence and vertical stiffness down (Apte 2021, doi 10.3389/fphys.2021.646042; Zandbergen
 * 2023, doi 10.1016/j.gaitpost.2022.09.089). All of it also changes with speed. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"
#include <stdbool.h>

/* Our own rules. */
typedef struct DriftParameters {
        double fraction;             /* of the strides, at each end */
        size_t strides_min;          /* valid ones, after warming up */
        double duration_min_s;       /* of the whole session */
        double warm_up_s;            /* from its first stride: not compared */
        double speed_difference_pct; /* from here on the windows' median speeds differ */
} DriftParameters;

typedef struct Drift {
        size_t n_window;                  /* strides at each end: ⌊n · fraction⌋ */
        double first_median, last_median; /* in the values' unit */
        double drift;                     /* last − first */
        double drift_pct;                 /* of first_median; null unless that is above 0 */
        double cliffs_delta;              /* −1..1 */
        bool speed_adjusted;              /* the effect of speed was taken out first */
        Reasons reasons;                  /* by member name, members that are real */
} Drift;

/* Of values in order of time; NAN and infinite ones are no strides. Nulls: "too_few_strides"
 * (empty windows), "not_positive" (drift_pct). 0 or -ENOMEM. */
int drift_of(const double *values, size_t n, double fraction, Drift *ret) MUST_CHECK;

typedef struct DriftStride {
        double time_s; /* of its contact, since any moment */
        double value;
        double speed_mps;
} DriftStride;

/* Of a session, strides in order of time, under all rules above: also null with "too_short"
 * and "too_few_strides" (below strides_min), and with "no_speed" when no speed is known in a
 * window. When the windows' speeds differ, a straight line through (speed, value) of all
 * strides is taken out first; strides without a speed then do not count. 0 or -ENOMEM. */
int drift_of_session(const DriftStride *strides, size_t n, const DriftParameters *parameters,
                     Drift *ret) MUST_CHECK;
