/* day-exercises.h: bridges and hip-flexor stretches of one local day (metrics.md 5).
 *
 * From what a pod itself has found (exercise events), held against the same thresholds; or, on a day
 * without any event of that exercise, from posture epochs of at most 1 s: bridges from the sacrum
 * alone, stretches from sacrum and both thighs against their standing calibrations. Never both: the
 * same repetition would count twice. */
#pragma once

#include "daemon/measure/segments.h"
#include "proto/sensed-day.h"

typedef struct DayExercises DayExercises;

/* `parameters` is borrowed. 0 or -ENOMEM. */
int day_exercises_new(const MeasureParameters *parameters, DayExercises **ret) MUST_CHECK;
DayExercises *day_exercises_free(DayExercises *day);
DEFINE_CLEANUP(DayExercises *, day_exercises_free);

/* Exercise events and posture epochs of the day, calibrations up to its end; in order of time within
 * a pod. 0 or -ENOMEM. */
int day_exercises_add(DayExercises *day, const Heard *heard) MUST_CHECK;
/* Fills the exercises. 1: pods could have told of some; 0: none could; -ENOMEM. */
int day_exercises_measure(const DayExercises *day, SensedDay *ret) MUST_CHECK;
