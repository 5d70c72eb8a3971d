/* sensed-day.h: what pods on thighs and sacrum tell of one local day: sitting, exercises and
 * movements of an assessment.
 *
 * Kept by the gateway, so that a week is made of seven rows and not of its epochs. */
#pragma once

#include "base/text.h"
#include "proto/fields.h"

typedef struct SensedDay {
        char runner[ID_SIZE];
        int64_t day;        /* local, as in base/calendar.h */
        /* Sitting: all null without a pod that tells it. */
        char source[24];    /* "thigh" "sacrum" "thigh_and_sacrum" */
        double sit_s, upright_s, lying_s;
        double wear_s;
        int64_t bouts, breaks;
        double longest_s;
        int64_t prolonged;
        double prolonged_s;
        double w50_s;
        char fault[24];     /* why not all worn time counts: "upside_down" "no_walking_reference" */
        /* Exercises: null without a pod that could see them. */
        int64_t bridge_reps;
        double bridge_hold_s;
        int64_t stretch_left;  /* holds that are credited */
        double stretch_left_s;
        int64_t stretch_right;
        double stretch_right_s;
        /* Movements of an assessment, in its order; null without a pod that saw one. */
        double trial_left_deg[7]; /* largest excursion of pitch */
        double trial_right_deg[7];
        char trial_sites[104]; /* seven codes: thigh sacrum thoracolumbar chest none */
} SensedDay;

extern const FieldTable sensed_day_fields; /* its name is the ledger's table */
