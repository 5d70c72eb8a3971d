#include "daemon/measure/bone-stimulus.h"

#include <math.h>

const BoneParameters bone_defaults = {.exponent = 4};

double bone_stimulus_add(double sum, double peak_g, double n, double m)
{
        double more;

        if (!(sum >= 0) || !(peak_g >= 0) || !(n >= 0) || !(m > 0))
                return NAN;
        more = sum + n * pow(peak_g, m);
        return isfinite(more) ? more : (double)NAN;
}

double bone_stimulus_sum(const double *peaks_g, size_t n, double m)
{
        double sum = 0;

        for (size_t i = 0; i < n; i++)
                sum = bone_stimulus_add(sum, peaks_g[i], 1, m);
        return sum;
}

double bone_stimulus(double sum, double m, const char **ret_reason)
{
        if (!(m > 0) || isinf(m))
                *ret_reason = "invalid_exponent";
        else if (!(sum >= 0) || isinf(sum))
                *ret_reason = "invalid_peak";
        else
                return pow(sum, 1 / (2 * m));
        return NAN;
}
