/* week.h: a week from its runs and its diary. */
#pragma once

#include "daemon/measure/pain.h"
#include "daemon/measure/parameters.h"
#include "proto/clinic-records.h"

/* A run on the calendar: `in_week` belongs to the week, the others only serve as reference. */
typedef struct WeekRun {
        Run run;
        int32_t day; /* local date of its start */
        bool in_week;
} WeekRun;

typedef struct WeekInput {
        const WeekRun *runs; /* in order of start */
        size_t n_runs;
        const PainEntry *pain;
        size_t n_pain;
        int32_t monday;
        const char *empty; /* why there may be no run: "did_not_run" "not_worn" "not_delivered" "unknown" */
        double lost_s; /* of strides that are lost: the coverage is of these, too */
} WeekInput;

/* Fills coverage, load, longest run, pain, empty and reasons. 0 or -ENOMEM. */
int week_measure(const WeekInput *input, const MeasureParameters *parameters, Week *week) MUST_CHECK;
