/* calendar.h: days, dates and ISO 8601 weeks, without any zone.
 *
 * Days are counted from 1970-01-01 (day 0, a Thursday), proleptic Gregorian. */
#pragma once

#include "base/cleanup.h"
#include <stdint.h>

#define HOUR_MS 3600000LL
#define DAY_MS  (24 * HOUR_MS) /* not of a day on which the clocks change: base/zone.h */

typedef struct IsoWeek {
        int32_t year; /* ISO week-numbering year */
        int32_t week; /* 1..53 */
} IsoWeek;

int32_t day_from_civil(int32_t year, int32_t month, int32_t day);
void civil_from_day(int32_t day, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day);
/* "2026-11-24", a day that exists. 0 or -EINVAL. */
int date_parse(const char *text, int32_t *ret_day) MUST_CHECK;
void date_format(int32_t day, char ret[static 12]); /* of the years 0 to 9999 */
IsoWeek iso_week_of_day(int32_t day);
int32_t iso_week_monday(IsoWeek week); /* day number of its Monday */
IsoWeek iso_week_add(IsoWeek week, int32_t weeks);
int iso_week_compare(IsoWeek a, IsoWeek b);
/* "2026-W47"; needs 9 octets (up to 12 for far years). */
void iso_week_format(IsoWeek week, char ret[static 12]);
/* 0 or -EINVAL (also for week 53 of a year that has 52). */
int iso_week_parse(const char *text, IsoWeek *ret) MUST_CHECK;
