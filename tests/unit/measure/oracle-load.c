#include "oracle.h"

#include "daemon/measure/feet.h"
#include "daemon/measure/spike.h"
#include "proto/fields.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static cJSON *run_steps(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        size_t left = (size_t)oracle_real(in, "left_strides"), right = (size_t)oracle_real(in, "right_strides");

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
        static const char *const sides[] = {"left", "right"};
        double total = 0;

        for (size_t side = 0; side < 2; side++) {
                char key[32];
                const cJSON *peaks, *peak;
                double *list, sum;
                size_t n = 0;

                snprintf(key, sizeof(key), "peaks_g_%s", sides[side]);
                peaks = oracle_at(in, key);
                list = calloc((size_t)cJSON_GetArraySize(peaks) + 1, sizeof(*list));
                cJSON_ArrayForEach(peak, peaks)
                        list[n++] = peak->valuedouble;
                sum = impact_sum(list, n, oracle_real(in, "k"));
                free(list);
                oracle_put(out, sides[side], sum);
                total += sum;
        }
        oracle_put(out, "total", total);
        return out;
}

static cJSON *run_spike(const cJSON *in)
{
        const cJSON *sessions = oracle_at(in, "sessions"), *session;
        SpikeRun *runs = calloc((size_t)cJSON_GetArraySize(sessions) + 1, sizeof(*runs));
        cJSON *out = cJSON_CreateArray();
        size_t n = 0;

        cJSON_ArrayForEach(session, sessions) {
                runs[n++] = (SpikeRun){
                        .day = oracle_day(cJSON_GetArrayItem(session, 0)->valuestring),
                        .distance_m = (int64_t)cJSON_GetArrayItem(session, 1)->valuedouble};
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

const OracleFunction oracle_load[] = {
        {"steps", run_steps},
        {"merge_feet_distance", run_merge},
        {"cumulative_impact", run_impact},
        {"session_spike", run_spike},
        {0},
};
