#include "proto/group-effort.h"

#include "base/cleanup.h"

#define RUN(type, member, path)  FIELD(FIELD_##type, RunEffort, member, "load.effort." path)
#define WEEK(type, member, path) FIELD(FIELD_##type, WeekEffort, member, "load.effort." path)

static const Field run_list[] = {
        GROUP_HEAD(RunEffort, "load.effort"),
        RUN(REAL, rating, "rating"),
        RUN(REAL, session_rpe_au, "session_rpe_au"),
        RUN(REAL, trimp_au, "trimp_au"),
};

static const Field week_list[] = {
        GROUP_HEAD(WeekEffort, "load.effort"),
        WEEK(REAL, session_rpe_au, "session_rpe_au"),
        WEEK(INTEGER, n_missing, "n_missing"),
        WEEK(BOOLEAN, is_partial, "is_partial"),
        WEEK(REALS, daily_au, "daily_au"),
        WEEK(REAL, monotony, "monotony"),
        WEEK(REAL, strain_au, "strain_au"),
        WEEK(REAL, change_au, "change_au"),
        WEEK(REAL, change_percent, "change_percent"),
        WEEK(REAL, trimp_au, "trimp_au"),
        WEEK(INTEGER, trimp_n_missing, "trimp_n_missing"),
};

const FieldTable run_effort_fields = {
        .name = "run_effort", .fields = run_list, .n_fields = ARRAY_SIZE(run_list)};
const FieldTable week_effort_fields = {
        .name = "week_effort", .fields = week_list, .n_fields = ARRAY_SIZE(week_list)};
