#include "daemon/measure/trend.h"

#include "daemon/measure/median.h"
#include "proto/fields.h"

#include <errno.h>

#define VALUE_MAX 1e9

/* Insertion: weeks are few, mostly in order, and equal ones must keep theirs. */
static void insert_point(TrendPoint *sorted, size_t n, TrendPoint point)
{
        while (n > 0 && sorted[n - 1].week > point.week) {
                sorted[n] = sorted[n - 1];
                n--;
        }
        sorted[n] = point;
}

/* Weeks with a value, in order. */
static const char *take_points(const TrendPoint *points, size_t n, TrendPoint *sorted,
                               size_t *ret_n)
{
        size_t taken = 0;

        for (size_t i = 0; i < n; i++) {
                if (isnan(points[i].value))
                        continue;
                if (!(fabs(points[i].week) <= VALUE_MAX) || !(fabs(points[i].value) <= VALUE_MAX))
                        return "invalid_value";
                insert_point(sorted, taken++, points[i]);
        }
        for (size_t i = 1; i < taken; i++) {
                double step = sorted[i].week - sorted[i - 1].week;

                if (step > 0 && step < 1 / VALUE_MAX)
                        return "invalid_value";
        }
        *ret_n = taken;
        return taken < 2 ? "no_pairs" : NULL;
}

static size_t list_slopes(const TrendPoint *points, size_t n, double *slopes)
{
        size_t n_pairs = 0;

        for (size_t i = 0; i < n; i++) {
                for (size_t j = i + 1; j < n; j++) {
                        if (points[j].week > points[i].week)
                                slopes[n_pairs++] = (points[j].value - points[i].value) /
                                                    (points[j].week - points[i].week);
                }
        }
        return n_pairs;
}

/* `slopes` are in order. */
static void set_interval(const double *slopes, Trend *trend)
{
        double n = (double)trend->n_pairs, c = 1.96 * sqrt(trend->var_s);
        double low = floor((n - c) / 2), high = ceil((n + c) / 2) + 1;

        trend->slope_low = slopes[(size_t)fmax(low, 1) - 1];
        trend->slope_high = slopes[(size_t)fmin(high, n) - 1];
}

static int set_line(const TrendPoint *points, Trend *trend)
{
        size_t n = trend->n;
        CLEANUP(freep) double *slopes = calloc(n * (n - 1) / 2, sizeof(*slopes));
        CLEANUP(freep) double *rests = calloc(n, sizeof(*rests));

        if (!slopes || !rests)
                return -ENOMEM;
        trend->n_pairs = list_slopes(points, n, slopes);
        trend->span = points[n - 1].week - points[0].week;
        if (trend->n_pairs == 0) {
                trend->reason = "no_pairs";
                return 0;
        }
        trend->slope = median_of(slopes, trend->n_pairs);
        for (size_t i = 0; i < n; i++)
                rests[i] = points[i].value - trend->slope * points[i].week;
        trend->intercept = median_of(rests, n);
        set_interval(slopes, trend);
        return 0;
}

static int set_test(const TrendPoint *points, Trend *trend)
{
        CLEANUP(freep) double *values = calloc(trend->n, sizeof(*values));
        MannKendall test;

        if (!values)
                return -ENOMEM;
        for (size_t i = 0; i < trend->n; i++)
                values[i] = points[i].value;
        test = mann_kendall(values, trend->n);
        trend->s = test.s;
        trend->var_s = test.var_s;
        trend->z = test.z;
        trend->p = trend->p_normal = test.p_normal;
        if (trend->n > TREND_EXACT_MAX)
                return 0;
        mann_kendall_exact(values, trend->n, test.s, &trend->exact_count, &trend->exact_total);
        trend->p = trend->p_exact = (double)trend->exact_count / (double)trend->exact_total;
        if (!test.has_ties)
                trend->min_p = trend_min_p(trend->n);
        return 0;
}

static void choose_word(const TrendParameters *parameters, Trend *trend)
{
        trend->word_reason = trend->reason;
        if (!trend->reason && trend->n < parameters->weeks_min)
                trend->word_reason = "too_few_weeks";
        if (trend->word_reason)
                return;
        trend->word = "no_change";
        if (trend->p < parameters->p_below &&
            fabs(trend->slope * trend->span) >= parameters->change_min - parameters->tolerance)
                trend->word = trend->slope > 0 ? "rising" : "falling";
}

int trend_of(const TrendPoint *points, size_t n, const TrendParameters *parameters, Trend *ret)
{
        Trend trend = {.var_s = NAN,
                       .z = NAN,
                       .p_normal = NAN,
                       .p_exact = NAN,
                       .p = NAN,
                       .min_p = NAN,
                       .exact_count = NULL_INTEGER,
                       .exact_total = NULL_INTEGER,
                       .s = NULL_INTEGER,
                       .slope = NAN,
                       .intercept = NAN,
                       .slope_low = NAN,
                       .slope_high = NAN,
                       .span = NAN};
        CLEANUP(freep) TrendPoint *sorted = calloc(n + 1, sizeof(*sorted));
        int r;

        if (!sorted)
                return -ENOMEM;
        trend.reason = take_points(points, n, sorted, &trend.n);
        if (!trend.reason) {
                r = set_test(sorted, &trend);
                if (r == 0)
                        r = set_line(sorted, &trend);
                if (r < 0)
                        return r;
        }
        choose_word(parameters, &trend);
        *ret = trend;
        return 0;
}

double trend_min_p(size_t n)
{
        double p = 2;

        if (n < 2)
                return NAN;
        for (size_t i = 2; i <= n && p > 0; i++)
                p /= (double)i;
        return p;
}
