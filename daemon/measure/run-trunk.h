/* run-trunk.h: the run's group "trunk" (proto/group-trunk.h) from strides of trunk and thighs. */
#pragma once

#include "daemon/measure/segments.h"
#include "proto/clinic-records.h"

/* `segments`: sorted, of the run's time, with the calibrations of the time before. Absent with
 * "no_trunk_pod". 0 or -ENOMEM. */
int run_trunk(const Segments *segments, Run *run) MUST_CHECK;
