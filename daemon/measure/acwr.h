/* acwr.h: acute to chronic workload ratio: a description, off by default (metrics.md 1.7).
 *
 * rolling, coupled:   mean(last 7 days) / mean(last 28 days); never above 4, as the acute days
 *                     are among the chronic ones (coupled = 4u / (u + 3))
 * rolling, uncoupled: mean(last 7) / mean(the 21 days before them)
 * weighted:           EWMA_t = l L_t + (1 - l) EWMA_t-1, l = 2 / (N + 1), N = 7 and 28, seeded
 *                     with the series' first day (Williams 2017, BJSM 51:209)
 *
 * To be printed beside it: the coupling of part and whole makes a spurious correlation (Lolli
 * 2019, BJSM 53:921); a fixed or random "chronic" load predicts as well (Impellizzeri 2020,
 * doi 10.1007/s40279-020-01378-6); the dose-response in 5205 runners was negative (Frandsen
 * 2025). So: no sweet spot, no colour, no advice. */
#pragma once

#include <stddef.h>

#define ACWR_ACUTE_DAYS   7
#define ACWR_CHRONIC_DAYS 28

typedef struct Acwr {
        double acute_mean; /* load a day */
        double chronic_coupled_mean;
        double chronic_uncoupled_mean;
        double coupled; /* 0..4 */
        double uncoupled;
        double lambda_acute;   /* 1/4 */
        double lambda_chronic; /* 2/29 */
        double ewma_acute;
        double ewma_chronic;
        double ewma;
        const char *reason;           /* of all that needs the chronic days, NULL when they are
                                       * known: "warming_up" (fewer than 28 days), "unknown_days",
                                       * "invalid_load" */
        const char *coupled_reason;   /* that, or "no_chronic_load" (28 days of rest) */
        const char *uncoupled_reason; /* that, or "no_chronic_load" (21 days of rest) */
        const char *ewma_reason;      /* that, or "no_chronic_load" (rest since the seed) */
} Acwr;

/* Daily loads from the first to the newest day, as in load-week.h: 0 rest, NAN unknown. The
 * weighted series begins anew after an unknown day, with the day after it as seed, and needs 28
 * days again. The acute mean is given as soon as its seven days are known. */
Acwr acwr(const double *days, size_t n);
