#include "proto/group-days.h"

#include "base/cleanup.h"

#define DAYS(type, member, path) FIELD(FIELD_##type, WeekDays, member, "load.days." path)

static const Field list[] = {
        GROUP_HEAD(WeekDays, "load.days"),
        DAYS(CODES, state, "state"),
        DAYS(REALS, distance_m, "distance_m"),
        DAYS(BOOLEAN, is_lower_bound, "is_lower_bound"),
        DAYS(INTEGER, lost, "lost"),
        DAYS(CODES, lost_reasons, "lost_reasons"),
        DAYS(REAL, monotony, "monotony"),
        DAYS(REAL, strain_m, "strain_m"),
        DAYS(REAL, change_m, "change_m"),
        DAYS(REAL, change_percent, "change_percent"),
};

const FieldTable week_days_fields = {
        .name = "week_days", .fields = list, .n_fields = ARRAY_SIZE(list)};
