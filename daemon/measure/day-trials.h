/* day-trials.h: movements of an assessment as pods saw them on one local day (metrics.md 6).
 *
 * A trial tells the largest and the smallest pitch of the pod's segment; what counts is the largest
 * excursion between them, of all attempts of a movement and side. Of several pods the one nearest to
 * the hip speaks, for both sides alike: thighs, else sacrum, else thoracolumbar region, else chest. A
 * pod on a thigh speaks of its own side only. Nothing here is a score: scores are the clinician's. */
#pragma once

#include "daemon/measure/activity.h"
#include "daemon/measure/movement.h"
#include "proto/sensed-day.h"

typedef enum TrialSite { TRIAL_THIGH, TRIAL_SACRUM, TRIAL_THORACOLUMBAR, TRIAL_CHEST, TRIAL_SITES } TrialSite;

typedef struct DayTrials {
        double deg[TRIAL_SITES][MOVEMENT_COUNT][2]; /* left, right; NAN: none */
        size_t n;
} DayTrials;

void day_trials_init(DayTrials *trials);
/* A movement trial; all else, and what no movement or side tells of, is passed over. */
void day_trials_add(DayTrials *trials, const Heard *heard);
/* Fills the trials. 1, or 0: there was none. */
int day_trials_measure(const DayTrials *trials, SensedDay *ret);
