/* full-groups.h: a record whose groups say all they can, for tests of whoever carries them. */
#pragma once

#include "proto/groups.h"

#include <stdio.h>

/* A value of the field's type that no other `turn` gives it. */
static inline void fill_field(const Field *field, void *record, int turn)
{
        switch (field->type) {
        case FIELD_REAL:
                *field_real(field, record) = 12345.123456 + turn;
                break;
        case FIELD_REALS:
                for (size_t i = 0; i < field_reals_n(field); i++)
                        field_reals(field, record)[i] = i == 1 ? NULL_REAL : 12345.123456 + turn + (double)i;
                break;
        case FIELD_TEXT:
                (void)snprintf(field_text(field, record), field->size, "t%d_of_some_length", turn);
                break;
        case FIELD_CODES:
                codes_none(field_text(field, record));
                while (codes_add(field_text(field, record), field->size, turn ? "other" : "code"))
                        continue;
                break;
        case FIELD_BOOLEAN:
                *field_integer(field, record) = turn % 2;
                break;
        case FIELD_INTEGER:
        case FIELD_TIME:
                *field_integer(field, record) = 123456 + turn;
                break;
        }
}

static inline void fill_groups(const GroupTable *table, void *record)
{
        for (size_t i = 0; i < table->n; i++) {
                const Group *group = &table->groups[i];

                for (size_t f = 0; f < group->fields->n_fields; f++)
                        fill_field(&group->fields->fields[f], group_of(group, record), 0);
        }
}
