/* inputs.h: Private to cli. What a number of a week was made of, and what it gives. */
#pragma once

#include "cli/output.h"

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

/* One more of the list. `source`: where it comes from, or NULL. */
void inputs_add(Inputs *inputs, const char *what, const cJSON *value, const char *source);
/* More of the formula with values; cut where it does not fit. */
void inputs_work(Inputs *inputs, const char *format, ...) PRINTF_LIKE(2, 3);
