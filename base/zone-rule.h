/* zone-rule.h: Private to base. The rule at the end of a zone file ("CET-1CEST,M3.5.0,M10.5.0/3"):
 * what is in force after the last transition that the file lists. POSIX TZ with the
 * extensions of RFC 8536 (hours −167..167). */
#pragma once

#include "base/cleanup.h"
#include <stdbool.h>
#include <stdint.h>

typedef enum ZoneDateForm { ZONE_DATE_WEEKDAY, ZONE_DATE_JULIAN, ZONE_DATE_ZERO } ZoneDateForm;

typedef struct ZoneDate {
        ZoneDateForm form;
        int32_t month, week, weekday; /* M: week 5 is the last; weekday 0 is Sunday */
        int32_t day;                  /* J: 1..365, 29 February never counts; else 0..365 */
        int32_t time_s;               /* local time of day */
} ZoneDate;

typedef struct ZoneRule {
        int32_t standard_offset_s; /* east of Greenwich */
        int32_t summer_offset_s;
        bool has_summer;
        ZoneDate summer_from;
        ZoneDate summer_to;
} ZoneRule;

/* 0 or -EINVAL. */
int zone_rule_parse(const char *text, ZoneRule *ret) MUST_CHECK;
int32_t zone_rule_offset_s(const ZoneRule *rule, int64_t utc_s);
