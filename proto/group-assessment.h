/* group-assessment.h: the newest movement assessment by the week's end, and what changed since the one
 * before it (metrics.md 6).
 *
 * Lists of seven in the order of Assessment (care-records.h): deep squat, hurdle step, inline lunge,
 * shoulder mobility, straight-leg raise, push-up, rotary stability; lists of six: foot, knee, hip, low
 * back, upper back, shoulder. Single movements say more than the sum: sides that differ and pain first;
 * any 0 is for the clinician. Beside the scores stands what pods saw of the movements on that day
 * (day-trials.h), beside the marks of hip and low back what runs before it measured there; both are null
 * once the assessment is half a year old ("too_long_ago"). head.n: movements scored; head.coverage: of seven; head.error: null,
 * "not_known". */
#pragma once

#include "proto/groups.h"

typedef struct WeekAssessment {
        GroupHead head;
        int64_t at_utc_ms;
        double left[7]; /* as scored; of a movement without sides both are the score */
        double right[7];
        double final[7]; /* the lower, 0 by a painful clearing test */
        int64_t composite; /* 0..21, only of all seven */
        char asymmetric[128]; /* codes: movements */
        char painful[128];
        char overridden[80];
        char joints[96]; /* six codes: moves_freely restricted unstable unmarked */
        int64_t before_utc_ms; /* when the one before was made */
        double change[7];      /* of final */
        int64_t composite_change;
        char new_pain[128];    /* codes: movements */
        char joints_change[56]; /* six codes: same better worse other unknown */
        int64_t measured_runs;  /* of the 14 days up to the assessment, that tell of hip or low back */
        double hip_extension_left_deg; /* peak of a stride against own standing: beside the hip's mark */
        double hip_extension_right_deg;
        double lumbar_extension_deg; /* mean of a stride against own standing: beside the low back's */
        double trial_left_deg[7];    /* what pods saw that day: largest excursion of pitch */
        double trial_right_deg[7];
        char trial_sites[104]; /* seven codes: thigh sacrum thoracolumbar chest none */
} WeekAssessment;

extern const FieldTable week_assessment_fields;
