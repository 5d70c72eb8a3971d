#include "proto/group-spike.h"

#include "base/cleanup.h"

#define RUN(type, member, path)  FIELD(FIELD_##type, RunSpike, member, "spike." path)
#define WEEK(type, member, path) FIELD(FIELD_##type, WeekSpike, member, "spike." path)

static const Field run_list[] = {
        GROUP_HEAD(RunSpike, "spike"),
        RUN(REAL, distance.reference, "distance.reference_m"),
        RUN(REAL, distance.ratio, "distance.ratio"),
        RUN(TEXT, distance.band, "distance.band"),
        RUN(REAL, impacts.reference, "impacts.reference_g"),
        RUN(REAL, impacts.ratio, "impacts.ratio"),
        RUN(TEXT, impacts.band, "impacts.band"),
        RUN(REAL, steps.reference, "steps.reference"),
        RUN(REAL, steps.ratio, "steps.ratio"),
        RUN(TEXT, steps.band, "steps.band"),
        RUN(CODES, extrapolated, "extrapolated"),
};

static const Field week_list[] = {
        GROUP_HEAD(WeekSpike, "spike"),
        WEEK(REAL, distance.ratio, "distance.ratio"),
        WEEK(REAL, impacts.value, "impacts.sum_g"),
        WEEK(REAL, impacts.reference, "impacts.reference_g"),
        WEEK(REAL, impacts.ratio, "impacts.ratio"),
        WEEK(TEXT, impacts.band, "impacts.band"),
        WEEK(REAL, steps.value, "steps.steps"),
        WEEK(REAL, steps.reference, "steps.reference"),
        WEEK(REAL, steps.ratio, "steps.ratio"),
        WEEK(TEXT, steps.band, "steps.band"),
        WEEK(CODES, extrapolated, "extrapolated"),
};

const FieldTable run_spike_fields = {
        .name = "run_spike", .fields = run_list, .n_fields = ARRAY_SIZE(run_list)};
const FieldTable week_spike_fields = {
        .name = "week_spike", .fields = week_list, .n_fields = ARRAY_SIZE(week_list)};
