#include "daemon/measure/drift.h"

#include <errno.h>
#include <string.h>

#include "daemon/measure/median.h"

static const char *const reals[] = {"first_median", "last_median", "drift", "drift_pct",
                                    "cliffs_delta"};

static void set_null(Drift *drift, const char *code)
{
        *drift = (Drift){.first_median = NULL_REAL,
                         .last_median = NULL_REAL,
                         .drift = NULL_REAL,
                         .drift_pct = NULL_REAL,
                         .cliffs_delta = NULL_REAL};
        for (size_t i = 0; code && i < ARRAY_SIZE(reals); i++)
                reasons_add(&drift->reasons, reals[i], code);
}

/* A fraction such as 0.2 is not exact: a window of 7 must not become 6. */
static size_t window_of(size_t n, double fraction)
{
        double strides =
                isfinite(fraction) && fraction > 0 ? floor((double)n * fraction + 1e-9) : 0;

        return strides < (double)n ? (size_t)strides : n;
}

/* Both lists sorted: a walk instead of n² pairs. */
static double cliffs_delta(const double *first, const double *last, size_t n)
{
        size_t below = 0, up_to = 0;
        double sum = 0;

        for (size_t i = 0; i < n; i++) {
                while (below < n && first[below] < last[i])
                        below++;
                while (up_to < n && first[up_to] <= last[i])
                        up_to++;
                sum += (double)below - (double)(n - up_to);
        }
        return sum / ((double)n * (double)n);
}

int drift_of(const double *values, size_t n, double fraction, Drift *ret)
{
        CLEANUP(freep) double *valid = calloc(3 * n + 1, sizeof(*valid));
        double *first, *last;
        size_t n_valid = 0, window;

        if (!valid)
                return -ENOMEM;
        for (size_t i = 0; i < n; i++) {
                if (isfinite(values[i]))
                        valid[n_valid++] = values[i];
        }
        window = window_of(n_valid, fraction);
        set_null(ret, window == 0 ? "too_few_strides" : NULL);
        ret->n_window = window;
        if (window == 0)
                return 0;
        first = valid + n;
        last = valid + 2 * n;
        memcpy(first, valid, window * sizeof(*valid));
        memcpy(last, valid + n_valid - window, window * sizeof(*valid));
        ret->first_median = median_of(first, window);
        ret->last_median = median_of(last, window);
        ret->drift = ret->last_median - ret->first_median;
        ret->cliffs_delta = cliffs_delta(first, last, window);
        if (ret->first_median > 0)
                ret->drift_pct = 100.0 * ret->drift / ret->first_median;
        else
                reasons_add(&ret->reasons, "drift_pct", "not_positive");
        return 0;
}

static double median_speed(const DriftStride *strides, size_t n, double *scratch)
{
        size_t n_speeds = 0;

        for (size_t i = 0; i < n; i++) {
                if (isfinite(strides[i].speed_mps))
                        scratch[n_speeds++] = strides[i].speed_mps;
        }
        return median_of(scratch, n_speeds);
}

/* Least squares; 0 when all ran at one speed. */
static double slope_on_speed(const DriftStride *strides, size_t n, double *ret_mean_speed)
{
        double speed = 0, value = 0, products = 0, squares = 0;
        size_t counted = 0;

        for (size_t i = 0; i < n; i++) {
                if (!isfinite(strides[i].speed_mps))
                        continue;
                speed += strides[i].speed_mps;
                value += strides[i].value;
                counted++;
        }
        speed /= (double)counted;
        value /= (double)counted;
        for (size_t i = 0; i < n; i++) {
                if (!isfinite(strides[i].speed_mps))
                        continue;
                products += (strides[i].speed_mps - speed) * (strides[i].value - value);
                squares += (strides[i].speed_mps - speed) * (strides[i].speed_mps - speed);
        }
        *ret_mean_speed = speed;
        return squares > 0 ? products / squares : 0;
}

/* Valid strides after the warm-up. */
static size_t choose(const DriftStride *strides, size_t n, const DriftParameters *parameters,
                     DriftStride *ret)
{
        size_t chosen = 0;

        for (size_t i = 0; i < n; i++) {
                if (isfinite(strides[i].value) &&
                    strides[i].time_s - strides[0].time_s >= parameters->warm_up_s)
                        ret[chosen++] = strides[i];
        }
        return chosen;
}

int drift_of_session(const DriftStride *strides, size_t n, const DriftParameters *parameters,
                     Drift *ret)
{
        CLEANUP(freep) DriftStride *chosen = calloc(n + 1, sizeof(*chosen));
        CLEANUP(freep) double *values = calloc(n + 1, sizeof(*values));
        double slope = 0, mean_speed = 0, first_speed, last_speed;
        size_t n_chosen, window;
        int r;

        if (!chosen || !values)
                return -ENOMEM;
        if (n == 0 || !(strides[n - 1].time_s - strides[0].time_s >= parameters->duration_min_s)) {
                set_null(ret, "too_short");
                return 0;
        }
        n_chosen = choose(strides, n, parameters, chosen);
        window = window_of(n_chosen, parameters->fraction);
        if (n_chosen < parameters->strides_min || window == 0) {
                set_null(ret, "too_few_strides");
                return 0;
        }
        first_speed = median_speed(chosen, window, values);
        last_speed = median_speed(chosen + n_chosen - window, window, values);
        if (isnan(first_speed) || isnan(last_speed) || first_speed <= 0) {
                set_null(ret, "no_speed");
                return 0;
        }
        bool adjust = 100.0 * fabs(last_speed - first_speed) / first_speed >=
                      parameters->speed_difference_pct;
        if (adjust)
                slope = slope_on_speed(chosen, n_chosen, &mean_speed);
        for (size_t i = 0; i < n_chosen; i++)
                values[i] = adjust ? chosen[i].value - slope * (chosen[i].speed_mps - mean_speed)
                                   : chosen[i].value;
        r = drift_of(values, n_chosen, parameters->fraction, ret);
        if (r < 0)
                return r;
        ret->speed_adjusted = adjust;
        return 0;
}
