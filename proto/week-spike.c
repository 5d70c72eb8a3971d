#include "proto/week-spike.h"

#include "base/cleanup.h"

#define SPIKE(type, member, path) FIELD(FIELD_##type, WeekSpike, member, "spike." path)

static const Field list[] = {
        GROUP_HEAD(WeekSpike, "spike"),
        SPIKE(REAL, distance_ratio, "distance.ratio"),
        SPIKE(REAL, impacts_g, "impacts.sum_g"),
        SPIKE(REAL, impacts_reference_g, "impacts.reference_g"),
        SPIKE(REAL, impacts_ratio, "impacts.ratio"),
        SPIKE(TEXT, impacts_band, "impacts.band"),
        SPIKE(INTEGER, steps, "steps.steps"),
        SPIKE(INTEGER, steps_reference, "steps.reference"),
        SPIKE(REAL, steps_ratio, "steps.ratio"),
        SPIKE(TEXT, steps_band, "steps.band"),
        SPIKE(CODES, extrapolated, "extrapolated"),
};

const FieldTable week_spike_fields = {
        .name = "week_spike", .fields = list, .n_fields = ARRAY_SIZE(list)};
