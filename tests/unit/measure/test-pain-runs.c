#include "near.h"

#include "daemon/measure/pain-runs.h"

#include "base/calendar.h"
#include "daemon/measure/parameters.h"
#include "proto/fields.h"

#define MONDAY  20500

static DatedRun run_at(int32_t day, int32_t hour)
{
        int64_t start_ms = day * DAY_MS + hour * HOUR_MS;

        return (DatedRun){day, start_ms, start_ms + HOUR_MS};
}

static DatedPain pain_at(int32_t day, int32_t hour, int64_t pain)
{
        return (DatedPain){day, hour * 60, day * DAY_MS + hour * HOUR_MS, pain, 0};
}

static DatedPain stop_at(int32_t day, int32_t hour, int64_t pain)
{
        DatedPain entry = pain_at(day, hour, pain);

        entry.stopped = 1;
        return entry;
}

static PainRun judged(const DatedRun *runs, size_t n_runs, size_t at, const DatedPain *entries,
                      size_t n)
{
        return pain_run_of(runs, n_runs, at, entries, n, &measure_defaults.pain_run);
}

static void pain_before_the_run_on_its_day_counts(void **state)
{
        DatedRun run = run_at(MONDAY, 18);
        DatedPain before[] = {pain_at(MONDAY, 7, 3), pain_at(MONDAY, 17, 1)};
        DatedPain others[] = {pain_at(MONDAY, 19, 5), pain_at(MONDAY, 18, 5),
                              pain_at(MONDAY - 1, 23, 6)};
        DatedPain free_of_it[] = {pain_at(MONDAY, 7, 0)};

        (void)state;
        assert_int_equal(judged(&run, 1, 0, before, 2).through, 1);
        assert_int_equal(judged(&run, 1, 0, before, 2).level, 3);
        assert_true(judged(&run, 1, 0, others, 3).through == NULL_INTEGER);
        assert_string_equal(judged(&run, 1, 0, others, 3).through_reason, "no_entry_before");
        assert_int_equal(judged(&run, 1, 0, free_of_it, 1).through, 0);
        assert_true(judged(&run, 1, 0, free_of_it, 1).level == NULL_INTEGER);
        assert_null(judged(&run, 1, 0, free_of_it, 1).through_reason);
}

static void a_stop_belongs_to_the_newest_run_begun_before_it(void **state)
{
        DatedRun runs[] = {run_at(MONDAY, 7), run_at(MONDAY, 18)};
        DatedPain morning[] = {stop_at(MONDAY, 9, 4)},
                  evening[] = {stop_at(MONDAY, 18, NULL_INTEGER)};
        DatedPain early[] = {stop_at(MONDAY, 6, 4)};

        (void)state;
        assert_int_equal(judged(runs, 2, 0, morning, 1).through, 1);
        assert_int_equal(judged(runs, 2, 0, morning, 1).level, 4);
        assert_int_equal(judged(runs, 2, 0, evening, 1).stopped, 0);
        assert_int_equal(judged(runs, 2, 1, evening, 1).stopped, 1);
        assert_int_equal(judged(runs, 2, 1, evening, 1).through, 1);
        assert_true(judged(runs, 2, 1, evening, 1).level == NULL_INTEGER);
        assert_int_equal(judged(runs, 2, 0, early, 1).stopped, 0);
        assert_int_equal(judged(runs, 2, 1, early, 1).stopped, 0);
        /* a stop in the morning is pain before the run of the evening */
        assert_int_equal(judged(runs, 2, 1, morning, 1).through, 1);
}

static void the_morning_after_is_its_first_entry_before_noon(void **state)
{
        DatedRun run = run_at(MONDAY, 18);
        DatedPain entries[] = {pain_at(MONDAY + 1, 9, 5), pain_at(MONDAY + 1, 7, 2),
                               pain_at(MONDAY + 1, 15, 8)};
        DatedPain noon[] = {pain_at(MONDAY + 1, 12, 5)};

        (void)state;
        assert_int_equal(judged(&run, 1, 0, entries, 3).next_morning, 2);
        assert_true(judged(&run, 1, 0, noon, 1).next_morning == NULL_INTEGER);
        assert_string_equal(judged(&run, 1, 0, noon, 1).next_morning_reason, "no_entry");
}

