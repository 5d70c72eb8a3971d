/* variability.h: how much strides differ from each other (metrics.md 3.4).
 *
 * Stops must not enter: one pause of a second among ten strides turns 0.8 % into 38 %. So
 * strides outside median ± 3 · 1.4826 · MAD are dropped first, where MAD is the median of the
 * distances from the median and 1.4826 makes it a standard deviation for normal data. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"

/* Our own rules. */
typedef struct VariabilityParameters {
        double mad_k;       /* width of the filter, in scaled MADs */
        size_t strides_min; /* fewer kept strides: null; below 2 there is no SD in any case */
} VariabilityParameters;

typedef struct Variability {
        size_t n_kept;
        double mean; /* in the values' unit */
        double sd;   /* sample SD (n − 1) */
        double cv_pct;
        Reasons reasons; /* by member name */
} Variability;

/* Values that are NAN, infinite or not above 0 are no strides. Nulls: "too_few_strides".
 * 0 or -ENOMEM. */
int variability_of(const double *values, size_t n, const VariabilityParameters *parameters,
                   Variability *ret) MUST_CHECK;
