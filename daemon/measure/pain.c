#include "daemon/measure/pain.h"

#include "proto/fields.h"

void pain_days(const PainEntry *entries, size_t n, int32_t first_day, int64_t *ret, size_t n_days)
{
        for (size_t day = 0; day < n_days; day++)
                ret[day] = NULL_INTEGER;
        for (size_t i = 0; i < n; i++) {
                int64_t day = (int64_t)entries[i].day - first_day;

                if (day < 0 || (uint64_t)day >= n_days || entries[i].pain < 0 || entries[i].pain > 10)
                        continue;
                if (entries[i].pain > ret[day]) /* NULL_INTEGER is below all */
                        ret[day] = entries[i].pain;
        }
}

PainWeek pain_week(const PainEntry *entries, size_t n, int32_t monday, int64_t complete_days)
{
        int64_t day_max[7] = {-1, -1, -1, -1, -1, -1, -1};
        PainWeek week = {.mean = NULL_REAL, .max = NULL_INTEGER};
        int64_t sum = 0;

        for (size_t i = 0; i < n; i++) {
                int64_t day = (int64_t)entries[i].day - monday;

                if (day < 0 || day > 6 || entries[i].pain < 0 || entries[i].pain > 10)
                        continue;
                week.entries++;
                if (entries[i].pain > day_max[day])
                        day_max[day] = entries[i].pain;
        }
        for (size_t day = 0; day < ARRAY_SIZE(day_max); day++) {
                if (day_max[day] < 0)
                        continue;
                week.entry_days++;
                week.days_with_pain += day_max[day] >= 1;
                week.max = day_max[day] > week.max ? day_max[day] : week.max;
                sum += day_max[day];
        }
        if (week.entry_days > 0)
                week.mean = (double)sum / (double)week.entry_days;
        week.complete = week.entry_days >= complete_days;
        return week;
}
