/* group-exercises.h: what pods saw of a week's exercises (metrics.md 5): bridges and hip-flexor
 * stretches. What was prescribed and what the runner says stand elsewhere.
 *
 * head.n: days on which a pod could have seen one; head.coverage: these of seven; head.error is
 * always null: no source gives one for these thresholds. */
#pragma once

#include "proto/groups.h"

typedef struct WeekExercises {
        GroupHead head;
        int64_t bridge_days; /* with a repetition that counts */
        int64_t bridge_reps;
        double bridge_hold_s;
        int64_t stretch_days;
        int64_t stretch_left; /* holds of 20 s or more */
        double stretch_left_s;
        int64_t stretch_right;
        double stretch_right_s;
} WeekExercises;

extern const FieldTable week_exercises_fields;
