/* movement.h: the clinic's movement assessment, seven movements scored 0..3 (metrics.md 6).
 *
 * 0 pain, 1 cannot, 2 with compensation, 3 correct. Five are scored on both sides: both raw
 * scores are kept, the lower counts. A painful clearing test makes its movement 0 whatever
 * was scored. The composite is the sum of all seven or nothing. At 14 or below it is only
 * weakly related to injury (OR 1.86, I² 70 %: Trinidad-Fernandez 2019, bmjsem 5:e000501), and
 * it is not one construct (Warren 2018, doi 10.2147/OAJSM.S149139): the single movements say
 * more, and any 0 is for the clinician. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"
#include <stdbool.h>

typedef enum Movement {
        MOVEMENT_DEEP_SQUAT,
        MOVEMENT_HURDLE_STEP,
        MOVEMENT_INLINE_LUNGE,
        MOVEMENT_SHOULDER_MOBILITY,
        MOVEMENT_STRAIGHT_LEG_RAISE,
        MOVEMENT_TRUNK_PUSHUP,
        MOVEMENT_ROTARY_STABILITY,
        MOVEMENT_COUNT,
} Movement;

const char *movement_name(Movement movement); /* "active_straight_leg_raise" */
bool movement_has_sides(Movement movement);

/* NULL_INTEGER: not done. */
typedef struct MovementAssessment {
        int64_t scores[MOVEMENT_COUNT][2]; /* left, right; of a movement without sides the first */
        bool shoulder_pain[2];             /* clearing tests: left, right */
        bool extension_pain;               /* press-up */
        bool flexion_pain;                 /* rocking back */
} MovementAssessment;

typedef struct MovementResult {
        int64_t final[MOVEMENT_COUNT];
        int64_t composite;               /* 0..21 */
        int64_t at_most_14;              /* 0 or 1 */
        bool asymmetric[MOVEMENT_COUNT]; /* both sides scored, and differently */
        bool painful[MOVEMENT_COUNT];    /* final 0, or a side that was scored 0 */
        bool overridden[MOVEMENT_COUNT]; /* made 0 by a clearing test */
        Reasons reasons;                 /* by movement's name, "composite", "at_most_14" */
} MovementResult;

/* A null and why: "not_scored" (a side or all is missing), "bad_score" (not 0..3); the
 * composite and at_most_14: "incomplete". */
void movement_score(const MovementAssessment *assessment, MovementResult *ret);

typedef struct MovementChange {
        int64_t final[MOVEMENT_COUNT]; /* after − before, NULL_INTEGER unless both are known */
        int64_t composite;
        bool new_pain[MOVEMENT_COUNT]; /* painful now, and not before */
} MovementChange;

/* Between two assessments of one runner. */
void movement_change(const MovementResult *before, const MovementResult *after,
                     MovementChange *ret);
