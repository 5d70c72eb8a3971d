/* mann-kendall.h: the test behind trend.h: S, its variance, and its exact distribution. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANN_KENDALL_EXACT_MAX 10

typedef struct MannKendall {
        int64_t s;
        double var_s;
        double z;        /* 0 when all values are equal */
        double p_normal; /* 1 then */
        bool has_ties;
} MannKendall;

/* Finite values in order of time, n >= 1. */
MannKendall mann_kendall(const double *values, size_t n);

/* How many of the distinct orderings of these values have |S*| >= |s|, and how many there are.
 * n is 1..MANN_KENDALL_EXACT_MAX; the order of `values` does not matter.
 *
 * They are counted, not listed: S* = D - 2k, where D are the pairs of different values and k the
 * inversions, and the numbers of orderings by inversions are the coefficients of the q-multinomial
 * [n]! / prod [u]! over groups of u equal values, with [m] = 1 + q + ... + q^(m-1). */
void mann_kendall_exact(const double *values, size_t n, int64_t s, int64_t *ret_count,
                        int64_t *ret_total);
