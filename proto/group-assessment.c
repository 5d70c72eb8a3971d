#include "proto/group-assessment.h"

#include "base/cleanup.h"

#define ASSESSMENT(type, member, path) FIELD(FIELD_##type, WeekAssessment, member, "assessment." path)

static const Field list[] = {
        GROUP_HEAD(WeekAssessment, "assessment"),
        ASSESSMENT(TIME, at_utc_ms, "at"),
        ASSESSMENT(REALS, left, "left"),
        ASSESSMENT(REALS, right, "right"),
        ASSESSMENT(REALS, final, "final"),
        ASSESSMENT(INTEGER, composite, "composite"),
        ASSESSMENT(CODES, asymmetric, "asymmetric"),
        ASSESSMENT(CODES, painful, "painful"),
        ASSESSMENT(CODES, overridden, "overridden"),
        ASSESSMENT(CODES, joints, "joints"),
        ASSESSMENT(TIME, before_utc_ms, "before"),
        ASSESSMENT(REALS, change, "change"),
        ASSESSMENT(INTEGER, composite_change, "composite_change"),
        ASSESSMENT(CODES, new_pain, "new_pain"),
        ASSESSMENT(CODES, joints_change, "joints_change"),
        ASSESSMENT(INTEGER, measured_runs, "measured.runs"),
        ASSESSMENT(REAL, hip_extension_left_deg, "measured.hip_extension_left_deg"),
        ASSESSMENT(REAL, hip_extension_right_deg, "measured.hip_extension_right_deg"),
        ASSESSMENT(REAL, lumbar_extension_deg, "measured.lumbar_extension_deg"),
        ASSESSMENT(REALS, trial_left_deg, "trials.left_deg"),
        ASSESSMENT(REALS, trial_right_deg, "trials.right_deg"),
        ASSESSMENT(CODES, trial_sites, "trials.sites"),
};

const FieldTable week_assessment_fields = {
        .name = "week_assessment", .fields = list, .n_fields = ARRAY_SIZE(list)};
