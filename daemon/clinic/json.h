/* json.h: Private to clinic. Field tables as JSON objects. */
#pragma once

#include "proto/groups.h"

#include <cjson/cJSON.h>

/* Sets `value` at a dotted path, making objects on the way; owns `value` from now on, also
 * when memory is short (then it is lost, and json_print refuses). */
void json_set(cJSON *root, const char *path, cJSON *value);
/* An array of texts. */
void json_set_codes(cJSON *root, const char *path, const char *codes);
void json_set_text(cJSON *root, const char *path, const char *text); /* "" is null */
void json_set_integer(cJSON *root, const char *path, int64_t value); /* NULL_INTEGER is null */
void json_set_real(cJSON *root, const char *path, double value);     /* NAN is null */
void json_set_time(cJSON *root, const char *path, int64_t utc_ms);   /* NULL_INTEGER is null */
/* Every field of the table. */
void json_set_fields(cJSON *root, const FieldTable *table, const void *record);
/* Every group, null when it is absent; reals to six significant digits. */
void json_set_groups(cJSON *root, const GroupTable *table, const void *record);
/* "reasons": { path: code } */
void json_set_reasons(cJSON *root, const Reasons *reasons);
/* Without white space. Its length, or -ENOBUFS. */
int json_print(const cJSON *root, char *ret, size_t size);
