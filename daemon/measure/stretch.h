/* stretch.h: the half-kneeling hip-flexor stretch (metrics.md 5).
 *
 * Front thigh up, rear thigh back, the pelvis not tipped forward: otherwise the low back
 * extends instead of the hip. All thresholds are our own. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"
#include <stdbool.h>

typedef struct StretchParameters {
        double front_flexion_min_deg;
        double rear_extension_min_deg, rear_extension_max_deg;
        double sacrum_min_deg, sacrum_max_deg; /* pitch against standing */
        double gyro_rms_max_dps;
        double sample_hz;  /* of the posture list */
        double gap_max_s;  /* a drop-out up to here is bridged, and its time counts */
        double hold_min_s; /* a hold from here on is credited */
} StretchParameters;

typedef struct StretchPosture {
        double front_flexion_deg;
        double rear_extension_deg;
        double sacrum_pitch_deg; /* against standing, positive: forward */
        double gyro_rms_dps;
} StretchPosture;

/* 1: in the posture, bounds included; 0: not; NULL_INTEGER: a value is missing. */
int64_t stretch_posture(const StretchPosture *posture, const StretchParameters *parameters);

typedef enum StretchSide { STRETCH_LEFT, STRETCH_RIGHT, STRETCH_NO_SIDE } StretchSide;

/* The side that is stretched is the rear leg's: the one with less flexion. NO_SIDE: a value is
 * missing or both are alike. */
StretchSide stretch_side(double left_flexion_deg, double right_flexion_deg);

typedef struct StretchHold {
        size_t from, to; /* samples, `to` not included */
        double hold_s;   /* with the gaps that were bridged */
        bool credited;
} StretchHold;

typedef struct Stretches {
        size_t n; /* holds, credited or too short */
        int64_t credited;
        double total_s; /* of the credited; NAN when the rate is no rate */
} Stretches;

/* In order of time. The first `room` go to `ret_list` (NULL with 0: only counted). */
Stretches stretch_holds(const bool *in_posture, size_t n, const StretchParameters *parameters,
                        StretchHold *ret_list, size_t room);
