#include "daemon/control/dict.h"

#include "base/cleanup.h"
#include "base/text.h"

int dict_open(sd_bus_message *m)
{
        return sd_bus_message_open_container(m, 'a', "{sv}");
}

int dict_close(sd_bus_message *m)
{
        return sd_bus_message_close_container(m);
}

static int append_null(sd_bus_message *m, const char *key)
{
        return sd_bus_message_append(m, "{sv}", key, "av", 0);
}

int dict_text(sd_bus_message *m, const char *key, const char *value)
{
        return value && value[0] ? sd_bus_message_append(m, "{sv}", key, "s", value)
                                 : append_null(m, key);
}

int dict_integer(sd_bus_message *m, const char *key, int64_t value)
{
        return value == NULL_INTEGER ? append_null(m, key)
                                     : sd_bus_message_append(m, "{sv}", key, "x", value);
}

int dict_real(sd_bus_message *m, const char *key, double value)
{
        return isnan(value) ? append_null(m, key)
                            : sd_bus_message_append(m, "{sv}", key, "d", value);
}

int dict_boolean(sd_bus_message *m, const char *key, int64_t value)
{
        return value == NULL_INTEGER ? append_null(m, key)
                                     : sd_bus_message_append(m, "{sv}", key, "b", value != 0);
}

int dict_time(sd_bus_message *m, const char *key, int64_t utc_ms)
{
        char text[RFC3339_SIZE];

        if (utc_ms == NULL_INTEGER)
                return append_null(m, key);
        rfc3339_format(utc_ms, text);
        return dict_text(m, key, text);
}

/* Opens {s v<contents>}. */
static int open_entry(sd_bus_message *m, const char *key, const char *contents)
{
        int r = sd_bus_message_open_container(m, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", key);
        return r < 0 ? r : sd_bus_message_open_container(m, 'v', contents);
}

static int close_entry(sd_bus_message *m)
{
        int r = sd_bus_message_close_container(m);

        return r < 0 ? r : sd_bus_message_close_container(m);
}

int dict_integers(sd_bus_message *m, const char *key, const int64_t *values, size_t n)
{
        int r = open_entry(m, key, "ax");

        if (r >= 0)
                r = sd_bus_message_append_array(m, 'x', values, n * sizeof(*values));
        return r < 0 ? r : close_entry(m);
}

static int dict_reals(sd_bus_message *m, const char *key, const double *values, size_t n)
{
        int r = open_entry(m, key, "ad");

        if (r >= 0)
                r = sd_bus_message_append_array(m, 'd', values, n * sizeof(*values));
        return r < 0 ? r : close_entry(m);
}

static int dict_codes(sd_bus_message *m, const char *key, const char *codes)
{
        const char *code;
        size_t length;
        int r = open_entry(m, key, "as");

        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "s");
        while (r >= 0 && (length = codes_next(&codes, &code)) > 0) {
                char text[64];

                (void)text_copy(text, length + 1 < sizeof(text) ? length + 1 : sizeof(text), code);
                r = sd_bus_message_append(m, "s", text);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : close_entry(m);
}

int dict_fields(sd_bus_message *m, const FieldTable *table, const void *record)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < table->n_fields; i++) {
                const Field *field = &table->fields[i];

                if ((field->type == FIELD_REALS || field->type == FIELD_CODES) &&
                    field_is_null(field, record))
                        r = append_null(m, field->path);
                else if (field->type == FIELD_REALS)
                        r = dict_reals(m, field->path, field_reals(field, record),
                                       field_reals_n(field));
                else if (field->type == FIELD_CODES)
                        r = dict_codes(m, field->path, field_text(field, record));
                else if (field->type == FIELD_TEXT)
                        r = dict_text(m, field->path, field_text(field, record));
                else if (field->type == FIELD_REAL)
                        r = dict_real(m, field->path, *field_real(field, record));
                else if (field->type == FIELD_BOOLEAN)
                        r = dict_boolean(m, field->path, *field_integer(field, record));
                else if (field->type == FIELD_TIME)
                        r = dict_time(m, field->path, *field_integer(field, record));
                else
                        r = dict_integer(m, field->path, *field_integer(field, record));
        }
        return r;
}

int dict_groups(sd_bus_message *m, const GroupTable *table, const void *record)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < table->n; i++) {
                const Group *group = &table->groups[i];

                r = group_is_absent(group, record)
                            ? append_null(m, group->path)
                            : dict_fields(m, group->fields, group_of(group, record));
        }
        return r;
}

int dict_reasons(sd_bus_message *m, const Reasons *reasons)
{
        int r = open_entry(m, "reasons", "a{ss}");

        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "{ss}");
        for (size_t i = 0; r >= 0 && i < reasons->n; i++)
                r = sd_bus_message_append(m, "{ss}", reasons->list[i].path, reasons->list[i].code);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : close_entry(m);
}

int dict_list_open(sd_bus_message *m, const char *key)
{
        int r = open_entry(m, key, "aa{sv}");

        return r < 0 ? r : sd_bus_message_open_container(m, 'a', "a{sv}");
}

int dict_list_close(sd_bus_message *m)
{
        int r = sd_bus_message_close_container(m);

        return r < 0 ? r : close_entry(m);
}

int dict_changes(sd_bus_message *m, const char *key, const char *changed)
{
        int r = dict_list_open(m, key);

        while (r >= 0 && *changed) {
                const char *equals = strchr(changed, '='), *end = equals ? strchr(equals, ';') : NULL;
                char path[64], why[64];

                if (!end)
                        break;
                (void)snprintf(path, sizeof(path), "%.*s", (int)(equals - changed), changed);
                (void)snprintf(why, sizeof(why), "%.*s", (int)(end - equals - 1), equals + 1);
                changed = end + 1;
                r = dict_open(m);
                if (r >= 0)
                        r = dict_text(m, "path", path);
                if (r >= 0)
                        r = dict_text(m, "why", why);
                if (r >= 0)
                        r = dict_close(m);
        }
        return r < 0 ? r : dict_list_close(m);
}
