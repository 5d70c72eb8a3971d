#include "daemon/measure/spike.h"

#include "base/cleanup.h"
#include "proto/fields.h"

static const SpikeBand bands[] = {
        {"reference", 11, 1.00, 0, 0},
        {"small", 13, 1.64, 1.31, 2.05},
        {"moderate", 20, 1.52, 1.16, 2.00},
        {"large", INT64_MAX, 2.28, 1.50, 3.48},
};

Spike spike_of(const SpikeRun *runs, size_t at, int32_t window_days)
{
        Spike spike = {.reference_m = NULL_INTEGER};
        int64_t distance_m = runs[at].distance_m;

        if (distance_m < 0) /* not known: nothing to hold against anything */
                return spike;
        for (size_t i = 0; i < at; i++) {
                if (runs[i].day > runs[at].day || runs[at].day - runs[i].day > window_days ||
                    runs[i].distance_m <= 0)
                        continue;
                if (runs[i].distance_m > spike.reference_m)
                        spike.reference_m = runs[i].distance_m;
        }
        if (spike.reference_m == NULL_INTEGER)
                return spike;
        for (size_t i = 0; i < ARRAY_SIZE(bands) && !spike.band; i++) {
                if (bands[i].at_most_tenths == INT64_MAX ||
                    10 * distance_m <= bands[i].at_most_tenths * spike.reference_m)
                        spike.band = &bands[i];
        }
        return spike;
}
