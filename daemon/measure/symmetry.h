/* symmetry.h: left against right (metrics.md 3.3). Positive: the right is larger.
 *
 * SI: Robinson 1987. SA: Zifchock 2008, doi 10.1016/j.gaitpost.2007.08.006; a variant in
 * circulation divides by 45° and doubles the value. For signed angles (tilt, lumbar) neither
 * means anything: take the plain difference. */
#pragma once

#include "proto/fields.h"

typedef struct Symmetry {
        double index_pct;      /* SI = 100·(R−L)/((R+L)/2) */
        double angle_pct;      /* SA = 100·(45° − atan(L/R))/90°, −100..100 */
        double left_share_pct; /* 100·L/(L+R) */
        Reasons reasons;       /* by member name */
} Symmetry;

/* Nulls: all with "missing" (NAN or infinite), all with "both_zero"; index and share with
 * "sum_zero" when L = −R. */
void symmetry_of(double left, double right, Symmetry *ret);

/* R − L in the values' unit, for signed angles. NAN when either is missing. */
double symmetry_difference(double left, double right);
