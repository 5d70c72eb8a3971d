#include "proto/group-plan.h"

#include "base/cleanup.h"

#define PLAN(type, member, path) FIELD(FIELD_##type, WeekPlan, member, "plan." path)

static const Field list[] = {
        GROUP_HEAD(WeekPlan, "plan"),
        PLAN(INTEGER, version, "version"),
        PLAN(TEXT, first_day, "first_day"),
        PLAN(REALS, done, "done"),
        PLAN(REALS, expected, "expected"),
        PLAN(REALS, adherence, "adherence"),
        PLAN(CODES, status, "status"),
        PLAN(CODES, missing, "missing"),
        PLAN(CODES, not_planned, "not_planned"),
        PLAN(BOOLEAN, complete, "complete"),
        PLAN(CODES, items, "items"),
        PLAN(CODES, units, "units"),
        PLAN(REALS, prescribed, "prescribed"),
        PLAN(REALS, told, "told"),
        PLAN(REALS, sensed, "sensed"),
};

const FieldTable week_plan_fields = {.name = "week_plan", .fields = list, .n_fields = ARRAY_SIZE(list)};
