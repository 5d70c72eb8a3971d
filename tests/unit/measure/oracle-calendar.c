#include "oracle.h"

#include "base/text.h"
#include "base/zone.h"

#include <stdio.h>

static cJSON *run_iso_week(const cJSON *in)
{
        int32_t day = oracle_day(oracle_text(in, "date"));
        IsoWeek week = iso_week_of_day(day);
        cJSON *out = cJSON_CreateObject();
        char label[12];

        iso_week_format(week, label);
        oracle_put(out, "iso_year", week.year);
        oracle_put(out, "iso_week", week.week);
        oracle_put(out, "iso_day", day - iso_week_monday(week) + 1);
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
        IsoWeek week = {(int32_t)oracle_real(in, "iso_year"), (int32_t)oracle_real(in, "iso_week")};
        cJSON *out = cJSON_CreateObject();
        int64_t from, to;

        if (zone_new(oracle_text(in, "tz"), &zone) < 0)
                return out;
        from = zone_week_start_utc_ms(zone, week);
        to = zone_week_start_utc_ms(zone, iso_week_add(week, 1));
        put_time(out, "start_utc", from);
        put_time(out, "end_utc_excl", to);
        oracle_put(out, "hours", (double)(to - from) / 3600000);
        return out;
}

static cJSON *run_bin(const cJSON *in)
{
        CLEANUP(zone_freep) Zone *zone = NULL;
        cJSON *out = cJSON_CreateObject();
        char local[40], date[12], label[12];
        int64_t start;
        int32_t day;

        if (zone_new(oracle_text(in, "tz"), &zone) < 0 || rfc3339_parse(oracle_text(in, "start_utc"), &start) < 0 ||
            zone_format(zone, start, local, sizeof(local)) < 0)
                return out;
        day = zone_local_day(zone, start);
        snprintf(date, sizeof(date), "%.10s", local);
        iso_week_format(zone_week(zone, start), label);
        cJSON_AddStringToObject(out, "local", local);
        cJSON_AddStringToObject(out, "local_date", date);
        cJSON_AddStringToObject(out, "iso_week", label);
        oracle_put(out, "iso_day", day - iso_week_monday(zone_week(zone, start)) + 1);
        return out;
}

const OracleFunction oracle_calendar[] = {
        {"iso_week", run_iso_week},
        {"iso_week_bounds", run_bounds},
        {"bin_session", run_bin},
        {0},
};
