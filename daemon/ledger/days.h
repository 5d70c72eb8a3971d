/* days.h: what pods tell of a runner's local days, made anew when its records change. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "proto/sensed-day.h"

/* Takes the place of what stood for that day. */
int sensed_day_put(Ledger *ledger, const SensedDay *day) MUST_CHECK;
/* No pod tells of it any more. */
int sensed_day_clear(Ledger *ledger, const char *runner, int32_t day) MUST_CHECK;
typedef int (*SensedDayFunction)(const SensedDay *day, void *userdata);
/* Days first..last that have something, in order. A callback's non-zero return ends the walk. */
int sensed_day_each(Ledger *ledger, const char *runner, int32_t first, int32_t last,
                    SensedDayFunction function, void *userdata) MUST_CHECK;
