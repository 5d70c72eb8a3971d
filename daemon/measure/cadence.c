#include "daemon/measure/cadence.h"

#include <errno.h>

#include "daemon/measure/median.h"
#include "proto/fields.h"

enum { MAY_BE_STEPS = 1, MAY_BE_STRIDES = 2, MAY_BE_EITHER = 3 };

typedef struct Verdict {
        double above; /* the median is at least this */
        double below; /* and less than this */
        unsigned may_be;
} Verdict;

/* Borders half way between 0.5, 1 and 2, in ratio: √½ and √2. Beyond: says nothing. */
static const Verdict ratio_verdicts[] = {
        {0.354, 0.707, MAY_BE_STEPS},
        {0.707, 1.414, MAY_BE_EITHER},
        {1.414, 2.828, MAY_BE_STRIDES},
};

/* Somewhat wider than the ranges people run in, with a gap where either is possible. */
static const Verdict range_verdicts[] = {
        {60, 116, MAY_BE_STRIDES},
        {140, 241, MAY_BE_STEPS},
};

static unsigned verdict(const Verdict *verdicts, size_t n, double value)
{
        for (size_t i = 0; i < n; i++) {
                if (value >= verdicts[i].above && value < verdicts[i].below)
                        return verdicts[i].may_be;
        }
        return MAY_BE_EITHER;
}

static bool has_ratio(const CadencePoint *point, const MeasureParameters *parameters)
{
        (void)parameters;
        return point->speed_256 > 0 && point->cadence_raw > 0 && point->length_cm > 0;
}

static double ratio(const CadencePoint *point)
{
        double speed_mps = (double)point->speed_256 / 256.0;
        double length_m = (double)point->length_cm / 100.0;

        return speed_mps * 60.0 / ((double)point->cadence_raw * length_m);
}

static bool has_range(const CadencePoint *point, const MeasureParameters *parameters)
{
        return point->speed_256 >= parameters->running_speed_256 && point->cadence_raw > 0;
}

static double range(const CadencePoint *point)
{
        return (double)point->cadence_raw;
}

typedef struct Evidence {
        bool (*has)(const CadencePoint *point, const MeasureParameters *parameters);
        double (*value)(const CadencePoint *point);
        const Verdict *verdicts;
        size_t n_verdicts;
} Evidence;

static const Evidence evidence_list[] = {
        {has_ratio, ratio, ratio_verdicts, ARRAY_SIZE(ratio_verdicts)},
        {has_range, range, range_verdicts, ARRAY_SIZE(range_verdicts)},
};

int cadence_decide(const CadencePoint *points, size_t n, const MeasureParameters *parameters,
                   CadenceUnit *ret)
{
        CLEANUP(freep) double *values = calloc(n + 1, sizeof(*values));
        unsigned may_be = MAY_BE_EITHER;

        if (!values)
                return -ENOMEM;
        for (size_t e = 0; e < ARRAY_SIZE(evidence_list); e++) {
                const Evidence *evidence = &evidence_list[e];
                size_t n_values = 0;

                for (size_t i = 0; i < n; i++) {
                        if (evidence->has(&points[i], parameters))
                                values[n_values++] = evidence->value(&points[i]);
                }
                if (n_values >= parameters->cadence_samples_min)
                        may_be &= verdict(evidence->verdicts, evidence->n_verdicts,
                                          median_of(values, n_values));
        }
        *ret = may_be == MAY_BE_STEPS     ? CADENCE_UNIT_STEPS
               : may_be == MAY_BE_STRIDES ? CADENCE_UNIT_STRIDES
                                          : CADENCE_UNIT_UNKNOWN;
        return 0;
}

double cadence_steps_factor(CadenceUnit unit)
{
        return unit == CADENCE_UNIT_STRIDES ? 2.0 : 1.0;
}
