/* week-sensed.h: the week's groups "sitting" and "exercises" from what pods told of its days. */
#pragma once

#include "proto/clinic-records.h"
#include "proto/sensed-day.h"

#include <stddef.h>

/* `days`: of the week that begins on `monday`. Without any: absent, "no_thigh_or_sacrum_pod". */
void week_sitting(const SensedDay *days, size_t n, int32_t monday, Week *week);
/* Without a day on which a pod could have seen one: absent, "not_sensed". */
void week_exercises(const SensedDay *days, size_t n, Week *week);
