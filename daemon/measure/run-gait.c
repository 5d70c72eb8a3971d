#include "daemon/measure/run-gait.h"

#include "daemon/measure/drift.h"
#include "daemon/measure/efficiency.h"
#include "daemon/measure/median.h"
#include "daemon/measure/peaks.h"
#include "daemon/measure/rounding.h"
#include "daemon/measure/spring-mass.h"
#include "daemon/measure/stride-timing.h"
#include "daemon/measure/symmetry.h"
#include "daemon/measure/variability.h"

#include <errno.h>
#include <math.h>
#include <string.h>

const RunGaitParameters run_gait_defaults = {.steady_share = 0.1, .heart_max_ms = 10000};

enum { PODS_MAX = 32 };

/* Columns: one value a stride, NAN where it is not measured. */
typedef enum Column {
        TIME_S, /* of its contact, since the run's start */
        STRIDE_S,
        CONTACT_S,
        FLIGHT_S,
        DUTY,
        CADENCE,
        LENGTH_M,
        SPEED,
        IMPACT_G,
        FORCE_BW,
        SINKING_M,
        VERTICAL,
        LEG,
        OSCILLATION_M,
        COLUMNS
} Column;

typedef struct Strides {
        double *columns[COLUMNS];
        size_t n;
        int64_t n_clipped;
        const char *spring_reason, *leg_reason; /* of the first stride without one */
} Strides;

typedef struct Scope {
        const Activity *activity;
        const RunBody *body;
        Run *run;
        Strides feet[FOOT_COUNT];
        double *block;   /* what the columns point into */
        double *scratch; /* room for all strides */
} Scope;

static void scope_clearp(const Scope *scope)
{
        free(scope->block);
        free(scope->scratch);
}

/* ---- which strides ---- */

static bool is_of_run(const HeardStride *stride, const Run *run)
{
        return stride->utc_ms >= run->start_utc_ms && stride->utc_ms <= run->end_utc_ms &&
               stride->stride.running == 1 && stride->stride.stride_time_1024 > 0;
}

/* The pod of a foot that saw most: a second one on the same foot saw the same steps. */
static unsigned pod_of_foot(const Scope *scope, Foot foot)
{
        size_t n, counts[PODS_MAX] = {0};
        const HeardStride *strides = activity_strides(scope->activity, &n);
        unsigned best = 0;

        for (size_t i = 0; i < n; i++) {
                if (strides[i].foot == foot && strides[i].pod < PODS_MAX &&
                    is_of_run(&strides[i], scope->run))
                        counts[strides[i].pod]++;
        }
        for (unsigned pod = 1; pod < PODS_MAX; pod++)
                best = counts[pod] > counts[best] ? pod : best;
        return best;
}

static void add_spring(const Scope *scope, Strides *strides, const StrideTiming *timing,
                       double contact_s, double speed)
{
        SpringMassInput input = {
                .contact_time_s = contact_s,
                .flight_time_s = timing->flight_time_s,
                .mass_kg = scope->body->mass_kg,
                .leg_length_m = spring_mass_leg_length(scope->body->height_m, &activity_parameters(scope->activity)->spring_mass),
                .speed_mps = speed,
                .grade_pct = NULL_REAL,
        };
        SpringMass spring;
        size_t i = strides->n;

        spring_mass(&input, &activity_parameters(scope->activity)->spring_mass, &spring);
        strides->columns[FORCE_BW][i] = spring.force_max_bw;
        strides->columns[SINKING_M][i] = spring.sinking_m;
        strides->columns[VERTICAL][i] = spring.vertical_stiffness_n_m / 1000;
        strides->columns[LEG][i] = spring.leg_stiffness_n_m / 1000;
        strides->columns[OSCILLATION_M][i] = spring.oscillation_m;
        if (!strides->spring_reason)
                strides->spring_reason = reasons_find(&spring.reasons, "sinking_m");
        if (!strides->leg_reason)
                strides->leg_reason = reasons_find(&spring.reasons, "leg_stiffness_n_m");
}

