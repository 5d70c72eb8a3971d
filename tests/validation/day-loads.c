/* Daily loads through the daemon's own functions, for tests/validate. Reads a load a line, "new" begins
 * another series; writes for each day
 *   SUM7 MONOTONY STRAIN SUM42   the days before the series counted as rest, as others do it; then
 *   KNOWN MONOTONY RATIO  as we do it: not before enough days are known ("-": not computable) */
#include "daemon/measure/acwr.h"
#include "daemon/measure/load-week.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_DAYS 42
#define DAYS_MAX  4096

static void print(double value)
{
        if (isnan(value))
                (void)printf(" -");
        else
                (void)printf(" %.12g", value);
}

static void print_day(const double *padded, const double *days, size_t n)
{
        LoadWeek week = load_week(padded + LONG_DAYS - LOAD_WEEK_DAYS, LOAD_WEEK_DAYS, &foster_defaults);
        LoadWeek own = load_week(n < LOAD_WEEK_DAYS ? days : days + n - LOAD_WEEK_DAYS,
                                 n < LOAD_WEEK_DAYS ? n : LOAD_WEEK_DAYS, &foster_defaults);
        double sum42 = 0;

        for (size_t i = 0; i < LONG_DAYS; i += LOAD_WEEK_DAYS)
                sum42 += load_week(padded + i, LOAD_WEEK_DAYS, &foster_defaults).sum;
        print(week.sum);
        print(week.monotony);
        print(week.strain);
        print(sum42);
        print((double)own.known_days);
        print(own.monotony);
        print(acwr(days, n).coupled);
        (void)printf("\n");
}

int main(void)
{
        static double days[LONG_DAYS + DAYS_MAX]; /* rest before the series, then the series */
        size_t n = 0;
        char line[64];

        while (fgets(line, sizeof(line), stdin)) {
                if (strncmp(line, "new", 3) == 0) {
                        n = 0;
                        continue;
                }
                if (n == DAYS_MAX)
                        return 2;
                days[LONG_DAYS + n++] = strtod(line, NULL);
                print_day(days + n, days + LONG_DAYS, n);
        }
        return 0;
}
