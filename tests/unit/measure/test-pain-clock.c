#include "near.h"

#include "daemon/measure/pain-clock.h"
#include "daemon/measure/parameters.h"
#include "proto/fields.h"

#include <string.h>

#define DAYS_MAX 128

typedef struct Diary {
        int64_t days[DAYS_MAX];
        size_t n;
} Diary;

/* A letter a day: a digit is the pain, '.' unknown. */
static Diary diary_of(const char *text)
{
        Diary diary = {.n = strlen(text)};

        for (size_t i = 0; i < diary.n; i++)
                diary.days[i] = text[i] == '.' ? NULL_INTEGER : text[i] - '0';
        return diary;
}

static PainClock clock_of(const char *text)
{
        Diary diary = diary_of(text);

        return pain_clock(diary.days, diary.n, &measure_defaults.pain_clock);
}

static Diary random_diary(void)
{
        Diary diary = {.n = 1 + random_below(DAYS_MAX)};
        size_t unknown = random_below(10), free = random_below(10);

        for (size_t i = 0; i < diary.n; i++)
                diary.days[i] = random_below(10) < unknown ? NULL_INTEGER
                                : random_below(10) < free  ? 0
                                                           : (int64_t)(1 + random_below(10));
        return diary;
}

static void fourteen_days_are_not_more_than_two_weeks_and_fifteen_are(void **state)
{
        (void)state;
        assert_int_equal(clock_of("33333333333333").verdict, PAIN_VERDICT_NO);
        assert_int_equal(clock_of("33333333333333").reaches, 14);
        assert_int_equal(clock_of("333333333333333").verdict, PAIN_VERDICT_ALERT);
        assert_int_equal(clock_of("333333333333333").alert, 14);
        assert_int_equal(clock_of("333333333333333").streak.span_days, 15);
}

static void two_free_days_pause_it_and_three_end_it(void **state)
{
        (void)state;
        assert_int_equal(clock_of("333333003333333").alert, 14);
        assert_int_equal(clock_of("333333003333333").streak.pauses, 1);
        assert_false(clock_of("333333333333000").active);
        assert_int_equal(clock_of("33333300033333333").streak.start, 9);
        assert_true(clock_of("333333333333000").streak.start == PAIN_CLOCK_NO_DAY);
}

static void unknown_days_do_not_interrupt_the_count_of_free_ones(void **state)
{
        (void)state;
        assert_false(clock_of("3333330.0..0").active);
        assert_int_equal(clock_of("3333330.0.03.0").streak.start, 11);
        assert_true(clock_of("3333330.0.3").active);
        assert_int_equal(clock_of("3333330.0.3").streak.start, 0);
}

static void seven_unknown_days_keep_it_and_eight_end_it(void **state)
{
        (void)state;
        assert_int_equal(clock_of("222222.......22").alert, 14);
        assert_int_equal(clock_of("222222.......22").streak.recorded, 8);
        assert_int_equal(clock_of("222222........222222").streak.start, 14);
        assert_true(clock_of("222222.......").active);
        assert_false(clock_of("222222........").active);
}

static void an_alert_stays_until_the_streak_ends(void **state)
{
        (void)state;
        assert_int_equal(clock_of("33333333333333300").verdict, PAIN_VERDICT_ALERT);
        assert_int_equal(clock_of("333333333333333.......").verdict, PAIN_VERDICT_ALERT);
        assert_int_equal(clock_of("333333333333333000").verdict, PAIN_VERDICT_NO);
        assert_int_equal(clock_of("333333333333333000").first_alert, 14);
        assert_true(clock_of("333333333333333000").alert == PAIN_CLOCK_NO_DAY);
        assert_int_equal(clock_of("3333333333333330003").verdict, PAIN_VERDICT_NO);
}

static void a_second_alert_does_not_move_the_first(void **state)
{
        PainClock clock = clock_of("333333333333333"
                                   "000"
                                   "444444444444444");

        (void)state;
        assert_int_equal(clock.first_alert, 14);
        assert_int_equal(clock.at_first_alert.start, 0);
        assert_int_equal(clock.alert, 32);
        assert_int_equal(clock.streak.start, 18);
}

static void too_few_entries_are_cannot_tell_and_not_no(void **state)
{
        PainClock few = clock_of("33333.......3..3"), less = clock_of("3333.......3....3");

        (void)state;
        assert_int_equal(few.streak.span_days, 16);
        assert_int_equal(few.streak.recorded, 7);
        assert_int_equal(few.verdict, PAIN_VERDICT_CANNOT_TELL);
        assert_string_equal(few.reason, "low_coverage");
        assert_int_equal(less.verdict, PAIN_VERDICT_CANNOT_TELL);
        assert_string_equal(less.reason, "low_coverage");
        assert_int_equal(clock_of("33333.......3.33").verdict, PAIN_VERDICT_ALERT);
        assert_int_equal(clock_of("33333.......3.33").streak.recorded, 8);
}