static double or_nan(int64_t value, double per_unit)
{
        return value == NULL_INTEGER ? NULL_REAL : (double)value / per_unit;
}

static void add_stride(const Scope *scope, Strides *strides, const HeardStride *heard)
{
        const Stride *stride = &heard->stride;
        double stride_s = (double)stride->stride_time_1024 / TICK_HZ;
        double length_m = or_nan(stride->stride_length_mm, 1000);
        StrideTiming timing;
        size_t i = strides->n;
        double contact_s = or_nan(stride->contact_time_1024, TICK_HZ);

        stride_timing(stride_s, contact_s, length_m / stride_s, &timing);
        if (isnan(timing.duty_factor)) /* none, or one that cannot be */
                contact_s = NULL_REAL;
        strides->columns[TIME_S][i] = (double)(heard->utc_ms - scope->run->start_utc_ms) / 1000;
        strides->columns[STRIDE_S][i] = stride_s;
        strides->columns[CONTACT_S][i] = contact_s;
        strides->columns[FLIGHT_S][i] = timing.flight_time_s;
        strides->columns[DUTY][i] = timing.duty_factor;
        strides->columns[CADENCE][i] = timing.cadence_spm;
        strides->columns[LENGTH_M][i] = length_m;
        strides->columns[SPEED][i] = length_m / stride_s;
        strides->columns[IMPACT_G][i] = or_nan(stride->peak_impact_mg, 1000);
        strides->n_clipped += stride->peak_impact_mg != NULL_INTEGER && stride->clipped == 1;
        add_spring(scope, strides, &timing, contact_s, length_m / stride_s);
        strides->n++;
}

static int gather(Scope *scope)
{
        size_t n;
        const HeardStride *strides = activity_strides(scope->activity, &n);

        scope->block = calloc(n * COLUMNS * FOOT_COUNT + 1, sizeof(double));
        scope->scratch = calloc(n + 1, sizeof(double));
        if (!scope->block || !scope->scratch)
                return -ENOMEM;
        for (Foot foot = FOOT_LEFT; foot < FOOT_COUNT; foot++) {
                unsigned pod = pod_of_foot(scope, foot);

                for (size_t c = 0; c < COLUMNS; c++)
                        scope->feet[foot].columns[c] =
                                scope->block + ((size_t)foot * COLUMNS + c) * n;
                for (size_t i = 0; i < n; i++) {
                        if (strides[i].foot == foot && strides[i].pod == pod &&
                            is_of_run(&strides[i], scope->run))
                                add_stride(scope, &scope->feet[foot], &strides[i]);
                }
        }
        return 0;
}

/* ---- medians ---- */

/* Finite values of a column, of one foot or (FOOT_COUNT) of both, into scratch. */
static size_t collect(Scope *scope, Foot foot, Column column)
{
        size_t n = 0;

        for (Foot f = FOOT_LEFT; f < FOOT_COUNT; f++) {
                for (size_t i = 0; (foot == f || foot == FOOT_COUNT) && i < scope->feet[f].n; i++) {
                        double value = scope->feet[f].columns[column][i];

                        if (isfinite(value))
                                scope->scratch[n++] = value;
                }
        }
        return n;
}

static double median_column(Scope *scope, Foot foot, Column column)
{
        size_t n = collect(scope, foot, column);

        return median_of(scope->scratch, n);
}

static void put(Run *run, double *member, const char *path, double value, const char *why)
{
        *member = rounded(value);
        if (isnan(value))
                reasons_add(&run->reasons, path, why);
}

