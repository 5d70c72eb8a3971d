#include "daemon/measure/effort.h"

#include "daemon/measure/load-week.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* ---- of a run ---- */

static bool is_heart_rate(const HeardSample *heard, const Run *run)
{
        return heard->sample.heart_rate_bpm > 0 && heard->utc_ms >= run->start_utc_ms &&
               heard->utc_ms <= run->end_utc_ms;
}

/* Until the strap's next word or the end of the run. */
static double stands_for_s(const HeardSample *heard, const Run *run)
{
        int64_t ms = run->end_utc_ms - heard->utc_ms;

        if (heard->next_ms > 0 && heard->next_ms < ms)
                ms = heard->next_ms;
        return (double)ms / 1000;
}

int effort_run(const Activity *activity, const HeartLimits *limits, Run *run)
{
        double most_s = (double)activity_parameters(activity)->heart_step_max_ms / 1000;
        double heard_s = 0, run_s = (double)(run->end_utc_ms - run->start_utc_ms) / 1000;
        size_t n_samples, n = 0;
        const HeardSample *samples = activity_samples(activity, &n_samples);
        CLEANUP(freep) HeartStep *steps = calloc(n_samples + 1, sizeof(*steps));
        Trimp trimp;

        if (!steps)
                return -ENOMEM;
        for (size_t i = 0; i < n_samples; i++) {
                if (!is_heart_rate(&samples[i], run))
                        continue;
                steps[n] = (HeartStep){(double)samples[i].sample.heart_rate_bpm,
                                       stands_for_s(&samples[i], run)};
                heard_s += fmin(steps[n++].duration_s, most_s);
        }
        run->effort.head.n = (int64_t)n;
        run->effort.head.coverage = run_s > 0 ? fmin(heard_s / run_s, 1) : 0;
        trimp = trimp_banister(steps, n, limits, most_s);
        if (n == 0)
                trimp = (Trimp){.points = NULL_REAL, .reason = "no_heart_rate"};
        run->effort.trimp_au = trimp.points;
        if (trimp.reason)
                reasons_add(&run->reasons, "load.effort.trimp_au", trimp.reason);
        reasons_add(&run->reasons, "load.effort.error", "not_known");
        return 0;
}

void effort_rate(double rating, Run *run)
{
        SessionEffort effort = {.rating = rating,
                                .minutes = run->duration_s == NULL_INTEGER
                                                   ? NULL_REAL
                                                   : (double)run->duration_s / 60};
        const char *reason = NULL;

        reasons_drop(&run->reasons, "load.effort.rating");
        reasons_drop(&run->reasons, "load.effort.session_rpe_au");
        run->effort.rating = rating;
        run->effort.session_rpe_au = session_rpe(effort, &reason);
        if (isnan(rating))
                reasons_add(&run->reasons, "load.effort.rating", "no_rating");
        if (isnan(run->effort.session_rpe_au))
                reasons_add(&run->reasons, "load.effort.session_rpe_au", reason);
}

/* ---- of a week ---- */

/* The day's load; NAN unless it is known and every run of it was rated. */
static double day_au(const WeekInput *input, const DayLoad *day)
{
        double sum = 0;

        if (!day_is_known(day))
                return NULL_REAL;
        for (size_t i = 0; i < input->n_runs; i++) {
                if (input->runs[i].day == day->day)
                        sum += input->runs[i].run.effort.session_rpe_au;
        }
        return sum;
}

static void explain(Week *week, const char *path, double value, const char *code)
{
        if (isnan(value))
                reasons_add(&week->reasons, path, code);
}

static void set_sums(const WeekInput *input, Week *week)
{
        WeekEffort *effort = &week->effort;

        effort->head.n = effort->n_missing = effort->trimp_n_missing = 0;
        for (size_t i = 0; i < input->n_runs; i++) {
                const RunEffort *run = &input->runs[i].run.effort;

                if (!input->runs[i].in_week)
                        continue;
                effort->head.n++;
                if (isnan(run->session_rpe_au))
                        effort->n_missing++;
                else
                        effort->session_rpe_au = isnan(effort->session_rpe_au)
                                                         ? run->session_rpe_au
                                                         : effort->session_rpe_au + run->session_rpe_au;
                if (isnan(run->trimp_au))
                        effort->trimp_n_missing++;
                else
                        effort->trimp_au = isnan(effort->trimp_au) ? run->trimp_au
                                                                   : effort->trimp_au + run->trimp_au;
        }
        effort->is_partial = effort->n_missing > 0;
        if (effort->head.n > 0)
                effort->head.coverage = (double)(effort->head.n - effort->n_missing) /
                                        (double)effort->head.n;
        explain(week, "load.effort.coverage", effort->head.coverage, "no_run");
        explain(week, "load.effort.session_rpe_au", effort->session_rpe_au,
                effort->head.n > 0 ? "no_rating" : "no_run");
        explain(week, "load.effort.trimp_au", effort->trimp_au,
                effort->head.n > 0 ? "no_trimp" : "no_run");
}

void effort_week(const WeekInput *input, const DayLoad days[static 14], Week *week)
{
        WeekEffort *effort = &week->effort;
        double loads[14];
        WeekSpread spread;

        if (week->empty[0] && strcmp(week->empty, "did_not_run") != 0) {
                reasons_add(&week->reasons, "load.effort", week->empty);
                return;
        }
        set_sums(input, week);
        for (size_t i = 0; i < 14; i++)
                loads[i] = day_au(input, &days[i]);
        for (size_t i = 0; i < 7; i++)
                effort->daily_au[i] = loads[7 + i];
        spread = days_spread(days, loads);
        effort->monotony = spread.week.monotony;
        effort->strain_au = spread.week.strain;
        effort->change_au = spread.change.delta;
        effort->change_percent = spread.change.percent;
        reasons_add(&week->reasons, "load.effort.error", "not_known");
        explain(week, "load.effort.daily_au",
                field_is_null(fields_find(&week_effort_fields, "load.effort.daily_au"), effort)
                        ? NULL_REAL
                        : 0,
                "unknown_days");
        explain(week, "load.effort.monotony", effort->monotony, spread.week.reason);
        explain(week, "load.effort.strain_au", effort->strain_au, spread.week.reason);
        explain(week, "load.effort.change_au", effort->change_au, spread.change.reason);
        explain(week, "load.effort.change_percent", effort->change_percent,
                spread.change.percent_reason);
}
