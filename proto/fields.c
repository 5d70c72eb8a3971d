#include "proto/fields.h"

#include <string.h>

bool field_is_null(const Field *field, const void *record)
{
        switch (field->type) {
        case FIELD_REAL:
                return isnan(*field_real(field, record));
        case FIELD_TEXT:
                return field_text(field, record)[0] == '\0';
        case FIELD_INTEGER:
        case FIELD_BOOLEAN:
        case FIELD_TIME:
                break;
        }
        return *field_integer(field, record) == NULL_INTEGER;
}

void fields_set_null(const FieldTable *table, void *record)
{
        for (size_t i = 0; i < table->n_fields; i++) {
                const Field *field = &table->fields[i];

                if (field->type == FIELD_REAL)
                        *field_real(field, record) = NULL_REAL;
                else if (field->type == FIELD_TEXT)
                        memset(field_text(field, record), 0, field->size);
                else
                        *field_integer(field, record) = NULL_INTEGER;
        }
}

static bool field_equal(const Field *field, const void *a, const void *b)
{
        if (field_is_null(field, a) || field_is_null(field, b))
                return field_is_null(field, a) && field_is_null(field, b);
        if (field->type == FIELD_REAL)
                return *field_real(field, a) == *field_real(field, b);
        if (field->type == FIELD_TEXT)
                return strcmp(field_text(field, a), field_text(field, b)) == 0;
        return *field_integer(field, a) == *field_integer(field, b);
}

bool fields_equal(const FieldTable *table, const void *a, const void *b)
{
        for (size_t i = 0; i < table->n_fields; i++) {
                if (!field_equal(&table->fields[i], a, b))
                        return false;
        }
        return true;
}

const Field *fields_find(const FieldTable *table, const char *path)
{
        for (size_t i = 0; i < table->n_fields; i++) {
                if (strcmp(table->fields[i].path, path) == 0)
                        return &table->fields[i];
        }
        return NULL;
}

void reasons_add(Reasons *reasons, const char *path, const char *code)
{
        if (reasons->n < REASONS_MAX && !reasons_find(reasons, path))
                reasons->list[reasons->n++] = (Reason){.path = path, .code = code};
}

const char *reasons_find(const Reasons *reasons, const char *path)
{
        for (size_t i = 0; i < reasons->n; i++) {
                if (strcmp(reasons->list[i].path, path) == 0)
                        return reasons->list[i].code;
        }
        return NULL;
}
