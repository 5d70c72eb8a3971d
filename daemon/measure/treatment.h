/* treatment.h: a measure of the runs before and after one treatment (metrics.md 5).
 *
 * Medians over the runs of the seven local days before and the seven after; runs on the day
 * itself belong to neither. A difference in a week's runs is no proof of an effect, and with
 * few runs nothing is said at all. All numbers are our own rules. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"

typedef struct TreatmentParameters {
        int32_t window_days;
        size_t runs_min; /* on each side */
} TreatmentParameters;

typedef struct TreatmentRun {
        int32_t day;  /* local date of its start, as in base/calendar.h */
        double value; /* NAN: this run has none */
} TreatmentRun;

typedef struct TreatmentEffect {
        size_t n_before, n_after; /* runs with a value */
        double before, after;     /* medians, in the values' unit */
        double change;            /* after − before */
        const char *reason;       /* why all are null: "too_few_runs"; else NULL */
        const char *words;        /* for people: "too few runs to tell" then, else NULL */
} TreatmentEffect;

/* Runs in any order. 0 or -ENOMEM. */
int treatment_effect(const TreatmentRun *runs, size_t n, int32_t day,
                     const TreatmentParameters *parameters, TreatmentEffect *ret) MUST_CHECK;
