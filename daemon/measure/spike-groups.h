/* spike-groups.h: the group "spike" of a run and of a week (proto/group-spike.h). */
#pragma once

#include "daemon/measure/week.h"

/* Of runs[at] against those before it; what stood there before goes. 0 or -ENOMEM. */
int spike_run(const WeekRun *runs, size_t at, const MeasureParameters *parameters,
              Run *run) MUST_CHECK;
/* 0 or -ENOMEM. */
int spike_week(const WeekInput *input, const MeasureParameters *parameters, Week *week) MUST_CHECK;
