/* pain-clock.h: pain for more than two weeks: see a professional (metrics.md 2.5).
 *
 * The clock reads a list of days and nothing else: neither when an entry arrived nor in which
 * order can matter, and a day added at the end never changes an alert before it. A pain day is a
 * day whose value (its highest entry) is at least pain_from. A streak starts at the first pain
 * day; it ends after free_run_end recorded days without pain in a row, or unknown_gap_end unknown
 * days in a row. A shorter unknown gap neither extends nor ends it, and unknown days between days
 * without pain do not interrupt their count.
 *
 * The alert comes on a pain day that makes the span need_days long, when enough of the span's
 * days have an entry and enough of the entries are painful; it stays until the streak ends.
 *
 * All numbers are our own: the rule behind them is "more than two weeks", day D and still D + 14.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct PainClockParameters {
        int64_t pain_from;      /* NRS */
        size_t free_run_end;    /* days */
        size_t unknown_gap_end; /* days */
        size_t need_days;       /* span, both ends counted */
        double min_coverage;    /* share of the span's days that have an entry */
        double min_painful;     /* share of those entries that are painful */
} PainClockParameters;

#define PAIN_CLOCK_NO_DAY SIZE_MAX

/* A streak as of its newest pain day; days are indices into the list. */
typedef struct PainStreak {
        size_t start;
        size_t last_pain;
        size_t span_days; /* start to last_pain, both counted */
        size_t recorded;  /* days of the span with an entry */
        size_t painful;
        size_t pauses; /* stretches of days without recorded pain inside the span */
} PainStreak;

typedef enum PainVerdict {
        PAIN_VERDICT_NO,
        PAIN_VERDICT_ALERT,       /* now, not only once */
        PAIN_VERDICT_CANNOT_TELL, /* `reason` says why; never shown as "no" */
} PainVerdict;

typedef struct PainClock {
        size_t first_alert;        /* day of the list's first alert, which may be over; or
                                      PAIN_CLOCK_NO_DAY */
        PainStreak at_first_alert; /* as it was on that day */

        bool active;       /* a streak runs on the last day */
        PainStreak streak; /* that one */
        size_t reaches;    /* day from which a pain day can give the alert: start + need_days - 1,
                            * perhaps yet to come */
        size_t alert;      /* day on which this streak gave its alert, or PAIN_CLOCK_NO_DAY */

        PainVerdict verdict; /* of the last day */
        const char *reason;  /* CANNOT_TELL: "no_entries" (no day has one), "low_coverage" (long
                              * enough, too few entries), "unknown_days" (the newest days have
                              * no entry and may hide pain); else NULL */
} PainClock;

/* Values of consecutive days from the first to today: 0..10; NULL_INTEGER, and anything that is
 * no NRS value, is unknown. */
PainClock pain_clock(const int64_t *days, size_t n, const PainClockParameters *parameters);
/* The first of these days behind which nothing matters that was before them: whatever streak ran in, it
 * has ended. PAIN_CLOCK_NO_DAY: it may run still. */
size_t pain_clock_settles(const int64_t *days, size_t n, const PainClockParameters *parameters);
