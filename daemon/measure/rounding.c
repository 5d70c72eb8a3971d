#include "daemon/measure/rounding.h"

#include "daemon/measure/median.h"

#include <math.h>

double rounded(double value)
{
        double thousandths = round(value * 1000) / 1000;

        return thousandths == 0 ? 0 : thousandths; /* no −0 */
}

static double quantile(const double *sorted, size_t n, double share)
{
        double position = share * (double)(n - 1);
        size_t below = (size_t)position;
        double above = below + 1 < n ? sorted[below + 1] : sorted[below];

        return sorted[below] + (position - (double)below) * (above - sorted[below]);
}

double median_half_width(double *values, size_t n)
{
        if (n < 2)
                return (double)NAN;
        (void)median_of(values, n); /* sorts */
        return 1.57 * (quantile(values, n, 0.75) - quantile(values, n, 0.25)) / sqrt((double)n);
}
