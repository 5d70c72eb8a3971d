#include "daemon/measure/mann-kendall.h"

#include <math.h>
#include <stdlib.h>

#define INVERSIONS_MAX (MANN_KENDALL_EXACT_MAX * (MANN_KENDALL_EXACT_MAX - 1) / 2)

static int sign_of(double from, double to)
{
        return (to > from) - (to < from);
}

static bool are_equal(double a, double b)
{
        return sign_of(a, b) == 0;
}

/* How many of values[at..] equal values[at]; 0 when an earlier one does: its group is counted. */
static size_t group_at(const double *values, size_t n, size_t at)
{
        size_t u = 0;

        for (size_t i = 0; i < at; i++) {
                if (are_equal(values[i], values[at]))
                        return 0;
        }
        for (size_t i = at; i < n; i++)
                u += are_equal(values[i], values[at]);
        return u;
}

static double weight_of(size_t u)
{
        double real = (double)u;

        return real * (real - 1) * (2 * real + 5);
}

MannKendall mann_kendall(const double *values, size_t n)
{
        MannKendall test = {0};
        double sum = weight_of(n);

        for (size_t i = 0; i < n; i++) {
                size_t u = group_at(values, n, i);

                for (size_t j = i + 1; j < n; j++)
                        test.s += sign_of(values[i], values[j]);
                test.has_ties = test.has_ties || u > 1;
                sum -= u > 1 ? weight_of(u) : 0;
        }
        test.var_s = sum / 18;
        if (test.var_s > 0 && test.s != 0)
                test.z = (double)(test.s - (test.s > 0 ? 1 : -1)) / sqrt(test.var_s);
        test.p_normal = erfc(fabs(test.z) / M_SQRT2);
        return test;
}

/* ---- exact: polynomials in q, a coefficient an inversion count ---- */

typedef struct Counts {
        int64_t of[INVERSIONS_MAX + 1];
} Counts;

/* Times 1 + q + ... + q^(m-1); coefficients past the end are zero by the choice of n. */
static void multiply(Counts *counts, size_t m)
{
        for (size_t k = INVERSIONS_MAX + 1; k-- > 0;) {
                for (size_t j = 1; j < m && j <= k; j++)
                        counts->of[k] += counts->of[k - j];
        }
}

/* By the same; the division has no remainder. */
static void divide(Counts *counts, size_t m)
{
        for (size_t k = 0; k <= INVERSIONS_MAX; k++) {
                for (size_t j = 1; j < m && j <= k; j++)
                        counts->of[k] -= counts->of[k - j];
        }
}

void mann_kendall_exact(const double *values, size_t n, int64_t s, int64_t *ret_count,
                        int64_t *ret_total)
{
        Counts counts = {.of = {1}};
        int64_t different = (int64_t)(n * (n - 1) / 2), count = 0, total = 0;

        for (size_t m = 2; m <= n; m++)
                multiply(&counts, m);
        for (size_t i = 0; i < n; i++) {
                size_t u = group_at(values, n, i);

                different -= u > 1 ? (int64_t)(u * (u - 1) / 2) : 0;
                for (size_t m = 2; m <= u; m++)
                        divide(&counts, m);
        }
        for (int64_t k = 0; k <= different; k++) {
                total += counts.of[k];
                if (llabs(different - 2 * k) >= llabs(s))
                        count += counts.of[k];
        }
        *ret_count = count;
        *ret_total = total;
}
