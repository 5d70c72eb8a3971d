/* group-pain-week.h: a week's pain beyond its mean: its days, what became of it since the clinic's
 * baseline week, and the OSTRC-O2 questionnaire (metrics.md 2.1-2.3). */
#pragma once

#include "proto/groups.h"

/* Day by day. head.n: days with an entry; head.coverage: of those that are over, or have one;
 * head.error: 1 point, the scale's step. */
typedef struct WeekPainDays {
        GroupHead head;
        double daily[7];     /* Monday first, highest of the day; null without an entry */
        int64_t is_complete; /* entries on 4 days or more: only then its mean is compared */
} WeekPainDays;

/* Against the baseline week of the plan in force on the week's Sunday; both complete. 2 points and
 * 30 %: Ostelo 2008. head.n: days with an entry in the baseline week; head.coverage: null,
 * "not_known"; head.error: points, 2: below it is "no change". */
typedef struct WeekPainChange {
        GroupHead head;
        char baseline_week[12];
        double baseline_mean;
        double drop;    /* points; negative: it rose */
        double percent; /* of the baseline */
        char word[12];  /* "improved" "possible" "unchanged" "worse" */
} WeekPainChange;

/* The newest questionnaire of the week. No cut-off exists for action. head.n: answers;
 * head.coverage: of those that the gate asks for; head.error: 35.06, a runner's smallest detectable
 * change (doi 10.1111/sms.13885). */
typedef struct WeekOstrc {
        GroupHead head;
        int64_t severity; /* 0, 8..92, 100 */
        int64_t problem;
        int64_t substantial;
} WeekOstrc;

extern const FieldTable week_pain_days_fields;
extern const FieldTable week_pain_change_fields;
extern const FieldTable week_ostrc_fields;
