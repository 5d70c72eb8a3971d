#include "daemon/measure/load-week.h"

#include <math.h>

const FosterParameters foster_defaults = {.monotony_display_max = 10};

bool load_day_is_known(double load, const char **ret_reason)
{
        if (isnan(load))
                *ret_reason = "unknown_days";
        else if (load < 0 || load > LOAD_DAY_MAX)
                *ret_reason = "invalid_load";
        else
                return true;
        return false;
}

/* Needs all days. A flat week's SD is 0 and not the rounding error of its mean. */
static void set_spread(const double *days, LoadWeek *week)
{
        double squares = 0;
        bool flat = true;

        week->mean = week->sum / LOAD_WEEK_DAYS;
        for (size_t i = 0; i < LOAD_WEEK_DAYS; i++) {
                flat = flat && days[i] >= days[0] && days[i] <= days[0];
                squares += (days[i] - week->mean) * (days[i] - week->mean);
        }
        week->sd = flat ? 0 : sqrt(squares / (LOAD_WEEK_DAYS - 1));
}

/* An error outweighs a short history, and that a gap. */
static const char *why_no_spread(const double *days, size_t n)
{
        bool unknown = false;

        if (n > LOAD_WEEK_DAYS)
                return "invalid_load";
        for (size_t i = 0; i < n; i++) {
                const char *reason;

                if (load_day_is_known(days[i], &reason))
                        continue;
                if (!isnan(days[i]))
                        return reason;
                unknown = true;
        }
        if (n < LOAD_WEEK_DAYS)
                return "warming_up";
        return unknown ? "unknown_days" : NULL;
}

LoadWeek load_week(const double *days, size_t n, const FosterParameters *parameters)
{
        LoadWeek week = {.mean = NAN, .sd = NAN, .monotony = NAN, .strain = NAN};

        for (size_t i = 0; i < n && i < LOAD_WEEK_DAYS; i++) {
                const char *ignored;

                if (!load_day_is_known(days[i], &ignored))
                        continue;
                week.known_days++;
                week.sum += days[i];
        }
        week.is_lower_bound = week.known_days < LOAD_WEEK_DAYS;
        week.reason = why_no_spread(days, n);
        if (week.reason)
                return week;
        set_spread(days, &week);
        if (week.sd <= 0) {
                week.reason = "sd_zero";
                return week;
        }
        week.monotony = week.mean / week.sd;
        week.strain = week.sum * week.monotony;
        week.beyond_display = week.monotony > parameters->monotony_display_max;
        return week;
}

static const char *not_comparable(ComparedWeek week)
{
        if (week.is_running)
                return "running_week";
        if (isnan(week.load))
                return "unknown_week";
        if (week.load < 0 || week.load > LOAD_WEEK_DAYS * LOAD_DAY_MAX)
                return "invalid_load";
        return week.is_complete ? NULL : "incomplete_week";
}

LoadChange load_change(ComparedWeek previous, ComparedWeek current)
{
        LoadChange change = {.delta = NAN, .percent = NAN};

        change.reason = not_comparable(previous);
        if (!change.reason)
                change.reason = not_comparable(current);
        change.percent_reason = change.reason;
        if (change.reason)
                return change;
        change.delta = current.load - previous.load;
        if (previous.load > 0)
                change.percent = 100 * change.delta / previous.load;
        else
                change.percent_reason = "previous_zero";
        return change;
}
