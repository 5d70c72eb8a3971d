#include "daemon/measure/days.h"

#include <math.h>

const DayParameters day_defaults = {.alive_share = 0.5};

static int64_t overlap_ms(int64_t from, int64_t to, const DaySeen *seen)
{
        from = from > seen->from_utc_ms ? from : seen->from_utc_ms;
        to = to < seen->to_utc_ms ? to : seen->to_utc_ms;
        return to > from ? to - from : 0;
}

static bool was_read_to_its_end(const DayPod *pod, const DaySeen *seen)
{
        int64_t end = pod->to_utc_ms < seen->to_utc_ms ? pod->to_utc_ms : seen->to_utc_ms;

        return pod->reported_utc_ms != NULL_INTEGER && pod->reported_utc_ms >= end;
}

DayState day_state(const DaySeen *seen, const DayParameters *parameters)
{
        int64_t alive_ms = 0;

        if (seen->now_utc_ms < seen->from_utc_ms)
                return DAY_AHEAD;
        if (seen->now_utc_ms < seen->to_utc_ms)
                return DAY_UNKNOWN;
        for (size_t i = 0; i < seen->n_pods; i++) {
                const DayPod *pod = &seen->pods[i];

                if (pod->has_memory && overlap_ms(pod->from_utc_ms, pod->to_utc_ms, seen) > 0 &&
                    !was_read_to_its_end(pod, seen))
                        return DAY_UNKNOWN;
        }
        for (size_t i = 0; i < seen->n_lost; i++) {
                if (seen->lost[i].from_utc_ms < seen->to_utc_ms && seen->lost[i].to_utc_ms >= seen->from_utc_ms)
                        return DAY_UNKNOWN;
        }
        if (seen->has_run)
                return DAY_RUN;
        if (seen->heard)
                return DAY_REST;
        for (size_t i = 0; i < seen->n_spans; i++) {
                int64_t ms = overlap_ms(seen->spans[i].from_utc_ms, seen->spans[i].to_utc_ms, seen);

                alive_ms = ms > alive_ms ? ms : alive_ms; /* pods on both feet do not add */
        }
        return (double)alive_ms >= parameters->alive_share *
                                           (double)(seen->to_utc_ms - seen->from_utc_ms)
                       ? DAY_REST
                       : DAY_UNKNOWN;
}

/* ---- of a week ---- */

static ComparedWeek compared(const DayLoad *days, const double *loads)
{
        ComparedWeek week = {.load = 0, .is_complete = true};

        for (size_t i = 0; i < 7; i++) {
                week.is_running |= !days[i].is_over;
                if (isnan(loads[i]))
                        week.is_complete = false;
                else
                        week.load += loads[i];
        }
        return week;
}

WeekSpread days_spread(const DayLoad days[static 14], const double loads[static 14])
{
        ComparedWeek before = compared(days, loads), now = compared(days + 7, loads + 7);
        size_t n_before = 0; /* days of this week that the runner was not here yet */
        WeekSpread spread;

        while (n_before < 7 && days[7 + n_before].state == DAY_BEFORE)
                n_before++;
        spread.week = load_week(loads + 7 + n_before, 7 - n_before, &foster_defaults);
        if (now.is_running) {
                spread.week.monotony = spread.week.strain = NAN;
                spread.week.reason = "running_week";
        }
        spread.change = load_change(before, now);
        return spread;
}

static void explain(Week *week, const char *path, double value, const char *code)
{
        if (isnan(value))
                reasons_add(&week->reasons, path, code);
}

void days_week(const DayLoad days[static 14], int64_t lost, const char *lost_reasons, Week *week)
{
        static const char *const names[] = {
                [DAY_UNKNOWN] = "unknown", [DAY_REST] = "rest", [DAY_RUN] = "run",
                [DAY_BEFORE] = "before",   [DAY_AHEAD] = "ahead",
        };
        WeekDays *group = &week->days;
        double loads[14];
        WeekSpread spread;
        size_t over = 0;

        group->head.n = 0;
        for (size_t i = 0; i < 14; i++)
                loads[i] = day_distance_m(&days[i]);
        for (size_t i = 0; i < 7; i++) {
                const DayLoad *day = &days[7 + i];

                (void)codes_add(group->state, sizeof(group->state), names[day->state]); /* all fit */
                if (day_is_known(day) || day->distance_m > 0)
                        group->distance_m[i] = day->distance_m;
                group->head.n += day_is_known(day);
                over += day->is_over && day->state != DAY_BEFORE;
        }
        group->lost = lost;
        (void)text_copy(group->lost_reasons, sizeof(group->lost_reasons), lost_reasons); /* fits */
        group->is_lower_bound = (size_t)group->head.n < over || lost > 0;
        if (over > 0)
                group->head.coverage = (double)group->head.n / (double)over;
        spread = days_spread(days, loads);
        group->monotony = spread.week.monotony;
        group->strain_m = spread.week.strain;
        group->change_m = spread.change.delta;
        group->change_percent = spread.change.percent;
        explain(week, "load.days.coverage", group->head.coverage, "running_week");
        reasons_add(&week->reasons, "load.days.error", "not_known");
        if (group->head.n == 0)
                reasons_add(&week->reasons, "load.days.distance_m", "unknown_days");
        explain(week, "load.days.monotony", group->monotony, spread.week.reason);
        explain(week, "load.days.strain_m", group->strain_m, spread.week.reason);
        explain(week, "load.days.change_m", group->change_m, spread.change.reason);
        explain(week, "load.days.change_percent", group->change_percent,
                spread.change.percent_reason);
}
