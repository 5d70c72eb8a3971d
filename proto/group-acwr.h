/* group-acwr.h: acute to chronic workload ratio by daily distance (metrics.md 1.7).
 *
 * Off by default ([measure] acwr): then the group is absent, "switched_off". A description with its
 * critique beside it: no sweet spot, no colour, no advice.
 * head.n: days of the series, as of the week's last day that is over; head.coverage: of them known;
 * head.error: null, "not_known". */
#pragma once

#include "proto/groups.h"

typedef struct WeekAcwr {
        GroupHead head;
        double acute_m;   /* a day, mean of 7 */
        double chronic_m; /* a day, mean of 28 */
        double coupled;   /* 0..4 */
        double uncoupled;
        double weighted;  /* exponentially */
        char critique[320];
} WeekAcwr;

extern const FieldTable week_acwr_fields;
