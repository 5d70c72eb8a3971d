/* internal-load.h: what a run asked of the runner: session RPE, TRIMP by heart rate
 * (metrics.md 1.2).
 *
 * Session RPE (Foster): CR10 rating (0-10) * minutes, AU.
 * Banister: sum of minutes * x * a * e^(b x), x = (HR - rest) / (max - rest) held within 0..1;
 * a, b = 0.64, 1.92 (men), 0.86, 1.67 (women). Summed sample by sample: from the mean rate it
 * would be too small, as the function is convex.
 * Edwards: minutes * weight of the zone: 50-60 % of the maximum 1, ... 90 % and more 5, below
 * 50 % 0. A lower edge belongs to its zone, so rates are compared as 10 HR >= 6 max, which is
 * exact for whole beats. */
#pragma once

#include <stddef.h>

typedef struct SessionEffort {
        double rating;  /* CR10, 0..10; NAN: not given */
        double minutes; /* >= 0; NAN: not known */
} SessionEffort;

/* AU; NAN with *ret_reason "no_rating" "invalid_rating" "no_duration" "invalid_duration". */
double session_rpe(SessionEffort effort, const char **ret_reason);

typedef struct EffortSum {
        double known_au;  /* of the sessions that have a load; with none 0, which says nothing */
        size_t n_missing; /* sessions without; the week is partial when > 0 */
} EffortSum;

EffortSum session_rpe_sum(const SessionEffort *efforts, size_t n);

/* One heart rate and the time it stands for. */
typedef struct HeartStep {
        double rate_bpm;   /* >= 0; NAN: not measured, adds nothing and is counted */
        double duration_s; /* >= 0; counted up to step_max_s */
} HeartStep;

typedef enum TrimpSex {
        TRIMP_SEX_NOT_SET, /* no constants, so no Banister TRIMP */
        TRIMP_SEX_MALE,
        TRIMP_SEX_FEMALE,
} TrimpSex;

typedef struct HeartLimits {
        double rest_bpm; /* Banister only */
        double max_bpm;
        TrimpSex sex; /* Banister only */
} HeartLimits;

typedef struct Trimp {
        double points;      /* AU; NAN with `reason` */
        size_t n_missing;   /* steps without a rate: points are a lower bound when > 0 */
        const char *reason; /* "no_heart_rate" (no step has one), "invalid_sample" (negative or
                             * infinite rate or time), "no_heart_limits" (not set, or maximum <=
                             * rest), "no_sex_constant" */
} Trimp;

/* step_max_s: [own] one rate stands for no longer, so that a lost strap adds no load; the
 * daemon's is MeasureParameters.heart_step_max_ms, INFINITY for steps that are known to be whole.
 */
Trimp trimp_banister(const HeartStep *steps, size_t n, const HeartLimits *limits,
                     double step_max_s);
Trimp trimp_edwards(const HeartStep *steps, size_t n, double max_bpm, double step_max_s);
