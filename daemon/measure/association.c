#include "daemon/measure/association.h"

#include "daemon/measure/rank-correlation.h"
#include "daemon/measure/splitmix.h"
#include "proto/fields.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* The pairs, and room for as many numbers again. */
typedef struct Pairs {
        double *x, *y;
        double *other;
        size_t *week; /* of x */
        size_t n;
} Pairs;

static int64_t magnitude(int64_t s)
{
        return s < 0 ? -s : s;
}

static bool is_as_extreme(const Pairs *pairs, const double *y, int64_t s)
{
        return magnitude(kendall_s(pairs->x, y, pairs->n)) >= magnitude(s);
}

static int64_t count_shuffles(const Pairs *pairs, int64_t s,
                              const AssociationParameters *parameters)
{
        SplitMix generator = {parameters->seed};
        int64_t hits = 0;

        for (size_t i = 0; i < parameters->permutations; i++) {
                memcpy(pairs->other, pairs->y, pairs->n * sizeof(*pairs->other));
                splitmix_shuffle(&generator, pairs->other, pairs->n);
                hits += is_as_extreme(pairs, pairs->other, s);
        }
        return hits;
}

static int64_t count_rotations(const Pairs *pairs, int64_t s)
{
        int64_t hits = 0;

        for (size_t shift = 0; shift < pairs->n; shift++) {
                for (size_t i = 0; i < pairs->n; i++)
                        pairs->other[i] = pairs->y[(i + shift) % pairs->n];
                hits += is_as_extreme(pairs, pairs->other, s);
        }
        return hits;
}

static void swap(double *values, size_t a, size_t b)
{
        double value = values[a];

        values[a] = values[b];
        values[b] = value;
}

/* All n! permutations, equal values taken as different; Heap's algorithm without recursion. */
static int64_t count_permutations(const Pairs *pairs, int64_t s, int64_t *ret_total)
{
        size_t turns[ASSOCIATION_EXACT_MAX] = {0}, i = 1;
        int64_t hits = 0, total = 1;

        memcpy(pairs->other, pairs->y, pairs->n * sizeof(*pairs->other));
        hits += is_as_extreme(pairs, pairs->other, s);
        while (i < pairs->n) {
                if (turns[i] >= i) {
                        turns[i++] = 0;
                        continue;
                }
                swap(pairs->other, i % 2 == 0 ? 0 : turns[i], i);
                hits += is_as_extreme(pairs, pairs->other, s);
                total++;
                turns[i]++;
                i = 1;
        }
        *ret_total = total;
        return hits;
}

/* Equal steps are ties: means of some days are no binary fractions, so a step is rounded far below
 * any unit, or a steady rise of 0.1 a week would look like a random walk. */
static double step_of(double from, double to)
{
        return round((to - from) * 1e9) / 1e9;
}

/* Differences overwrite the pairs: they come last. */
static double differenced(Pairs *pairs)
{
        size_t n = 0;

        for (size_t i = 1; i < pairs->n; i++) {
                if (pairs->week[i] != pairs->week[i - 1] + 1)
                        continue;
                pairs->x[n] = step_of(pairs->x[i - 1], pairs->x[i]);
                pairs->y[n] = step_of(pairs->y[i - 1], pairs->y[i]);
                n++;
        }
        return kendall_tau_b(pairs->x, pairs->y, n);
}

static const char *take_pairs(const double *load, const double *pain, size_t n_weeks,
                              size_t lag_weeks, Pairs *pairs)
{
        for (size_t week = 0; week < n_weeks && lag_weeks < n_weeks - week; week++) {
                double x = load[week], y = pain[week + lag_weeks];

                if (isnan(x) || isnan(y))
                        continue;
                if (isinf(x) || isinf(y))
                        return "invalid_value";
                pairs->x[pairs->n] = x;
                pairs->y[pairs->n] = y;
                pairs->week[pairs->n++] = week;
        }
        return pairs->n < 2 ? "too_few_weeks" : NULL;
}

