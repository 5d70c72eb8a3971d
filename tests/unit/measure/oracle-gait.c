#include "oracle.h"
#include "oracle-expression.h"

#include "base/cleanup.h"
#include "daemon/measure/drift.h"
#include "daemon/measure/efficiency.h"
#include "daemon/measure/pelvis.h"
#include "daemon/measure/spring-mass.h"
#include "daemon/measure/stride-timing.h"
#include "daemon/measure/symmetry.h"
#include "daemon/measure/variability.h"
#include "daemon/measure/parameters.h"

#include <math.h>
#include <string.h>

static SpringMass spring_mass_of(const cJSON *in, StrideTiming *ret_timing)
{
        SpringMassParameters parameters = measure_defaults.spring_mass;
        SpringMass spring;

        stride_timing(oracle_real(in, "stride_time"), oracle_real(in, "contact_time"), oracle_real(in, "speed"),
                      ret_timing);
        if (!isnan(oracle_real(in, "g")))
                parameters.gravity_mps2 = oracle_real(in, "g");
        spring_mass(&(SpringMassInput){.contact_time_s = oracle_real(in, "contact_time"),
                                       .flight_time_s = ret_timing->flight_time_s,
                                       .mass_kg = oracle_real(in, "mass"),
                                       .leg_length_m = oracle_real(in, "leg_length"),
                                       .speed_mps = oracle_real(in, "speed"),
                                       .grade_pct = oracle_real(in, "grade_pct")},
                    &parameters, &spring);
        return spring;
}

static cJSON *run_stride(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        StrideTiming timing;
        SpringMass spring = spring_mass_of(in, &timing);

        oracle_put(out, "cadence_spm", timing.cadence_spm);
        oracle_put(out, "stride_rate_per_min", timing.stride_rate_per_min);
        oracle_put(out, "step_time", timing.step_time_s);
        oracle_put(out, "swing_time", timing.swing_time_s);
        oracle_put(out, "duty_factor", timing.duty_factor);
        oracle_put(out, "flight_time", timing.flight_time_s);
        if (timing.aerial == NULL_INTEGER)
                cJSON_AddNullToObject(out, "aerial");
        else
                cJSON_AddBoolToObject(out, "aerial", timing.aerial == 1);
        oracle_put(out, "stride_length", timing.stride_length_m);
        oracle_put(out, "step_length", timing.step_length_m);
        oracle_put(out, "F_max_N", spring.force_max_n);
        oracle_put(out, "F_max_bw", spring.force_max_bw);
        oracle_put(out, "dy", spring.sinking_m);
        oracle_put(out, "dL", spring.compression_m);
        oracle_put(out, "k_vert_N_m", spring.vertical_stiffness_n_m);
        oracle_put(out, "k_leg_N_m", spring.leg_stiffness_n_m);
        oracle_put(out, "flight_rise", spring.flight_rise_m);
        oracle_put(out, "vertical_oscillation_model", spring.oscillation_m);
        return out;
}

/* The oracle integrated the half sine of force; the daemon has the closed form. */
static cJSON *run_sinking(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        StrideTiming timing;

        oracle_put(out, "dy_by_integration", spring_mass_of(in, &timing).sinking_m);
        return out;
}

static cJSON *run_symmetry(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        Symmetry symmetry;

        symmetry_of(oracle_real(in, "left"), oracle_real(in, "right"), &symmetry);
        oracle_put(out, "SI_pct", symmetry.index_pct);
        oracle_put(out, "SA_pct", symmetry.angle_pct);
        oracle_put(out, "left_share_pct", symmetry.left_share_pct);
        return out;
}

/* The oracle's function has no least number of strides unless a case names one. */
static cJSON *run_variability(const cJSON *in)
{
        VariabilityParameters parameters = {.mad_k = measure_defaults.variability.mad_k};
        size_t n;
        CLEANUP(freep) double *times = oracle_reals(oracle_at(in, "stride_times"), &n);
        Variability variability;
        cJSON *out;

        if (!isnan(oracle_real(in, "mad_k")))
                parameters.mad_k = oracle_real(in, "mad_k");
        if (oracle_real(in, "min_strides") > 0)
                parameters.strides_min = (size_t)oracle_real(in, "min_strides");
        if (variability_of(times, n, &parameters, &variability) < 0)
                return NULL;
        out = cJSON_CreateObject();
        oracle_put(out, "n_kept", (double)variability.n_kept);
        oracle_put(out, "mean", variability.mean);
        oracle_put(out, "sd", variability.sd);
        oracle_put(out, "cv_pct", variability.cv_pct);
        return out;
}

static const double *channel(const cJSON *in, const char *key, double **own, size_t *n)
{
        size_t length;

        if (!cJSON_IsArray(oracle_at(in, key)))
                return NULL;
        *own = oracle_reals(oracle_at(in, key), &length);
        *n = length < *n ? length : *n;
        return *own;
}

