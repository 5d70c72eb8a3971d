/* group-trunk.h: how pelvis, low back and hips moved (metrics.md 3.5), of a run and of a week.
 *
 * Of a run: medians over the running strides of the pods on sacrum, thoracolumbar region and
 * thighs. Angles are against the runner's own quiet standing of the same mounting; without it only
 * ranges and drops are valid, the rest is null ("no_standing"). Angles between two segments come from
 * strides that began with the same contact (segment-pairs.h); where clocks cannot tell which those are,
 * they are null ("time_uncertain"). Of a week: the median of its runs.
 * head.n of a run: strides of the sacrum, else of the pod that has most; head.coverage: the time of
 * these strides as a share of the run; head.error: 5°, that of lumbar angles from accelerometers
 * (Evans 2024, PMC11219489), null without an angle. */
#pragma once

#include "proto/groups.h"

typedef struct Trunk {
        GroupHead head;
        double steady_s;
        double tilt_mean_deg; /* against standing, positive: further forward */
        double tilt_range_deg;
        double obliquity_range_deg;
        double rotation_range_deg;
        double drop_left_deg; /* excursion in stance of that side */
        double drop_right_deg;
        double lumbar_mean_deg; /* positive: more lordotic than standing */
        double lumbar_max_deg;
        double lumbar_range_deg;
        double hip_left_flexion_deg;
        double hip_left_extension_deg;
        double hip_right_flexion_deg;
        double hip_right_extension_deg;
        double oscillation_mm; /* measured, peak to peak of a step */
} Trunk;

extern const FieldTable run_trunk_fields;  /* paths "trunk.…" */
extern const FieldTable week_trunk_fields; /* the same */
