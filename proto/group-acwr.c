#include "proto/group-acwr.h"

#include "base/cleanup.h"

#define ACWR(type, member, path) FIELD(FIELD_##type, WeekAcwr, member, "load.acwr." path)

static const Field list[] = {
        GROUP_HEAD(WeekAcwr, "load.acwr"),
        ACWR(REAL, acute_m, "acute_m"),
        ACWR(REAL, chronic_m, "chronic_m"),
        ACWR(REAL, coupled, "coupled"),
        ACWR(REAL, uncoupled, "uncoupled"),
        ACWR(REAL, weighted, "weighted"),
        ACWR(TEXT, critique, "critique"),
};

const FieldTable week_acwr_fields = {
        .name = "week_acwr", .fields = list, .n_fields = ARRAY_SIZE(list)};
