#include "daemon/measure/treatment.h"

#include <errno.h>

#include "daemon/measure/median.h"

/* Values of the days from..to, both included. */
static size_t values_between(const TreatmentRun *runs, size_t n, int64_t from, int64_t to,
                             double *ret)
{
        size_t n_values = 0;

        for (size_t i = 0; i < n; i++) {
                if (runs[i].day >= from && runs[i].day <= to && isfinite(runs[i].value))
                        ret[n_values++] = runs[i].value;
        }
        return n_values;
}

int treatment_effect(const TreatmentRun *runs, size_t n, int32_t day,
                     const TreatmentParameters *parameters, TreatmentEffect *ret)
{
        CLEANUP(freep) double *before = calloc(n + 1, sizeof(*before));
        CLEANUP(freep) double *after = calloc(n + 1, sizeof(*after));
        int64_t at = day, window = parameters->window_days;

        if (!before || !after)
                return -ENOMEM;
        *ret = (TreatmentEffect){.before = NULL_REAL,
                                 .after = NULL_REAL,
                                 .change = NULL_REAL,
                                 .reason = "too_few_runs",
                                 .words = "too few runs to tell"};
        ret->n_before = values_between(runs, n, at - window, at - 1, before);
        ret->n_after = values_between(runs, n, at + 1, at + window, after);
        if (ret->n_before < parameters->runs_min || ret->n_after < parameters->runs_min ||
            ret->n_before == 0 || ret->n_after == 0)
                return 0;
        ret->before = median_of(before, ret->n_before);
        ret->after = median_of(after, ret->n_after);
        ret->change = ret->after - ret->before;
        ret->reason = ret->words = NULL;
        return 0;
}
