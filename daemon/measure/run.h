/* run.h: one session's numbers: distance, time, steps, impacts, and who measured them. */
#pragma once

#include "daemon/measure/session.h"
#include "proto/clinic-records.h"

/* Runs of an activity, in order of start. Filled: start, end, the load, coverage, heart
 * rate, received, time error and reasons; the rest is null. *ret is the caller's to free.
 * 0 or -ENOMEM. */
int runs_measure(const Activity *activity, Run **ret, size_t *ret_n) MUST_CHECK;
