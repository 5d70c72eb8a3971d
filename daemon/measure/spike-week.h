/* spike-week.h: the week's group "spike" (proto/week-spike.h) from its runs. */
#pragma once

#include "daemon/measure/week.h"

/* 0 or -ENOMEM. */
int spike_week(const WeekInput *input, const MeasureParameters *parameters, Week *week) MUST_CHECK;
