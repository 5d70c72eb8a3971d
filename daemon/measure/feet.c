#include "daemon/measure/feet.h"

#include <math.h>
#include <stdbool.h>

static double seen_by(FootLoad foot)
{
        bool is_seen = foot.coverage > 0 && foot.distance_m >= 0 && isfinite(foot.distance_m);

        return is_seen ? foot.coverage : 0;
}

const char *feet_merge_distance(FootLoad left, FootLoad right, double coverage_min,
                                double *ret_distance_m)
{
        double by_left = seen_by(left), by_right = seen_by(right);

        if (by_left <= 0 && by_right <= 0) {
                *ret_distance_m = NAN;
                return "none";
        }
        if (by_left > 0 && by_right > 0 && by_left >= coverage_min && by_right >= coverage_min) {
                *ret_distance_m = (left.distance_m + right.distance_m) / 2;
                return "mean_of_feet";
        }
        *ret_distance_m = by_left >= by_right ? left.distance_m : right.distance_m;
        return by_left >= by_right ? "left" : "right";
}

size_t feet_steps(size_t n_left, size_t n_right)
{
        if (n_left == 0 || n_right == 0)
                return 2 * (n_left + n_right);
        return n_left + n_right;
}

double foot_coverage(size_t n_strides, double moving_s, double median_stride_s)
{
        double coverage = moving_s > 0 ? (double)n_strides * median_stride_s / moving_s : 0;

        return coverage > 1 ? 1 : coverage;
}

double impact_sum(const double *peaks_g, size_t n, double k)
{
        double sum = 0;

        for (size_t i = 0; i < n; i++) {
                if (!(peaks_g[i] >= 0) || !(k >= 0))
                        return NAN;
                sum += pow(peaks_g[i], k);
        }
        return isfinite(sum) ? sum : (double)NAN;
}
