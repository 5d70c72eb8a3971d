#include "oracle.h"

#include "base/cleanup.h"
#include "daemon/measure/bridge.h"
#include "daemon/measure/plan.h"
#include "daemon/measure/stretch.h"
#include "daemon/measure/parameters.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

enum { SAMPLES_MAX = 1 << 20, LIST_MAX = 1024 };

typedef struct Signal {
        double *time_s, *lift_deg;
        size_t n;
} Signal;

static void signal_clear(Signal *signal)
{
        free(signal->time_s);
        free(signal->lift_deg);
}

static int signal_read(const char *name, Signal *ret)
{
        char path[4096], line[128];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", oracle_directory, name);
        file = fopen(path, "re");
        if (!file)
                return -ENOENT;
        ret->time_s = calloc(SAMPLES_MAX, sizeof(double));
        ret->lift_deg = calloc(SAMPLES_MAX, sizeof(double));
        while (ret->time_s && ret->lift_deg && ret->n < SAMPLES_MAX && fgets(line, sizeof(line), file)) {
                if (sscanf(line, "%lf,%lf", &ret->time_s[ret->n], &ret->lift_deg[ret->n]) == 2)
                        ret->n++;
        }
        fclose(file);
        return 0;
}

static void take_parameter(const cJSON *in, const char *key, double *ret)
{
        if (!isnan(oracle_real(in, key)))
                *ret = oracle_real(in, key);
}

static cJSON *run_bridge(const cJSON *in)
{
        BridgeParameters parameters = measure_defaults.bridge;
        CLEANUP(signal_clear) Signal signal = {0};
        CLEANUP(freep) BridgeRepetition *list = calloc(LIST_MAX, sizeof(*list));
        cJSON *out, *detail;
        Bridges bridges;

        if (!list || signal_read(oracle_text(in, "csv"), &signal) < 0)
                return NULL;
        take_parameter(in, "fs", &parameters.sample_hz);
        take_parameter(in, "hi_deg", &parameters.lift_deg);
        take_parameter(in, "lo_deg", &parameters.return_deg);
        take_parameter(in, "min_s", &parameters.duration_min_s);
        take_parameter(in, "max_s", &parameters.duration_max_s);
        bridges = bridge_repetitions(signal.lift_deg, signal.n, &parameters, list, LIST_MAX);
        out = cJSON_CreateObject();
        oracle_put_integer(out, "reps", bridges.n);
        detail = cJSON_AddArrayToObject(out, "detail");
        for (int64_t i = 0; i < bridges.n && i < LIST_MAX; i++) {
                cJSON *one = cJSON_CreateObject();

                oracle_put(one, "start_s", signal.time_s[list[i].from]);
                oracle_put(one, "end_s", signal.time_s[list[i].to]);
                oracle_put(one, "peak_deg", list[i].peak_deg);
                oracle_put(one, "above_hi_to_lo_s", list[i].duration_s);
                oracle_put(one, "hold_s", list[i].hold_s);
                cJSON_AddItemToArray(detail, one);
        }
        cJSON_AddBoolToObject(out, "open_at_end", bridges.open_at_end);
        return out;
}

static cJSON *run_holds(const cJSON *in)
{
        StretchParameters parameters = measure_defaults.stretch;
        size_t n;
        CLEANUP(freep) double *posture = oracle_reals(oracle_at(in, "posture_ok_1hz"), &n);
        CLEANUP(freep) bool *in_posture = calloc(n + 1, sizeof(*in_posture));
        CLEANUP(freep) StretchHold *list = calloc(n + 1, sizeof(*list));
        cJSON *out, *holds, *too_short;
        Stretches stretches;

        if (!in_posture || !list)
                return NULL;
        for (size_t i = 0; i < n; i++)
                in_posture[i] = posture[i] > 0 || cJSON_IsTrue(cJSON_GetArrayItem(oracle_at(in, "posture_ok_1hz"), (int)i));
        take_parameter(in, "min_s", &parameters.hold_min_s);
        take_parameter(in, "gap_s", &parameters.gap_max_s);
        stretches = stretch_holds(in_posture, n, &parameters, list, n);
        out = cJSON_CreateObject();
        holds = cJSON_AddArrayToObject(out, "holds_s");
        too_short = cJSON_AddArrayToObject(out, "short_s");
        for (size_t i = 0; i < stretches.n; i++)
                cJSON_AddItemToArray(list[i].credited ? holds : too_short, cJSON_CreateNumber(list[i].hold_s));
        oracle_put_integer(out, "credited", stretches.credited);
        oracle_put(out, "total_hold_s", stretches.total_s);
        return out;
}

