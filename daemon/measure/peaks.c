#include "daemon/measure/peaks.h"

#include <errno.h>

#include "daemon/measure/median.h"

const PeaksParameters peaks_defaults = {
        .clipped_share = 0.99,
};

double peak_of_stance(const double *component_g, size_t n)
{
        double peak = NULL_REAL;

        for (size_t i = 0; i < (n + 1) / 2; i++) {
                if (isfinite(component_g[i]) && !(component_g[i] <= peak))
                        peak = component_g[i];
        }
        return peak;
}

static double share_clipped(const double *peaks_g, size_t n, double from_g)
{
        size_t clipped = 0;

        for (size_t i = 0; i < n; i++)
                clipped += peaks_g[i] >= from_g;
        return (double)clipped / (double)n;
}

/* `sorted` has at least one. */
static double percentile(const double *sorted, size_t n, double share)
{
        double position = share * (double)(n - 1);
        size_t below = (size_t)position;
        double rest = position - (double)below;

        return below + 1 < n ? sorted[below] + rest * (sorted[below + 1] - sorted[below])
                             : sorted[below];
}

int peaks_of(const double *peaks_g, size_t n, double range_g, const PeaksParameters *parameters,
             Peaks *ret)
{
        CLEANUP(freep) double *valid = calloc(n + 1, sizeof(*valid));
        size_t n_valid = 0;

        if (!valid)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                if (isfinite(peaks_g[i]) && peaks_g[i] >= 0)
                        valid[n_valid++] = peaks_g[i];
        }
        *ret = (Peaks){.n = n_valid,
                       .median_g = NULL_REAL,
                       .p95_g = NULL_REAL,
                       .share_clipped = NULL_REAL};
        if (n_valid == 0) {
                reasons_add(&ret->reasons, "median_g", "no_peaks");
                reasons_add(&ret->reasons, "p95_g", "no_peaks");
                reasons_add(&ret->reasons, "share_clipped", "no_peaks");
                return 0;
        }
        ret->median_g = median_of(valid, n_valid);
        ret->p95_g = percentile(valid, n_valid, 0.95);
        if (isfinite(range_g) && range_g > 0)
                ret->share_clipped =
                        share_clipped(valid, n_valid, parameters->clipped_share * range_g);
        else
                reasons_add(&ret->reasons, "share_clipped", "no_range");
        return 0;
}