static void forty_eight_hours_after_are_included_and_no_more(void **state)
{
        DatedRun run = run_at(MONDAY, 18); /* ends at 19 */
        DatedPain entries[] = {pain_at(MONDAY, 19, 9), pain_at(MONDAY, 20, 1),
                               pain_at(MONDAY + 2, 19, 3), pain_at(MONDAY + 2, 20, 10)};

        (void)state;
        assert_int_equal(judged(&run, 1, 0, entries, 4).after, 3);
        assert_true(judged(&run, 1, 0, entries, 1).after == NULL_INTEGER);
        assert_string_equal(judged(&run, 1, 0, entries, 1).after_reason, "no_entry");
}

/* A run every other evening, the last at MONDAY; mornings after the n before it as given. */
static PainRun after_mornings(const int64_t *mornings, size_t n, int64_t newest)
{
        DatedRun runs[64];
        DatedPain entries[64];

        for (size_t i = 0; i <= n; i++) {
                int32_t day = MONDAY - 2 * (int32_t)(n - i);

                runs[i] = run_at(day, 18);
                entries[i] = pain_at(day + 1, 8, i < n ? mornings[i] : newest);
        }
        return judged(runs, n + 1, n, entries, n + 1);
}

static void seven_mornings_are_too_few_for_a_band_and_eight_make_one(void **state)
{
        int64_t mornings[] = {1, 2, 3, 4, 5, 4, 3, 2};
        PainRun eight = after_mornings(mornings, 8, 3), seven = after_mornings(mornings, 7, 3);

        (void)state;
        assert_string_equal(seven.band.reason, "too_few");
        assert_int_equal(seven.band.n, 7);
        assert_no_number(seven.band.low);
        assert_null(seven.next_morning_word);
        assert_string_equal(seven.next_morning_reason, "too_few");
        assert_string_equal(seven.after_reason, "too_few");
        assert_null(eight.band.reason);
        /* median 3, absolute deviations 2 1 0 1 2 1 0 1: MAD 1 */
        assert_near(eight.band.low, 3 - 2.9652);
        assert_near(eight.band.high, 3 + 2.9652);
        assert_string_equal(eight.next_morning_word, "within");
        assert_string_equal(after_mornings(mornings, 8, 6).next_morning_word, "above");
        assert_string_equal(after_mornings(mornings, 8, 6).after_word, "above");
        assert_string_equal(after_mornings(mornings, 8, 0).next_morning_word, "below");
}

static void a_runner_who_never_varies_has_a_band_of_one_point(void **state)
{
        int64_t mornings[] = {2, 2, 2, 2, 2, 2, 2, 9};
        PainRun run = after_mornings(mornings, 8, 3);

        (void)state;
        assert_near(run.band.low, 1);
        assert_near(run.band.high, 3);
        assert_string_equal(run.next_morning_word, "within");
        assert_string_equal(after_mornings(mornings, 8, 4).next_morning_word, "above");
}

static void a_band_looks_back_eight_weeks_and_counts_a_day_once(void **state)
{
        static const int32_t back[] = {57, 56, 50, 44, 38, 32, 26, 20, 14, 8, 2};
        enum { DAYS = sizeof(back) / sizeof(*back) };
        DatedRun runs[2 * DAYS + 1];
        DatedPain entries[DAYS];

        (void)state;
        for (size_t i = 0; i < DAYS; i++) {
                runs[2 * i] = run_at(MONDAY - back[i], 7);
                runs[2 * i + 1] = run_at(MONDAY - back[i], 18);
                entries[i] = pain_at(MONDAY - back[i] + 1, 8, 2);
        }
        runs[2 * DAYS] = run_at(MONDAY, 18);
        assert_int_equal(judged(runs, 2 * DAYS + 1, 2 * DAYS, entries, DAYS).band.n, DAYS - 1);
}

static void a_stop_on_the_next_morning_is_that_mornings_run(void **state)
{
        DatedRun run = run_at(MONDAY, 18);
        DatedPain entries[] = {stop_at(MONDAY + 1, 7, 6), pain_at(MONDAY + 1, 9, 2)};

        (void)state;
        assert_int_equal(judged(&run, 1, 0, entries, 2).next_morning, 2);
}

