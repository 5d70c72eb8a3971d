/* posture.h: how a pod at rest is inclined, and what its wearer does then (metrics.md 4).
 *
 * Inclination is the angle between the pod's long axis and the vertical: 0° the segment
 * stands, 90° it lies, 180° the pod is upside down. It means something only while the pod
 * feels little but gravity.
 *
 * Thigh pod: sitting or lying against upright (45°; it cannot tell sitting from lying, Bassett
 * 2014, MSSE 46:2025). Sacrum pod: the angle from the gravity direction of the same runner's
 * walking, 11.6° and 64.9° (Vähä-Ypyä 2018: hip-worn, sensitivity and specificity 94 %). */
#pragma once

#include "proto/fields.h"

typedef enum Posture {
        POSTURE_UNKNOWN, /* not worn, or nothing can be said */
        POSTURE_UPRIGHT, /* standing; of a thigh pod also walking */
        POSTURE_SITTING, /* of a thigh pod alone: or lying */
        POSTURE_LYING,
} Posture;

typedef enum LongAxis { AXIS_X, AXIS_Y, AXIS_Z } LongAxis;

/* Our own rules, and published cut-points. */
typedef struct PostureParameters {
        double thigh_upright_max_deg;   /* up to here a thigh stands */
        double sacrum_standing_max_deg; /* from walking posture */
        double sacrum_sitting_max_deg;
        double upside_down_above_deg; /* a mounting error */
        double rest_below_g;          /* mean of ||a| − 1 g|: from here on it moves */
        double epoch_s;
} PostureParameters;

/* Degrees, 0..180; NAN when |a| is 0, infinite or missing. */
double posture_inclination(const double acceleration_g[static 3], LongAxis axis);
/* Between two gravity directions, likewise. */
double posture_angle(const double acceleration_g[static 3], const double walking_g[static 3]);

/* Exactly on a cut-point is the more upright class. NAN → UNKNOWN. */
Posture posture_of_thigh(double inclination_deg, const PostureParameters *parameters);
Posture posture_of_sacrum(double from_walking_deg, const PostureParameters *parameters);
/* The thigh decides between upright and sitting, the sacrum turns sitting into lying. */
Posture posture_of_both(double thigh_inclination_deg, double sacrum_from_walking_deg,
                        const PostureParameters *parameters);

typedef struct PostureEpoch {
        double mean_g[3]; /* mean acceleration; null when no sample is usable */
        double inclination_deg;
        const char *reason; /* of a null inclination: "no_samples" "moving" "upside_down" */
} PostureEpoch;

/* Of one epoch's samples (x, y, z, x, …), n triples; a triple with a value missing is passed
 * over. Upside down, the mean is kept: the mounting is wrong, not the measurement. */
PostureEpoch posture_epoch(const double *samples_g, size_t n, LongAxis axis,
                           const PostureParameters *parameters);
