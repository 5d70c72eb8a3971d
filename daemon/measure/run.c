#include "daemon/measure/run.h"

#include "daemon/measure/bone-stimulus.h"
#include "daemon/measure/feet.h"
#include "daemon/measure/impact.h"
#include "daemon/measure/median.h"
#include "daemon/measure/rounded.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define CLOCKS_DIFFER_MS 60000 /* so far one may be off and still be right */

/* The pieces of one session, and what else is needed to measure them. */
typedef struct Scope {
        const Activity *activity;
        const Piece *pieces;
        size_t n;
        int64_t from_ms;
        int64_t to_ms;
        double *values; /* room for one number a piece */
} Scope;

typedef bool (*PieceFilter)(const Piece *piece);

static bool is_stride(const Piece *piece)
{
        return piece->stride;
}

static bool covers_ground(const Piece *piece)
{
        return piece->stride || sample_is_moving(&piece->sample->sample);
}

/* Length of the union of the pieces that pass; they are in order of from_ms. */
static int64_t union_ms(const Scope *scope, PieceFilter filter)
{
        int64_t sum = 0, reached = INT64_MIN;

        for (size_t i = 0; i < scope->n; i++) {
                const Piece *piece = &scope->pieces[i];
                int64_t from = piece->from_ms > reached ? piece->from_ms : reached;

                if (!filter(piece) || piece->to_ms <= from)
                        continue;
                sum += piece->to_ms - from;
                reached = piece->to_ms;
        }
        return sum;
}

static void set_distance(Run *run, double distance_m)
{
        run->distance_mm = llround(distance_m * 1000);
        run->distance_m = rounded(run->distance_mm);
}

static void set_steps(Run *run, double steps)
{
        run->steps_1000 = llround(steps * 1000);
        run->steps = rounded(run->steps_1000);
}

/* ---- pods on the feet ---- */

typedef struct FootFigures {
        size_t n;
        size_t n_impacts;
        size_t n_lengths;
        int64_t n_clipped;
        double distance_m;
        double impact_sum_g;
        double peak_max_g;
        double bone_sum;
        double coverage;
} FootFigures;

/* The next stride of a foot at or behind *at, which goes behind it; NULL: no more. Of two pods on one
 * foot the one that came first tells a stride, what the other says of that time is the same step
 * again. `last`: the stride before. */
static const HeardStride *next_stride(const Scope *scope, Foot foot, size_t *at, const HeardStride *last)
{
        while (*at < scope->n) {
                const HeardStride *stride = scope->pieces[(*at)++].stride;

                if (stride && stride->foot == foot &&
                    !(last && stride->pod != last->pod && stride->utc_ms < last->end_ms))
                        return stride;
        }
        return NULL;
}

static FootFigures measure_foot(const Scope *scope, Foot foot, double moving_s)
{
        const HeardStride *heard = NULL;
        FootFigures figures = {0};
        size_t n_impacts = 0;

        for (size_t at = 0; (heard = next_stride(scope, foot, &at, heard));) {
                scope->values[figures.n++] = (double)(scope->pieces[at - 1].to_ms -
                                                      scope->pieces[at - 1].from_ms) / 1000;
                if (heard->stride.stride_length_mm != NULL_INTEGER) {
                        figures.distance_m += (double)heard->stride.stride_length_mm / 1000;
                        figures.n_lengths++;
                }
        }
        if (figures.n > 0)
                figures.coverage = foot_coverage(figures.n, moving_s,
                                                 median_of(scope->values, figures.n));
        for (size_t at = 0; (heard = next_stride(scope, foot, &at, heard));) {
                if (heard->stride.peak_impact_mg == NULL_INTEGER)
                        continue;
                scope->values[n_impacts++] = (double)heard->stride.peak_impact_mg / 1000;
                figures.n_clipped += heard->stride.clipped == 1;
        }
        figures.impact_sum_g = impact_sum(scope->values, n_impacts, 1);
        figures.bone_sum = bone_stimulus_sum(scope->values, n_impacts, bone_defaults.exponent);
        for (size_t i = 0; i < n_impacts; i++)
                figures.peak_max_g = fmax(figures.peak_max_g, scope->values[i]);
        figures.n_impacts = n_impacts;
        return figures;
}

