/* efficiency.h: metres per heart beat, and how it falls within a run (metrics.md 3.7).
 *
 * Pods give no mechanical power; this needs a heart rate. Used by endurance coaches, with 5 %
 * as a rule of thumb, and not validated for back pain. Heat and hills confound it: compare
 * only steady, level runs, and only over several. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"

/* Our own rules. */
typedef struct EfficiencyParameters {
        double duration_min_s; /* of steady level running */
        double grade_max_pct;  /* steeper, up or down: not level */
        double step_max_s;     /* a longer step between two samples is a gap and adds nothing */
} EfficiencyParameters;

typedef struct EfficiencyHalf {
        double speed_mps;
        double heart_rate_bpm;
} EfficiencyHalf;

typedef struct Efficiency {
        double first_m_per_beat; /* EF = 60 · speed / heart rate */
        double second_m_per_beat;
        double decoupling_pct; /* 100·(EF₁ − EF₂)/EF₁; positive: lost */
        Reasons reasons;       /* by member name */
} Efficiency;

/* Nulls: "no_heart_rate" (missing or not above 0), "no_speed" (missing or below 0); decoupling
 * also "standing" when the first half's EF is 0. */
void efficiency_of(EfficiencyHalf first, EfficiencyHalf second, Efficiency *ret);

typedef struct EfficiencySample {
        double time_s;
        double speed_mps;
        double heart_rate_bpm;
        double grade_pct; /* NAN: not known, taken as level */
} EfficiencySample;

/* Of a run's samples in order of time: level ones that have speed and heart rate, each
 * standing until the next, halved by their time, means weighted by time. Also null with
 * "too_short". */
void efficiency_of_run(const EfficiencySample *samples, size_t n,
                       const EfficiencyParameters *parameters, Efficiency *ret);
