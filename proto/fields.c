#include "proto/fields.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool reals_are_null(const double *reals, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                if (!isnan(reals[i]))
                        return false;
        }
        return true;
}

static bool reals_equal(const double *a, const double *b, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                if (isnan(a[i]) || isnan(b[i]) ? !isnan(a[i]) || !isnan(b[i]) : a[i] != b[i])
                        return false;
        }
        return true;
}

bool field_is_null(const Field *field, const void *record)
{
        switch (field->type) {
        case FIELD_REAL:
                return isnan(*field_real(field, record));
        case FIELD_TEXT:
        case FIELD_CODES:
                return field_text(field, record)[0] == '\0';
        case FIELD_REALS:
                return reals_are_null(field_reals(field, record), field_reals_n(field));
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
                else if (field->type == FIELD_TEXT || field->type == FIELD_CODES)
                        memset(field_text(field, record), 0, field->size);
                else if (field->type == FIELD_REALS)
                        for (size_t at = 0; at < field_reals_n(field); at++)
                                field_reals(field, record)[at] = NULL_REAL;
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
        if (field->type == FIELD_TEXT || field->type == FIELD_CODES)
                return strcmp(field_text(field, a), field_text(field, b)) == 0;
        if (field->type == FIELD_REALS)
                return reals_equal(field_reals(field, a), field_reals(field, b),
                                   field_reals_n(field));
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

const char *reasons_explain(const Reasons *reasons, const char *path)
{
        char above[96];
        char *dot;

        (void)text_copy(above, sizeof(above), path);
        do {
                const char *code = reasons_find(reasons, above);

                if (code)
                        return code;
                dot = strrchr(above, '.');
                if (dot)
                        *dot = '\0';
        } while (dot);
        return NULL;
}

/* ---- lists ---- */

void codes_none(char *codes)
{
        (void)text_copy(codes, 2, ",");
}

bool codes_add(char *codes, size_t size, const char *code)
{
        size_t used = strlen(codes);
        bool first = used <= 1;

        if ((first ? 0 : used) + 1 + strlen(code) >= size)
                return false;
        (void)snprintf(codes + (first ? 0 : used), size - (first ? 0 : used), ",%s", code);
        return true;
}

size_t codes_next(const char **at, const char **ret_code)
{
        *at += strspn(*at, ",");
        *ret_code = *at;
        *at += strcspn(*at, ",");
        return (size_t)(*at - *ret_code);
}

bool codes_contain(const char *codes, const char *code)
{
        const char *one;
        size_t length;

        while ((length = codes_next(&codes, &one)) > 0) {
                if (length == strlen(code) && strncmp(one, code, length) == 0)
                        return true;
        }
        return false;
}

bool reals_format(const double *reals, size_t n, char *ret, size_t size)
{
        size_t used = 0;

        for (size_t i = 0; i < n; i++) {
                int length = isnan(reals[i])
                                     ? snprintf(ret + used, size - used, "%s-", i > 0 ? " " : "")
                                     : snprintf(ret + used, size - used, "%s%.17g", i > 0 ? " " : "",
                                                reals[i]);

                if (length < 0 || used + (size_t)length >= size)
                        return false;
                used += (size_t)length;
        }
        return true;
}

void reals_parse(const char *text, double *ret, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                char one[40];
                size_t length = strcspn(text, " ");

                (void)snprintf(one, sizeof(one), "%.*s", (int)length, text);
                if (real_parse(one, -INFINITY, INFINITY, &ret[i]) < 0)
                        ret[i] = NULL_REAL;
                text += length + (text[length] == ' ');
        }
}
