/* day-postures.h: one local day of posture epochs, laid on a grid of 15 s (metrics.md 4).
 *
 * Epochs of any length, in any order; each cell is their mean, weighted by time. A cell that is
 * worn for less than half of its time is not worn. A cell that moves (mean of ||a| − 1 g| at or
 * above 0.1 g) tells no inclination at rest; somebody who moves with an upright thigh for 15 s walks,
 * so it is upright, and else nothing is known. */
#pragma once

#include "daemon/measure/posture.h"
#include "daemon/measure/segments.h"
#include "daemon/measure/sitting.h"
#include "proto/sensed-day.h"

typedef struct DayPostures DayPostures;

/* `parameters` is borrowed. `from`..`to`: the day's first instant and the next day's. 0 or -ENOMEM. */
int day_postures_new(const MeasureParameters *parameters, int64_t from_utc_ms, int64_t to_utc_ms,
                     DayPostures **ret) MUST_CHECK;
DayPostures *day_postures_free(DayPostures *day);
DEFINE_CLEANUP(DayPostures *, day_postures_free);

/* Posture epochs of the day; calibrations of it and of the day before, in order of time within a pod.
 * Of two thighs, or two pods on one, the pod that was worn longer counts. 0 or -ENOMEM. */
int day_postures_add(DayPostures *day, const Heard *heard) MUST_CHECK;
/* Fills source, sitting and fault. 1: a pod told of the day; 0: none; -ENOMEM. */
int day_postures_measure(const DayPostures *day, SensedDay *ret) MUST_CHECK;

/* Our own rule. */
typedef struct DayPostureParameters {
        double walking_min_s; /* of moving cells that show where down is while walking */
} DayPostureParameters;

extern const DayPostureParameters day_posture_defaults;
