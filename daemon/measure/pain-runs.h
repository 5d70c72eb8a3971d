/* pain-runs.h: did the runner run through pain, and what did the back say afterwards?
 *
 * Ran through pain, of one run: a diary entry before it, on the same local day, had a
 * pain of at least pain_from, or an entry says "I stopped because of pain". Such an entry belongs
 * to the newest run of its local day that began at or before it; without one it belongs to none.
 * No entry before the run and no stop: not known, which is not "no".
 *
 * Afterwards: the first entry of the next local morning (before morning_ends_minute; a stop tells
 * of that morning's run and is none), and the highest entry within after_hours of the run's end.
 * Both are held against the runner's own band:
 *
 *     median +- max(band_mads * 1.4826 * MAD, band_min_half_width)
 *
 * of the next-morning values of earlier running days within band_days before the run, a running
 * day counted once. 1.4826 * MAD is the standard deviation of a normal sample and does not follow
 * single bad mornings; twice that is the usual about 95 %. An NRS has whole points, so a band is
 * never narrower than one point to each side: MAD is 0 for many runners.
 *
 * All numbers are our own. No threshold from literature is known for either. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PAIN_BAND_MAX 512 /* next-morning values that a band takes: the newest ones */

typedef struct PainRunParameters {
        int64_t pain_from;           /* NRS */
        int32_t morning_ends_minute; /* local, of the day */
        int64_t after_hours;
        int32_t band_days;
        size_t band_count_min; /* next-morning values a band needs */
        double band_mads;
        double band_min_half_width; /* points */
} PainRunParameters;

typedef struct DatedRun {
        int32_t day; /* local date of its start */
        int64_t start_utc_ms;
        int64_t end_utc_ms;
} DatedRun;

typedef struct DatedPain {
        int32_t day;    /* local date */
        int32_t minute; /* local, of the day: 0..1439 */
        int64_t at_utc_ms;
        int64_t pain;    /* 0..10; others are passed over; a stop may have NULL_INTEGER */
        int64_t stopped; /* 1: "I stopped because of pain" */
} DatedPain;

typedef struct PainBand {
        double low, high;   /* points; NAN with `reason` */
        size_t n;           /* next-morning values it is made of */
        const char *reason; /* "too_few" */
} PainBand;

typedef struct PainRun {
        int64_t through; /* 1, 0; NULL_INTEGER with through_reason */
        int64_t stopped; /* 1: an entry says so */
        int64_t level;   /* highest pain before or in the stop; NULL_INTEGER: none given */
        const char *through_reason; /* "no_entry_before" */

        int64_t next_morning; /* NRS; NULL_INTEGER: "no_entry" */
        int64_t after;        /* highest within after_hours; NULL_INTEGER: "no_entry" */
        PainBand band;
        const char *next_morning_word;   /* "below" "within" "above"; NULL with the reason */
        const char *next_morning_reason; /* "no_entry", or the band's */
        const char *after_word;
        const char *after_reason;
} PainRun;

/* runs[at] of `runs` in order of start; entries in any order. */
PainRun pain_run_of(const DatedRun *runs, size_t n_runs, size_t at, const DatedPain *entries,
                    size_t n_entries, const PainRunParameters *parameters);

typedef struct PainRunWeek {
        size_t runs;
        size_t known; /* of them: `through` is known; the count is a lower bound when fewer */
        size_t through;
        int64_t level_max;    /* of those; NULL_INTEGER: none, or no level given */
        size_t above_morning; /* runs whose next morning was above the own band */
        size_t above_after;
} PainRunWeek;

/* Of the runs of the seven days from `monday`. */
PainRunWeek pain_run_week(const DatedRun *runs, size_t n_runs, const DatedPain *entries,
                          size_t n_entries, int32_t monday, const PainRunParameters *parameters);
