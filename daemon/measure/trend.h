/* trend.h: do weekly values rise or fall? (metrics.md 2.4)
 *
 * Theil-Sen: the slope is the median of (y_j - y_i) / (t_j - t_i) over pairs of different weeks,
 * the intercept the median of y - slope * t; t is the real week number, so gaps are kept.
 * Mann-Kendall: S = sum of sgn(y_j - y_i), i < j; Var = [n(n-1)(2n+5) - sum u(u-1)(2u+5)] / 18
 * over groups of u equal values; z = (S -+ 1) / sqrt(Var); p = erfc(|z| / sqrt 2).
 * Few weeks have an exact p: the share of the distinct orderings of the observed values whose
 * |S| is at least as large; with ties the normal p is off by several times.
 * Interval of the slope: C = 1.96 sqrt(Var), the ordered slopes at floor((N - C) / 2) and
 * ceil((N + C) / 2) + 1 of N, rounded outward.
 *
 * Weekly pain is autocorrelated, so p is too small: "exploratory" stands beside it. Below five
 * weeks no p can be under 0.05, so there are no words. */
#pragma once

#include "base/cleanup.h"
#include "daemon/measure/mann-kendall.h"
#include <stdint.h>

#define TREND_EXACT_MAX MANN_KENDALL_EXACT_MAX

typedef struct TrendParameters {
        size_t weeks_min;  /* [own] complete weeks that a word needs */
        double p_below;    /* of a word */
        double change_min; /* [own] |slope * span| of a word, points */
        double tolerance;  /* [own] of that comparison */
} TrendParameters;

/* A week; `value` NAN: not complete, passed over. */
typedef struct TrendPoint {
        double week; /* number on a scale without breaks, such as its Monday's day / 7 */
        double value;
} TrendPoint;

typedef struct Trend {
        size_t n;       /* weeks with a value */
        size_t n_pairs; /* of different weeks */
        int64_t s;
        double var_s;
        double z;
        double p_normal;
        int64_t exact_count; /* orderings at least as extreme; NULL_INTEGER above TREND_EXACT_MAX */
        int64_t exact_total; /* distinct orderings */
        double p_exact;      /* NAN above TREND_EXACT_MAX */
        double p;            /* the exact one if there is one */
        double min_p;        /* the smallest p that so few different values can have; NAN with equal
                              * values among them, and above TREND_EXACT_MAX */
        double slope;        /* points a week; NAN without a pair */
        double intercept;    /* at week 0 */
        double slope_low, slope_high; /* 95 % */
        double span;                  /* weeks from the first to the last */
        const char *word;             /* "rising" "falling" "no_change"; NULL with word_reason */
        const char *word_reason;      /* `reason`, or "too_few_weeks" */
        const char *reason;           /* why nothing is known: "no_pairs" (fewer than two weeks),
                                       * "invalid_value" (infinite or beyond 1e9, a week that is no
                                       * number, or weeks closer than 1e-9) */
} Trend;

/* Points in any order. A week that comes twice counts twice; points of equal weeks are taken in
 * the order given. 0, also with a reason, or -ENOMEM. */
int trend_of(const TrendPoint *points, size_t n, const TrendParameters *parameters,
             Trend *ret) MUST_CHECK;

/* Smallest two-sided p of n different values, 2 / n!; NAN below two. */
double trend_min_p(size_t n);
