#include "oracle.h"

#include "daemon/measure/acwr.h"
#include "daemon/measure/bone-stimulus.h"
#include "daemon/measure/feet.h"
#include "daemon/measure/internal-load.h"
#include "daemon/measure/load-week.h"
#include "daemon/measure/spike.h"
#include "proto/fields.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* null: no pod on that foot. */
static size_t count_of(const cJSON *in, const char *key)
{
        double count = oracle_real(in, key);

        return count > 0 ? (size_t)count : 0;
}

static cJSON *run_steps(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        size_t left = count_of(in, "left_strides"), right = count_of(in, "right_strides");

        oracle_put(out, "steps_both", (double)feet_steps(left, right));
        oracle_put(out, "steps_if_left_only_estimated", (double)feet_steps(left, 0));
        return out;
}

static cJSON *run_merge(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        double distance_m;
        const char *source = feet_merge_distance(
                (FootLoad){oracle_real(in, "left_m"), oracle_real(in, "left_coverage")},
                (FootLoad){oracle_real(in, "right_m"), oracle_real(in, "right_coverage")}, oracle_real(in, "min_coverage"),
                &distance_m);

        oracle_put(out, "distance_m", distance_m);
        cJSON_AddStringToObject(out, "source", source);
        return out;
}

static cJSON *run_impact(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        size_t n_left, n_right;
        double *left = oracle_reals(oracle_at(in, "peaks_g_left"), &n_left);
        double *right = oracle_reals(oracle_at(in, "peaks_g_right"), &n_right);
        double of_left = impact_sum(left, n_left, oracle_real(in, "k"));
        double of_right = impact_sum(right, n_right, oracle_real(in, "k"));

        oracle_put(out, "left", of_left);
        oracle_put(out, "right", of_right);
        oracle_put(out, "total", of_left + of_right);
        free(left);
        free(right);
        return out;
}

static cJSON *run_spike(const cJSON *in)
{
        const cJSON *sessions = oracle_at(in, "sessions"), *session;
        SpikeRun *runs = calloc((size_t)cJSON_GetArraySize(sessions) + 1, sizeof(*runs));
        cJSON *out = cJSON_CreateArray();
        size_t n = 0;

        cJSON_ArrayForEach(session, sessions) {
                const cJSON *distance = cJSON_GetArrayItem(session, 1);

                runs[n++] = (SpikeRun){
                        .day = oracle_day(cJSON_GetArrayItem(session, 0)->valuestring),
                        .distance_m = cJSON_IsNumber(distance) ? (int64_t)distance->valuedouble
                                                               : NULL_INTEGER};
        }
        for (size_t i = 0; i < n; i++) {
                Spike spike = spike_of(runs, i, (int32_t)oracle_real(in, "window_days"));
                cJSON *one = cJSON_CreateObject();

                oracle_put(one, "ref_m", spike.band ? (double)spike.reference_m : (double)NAN);
                oracle_put(one, "pct", spike.band ? 100.0 * (double)(runs[i].distance_m - spike.reference_m) /
                                                     (double)spike.reference_m
                                           : (double)NAN);
                cJSON_AddStringToObject(one, "band", spike.band ? spike.band->name : "no_reference");
                oracle_put(one, "hrr", spike.band ? spike.band->hazard_rate_ratio : (double)NAN);
                if (spike.band && spike.band->ratio_low > 0) {
                        cJSON *interval = cJSON_AddArrayToObject(one, "ci");

                        cJSON_AddItemToArray(interval, cJSON_CreateNumber(spike.band->ratio_low));
                        cJSON_AddItemToArray(interval, cJSON_CreateNumber(spike.band->ratio_high));
                } else {
                        cJSON_AddNullToObject(one, "ci");
                }
                cJSON_AddItemToArray(out, one);
        }
        free(runs);
        return out;
}

static cJSON *run_stimulus(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        double m = oracle_real(in, "m");
        const char *reason;
        size_t n;
        double *peaks_g = oracle_reals(oracle_at(in, "peaks_g"), &n);

        oracle_put(out, "dls", bone_stimulus(bone_stimulus_sum(peaks_g, n, m), m, &reason));
        free(peaks_g);
        return out;
}

static cJSON *run_stimulus_of_sessions(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        const cJSON *session;
        const char *reason;
        double m = oracle_real(in, "m"), of_day = 0;
        char key[24];
        int i = 0;

        cJSON_ArrayForEach(session, oracle_at(in, "sessions")) {
                double peak_g = oracle_real(session, "peak_g"), n = oracle_real(session, "n");

                of_day = bone_stimulus_add(of_day, peak_g, n, m);
                snprintf(key, sizeof(key), "dls_s%d", ++i);
                oracle_put(out, key, bone_stimulus(bone_stimulus_add(0, peak_g, n, m), m, &reason));
        }
        oracle_put(out, "dls_day", bone_stimulus(of_day, m, &reason));
        return out;
}

/* Foster's week and its sum are one function of ours, seen from two sides. */
static cJSON *run_week(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        size_t n;
        double *days = oracle_reals(oracle_at(in, "daily_load_AU"), &n);
        LoadWeek week = load_week(days, n, &foster_defaults);

        oracle_put(out, "known_days", (double)week.known_days);
        oracle_put(out, "sum_known", week.sum);
        cJSON_AddBoolToObject(out, "is_lower_bound", week.is_lower_bound);
        oracle_put(out, "week_load", week.is_lower_bound ? (double)NAN : week.sum);
        oracle_put(out, "mean", week.mean);
        oracle_put(out, "sd_sample", week.sd);
        oracle_put(out, "monotony", week.monotony);
        oracle_put(out, "strain", week.strain);
        oracle_put_text(out, "reason", week.reason);
        free(days);
        return out;
}

