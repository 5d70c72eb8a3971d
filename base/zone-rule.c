#include "base/zone-rule.h"

#include "base/calendar.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define S_PER_DAY 86400LL

static bool take(const char **text, char c)
{
        if (**text != c)
                return false;
        (*text)++;
        return true;
}

/* A number of 0..max; -1: none or too large. */
static int take_number(const char **text, int max)
{
        int value = 0;

        if (!isdigit((unsigned char)**text))
                return -1;
        while (isdigit((unsigned char)**text)) {
                value = value * 10 + (*(*text)++ - '0');
                if (value > max)
                        return -1;
        }
        return value;
}

/* "CET" or "<+0530>". */
static bool take_name(const char **text)
{
        const char *start = *text;

        if (take(text, '<')) {
                while (**text && **text != '>')
                        (*text)++;
                return take(text, '>') && *text - start > 2;
        }
        while (isalpha((unsigned char)**text))
                (*text)++;
        return *text - start >= 3;
}

/* "[+-]h[h[h]][:mm[:ss]]" in seconds. */
static bool take_time(const char **text, int32_t *ret_s)
{
        int sign = take(text, '-') ? -1 : 1;
        int hours, minutes = 0, seconds = 0;

        if (sign > 0)
                (void)take(text, '+');
        hours = take_number(text, 167);
        if (take(text, ':'))
                minutes = take_number(text, 59);
        if (minutes >= 0 && take(text, ':'))
                seconds = take_number(text, 59);
        if (hours < 0 || minutes < 0 || seconds < 0)
                return false;
        *ret_s = sign * (hours * 3600 + minutes * 60 + seconds);
        return true;
}

static bool take_date(const char **text, ZoneDate *ret)
{
        ret->time_s = 2 * 3600; /* POSIX: 02:00 where none is given */
        if (take(text, 'M')) {
                ret->form = ZONE_DATE_WEEKDAY;
                ret->month = take_number(text, 12);
                ret->week = take(text, '.') ? take_number(text, 5) : -1;
                ret->weekday = take(text, '.') ? take_number(text, 6) : -1;
                if (ret->month < 1 || ret->week < 1 || ret->weekday < 0)
                        return false;
        } else {
                ret->form = take(text, 'J') ? ZONE_DATE_JULIAN : ZONE_DATE_ZERO;
                ret->day = take_number(text, 365);
                if (ret->day < (ret->form == ZONE_DATE_JULIAN ? 1 : 0))
                        return false;
        }
        return !take(text, '/') || take_time(text, &ret->time_s);
}

int zone_rule_parse(const char *text, ZoneRule *ret)
{
        ZoneRule rule = {0};
        int32_t west_s;

        if (!take_name(&text) || !take_time(&text, &west_s))
                return -EINVAL;
        rule.standard_offset_s = -west_s;
        if (*text != '\0') {
                rule.has_summer = true;
                rule.summer_offset_s = rule.standard_offset_s + 3600;
                if (!take_name(&text))
                        return -EINVAL;
                if (*text != ',') {
                        if (!take_time(&text, &west_s))
                                return -EINVAL;
                        rule.summer_offset_s = -west_s;
                }
                if (!take(&text, ',') || !take_date(&text, &rule.summer_from) ||
                    !take(&text, ',') || !take_date(&text, &rule.summer_to) || *text != '\0')
                        return -EINVAL;
        }
        *ret = rule;
        return 0;
}

static bool is_leap(int32_t year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Local seconds since 1970 at which `date` falls in `year`. */
static int64_t date_local_s(const ZoneDate *date, int32_t year)
{
        int32_t day = day_from_civil(year, 1, 1);
        int32_t first, next;

        switch (date->form) {
        case ZONE_DATE_JULIAN:
                day += date->day - 1 + (is_leap(year) && date->day >= 60);
                break;
        case ZONE_DATE_ZERO:
                day += date->day;
                break;
        case ZONE_DATE_WEEKDAY:
                first = day_from_civil(year, date->month, 1);
                next = day_from_civil(year + (date->month == 12), date->month % 12 + 1, 1);
                /* Day 0 was a Thursday: (day + 4) mod 7 counts from Sunday. */
                day = first + (date->weekday - (first + 4) % 7 + 7) % 7 + 7 * (date->week - 1);
                while (day >= next)
                        day -= 7;
                break;
        }
        return day * S_PER_DAY + date->time_s;
}

int32_t zone_rule_offset_s(const ZoneRule *rule, int64_t utc_s)
{
        int64_t local = utc_s + rule->standard_offset_s;
        int32_t year, month, date;
        int64_t from, to;
        bool summer;

        if (!rule->has_summer)
                return rule->standard_offset_s;
        civil_from_day((int32_t)(local / S_PER_DAY - (local % S_PER_DAY < 0)), &year, &month,
                       &date);
        from = date_local_s(&rule->summer_from, year) - rule->standard_offset_s;
        to = date_local_s(&rule->summer_to, year) - rule->summer_offset_s;
        summer = from < to ? utc_s >= from && utc_s < to : utc_s >= from || utc_s < to;
        return summer ? rule->summer_offset_s : rule->standard_offset_s;
}
