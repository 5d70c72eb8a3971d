/* group-sitting.h: a week's sitting (metrics.md 4) from pods on a thigh or the sacrum, or as the
 * runner says it.
 *
 * head.n: days with something; head.coverage: valid days (10 h of wear) of seven; head.error is
 * always null: agreement in free living is published (89–90 %), a half width in hours is not. Means
 * need 4 valid days; the days themselves stand beside them. */
#pragma once

#include "proto/groups.h"

#define WEEK_DAYS 7

typedef struct WeekSitting {
        GroupHead head;
        char source[24]; /* "thigh" "sacrum" "thigh_and_sacrum" "mixed" "self_reported" */
        int64_t valid_days;
        double hours_per_day; /* of valid days; self-reported: of days with an answer */
        double pct_of_wear;
        double breaks_per_hour; /* of sitting */
        double longest_min;     /* of the week */
        int64_t bouts;
        int64_t breaks;
        int64_t prolonged; /* bouts of 30 min or more */
        double sit_h[WEEK_DAYS]; /* from Monday */
        double wear_h[WEEK_DAYS];
} WeekSitting;

extern const FieldTable week_sitting_fields;
