#include "base/calendar.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Days from 1970-01-01 by counting from 0000-03-01, so that the leap day is a year's last:
 * 146097 days in 400 years. */
int32_t day_from_civil(int32_t year, int32_t month, int32_t day)
{
        int32_t y = year - (month <= 2);
        int32_t era = (y >= 0 ? y : y - 399) / 400;
        int32_t of_era = y - era * 400;
        int32_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

        return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void civil_from_day(int32_t day, int32_t *ret_year, int32_t *ret_month, int32_t *ret_day)
{
        int32_t z = day + 719468;
        int32_t era = (z >= 0 ? z : z - 146096) / 146097;
        int32_t of_era = z - era * 146097;
        int32_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
        int32_t of_year = of_era - (365 * years + years / 4 - years / 100);
        int32_t shifted = (5 * of_year + 2) / 153; /* month counted from March */

        *ret_day = of_year - (153 * shifted + 2) / 5 + 1;
        *ret_month = shifted + (shifted < 10 ? 3 : -9);
        *ret_year = years + era * 400 + (*ret_month <= 2);
}

int date_parse(const char *text, int32_t *ret_day)
{
        static const char form[] = "dddd-dd-dd";
        int32_t parts[3] = {0}, year, month, day, n = 0;

        if (strlen(text) != sizeof(form) - 1)
                return -EINVAL;
        for (size_t i = 0; form[i]; i++) {
                if (form[i] == '-' ? text[i] != '-' : !isdigit((unsigned char)text[i]))
                        return -EINVAL;
                if (form[i] == '-')
                        n++;
                else
                        parts[n] = parts[n] * 10 + text[i] - '0';
        }
        if (parts[1] < 1 || parts[1] > 12 || parts[2] < 1)
                return -EINVAL;
        n = day_from_civil(parts[0], parts[1], parts[2]);
        civil_from_day(n, &year, &month, &day);
        if (year != parts[0] || month != parts[1] || day != parts[2])
                return -EINVAL; /* 30 February */
        *ret_day = n;
        return 0;
}

void date_format(int32_t day, char ret[static 12])
{
        int32_t year, month, date;

        civil_from_day(day, &year, &month, &date);
        (void)snprintf(ret, 12, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
                       (unsigned)date % 100);
}

/* 0 = Monday. Day 0 was a Thursday. */
static int32_t weekday(int32_t day)
{
        return ((day + 3) % 7 + 7) % 7;
}

IsoWeek iso_week_of_day(int32_t day)
{
        int32_t thursday = day - weekday(day) + 3; /* a week belongs to its Thursday's year */
        int32_t year, month, date;

        civil_from_day(thursday, &year, &month, &date);
        return (IsoWeek){.year = year, .week = (thursday - day_from_civil(year, 1, 1)) / 7 + 1};
}

int32_t iso_week_monday(IsoWeek week)
{
        int32_t fourth = day_from_civil(week.year, 1, 4); /* always in week 1 */

        return fourth - weekday(fourth) + 7 * (week.week - 1);
}

IsoWeek iso_week_add(IsoWeek week, int32_t weeks)
{
        return iso_week_of_day(iso_week_monday(week) + 7 * weeks);
}

int iso_week_compare(IsoWeek a, IsoWeek b)
{
        if (a.year != b.year)
                return a.year < b.year ? -1 : 1;
        return (a.week > b.week) - (a.week < b.week);
}

void iso_week_format(IsoWeek week, char ret[static 12])
{
        (void)snprintf(ret, 12, "%04d-W%02d", week.year % 10000, week.week % 100);
}

int iso_week_parse(const char *text, IsoWeek *ret)
{
        IsoWeek week = {0};

        if (strlen(text) != 8 || text[4] != '-' || text[5] != 'W')
                return -EINVAL;
        for (int i = 0; i < 8; i++) {
                if (i == 4 || i == 5)
                        continue;
                if (!isdigit((unsigned char)text[i]))
                        return -EINVAL;
                if (i < 4)
                        week.year = week.year * 10 + text[i] - '0';
                else
                        week.week = week.week * 10 + text[i] - '0';
        }
        /* Week 0, 54 or a 53 that the year lacks belong to another week. */
        if (iso_week_compare(iso_week_of_day(iso_week_monday(week)), week) != 0)
                return -EINVAL;
        *ret = week;
        return 0;
}
