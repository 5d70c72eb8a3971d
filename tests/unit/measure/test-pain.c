#include "near.h"

#include "daemon/measure/pain-clock.h"
#include "daemon/measure/pain.h"
#include "daemon/measure/parameters.h"
#include "proto/fields.h"

#define MONDAY 20500

static void the_highest_entry_is_the_value_of_its_day(void **state)
{
        PainEntry entries[] = {
                {MONDAY, 2}, {MONDAY, 4}, {MONDAY, 3}, {MONDAY + 2, 0}, {MONDAY + 7, 9}};
        int64_t days[7];

        (void)state;
        pain_days(entries, 5, MONDAY, days, 7);
        assert_int_equal(days[0], 4);
        assert_true(days[1] == NULL_INTEGER);
        assert_int_equal(days[2], 0);
        assert_true(days[6] == NULL_INTEGER);
}

static void an_entry_that_is_no_pain_value_is_passed_over(void **state)
{
        PainEntry entries[] = {{MONDAY, -1},
                               {MONDAY, 11},
                               {MONDAY, INT64_MAX},
                               {MONDAY, NULL_INTEGER},
                               {MONDAY + 1, 3}};
        int64_t days[2];
        PainWeek week = pain_week(entries, 5, MONDAY, 4);

        (void)state;
        assert_int_equal(week.entry_days, 1);
        assert_int_equal(week.entries, 1);
        assert_near(week.mean, 3);
        pain_days(entries, 5, MONDAY, days, 2);
        assert_true(days[0] == NULL_INTEGER);
        assert_int_equal(days[1], 3);
}

static void a_day_far_away_belongs_to_no_week(void **state)
{
        PainEntry entries[] = {{INT32_MIN, 3}, {INT32_MAX, 3}};
        int64_t days[7];

        (void)state;
        assert_int_equal(pain_week(entries, 2, MONDAY, 4).entries, 0);
        pain_days(entries, 2, INT32_MAX, days, 7);
        assert_int_equal(days[0], 3);
        assert_true(days[1] == NULL_INTEGER);
}

static void three_days_are_not_a_complete_week_and_four_are(void **state)
{
        PainEntry entries[] = {{MONDAY, 1}, {MONDAY + 1, 2}, {MONDAY + 2, 3}, {MONDAY + 6, 4}};

        (void)state;
        assert_false(pain_week(entries, 3, MONDAY, 4).complete);
        assert_true(pain_week(entries, 4, MONDAY, 4).complete);
        assert_no_number(pain_week(entries, 0, MONDAY, 4).mean);
        assert_true(pain_week(entries, 0, MONDAY, 4).max == NULL_INTEGER);
}

static void the_order_of_arrival_changes_neither_week_nor_clock(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 500; round++) {
                PainEntry entries[80];
                int64_t days[40], again[40];
                PainWeek week, other;
                PainClock clock, late;

                for (size_t i = 0; i < 80; i++)
                        entries[i] = (PainEntry){MONDAY + (int32_t)random_below(40),
                                                 (int64_t)random_below(11)};
                pain_days(entries, 80, MONDAY, days, 40);
                week = pain_week(entries, 80, MONDAY + 7, 4);
                clock = pain_clock(days, 40, &measure_defaults.pain_clock);
                for (size_t i = 80; i-- > 1;) {
                        size_t j = random_below(i + 1);
                        PainEntry entry = entries[i];

                        entries[i] = entries[j];
                        entries[j] = entry;
                }
                pain_days(entries, 80, MONDAY, again, 40);
                other = pain_week(entries, 80, MONDAY + 7, 4);
                late = pain_clock(again, 40, &measure_defaults.pain_clock);
                assert_memory_equal(days, again, sizeof(days));
                assert_near(other.mean, week.mean);
                assert_int_equal(other.days_with_pain, week.days_with_pain);
                assert_int_equal(late.first_alert, clock.first_alert);
                assert_int_equal(late.verdict, clock.verdict);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_highest_entry_is_the_value_of_its_day),
                cmocka_unit_test(an_entry_that_is_no_pain_value_is_passed_over),
                cmocka_unit_test(a_day_far_away_belongs_to_no_week),
                cmocka_unit_test(three_days_are_not_a_complete_week_and_four_are),
                cmocka_unit_test(the_order_of_arrival_changes_neither_week_nor_clock),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
