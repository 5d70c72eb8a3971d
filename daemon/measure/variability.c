#include "daemon/measure/variability.h"

#include <errno.h>

#include "daemon/measure/median.h"

#define MAD_TO_SD 1.4826

static size_t keep_valid(const double *values, size_t n, double *ret)
{
        size_t kept = 0;

        for (size_t i = 0; i < n; i++) {
                if (isfinite(values[i]) && values[i] > 0)
                        ret[kept++] = values[i];
        }
        return kept;
}

/* Drops what is further from the median than mad_k scaled MADs; `scratch` has room for n. */
static size_t drop_outliers(double *values, size_t n, double mad_k, double *scratch)
{
        double median = median_of(values, n), width;
        size_t kept = 0;

        for (size_t i = 0; i < n; i++)
                scratch[i] = fabs(values[i] - median);
        width = mad_k * MAD_TO_SD * median_of(scratch, n);
        for (size_t i = 0; i < n; i++) {
                if (fabs(values[i] - median) <= width)
                        values[kept++] = values[i];
        }
        return kept;
}

int variability_of(const double *values, size_t n, const VariabilityParameters *parameters,
                   Variability *ret)
{
        CLEANUP(freep) double *valid = calloc(2 * n + 1, sizeof(*valid));
        size_t n_valid, n_kept;
        double sum = 0, squares = 0, mean;

        if (!valid)
                return -ENOMEM;
        *ret = (Variability){.mean = NULL_REAL, .sd = NULL_REAL, .cv_pct = NULL_REAL};
        n_valid = keep_valid(values, n, valid);
        n_kept = drop_outliers(valid, n_valid, parameters->mad_k, valid + n);
        ret->n_kept = n_kept;
        if (n_kept < parameters->strides_min || n_kept < 2) {
                reasons_add(&ret->reasons, "mean", "too_few_strides");
                reasons_add(&ret->reasons, "sd", "too_few_strides");
                reasons_add(&ret->reasons, "cv_pct", "too_few_strides");
                return 0;
        }
        for (size_t i = 0; i < n_kept; i++)
                sum += valid[i];
        mean = sum / (double)n_kept;
        for (size_t i = 0; i < n_kept; i++)
                squares += (valid[i] - mean) * (valid[i] - mean);
        ret->mean = mean;
        ret->sd = sqrt(squares / (double)(n_kept - 1));
        ret->cv_pct = 100.0 * ret->sd / mean;
        return 0;
}
