/* explain-pain.h: Private to cli. The 14-day clock, the trend and the questionnaire of a week, made anew
 * from the diary by the daemon's own arithmetic and the settings that the week names. */
#pragma once

#include "cli/inputs.h"

#include "base/zone.h"

/* The diary of a runner as ListDiary answers, and what it is asked of. */
typedef struct PainSource {
        const cJSON *entries;
        const cJSON *week;
        const Zone *zone;
        int32_t monday;
} PainSource;

/* Fills list, result and worked, for `name`: "clock.start" "trend.p" "ostrc.severity" …; nothing for an
 * unknown one. 0 or -ENOMEM. */
int explain_pain(const PainSource *source, const char *name, Inputs *ret) MUST_CHECK;