static void append(cJSON *list, double value)
{
        cJSON_AddItemToArray(list, isnan(value) ? cJSON_CreateNull() : cJSON_CreateNumber(value));
}

static cJSON *run_change(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        cJSON *deltas = cJSON_AddArrayToObject(out, "delta_km");
        cJSON *percents = cJSON_AddArrayToObject(out, "pct");
        size_t n;
        double *weeks = oracle_reals(oracle_at(in, "weeks_km"), &n);

        for (size_t i = 0; i < n; i++) {
                ComparedWeek previous = {i > 0 ? weeks[i - 1] : (double)NAN, true, false};
                LoadChange change = load_change(previous, (ComparedWeek){weeks[i], true, false});

                append(deltas, change.delta);
                append(percents, change.percent);
        }
        free(weeks);
        return out;
}

static cJSON *run_session_rpe(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        cJSON *loads = cJSON_AddArrayToObject(out, "loads_AU");
        const cJSON *sessions = oracle_at(in, "sessions"), *session;
        SessionEffort *efforts = calloc((size_t)cJSON_GetArraySize(sessions) + 1, sizeof(*efforts));
        const char *reason;
        EffortSum sum;
        size_t n = 0;

        cJSON_ArrayForEach(session, sessions) {
                efforts[n] = (SessionEffort){oracle_real(session, "rpe_cr10"), oracle_real(session, "minutes")};
                append(loads, session_rpe(efforts[n++], &reason));
        }
        sum = session_rpe_sum(efforts, n);
        oracle_put(out, "sum_known_AU", sum.known_au);
        oracle_put(out, "n_missing", (double)sum.n_missing);
        free(efforts);
        return out;
}

static HeartStep *heart_steps(const cJSON *in, size_t *ret_n)
{
        size_t n_rates, n_times;
        double *rates = oracle_reals(oracle_at(in, "hr_bpm"), &n_rates);
        double *times = oracle_reals(oracle_at(in, "dt_s"), &n_times);
        HeartStep *steps = calloc(n_rates + 1, sizeof(*steps));

        for (size_t i = 0; i < n_rates && i < n_times; i++)
                steps[i] = (HeartStep){rates[i], times[i]};
        *ret_n = n_rates < n_times ? n_rates : n_times;
        free(rates);
        free(times);
        return steps;
}

/* The cases give whole steps of minutes: no cap. */
static cJSON *run_banister(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        const char *sex = oracle_text(in, "sex");
        HeartLimits limits = {
                .rest_bpm = oracle_real(in, "hr_rest"),
                .max_bpm = oracle_real(in, "hr_max"),
                .sex = sex[0] == 'm' ? TRIMP_SEX_MALE : sex[0] == 'f' ? TRIMP_SEX_FEMALE : TRIMP_SEX_NOT_SET,
        };
        size_t n;
        HeartStep *steps = heart_steps(in, &n);
        Trimp trimp = trimp_banister(steps, n, &limits, INFINITY);

        oracle_put(out, "trimp_samplewise", trimp.points);
        oracle_put_text(out, "reason", trimp.reason);
        free(steps);
        return out;
}

static cJSON *run_edwards(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        size_t n;
        HeartStep *steps = heart_steps(in, &n);
        Trimp trimp = trimp_edwards(steps, n, oracle_real(in, "hr_max"), INFINITY);

        oracle_put(out, "trimp", trimp.points);
        oracle_put_text(out, "reason", trimp.reason);
        free(steps);
        return out;
}

static cJSON *run_acwr(const cJSON *in)
{
        cJSON *out;
        size_t n;
        double *days = oracle_reals(oracle_at(in, "daily_load"), &n);
        Acwr ratio = acwr(days, n);

        free(days);
        if (ratio.reason && strcmp(ratio.reason, "warming_up") == 0)
                return cJSON_CreateNull();
        out = cJSON_CreateObject();
        oracle_put(out, "acute_mean", ratio.acute_mean);
        oracle_put(out, "chronic_coupled_mean", ratio.chronic_coupled_mean);
        oracle_put(out, "chronic_uncoupled_mean", ratio.chronic_uncoupled_mean);
        oracle_put(out, "acwr_coupled", ratio.coupled);
        oracle_put(out, "acwr_uncoupled", ratio.uncoupled);
        oracle_put(out, "lambda_acute", ratio.lambda_acute);
        oracle_put(out, "lambda_chronic", ratio.lambda_chronic);
        oracle_put(out, "ewma_acute", ratio.ewma_acute);
        oracle_put(out, "ewma_chronic", ratio.ewma_chronic);
        oracle_put(out, "ewma_acwr", ratio.ewma);
        oracle_put_text(out, "reason", ratio.reason);
        return out;
}

const OracleFunction oracle_load[] = {
        {"steps", run_steps},
        {"merge_feet_distance", run_merge},
        {"cumulative_impact", run_impact},
        {"daily_load_stimulus", run_stimulus},
        {"daily_load_stimulus_two_sessions", run_stimulus_of_sessions},
        {"foster_week", run_week},
        {"week_sum", run_week},
        {"week_to_week", run_change},
        {"session_rpe", run_session_rpe},
        {"banister_trimp", run_banister},
        {"edwards_trimp", run_edwards},
        {"session_spike", run_spike},
        {"acwr", run_acwr},
        {0},
};
