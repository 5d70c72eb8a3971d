/* impact.h: the group "load.impact" of a run and of a week (proto/group-impact.h). */
#pragma once

#include "daemon/measure/week.h"

/* What one foot's pod measured in a run; n_steps 0: there was none. */
typedef struct ImpactFoot {
        size_t n_steps;
        size_t n_peaks;
        int64_t n_clipped;
        double peak_max_g; /* the three of n_peaks > 0 */
        double sum_g;
        double bone_sum; /* of bone_defaults' exponent */
} ImpactFoot;

/* Absent without a foot pod: "no_foot_pod". */
void impact_run(const ImpactFoot *left, const ImpactFoot *right, Run *run);
/* Sums add, the largest peak is the largest, the root comes last. Absent without a run of feet. */
void impact_week(const WeekInput *input, Week *week);
