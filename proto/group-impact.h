/* group-impact.h: what went through the legs, beside the sums of peaks that stand in load.left and
 * load.right (metrics.md 1.1).
 *
 * The bone stimulus is (sum of a^m)^(1/(2m)); what adds up is the sum of a^m, so both are told, and
 * the root comes last. With a clipped peak (at 0.99 of the sensor's range or more) every sum is a
 * lower bound. Bands of makers are for the distal tibia and hold for no pod of ours.
 * head.n: steps with a peak, of both feet; head.coverage: of the steps that were counted;
 * head.error: null, "not_known". */
#pragma once

#include "proto/groups.h"

typedef struct ImpactSide {
        int64_t clipped;     /* steps */
        double peak_max_g;   /* one spurious peak can outweigh a week: look at it first */
        double bone_sum;     /* g^m */
        double bone_stimulus; /* g^1/2 */
} ImpactSide;

typedef struct Impact { /* of a run, of a week */
        GroupHead head;
        ImpactSide left, right;
        double sum_g; /* both feet; null when one was not measured */
        double bone_stimulus;
        double exponent; /* m */
        int64_t is_lower_bound;
} Impact;

extern const FieldTable run_impact_fields;
extern const FieldTable week_impact_fields;
