/* output.h: Private to cli. what a person or a script gets to see. */
#pragma once

#include "cli/verb.h"

#include <cjson/cJSON.h>

DEFINE_CLEANUP(cJSON *, cJSON_Delete);

/* Texts come from pods, runners and clinics: on a terminal their control characters (also DEL, C1 and
 * those that turn the direction of writing) are shown as "\x1b", "\u202e", never obeyed. False: cut. */
bool output_visible(char *ret, size_t size, const char *text);
/* Makes every text of an answer visible; for answers that a person reads. */
void output_make_visible(cJSON *value);

/* One JSON value; EXIT_DONE, or EXIT_FAILED when it cannot be written. */
int output_json(const cJSON *value);
/* Says what failed and the next step, as text on stderr or as JSON; returns `code`. */
int output_error(const Invocation *invocation, int code, const char *id, const char *message,
                 const char *next);

/* Only a person at a terminal is asked. */
bool output_can_ask(const Invocation *invocation);
/* "WHAT. Do it all the same? [y/N]" EXIT_CONFIRMED, or EXIT_FAILED, told. */
int output_ask(const Invocation *invocation, const char *what);

/* How a column of a table shows a value at a dotted path. */
typedef enum Shape {
        SHAPE_TEXT,
        SHAPE_NUMBER,
        SHAPE_REAL,       /* one digit behind the point */
        SHAPE_KILOMETRES, /* of metres */
        SHAPE_DURATION,   /* of seconds: 1:02:03 */
        SHAPE_TIME,       /* RFC 3339: to the minute, UTC */
        SHAPE_YES,        /* yes, no */
} Shape;

typedef struct Column {
        const char *title;
        const char *path;
        Shape shape;
} Column;

/* Aligned columns of an array of objects; absent values are "–". */
void output_table(const cJSON *rows, const Column *columns, size_t n);
/* "title: value" a line, of one object. */
void output_list(const cJSON *object, const Column *columns, size_t n);
/* The value at a dotted path, or NULL. */
const cJSON *json_at(const cJSON *object, const char *path);
const char *json_text_at(const cJSON *object, const char *path);     /* "" when absent */
double json_number_at(const cJSON *object, const char *path);        /* NAN when absent */
