/* oracle.h: what the adapters of an oracle's functions share.
 *
 * An adapter turns a case's `in` into the arguments of the daemon's own function and what that
 * answers into `out`: it computes nothing itself. One file a room of ../shared/oracles. */
#pragma once

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

typedef struct OracleFunction {
        const char *name; /* `fn` of a case; NULL ends a table */
        cJSON *(*run)(const cJSON *in); /* the caller's; NULL: the case cannot be read */
} OracleFunction;

extern const OracleFunction oracle_load[], oracle_calendar[], oracle_pain[], oracle_gait[],
        oracle_sitting[], oracle_exercise[], oracle_movement[];

/* The folder of the file whose cases are run: names inside a case are relative to it. */
extern const char *oracle_directory;

const cJSON *oracle_at(const cJSON *object, const char *key);
double oracle_real(const cJSON *object, const char *key); /* NAN: absent, null or no number */
const char *oracle_text(const cJSON *object, const char *key); /* "": absent or no text */
bool oracle_is_true(const cJSON *object, const char *key);
/* A list of numbers, null → NAN; the caller's, never NULL. */
double *oracle_reals(const cJSON *list, size_t *ret_n);
/* NAN → null. */
void oracle_put(cJSON *out, const char *key, double value);
void oracle_put_text(cJSON *out, const char *key, const char *value); /* NULL → null */
void oracle_put_integer(cJSON *out, const char *key, int64_t value);  /* NULL_INTEGER → null */
int32_t oracle_day(const char *date); /* "2026-01-31", as in base/calendar.h */
