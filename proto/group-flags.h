/* group-flags.h: gait that differs from the runner's own usual, at the end of a week: the rules of
 * measure/flags.h, each with what it rests on.
 *
 * head.n: runs of the last four weeks that were looked at; head.coverage: share of the rules that
 * could tell; head.error is always null, each rule has its own. A rule that cannot tell has a reason:
 * "no_standing" without a standing calibration. */
#pragma once

#include "proto/groups.h"

typedef struct FlagTold {
        char state[16];   /* "raised" "clear" "cannot_tell" */
        char since[12];   /* raised: local date of the first run of the row */
        char measure[32]; /* raised: what passed its limit, in its unit */
        double value;
        double reference;
        double limit;
        char against[16]; /* "own_standing" "own_four_weeks" "other_side" */
} FlagTold;

enum { FLAGS_TOLD = 4 }; /* in the order of flag_rules */

typedef struct WeekFlags {
        GroupHead head;
        char raised[128]; /* codes: ids of rules */
        FlagTold rules[FLAGS_TOLD];
} WeekFlags;

extern const FieldTable week_flags_fields;
