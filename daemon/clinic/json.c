#include "daemon/clinic/json.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_set(cJSON *root, const char *path, cJSON *value)
{
        const char *dot;

        while ((dot = strchr(path, '.'))) {
                char key[64];
                cJSON *next;

                (void)text_copy(key, (size_t)(dot - path) + 1 < sizeof(key) ? (size_t)(dot - path) + 1
                                                                            : sizeof(key),
                                path);
                next = cJSON_GetObjectItemCaseSensitive(root, key);
                if (!next)
                        next = cJSON_AddObjectToObject(root, key);
                if (!next) {
                        cJSON_Delete(value);
                        return;
                }
                root = next;
                path = dot + 1;
        }
        if (!cJSON_AddItemToObject(root, path, value))
                cJSON_Delete(value);
}

void json_set_text(cJSON *root, const char *path, const char *text)
{
        json_set(root, path, text[0] ? cJSON_CreateString(text) : cJSON_CreateNull());
}

void json_set_integer(cJSON *root, const char *path, int64_t value)
{
        json_set(root, path, value == NULL_INTEGER ? cJSON_CreateNull()
                                                   : cJSON_CreateNumber((double)value));
}

/* What is behind is noise of the arithmetic, and makes messages long. */
typedef enum Digits {
        DIGITS_MILLIONTHS,
        DIGITS_SIX, /* significant ones: more than any measure has */
} Digits;

static cJSON *number_or_null(double value, Digits digits)
{
        char text[32];

        if (isnan(value))
                return cJSON_CreateNull();
        if (digits == DIGITS_MILLIONTHS)
                return cJSON_CreateNumber(round(value * 1e6) / 1e6);
        (void)snprintf(text, sizeof(text), "%.6g", value);
        return cJSON_CreateNumber(strtod(text, NULL));
}

void json_set_real(cJSON *root, const char *path, double value)
{
        json_set(root, path, number_or_null(value, DIGITS_MILLIONTHS));
}

void json_set_time(cJSON *root, const char *path, int64_t utc_ms)
{
        char text[RFC3339_SIZE];

        if (utc_ms == NULL_INTEGER) {
                json_set(root, path, cJSON_CreateNull());
                return;
        }
        rfc3339_format(utc_ms, text);
        json_set_text(root, path, text);
}

static cJSON *make_reals(const double *reals, size_t n, Digits digits)
{
        cJSON *array = cJSON_CreateArray();

        for (size_t i = 0; i < n; i++) {
                cJSON *value = number_or_null(reals[i], digits);

                if (!cJSON_AddItemToArray(array, value))
                        cJSON_Delete(value); /* memory is short; json_print notices */
        }
        return array;
}

static cJSON *make_codes(const char *codes)
{
        cJSON *array = cJSON_CreateArray();
        const char *code;
        size_t length;

        while ((length = codes_next(&codes, &code)) > 0) {
                char text[64];
                cJSON *value;

                (void)text_copy(text, length + 1 < sizeof(text) ? length + 1 : sizeof(text), code);
                value = cJSON_CreateString(text);
                if (!cJSON_AddItemToArray(array, value))
                        cJSON_Delete(value); /* as above */
        }
        return array;
}

void json_set_codes(cJSON *root, const char *path, const char *codes)
{
        json_set(root, path, make_codes(codes));
}

static void set_field(cJSON *root, const Field *field, const void *record, Digits digits)
{
        if (field_is_null(field, record))
                json_set(root, field->path, cJSON_CreateNull());
        else if (field->type == FIELD_TEXT)
                json_set_text(root, field->path, field_text(field, record));
        else if (field->type == FIELD_REAL)
                json_set(root, field->path, number_or_null(*field_real(field, record), digits));
        else if (field->type == FIELD_REALS)
                json_set(root, field->path,
                         make_reals(field_reals(field, record), field_reals_n(field), digits));
        else if (field->type == FIELD_CODES)
                json_set(root, field->path, make_codes(field_text(field, record)));
        else if (field->type == FIELD_BOOLEAN)
                json_set(root, field->path, cJSON_CreateBool(*field_integer(field, record) != 0));
        else if (field->type == FIELD_TIME)
                json_set_time(root, field->path, *field_integer(field, record));
        else
                json_set_integer(root, field->path, *field_integer(field, record));
}

void json_set_fields(cJSON *root, const FieldTable *table, const void *record)
{
        for (size_t i = 0; i < table->n_fields; i++)
                set_field(root, &table->fields[i], record, DIGITS_MILLIONTHS);
}

static void set_group(cJSON *root, const FieldTable *table, const void *record)
{
        for (size_t i = 0; i < table->n_fields; i++)
                set_field(root, &table->fields[i], record, DIGITS_SIX);
}

void json_set_groups(cJSON *root, const GroupTable *table, const void *record)
{
        for (size_t i = 0; i < table->n; i++) {
                const Group *group = &table->groups[i];

                if (group_is_absent(group, record))
                        json_set(root, group->path, cJSON_CreateNull());
                else
                        set_group(root, group->fields, group_of(group, record));
        }
}

void json_set_reasons(cJSON *root, const Reasons *reasons)
{
        cJSON *object = cJSON_AddObjectToObject(root, "reasons");

        for (size_t i = 0; i < reasons->n; i++)
                (void)cJSON_AddStringToObject(object, reasons->list[i].path,
                                              reasons->list[i].code); /* json_print notices */
}

int json_print(const cJSON *root, char *ret, size_t size)
{
        /* cJSON wants some octets more than it needs */
        if (!root || size < 8 || !cJSON_PrintPreallocated((cJSON *)(uintptr_t)root, ret, (int)size, 0))
                return -ENOBUFS;
        return (int)strlen(ret);
}