static void measure_timing(Scope *scope)
{
        Gait *gait = &scope->run->gait;
        Run *run = scope->run;

        put(run, &gait->contact_ms, "gait.contact_ms",
            1000 * median_column(scope, FOOT_COUNT, CONTACT_S), "no_contact_time");
        put(run, &gait->flight_ms, "gait.flight_ms",
            1000 * median_column(scope, FOOT_COUNT, FLIGHT_S), "no_contact_time");
        put(run, &gait->duty_factor, "gait.duty_factor", median_column(scope, FOOT_COUNT, DUTY),
            "no_contact_time");
        put(run, &gait->cadence_spm, "gait.cadence_spm",
            median_column(scope, FOOT_COUNT, CADENCE), "no_stride_time");
        put(run, &gait->stride_length_m, "gait.stride_length_m",
            median_column(scope, FOOT_COUNT, LENGTH_M), "no_stride_length");
        put(run, &gait->speed_mps, "gait.speed_mps", median_column(scope, FOOT_COUNT, SPEED),
            "no_stride_length");
}

static void measure_spring(Scope *scope)
{
        Gait *gait = &scope->run->gait;
        const Strides *left = &scope->feet[FOOT_LEFT], *right = &scope->feet[FOOT_RIGHT];
        const char *spring = left->spring_reason ? left->spring_reason : right->spring_reason;
        const char *leg = left->leg_reason ? left->leg_reason : right->leg_reason;
        Run *run = scope->run;

        put(run, &gait->force_bw, "gait.spring.force_bw",
            median_column(scope, FOOT_COUNT, FORCE_BW), spring);
        put(run, &gait->sinking_mm, "gait.spring.sinking_mm",
            1000 * median_column(scope, FOOT_COUNT, SINKING_M), spring);
        put(run, &gait->vertical_kn_m, "gait.spring.vertical_kn_m",
            median_column(scope, FOOT_COUNT, VERTICAL), spring);
        put(run, &gait->leg_kn_m, "gait.spring.leg_kn_m", median_column(scope, FOOT_COUNT, LEG), leg);
        put(run, &gait->oscillation_mm, "gait.spring.oscillation_mm",
            1000 * median_column(scope, FOOT_COUNT, OSCILLATION_M), spring);
}

/* ---- sides ---- */

static int measure_side(Scope *scope, Foot foot, GaitSide *side, const char *path)
{
        size_t n_impacts = collect(scope, foot, IMPACT_G);
        Peaks peaks;
        int r = peaks_of(scope->scratch, n_impacts, NULL_REAL, &peaks_defaults, &peaks);

        if (r < 0)
                return r;
        if (scope->feet[foot].n == 0) {
                reasons_add(&scope->run->reasons, path, "no_foot_pod");
                return 0;
        }
        side->strides = (int64_t)scope->feet[foot].n;
        side->contact_ms = rounded(1000 * median_column(scope, foot, CONTACT_S));
        side->impact_median_g = rounded(peaks.median_g);
        side->impact_p95_g = rounded(peaks.p95_g);
        if (n_impacts > 0)
                side->clipped_share =
                        rounded((double)scope->feet[foot].n_clipped / (double)n_impacts);
        if (isnan(side->contact_ms) || n_impacts == 0)
                reasons_add(&scope->run->reasons, path, "not_measured");
        return 0;
}

static void measure_symmetry(Run *run)
{
        Gait *gait = &run->gait;
        Symmetry symmetry;

        symmetry_of(gait->left.contact_ms, gait->right.contact_ms, &symmetry);
        put(run, &gait->contact_index_pct, "gait.symmetry.contact_pct", symmetry.index_pct,
            "one_side_only");
        symmetry_of(gait->left.impact_median_g, gait->right.impact_median_g, &symmetry);
        put(run, &gait->impact_index_pct, "gait.symmetry.impact_pct", symmetry.index_pct,
            "one_side_only");
}

/* ---- within the run: one foot's strides in order of time, the foot that has more ---- */

static const Strides *better_foot(const Scope *scope)
{
        return scope->feet[FOOT_RIGHT].n > scope->feet[FOOT_LEFT].n ? &scope->feet[FOOT_RIGHT]
                                                                    : &scope->feet[FOOT_LEFT];
}

