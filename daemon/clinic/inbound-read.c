/* A message's keys, by the rules of its form, into a record. */
#include "daemon/clinic/inbound-case.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int case_refuse(Case *c, const char *code, const char *format, ...)
{
        va_list arguments;

        c->ack.accepted = 0;
        (void)text_copy(c->ack.code, sizeof(c->ack.code), code);
        va_start(arguments, format);
        (void)vsnprintf(c->ack.message, sizeof(c->ack.message), format, arguments);
        va_end(arguments);
        return 0;
}

int case_accept(Case *c, const char *code, const char *format, ...)
{
        va_list arguments;

        c->ack.accepted = 1;
        (void)text_copy(c->ack.code, sizeof(c->ack.code), code);
        va_start(arguments, format);
        (void)vsnprintf(c->ack.message, sizeof(c->ack.message), format, arguments);
        va_end(arguments);
        return 1;
}

static int must(Case *c, const FieldRule *rule)
{
        return case_refuse(c, "invalid_field", "%s must be %s", rule->path, rule->must);
}

/* rfc3339_parse takes what people write; on the wire there is one form, as in the schemas: capital
 * letters, no blank, no leap second (which many receivers cannot read). */
static bool is_wire_time(const char *text)
{
        size_t length = strlen(text);

        return length >= sizeof("2026-11-24T08:00:00Z") - 1 && text[10] == 'T' && text[17] != '6' &&
               text[length - 1] != 'z';
}

static int read_time(Case *c, const FieldRule *rule, const cJSON *item, int64_t *ret)
{
        /* Only a clock that is right can say that an entry is of the future: set by hand, or by a flat
         * battery, it would refuse those of today, for good. */
        bool is_sure = clock_quality(c->clock) == CLOCK_SYNCHRONISED;
        const char *fault = NULL;

        if (!cJSON_IsString(item) || !is_wire_time(item->valuestring) ||
            rfc3339_parse(item->valuestring, ret) < 0)
                return must(c, rule);
        if (rule->past)
                fault = diary_time_fault(*ret, is_sure ? clock_utc_ms(c->clock) : NULL_INTEGER);
        return fault ? case_refuse(c, "invalid_field", "%s %s", rule->path, fault) : 1;
}

static int read_text(Case *c, const FieldRule *rule, const Field *field, const cJSON *item, void *record)
{
        if (!cJSON_IsString(item))
                return case_refuse(c, "invalid_field", "%s must be a text", rule->path);
        if (item->valuestring[0] == '\0' && !rule->is && !rule->words)
                return 1; /* says as little as null */
        if (strlen(item->valuestring) >= field->size)
                return case_refuse(c, "invalid_field", "%s is longer than %zu octets", rule->path,
                                   field->size - 1);
        if (!rule_takes_text(rule, field, item->valuestring))
                return must(c, rule);
        (void)text_copy(field_text(field, record), field->size, item->valuestring);
        return 1;
}

static int read_form(Case *c, const Form *form, const cJSON *root, void *record);

static int read_list(Case *c, const FieldRule *rule, const cJSON *list, char *ret)
{
        ExerciseList exercises = {.n = 0};
        const cJSON *item;

        if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > EXERCISES_MAX)
                return must(c, rule);
        cJSON_ArrayForEach(item, list) {
                Exercise *exercise = &exercises.list[exercises.n++];

                exercise_set_null(exercise);
                if (!cJSON_IsObject(item))
                        return case_refuse(c, "invalid_field", "each of %s must be an object", rule->path);
                if (!read_form(c, rule->list, item, exercise))
                        return 0;
        }
        exercises_format(&exercises, ret);
        return 1;
}

static int read_item(Case *c, const Form *form, const FieldRule *rule, const cJSON *item, void *record)
{
        const Field *field = fields_find(form->fields, rule->path);

        if (!item || cJSON_IsNull(item))
                return rule->needed ? must(c, rule) : 1;
        if (rule->list)
                return read_list(c, rule, item, field_text(field, record));
        if (field->type == FIELD_TEXT)
                return read_text(c, rule, field, item, record);
        if (field->type == FIELD_TIME)
                return read_time(c, rule, item, field_integer(field, record));
        if (field->type == FIELD_BOOLEAN ? !cJSON_IsBool(item) : !cJSON_IsNumber(item))
                return must(c, rule);
        if (!rule_takes_number(rule, field, cJSON_IsBool(item) ? cJSON_IsTrue(item) : item->valuedouble))
                return must(c, rule);
        field_set_number(field, record, cJSON_IsBool(item) ? cJSON_IsTrue(item) : item->valuedouble);
        return 1;
}

/* "a.b.c": every level on the way is an object, null or not there. 1 and *ret (NULL: not there). */
static int find(Case *c, const cJSON *root, const char *path, const cJSON **ret)
{
        const cJSON *at = root;
        char key[64];

        while (at && *path) {
                size_t length = strcspn(path, ".");

                if (length >= sizeof(key))
                        return case_refuse(c, "invalid_field", "%s is no key", path);
                memcpy(key, path, length);
                key[length] = '\0';
                at = cJSON_GetObjectItemCaseSensitive(at, key);
                path += length + (path[length] == '.');
                if (*path && cJSON_IsNull(at))
                        at = NULL;
                if (*path && at && !cJSON_IsObject(at))
                        return case_refuse(c, "invalid_field", "%s must be an object", key);
        }
        *ret = at;
        return 1;
}

static int read_form(Case *c, const Form *form, const cJSON *root, void *record)
{
        for (size_t i = 0; i < form->n_rules; i++) {
                const cJSON *item = NULL; /* set when find says so; gcc cannot see it */

                if (!find(c, root, form->rules[i].path, &item) ||
                    !read_item(c, form, &form->rules[i], item, record))
                        return 0;
        }
        return 1;
}

int case_read(Case *c, const Form *form, void *record)
{
        const char *fault;

        if (!read_form(c, form, c->root, record))
                return 0;
        fault = form->fault ? form->fault(record) : NULL;
        return fault ? case_refuse(c, "invalid_field", "%s", fault) : 1;
}