/* Where a side's numbers go, and their names on the wire. */
typedef struct Side {
        size_t steps, impact, coverage; /* offsets in Run */
        const char *steps_path, *impact_path, *coverage_path;
} Side;

#define SIDE(name)                                                                                 \
        {                                                                                          \
                offsetof(Run, name##_steps), offsetof(Run, name##_impact_sum_g),                   \
                        offsetof(Run, name##_coverage), "load." #name ".steps",                    \
                        "load." #name ".impact_sum_g", "load." #name ".coverage"                   \
        }

static const Side sides[FOOT_COUNT] = {[FOOT_LEFT] = SIDE(left), [FOOT_RIGHT] = SIDE(right)};

static void set_side(Run *run, Foot foot, const FootFigures *figures)
{
        const Side *side = &sides[foot];

        if (figures->n == 0) {
                reasons_add(&run->reasons, side->steps_path, "no_foot_pod");
                reasons_add(&run->reasons, side->impact_path, "no_foot_pod");
                reasons_add(&run->reasons, side->coverage_path, "no_foot_pod");
                return;
        }
        *(int64_t *)((char *)run + side->steps) = (int64_t)figures->n;
        *(double *)((char *)run + side->coverage) = figures->coverage;
        if (figures->n_impacts > 0)
                *(double *)((char *)run + side->impact) = figures->impact_sum_g;
        else
                reasons_add(&run->reasons, side->impact_path, "not_measured");
}

static ImpactFoot impact_of(const FootFigures *figures)
{
        return (ImpactFoot){.n_steps = figures->n,
                            .n_peaks = figures->n_impacts,
                            .n_clipped = figures->n_clipped,
                            .peak_max_g = figures->peak_max_g,
                            .sum_g = figures->impact_sum_g,
                            .bone_sum = figures->bone_sum};
}

static void measure_strides(const Scope *scope, Run *run)
{
        double coverage_min = activity_parameters(scope->activity)->foot_coverage_min;
        int64_t moving_ms = union_ms(scope, is_stride);
        FootFigures left = measure_foot(scope, FOOT_LEFT, (double)moving_ms / 1000);
        FootFigures right = measure_foot(scope, FOOT_RIGHT, (double)moving_ms / 1000);
        ImpactFoot impacts[FOOT_COUNT];
        double distance_m;

        (void)text_copy(run->source, sizeof(run->source),
                        feet_merge_distance(
                                (FootLoad){left.distance_m, left.n_lengths ? left.coverage : 0},
                                (FootLoad){right.distance_m, right.n_lengths ? right.coverage : 0},
                                coverage_min, &distance_m));
        if (isnan(distance_m)) {
                reasons_add(&run->reasons, "load.distance_m", "no_stride_length");
                (void)text_copy(run->source, sizeof(run->source), left.n >= right.n ? "left" : "right");
        } else {
                set_distance(run, distance_m);
        }
        run->duration_s = llround((double)moving_ms / 1000);
        set_steps(run, (double)feet_steps(left.n, right.n));
        run->steps_estimated = left.n == 0 || right.n == 0;
        run->coverage = left.n && right.n ? (left.coverage + right.coverage) / 2
                                          : left.coverage + right.coverage;
        set_side(run, FOOT_LEFT, &left);
        set_side(run, FOOT_RIGHT, &right);
        run->impact_clipped = left.n_clipped + right.n_clipped;
        impacts[0] = impact_of(&left);
        impacts[1] = impact_of(&right);
        impact_run(&impacts[0], &impacts[1], run);
}

/* ---- a pod without memory ---- */

typedef struct SampleFigures {
        double distance_m;       /* Σ speed·dt */
        double total_m;          /* by the device's own total */
        double steps;
        int64_t moving_ms;
        int64_t unheard_ms;      /* moving on both sides of a silence */
        bool has_speed, has_total, has_cadence;
} SampleFigures;

/* The device's total counts modulo 2^32 and starts anew when it is switched on. */
static double total_increment_m(const Sample *before, const Sample *sample)
{
        uint32_t increment =
                (uint32_t)sample->total_distance_dm - (uint32_t)before->total_distance_dm;

        return increment < 1000000 ? increment / 10.0 : 0;
}

/* Not every packet need bring the total: it grows from the last one that did, `*last`. */
static void add_total(const HeardSample *heard, const HeardSample **last, SampleFigures *figures)
{
        if (heard->sample.total_distance_dm == NULL_INTEGER)
                return;
        if (*last && (*last)->epoch == heard->epoch) {
                figures->total_m += total_increment_m(&(*last)->sample, &heard->sample);
                figures->has_total = true;
        }
        *last = heard;
}

static void add_sample(const Scope *scope, const HeardSample *heard, const HeardSample *next,
                       double steps_factor, SampleFigures *figures)
{
        const MeasureParameters *parameters = activity_parameters(scope->activity);
        const Sample *sample = &heard->sample;
        int64_t step_ms = sample_step_ms(heard, parameters);
        bool moving = sample_is_moving(sample);

        figures->has_speed |= sample->speed_256 != NULL_INTEGER;
        figures->has_cadence |= sample->cadence_raw != NULL_INTEGER;
        if (sample->speed_256 > 0)
                figures->distance_m += (double)sample->speed_256 / 256 * (double)step_ms / 1000;
        if (sample->cadence_raw > 0)
                figures->steps += (double)sample->cadence_raw * steps_factor * (double)step_ms / 60000;
        if (moving)
                figures->moving_ms += step_ms;
        if (!next)
                return;
        if (moving && step_ms == 0 && sample_is_moving(&next->sample) && next->utc_ms > heard->utc_ms)
                figures->unheard_ms += next->utc_ms - heard->utc_ms;
}

/* Every speed sample of the pod within the session, also those that stand still. */
static SampleFigures measure_pod(const Scope *scope, unsigned pod)
{
        size_t n;
        const HeardSample *samples = activity_samples(scope->activity, &n);
        const HeardSample *heard = NULL, *total = NULL;
        double factor = cadence_steps_factor(activity_cadence(scope->activity, pod));
        SampleFigures figures = {0};

        for (size_t i = 0; i < n; i++) {
                const HeardSample *sample = &samples[i];

                if (sample->pod != pod || sample->utc_ms < scope->from_ms ||
                    sample->utc_ms > scope->to_ms ||
                    sample->sample.characteristic != SAMPLE_RUNNING_SPEED)
                        continue;
                if (heard)
                        add_sample(scope, heard, sample, factor, &figures);
                add_total(sample, &total, &figures);
                heard = sample;
        }
        if (heard)
                add_sample(scope, heard, NULL, factor, &figures);
        return figures;
}

/* Of several pods the one that heard most: they measured the same run. */
static SampleFigures measure_best_pod(const Scope *scope, unsigned *ret_pod)
{
        SampleFigures best = {0};

        *ret_pod = 0;
        for (unsigned pod = 0; pod < activity_pods(scope->activity); pod++) {
                SampleFigures figures = measure_pod(scope, pod);

                if (figures.moving_ms > best.moving_ms ||
                    (best.moving_ms == 0 && figures.steps > best.steps)) {
                        best = figures;
                        *ret_pod = pod;
                }
        }
        return best;
}

static void measure_samples(const Scope *scope, Run *run)
{
        static const char *const foot_paths[] = {
                "load.left.steps",  "load.left.impact_sum_g",  "load.left.coverage",
                "load.right.steps", "load.right.impact_sum_g", "load.right.coverage",
        };
        unsigned pod;
        SampleFigures figures = measure_best_pod(scope, &pod);

        (void)text_copy(run->source, sizeof(run->source), "rsc");
        if (figures.has_total)
                set_distance(run, figures.total_m);
        else if (figures.has_speed)
                set_distance(run, figures.distance_m);
        else
                reasons_add(&run->reasons, "load.distance_m", "no_speed");
        if (figures.has_cadence)
                set_steps(run, figures.steps);
        else
                reasons_add(&run->reasons, "load.steps", "no_cadence");
        if (activity_cadence(scope->activity, pod) == CADENCE_UNIT_UNKNOWN && figures.has_cadence)
                reasons_add(&run->reasons, "load.steps", "cadence_taken_as_steps");
        run->steps_estimated = 0;
        run->duration_s = llround((double)figures.moving_ms / 1000);
        if (figures.moving_ms > 0)
                run->coverage = (double)figures.moving_ms /
                                (double)(figures.moving_ms + figures.unheard_ms);
        run->impact_clipped = 0;
        reasons_add(&run->reasons, "load.impact", "no_foot_pod");
        for (size_t i = 0; i < ARRAY_SIZE(foot_paths); i++)
                reasons_add(&run->reasons, foot_paths[i], "no_foot_pod");
}

/* ---- what both have ---- */

/* How long its rate stands: until the strap's next word or the end, but not for ever when it was
 * lost. One word at the last moment is a word, too. */
static int64_t heart_weight_ms(const Scope *scope, const HeardSample *heard)
{
        int64_t most = activity_parameters(scope->activity)->heart_step_max_ms;
        int64_t ms = heard->next_ms > 0 && heard->next_ms < most ? heard->next_ms : most;

        if (ms > scope->to_ms - heard->utc_ms)
                ms = scope->to_ms - heard->utc_ms;
        return ms > 0 ? ms : 1;
}

static void measure_heart_rate(const Scope *scope, Run *run)
{
        size_t n;
        const HeardSample *samples = activity_samples(scope->activity, &n);
        double sum = 0, weights = 0;

        for (size_t i = 0; i < n; i++) {
                double weight;

                if (samples[i].utc_ms < scope->from_ms || samples[i].utc_ms > scope->to_ms ||
                    samples[i].sample.heart_rate_bpm <= 0)
                        continue;
                weight = (double)heart_weight_ms(scope, &samples[i]);
                sum += (double)samples[i].sample.heart_rate_bpm * weight;
                weights += weight;
        }
        if (weights > 0)
                run->heart_rate_mean_bpm = round(sum / weights * 10) / 10;
        else
                reasons_add(&run->reasons, "heart_rate_mean_bpm", "no_heart_rate");
}

static void measure_arrival(const Scope *scope, Run *run)
{
        int64_t error_ms = 0;

        run->received_utc_ms = NULL_INTEGER; /* below all */
        for (size_t i = 0; i < scope->n; i++) {
                const HeardStride *stride = scope->pieces[i].stride;
                const HeardSample *sample = scope->pieces[i].sample;
                int64_t received = stride ? stride->received_utc_ms : sample->received_utc_ms;
                int64_t error = stride ? stride->utc_error_ms : sample->utc_error_ms;

                /* nothing arrives before it was: the gateway's clock was not set, or behind */
                if (received > run->received_utc_ms && received + error + CLOCKS_DIFFER_MS >= scope->pieces[i].from_ms)
                        run->received_utc_ms = received;
                error_ms = error > error_ms ? error : error_ms;
        }
        if (run->received_utc_ms == NULL_INTEGER)
                reasons_add(&run->reasons, "received", "clock_was_wrong");
        run->time_error_s = (double)error_ms / 1000;
}

static void measure_run(const Scope *scope, Run *run)
{
        double share = activity_parameters(scope->activity)->stride_share_min;
        int64_t stride_ms = union_ms(scope, is_stride);
        int64_t moving_ms = union_ms(scope, covers_ground);

        run_set_null(run);
        run->start_utc_ms = scope->from_ms;
        run->end_utc_ms = scope->to_ms;
        if (stride_ms > 0 && (double)stride_ms >= share * (double)moving_ms)
                measure_strides(scope, run);
        else
                measure_samples(scope, run);
        measure_heart_rate(scope, run);
        measure_arrival(scope, run);
}

int runs_measure(const Activity *activity, Run **ret, size_t *ret_n)
{
        CLEANUP(freep) Piece *pieces = NULL;
        CLEANUP(freep) Session *sessions = NULL;
        size_t n_pieces, n_sessions, n = 0;
        int r = sessions_find(activity, &pieces, &n_pieces, &sessions, &n_sessions);

        if (r < 0)
                return r;
        CLEANUP(freep) Run *runs = calloc(n_sessions + 1, sizeof(*runs));
        CLEANUP(freep) double *values = calloc(n_pieces + 1, sizeof(*values));
        if (!runs || !values)
                return -ENOMEM;
        for (size_t i = 0; i < n_sessions; i++) {
                Scope scope = {.activity = activity,
                               .pieces = pieces + sessions[i].first,
                               .n = sessions[i].n,
                               .from_ms = sessions[i].from_ms,
                               .to_ms = sessions[i].to_ms,
                               .values = values};

                if (sessions[i].is_run)
                        measure_run(&scope, &runs[n++]);
        }
        *ret = TAKE(runs);
        *ret_n = n;
        return 0;
}