static void test(const Pairs *pairs, const AssociationParameters *parameters, Association *result)
{
        double naive;

        result->s = kendall_s(pairs->x, pairs->y, pairs->n);
        result->mc_hits = count_shuffles(pairs, result->s, parameters);
        naive = result->p_mc =
                (double)(result->mc_hits + 1) / ((double)parameters->permutations + 1);
        if (pairs->n <= ASSOCIATION_EXACT_MAX) {
                result->exact_hits = count_permutations(pairs, result->s, &result->exact_total);
                naive = result->p_exact = (double)result->exact_hits / (double)result->exact_total;
        }
        result->circular_hits = count_rotations(pairs, result->s);
        result->p_circular = (double)result->circular_hits / (double)pairs->n;
        result->p = fmax(naive, result->p_circular);
}

static AssociationShow may_show(size_t n, const AssociationParameters *parameters)
{
        if (n < parameters->pairs_points)
                return ASSOCIATION_SHOW_NOTHING;
        return n < parameters->pairs_figure ? ASSOCIATION_SHOW_POINTS : ASSOCIATION_SHOW_FIGURE;
}

int association_of(const double *load, const double *pain, size_t n_weeks, size_t lag_weeks,
                   const AssociationParameters *parameters, Association *ret)
{
        Association result = {.tau_b = NAN,
                              .spearman = NAN,
                              .s = NULL_INTEGER,
                              .mc_hits = NULL_INTEGER,
                              .p_mc = NAN,
                              .exact_hits = NULL_INTEGER,
                              .exact_total = NULL_INTEGER,
                              .p_exact = NAN,
                              .circular_hits = NULL_INTEGER,
                              .p_circular = NAN,
                              .p = NAN,
                              .tau_b_differenced = NAN};
        CLEANUP(freep) double *room = calloc(3 * n_weeks + 1, sizeof(*room));
        CLEANUP(freep) size_t *weeks = calloc(n_weeks + 1, sizeof(*weeks));
        Pairs pairs;

        if (!room || !weeks)
                return -ENOMEM;
        pairs = (Pairs){.x = room, .y = room + n_weeks, .other = room + 2 * n_weeks, .week = weeks};
        result.reason = take_pairs(load, pain, n_weeks, lag_weeks, &pairs);
        result.n = pairs.n;
        result.show = may_show(pairs.n, parameters);
        if (!result.reason) {
                result.tau_b = kendall_tau_b(pairs.x, pairs.y, pairs.n);
                if (spearman_rho(pairs.x, pairs.y, pairs.n, &result.spearman) < 0)
                        return -ENOMEM;
                if (isnan(result.tau_b))
                        result.reason = "constant_series";
        }
        if (!result.reason) {
                test(&pairs, parameters, &result);
                result.tau_b_differenced = differenced(&pairs);
        }
        if (result.reason)
                result.show = ASSOCIATION_SHOW_NOTHING;
        *ret = result;
        return 0;
}

static bool is_p(double p)
{
        return p >= 0 && p <= 1;
}

void holm_adjust(const double *p, size_t n, double *ret)
{
        size_t tests = 0;

        for (size_t i = 0; i < n; i++)
                tests += is_p(p[i]);
        for (size_t i = 0; i < n; i++) {
                ret[i] = is_p(p[i]) ? 0 : (double)NAN;
                /* the largest of what the tests up to this one in order ask for */
                for (size_t j = 0; j < n && is_p(p[i]); j++) {
                        size_t before = 0;

                        if (!is_p(p[j]) || p[j] > p[i])
                                continue;
                        for (size_t k = 0; k < n; k++)
                                before += is_p(p[k]) && p[k] < p[j];
                        ret[i] = fmax(ret[i], fmin(1, (double)(tests - before) * p[j]));
                }
        }
}
