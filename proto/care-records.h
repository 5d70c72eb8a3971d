/* care-records.h: what the clinic sets down: the care plan, an assessment, the acknowledgement of an
 * alert; and which red flags there are. Structs with field tables, null as in fields.h.
 *
 * From outside only what a form (forms.h) names is taken; the rest the gateway fills in. */
#pragma once

#include "base/text.h"
#include "proto/exercise.h"
#include "proto/fields.h"
#include "proto/standing.h"

#define BY_SIZE        41 /* who: an id of the clinic's, no name */
#define SAW_SIZE       (2 * STANDING_SIZE) /* of a week and the one before */
#define NOTE_SIZE      512
#define DATE_SIZE      12 /* "2026-11-24" */

/* ---- the care plan ---- */

#define PLAN_PRONGS 4 /* joint manipulation, soft tissue, exercise, nutrition; in the order of measure/plan.h */

/* One version. Versions count from 1 for each runner and are never changed: a new plan is a new
 * version, and must name the one that it is based on. */
typedef struct Plan {
        char runner[ID_SIZE];
        int64_t version;
        char id[ID_SIZE];       /* of the message that brought it */
        char from[DATE_SIZE];   /* local date, first day on which it is in force */
        char by[BY_SIZE];       /* or "" */
        int64_t based_on;       /* version that its author saw; 0: none was there */
        double per_week[PLAN_PRONGS]; /* times a week (nutrition: days it is kept), 0: not planned; null:
                                       * the plan does not speak of it, like 0 */
        char exercises[EXERCISES_TEXT_SIZE]; /* of one session, exercise.h; "" : none prescribed */
        char baseline_week[12]; /* "2026-W40": pain is held against it; "": none fixed */
        /* alert settings of this runner; null: the default */
        int64_t alert_pain_from;      /* 1..10: a day of this much pain and more */
        char alert_spike[12];         /* "off" "moderate" "large": from that band on */
        int64_t alert_pain_clock;     /* 0: no alert by the 14-day clock */
        int64_t alert_missing_prongs; /* 0: none for a missing prong */
        int64_t alert_silent_days;    /* 1..60: without any data */
        char note[NOTE_SIZE];         /* for the runner and the clinic, or "" */
        int64_t received_utc_ms;
        char origin[16];              /* "clinic" "gateway" */
} Plan;

/* ---- the assessment ---- */

#define ASSESSMENT_MOVEMENTS 7 /* in the order of measure/movement.h */
#define ASSESSMENT_JOINTS    6 /* in the order of measure/joints.h */

/* NULL_INTEGER, "": not done, not looked at. */
typedef struct Assessment {
        char runner[ID_SIZE];
        char id[ID_SIZE];
        int64_t at_utc_ms;       /* when it was made */
        char by[BY_SIZE];        /* or "" */
        char corrects[ID_SIZE];  /* id of the one whose place it takes, or "" */
        int64_t withdrawn;       /* 1: nothing stands in that place; else null */
        int64_t scores[ASSESSMENT_MOVEMENTS][2]; /* left, right: 0 pain, 1 cannot, 2 with compensation,
                                                  * 3 correct; without sides: the first */
        int64_t shoulder_pain[2]; /* clearing tests, 1: painful; left, right */
        int64_t extension_pain;
        int64_t flexion_pain;
        char joints[ASSESSMENT_JOINTS][16]; /* "moves_freely" "restricted" "unstable" */
        char note[NOTE_SIZE];
        int64_t received_utc_ms;
        char origin[16];
} Assessment;

/* ---- the acknowledgement ---- */

/* Of an alert by its code, or of a red flag by its id: one of the two. */
typedef struct Acknowledgement {
        char runner[ID_SIZE];
        char id[ID_SIZE];
        int64_t at_utc_ms;
        char by[BY_SIZE];
        char alert[32];       /* code, as in summary's alert.code; or "" */
        char redflag[ID_SIZE]; /* id of the entry, as in its topic; or "" */
        int64_t since_utc_ms; /* as in summary's alert.since: which occurrence was seen; or null */
        int64_t until_utc_ms; /* snoozed until then; null: for as long as the reason stays */
        int64_t received_utc_ms;
        char origin[16];
        char saw[SAW_SIZE];   /* the reasons that stood when it was seen: standing.h; null: not noted */
} Acknowledgement;

/* ---- what the clinic asks of the gateway ---- */

/* To be sent again what was made since. */
typedef struct Resend {
        char runner[ID_SIZE];
        char id[ID_SIZE];
        int64_t since_utc_ms; /* by the messages' generated_at */
        int64_t received_utc_ms;
        char origin[16];
        int64_t rows;         /* so many wait again, or did so far */
        int64_t ended_utc_ms; /* null: not yet at its end */
} Resend;

/* The runner's word, told by way of the clinic, that nothing more is to leave the home. */
typedef struct Withdrawal {
        char runner[ID_SIZE];
        char id[ID_SIZE];
        char by[BY_SIZE]; /* who wrote it down */
        int64_t consent;  /* 0; 1 is only said at home */
} Withdrawal;

/* ---- red flags ---- */

typedef enum RedFlag {
        RED_FLAG_NUMBNESS,
        RED_FLAG_BLADDER,
        RED_FLAG_NIGHT_PAIN,
        RED_FLAG_TRAUMA,
        RED_FLAG_FEVER,
        RED_FLAG_COUNT,
} RedFlag;

const char *red_flag_name(RedFlag flag); /* "night_pain"; the texts are in redflags.json */

extern const FieldTable plan_fields;
extern const FieldTable assessment_fields;
extern const FieldTable acknowledgement_fields;
extern const FieldTable resend_fields;
extern const FieldTable withdrawal_fields;
