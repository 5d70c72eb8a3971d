/* pelvis.h: trunk and hip over one stride, against the runner's own standing (metrics.md 3.5).
 *
 * Pitch positive: the top of the segment forward (anterior tilt of the sacrum, forward lean of
 * T12); thigh pitch positive: the knee forward. Neutral is the mean of 5 s of quiet standing
 * at each mounting, because nobody mounts a pod twice alike: without it only ranges are valid.
 *
 *   lumbar extension  λ = (sacrum − sacrum₀) − (T12 − T12₀), positive: more lordotic than standing
 *   hip flexion       η = (thigh − thigh₀) + (sacrum − sacrum₀); hip extension = −η
 *
 * In healthy women the running lumbar position lies below standing lordosis (Levine 2007,
 * PMC1896074), so a mean above standing is unusual. Static lordosis does not differ between
 * people with and without low back pain (Laird 2014, doi 10.1186/1471-2474-15-229). */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"

/* Degrees, NAN: not calibrated. */
typedef struct Standing {
        double sacrum_deg, t12_deg, thigh_deg;
} Standing;

/* One stride, contact to contact, all channels sampled at the same n instants. NULL: no such
 * pod. A sample that is NAN or infinite is passed over. */
typedef struct PelvisStride {
        const double *sacrum_pitch_deg;
        const double *t12_pitch_deg;
        const double *thigh_pitch_deg; /* of the side asked for */
        const double *obliquity_deg;   /* roll of the sacrum */
        const double *rotation_deg;    /* yaw of the sacrum, may cross ±180° */
        size_t n;
} PelvisStride;

/* Degrees. */
typedef struct PelvisCycle {
        double tilt_mean;  /* as the pod lies: compare only within one mounting */
        double tilt_range; /* max − min */
        double obliquity_range;
        double rotation_range; /* without the heading: the mean over the stride goes */
        double lumbar_mean, lumbar_max, lumbar_range;
        double hip_flexion_max, hip_extension_max;
        Reasons reasons; /* by member name */
} PelvisCycle;

/* A null and why: "no_sacrum" "no_t12" "no_thigh" "no_obliquity" "no_rotation" (no pod, or not
 * one usable sample), "no_standing". */
void pelvis_cycle(const PelvisStride *stride, const Standing *standing, PelvisCycle *ret);

/* Member by member the median over strides; what no stride has stays null with the first
 * stride's reason ("no_strides" without any). 0 or -ENOMEM. */
int pelvis_median(const PelvisCycle *cycles, size_t n, PelvisCycle *ret) MUST_CHECK;

/* The stance of one side: how far the other side's hip sinks. */
typedef struct PelvicDrop {
        double peak_deg;      /* largest angle, other side down, from contact to toe-off */
        double excursion_deg; /* peak − the angle at contact */
        const char *reason; /* of a null: "no_stance" (both), "no_contact" (excursion); else NULL */
} PelvicDrop;

/* Angles with the other side down positive; contact is at `contact`. Samples that are missing
 * are passed over; without the one at contact there is no excursion. */
PelvicDrop pelvic_drop(const double *other_down_deg, size_t n, size_t contact);
