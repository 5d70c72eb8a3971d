/* form.h: Private to control. A dictionary of the bus into a record, by the rules of a form. */
#pragma once

#include "proto/forms.h"

#include <systemd/sd-bus.h>

typedef struct FormReader {
        const Form *form;
        const char *what; /* "a diary entry" */
        const char *help; /* the verb that explains it */
        int64_t now_utc_ms;
} FormReader;

/* Reads a{sv}: keys are paths of the form, and "id" into `ret_id` (untouched when it is not there).
 * Texts as s, numbers as d, truths as b; an exercise list is its text (exercise.h). Not for whole
 * records: form->fault is the caller's. 0; or an error with the next step. */
int form_read_dict(const FormReader *reader, sd_bus_message *call, void *record,
                   char ret_id[static ID_SIZE], sd_bus_error *error);
