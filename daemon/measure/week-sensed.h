/* week-sensed.h: the week's groups "sitting" and "exercises" from what pods told of its days. */
#pragma once

#include "daemon/measure/sitting.h"
#include "proto/clinic-records.h"
#include "proto/sensed-day.h"

#include <stddef.h>

/* `days`: of the week that begins on `monday`. `said_h`: hours that the runner reckons to have sat,
 * a number a day, NAN where nothing was said: they stand only where no pod told of any day. Without
 * both: absent, "no_thigh_or_sacrum_pod". */
void week_sitting(const SensedDay *days, size_t n, const double said_h[static WEEK_DAYS], int32_t monday,
                  const SittingParameters *parameters, Week *week);
/* Without a day on which a pod could have seen one: absent, "not_sensed". */
void week_exercises(const SensedDay *days, size_t n, Week *week);
