/* clockwork.h: the daemon's own test clock, driven from the same process. */
#pragma once

#include "base/clock.h"

/* One for the whole program; the time is what clockwork_set says. */
Clock *clockwork_start(void);
void clockwork_stop(void);
/* The gateway's idea of the time; its timers that are due run. `passed_ms`: real time since the
 * last call. */
void clockwork_set(int64_t utc_ms, int64_t passed_ms, ClockQuality quality);
