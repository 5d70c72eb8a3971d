/* acwr-week.h: the group "load.acwr" (proto/group-acwr.h). */
#pragma once

#include "daemon/measure/days.h"

/* Of the days up to the last one of the week that is over; none that is ahead or before counts. */
void acwr_week(const DayLoad *days, size_t n, Week *week);
