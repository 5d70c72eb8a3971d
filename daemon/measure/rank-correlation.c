#include "daemon/measure/rank-correlation.h"

#include <errno.h>
#include <math.h>

static int sign_of(double from, double to)
{
        return (to > from) - (to < from);
}

int64_t kendall_s(const double *x, const double *y, size_t n)
{
        int64_t s = 0;

        for (size_t i = 0; i < n; i++) {
                for (size_t j = i + 1; j < n; j++)
                        s += sign_of(x[i], x[j]) * sign_of(y[i], y[j]);
        }
        return s;
}

static int64_t different_pairs(const double *x, size_t n)
{
        int64_t different = 0;

        for (size_t i = 0; i < n; i++) {
                for (size_t j = i + 1; j < n; j++)
                        different += sign_of(x[i], x[j]) != 0;
        }
        return different;
}

double kendall_tau_b(const double *x, const double *y, size_t n)
{
        double in_x = (double)different_pairs(x, n), in_y = (double)different_pairs(y, n);

        if (in_x <= 0 || in_y <= 0)
                return NAN;
        return (double)kendall_s(x, y, n) / (sqrt(in_x) * sqrt(in_y));
}

/* Twice the mid-rank less its mean, so that all is whole: smaller ones count 1, larger ones -1. */
static void rank_doubled(const double *x, size_t n, double *ret)
{
        for (size_t i = 0; i < n; i++) {
                ret[i] = 0;
                for (size_t j = 0; j < n; j++)
                        ret[i] += sign_of(x[j], x[i]);
        }
}

int spearman_rho(const double *x, const double *y, size_t n, double *ret)
{
        CLEANUP(freep) double *of_x = calloc(n + 1, sizeof(*of_x));
        CLEANUP(freep) double *of_y = calloc(n + 1, sizeof(*of_y));
        double xx = 0, yy = 0, xy = 0;

        if (!of_x || !of_y)
                return -ENOMEM;
        rank_doubled(x, n, of_x);
        rank_doubled(y, n, of_y);
        for (size_t i = 0; i < n; i++) {
                xx += of_x[i] * of_x[i];
                yy += of_y[i] * of_y[i];
                xy += of_x[i] * of_y[i];
        }
        *ret = xx > 0 && yy > 0 ? xy / (sqrt(xx) * sqrt(yy)) : (double)NAN;
        return 0;
}
