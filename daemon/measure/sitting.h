/* sitting.h: a day's sitting from its epochs (metrics.md 4).
 *
 * A bout is uninterrupted sitting. A break is an upright bout between two sitting bouts
 * (SBRN: Tremblay 2017, doi 10.1186/s12966-017-0525-8). Time not worn, or lying, ends a bout
 * but is no break: nobody saw the runner stand up. */
#pragma once

#include "base/cleanup.h"
#include "daemon/measure/posture.h"
#include <stdbool.h>

/* Our own rules. */
typedef struct SittingParameters {
        double epoch_s;
        double upright_min_s;   /* a shorter stand between two sitting bouts is no stand */
        double prolonged_s;     /* a bout from here on is prolonged */
        double wear_min_s;      /* a day with as much waking wear is valid */
        int64_t valid_days_min; /* a week has means from here on */
} SittingParameters;

/* So many epochs of one posture, one after the other. POSTURE_UNKNOWN: not worn. */
typedef struct PostureRun {
        Posture posture;
        int64_t n_epochs;
} PostureRun;

typedef struct SittingDay {
        double sit_s, upright_s, lying_s;
        double wear_s; /* all but what is not worn */
        double sit_pct_of_wear;
        int64_t n_bouts;
        int64_t breaks;
        double breaks_per_sit_hour;
        double longest_s; /* 0 when worn without sitting */
        int64_t n_prolonged;
        double prolonged_s; /* time in prolonged bouts */
        double w50_s;    /* the shortest bout such that bouts up to it hold half of the sitting */
        bool valid;      /* worn long enough */
        Reasons reasons; /* by member name */
} SittingDay;

/* Runs in order of time; of no epochs or fewer: none; neighbours alike are one. Nulls:
 * "no_wear", "no_sitting". Days of 23 or 25 hours need nothing special. 0 or -ENOMEM. */
int sitting_day(const PostureRun *runs, size_t n, const SittingParameters *parameters,
                SittingDay *ret) MUST_CHECK;

typedef struct SittingWeek {
        int64_t valid_days;
        double sit_s_per_day; /* means of valid days */
        double sit_pct_of_wear;
        double breaks_per_sit_hour; /* of those with sitting */
        Reasons reasons;            /* by member name: "too_few_valid_days", "no_sitting" */
} SittingWeek;

SittingWeek sitting_week(const SittingDay *days, size_t n, const SittingParameters *parameters);
