/* load-week.h: a week of daily loads, how monotonous it was, and its change (metrics.md 1.3-1.5).
 *
 * The load of a day is a number >= 0 in any one unit (AU, m, steps); several sessions of a day
 * are added first. A day has three states: 0 is a known rest day, a value is a value, NAN is
 * unknown (not delivered, not asked). Unknown is never taken as rest.
 *
 * Foster's monotony = mean / SD, strain = week load * monotony. SD is the sample's (n - 1), our
 * choice: the population's would give sqrt(7/6) = 1.08 times more. One training day in the week
 * makes 0.378 whatever the load; near-flat weeks explode, so screens say "> 10" above 10
 * (fellrnr.com caps there). Neither number has a validated cut-off. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define LOAD_WEEK_DAYS 7
#define LOAD_DAY_MAX   1e12 /* above it a day's load is no load but an error */

typedef struct FosterParameters {
        double monotony_display_max; /* [own] above it a screen says so and shows no number */
} FosterParameters;

extern const FosterParameters foster_defaults;

typedef struct LoadWeek {
        size_t known_days;
        double sum;          /* of the known days; with none 0, which says nothing */
        bool is_lower_bound; /* a day is unknown */
        bool beyond_display; /* monotony is above monotony_display_max */
        double mean, sd;     /* AU a day; NAN unless all seven days are known */
        double monotony;     /* NAN with `reason` */
        double strain;       /* the same */
        const char *reason;  /* NULL, or "warming_up" (fewer than 7 days since enrolment),
                              * "invalid_load" (negative, infinite, above LOAD_DAY_MAX, or more
                              * than 7 days), "unknown_days", "sd_zero" (all days equal) */
} LoadWeek;

/* Days in order, `n` of them since enrolment, at most 7. */
LoadWeek load_week(const double *days, size_t n, const FosterParameters *parameters);

/* Whether this is the known load of a day; if not, why: "unknown_days" or "invalid_load". */
bool load_day_is_known(double load, const char **ret_reason);

typedef struct ComparedWeek {
        double load;      /* NAN: unknown */
        bool is_complete; /* every day known */
        bool is_running;  /* not over: never compared */
} ComparedWeek;

typedef struct LoadChange {
        double delta;       /* NAN with `reason` */
        double percent;     /* of the earlier week; NAN with `percent_reason` */
        const char *reason; /* "unknown_week" "incomplete_week" "running_week" "invalid_load" */
        const char *percent_reason; /* the same, or "previous_zero" */
} LoadChange;

/* From a week to the next one. Neither number was associated with injury in 5205 runners
 * (Frandsen 2025): a description, never a warning. */
LoadChange load_change(ComparedWeek previous, ComparedWeek current);
