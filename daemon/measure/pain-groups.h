/* pain-groups.h: the groups of pain of a run and of a week (proto/group-pain*.h). */
#pragma once

#include "daemon/measure/pain-runs.h"
#include "daemon/measure/week.h"

/* Of dated[at]; what stood there before goes. Absent without an entry: "no_entry". */
void pain_run_group(const DatedRun *dated, size_t n_dated, size_t at, const DatedPain *entries,
                    size_t n_entries, const PainRunParameters *parameters, Run *run);
/* Of the runs of the seven days from `monday`. */
void pain_runs_week(const DatedRun *dated, size_t n_dated, const DatedPain *entries,
                    size_t n_entries, int32_t monday, const PainRunParameters *parameters, Week *week);
