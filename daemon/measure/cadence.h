/* cadence.h: does a pod's cadence count steps or strides?
 *
 * Makers send either in the same octet, so it is decided once per pod, from many
 * samples, and kept with the pod; never packet by packet. Two kinds of evidence:
 *
 * - the ratio speed / (cadence · length): 1 when cadence and length are both per
 *   step or both per stride; 0.5 when cadence is in steps and length per stride;
 *   2 the other way round;
 * - the range: people run with 75-105 strides or 150-210 steps a minute. */
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
        int64_t running; /* 1 when the pod or the speed says so */
} CadencePoint;

/* UNKNOWN while there are too few points or they contradict each other. 0 or -ENOMEM. */
int cadence_decide(const CadencePoint *points, size_t n, const MeasureParameters *parameters,
                   CadenceUnit *ret) MUST_CHECK;
/* Steps of both feet per unit of cadence. */
double cadence_steps_factor(CadenceUnit unit);
