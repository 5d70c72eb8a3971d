/* cadence.h: does a pod's cadence count steps or strides?
 *
 * Makers send either in the same octet, so it is decided once per pod, from many
 * samples, and kept with the pod; never packet by packet. Two kinds of evidence:
 *
 * - the ratio speed * 60 / (cadence * length): 1 when cadence and length are both per
 *   step or both per stride; 0.5 when cadence is in steps and length per stride;
 *   2 the other way round;
 * - the range: people run with 75-105 strides or 150-210 steps a minute. It speaks only
 *   of samples at running_speed or faster: nobody's walk is told by it, and a pod's
 *   own word that somebody runs is not enough.
 *
 * The rule, on medians of the samples that have what is needed. Fewer of them than
 * cadence_samples_min, or a median anywhere else: either is possible.
 *
 *   ratio   0.354 <= m < 0.707  steps       range   60 <= m < 116  strides
 *           1.414 <= m < 2.828  strides             140 <= m < 241  steps
 *
 * What both allow is the answer; neither or both units: UNKNOWN. */
#pragma once

#include "base/cleanup.h"
#include "daemon/measure/parameters.h"

typedef enum CadenceUnit {
        CADENCE_UNIT_UNKNOWN, /* is taken as steps, and the run says so */
        CADENCE_UNIT_STEPS,
        CADENCE_UNIT_STRIDES,
} CadenceUnit;

/* One sample; nulls as in fields.h. */
typedef struct CadencePoint {
        int64_t speed_256;
        int64_t cadence_raw;
        int64_t length_cm;
} CadencePoint;

/* UNKNOWN while there are too few points or they contradict each other. 0 or -ENOMEM. */
int cadence_decide(const CadencePoint *points, size_t n, const MeasureParameters *parameters,
                   CadenceUnit *ret) MUST_CHECK;
/* Steps of both feet per unit of cadence. */
double cadence_steps_factor(CadenceUnit unit);
