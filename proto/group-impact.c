#include "proto/group-impact.h"

#include "base/cleanup.h"

#define IMPACT(type, member, path) FIELD(FIELD_##type, Impact, member, "load.impact." path)

static const Field list[] = {
        GROUP_HEAD(Impact, "load.impact"),
        IMPACT(INTEGER, left.clipped, "left.clipped"),
        IMPACT(REAL, left.peak_max_g, "left.peak_max_g"),
        IMPACT(REAL, left.bone_sum, "left.bone_sum"),
        IMPACT(REAL, left.bone_stimulus, "left.bone_stimulus"),
        IMPACT(INTEGER, right.clipped, "right.clipped"),
        IMPACT(REAL, right.peak_max_g, "right.peak_max_g"),
        IMPACT(REAL, right.bone_sum, "right.bone_sum"),
        IMPACT(REAL, right.bone_stimulus, "right.bone_stimulus"),
        IMPACT(REAL, sum_g, "sum_g"),
        IMPACT(REAL, bone_stimulus, "bone_stimulus"),
        IMPACT(REAL, exponent, "exponent"),
        IMPACT(BOOLEAN, is_lower_bound, "is_lower_bound"),
};

const FieldTable run_impact_fields = {
        .name = "run_impact", .fields = list, .n_fields = ARRAY_SIZE(list)};
const FieldTable week_impact_fields = {
        .name = "week_impact", .fields = list, .n_fields = ARRAY_SIZE(list)};
