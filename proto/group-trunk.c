#include "proto/group-trunk.h"

#include "base/cleanup.h"

#define TRUNK(member, path) FIELD(FIELD_REAL, Trunk, member, "trunk." path)

static const Field list[] = {
        GROUP_HEAD(Trunk, "trunk"),
        TRUNK(steady_s, "steady_s"),
        TRUNK(tilt_mean_deg, "tilt.mean_deg"),
        TRUNK(tilt_range_deg, "tilt.range_deg"),
        TRUNK(obliquity_range_deg, "obliquity.range_deg"),
        TRUNK(rotation_range_deg, "rotation.range_deg"),
        TRUNK(drop_left_deg, "drop.left_deg"),
        TRUNK(drop_right_deg, "drop.right_deg"),
        TRUNK(lumbar_mean_deg, "lumbar.mean_deg"),
        TRUNK(lumbar_max_deg, "lumbar.max_deg"),
        TRUNK(lumbar_range_deg, "lumbar.range_deg"),
        TRUNK(hip_left_flexion_deg, "hip.left.flexion_deg"),
        TRUNK(hip_left_extension_deg, "hip.left.extension_deg"),
        TRUNK(hip_right_flexion_deg, "hip.right.flexion_deg"),
        TRUNK(hip_right_extension_deg, "hip.right.extension_deg"),
        TRUNK(oscillation_mm, "oscillation_mm"),
};

const FieldTable run_trunk_fields = {.name = "run_trunk", .fields = list, .n_fields = ARRAY_SIZE(list)};
const FieldTable week_trunk_fields = {.name = "week_trunk", .fields = list, .n_fields = ARRAY_SIZE(list)};
