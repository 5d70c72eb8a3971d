#include "daemon/measure/pain-change.h"

#include "proto/fields.h"

#include <stdbool.h>

static bool is_nrs(double value)
{
        return value >= 0 && value <= 10;
}

static const char *why_null(double baseline, double current)
{
        if (isnan(baseline))
                return "no_baseline";
        if (isnan(current))
                return "no_current";
        return is_nrs(baseline) && is_nrs(current) ? NULL : "out_of_range";
}

PainChange pain_change(double baseline, double current, const PainChangeParameters *parameters)
{
        static const char *const words[] = {"unchanged", "possible", "improved"};
        PainChange change = {.drop = NAN,
                             .percent = NAN,
                             .meets_points = NULL_INTEGER,
                             .meets_percent = NULL_INTEGER};

        change.reason = change.percent_reason = why_null(baseline, current);
        if (change.reason)
                return change;
        change.drop = baseline - current;
        change.meets_points = change.drop >= parameters->points - parameters->tolerance;
        change.meets_percent = 0;
        if (baseline > 0) {
                change.percent = 100 * change.drop / baseline;
                change.meets_percent =
                        change.percent >= parameters->percent - parameters->tolerance;
        } else {
                change.percent_reason = "baseline_zero";
        }
        change.word = words[change.meets_points + change.meets_percent];
        if (-change.drop >= parameters->worse - parameters->tolerance)
                change.word = "worse";
        return change;
}
