#include "daemon/measure/internal-load.h"

#include <math.h>
#include <stdbool.h>

/* A year: more is an error, and nothing overflows below it. */
#define MINUTES_MAX 525600.0

double session_rpe(SessionEffort effort, const char **ret_reason)
{
        if (isnan(effort.rating))
                *ret_reason = "no_rating";
        else if (effort.rating < 0 || effort.rating > 10)
                *ret_reason = "invalid_rating";
        else if (isnan(effort.minutes))
                *ret_reason = "no_duration";
        else if (effort.minutes < 0 || effort.minutes > MINUTES_MAX)
                *ret_reason = "invalid_duration";
        else
                return effort.rating * effort.minutes;
        return NAN;
}

EffortSum session_rpe_sum(const SessionEffort *efforts, size_t n)
{
        EffortSum sum = {0};

        for (size_t i = 0; i < n; i++) {
                const char *reason;
                double load = session_rpe(efforts[i], &reason);

                if (isnan(load))
                        sum.n_missing++;
                else
                        sum.known_au += load;
        }
        return sum;
}

/* ---- points by heart rate ---- */

/* Weight of a minute at this rate. */
typedef double (*HeartWeight)(double rate_bpm, const HeartLimits *limits);

typedef struct BanisterConstants {
        double a, b;
} BanisterConstants;

static const BanisterConstants banister_constants[] = {
        [TRIMP_SEX_MALE] = {0.64, 1.92},
        [TRIMP_SEX_FEMALE] = {0.86, 1.67},
};

static double banister_weight(double rate_bpm, const HeartLimits *limits)
{
        const BanisterConstants *constants = &banister_constants[limits->sex];
        double x = (rate_bpm - limits->rest_bpm) / (limits->max_bpm - limits->rest_bpm);

        x = fmin(fmax(x, 0), 1);
        return x * constants->a * exp(constants->b * x);
}

static double edwards_weight(double rate_bpm, const HeartLimits *limits)
{
        int weight = 0;

        while (weight < 5 && 10 * rate_bpm >= (5 + weight) * limits->max_bpm)
                weight++;
        return weight;
}

static Trimp sum_steps(const HeartStep *steps, size_t n, const HeartLimits *limits,
                       double step_max_s, HeartWeight weight)
{
        Trimp trimp = {0};

        for (size_t i = 0; i < n; i++) {
                double rate_bpm = steps[i].rate_bpm, duration_s = steps[i].duration_s;

                if (!(duration_s >= 0) || isinf(duration_s) || rate_bpm < 0 || isinf(rate_bpm)) {
                        trimp.reason = "invalid_sample";
                        break;
                }
                if (isnan(rate_bpm))
                        trimp.n_missing++;
                else
                        trimp.points +=
                                fmin(duration_s, step_max_s) / 60 * weight(rate_bpm, limits);
        }
        if (!trimp.reason && trimp.n_missing == n)
                trimp.reason = "no_heart_rate";
        if (!trimp.reason && isinf(trimp.points))
                trimp.reason = "invalid_sample";
        if (trimp.reason)
                trimp.points = NAN;
        return trimp;
}

static bool is_rate(double bpm)
{
        return bpm > 0 && isfinite(bpm);
}

Trimp trimp_banister(const HeartStep *steps, size_t n, const HeartLimits *limits, double step_max_s)
{
        if (!is_rate(limits->rest_bpm) || !is_rate(limits->max_bpm) ||
            limits->max_bpm <= limits->rest_bpm)
                return (Trimp){.points = NAN, .reason = "no_heart_limits"};
        if (limits->sex != TRIMP_SEX_MALE && limits->sex != TRIMP_SEX_FEMALE)
                return (Trimp){.points = NAN, .reason = "no_sex_constant"};
        return sum_steps(steps, n, limits, step_max_s, banister_weight);
}

Trimp trimp_edwards(const HeartStep *steps, size_t n, double max_bpm, double step_max_s)
{
        HeartLimits limits = {.max_bpm = max_bpm};

        if (!is_rate(max_bpm))
                return (Trimp){.points = NAN, .reason = "no_heart_limits"};
        return sum_steps(steps, n, &limits, step_max_s, edwards_weight);
}