/* 1, 0 and null as JSON writes them. */
static void put_verdict(cJSON *out, const char *key, int64_t verdict)
{
        if (verdict == NULL_INTEGER)
                cJSON_AddNullToObject(out, key);
        else
                cJSON_AddBoolToObject(out, key, verdict == 1);
}

static cJSON *run_posture(const cJSON *in)
{
        StretchPosture posture = {
                .front_flexion_deg = oracle_real(in, "front_thigh_flexion_deg"),
                .rear_extension_deg = oracle_real(in, "rear_thigh_extension_deg"),
                .sacrum_pitch_deg = oracle_real(in, "sacrum_pitch_rel_standing_deg"),
                .gyro_rms_dps = oracle_real(in, "gyro_rms_dps"),
        };
        cJSON *out = cJSON_CreateObject();

        put_verdict(out, "ok", stretch_posture(&posture, &measure_defaults.stretch));
        return out;
}

static cJSON *run_credit(const cJSON *in)
{
        PlanParameters parameters = measure_defaults.plan;
        PlanItem items[] = {
                {oracle_real(in, "bridge_reps_done"), oracle_real(in, "bridge_reps_prescribed")},
                {oracle_real(in, "hold_s_done"), oracle_real(in, "hold_s_prescribed")},
        };
        cJSON *out = cJSON_CreateObject();

        take_parameter(in, "threshold", &parameters.credit_share);
        oracle_put(out, "bridge", plan_item_share(items[0]));
        oracle_put(out, "stretch", plan_item_share(items[1]));
        put_verdict(out, "session_counts", plan_session_counts(items, ARRAY_SIZE(items), &parameters));
        return out;
}

/* A prong the case does not name is none of the plan, and an event it does not count is none. */
static double number_or_zero(const cJSON *object, const char *key)
{
        return oracle_at(object, key) ? oracle_real(object, key) : 0;
}

static void put_names(cJSON *out, const char *key, const Prong *prongs, size_t n)
{
        cJSON *list = cJSON_AddArrayToObject(out, key);

        for (size_t i = 0; i < n; i++)
                cJSON_AddItemToArray(list, cJSON_CreateString(prong_name(prongs[i])));
}

static cJSON *run_prongs(const cJSON *in)
{
        double days = oracle_real(in, "days_since_start");
        double weeks = oracle_at(in, "window_weeks") ? oracle_real(in, "window_weeks") : measure_defaults.plan.window_weeks;
        ProngPlan plan[PRONG_COUNT];
        cJSON *out = cJSON_CreateObject(), *list = cJSON_AddObjectToObject(out, "prongs");
        PlanAdherence adherence;

        for (Prong prong = 0; prong < PRONG_COUNT; prong++) {
                plan[prong].per_week = number_or_zero(oracle_at(in, "plan_per_week"), prong_name(prong));
                plan[prong].done = number_or_zero(oracle_at(in, "done_in_window"), prong_name(prong));
        }
        plan_adherence(plan, weeks, isnan(days) ? NULL_INTEGER : (int64_t)days, &measure_defaults.plan, &adherence);
        for (Prong prong = 0; prong < PRONG_COUNT; prong++) {
                cJSON *one = cJSON_AddObjectToObject(list, prong_name(prong));

                oracle_put(one, "expected", adherence.prongs[prong].expected);
                oracle_put(one, "done", adherence.prongs[prong].done);
                oracle_put(one, "adherence", adherence.prongs[prong].adherence);
                oracle_put_text(one, "status", prong_status_name(adherence.prongs[prong].status));
        }
        put_names(out, "missing_prongs", adherence.missing, adherence.n_missing);
        put_names(out, "not_planned_prongs", adherence.not_planned, adherence.n_not_planned);
        oracle_put_text(out, "nutrition", prong_status_name(adherence.prongs[PRONG_NUTRITION].status));
        put_verdict(out, "plan_complete", adherence.complete);
        return out;
}

const OracleFunction oracle_exercise[] = {
        {"bridge_reps", run_bridge},
        {"stretch_holds", run_holds},
        {"stretch_posture", run_posture},
        {"exercise_session_credit", run_credit},
        {"prong_adherence", run_prongs},
        {0},
};
