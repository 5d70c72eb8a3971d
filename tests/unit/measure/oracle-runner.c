/* Runs oracle files (format: ../shared/oracles/README.md) through the daemon's own functions.
 * Usage: oracle-runner FILE.json…   A line per case; last line "N passed, N failed". */
#include "oracle.h"

#include "base/calendar.h"
#include "base/cleanup.h"
#include "proto/fields.h"

#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *oracle_directory = ".";

const cJSON *oracle_at(const cJSON *object, const char *key)
{
        return cJSON_GetObjectItemCaseSensitive(object, key);
}

double oracle_real(const cJSON *object, const char *key)
{
        const cJSON *item = oracle_at(object, key);

        return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

const char *oracle_text(const cJSON *object, const char *key)
{
        const cJSON *item = oracle_at(object, key);

        return cJSON_IsString(item) ? item->valuestring : "";
}

bool oracle_is_true(const cJSON *object, const char *key)
{
        return cJSON_IsTrue(oracle_at(object, key));
}

double *oracle_reals(const cJSON *list, size_t *ret_n)
{
        double *values = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*values));
        const cJSON *item;
        size_t n = 0;

        if (!values)
                abort();
        cJSON_ArrayForEach(item, list)
                values[n++] = cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
        *ret_n = n;
        return values;
}

void oracle_put(cJSON *out, const char *key, double value)
{
        if (isnan(value))
                cJSON_AddNullToObject(out, key);
        else
                cJSON_AddNumberToObject(out, key, value);
}

void oracle_put_text(cJSON *out, const char *key, const char *value)
{
        if (value)
                cJSON_AddStringToObject(out, key, value);
        else
                cJSON_AddNullToObject(out, key);
}

void oracle_put_integer(cJSON *out, const char *key, int64_t value)
{
        oracle_put(out, key, value == NULL_INTEGER ? (double)NAN : (double)value);
}

int32_t oracle_day(const char *date)
{
        int year = 0, month = 0, day = 0;

        (void)sscanf(date, "%d-%d-%d", &year, &month, &day);
        return day_from_civil(year, month, day);
}

static const OracleFunction *const rooms[] = {
        oracle_load,    oracle_calendar, oracle_pain,     oracle_gait,
        oracle_sitting, oracle_exercise, oracle_movement,
};

static cJSON *run_function(const char *name, const cJSON *in, bool *ret_found)
{
        *ret_found = false;
        for (size_t i = 0; i < ARRAY_SIZE(rooms); i++) {
                for (const OracleFunction *function = rooms[i]; function->name; function++) {
                        if (strcmp(function->name, name) != 0)
                                continue;
                        *ret_found = true;
                        return function->run(in);
                }
        }
        return NULL;
}

/* ---- comparing: every key of `expected`, and only those ---- */

static bool matches(const cJSON *expected, const cJSON *got, double tolerance)
{
        const cJSON *item;

        if (!got)
                return false;
        if (cJSON_IsNumber(expected))
                return cJSON_IsNumber(got) && fabs(expected->valuedouble - got->valuedouble) <=
                                                      fmax(tolerance, tolerance * fabs(expected->valuedouble));
        if (cJSON_IsObject(expected)) {
                cJSON_ArrayForEach(item, expected) {
                        if (!matches(item, oracle_at(got, item->string), tolerance))
                                return false;
                }
                return true;
        }
        if (cJSON_IsArray(expected)) {
                int i = 0;

                if (cJSON_GetArraySize(expected) != cJSON_GetArraySize(got))
                        return false;
                cJSON_ArrayForEach(item, expected) {
                        if (!matches(item, cJSON_GetArrayItem(got, i++), tolerance))
                                return false;
                }
                return true;
        }
        return cJSON_Compare(expected, got, true);
}

static bool run_case(const cJSON *one)
{
        const char *name = oracle_text(one, "fn");
        double tolerance = oracle_real(one, "tol");
        bool found, good;
        cJSON *got = run_function(name, oracle_at(one, "in"), &found);
        char *shown;

        good = got && matches(oracle_at(one, "out"), got, isnan(tolerance) ? 0 : tolerance);
        shown = got && !good ? cJSON_PrintUnformatted(got) : NULL;
        printf("%s %s (%s)%s%s%s\n", good ? "pass" : "FAIL", oracle_text(one, "id"), name,
               got ? "" : found ? ": the case cannot be read" : ": no such function",
               shown ? " got " : "", shown ? shown : "");
        free(shown);
        cJSON_Delete(got);
        return good;
}

static char *read_file(const char *path)
{
        FILE *file = fopen(path, "r");
        char *content = NULL;
        size_t size = 0;

        if (!file)
                return NULL;
        if (getdelim(&content, &size, '\0', file) < 0) {
                free(content);
                content = NULL;
        }
        fclose(file);
        return content;
}

int main(int argc, char **argv)
{
        int passed = 0, failed = 0;

        for (int i = 1; i < argc; i++) {
                char *content = read_file(argv[i]);
                char *path = strdup(argv[i]);
                cJSON *root = content ? cJSON_Parse(content) : NULL;
                const cJSON *one;

                oracle_directory = path ? dirname(path) : ".";
                if (!cJSON_IsArray(oracle_at(root, "cases"))) {
                        printf("FAIL %s: no oracle file\n", argv[i]);
                        failed++;
                }
                cJSON_ArrayForEach(one, oracle_at(root, "cases")) {
                        if (run_case(one))
                                passed++;
                        else
                                failed++;
                }
                cJSON_Delete(root);
                free(content);
                free(path);
        }
        printf("%d passed, %d failed\n", passed, failed);
        return failed > 0 || passed == 0;
}
