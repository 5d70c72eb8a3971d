#include "daemon/measure/spike-groups.h"

#include "daemon/measure/rounded.h"
#include "daemon/measure/spike.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define STRIDE_BIAS_M 0.022 /* of a foot pod's stride length: PMC6308955 */
#define SCALE         1000  /* a sum of impacts as an integer: thousandths of 1 g */

/* ---- by what: one row each ---- */

/* Compared by whole metres, whole steps. */
static double whole(int64_t thousandths)
{
        return thousandths == NULL_INTEGER ? NULL_REAL : (double)rounded_whole(thousandths);
}

static double steps_of(const Run *run)
{
        return whole(run->steps_1000);
}

static double distance_of(const Run *run)
{
        return whole(run->distance_mm);
}

static double impacts_of(const Run *run)
{
        return run->left_impact_sum_g + run->right_impact_sum_g;
}

static const struct By {
        double (*quantity)(const Run *run); /* NAN: not measured */
        double scale;
        size_t of_run, of_week; /* offsets of SpikeBy */
        const char *path, *missing;
} bys[] = {
        {distance_of, 1, offsetof(RunSpike, distance), offsetof(WeekSpike, distance),
         "spike.distance", "no_speed"},
        {impacts_of, SCALE, offsetof(RunSpike, impacts), offsetof(WeekSpike, impacts),
         "spike.impacts", "no_foot_pods"},
        {steps_of, 1, offsetof(RunSpike, steps), offsetof(WeekSpike, steps), "spike.steps",
         "no_cadence"},
};

static const SpikeBy nothing = {NULL_REAL, NULL_REAL, NULL_REAL, ""};

static SpikeRun *dated(const WeekRun *runs, size_t n, const struct By *by)
{
        SpikeRun *list = calloc(n + 1, sizeof(*list));

        for (size_t i = 0; list && i < n; i++) {
                double value = by->quantity(&runs[i].run);

                list[i] = (SpikeRun){.day = runs[i].day,
                                     .distance_m = isnan(value) ? NULL_INTEGER
                                                                : llround(value * by->scale)};
        }
        return list;
}

static SpikeBy judged(const SpikeRun *run, const Spike *spike, const struct By *by)
{
        SpikeBy result = nothing;

        if (run->distance_m == NULL_INTEGER)
                return result;
        result.value = (double)run->distance_m / by->scale;
        if (!spike->band)
                return result;
        result.reference = (double)spike->reference_m / by->scale;
        result.ratio = (double)run->distance_m / (double)spike->reference_m;
        (void)text_copy(result.band, sizeof(result.band), spike->band->name);
        return result;
}

static void explain(const SpikeBy *result, const struct By *by, Reasons *reasons)
{
        if (result->band[0] == '\0')
                reasons_add(reasons, by->path, isnan(result->value) ? by->missing : "no_reference");
}

static void mark_extrapolated(char *codes, size_t size)
{
        codes_none(codes);
        (void)codes_add(codes, size, "impacts"); /* both fit */
        (void)codes_add(codes, size, "steps");
}

/* Of strides that were measured one by one. */
static double error_of(const Run *run)
{
        return strcmp(run->source, "rsc") == 0 ? NULL_REAL : STRIDE_BIAS_M * run->steps / 2;
}

/* ---- a run ---- */

int spike_run(const WeekRun *runs, size_t at, const MeasureParameters *parameters, Run *run)
{
        reasons_drop(&run->reasons, "spike");
        for (size_t i = 0; i < ARRAY_SIZE(bys); i++) {
                CLEANUP(freep) SpikeRun *list = dated(runs, at + 1, &bys[i]);
                SpikeBy *result = (SpikeBy *)((char *)&run->spike + bys[i].of_run);
                Spike spike;

                if (!list)
                        return -ENOMEM;
                spike = spike_of(list, at, parameters->spike_window_days);
                *result = judged(&list[at], &spike, &bys[i]);
                explain(result, &bys[i], &run->reasons);
        }
        run->spike.head.n = run->spike.distance.band[0] != '\0';
        run->spike.head.coverage = (double)run->spike.head.n;
        run->spike.head.error = error_of(run);
        if (isnan(run->spike.head.error))
                reasons_add(&run->reasons, "spike.error", "not_known");
        mark_extrapolated(run->spike.extrapolated, sizeof(run->spike.extrapolated));
        return 0;
}

/* ---- a week ---- */

typedef struct Worst {
        size_t n;  /* runs of the week that have a reference */
        size_t at; /* SIZE_MAX: no run has a value */
        Spike spike;
} Worst;

/* Bands lie in one array, worse ones later; a run with a reference comes before one without. */
static bool is_worse(const Spike *spike, int64_t value, const SpikeRun *list, const Worst *worst)
{
        if (worst->at == SIZE_MAX)
                return true;
        if (!spike->band || !worst->spike.band)
                return spike->band ? true
                                   : !worst->spike.band && value > list[worst->at].distance_m;
        return spike->band > worst->spike.band ||
               (spike->band == worst->spike.band && value > list[worst->at].distance_m);
}

static Worst find_worst(const WeekInput *input, const SpikeRun *list, int32_t window_days)
{
        Worst worst = {.at = SIZE_MAX};

        for (size_t i = 0; i < input->n_runs; i++) {
                Spike spike;

                if (!input->runs[i].in_week || list[i].distance_m == NULL_INTEGER)
                        continue;
                spike = spike_of(list, i, window_days);
                worst.n += spike.band != NULL;
                if (!is_worse(&spike, list[i].distance_m, list, &worst))
                        continue;
                worst.at = i;
                worst.spike = spike;
        }
        return worst;
}

int spike_week(const WeekInput *input, const MeasureParameters *parameters, Week *week)
{
        WeekSpike *group = &week->spike;

        if (week->load_runs == NULL_INTEGER || week->load_runs == 0) {
                reasons_add(&week->reasons, "spike", "no_run");
                return 0;
        }
        for (size_t i = 0; i < ARRAY_SIZE(bys); i++) {
                CLEANUP(freep) SpikeRun *list = dated(input->runs, input->n_runs, &bys[i]);
                SpikeBy *result = (SpikeBy *)((char *)group + bys[i].of_week);
                Worst worst;

                if (!list)
                        return -ENOMEM;
                worst = find_worst(input, list, parameters->spike_window_days);
                *result = worst.at == SIZE_MAX ? nothing
                                               : judged(&list[worst.at], &worst.spike, &bys[i]);
                explain(result, &bys[i], &week->reasons);
                if (i > 0)
                        continue;
                group->head.n = (int64_t)worst.n;
                group->head.coverage = (double)worst.n / (double)week->load_runs;
                if (worst.at != SIZE_MAX)
                        group->head.error = error_of(&input->runs[worst.at].run);
        }
        if (isnan(group->head.error))
                reasons_add(&week->reasons, "spike.error", "not_known");
        mark_extrapolated(group->extrapolated, sizeof(group->extrapolated));
        return 0;
}