static void coverage_that_recovers_gives_the_alert_later(void **state)
{
        PainClock clock = clock_of("33333.......3..333");

        (void)state;
        assert_int_equal(clock.verdict, PAIN_VERDICT_ALERT);
        assert_int_equal(clock.alert, 17);
        assert_int_equal(clock.streak.recorded, 9);
        assert_int_equal(clock.streak.span_days, 18);
}

static void newest_days_without_an_entry_may_hide_pain(void **state)
{
        (void)state;
        assert_int_equal(clock_of("3333333333333.").verdict, PAIN_VERDICT_NO);
        assert_string_equal(clock_of("33333333333333.").reason, "unknown_days");
        assert_string_equal(clock_of("3333333333333........").reason, "unknown_days");
        assert_int_equal(clock_of("3333333333333........0").verdict, PAIN_VERDICT_NO);
        assert_string_equal(clock_of("").reason, "no_entries");
        assert_string_equal(clock_of("....").reason, "no_entries");
        assert_int_equal(clock_of("0").verdict, PAIN_VERDICT_NO);
}

static void fewer_painful_entries_than_half_are_no_alert(void **state)
{
        PainClock less = clock_of("300300300300303"), half = clock_of("3030303030303003");

        (void)state;
        assert_true(less.active);
        assert_int_equal(less.verdict, PAIN_VERDICT_NO);
        assert_int_equal(half.streak.painful, 8);
        assert_int_equal(half.streak.recorded, 16);
        assert_int_equal(half.verdict, PAIN_VERDICT_ALERT);
}

static void what_is_no_pain_value_is_unknown(void **state)
{
        Diary diary = diary_of("3333333333333.3"), wrong = diary;

        (void)state;
        for (int64_t value = -3; value < 20; value += 14) { /* -3, 11 */
                wrong.days[13] = value;
                assert_int_equal(pain_clock(wrong.days, 15, &measure_defaults.pain_clock).streak.recorded,
                                 14);
        }
        wrong.days[13] = INT64_MAX;
        assert_int_equal(pain_clock(wrong.days, 15, &measure_defaults.pain_clock).streak.recorded, 14);
}

static void every_parameter_counts(void **state)
{
        Diary diary = diary_of("333333003333333"), gap = diary_of("222222.......22");
        PainClockParameters parameters = measure_defaults.pain_clock;

        (void)state;
        parameters.free_run_end = 2;
        assert_int_equal(pain_clock(diary.days, 15, &parameters).streak.start, 8);
        parameters = measure_defaults.pain_clock;
        parameters.unknown_gap_end = 7;
        assert_int_equal(pain_clock(gap.days, 15, &parameters).streak.start, 13);
        parameters = measure_defaults.pain_clock;
        parameters.need_days = 16;
        assert_int_equal(pain_clock(diary.days, 15, &parameters).verdict, PAIN_VERDICT_NO);
        parameters = measure_defaults.pain_clock;
        parameters.min_coverage = 0.6;
        assert_int_equal(pain_clock(gap.days, 15, &parameters).verdict, PAIN_VERDICT_CANNOT_TELL);
        parameters = measure_defaults.pain_clock;
        parameters.min_painful = 0.9;
        assert_int_equal(pain_clock(diary.days, 15, &parameters).verdict, PAIN_VERDICT_NO);
        parameters = measure_defaults.pain_clock;
        parameters.pain_from = 4;
        assert_false(pain_clock(diary.days, 15, &parameters).active);
}

static void a_share_that_is_met_exactly_is_met(void **state)
{
        /* 9 of 15 days recorded: 0.6 */
        Diary diary = diary_of("3333......33333");
        PainClockParameters parameters = measure_defaults.pain_clock;

        (void)state;
        parameters.min_coverage = 0.6;
        assert_int_equal(pain_clock(diary.days, 15, &parameters).verdict, PAIN_VERDICT_ALERT);
        diary.days[5] = 0; /* 10 recorded, 9 painful: 0.9 */
        parameters.min_painful = 0.9;
        assert_int_equal(pain_clock(diary.days, 15, &parameters).verdict, PAIN_VERDICT_ALERT);
}

