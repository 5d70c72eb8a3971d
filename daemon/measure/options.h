/* options.h: the numbers of MeasureParameters that a clinic may choose otherwise, as a table: the
 * configuration's section [measure] is read and printed by it, and a week names those that differ from
 * their default. The defaults are those of measure_defaults: there is no second list of them. */
#pragma once

#include "daemon/measure/parameters.h"

typedef enum MeasureOptionType {
        MEASURE_OPTION_INT32,
        MEASURE_OPTION_INT64,
        MEASURE_OPTION_SIZE,
        MEASURE_OPTION_REAL,
} MeasureOptionType;

typedef struct MeasureOption {
        const char *key; /* "clock_span_days": the unit is its last word */
        MeasureOptionType type;
        size_t offset; /* in MeasureParameters */
        double scale;  /* the member is the option's value times this: 60 for minutes kept as s */
        double min, max;
        const char *meaning;
} MeasureOption;

const MeasureOption *measure_options(size_t *ret_n);
const MeasureOption *measure_option_find(const char *key); /* NULL: none */

/* In the option's own unit. */
double measure_option_get(const MeasureOption *option, const MeasureParameters *parameters);
/* 0; -EINVAL: no number, or not a whole one where one is needed; -ERANGE. */
int measure_option_set(const MeasureOption *option, MeasureParameters *parameters, const char *text) MUST_CHECK;
void measure_option_format(double value, char *ret, size_t size);

/* Two options that do not go together: the first must not be above the second. False: none. */
bool measure_options_clash(const MeasureParameters *parameters, const char **ret_low, const char **ret_high);

/* "key=value" of each that differs from its default, as FIELD_CODES; what does not fit is told as
 * "more". */
void measure_options_changed(const MeasureParameters *parameters, char *codes, size_t size);
