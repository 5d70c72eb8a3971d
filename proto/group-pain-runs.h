/* group-pain-runs.h: running through pain, and what the back said afterwards (measure/pain-runs.h).
 *
 * Through pain: an entry of the same day before the run had pain of 1 or more, or one says that the
 * runner stopped because of pain. No entry before it is not "no". Afterwards is held against the
 * runner's own band: the mornings after earlier running days of 8 weeks.
 * Of a run, head.n: entries that speak of it; head.coverage: null, "not_known". Of a week, head.n:
 * runs; head.coverage: share of them of which it is known. head.error: 1 point, the scale's step. */
#pragma once

#include "proto/groups.h"

typedef struct RunPain {
        GroupHead head;
        int64_t through;
        int64_t stopped;      /* an entry says so */
        int64_t level;        /* highest before it or with the stop: NRS */
        int64_t next_morning; /* first entry of the next local morning */
        int64_t after_48h;    /* highest within 48 h of its end */
        double band_low, band_high;
        int64_t band_n;
        char next_morning_word[8]; /* "below" "within" "above" */
        char after_48h_word[8];
} RunPain;

typedef struct WeekPainRuns {
        GroupHead head;
        int64_t through;     /* a lower bound while coverage is below 1 */
        int64_t level_max;   /* of those */
        int64_t above_morning; /* runs whose next morning was above the own band */
        int64_t above_48h;
} WeekPainRuns;

extern const FieldTable run_pain_fields;
extern const FieldTable week_pain_runs_fields;
