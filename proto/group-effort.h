/* group-effort.h: what a run, a week asked of the runner: session RPE and TRIMP (metrics.md 1.2).
 *
 * Session RPE is the rating (CR10, 0..10) times moving minutes, in AU. A run without a rating adds
 * nothing and is counted; the week is then partial, and never made up. TRIMP is Banister's, summed
 * sample by sample; a run without heart rate is counted, too.
 * Of a run, head.n: heart rates; head.coverage: share of its time that they stand for. Of a week,
 * head.n: runs; head.coverage: share of them with a rating. head.error: null, "not_known". */
#pragma once

#include "proto/groups.h"

typedef struct RunEffort {
        GroupHead head;
        double rating; /* from the diary */
        double session_rpe_au;
        double trimp_au;
} RunEffort;

typedef struct WeekEffort {
        GroupHead head;
        double session_rpe_au;    /* of the runs that have a rating */
        int64_t n_missing;        /* runs without one */
        int64_t is_partial;       /* any */
        double daily_au[7];       /* Monday first; 0 rest, null unknown, or to come */
        double monotony;          /* mean / SD of the seven */
        double strain_au;
        double change_au;         /* from the week before */
        double change_percent;
        double trimp_au;          /* of the runs that have heart rates */
        int64_t trimp_n_missing;
} WeekEffort;

extern const FieldTable run_effort_fields;
extern const FieldTable week_effort_fields;