static int measure_variability(const Scope *scope)
{
        const Strides *strides = better_foot(scope);
        Variability variability;
        int r = variability_of(strides->columns[STRIDE_S], strides->n, &activity_parameters(scope->activity)->variability,
                               &variability);

        if (r >= 0)
                put(scope->run, &scope->run->gait.stride_cv_pct, "gait.stride_cv_pct",
                    variability.cv_pct, "too_few_strides");
        return r;
}

static int drift_of_column(const Scope *scope, Column column, double *ret_pct, double *ret_effect,
                           const char *path)
{
        const Strides *strides = better_foot(scope);
        CLEANUP(freep) DriftStride *list = calloc(strides->n + 1, sizeof(*list));
        const char *reason;
        Drift drift;
        int r;

        if (!list)
                return -ENOMEM;
        for (size_t i = 0; i < strides->n; i++)
                list[i] = (DriftStride){.time_s = strides->columns[TIME_S][i],
                                        .value = strides->columns[column][i],
                                        .speed_mps = strides->columns[SPEED][i]};
        r = drift_of_session(list, strides->n, &activity_parameters(scope->activity)->drift, &drift);
        if (r < 0)
                return r;
        *ret_pct = rounded(drift.drift_pct);
        *ret_effect = rounded(drift.cliffs_delta);
        reason = reasons_find(&drift.reasons, "cliffs_delta");
        if (isnan(drift.drift_pct) || isnan(drift.cliffs_delta))
                reasons_add(&scope->run->reasons, path, reason ? reason : "too_few_strides");
        return 0;
}

static bool is_heart_rate(const HeardSample *sample, const Run *run)
{
        return sample->sample.characteristic == SAMPLE_HEART_RATE && sample->sample.heart_rate_bpm > 0 &&
               sample->pod < PODS_MAX && sample->utc_ms >= run->start_utc_ms - run_gait_defaults.heart_max_ms &&
               sample->utc_ms <= run->end_utc_ms;
}

/* Of the strap that said most; its samples come in order of time. */
static unsigned heart_pod(const Scope *scope)
{
        size_t n, counts[PODS_MAX] = {0};
        const HeardSample *samples = activity_samples(scope->activity, &n);
        unsigned best = 0;

        for (size_t i = 0; i < n; i++) {
                if (is_heart_rate(&samples[i], scope->run))
                        counts[samples[i].pod]++;
        }
        for (unsigned pod = 1; pod < PODS_MAX; pod++)
                best = counts[pod] > counts[best] ? pod : best;
        return best;
}

typedef struct HeartCursor {
        unsigned pod;
        size_t at;
        const HeardSample *last; /* heard at or before the moment asked for */
} HeartCursor;

/* The heart rate that stands at that moment, asked for in order of time. NAN: none. */
static double heart_rate_at(const Scope *scope, int64_t utc_ms, HeartCursor *cursor)
{
        size_t n;
        const HeardSample *samples = activity_samples(scope->activity, &n);

        for (; cursor->at < n; cursor->at++) {
                const HeardSample *sample = &samples[cursor->at];

                if (sample->pod != cursor->pod || !is_heart_rate(sample, scope->run))
                        continue;
                if (sample->utc_ms > utc_ms)
                        break;
                cursor->last = sample;
        }
        return cursor->last && utc_ms - cursor->last->utc_ms <= run_gait_defaults.heart_max_ms
                       ? (double)cursor->last->sample.heart_rate_bpm
                       : NULL_REAL;
}

