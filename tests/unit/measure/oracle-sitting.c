#include "oracle.h"

#include "base/cleanup.h"
#include "daemon/measure/sitting.h"
#include "daemon/measure/parameters.h"

#include <math.h>
#include <string.h>

static cJSON *run_inclination(const cJSON *in)
{
        size_t n;
        CLEANUP(freep) double *acceleration = oracle_reals(oracle_at(in, "acc_g_xyz"), &n);
        const char *axis = oracle_text(in, "long_axis");
        cJSON *out;

        if (n != 3 || strlen(axis) != 1 || !strchr("xyz", *axis))
                return NULL;
        out = cJSON_CreateObject();
        oracle_put(out, "deg", posture_inclination(acceleration, (LongAxis)(*axis - 'x')));
        return out;
}

static const struct {
        Posture posture;
        const char *letter; /* in epochs */
        const char *name;   /* of a sacrum pod's classes */
} classes[] = {
        {POSTURE_UNKNOWN, "N", NULL},
        {POSTURE_UPRIGHT, "U", "standing"},
        {POSTURE_SITTING, "S", "sitting"},
        {POSTURE_LYING, "L", "lying"},
};

static cJSON *run_thigh(const cJSON *in)
{
        PostureParameters parameters = measure_defaults.posture;
        size_t n;
        CLEANUP(freep) double *angles = oracle_reals(oracle_at(in, "inclination_deg"), &n);
        cJSON *out = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(out, "class");

        if (!isnan(oracle_real(in, "threshold")))
                parameters.thigh_upright_max_deg = oracle_real(in, "threshold");
        for (size_t i = 0; i < n; i++)
                cJSON_AddItemToArray(
                        list, cJSON_CreateString(classes[posture_of_thigh(angles[i], &parameters)].letter));
        return out;
}

static cJSON *run_sacrum(const cJSON *in)
{
        size_t n;
        CLEANUP(freep) double *angles = oracle_reals(oracle_at(in, "angle_from_walking_posture_deg"), &n);
        cJSON *out = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(out, "class");

        for (size_t i = 0; i < n; i++) {
                const char *name = classes[posture_of_sacrum(angles[i], &measure_defaults.posture)].name;

                cJSON_AddItemToArray(list, name ? cJSON_CreateString(name) : cJSON_CreateNull());
        }
        return out;
}

static bool read_run(const cJSON *item, PostureRun *ret)
{
        const cJSON *letter = cJSON_GetArrayItem(item, 0), *epochs = cJSON_GetArrayItem(item, 1);

        for (size_t c = 0; c < ARRAY_SIZE(classes); c++) {
                if (cJSON_IsString(letter) && cJSON_IsNumber(epochs) &&
                    strcmp(letter->valuestring, classes[c].letter) == 0) {
                        *ret = (PostureRun){classes[c].posture, (int64_t)epochs->valuedouble};
                        return true;
                }
        }
        return false;
}

static cJSON *run_summary(const cJSON *in)
{
        SittingParameters parameters = measure_defaults.sitting;
        const cJSON *list = oracle_at(in, "runs"), *item;
        CLEANUP(freep) PostureRun *runs = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*runs));
        size_t n = 0;
        SittingDay day;
        cJSON *out;

        if (!isnan(oracle_real(in, "epoch_s")))
                parameters.epoch_s = oracle_real(in, "epoch_s");
        if (!isnan(oracle_real(in, "prolonged_s")))
                parameters.prolonged_s = oracle_real(in, "prolonged_s");
        cJSON_ArrayForEach(item, list) {
                if (!runs || !read_run(item, &runs[n++]))
                        return NULL;
        }
        if (sitting_day(runs, n, &parameters, &day) < 0)
                return NULL;
        out = cJSON_CreateObject();
        oracle_put(out, "sit_s", day.sit_s);
        oracle_put(out, "upright_s", day.upright_s);
        oracle_put(out, "lying_s", day.lying_s);
        oracle_put(out, "wear_s", day.wear_s);
        oracle_put(out, "sit_pct_of_wear", day.sit_pct_of_wear);
        oracle_put_integer(out, "n_sit_bouts", day.n_bouts);
        oracle_put_integer(out, "breaks", day.breaks);
        oracle_put(out, "breaks_per_sit_hour", day.breaks_per_sit_hour);
        oracle_put(out, "longest_sit_s", day.longest_s);
        oracle_put_integer(out, "prolonged_bouts", day.n_prolonged);
        oracle_put(out, "time_in_prolonged_s", day.prolonged_s);
        oracle_put(out, "w50_s", day.w50_s);
        return out;
}

const OracleFunction oracle_sitting[] = {
        {"inclination", run_inclination},
        {"classify_thigh", run_thigh},
        {"classify_sacrum", run_sacrum},
        {"sitting_summary", run_summary},
        {0},
};
