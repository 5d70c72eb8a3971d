#include "daemon/measure/week.h"

#include "daemon/measure/rounded.h"
#include "daemon/measure/spike.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* null + x = x: a side that no run measured stays null. */
static void add_integer(int64_t *sum, int64_t value)
{
        if (value != NULL_INTEGER)
                *sum = *sum == NULL_INTEGER ? value : *sum + value;
}

static void add_real(double *sum, double value)
{
        if (!isnan(value))
                *sum = isnan(*sum) ? value : *sum + value;
}

static void explain_null(Week *week, const char *path, const char *code)
{
        if (field_is_null(fields_find(&week_fields, path), week))
                reasons_add(&week->reasons, path, code);
}

static void set_without_runs(const char *empty, Week *week)
{
        static const char *const paths[] = {
                "load.distance_m", "load.duration_s", "load.steps", "load.runs",
        };

        (void)text_copy(week->empty, sizeof(week->empty), empty);
        if (strcmp(empty, "did_not_run") == 0) {
                week->load_distance_m = week->load_steps = 0;
                week->load_duration_s = week->load_runs = 0;
        }
        for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
                explain_null(week, paths[i], empty);
        explain_null(week, "load.source", "no_run");
        explain_null(week, "coverage", "no_run");
        explain_null(week, "load.left.steps", "no_run");
        explain_null(week, "load.left.impact_sum_g", "no_run");
        explain_null(week, "load.right.steps", "no_run");
        explain_null(week, "load.right.impact_sum_g", "no_run");
        explain_null(week, "longest_run.distance_m", "no_run");
        explain_null(week, "longest_run.reference_m", "no_run");
        explain_null(week, "longest_run.band", "no_run");
}

/* What is added up before it is rounded, or weighed. */
typedef struct Sums {
        int64_t distance_mm;
        int64_t steps_1000;
        double covered_s;
        double covered_of_s;
} Sums;

static void add_run(const Run *run, Sums *sums, Week *week)
{
        add_integer(&sums->distance_mm, run->distance_mm);
        add_integer(&sums->steps_1000, run->steps_1000);
        add_integer(&week->load_duration_s, run->duration_s);
        add_integer(&week->load_runs, 1);
        add_integer(&week->left_steps, run->left_steps);
        add_real(&week->left_impact_sum_g, run->left_impact_sum_g);
        add_integer(&week->right_steps, run->right_steps);
        add_real(&week->right_impact_sum_g, run->right_impact_sum_g);
        if (!isnan(run->coverage)) {
                sums->covered_s += run->coverage * (double)run->duration_s;
                sums->covered_of_s += (double)run->duration_s;
        }
        if (week->load_source[0] == '\0')
                (void)text_copy(week->load_source, sizeof(week->load_source), run->source);
        else if (strcmp(week->load_source, run->source) != 0)
                (void)text_copy(week->load_source, sizeof(week->load_source), "mixed");
}

static void set_load(const WeekInput *input, Week *week)
{
        Sums sums = {.distance_mm = NULL_INTEGER, .steps_1000 = NULL_INTEGER};

        for (size_t i = 0; i < input->n_runs; i++) {
                if (input->runs[i].in_week)
                        add_run(&input->runs[i].run, &sums, week);
        }
        week->load_distance_m = rounded(sums.distance_mm);
        week->load_steps = rounded(sums.steps_1000);
        if (sums.covered_of_s > 0)
                sums.covered_of_s += input->lost_s;
        if (sums.covered_of_s > 0)
                week->coverage = sums.covered_s / sums.covered_of_s;
        explain_null(week, "coverage", "not_known");
        explain_null(week, "load.distance_m", "no_speed");
        explain_null(week, "load.steps", "no_cadence");
        explain_null(week, "load.left.steps", "no_foot_pod");
        explain_null(week, "load.left.impact_sum_g", "no_foot_pod");
        explain_null(week, "load.right.steps", "no_foot_pod");
        explain_null(week, "load.right.impact_sum_g", "no_foot_pod");
}

/* The run with the worst band, of equal ones the longest; without any reference the longest. */
static int set_longest(const WeekInput *input, int32_t window_days, Week *week)
{
        CLEANUP(freep) SpikeRun *runs = calloc(input->n_runs + 1, sizeof(*runs));
        const SpikeBand *worst = NULL;

        if (!runs)
                return -ENOMEM;
        for (size_t i = 0; i < input->n_runs; i++)
                runs[i] = (SpikeRun){.day = input->runs[i].day,
                                     .distance_m = rounded_whole(input->runs[i].run.distance_mm)};
        for (size_t i = 0; i < input->n_runs; i++) {
                Spike spike;

                if (!input->runs[i].in_week || runs[i].distance_m == NULL_INTEGER)
                        continue;
                spike = spike_of(runs, i, window_days);
                /* bands lie in one array, worse ones later */
                if (week->longest_distance_m != NULL_INTEGER &&
                    (!spike.band ? worst || runs[i].distance_m <= week->longest_distance_m
                                 : worst && (spike.band < worst ||
                                             (spike.band == worst &&
                                              runs[i].distance_m <= week->longest_distance_m))))
                        continue;
                worst = spike.band;
                week->longest_distance_m = runs[i].distance_m;
                week->longest_reference_m = spike.reference_m;
                (void)text_copy(week->longest_band, sizeof(week->longest_band),
                                worst ? worst->name : "");
        }
        explain_null(week, "longest_run.distance_m", "no_speed");
        explain_null(week, "longest_run.reference_m", "no_reference");
        explain_null(week, "longest_run.band", "no_reference");
        return 0;
}

static void set_pain(const WeekInput *input, const MeasureParameters *parameters, Week *week)
{
        PainWeek pain = pain_week(input->pain, input->n_pain, input->monday,
                                  parameters->pain_complete_days);

        week->pain_mean = pain.mean;
        week->pain_max = pain.max;
        week->pain_entry_days = pain.entry_days;
        week->pain_entries = pain.entries;
        week->pain_days = pain.entries > 0 ? pain.days_with_pain : NULL_INTEGER;
        explain_null(week, "pain.mean", "no_entries");
        explain_null(week, "pain.max", "no_entries");
        explain_null(week, "pain.days", "no_entries");
}

int week_measure(const WeekInput *input, const MeasureParameters *parameters, Week *week)
{
        bool has_run = false;
        int r = 0;

        week->reasons.n = 0;
        for (size_t i = 0; i < input->n_runs; i++)
                has_run = has_run || input->runs[i].in_week;
        if (has_run) {
                set_load(input, week);
                r = set_longest(input, parameters->spike_window_days, week);
        } else {
                set_without_runs(input->empty, week);
        }
        set_pain(input, parameters, week);
        return r;
}
