/* verdict.h: the group "verdict" of a week (proto/group-verdict.h): a table of rules for the alert,
 * a table of phrases for the sentence. No diagnosis, no advice. */
#pragma once

#include "proto/clinic-records.h"
#include "proto/words.h"

/* What the clinic set for this runner, else the defaults. */
typedef struct VerdictParameters {
        int64_t pain_from;      /* [own] a day of so much pain and more */
        int64_t spike_from;     /* 0: off; 2: "moderate"; 3: "large": from that band on */
        int64_t pain_clock;     /* 0: no alert by the 14-day clock */
        int64_t through_from;   /* [own] so many runs through pain */
        int64_t silent_days;    /* [own] of which nothing was heard */
        int64_t prong_weeks;    /* [own] that adherence to the plan looks back; 0: no alert by it */
        Language language;
} VerdictParameters;

extern const VerdictParameters verdict_defaults;
/* As usual, but for what the plan says. NULL: no plan. */
VerdictParameters verdict_parameters(const Plan *plan, VerdictParameters usual);

typedef struct VerdictInput {
        const Week *before;  /* NULL: not known; its pain and its verdict */
        bool has_pod;        /* the runner has one */
        bool ran_unseen;     /* pods on trunk or thigh felt running that no pod on a foot told of */
        bool has_entry;      /* the diary has one of the week, if only without pain */
        int64_t silent_days; /* since anything was heard, up to the week's end, or today */
        char monday[12];     /* local date */
} VerdictInput;

/* After all other groups of the week. */
void verdict_week(const VerdictInput *input, const VerdictParameters *parameters, Week *week);
