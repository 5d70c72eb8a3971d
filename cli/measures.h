/* measures.h: Private to cli. What a measure is, from proto/measures.json: compiled in, so that it is there
 * without a file. */
#pragma once

#include "cli/output.h"

extern const char *const measures_text[]; /* pieces of JSON, NULL at the end; made by meson */

/* One measure: its own words, and those of the groups above it where it has none. */
typedef struct Measure {
        const cJSON *all;   /* the whole of measures.json */
        const cJSON *entry;
        const cJSON *group; /* the nearest with words, or NULL */
        const char *key;    /* as asked for */
        const char *group_path; /* of `group`, or "" */
} Measure;

/* The whole, parsed; the caller's to delete. NULL: no memory. */
cJSON *measures_parse(void);
/* True: found. Borrows both. */
bool measures_find(const cJSON *all, const char *key, Measure *ret);
/* A member of the entry, else of the group; NULL: neither has it. */
const cJSON *measure_says(const Measure *measure, const char *name);
/* Names like the unknown one, with commas between them. */
void measures_near(const cJSON *all, const char *unknown, char *ret, size_t size);
