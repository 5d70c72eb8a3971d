/* Days, dates and ISO weeks, against Python's datetime and against a calendar that is walked
 * day by day. */
#include "base/calendar.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

/* date(y, m, d): (date - date(1970, 1, 1)).days and .isocalendar() */
static const struct {
        int32_t year, month, date, day;
        IsoWeek week;
} known[] = {
        {1970, 1, 1, 0, {1970, 1}},          {1969, 12, 31, -1, {1970, 1}},
        {2000, 2, 29, 11016, {2000, 9}},     {2000, 3, 1, 11017, {2000, 9}},
        {2026, 11, 24, 20781, {2026, 48}},   {2020, 12, 31, 18627, {2020, 53}},
        {2021, 1, 1, 18628, {2020, 53}},     {2021, 1, 3, 18630, {2020, 53}},
        {2021, 1, 4, 18631, {2021, 1}},      {2024, 12, 30, 20087, {2025, 1}},
        {2026, 12, 31, 20818, {2026, 53}},   {2027, 1, 3, 20821, {2026, 53}},
        {2027, 1, 4, 20822, {2027, 1}},      {2016, 1, 3, 16803, {2015, 53}},
        {2015, 12, 31, 16800, {2015, 53}},   {2012, 1, 1, 15340, {2011, 52}},
        {1900, 3, 1, -25508, {1900, 9}},     {1900, 2, 28, -25509, {1900, 9}},
        {2100, 2, 28, 47540, {2100, 8}},     {2100, 3, 1, 47541, {2100, 9}},
        {1600, 2, 29, -135081, {1600, 9}},   {9999, 12, 31, 2932896, {9999, 52}},
        {1, 1, 1, -719162, {1, 1}},          {2032, 12, 31, 23010, {2032, 53}},
        {2009, 12, 31, 14609, {2009, 53}},   {2010, 1, 3, 14612, {2009, 53}},
        {2008, 12, 29, 14242, {2009, 1}},
};

static void known_days_have_their_number_and_week(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
                int32_t year, month, date;
                IsoWeek week = iso_week_of_day(known[i].day);

                assert_int_equal(day_from_civil(known[i].year, known[i].month, known[i].date),
                                 known[i].day);
                civil_from_day(known[i].day, &year, &month, &date);
                assert_int_equal(year, known[i].year);
                assert_int_equal(month, known[i].month);
                assert_int_equal(date, known[i].date);
                assert_int_equal(week.year, known[i].week.year);
                assert_int_equal(week.week, known[i].week.week);
        }
}

static int32_t days_in_month(int32_t year, int32_t month)
{
        static const int32_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

        return days[month - 1] + (month == 2 && leap);
}

/* From Saturday, 1600-01-01 (ISO week 1599-W52) to 2400: twice the 400 years after which the
 * calendar repeats. */
static void eight_hundred_years_walked_day_by_day_agree(void **state)
{
        int32_t year = 1600, month = 1, date = 1;
        int32_t day = day_from_civil(year, month, date);
        int32_t weekday = 5; /* 0 = Monday */
        IsoWeek week = {1599, 52};

        (void)state;
        while (year < 2401) {
                int32_t got_year, got_month, got_date;
                IsoWeek got;

                assert_int_equal(day_from_civil(year, month, date), day);
                civil_from_day(day, &got_year, &got_month, &got_date);
                got = iso_week_of_day(day);
                if (got_year != year || got_month != month || got_date != date ||
                    got.year != week.year || got.week != week.week)
                        fail_msg("%d-%02d-%02d is %d-%02d-%02d of %d-W%02d, expected %d-W%02d", year,
                                 month, date, got_year, got_month, got_date, got.year, got.week,
                                 week.year, week.week);
                day++;
                if (++date > days_in_month(year, month)) {
                        date = 1;
                        if (++month > 12) {
                                month = 1;
                                year++;
                        }
                }
                weekday = (weekday + 1) % 7;
                if (weekday == 0) {
                        /* The week with 4 January is the first. */
                        bool first = (month == 12 && date >= 29) || (month == 1 && date <= 4);

                        week.week++;
                        if (first)
                                week = (IsoWeek){month == 12 ? year + 1 : year, 1};
                }
        }
}

