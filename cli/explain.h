/* explain.h: Private to cli. Where a number of a week comes from. */
#pragma once

#include "cli/verb.h"

/* week RUNNER [WEEK] --explain METRIC. `week` "": this one. An exit code. */
int explain(const Invocation *invocation, const char *runner, const char *week, long long revision,
            const char *metric);
