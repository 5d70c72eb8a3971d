/* association.h: does pain follow load, some weeks later? (metrics.md 2.6)
 *
 * x = weekly load, y = weekly mean pain k weeks later, complete weeks only: Kendall's tau-b and
 * Spearman's rho with mid-ranks. p, two-sided in |S|:
 *
 * - exact, over all n! permutations, up to ASSOCIATION_EXACT_MAX pairs;
 * - Monte Carlo above: `permutations` shuffles of a fresh copy of y (splitmix.h), p = (hits + 1) /
 *   (permutations + 1): the same numbers everywhere;
 * - circular: over the n rotations of y, the identity counted. It respects autocorrelation, and
 *   cannot go below 1/n. The larger p is the one to print.
 *
 * Shown is an association, never a cause; how many pairs allow what is our own rule. */
#pragma once

#include "base/cleanup.h"
#include <stdint.h>

#define ASSOCIATION_EXACT_MAX 8 /* pairs: 40320 permutations */

typedef struct AssociationParameters {
        size_t permutations; /* of Monte Carlo; a shuffle costs n^2 / 2 comparisons */
        uint64_t seed;
        size_t pairs_points; /* [own] from here on the points may be shown, "too few weeks" */
        size_t pairs_figure; /* [own] from here on tau-b with its p */
} AssociationParameters;

typedef enum AssociationShow {
        ASSOCIATION_SHOW_NOTHING,
        ASSOCIATION_SHOW_POINTS,
        ASSOCIATION_SHOW_FIGURE,
} AssociationShow;

typedef struct Association {
        size_t n; /* pairs of complete weeks */
        AssociationShow show;
        double tau_b;
        double spearman;
        int64_t s;
        int64_t mc_hits; /* NULL_INTEGER like all below when `reason` is set */
        double p_mc;
        int64_t exact_hits; /* NULL_INTEGER above ASSOCIATION_EXACT_MAX */
        int64_t exact_total;
        double p_exact;
        int64_t circular_hits;
        double p_circular;
        double p; /* the larger of circular and (exact if there is one, else Monte Carlo) */
        double tau_b_differenced; /* of first differences between neighbouring weeks; NAN when
                                   * there are too few or they are constant */
        const char *reason;       /* "too_few_weeks" (fewer than 2 pairs), "constant_series",
                                   * "invalid_value" (infinite) */
} Association;

/* n_weeks consecutive weeks; NAN in either: not complete. 0, also with a reason, or -ENOMEM. */
int association_of(const double *load, const double *pain, size_t n_weeks, size_t lag_weeks,
                   const AssociationParameters *parameters, Association *ret) MUST_CHECK;

/* Holm's adjustment over n tests: the i-th smallest p times (n - i + 1), not less than those
 * before it, at most 1. NAN, and what is no p, stays NAN and is no test. `ret` has n places and
 * may not be `p`. */
void holm_adjust(const double *p, size_t n, double *ret);
