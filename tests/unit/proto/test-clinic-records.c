/* What may be said of the past. */
#include "proto/clinic-records.h"

#include "base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS  1795507200000LL /* 2026-11-24T08:00:00Z */
#define Y2K_MS  946684800000LL
#define Y1816_MS (-4831970400000LL) /* 1816-11-24T10:00:00Z, found in a new user's ledger */

static void a_diary_entry_is_of_this_century_and_not_of_tomorrow(void **state)
{
        static const struct {
                int64_t at, now;
                const char *fault;
        } times[] = {
                {NOW_MS, NOW_MS, NULL},
                {NOW_MS + DAY_MS, NOW_MS, NULL},
                {NOW_MS + DAY_MS + 1, NOW_MS, "lies in the future"},
                {Y2K_MS, NOW_MS, NULL},
                {Y2K_MS - 1, NOW_MS, "lies before the year 2000"},
                {Y1816_MS, NOW_MS, "lies before the year 2000"},
                /* without a clock nobody knows what the future is */
                {NOW_MS + 1000 * DAY_MS, NULL_INTEGER, NULL},
                {Y1816_MS, NULL_INTEGER, "lies before the year 2000"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
                const char *fault = diary_time_fault(times[i].at, times[i].now);

                if (times[i].fault)
                        assert_string_equal(fault ? fault : "none", times[i].fault);
                else
                        assert_null(fault);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_diary_entry_is_of_this_century_and_not_of_tomorrow),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
