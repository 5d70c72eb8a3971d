/* pain-change.h: has pain changed by an amount that matters? (metrics.md 2.2)
 *
 * 2 points on the NRS and 30 % of the baseline: Ostelo 2008, Spine (consensus); cut-offs of
 * 1.3-1.8, rounded to 2, in 161 patients with chronic low-back pain (Suzuki 2020, doi
 * 10.1371/journal.pone.0229228). Both met: improved; one: possible. The literature's number is
 * for improvement only: that a rise of 2 points is "worse" is our own symmetric rule.
 *
 * Compared are means of complete weeks, the baseline week fixed by the clinic. */
#pragma once

#include <stdint.h>

typedef struct PainChangeParameters {
        double points;    /* Ostelo 2008 */
        double percent;   /* Ostelo 2008 */
        double worse;     /* [own] points of rise */
        double tolerance; /* [own] of a comparison: means of 4 to 7 days are no binary fractions */
} PainChangeParameters;

typedef struct PainChange {
        double drop;           /* points, negative when pain rose; NAN with `reason` */
        double percent;        /* of the baseline; NAN with `percent_reason` */
        int64_t meets_points;  /* 0, 1, NULL_INTEGER with `reason` */
        int64_t meets_percent; /* the same; 0 when the baseline is 0 */
        const char *word;      /* "improved" "possible" "unchanged" "worse"; NULL with `reason` */
        const char *reason;    /* "no_baseline" "no_current" (NAN: no complete week),
                                * "out_of_range" (not 0..10) */
        const char *percent_reason; /* the same, or "baseline_zero" */
} PainChange;

PainChange pain_change(double baseline, double current, const PainChangeParameters *parameters);
