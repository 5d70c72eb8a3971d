/* days.h: what is known of each day of a runner's, and the group "load.days" (proto/group-days.h).
 *
 * A day that is not over is never known. One that is over is known when every pod with memory that
 * the runner wore in it was read to its end, and
 * - there is a run: then it is a day with a load, or
 * - there is none: a rest day, if a pod with memory was alive for alive_share of the day, or a pod
 *   without memory was heard in it. Else nobody was there to see a run, which is not a zero.
 * Where something of it may be lost it is not known either way. */
#pragma once

#include "daemon/measure/load-week.h"
#include "daemon/measure/week.h"

typedef struct DayParameters {
        double alive_share; /* [own] of a day in which its pods' tick counters ran */
} DayParameters;

extern const DayParameters day_defaults;

typedef enum DayState {
        DAY_UNKNOWN,
        DAY_REST,
        DAY_RUN,
        DAY_BEFORE, /* the runner was added, or their first run or entry lies later */
        DAY_AHEAD,  /* has not begun */
} DayState;

typedef struct DayLoad {
        int32_t day; /* local date, as in base/calendar.h */
        DayState state;
        bool is_over;
        double distance_m; /* of its runs; 0 without, NAN: a run has none */
} DayLoad;

/* A pod within the runner's time; times as in WornPod. */
typedef struct DayPod {
        bool has_memory;
        int64_t from_utc_ms;
        int64_t to_utc_ms;
        int64_t reported_utc_ms;
} DayPod;

/* A stretch in which a pod with memory is known to have been alive. */
typedef struct DaySpan {
        int64_t from_utc_ms;
        int64_t to_utc_ms;
} DaySpan;

typedef struct DaySeen {
        const DayPod *pods;
        size_t n_pods;
        const DaySpan *spans;
        size_t n_spans;
        const DaySpan *lost; /* stretches from which records are missing, for good or without a time */
        size_t n_lost;
        int64_t from_utc_ms; /* the day */
        int64_t to_utc_ms;
        int64_t now_utc_ms;
        bool has_run;
        bool heard; /* a pod without memory sent something in it */
} DaySeen;

DayState day_state(const DaySeen *seen, const DayParameters *parameters);

static inline bool day_is_known(const DayLoad *day)
{
        return day->state == DAY_REST || day->state == DAY_RUN;
}

/* NAN: not known. */
static inline double day_distance_m(const DayLoad *day)
{
        return day_is_known(day) ? day->distance_m : (double)NAN;
}

/* Monotony, strain and change of a load a day, NAN: not known. */
typedef struct WeekSpread {
        LoadWeek week; /* also "running_week" */
        LoadChange change;
} WeekSpread;

/* `days` and `loads`: the week before and this one. */
WeekSpread days_spread(const DayLoad days[static 14], const double loads[static 14]);

/* `lost`: records that may be of the week and are not here; `lost_reasons`: codes. */
void days_week(const DayLoad days[static 14], int64_t lost, const char *lost_reasons, Week *week);
