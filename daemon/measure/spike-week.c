#include "daemon/measure/spike-week.h"

#include "daemon/measure/rounded.h"
#include "daemon/measure/spike.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define STRIDE_LENGTH_ERROR 0.022 /* m of a stride; the strides' bias, not their scatter */
#define SCALE 1000                /* a sum of impacts as an integer: thousandths of 1 g */

/* One run's quantity, NULL_INTEGER: not measured. */
typedef int64_t (*Quantity)(const Run *run);

static int64_t steps_of(const Run *run)
{
        return rounded_whole(run->steps_1000);
}

static int64_t distance_of(const Run *run)
{
        return rounded_whole(run->distance_mm);
}

/* Of both feet: one foot alone is another quantity, not a smaller one. */
static int64_t impacts_of(const Run *run)
{
        if (isnan(run->left_impact_sum_g) || isnan(run->right_impact_sum_g))
                return NULL_INTEGER;
        return llround((run->left_impact_sum_g + run->right_impact_sum_g) * SCALE);
}

typedef struct Worst {
        size_t n; /* runs of the week that have a reference */
        size_t n_measured;
        int64_t value; /* NULL_INTEGER: no run has one */
        int64_t reference;
        const SpikeBand *band;
} Worst;

/* Bands lie in one array, worse ones later; a run with a reference comes before one without. */
static bool is_worse(const Spike *spike, int64_t value, const Worst *worst)
{
        if (worst->value == NULL_INTEGER)
                return true;
        if (!spike->band || !worst->band)
                return spike->band ? true : !worst->band && value > worst->value;
        return spike->band > worst->band || (spike->band == worst->band && value > worst->value);
}

static int find_worst(const WeekInput *input, int32_t window_days, Quantity quantity, Worst *ret)
{
        CLEANUP(freep) SpikeRun *runs = calloc(input->n_runs + 1, sizeof(*runs));

        if (!runs)
                return -ENOMEM;
        *ret = (Worst){.value = NULL_INTEGER, .reference = NULL_INTEGER};
        for (size_t i = 0; i < input->n_runs; i++)
                runs[i] = (SpikeRun){.day = input->runs[i].day,
                                     .distance_m = quantity(&input->runs[i].run)};
        for (size_t i = 0; i < input->n_runs; i++) {
                Spike spike;

                if (!input->runs[i].in_week || runs[i].distance_m == NULL_INTEGER)
                        continue;
                spike = spike_of(runs, i, window_days);
                ret->n += spike.band != NULL;
                ret->n_measured++;
                if (!is_worse(&spike, runs[i].distance_m, ret))
                        continue;
                ret->value = runs[i].distance_m;
                ret->reference = spike.reference_m;
                ret->band = spike.band;
        }
        return 0;
}

static double ratio_of(const Worst *worst)
{
        return worst->band ? (double)worst->value / (double)worst->reference : NULL_REAL;
}

static void explain(const Worst *worst, const char *path, const char *missing, Week *week)
{
        if (!worst->band)
                reasons_add(&week->reasons, path,
                            worst->value == NULL_INTEGER ? missing : "no_reference");
}

int spike_week(const WeekInput *input, const MeasureParameters *parameters, Week *week)
{
        WeekSpike *spike = &week->spike;
        Worst distance, impacts, steps;
        int32_t days = parameters->spike_window_days;
        int r = find_worst(input, days, distance_of, &distance);

        if (r >= 0)
                r = find_worst(input, days, impacts_of, &impacts);
        if (r >= 0)
                r = find_worst(input, days, steps_of, &steps);
        if (r < 0)
                return r;
        if (week->load_runs == NULL_INTEGER || week->load_runs == 0) {
                reasons_add(&week->reasons, "spike", "no_run");
                return 0;
        }
        spike->head.n = (int64_t)distance.n;
        spike->head.coverage = (double)distance.n / (double)week->load_runs;
        spike->head.error = distance.value == NULL_INTEGER
                                    ? NULL_REAL
                                    : STRIDE_LENGTH_ERROR * (double)distance.value;
        spike->distance_ratio = ratio_of(&distance);
        explain(&distance, "spike.distance", "no_speed", week);
        if (impacts.value != NULL_INTEGER)
                spike->impacts_g = (double)impacts.value / SCALE;
        if (impacts.band) {
                spike->impacts_reference_g = (double)impacts.reference / SCALE;
                (void)text_copy(spike->impacts_band, sizeof(spike->impacts_band), impacts.band->name);
        }
        spike->impacts_ratio = ratio_of(&impacts);
        explain(&impacts, "spike.impacts", "no_foot_pods", week);
        spike->steps = steps.value;
        if (steps.band) {
                spike->steps_reference = steps.reference;
                (void)text_copy(spike->steps_band, sizeof(spike->steps_band), steps.band->name);
        }
        spike->steps_ratio = ratio_of(&steps);
        explain(&steps, "spike.steps", "no_cadence", week);
        codes_none(spike->extrapolated);
        (void)codes_add(spike->extrapolated, sizeof(spike->extrapolated), "impacts"); /* they fit */
        (void)codes_add(spike->extrapolated, sizeof(spike->extrapolated), "steps");
        if (isnan(spike->head.error))
                reasons_add(&week->reasons, "spike.error", "no_speed");
        return 0;
}
