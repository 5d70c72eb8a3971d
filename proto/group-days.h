/* group-days.h: a week's days, by distance: what is known of each, monotony and strain, and the
 * change from the week before (metrics.md 1.3-1.5).
 *
 * A day is known when its pods were read to its end (or a pod without memory was heard), else what
 * there is of it is a lower bound, and so is the week's sum. The same holds of a day in which records
 * may lie that are lost or have no time, unless they lie within one of its runs. Neither monotony nor a change has a
 * validated cut-off; a change was not associated with injury in 5205 runners: a description, never
 * a warning.
 * head.n: known days; head.coverage: of the days that are over, since the runner was added;
 * head.error: null, "not_known". */
#pragma once

#include "proto/groups.h"

typedef struct WeekDays {
        GroupHead head;
        char state[96];         /* seven codes: "rest" "run" "unknown" "before" (they were added)
                                 * "ahead" */
        double distance_m[7];   /* Monday first; 0 rest; of an unknown day what there is, or null */
        int64_t is_lower_bound; /* a day that is over is not known, or records are lost: so are the week's sums */
        int64_t lost;           /* records that may be of this week and are not here, or have no time */
        char lost_reasons[64];  /* why: "overwritten" "corrupt" "erased" "unknown" "no_time" */
        double monotony;        /* mean / SD of the seven; above 10 a screen says "> 10" */
        double strain_m;
        double change_m;        /* from the week before */
        double change_percent;
} WeekDays;

extern const FieldTable week_days_fields;
