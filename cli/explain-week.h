/* explain-week.h: Private to cli. Numbers of a week made anew of lists and words in it, and of another
 * week where they are compared with one. */
#pragma once

#include "cli/inputs.h"

#include "daemon/measure/parameters.h"

/* The daemon's defaults, but for what the week names. */
MeasureParameters week_settings(const cJSON *week);

/* Which other week a measure needs: the id of the one before, of the clinic's baseline, or "". */
void explain_week_other(const cJSON *week, const char *name, char ret[static 12]);
/* `name`: of measures.json's explain, "mean_valid_hours" …; nothing for an unknown one. `other`: that
 * week, or NULL. Fills list, result and worked. */
void explain_week(const cJSON *week, const cJSON *other, const char *name, Inputs *ret);