static int measure_efficiency(const Scope *scope)
{
        const Strides *strides = better_foot(scope);
        CLEANUP(freep) EfficiencySample *list = calloc(strides->n + 1, sizeof(*list));
        Gait *gait = &scope->run->gait;
        const char *reason;
        Efficiency efficiency;
        HeartCursor cursor = {.pod = heart_pod(scope)};

        if (!list)
                return -ENOMEM;
        for (size_t i = 0; i < strides->n; i++) {
                int64_t utc_ms = scope->run->start_utc_ms +
                                 llround(strides->columns[TIME_S][i] * 1000);

                list[i] = (EfficiencySample){.time_s = strides->columns[TIME_S][i],
                                             .speed_mps = strides->columns[SPEED][i],
                                             .heart_rate_bpm = heart_rate_at(scope, utc_ms, &cursor),
                                             .grade_pct = NULL_REAL};
        }
        efficiency_of_run(list, strides->n, &activity_parameters(scope->activity)->efficiency, &efficiency);
        gait->first_m_per_beat = rounded(efficiency.first_m_per_beat);
        gait->second_m_per_beat = rounded(efficiency.second_m_per_beat);
        gait->decoupling_pct = rounded(efficiency.decoupling_pct);
        reason = reasons_find(&efficiency.reasons, "decoupling_pct");
        if (isnan(gait->decoupling_pct))
                reasons_add(&scope->run->reasons, "gait.efficiency", reason ? reason : "no_heart_rate");
        return 0;
}

static double steady_s(Scope *scope)
{
        const Strides *strides = better_foot(scope);
        double sum = 0, median, width;

        memcpy(scope->scratch, strides->columns[STRIDE_S], strides->n * sizeof(double));
        median = median_of(scope->scratch, strides->n);
        width = median * run_gait_defaults.steady_share;
        for (size_t i = 0; i < strides->n; i++) {
                if (fabs(strides->columns[STRIDE_S][i] - median) <= width)
                        sum += strides->columns[STRIDE_S][i];
        }
        return sum;
}

/* ---- the whole ---- */

static void measure_head(Scope *scope)
{
        Gait *gait = &scope->run->gait;
        size_t n = scope->feet[FOOT_LEFT].n + scope->feet[FOOT_RIGHT].n;
        size_t n_contacts = collect(scope, FOOT_COUNT, CONTACT_S);

        gait->head.n = (int64_t)n;
        gait->head.coverage = rounded((double)n_contacts / (double)n);
        put(scope->run, &gait->head.error, "gait.error",
            1000 * median_half_width(scope->scratch, n_contacts), "no_contact_time");
        gait->steady_s = rounded(steady_s(scope));
}

int run_gait(const Activity *activity, const RunBody *body, Run *run)
{
        CLEANUP(scope_clearp) Scope scope = {.activity = activity, .body = body, .run = run};
        size_t n_strides;
        int r = gather(&scope);

        if (r < 0)
                return r;
        if (scope.feet[FOOT_LEFT].n + scope.feet[FOOT_RIGHT].n == 0) {
                (void)activity_strides(activity, &n_strides);
                reasons_add(&run->reasons, "gait", run->left_steps == NULL_INTEGER &&
                                                                   run->right_steps == NULL_INTEGER
                                                           ? "no_foot_pod"
                                                           : "no_running_strides");
                return 0;
        }
        measure_head(&scope);
        measure_timing(&scope);
        measure_spring(&scope);
        r = measure_side(&scope, FOOT_LEFT, &run->gait.left, "gait.left");
        if (r >= 0)
                r = measure_side(&scope, FOOT_RIGHT, &run->gait.right, "gait.right");
        measure_symmetry(run);
        if (r >= 0)
                r = measure_variability(&scope);
        if (r >= 0)
                r = drift_of_column(&scope, CONTACT_S, &run->gait.contact_drift_pct,
                                    &run->gait.contact_effect, "gait.drift");
        if (r >= 0)
                r = drift_of_column(&scope, CADENCE, &run->gait.cadence_drift_pct,
                                    &run->gait.cadence_effect, "gait.drift");
        if (r >= 0)
                r = measure_efficiency(&scope);
        return r < 0 ? r : 0;
}
