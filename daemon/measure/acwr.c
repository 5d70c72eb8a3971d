#include "daemon/measure/acwr.h"

#include "daemon/measure/load-week.h"

#include <math.h>

/* Where the unbroken series of known days up to the newest begins; n: the newest is not known. */
static size_t known_from(const double *days, size_t n, const char **ret_reason)
{
        size_t from = n;

        while (from > 0 && load_day_is_known(days[from - 1], ret_reason))
                from--;
        return from;
}

static double sum_of(const double *days, size_t n)
{
        double sum = 0;

        for (size_t i = 0; i < n; i++)
                sum += days[i];
        return sum;
}

static double weighted(const double *days, size_t n, double lambda)
{
        double mean = days[0];

        for (size_t i = 1; i < n; i++)
                mean = lambda * days[i] + (1 - lambda) * mean;
        return mean;
}

static double ratio_of(double acute, double chronic, const char **ret_reason)
{
        if (chronic > 0)
                return acute / chronic;
        *ret_reason = "no_chronic_load";
        return NAN;
}

Acwr acwr(const double *days, size_t n)
{
        const size_t before = ACWR_CHRONIC_DAYS - ACWR_ACUTE_DAYS;
        Acwr ratio = {.acute_mean = NAN,
                      .chronic_coupled_mean = NAN,
                      .chronic_uncoupled_mean = NAN,
                      .coupled = NAN,
                      .uncoupled = NAN,
                      .ewma_acute = NAN,
                      .ewma_chronic = NAN,
                      .ewma = NAN,
                      .lambda_acute = 2.0 / (ACWR_ACUTE_DAYS + 1),
                      .lambda_chronic = 2.0 / (ACWR_CHRONIC_DAYS + 1),
                      .reason = "warming_up"};
        size_t from = known_from(days, n, &ratio.reason);
        double acute, base;

        if (n < ACWR_CHRONIC_DAYS)
                ratio.reason = "warming_up";
        else if (n - from >= ACWR_CHRONIC_DAYS)
                ratio.reason = NULL;
        ratio.coupled_reason = ratio.uncoupled_reason = ratio.ewma_reason = ratio.reason;
        if (n - from < ACWR_ACUTE_DAYS)
                return ratio;
        acute = sum_of(days + n - ACWR_ACUTE_DAYS, ACWR_ACUTE_DAYS);
        ratio.acute_mean = acute / ACWR_ACUTE_DAYS;
        if (ratio.reason)
                return ratio;
        base = sum_of(days + n - ACWR_CHRONIC_DAYS, before);
        ratio.chronic_coupled_mean = (acute + base) / ACWR_CHRONIC_DAYS;
        ratio.chronic_uncoupled_mean = base / (double)before;
        /* from the sums, so that rounding cannot lift it above 4 */
        ratio.coupled = 4 * ratio_of(acute, acute + base, &ratio.coupled_reason);
        ratio.uncoupled =
                ratio_of(ratio.acute_mean, ratio.chronic_uncoupled_mean, &ratio.uncoupled_reason);
        ratio.ewma_acute = weighted(days + from, n - from, ratio.lambda_acute);
        ratio.ewma_chronic = weighted(days + from, n - from, ratio.lambda_chronic);
        ratio.ewma = ratio_of(ratio.ewma_acute, ratio.ewma_chronic, &ratio.ewma_reason);
        return ratio;
}