static void a_week_begins_on_its_monday(void **state)
{
        (void)state;
        for (int32_t day = -40000; day < 60000; day++) {
                int32_t monday = iso_week_monday(iso_week_of_day(day));

                assert_in_range(day - monday, 0, 6);
                assert_int_equal(((monday + 3) % 7 + 7) % 7, 0);
        }
}

static void weeks_are_added_across_years(void **state)
{
        static const struct {
                IsoWeek from;
                int32_t weeks;
                IsoWeek to;
        } sums[] = {
                {{2026, 47}, 1, {2026, 48}},    {{2026, 53}, 1, {2027, 1}},
                {{2027, 1}, -1, {2026, 53}},    {{2025, 52}, 1, {2026, 1}},
                {{2026, 47}, -26, {2026, 21}},  {{2026, 10}, -26, {2025, 36}},
                {{2020, 53}, 53, {2022, 1}},    {{2026, 47}, 0, {2026, 47}},
                {{2026, 53}, 52, {2027, 52}},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(sums); i++) {
                IsoWeek got = iso_week_add(sums[i].from, sums[i].weeks);

                assert_int_equal(got.year, sums[i].to.year);
                assert_int_equal(got.week, sums[i].to.week);
        }
}

static void weeks_are_ordered_by_year_then_week(void **state)
{
        (void)state;
        assert_true(iso_week_compare((IsoWeek){2026, 53}, (IsoWeek){2027, 1}) < 0);
        assert_true(iso_week_compare((IsoWeek){2027, 1}, (IsoWeek){2026, 53}) > 0);
        assert_true(iso_week_compare((IsoWeek){2026, 9}, (IsoWeek){2026, 10}) < 0);
        assert_true(iso_week_compare((IsoWeek){2026, 10}, (IsoWeek){2026, 9}) > 0);
        assert_int_equal(iso_week_compare((IsoWeek){2026, 9}, (IsoWeek){2026, 9}), 0);
}

static void a_written_week_is_read_again(void **state)
{
        (void)state;
        for (int32_t day = 0; day < 40000; day += 7) {
                IsoWeek week = iso_week_of_day(day), got;
                char text[12];

                iso_week_format(week, text);
                assert_int_equal(strlen(text), 8);
                assert_int_equal(iso_week_parse(text, &got), 0);
                assert_int_equal(iso_week_compare(got, week), 0);
        }
}

static void weeks_that_do_not_exist_are_refused(void **state)
{
        static const char *const texts[] = {
                "2025-W53", "2027-W53", "2026-W00", "2026-W54", "2026-W99", "2026-w47", "2026W47",
                "2026-W4", "2026-W470", "2026-47", "", "026-W47", "2026-W4x", "x026-W47", " 2026-W4",
                "2026-W 7", "2026-W+7", "2026_W47", "2026-W47-2",
        };
        IsoWeek week = {7, 7};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                print_message("'%s'\n", texts[i]);
                assert_int_equal(iso_week_parse(texts[i], &week), -EINVAL);
                assert_int_equal(week.year, 7);
        }
        assert_int_equal(iso_week_parse("2026-W53", &week), 0);
        assert_int_equal(iso_week_parse("2020-W53", &week), 0);
        assert_int_equal(iso_week_parse("2026-W01", &week), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(known_days_have_their_number_and_week),
                cmocka_unit_test(eight_hundred_years_walked_day_by_day_agree),
                cmocka_unit_test(a_week_begins_on_its_monday),
                cmocka_unit_test(weeks_are_added_across_years),
                cmocka_unit_test(weeks_are_ordered_by_year_then_week),
                cmocka_unit_test(a_written_week_is_read_again),
                cmocka_unit_test(weeks_that_do_not_exist_are_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
