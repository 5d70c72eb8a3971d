#include "proto/group-sitting.h"

#include "base/cleanup.h"

#define SITTING(type, member, path) FIELD(FIELD_##type, WeekSitting, member, "sitting." path)

static const Field list[] = {
        GROUP_HEAD(WeekSitting, "sitting"),
        SITTING(TEXT, source, "source"),
        SITTING(INTEGER, valid_days, "valid_days"),
        SITTING(REAL, hours_per_day, "hours_per_day"),
        SITTING(REAL, pct_of_wear, "pct_of_wear"),
        SITTING(REAL, breaks_per_hour, "breaks_per_hour"),
        SITTING(REAL, longest_min, "longest_min"),
        SITTING(INTEGER, bouts, "bouts"),
        SITTING(INTEGER, breaks, "breaks"),
        SITTING(INTEGER, prolonged, "prolonged"),
        SITTING(REALS, sit_h, "sit_h"),
        SITTING(REALS, wear_h, "wear_h"),
};

const FieldTable week_sitting_fields = {
        .name = "week_sitting", .fields = list, .n_fields = ARRAY_SIZE(list)};
