/* week-flags.h: the week's group "flags" from its runs and those of the weeks before. */
#pragma once

#include "daemon/measure/flags.h"
#include "proto/clinic-records.h"

/* A run as the rules see it; `day`: local date of its start. */
FlagSession flag_session(const Run *run, int32_t day);

/* `sessions` in order of time up to the week's end; `monday`: the week's. Absent without a run in the
 * week: "no_runs". */
void week_flags(const FlagSession *sessions, size_t n, int32_t monday, const FlagParameters *parameters,
                Week *week);
