/* run-gait.h: the run's group "gait" (proto/group-gait.h) from its strides. */
#pragma once

#include "daemon/measure/activity.h"
#include "proto/clinic-records.h"

/* What the runner's body adds to what pods say. NAN: not known, nothing is guessed. */
typedef struct RunBody {
        double mass_kg;
        double height_m;
} RunBody;

/* Our own rules. */
typedef struct RunGaitParameters {
        double steady_share;   /* a stride's time within this share of the median is steady */
        int64_t heart_max_ms;  /* a heart rate stands for at most so long */
} RunGaitParameters;

extern const RunGaitParameters run_gait_defaults;

/* Strides of `run`, whose start and end are known. Absent with "no_foot_pod" or
 * "no_running_strides". 0 or -ENOMEM. */
int run_gait(const Activity *activity, const RunBody *body, Run *run) MUST_CHECK;