static cJSON *run_pelvis(const cJSON *in)
{
        CLEANUP(freep) double *sacrum = NULL;
        CLEANUP(freep) double *t12 = NULL;
        CLEANUP(freep) double *thigh = NULL;
        CLEANUP(freep) double *roll = NULL;
        CLEANUP(freep) double *yaw = NULL;
        const char *side = oracle_at(in, "thigh_pitch_left") ? "thigh_pitch_left" : "thigh_pitch_right";
        const cJSON *neutral = oracle_at(in, "neutral");
        Standing standing = {oracle_real(neutral, "sacrum"), oracle_real(neutral, "t12"),
                             oracle_real(neutral, "thigh")};
        PelvisStride stride = {.n = SIZE_MAX};
        cJSON *out = cJSON_CreateObject();
        PelvisCycle cycle;

        stride.sacrum_pitch_deg = channel(in, "sacrum_pitch", &sacrum, &stride.n);
        stride.t12_pitch_deg = channel(in, "t12_pitch", &t12, &stride.n);
        stride.thigh_pitch_deg = channel(in, side, &thigh, &stride.n);
        stride.obliquity_deg = channel(in, "obliquity", &roll, &stride.n);
        stride.rotation_deg = channel(in, "rotation", &yaw, &stride.n);
        pelvis_cycle(&stride, &standing, &cycle);
        oracle_put(out, "tilt_mean", cycle.tilt_mean);
        oracle_put(out, "tilt_range", cycle.tilt_range);
        oracle_put(out, "obliquity_range", cycle.obliquity_range);
        oracle_put(out, "rotation_range", cycle.rotation_range);
        oracle_put(out, "lumbar_ext_mean", cycle.lumbar_mean);
        oracle_put(out, "lumbar_ext_max", cycle.lumbar_max);
        oracle_put(out, "lumbar_ext_range", cycle.lumbar_range);
        oracle_put(out, "hip_flexion_max", cycle.hip_flexion_max);
        oracle_put(out, "hip_extension_max", cycle.hip_extension_max);
        return out;
}

static cJSON *run_drop(const cJSON *in)
{
        size_t n;
        CLEANUP(freep) double *angles = oracle_reals(oracle_at(in, "contra_down_deg_during_stance"), &n);
        double contact = oracle_real(in, "ic_index");
        PelvicDrop drop = pelvic_drop(angles, n, contact >= 0 ? (size_t)contact : n);
        cJSON *out = cJSON_CreateObject();

        oracle_put(out, "peak_abs", drop.peak_deg);
        oracle_put(out, "excursion_from_ic", drop.excursion_deg);
        return out;
}

static cJSON *run_drift(const cJSON *in)
{
        const cJSON *list = oracle_at(in, cJSON_IsArray(oracle_at(in, "values")) ? "values" : "x");
        double fraction = oracle_real(in, "fraction");
        size_t n;
        CLEANUP(freep) double *values = oracle_reals(list, &n);
        Drift drift;
        cJSON *out;

        if (!list) {
                free(values);
                n = oracle_real(in, "n") > 0 ? (size_t)oracle_real(in, "n") : 0;
                values = calloc(n + 1, sizeof(*values));
                if (!values || oracle_generate(oracle_text(in, "generator"), n, values) < 0)
                        return NULL;
        }
        if (drift_of(values, n, isnan(fraction) ? measure_defaults.drift.fraction : fraction, &drift) < 0)
                return NULL;
        out = cJSON_CreateObject();
        oracle_put(out, "first_median", drift.first_median);
        oracle_put(out, "last_median", drift.last_median);
        oracle_put(out, "drift", drift.drift);
        oracle_put(out, "drift_pct", drift.drift_pct);
        oracle_put(out, "cliffs_delta", drift.cliffs_delta);
        return out;
}

static EfficiencyHalf half_of(const cJSON *half)
{
        return (EfficiencyHalf){oracle_real(half, "speed_m_s"), oracle_real(half, "hr")};
}

static cJSON *run_efficiency(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        Efficiency efficiency;

        efficiency_of(half_of(oracle_at(in, "first_half")), half_of(oracle_at(in, "second_half")), &efficiency);
        oracle_put(out, "ef_first_m_per_beat", efficiency.first_m_per_beat);
        oracle_put(out, "ef_second_m_per_beat", efficiency.second_m_per_beat);
        oracle_put(out, "decoupling_pct", efficiency.decoupling_pct);
        return out;
}

const OracleFunction oracle_gait[] = {
        {"stride_metrics", run_stride},
        {"morin_dy_check", run_sinking},
        {"symmetry", run_symmetry},
        {"stride_cv", run_variability},
        {"pelvis_cycle", run_pelvis},
        {"pelvic_drop", run_drop},
        {"fatigue_drift", run_drift},
        {"efficiency", run_efficiency},
        {0},
};
