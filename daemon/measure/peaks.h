/* peaks.h: impact and braking peaks of a run's steps (metrics.md 3.2).
 *
 * The peak of a step is the largest value of one component (vertical: impact; along the run:
 * braking) in the first half of its stance. Agreement with laboratory measures was low in
 * walking (ICC 0.24 and 0.18, doi 10.1371/journal.pone.0273308) and the place on the shoe
 * changes the data (doi 10.3390/s20195705): compare only within one runner, pod and site. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"

typedef struct PeaksParameters {
        double clipped_share; /* of the sensor's range: from here on a peak counts as clipped */
} PeaksParameters;

extern const PeaksParameters peaks_defaults;

typedef struct Peaks {
        size_t n; /* steps with a peak */
        double median_g;
        double p95_g; /* between the two nearest ranks, in proportion (position 0.95·(n−1)) */
        double share_clipped; /* 0..1; above 0 the others are lower bounds */
        Reasons reasons;      /* by member name */
} Peaks;

/* Largest of the first half (an odd sample in the middle included) of one stance; NAN when it
 * holds no usable sample. */
double peak_of_stance(const double *component_g, size_t n);

/* Of one peak a step; NAN, infinite and negative ones are passed over. Nulls: "no_peaks";
 * share_clipped also "no_range" when the sensor's range is not known. 0 or -ENOMEM. */
int peaks_of(const double *peaks_g, size_t n, double range_g, const PeaksParameters *parameters,
             Peaks *ret) MUST_CHECK;
