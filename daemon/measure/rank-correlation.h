/* rank-correlation.h: Kendall's tau-b and Spearman's rho of two short series. */
#pragma once

#include "base/cleanup.h"
#include <stdint.h>

/* S = sum over pairs of sgn(x_j - x_i) sgn(y_j - y_i): concordant minus discordant. */
int64_t kendall_s(const double *x, const double *y, size_t n);

/* tau-b = S / sqrt(pairs different in x * pairs different in y). NAN when a series is constant
 * or n < 2. */
double kendall_tau_b(const double *x, const double *y, size_t n);

/* Pearson's correlation of mid-ranks; *ret is NAN as above. 0 or -ENOMEM. */
int spearman_rho(const double *x, const double *y, size_t n, double *ret) MUST_CHECK;
