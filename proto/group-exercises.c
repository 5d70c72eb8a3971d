#include "proto/group-exercises.h"

#include "base/cleanup.h"

#define EXERCISES(type, member, path) FIELD(FIELD_##type, WeekExercises, member, "exercises." path)

static const Field list[] = {
        GROUP_HEAD(WeekExercises, "exercises"),
        EXERCISES(INTEGER, bridge_days, "bridge.days"),
        EXERCISES(INTEGER, bridge_reps, "bridge.reps"),
        EXERCISES(REAL, bridge_hold_s, "bridge.hold_s"),
        EXERCISES(INTEGER, stretch_days, "stretch.days"),
        EXERCISES(INTEGER, stretch_left, "stretch.left.holds"),
        EXERCISES(REAL, stretch_left_s, "stretch.left.seconds"),
        EXERCISES(INTEGER, stretch_right, "stretch.right.holds"),
        EXERCISES(REAL, stretch_right_s, "stretch.right.seconds"),
};

const FieldTable week_exercises_fields = {
        .name = "week_exercises", .fields = list, .n_fields = ARRAY_SIZE(list)};
