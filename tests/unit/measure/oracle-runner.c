/* Runs oracle files (format: ../shared/oracles/README.md) through the daemon's own functions.
 * Usage: oracle-runner FILE.json…   A line per case; last line "N passed, N failed". */
#include "base/zone.h"
#include "daemon/measure/feet.h"
#include "daemon/measure/pain.h"
#include "daemon/measure/parameters.h"
#include "daemon/measure/spike.h"
#include "base/text.h"
#include "proto/fields.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cJSON *at(const cJSON *object, const char *key)
{
        return cJSON_GetObjectItemCaseSensitive(object, key);
}

static double real(const cJSON *object, const char *key)
{
        const cJSON *item = at(object, key);

        return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

static const char *text(const cJSON *object, const char *key)
{
        const cJSON *item = at(object, key);

        return cJSON_IsString(item) ? item->valuestring : "";
}

static void put(cJSON *out, const char *key, double value)
{
        if (isnan(value))
                cJSON_AddNullToObject(out, key);
        else
                cJSON_AddNumberToObject(out, key, value);
}

static int32_t day_of(const char *date)
{
        int year = 0, month = 0, day = 0;

        (void)sscanf(date, "%d-%d-%d", &year, &month, &day);
        return day_from_civil(year, month, day);
}

/* ---- one adapter a function: `in` → what the daemon's function says ---- */

static cJSON *run_steps(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        size_t left = (size_t)real(in, "left_strides"), right = (size_t)real(in, "right_strides");

        put(out, "steps_both", (double)feet_steps(left, right));
        put(out, "steps_if_left_only_estimated", (double)feet_steps(left, 0));
        return out;
}

static cJSON *run_merge(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        double distance_m;
        const char *source = feet_merge_distance(
                (FootLoad){real(in, "left_m"), real(in, "left_coverage")},
                (FootLoad){real(in, "right_m"), real(in, "right_coverage")}, real(in, "min_coverage"),
                &distance_m);

        put(out, "distance_m", distance_m);
        cJSON_AddStringToObject(out, "source", source);
        return out;
}

static cJSON *run_impact(const cJSON *in)
{
        cJSON *out = cJSON_CreateObject();
        static const char *const sides[] = {"left", "right"};
        double total = 0;

        for (size_t side = 0; side < 2; side++) {
                char key[32];
                const cJSON *peaks, *peak;
                double *list, sum;
                size_t n = 0;

                snprintf(key, sizeof(key), "peaks_g_%s", sides[side]);
                peaks = at(in, key);
                list = calloc((size_t)cJSON_GetArraySize(peaks) + 1, sizeof(*list));
                cJSON_ArrayForEach(peak, peaks)
                        list[n++] = peak->valuedouble;
                sum = impact_sum(list, n, real(in, "k"));
                free(list);
                put(out, sides[side], sum);
                total += sum;
        }
        put(out, "total", total);
        return out;
}

static cJSON *run_spike(const cJSON *in)
{
        const cJSON *sessions = at(in, "sessions"), *session;
        SpikeRun *runs = calloc((size_t)cJSON_GetArraySize(sessions) + 1, sizeof(*runs));
        cJSON *out = cJSON_CreateArray();
        size_t n = 0;

        cJSON_ArrayForEach(session, sessions) {
                runs[n++] = (SpikeRun){
                        .day = day_of(cJSON_GetArrayItem(session, 0)->valuestring),
                        .distance_m = (int64_t)cJSON_GetArrayItem(session, 1)->valuedouble};
        }
        for (size_t i = 0; i < n; i++) {
                Spike spike = spike_of(runs, i, (int32_t)real(in, "window_days"));
                cJSON *one = cJSON_CreateObject();

                put(one, "ref_m", spike.band ? (double)spike.reference_m : (double)NAN);
                put(one, "pct", spike.band ? 100.0 * (double)(runs[i].distance_m - spike.reference_m) /
                                                     (double)spike.reference_m
                                           : (double)NAN);
                cJSON_AddStringToObject(one, "band", spike.band ? spike.band->name : "no_reference");
                put(one, "hrr", spike.band ? spike.band->hazard_rate_ratio : (double)NAN);
                if (spike.band && spike.band->ratio_low > 0) {
                        cJSON *interval = cJSON_AddArrayToObject(one, "ci");

                        cJSON_AddItemToArray(interval, cJSON_CreateNumber(spike.band->ratio_low));
                        cJSON_AddItemToArray(interval, cJSON_CreateNumber(spike.band->ratio_high));
                } else {
                        cJSON_AddNullToObject(one, "ci");
                }
                cJSON_AddItemToArray(out, one);
        }
        free(runs);
        return out;
}

static cJSON *run_nrs(const cJSON *in)
{
        PainEntry entries[256];
        size_t n = 0;
        int32_t day = 0;
        const cJSON *of_day, *entry;
        cJSON *out = cJSON_CreateObject();
        PainWeek week;

        cJSON_ArrayForEach(of_day, at(in, "entries_by_day")) {
                cJSON_ArrayForEach(entry, of_day) {
                        if (n < 256)
                                entries[n++] = (PainEntry){day, (int64_t)entry->valuedouble};
                }
                day++;
        }
        week = pain_week(entries, n, 0, measure_defaults.pain_complete_days);
        put(out, "n_days", (double)week.entry_days);
        put(out, "mean_of_daily_max", week.mean);
        put(out, "max", week.max == NULL_INTEGER ? (double)NAN : (double)week.max);
        put(out, "days_with_pain", (double)week.days_with_pain);
        cJSON_AddBoolToObject(out, "complete", week.complete);
        return out;
}

static cJSON *run_iso_week(const cJSON *in)
{
        int32_t day = day_of(text(in, "date"));
        IsoWeek week = iso_week_of_day(day);
        cJSON *out = cJSON_CreateObject();
        char label[12];

        iso_week_format(week, label);
        put(out, "iso_year", week.year);
        put(out, "iso_week", week.week);
        put(out, "iso_day", day - iso_week_monday(week) + 1);
        cJSON_AddStringToObject(out, "label", label);
        return out;
}

/* As the oracles write an instant: without a fraction. */
static void put_time(cJSON *out, const char *key, int64_t utc_ms)
{
        char full[RFC3339_SIZE], seconds[40];

        rfc3339_format(utc_ms, full);
        snprintf(seconds, sizeof(seconds), "%.19sZ", full);
        cJSON_AddStringToObject(out, key, seconds);
}

static cJSON *run_bounds(const cJSON *in)
{
        CLEANUP(zone_freep) Zone *zone = NULL;
        IsoWeek week = {(int32_t)real(in, "iso_year"), (int32_t)real(in, "iso_week")};
        cJSON *out = cJSON_CreateObject();
        int64_t from, to;

        if (zone_new(text(in, "tz"), &zone) < 0)
                return out;
        from = zone_week_start_utc_ms(zone, week);
        to = zone_week_start_utc_ms(zone, iso_week_add(week, 1));
        put_time(out, "start_utc", from);
        put_time(out, "end_utc_excl", to);
        put(out, "hours", (double)(to - from) / 3600000);
        return out;
}

static cJSON *run_bin(const cJSON *in)
{
        CLEANUP(zone_freep) Zone *zone = NULL;
        cJSON *out = cJSON_CreateObject();
        char local[40], date[12], label[12];
        int64_t start;
        int32_t day;

        if (zone_new(text(in, "tz"), &zone) < 0 || rfc3339_parse(text(in, "start_utc"), &start) < 0 ||
            zone_format(zone, start, local, sizeof(local)) < 0)
                return out;
        day = zone_local_day(zone, start);
        snprintf(date, sizeof(date), "%.10s", local);
        iso_week_format(zone_week(zone, start), label);
        cJSON_AddStringToObject(out, "local", local);
        cJSON_AddStringToObject(out, "local_date", date);
        cJSON_AddStringToObject(out, "iso_week", label);
        put(out, "iso_day", day - iso_week_monday(zone_week(zone, start)) + 1);
        return out;
}

static const struct {
        const char *name;
        cJSON *(*run)(const cJSON *in);
} functions[] = {
        {"steps", run_steps},         {"merge_feet_distance", run_merge}, {"cumulative_impact", run_impact},
        {"session_spike", run_spike}, {"nrs_week", run_nrs},              {"iso_week", run_iso_week},
        {"iso_week_bounds", run_bounds}, {"bin_session", run_bin},
};

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
                        if (!matches(item, at(got, item->string), tolerance))
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
        const char *name = text(one, "fn");
        cJSON *got = NULL;
        char *shown;
        bool good;

        for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
                if (strcmp(functions[i].name, name) == 0)
                        got = functions[i].run(at(one, "in"));
        }
        good = got && matches(at(one, "out"), got, isnan(real(one, "tol")) ? 0 : real(one, "tol"));
        shown = got && !good ? cJSON_PrintUnformatted(got) : NULL;
        printf("%s %s (%s)%s%s\n", good ? "pass" : "FAIL", text(one, "id"), name,
               got ? "" : ": no such function", shown ? shown : "");
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
                cJSON *root = content ? cJSON_Parse(content) : NULL;
                const cJSON *one;

                if (!cJSON_IsArray(at(root, "cases"))) {
                        printf("FAIL %s: no oracle file\n", argv[i]);
                        failed++;
                }
                cJSON_ArrayForEach(one, at(root, "cases")) {
                        if (run_case(one))
                                passed++;
                        else
                                failed++;
                }
                cJSON_Delete(root);
                free(content);
        }
        printf("%d passed, %d failed\n", passed, failed);
        return failed > 0 || passed == 0;
}
