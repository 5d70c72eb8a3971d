#include "oracle.h"

#include "daemon/measure/pain.h"
#include "daemon/measure/parameters.h"
#include "proto/fields.h"

#include <math.h>

static cJSON *run_nrs(const cJSON *in)
{
        PainEntry entries[256];
        size_t n = 0;
        int32_t day = 0;
        const cJSON *of_day, *entry;
        cJSON *out = cJSON_CreateObject();
        PainWeek week;

        cJSON_ArrayForEach(of_day, oracle_at(in, "entries_by_day")) {
                cJSON_ArrayForEach(entry, of_day) {
                        if (n < 256)
                                entries[n++] = (PainEntry){day, (int64_t)entry->valuedouble};
                }
                day++;
        }
        week = pain_week(entries, n, 0, measure_defaults.pain_complete_days);
        oracle_put(out, "n_days", (double)week.entry_days);
        oracle_put(out, "mean_of_daily_max", week.mean);
        oracle_put(out, "max", week.max == NULL_INTEGER ? (double)NAN : (double)week.max);
        oracle_put(out, "days_with_pain", (double)week.days_with_pain);
        cJSON_AddBoolToObject(out, "complete", week.complete);
        return out;
}

const OracleFunction oracle_pain[] = {
        {"nrs_week", run_nrs},
        {0},
};
