/* effort.h: the group "load.effort" of a run and of a week (proto/group-effort.h). */
#pragma once

#include "daemon/measure/activity.h"
#include "daemon/measure/days.h"
#include "daemon/measure/internal-load.h"
#include "daemon/measure/week.h"

/* A run's heart rates within the window: TRIMP and the head. 0 or -ENOMEM. */
int effort_run(const Activity *activity, const HeartLimits *limits, Run *run) MUST_CHECK;
/* What the runner rated it, NAN: not. What stood there before goes. */
void effort_rate(double rating, Run *run);
/* `days`: those of the week before and of this one. */
void effort_week(const WeekInput *input, const DayLoad days[static 14], Week *week);
