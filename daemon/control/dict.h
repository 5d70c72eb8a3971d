/* dict.h: Private to control. Field tables as a{sv}.
 *
 * Keys are the dotted paths of the tables. Times are RFC 3339 texts. D-Bus knows no null:
 * an empty "av" stands for it, and NaN within a list of numbers ("ad"). */
#pragma once

#include "proto/groups.h"

#include <systemd/sd-bus.h>

/* Each 0 or -errno, as sd_bus_message_append. Between dict_open and dict_close. */
int dict_open(sd_bus_message *m);
int dict_close(sd_bus_message *m);
int dict_text(sd_bus_message *m, const char *key, const char *value);    /* "" and NULL: null */
int dict_integer(sd_bus_message *m, const char *key, int64_t value);     /* NULL_INTEGER: null */
int dict_real(sd_bus_message *m, const char *key, double value);         /* NAN: null */
int dict_boolean(sd_bus_message *m, const char *key, int64_t value);     /* NULL_INTEGER: null */
int dict_time(sd_bus_message *m, const char *key, int64_t utc_ms);       /* NULL_INTEGER: null */
int dict_integers(sd_bus_message *m, const char *key, const int64_t *values, size_t n);
int dict_fields(sd_bus_message *m, const FieldTable *table, const void *record);
/* Every group's fields, or null under its path when it is absent. */
int dict_groups(sd_bus_message *m, const GroupTable *table, const void *record);
/* "path=why;…" as a list of {path, why}. */
int dict_changes(sd_bus_message *m, const char *key, const char *changed);
int dict_reasons(sd_bus_message *m, const Reasons *reasons);
/* A list of dictionaries under a key: dict_list_open, then dict_open … dict_close for each,
 * then dict_list_close. */
int dict_list_open(sd_bus_message *m, const char *key);
int dict_list_close(sd_bus_message *m);
