/* explain-inputs.h: Private to cli. What a number of a week was made of, and made of it anew. */
#pragma once

#include "cli/measures.h"

typedef struct Inputs {
        cJSON *list;       /* of {what, value[, source]}; taken by who shows it */
        cJSON *result;     /* NULL: it is not worked out here */
        double tolerance;  /* of the result: what it is made of was rounded */
        char worked[512];  /* the formula with the values in it */
} Inputs;

static inline void inputs_clearp(const Inputs *inputs)
{
        cJSON_Delete(inputs->list);
        cJSON_Delete(inputs->result);
}

/* Asks the daemon for what the measure's entry names. `week`: as GetWeek answers. An exit code. */
int inputs_read(const Invocation *invocation, const Measure *measure, const char *runner, const cJSON *week,
                Inputs *ret) MUST_CHECK;
/* One more of the list. `source`: where it comes from, or NULL. */
void inputs_add(Inputs *inputs, const char *what, const cJSON *value, const char *source);
/* Is the result what the message says? */
bool inputs_agree(const Inputs *inputs, const cJSON *value);