static void a_later_day_never_changes_an_earlier_alert(void **state)
{
        size_t alerts = 0;

        (void)state;
        seed_from_clock();
        for (int round = 0; round < 2000; round++) {
                Diary diary = random_diary();
                PainClock before = pain_clock(diary.days, 0, &measure_defaults.pain_clock);

                for (size_t n = 1; n <= diary.n; n++) {
                        PainClock after = pain_clock(diary.days, n, &measure_defaults.pain_clock);

                        if (before.first_alert != PAIN_CLOCK_NO_DAY) {
                                assert_int_equal(after.first_alert, before.first_alert);
                                assert_memory_equal(&after.at_first_alert, &before.at_first_alert,
                                                    sizeof(PainStreak));
                        } else if (after.first_alert != PAIN_CLOCK_NO_DAY) {
                                assert_int_equal(after.first_alert, n - 1);
                                assert_int_equal(after.verdict, PAIN_VERDICT_ALERT);
                                alerts++;
                        }
                        before = after;
                }
        }
        assert_true(alerts > 0);
}

static void what_was_before_matters_until_a_pause_ends_every_streak(void **state)
{
        size_t settled = 0, open = 0;

        (void)state;
        seed_from_clock();
        for (int round = 0; round < 2000; round++) {
                Diary before = random_diary(), diary = random_diary();
                int64_t both[2 * ARRAY_SIZE(diary.days)];
                size_t at = pain_clock_settles(diary.days, diary.n, &measure_defaults.pain_clock);
                PainClock alone, after;

                if (at == PAIN_CLOCK_NO_DAY || at + 1 == diary.n) {
                        open++;
                        continue;
                }
                settled++;
                memcpy(both, before.days, before.n * sizeof(both[0]));
                memcpy(both + before.n, diary.days, diary.n * sizeof(both[0]));
                alone = pain_clock(diary.days, diary.n, &measure_defaults.pain_clock);
                after = pain_clock(both, before.n + diary.n, &measure_defaults.pain_clock);
                assert_int_equal(after.active, alone.active);
                assert_int_equal(after.verdict == PAIN_VERDICT_ALERT, alone.verdict == PAIN_VERDICT_ALERT);
                if (alone.active)
                        assert_int_equal(after.streak.start, alone.streak.start + before.n);
        }
        assert_true(settled > 100 && open > 100);
}

static void an_alert_always_has_what_the_rule_asks_for(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 5000; round++) {
                Diary diary = random_diary();
                PainClock clock = pain_clock(diary.days, diary.n, &measure_defaults.pain_clock);
                const PainStreak *streak = &clock.at_first_alert;
                size_t recorded = 0, painful = 0;

                assert_true((clock.verdict == PAIN_VERDICT_CANNOT_TELL) == (clock.reason != NULL));
                if (clock.first_alert == PAIN_CLOCK_NO_DAY)
                        continue;
                for (size_t i = streak->start; i <= clock.first_alert; i++) {
                        recorded += diary.days[i] != NULL_INTEGER;
                        painful += diary.days[i] >= 1;
                }
                assert_int_equal(streak->recorded, recorded);
                assert_int_equal(streak->painful, painful);
                assert_true(streak->span_days >= 15 && 2 * recorded >= streak->span_days &&
                            2 * painful >= recorded);
                assert_true(diary.days[streak->start] >= 1 && diary.days[clock.first_alert] >= 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(fourteen_days_are_not_more_than_two_weeks_and_fifteen_are),
                cmocka_unit_test(two_free_days_pause_it_and_three_end_it),
                cmocka_unit_test(unknown_days_do_not_interrupt_the_count_of_free_ones),
                cmocka_unit_test(seven_unknown_days_keep_it_and_eight_end_it),
                cmocka_unit_test(an_alert_stays_until_the_streak_ends),
                cmocka_unit_test(a_second_alert_does_not_move_the_first),
                cmocka_unit_test(too_few_entries_are_cannot_tell_and_not_no),
                cmocka_unit_test(coverage_that_recovers_gives_the_alert_later),
                cmocka_unit_test(newest_days_without_an_entry_may_hide_pain),
                cmocka_unit_test(fewer_painful_entries_than_half_are_no_alert),
                cmocka_unit_test(what_is_no_pain_value_is_unknown),
                cmocka_unit_test(every_parameter_counts),
                cmocka_unit_test(a_share_that_is_met_exactly_is_met),
                cmocka_unit_test(a_later_day_never_changes_an_earlier_alert),
                cmocka_unit_test(what_was_before_matters_until_a_pause_ends_every_streak),
                cmocka_unit_test(an_alert_always_has_what_the_rule_asks_for),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
