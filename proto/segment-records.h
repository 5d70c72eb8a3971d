/* segment-records.h: what pods on the trunk and the thighs tell: strides of a segment, postures,
 * exercises, movements of an assessment, and how the pod lay in quiet standing.
 *
 * Axes and signs, the same for all of these: x forward, y to the left, z up while the wearer stands.
 * Pitch: of sacrum, thoracolumbar region and chest positive with the top forward; of a thigh positive
 * with the knee forward. Angles in steps of 0.1°, "deg10". Null as in fields.h. */
#pragma once

#include <stdint.h>

/* Octets of one stride come in parts, each a record of its own with the same tick. */
typedef enum TrunkPart {
        TRUNK_POSE = 0,  /* stride time, pitch, ranges */
        TRUNK_CURVE = 1, /* pitch at CURVE_POINTS instants, against its mean */
        TRUNK_STEPS = 2, /* contacts, drops, oscillation, braking */
        /* 3: of a later version; its fields stay null */
} TrunkPart;

#define CURVE_POINTS 8 /* at 0, 1/8 … 7/8 of the stride */

typedef struct TrunkStride {
        int64_t part; /* TrunkPart */
        int64_t running;
        int64_t quality; /* 0 poor, 1 good */
        /* TRUNK_POSE */
        int64_t after_pause;
        int64_t stride_time_1024;
        int64_t pitch_mean_deg10;
        int64_t pitch_range_deg10;
        int64_t obliquity_range_deg10; /* steps of 2 */
        int64_t rotation_range_deg10;  /* steps of 2; without the heading */
        /* TRUNK_CURVE: steps of 5 */
        int64_t curve_deg10[CURVE_POINTS];
        /* TRUNK_STEPS: by the side that stands */
        int64_t contact_left_1024;
        int64_t contact_right_1024;
        int64_t drop_left_deg10; /* how far the other side's hip sinks from contact */
        int64_t drop_right_deg10;
        int64_t oscillation_mm; /* vertical, peak to peak, mean of the steps */
        int64_t braking_mg;     /* the larger of both steps, steps of 125 */
} TrunkStride;

typedef struct PostureEpochRecord {
        int64_t worn;
        int64_t duration_ms; /* 250, 500, 1000, 2000, 5000, 15000, 30000, 60000 */
        int64_t acceleration_x_mg;
        int64_t acceleration_y_mg;
        int64_t acceleration_z_mg;
        int64_t deviation_mg; /* mean of ||a| − 1 g|, cut to steps of 10, at most 2550 */
        int64_t turn_rate_dps; /* RMS of the gyroscope, at most 255 */
} PostureEpochRecord;

typedef enum SensedExercise {
        SENSED_BRIDGE = 1,
        SENSED_HIP_FLEXOR_STRETCH = 2,
} SensedExercise;

typedef enum BodySide { SIDE_NONE, SIDE_LEFT, SIDE_RIGHT } BodySide;

typedef struct ExerciseEvent {
        int64_t exercise; /* SensedExercise, or a later version's */
        int64_t side;     /* BodySide: the leg that moves, or is stretched; NONE: both */
        int64_t duration_ms;   /* steps of 10 */
        int64_t hold_ms;       /* steps of 10 */
        int64_t lift_deg10;    /* peak */
} ExerciseEvent;

typedef struct MovementTrial {
        int64_t movement; /* 1–7, in the order of measure/movement.h */
        int64_t side;     /* BodySide */
        int64_t attempt;  /* from 1 */
        int64_t duration_ms; /* steps of 10 */
        int64_t pitch_max_deg10;
        int64_t pitch_min_deg10;
} MovementTrial;

typedef enum CalibrationOf { CALIBRATION_STANDING = 0, CALIBRATION_WALKING = 1 } CalibrationOf;

typedef struct Calibration {
        int64_t calibration_of; /* CalibrationOf */
        int64_t duration_ms;    /* steps of 100 */
        int64_t acceleration_x_mg; /* mean */
        int64_t acceleration_y_mg;
        int64_t acceleration_z_mg;
        int64_t deviation_mg; /* as in a posture epoch */
} Calibration;

typedef union SegmentBody {
        TrunkStride trunk;
        PostureEpochRecord posture;
        ExerciseEvent exercise;
        MovementTrial movement;
        Calibration calibration;
} SegmentBody;
