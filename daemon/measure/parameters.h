/* parameters.h: the numbers that are our own rules, with no literature behind them.
 *
 * Each is a choice and may be chosen otherwise; none is hidden in an expression. */
#pragma once

#include "daemon/measure/association.h"
#include "daemon/measure/bridge.h"
#include "daemon/measure/drift.h"
#include "daemon/measure/efficiency.h"
#include "daemon/measure/flags.h"
#include "daemon/measure/pain-change.h"
#include "daemon/measure/pain-clock.h"
#include "daemon/measure/pain-runs.h"
#include "daemon/measure/plan.h"
#include "daemon/measure/posture.h"
#include "daemon/measure/sitting.h"
#include "daemon/measure/spring-mass.h"
#include "daemon/measure/stretch.h"
#include "daemon/measure/treatment.h"
#include "daemon/measure/trend.h"
#include "daemon/measure/variability.h"
#include "proto/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct MeasureParameters {
        int64_t session_gap_ms;       /* less than this between two activities: one run */
        int64_t running_min_ms;       /* a session with less running is walking about the house */
        int64_t running_speed_256;    /* 1/256 m/s: from here on a sample counts as running */
        int64_t sample_step_max_ms;   /* a longer step between two samples adds nothing */
        int64_t heart_step_max_ms;    /* one heart rate stands for at most so long */
        int64_t stride_time_max_1024; /* a longer stride is a pause: it moves only so long */
        double foot_coverage_min;     /* both feet from here on: their mean */
        double stride_share_min;      /* strides of this share of a run win over samples */
        size_t cadence_samples_min;   /* fewer decide nothing about a pod's cadence */
        int32_t spike_window_days;    /* how far back the longest earlier run is looked for */
        int64_t pain_complete_days;   /* days with an entry that make a week of pain complete */
        int64_t dead_max_ms; /* a pod that did not run for longer in a week says nothing of it */
        int64_t settle_ms;   /* no pod with memory: a week is final so long after its end */
        int64_t deadline_ms; /* a week waits so long after its end for its pods */
        bool acwr;           /* tell the acute to chronic ratio, with its critique */
        Language language;   /* of sentences */
        int64_t pain_alert_from; /* a day of so much pain and more is an alert, unless the plan says */
        int64_t through_pain_runs; /* so many runs of a week through pain are an alert */
        int64_t silent_days;     /* without any data: likewise */
        PainClockParameters pain_clock;
        TrendParameters trend;
        AssociationParameters association;
        PainChangeParameters pain_change;
        PainRunParameters pain_run;
        FlagParameters flag;
        VariabilityParameters variability;
        DriftParameters drift;
        EfficiencyParameters efficiency;
        SpringMassParameters spring_mass;
        PostureParameters posture;
        SittingParameters sitting;
        BridgeParameters bridge;
        StretchParameters stretch;
        PlanParameters plan;
        TreatmentParameters treatment;
} MeasureParameters;

extern const MeasureParameters measure_defaults;
