/* week-medians.h: a group that runs and weeks share, of a week: what its runs say in the middle. */
#pragma once

#include "daemon/measure/week.h"

/* `path` of a group that run_groups and week_groups both have, with fields alike. n: runs that have
 * it; whole numbers are sums; else the median of the runs that have a value, rounded. What none has
 * is null with the newest run's reason; absent with "no_runs", or as the newest run is. 0 or
 * -ENOMEM. */
int week_medians(const char *path, const WeekInput *input, Week *week) MUST_CHECK;
