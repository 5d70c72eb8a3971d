#include "daemon/control/form.h"

#include "daemon/control/state.h"

#include <errno.h>
#include <string.h>

static int must(const FormReader *reader, const FieldRule *rule, sd_bus_error *error)
{
        return sd_bus_error_setf(error, ERROR_INVALID, "%s must be %s\nsee: stridectl help %s", rule->path,
                                 rule->must, reader->help);
}

static int set_time(const FormReader *reader, const FieldRule *rule, const char *text, int64_t *ret,
                    sd_bus_error *error)
{
        const char *fault;

        if (!text[0])
                return 0; /* what was there stays: now */
        if (rfc3339_parse(text, ret) < 0)
                return sd_bus_error_setf(error, ERROR_INVALID,
                                         "'%s' is no time\nit looks like 2026-11-24T08:00:00+01:00", text);
        fault = rule->past ? diary_time_fault(*ret, reader->now_utc_ms) : NULL;
        if (fault)
                return sd_bus_error_setf(error, ERROR_INVALID, "%s %s: %s\nthe clock here can be seen with: "
                                                               "stridectl status",
                                         rule->path, fault, text);
        return 0;
}

static int set_text(const FormReader *reader, const FieldRule *rule, const Field *field, const char *text,
                    void *record, sd_bus_error *error)
{
        char canonical[EXERCISES_TEXT_SIZE];
        ExerciseList exercises;

        if (!text[0])
                return 0;
        if (rule->list) {
                if (exercises_parse(text, &exercises) < 0)
                        return sd_bus_error_setf(error, ERROR_INVALID,
                                                 "'%s' is no list of exercises\nit looks like: gluteal_bridge "
                                                 "3sets 12reps;hip_flexor_stretch left 2sets 45s",
                                                 text);
                exercises_format(&exercises, canonical);
                text = canonical;
        }
        if (!rule_takes_text(rule, field, text))
                return must(reader, rule, error);
        (void)text_copy(field_text(field, record), field->size, text);
        return 0;
}

static int read_value(const FormReader *reader, const FieldRule *rule, sd_bus_message *call, void *record,
                      sd_bus_error *error)
{
        const Field *field = fields_find(reader->form->fields, rule->path);
        const char *contents, *text;
        double number = 0;
        int truth = 0, r;
        char type;

        r = sd_bus_message_peek_type(call, &type, &contents);
        if (r < 0)
                return r;
        if (strcmp(contents, "s") == 0 && (field->type == FIELD_TEXT || field->type == FIELD_TIME)) {
                r = sd_bus_message_read(call, "v", "s", &text);
                if (r < 0)
                        return r;
                return field->type == FIELD_TIME
                               ? set_time(reader, rule, text, field_integer(field, record), error)
                               : set_text(reader, rule, field, text, record, error);
        }
        if (strcmp(contents, "b") == 0 && field->type == FIELD_BOOLEAN) {
                r = sd_bus_message_read(call, "v", "b", &truth);
                number = truth;
        } else if (strcmp(contents, "d") == 0 && (field->type == FIELD_INTEGER || field->type == FIELD_REAL)) {
                r = sd_bus_message_read(call, "v", "d", &number);
        } else {
                return must(reader, rule, error);
        }
        if (r < 0)
                return r;
        if (!rule_takes_number(rule, field, number))
                return must(reader, rule, error);
        field_set_number(field, record, number);
        return 0;
}

static int read_id(sd_bus_message *call, char ret[static ID_SIZE], sd_bus_error *error)
{
        const char *text;
        int r = sd_bus_message_read(call, "v", "s", &text);

        if (r < 0)
                return r;
        if (!id_is_valid(text))
                return sd_bus_error_setf(error, ERROR_INVALID, "'%s' cannot be an id\nleave it away", text);
        (void)text_copy(ret, ID_SIZE, text);
        return 0;
}

static int read_entry(const FormReader *reader, sd_bus_message *call, void *record,
                      char ret_id[static ID_SIZE], sd_bus_error *error)
{
        const FieldRule *rule;
        const char *key;
        int r = sd_bus_message_read(call, "s", &key);

        if (r < 0)
                return r;
        if (strcmp(key, "id") == 0)
                return read_id(call, ret_id, error);
        rule = form_rule(reader->form, key);
        if (!rule)
                return sd_bus_error_setf(error, ERROR_INVALID, "%s has no '%s'\nsee: stridectl help %s",
                                         reader->what, key, reader->help);
        return read_value(reader, rule, call, record, error);
}

int form_read_dict(const FormReader *reader, sd_bus_message *call, void *record, char ret_id[static ID_SIZE],
                   sd_bus_error *error)
{
        int r = sd_bus_message_enter_container(call, 'a', "{sv}");

        while (r >= 0) {
                r = sd_bus_message_enter_container(call, 'e', "sv");
                if (r <= 0)
                        break;
                r = read_entry(reader, call, record, ret_id, error);
                if (r >= 0)
                        r = sd_bus_message_exit_container(call);
        }
        return r < 0 ? r : sd_bus_message_exit_container(call);
}
