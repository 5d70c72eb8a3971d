#include "proto/care-records.h"

#define PLAN(type, member, path)       FIELD(FIELD_##type, Plan, member, path)
#define ASSESSMENT(type, member, path) FIELD(FIELD_##type, Assessment, member, path)
#define ACKNOWLEDGEMENT(type, member, path) FIELD(FIELD_##type, Acknowledgement, member, path)
#define RESEND(type, member, path)     FIELD(FIELD_##type, Resend, member, path)

static const Field plan_field_list[] = {
        PLAN(TEXT, runner, "runner"),
        PLAN(INTEGER, version, "version"),
        PLAN(TEXT, id, "id"),
        PLAN(TEXT, from, "from"),
        PLAN(TEXT, by, "by"),
        PLAN(INTEGER, based_on, "based_on"),
        PLAN(REAL, per_week[0], "per_week.joint_manipulation"),
        PLAN(REAL, per_week[1], "per_week.soft_tissue"),
        PLAN(REAL, per_week[2], "per_week.exercise"),
        PLAN(REAL, per_week[3], "per_week.nutrition"),
        PLAN(TEXT, exercises, "exercises"),
        PLAN(TEXT, baseline_week, "baseline_week"),
        PLAN(INTEGER, alert_pain_from, "alerts.pain_from"),
        PLAN(TEXT, alert_spike, "alerts.spike"),
        PLAN(BOOLEAN, alert_pain_clock, "alerts.pain_clock"),
        PLAN(BOOLEAN, alert_missing_prongs, "alerts.missing_prongs"),
        PLAN(INTEGER, alert_silent_days, "alerts.silent_days"),
        PLAN(TEXT, note, "note"),
        PLAN(TIME, received_utc_ms, "received"),
        PLAN(TEXT, origin, "origin"),
};

static const Field assessment_field_list[] = {
        ASSESSMENT(TEXT, runner, "runner"),
        ASSESSMENT(TEXT, id, "id"),
        ASSESSMENT(TIME, at_utc_ms, "at"),
        ASSESSMENT(TEXT, by, "by"),
        ASSESSMENT(TEXT, corrects, "corrects"),
        ASSESSMENT(BOOLEAN, withdrawn, "withdrawn"),
        ASSESSMENT(INTEGER, scores[0][0], "movements.deep_squat"),
        ASSESSMENT(INTEGER, scores[1][0], "movements.hurdle_step.left"),
        ASSESSMENT(INTEGER, scores[1][1], "movements.hurdle_step.right"),
        ASSESSMENT(INTEGER, scores[2][0], "movements.inline_lunge.left"),
        ASSESSMENT(INTEGER, scores[2][1], "movements.inline_lunge.right"),
        ASSESSMENT(INTEGER, scores[3][0], "movements.shoulder_mobility.left"),
        ASSESSMENT(INTEGER, scores[3][1], "movements.shoulder_mobility.right"),
        ASSESSMENT(INTEGER, scores[4][0], "movements.active_straight_leg_raise.left"),
        ASSESSMENT(INTEGER, scores[4][1], "movements.active_straight_leg_raise.right"),
        ASSESSMENT(INTEGER, scores[5][0], "movements.trunk_stability_pushup"),
        ASSESSMENT(INTEGER, scores[6][0], "movements.rotary_stability.left"),
        ASSESSMENT(INTEGER, scores[6][1], "movements.rotary_stability.right"),
        ASSESSMENT(BOOLEAN, shoulder_pain[0], "clearing.shoulder.left"),
        ASSESSMENT(BOOLEAN, shoulder_pain[1], "clearing.shoulder.right"),
        ASSESSMENT(BOOLEAN, extension_pain, "clearing.extension"),
        ASSESSMENT(BOOLEAN, flexion_pain, "clearing.flexion"),
        ASSESSMENT(TEXT, joints[0], "joints.foot"),
        ASSESSMENT(TEXT, joints[1], "joints.knee"),
        ASSESSMENT(TEXT, joints[2], "joints.hip"),
        ASSESSMENT(TEXT, joints[3], "joints.low_back"),
        ASSESSMENT(TEXT, joints[4], "joints.upper_back"),
        ASSESSMENT(TEXT, joints[5], "joints.shoulder"),
        ASSESSMENT(TEXT, note, "note"),
        ASSESSMENT(TIME, received_utc_ms, "received"),
        ASSESSMENT(TEXT, origin, "origin"),
};

static const Field acknowledgement_field_list[] = {
        ACKNOWLEDGEMENT(TEXT, runner, "runner"),
        ACKNOWLEDGEMENT(TEXT, id, "id"),
        ACKNOWLEDGEMENT(TIME, at_utc_ms, "at"),
        ACKNOWLEDGEMENT(TEXT, by, "by"),
        ACKNOWLEDGEMENT(TEXT, alert, "alert"),
        ACKNOWLEDGEMENT(TEXT, redflag, "redflag"),
        ACKNOWLEDGEMENT(TIME, since_utc_ms, "since"),
        ACKNOWLEDGEMENT(TIME, until_utc_ms, "until"),
        ACKNOWLEDGEMENT(TIME, received_utc_ms, "received"),
        ACKNOWLEDGEMENT(TEXT, origin, "origin"),
        ACKNOWLEDGEMENT(CODES, saw, "saw"),
};

static const Field resend_field_list[] = {
        RESEND(TEXT, runner, "runner"),
        RESEND(TEXT, id, "id"),
        RESEND(TIME, since_utc_ms, "since"),
        RESEND(TIME, received_utc_ms, "received"),
        RESEND(TEXT, origin, "origin"),
        RESEND(INTEGER, rows, "rows"),
        RESEND(TIME, ended_utc_ms, "ended"),
};

static const Field withdrawal_field_list[] = {
        FIELD(FIELD_TEXT, Withdrawal, runner, "runner"),
        FIELD(FIELD_TEXT, Withdrawal, id, "id"),
        FIELD(FIELD_TEXT, Withdrawal, by, "by"),
        FIELD(FIELD_BOOLEAN, Withdrawal, consent, "consent"),
};

#define TABLE(name_, list) {.name = name_, .fields = list, .n_fields = ARRAY_SIZE(list)}

const FieldTable plan_fields = TABLE("plan", plan_field_list);
const FieldTable assessment_fields = TABLE("assessment", assessment_field_list);
const FieldTable acknowledgement_fields = TABLE("acknowledgement", acknowledgement_field_list);
const FieldTable resend_fields = TABLE("resend", resend_field_list);
const FieldTable withdrawal_fields = TABLE("withdrawal", withdrawal_field_list);

static const char *const red_flag_names[RED_FLAG_COUNT] = {
        [RED_FLAG_NUMBNESS] = "numbness", [RED_FLAG_BLADDER] = "bladder",
        [RED_FLAG_NIGHT_PAIN] = "night_pain", [RED_FLAG_TRAUMA] = "trauma",
        [RED_FLAG_FEVER] = "fever",
};

const char *red_flag_name(RedFlag flag)
{
        return red_flag_names[flag];
}
