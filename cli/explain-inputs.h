/* explain-inputs.h: Private to cli. A number of a week, made anew of what it was made of. */
#pragma once

#include "cli/inputs.h"
#include "cli/measures.h"

/* Asks the daemon for what the measure's entry names. `week`: as GetWeek answers. An exit code. */
int inputs_read(const Invocation *invocation, const Measure *measure, const char *runner, const cJSON *week,
                Inputs *ret) MUST_CHECK;
/* Is the result what the message says? */
bool inputs_agree(const Inputs *inputs, const cJSON *value);