static void what_is_no_pain_value_is_passed_over(void **state)
{
        DatedRun run = run_at(MONDAY, 18);
        DatedPain entries[] = {pain_at(MONDAY, 7, -1), pain_at(MONDAY, 8, 11),
                               pain_at(MONDAY + 1, 8, 12)};
        PainRun result = judged(&run, 1, 0, entries, 3);

        (void)state;
        assert_true(result.through == NULL_INTEGER);
        assert_true(result.next_morning == NULL_INTEGER);
        assert_true(result.after == NULL_INTEGER);
}

static void a_week_counts_its_runs_through_pain_with_the_worst_level(void **state)
{
        DatedRun runs[] = {run_at(MONDAY - 1, 18), run_at(MONDAY, 18),     run_at(MONDAY + 2, 18),
                           run_at(MONDAY + 4, 18), run_at(MONDAY + 6, 18), run_at(MONDAY + 7, 18)};
        DatedPain entries[] = {pain_at(MONDAY - 1, 8, 9), pain_at(MONDAY, 8, 2),
                               pain_at(MONDAY + 2, 8, 0), stop_at(MONDAY + 4, 19, 5),
                               pain_at(MONDAY + 7, 8, 9)};
        PainRunWeek week = pain_run_week(runs, 6, entries, 5, MONDAY, &measure_defaults.pain_run);

        (void)state;
        assert_int_equal(week.runs, 4);
        assert_int_equal(week.known, 3);
        assert_int_equal(week.through, 2);
        assert_int_equal(week.level_max, 5);
        assert_true(pain_run_week(runs, 0, entries, 5, MONDAY, &measure_defaults.pain_run).level_max ==
                    NULL_INTEGER);
}

static void the_order_of_entries_changes_nothing(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 200; round++) {
                DatedRun runs[30];
                DatedPain entries[90];
                PainRunWeek week, other;
                PainRun run, again;

                for (int32_t i = 0; i < 30; i++)
                        runs[i] = run_at(MONDAY - 50 + 2 * i, 10);
                for (size_t i = 0; i < 90; i++) {
                        entries[i] = pain_at(MONDAY - 50 + (int32_t)random_below(61),
                                             (int32_t)random_below(24), (int64_t)random_below(11));
                        entries[i].stopped = random_below(20) == 0;
                }
                week = pain_run_week(runs, 30, entries, 90, MONDAY, &measure_defaults.pain_run);
                run = judged(runs, 30, 27, entries, 90);
                for (size_t i = 90; i-- > 1;) {
                        size_t j = random_below(i + 1);
                        DatedPain entry = entries[i];

                        entries[i] = entries[j];
                        entries[j] = entry;
                }
                other = pain_run_week(runs, 30, entries, 90, MONDAY, &measure_defaults.pain_run);
                again = judged(runs, 30, 27, entries, 90);
                assert_memory_equal(&other, &week, sizeof(week));
                assert_true(again.through == run.through && again.level == run.level &&
                            again.next_morning == run.next_morning && again.after == run.after &&
                            again.band.n == run.band.n);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pain_before_the_run_on_its_day_counts),
                cmocka_unit_test(a_stop_belongs_to_the_newest_run_begun_before_it),
                cmocka_unit_test(the_morning_after_is_its_first_entry_before_noon),
                cmocka_unit_test(forty_eight_hours_after_are_included_and_no_more),
                cmocka_unit_test(seven_mornings_are_too_few_for_a_band_and_eight_make_one),
                cmocka_unit_test(a_runner_who_never_varies_has_a_band_of_one_point),
                cmocka_unit_test(a_band_looks_back_eight_weeks_and_counts_a_day_once),
                cmocka_unit_test(a_stop_on_the_next_morning_is_that_mornings_run),
                cmocka_unit_test(what_is_no_pain_value_is_passed_over),
                cmocka_unit_test(a_week_counts_its_runs_through_pain_with_the_worst_level),
                cmocka_unit_test(the_order_of_entries_changes_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
