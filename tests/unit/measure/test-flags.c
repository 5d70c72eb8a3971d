#include "within.h"

#include "daemon/measure/flags.h"
#include "daemon/measure/parameters.h"
#include "daemon/measure/splitmix.h"

#include <string.h>
#include <time.h>

enum { BEFORE = 6, N = 12 };

static FlagSession sessions[N];
static size_t n;

/* Six usual sessions, three days apart. */
static int usual(void **state)
{
        (void)state;
        n = 0;
        for (; n < BEFORE; n++) {
                sessions[n] = (FlagSession){
                        .day = 100 + 3 * (int32_t)n,
                        .steady_s = 1800,
                        .grade_pct = 0,
                        .sacrum = true,
                        .calibrated = true,
                        .values = {[FLAG_LUMBAR_MEAN_DEG] = -4, [FLAG_TILT_MEAN_DEG] = 12,
                                   [FLAG_DROP_LEFT_DEG] = 5, [FLAG_DROP_RIGHT_DEG] = 5.5,
                                   [FLAG_HIP_EXTENSION_LEFT_DEG] = 18, [FLAG_HIP_EXTENSION_RIGHT_DEG] = 18,
                                   [FLAG_CONTACT_INDEX_PCT] = 2, [FLAG_PEAK_INDEX_PCT] = -3},
                };
        }
        return 0;
}

/* The newest session again, three days later, with another value. */
static FlagSession *again(FlagMeasure measure, double value)
{
        sessions[n] = sessions[n - 1];
        sessions[n].day += 3;
        sessions[n].values[measure] = value;
        return &sessions[n++];
}

static const FlagRule *rule_of(const char *id)
{
        for (size_t i = 0; i < FLAG_RULES; i++) {
                if (strcmp(flag_rules[i].id, id) == 0)
                        return &flag_rules[i];
        }
        fail_msg("no rule %s", id);
        return NULL;
}

static Flag flag_of(const char *id)
{
        return flag_evaluate(rule_of(id), sessions, n, &measure_defaults.flag);
}

static void a_usual_runner_has_no_flag(void **state)
{
        (void)state;
        for (size_t i = 0; i < FLAG_RULES; i++) {
                Flag flag = flag_evaluate(&flag_rules[i], sessions, n, &measure_defaults.flag);

                assert_int_equal(flag.state, FLAG_CLEAR);
                assert_null(flag.reason);
                assert_true(strlen(flag_rules[i].words) > 20 && strlen(flag_rules[i].source) > 20);
        }
}

static void one_session_is_not_two_in_a_row(void **state)
{
        Flag flag;

        (void)state;
        again(FLAG_LUMBAR_MEAN_DEG, 6);
        assert_int_equal(flag_of("lumbar_hyperextension").state, FLAG_CLEAR);
        again(FLAG_LUMBAR_MEAN_DEG, 7);
        flag = flag_of("lumbar_hyperextension");
        assert_int_equal(flag.state, FLAG_RAISED);
        assert_int_equal(flag.since, sessions[BEFORE].day);
        assert_within(flag.evidence.value, 7, 0);
        assert_within(flag.evidence.reference, 0, 0);
        assert_within(flag.evidence.limit, 5, 0);
        assert_string_equal(flag.evidence.against, "own standing");
        again(FLAG_LUMBAR_MEAN_DEG, -4);
        flag = flag_of("lumbar_hyperextension");
        assert_int_equal(flag.state, FLAG_CLEAR);
        assert_within(flag.evidence.value, 0, 0);
}

static void five_degrees_are_not_more_than_five(void **state)
{
        Flag flag;

        (void)state;
        again(FLAG_LUMBAR_MEAN_DEG, 1); /* −4 + 5 */
        again(FLAG_LUMBAR_MEAN_DEG, 1);
        assert_int_equal(flag_of("lumbar_hyperextension").state, FLAG_CLEAR);
        usual(NULL);
        again(FLAG_LUMBAR_MEAN_DEG, 1.1);
        again(FLAG_LUMBAR_MEAN_DEG, 1.1);
        flag = flag_of("lumbar_hyperextension");
        assert_int_equal(flag.state, FLAG_RAISED);
        assert_string_equal(flag.evidence.against, "own four weeks");
        assert_within(flag.evidence.reference, -4, 0);
}

static void a_pelvis_that_sinks_more_than_usual_or_on_one_side(void **state)
{
        Flag flag;

        (void)state;
        again(FLAG_DROP_RIGHT_DEG, 7.6);
        again(FLAG_DROP_RIGHT_DEG, 7.6);
        flag = flag_of("pelvic_drop_high");
        assert_int_equal(flag.state, FLAG_RAISED);
        assert_int_equal(flag.evidence.measure, FLAG_DROP_RIGHT_DEG);
        usual(NULL);
        again(FLAG_DROP_RIGHT_DEG, 7.5);
        again(FLAG_DROP_RIGHT_DEG, 7.5);
        assert_int_equal(flag_of("pelvic_drop_high").state, FLAG_CLEAR);
        usual(NULL);
        again(FLAG_DROP_LEFT_DEG, 2.4); /* right 5.5: 3.1° apart, none above its usual */
        again(FLAG_DROP_LEFT_DEG, 2.4);
        flag = flag_of("pelvic_drop_high");
        assert_int_equal(flag.state, FLAG_RAISED);
        assert_string_equal(flag.evidence.against, "other side");
        again(FLAG_DROP_LEFT_DEG, 2.5);
        again(FLAG_DROP_LEFT_DEG, 2.5);
        assert_int_equal(flag_of("pelvic_drop_high").state, FLAG_CLEAR);
}

static void less_extension_needs_more_tilt_as_well(void **state)
{
        (void)state;
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 12.9);
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 12.9);
        assert_int_equal(flag_of("reduced_hip_extension").state, FLAG_CLEAR);
        usual(NULL);
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 12.9)->values[FLAG_TILT_MEAN_DEG] = 15.1;
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 12.9);
        assert_int_equal(flag_of("reduced_hip_extension").state, FLAG_RAISED);
        assert_int_equal(flag_of("reduced_hip_extension").evidence.measure, FLAG_HIP_EXTENSION_LEFT_DEG);
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 13)->values[FLAG_TILT_MEAN_DEG] = 15.1;
        assert_int_equal(flag_of("reduced_hip_extension").state, FLAG_CLEAR);
        usual(NULL);
        for (size_t i = 0; i < n; i++)
                sessions[i].values[FLAG_HIP_EXTENSION_RIGHT_DEG] = NULL_REAL; /* one thigh pod */
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 12)->values[FLAG_TILT_MEAN_DEG] = 16;
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 12);
        assert_int_equal(flag_of("reduced_hip_extension").state, FLAG_RAISED);
}

static void asymmetry_takes_three_sessions_and_the_runners_own_usual(void **state)
{
        Flag flag;

        (void)state;
        again(FLAG_CONTACT_INDEX_PCT, 10.1);
        again(FLAG_CONTACT_INDEX_PCT, 10.1);
        assert_int_equal(flag_of("asymmetry").state, FLAG_CLEAR);
        again(FLAG_CONTACT_INDEX_PCT, 10.1);
        flag = flag_of("asymmetry");
        assert_int_equal(flag.state, FLAG_RAISED);
        assert_within(flag.evidence.limit, 10, 0);
        usual(NULL);
        for (int i = 0; i < 3; i++)
                again(FLAG_PEAK_INDEX_PCT, -15.1);
        flag = flag_of("asymmetry");
        assert_int_equal(flag.state, FLAG_RAISED);
        assert_int_equal(flag.evidence.measure, FLAG_PEAK_INDEX_PCT);
        assert_within(flag.evidence.limit, -15, 0);
        usual(NULL);
        for (size_t i = 0; i < n; i++)
                sessions[i].values[FLAG_CONTACT_INDEX_PCT] = 9; /* always was so */
        for (int i = 0; i < 3; i++)
                again(FLAG_CONTACT_INDEX_PCT, 13);
        assert_int_equal(flag_of("asymmetry").state, FLAG_CLEAR);
        for (size_t i = 0; i < n; i++)
                sessions[i].calibrated = false; /* feet know no standing */
        assert_int_equal(flag_of("asymmetry").state, FLAG_CLEAR);
}

static void swapping_the_sides_swaps_the_evidence(void **state)
{
        Flag left, right;

        (void)state;
        again(FLAG_DROP_LEFT_DEG, 9);
        again(FLAG_DROP_LEFT_DEG, 9);
        left = flag_of("pelvic_drop_high");
        for (size_t i = 0; i < n; i++) {
                double kept = sessions[i].values[FLAG_DROP_LEFT_DEG];

                sessions[i].values[FLAG_DROP_LEFT_DEG] = sessions[i].values[FLAG_DROP_RIGHT_DEG];
                sessions[i].values[FLAG_DROP_RIGHT_DEG] = kept;
        }
        right = flag_of("pelvic_drop_high");
        assert_int_equal(left.state, FLAG_RAISED);
        assert_int_equal(right.state, FLAG_RAISED);
        assert_int_equal(left.evidence.measure, FLAG_DROP_LEFT_DEG);
        assert_int_equal(right.evidence.measure, FLAG_DROP_RIGHT_DEG);
        assert_within(left.evidence.limit, right.evidence.limit, 0);
}

static void when_both_sides_are_raised_the_further_one_is_the_evidence(void **state)
{
        Flag flag;

        (void)state;
        again(FLAG_DROP_LEFT_DEG, 7.5)->values[FLAG_DROP_RIGHT_DEG] = 9; /* by 0.5° and by 1.5° */
        again(FLAG_DROP_LEFT_DEG, 7.5);
        flag = flag_of("pelvic_drop_high");
        assert_int_equal(flag.evidence.measure, FLAG_DROP_RIGHT_DEG);
        again(FLAG_DROP_LEFT_DEG, 10);
        flag = flag_of("pelvic_drop_high");
        assert_int_equal(flag.evidence.measure, FLAG_DROP_LEFT_DEG);
        assert_within(flag.evidence.value, 10, 0);
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 10)->values[FLAG_HIP_EXTENSION_RIGHT_DEG] = 9;
        sessions[n - 1].values[FLAG_TILT_MEAN_DEG] = 20;
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 10);
        flag = flag_of("reduced_hip_extension");
        assert_int_equal(flag.evidence.measure, FLAG_HIP_EXTENSION_RIGHT_DEG);
        again(FLAG_HIP_EXTENSION_LEFT_DEG, 8);
        flag = flag_of("reduced_hip_extension");
        assert_int_equal(flag.evidence.measure, FLAG_HIP_EXTENSION_LEFT_DEG);
}

static void swap(double *a, double *b)
{
        double kept = *a;

        *a = *b;
        *b = kept;
}

/* Left and right exchanged in all sessions. */
static void exchange(void)
{
        for (size_t i = 0; i < n; i++) {
                double *values = sessions[i].values;

                swap(&values[FLAG_DROP_LEFT_DEG], &values[FLAG_DROP_RIGHT_DEG]);
                swap(&values[FLAG_HIP_EXTENSION_LEFT_DEG], &values[FLAG_HIP_EXTENSION_RIGHT_DEG]);
                values[FLAG_CONTACT_INDEX_PCT] *= -1;
                values[FLAG_PEAK_INDEX_PCT] *= -1;
        }
}

static const FlagMeasure exchanged[FLAG_MEASURE_COUNT] = {
        [FLAG_LUMBAR_MEAN_DEG] = FLAG_LUMBAR_MEAN_DEG,
        [FLAG_TILT_MEAN_DEG] = FLAG_TILT_MEAN_DEG,
        [FLAG_DROP_LEFT_DEG] = FLAG_DROP_RIGHT_DEG,
        [FLAG_DROP_RIGHT_DEG] = FLAG_DROP_LEFT_DEG,
        [FLAG_HIP_EXTENSION_LEFT_DEG] = FLAG_HIP_EXTENSION_RIGHT_DEG,
        [FLAG_HIP_EXTENSION_RIGHT_DEG] = FLAG_HIP_EXTENSION_LEFT_DEG,
        [FLAG_CONTACT_INDEX_PCT] = FLAG_CONTACT_INDEX_PCT,
        [FLAG_PEAK_INDEX_PCT] = FLAG_PEAK_INDEX_PCT,
};

static void random_sessions(SplitMix *random)
{
        static const double widths[FLAG_MEASURE_COUNT] = {6, 5, 4, 4, 9, 9, 12, 16};

        for (; n < N; n++) {
                sessions[n] = sessions[n - 1];
                sessions[n].day += 3;
                for (size_t m = 0; m < FLAG_MEASURE_COUNT; m++)
                        sessions[n].values[m] +=
                                widths[m] * ((double)(splitmix_next(random) >> 11) / 0x1p52 - 1);
        }
}

static void sides_exchanged_in_any_history_exchange_the_evidence(void **state)
{
        const uint64_t seed = (uint64_t)time(NULL);
        SplitMix random = {.state = seed};
        int raised[FLAG_RULES] = {0};

        print_message("seed %llu\n", (unsigned long long)seed);
        for (int round = 0; round < 3000; round++) {
                Flag flags[FLAG_RULES];

                usual(state);
                random_sessions(&random);
                for (size_t i = 0; i < FLAG_RULES; i++)
                        flags[i] = flag_evaluate(&flag_rules[i], sessions, n, &measure_defaults.flag);
                exchange();
                for (size_t i = 0; i < FLAG_RULES; i++) {
                        const FlagEvidence *a = &flags[i].evidence;
                        Flag flag = flag_evaluate(&flag_rules[i], sessions, n, &measure_defaults.flag);
                        double sign = flag_rules[i].evaluate == rule_of("asymmetry")->evaluate ? -1 : 1;

                        assert_int_equal(flag.state, flags[i].state);
                        assert_int_equal(flag.since, flags[i].since);
                        if (flag.state != FLAG_RAISED)
                                continue;
                        raised[i]++;
                        assert_int_equal(flag.evidence.measure, exchanged[a->measure]);
                        assert_within(flag.evidence.value, sign * a->value, 0);
                        assert_within(flag.evidence.reference, sign * a->reference, 0);
                        assert_within(flag.evidence.limit, sign * a->limit, 0);
                        assert_string_equal(flag.evidence.against, a->against);
                }
        }
        for (size_t i = 0; i < FLAG_RULES; i++)
                assert_true(raised[i] > 30); /* it is not silence that is compared */
}

static void hills_short_runs_and_bare_sessions_are_passed_over(void **state)
{
        FlagSession *hill;

        (void)state;
        again(FLAG_LUMBAR_MEAN_DEG, 6);
        hill = again(FLAG_LUMBAR_MEAN_DEG, -20);
        hill->grade_pct = -4;
        again(FLAG_LUMBAR_MEAN_DEG, -20)->steady_s = 299;
        sessions[n - 1].grade_pct = 0;
        again(FLAG_LUMBAR_MEAN_DEG, NULL_REAL)->steady_s = 300;
        again(FLAG_LUMBAR_MEAN_DEG, 6)->grade_pct = NULL_REAL;
        assert_int_equal(flag_of("lumbar_hyperextension").state, FLAG_RAISED);
        hill->grade_pct = 2; /* level now, so it breaks nothing: it is the third newest */
        assert_int_equal(flag_of("lumbar_hyperextension").state, FLAG_CLEAR);
}

static void without_standing_there_is_no_flag(void **state)
{
        Flag flag;

        (void)state;
        again(FLAG_LUMBAR_MEAN_DEG, 20);
        again(FLAG_LUMBAR_MEAN_DEG, 20);
        for (size_t i = 0; i < n; i++)
                sessions[i].calibrated = false;
        flag = flag_of("lumbar_hyperextension");
        assert_int_equal(flag.state, FLAG_CANNOT_TELL);
        assert_string_equal(flag.reason, "no_standing");
        sessions[n - 1].calibrated = true;
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "too_few_sessions");
        n = 0;
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "no_sessions");
        assert_int_equal(flag_evaluate(&flag_rules[0], NULL, 0, &measure_defaults.flag).state, FLAG_CANNOT_TELL);
}

static void without_a_usual_only_standing_and_the_other_side_speak(void **state)
{
        (void)state;
        memmove(sessions, sessions + 4, 2 * sizeof(*sessions));
        n = 2; /* two in a row, and none before */
        assert_int_equal(flag_of("lumbar_hyperextension").state, FLAG_CANNOT_TELL);
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "no_baseline");
        sessions[0].values[FLAG_LUMBAR_MEAN_DEG] = sessions[1].values[FLAG_LUMBAR_MEAN_DEG] = 5.1;
        assert_int_equal(flag_of("lumbar_hyperextension").state, FLAG_RAISED);
        sessions[0].values[FLAG_DROP_LEFT_DEG] = sessions[1].values[FLAG_DROP_LEFT_DEG] = 8.6;
        assert_int_equal(flag_of("pelvic_drop_high").state, FLAG_RAISED);
}

static void the_usual_is_four_weeks_old_at_most(void **state)
{
        (void)state;
        again(FLAG_LUMBAR_MEAN_DEG, 2)->day = sessions[BEFORE - 3].day + 28; /* three are left */
        again(FLAG_LUMBAR_MEAN_DEG, 2);
        assert_int_equal(flag_of("lumbar_hyperextension").state, FLAG_RAISED);
        sessions[n - 2].day++;
        sessions[n - 1].day++;
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "no_baseline");
        sessions[n - 1].day += 40; /* the one before is too long ago to be in a row */
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "too_few_sessions");
}

static void values_that_are_no_number_raise_nothing(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(no_numbers); i++) {
                usual(NULL);
                for (int k = 0; k < 3; k++) {
                        again(FLAG_LUMBAR_MEAN_DEG, no_numbers[i]);
                        for (size_t m = 0; m < FLAG_MEASURE_COUNT; m++)
                                sessions[n - 1].values[m] = no_numbers[i];
                }
                for (size_t r = 0; r < FLAG_RULES; r++)
                        assert_int_not_equal(flag_evaluate(&flag_rules[r], sessions, n, &measure_defaults.flag).state,
                                             FLAG_RAISED);
        }
}

static void the_bounds_of_an_index_are_no_asymmetry(void **state)
{
        (void)state;
        for (int i = 0; i < 3; i++)
                again(FLAG_CONTACT_INDEX_PCT, 10);
        assert_int_equal(flag_of("asymmetry").state, FLAG_CLEAR);
        usual(NULL);
        for (size_t i = 0; i < n; i++)
                sessions[i].values[FLAG_CONTACT_INDEX_PCT] = 8;
        for (int i = 0; i < 3; i++)
                again(FLAG_CONTACT_INDEX_PCT, 13); /* 5 points from its usual */
        assert_int_equal(flag_of("asymmetry").state, FLAG_CLEAR);
        usual(NULL);
        for (int i = 0; i < 3; i++)
                again(FLAG_CONTACT_INDEX_PCT, 20)->values[FLAG_PEAK_INDEX_PCT] = NULL_REAL; /* no peaks */
        assert_int_equal(flag_of("asymmetry").state, FLAG_RAISED);
}

static void what_does_not_count_is_not_usual_either(void **state)
{
        (void)state;
        for (size_t i = 0; i < 4; i++)
                sessions[i].grade_pct = 5;
        for (size_t i = 0; i < 4; i++)
                sessions[i].values[FLAG_LUMBAR_MEAN_DEG] = -20; /* uphill; two level ones are left */
        again(FLAG_LUMBAR_MEAN_DEG, -4);
        again(FLAG_LUMBAR_MEAN_DEG, -4);
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "no_baseline");
        sessions[3].grade_pct = 0;
        assert_int_equal(flag_of("lumbar_hyperextension").state, FLAG_CLEAR);
}

static void a_row_may_span_four_weeks(void **state)
{
        (void)state;
        again(FLAG_LUMBAR_MEAN_DEG, 6);
        again(FLAG_LUMBAR_MEAN_DEG, 6)->day += 25; /* 28 days after the one before */
        assert_int_equal(flag_of("lumbar_hyperextension").state, FLAG_RAISED);
        sessions[n - 1].day++;
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "too_few_sessions");
}

static void only_a_steady_session_can_lack_its_standing(void **state)
{
        (void)state;
        n = 1;
        sessions[0].calibrated = false;
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "no_standing");
        assert_string_equal(flag_of("asymmetry").reason, "too_few_sessions");
        sessions[0].steady_s = 60;
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "no_sessions");
        sessions[0].steady_s = 600;
        sessions[0].sacrum = false;
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "no_sessions");
        sessions[0].sacrum = true;
        sessions[0].values[FLAG_LUMBAR_MEAN_DEG] = NULL_REAL; /* how could it be without */
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "no_standing");
        sessions[0].calibrated = true;
        sessions[0].values[FLAG_LUMBAR_MEAN_DEG] = NULL_REAL;
        assert_string_equal(flag_of("lumbar_hyperextension").reason, "no_sessions");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(a_usual_runner_has_no_flag, usual),
                cmocka_unit_test_setup(one_session_is_not_two_in_a_row, usual),
                cmocka_unit_test_setup(five_degrees_are_not_more_than_five, usual),
                cmocka_unit_test_setup(a_pelvis_that_sinks_more_than_usual_or_on_one_side, usual),
                cmocka_unit_test_setup(less_extension_needs_more_tilt_as_well, usual),
                cmocka_unit_test_setup(asymmetry_takes_three_sessions_and_the_runners_own_usual, usual),
                cmocka_unit_test_setup(swapping_the_sides_swaps_the_evidence, usual),
                cmocka_unit_test_setup(when_both_sides_are_raised_the_further_one_is_the_evidence, usual),
                cmocka_unit_test_setup(sides_exchanged_in_any_history_exchange_the_evidence, usual),
                cmocka_unit_test_setup(hills_short_runs_and_bare_sessions_are_passed_over, usual),
                cmocka_unit_test_setup(without_standing_there_is_no_flag, usual),
                cmocka_unit_test_setup(without_a_usual_only_standing_and_the_other_side_speak, usual),
                cmocka_unit_test_setup(the_usual_is_four_weeks_old_at_most, usual),
                cmocka_unit_test_setup(values_that_are_no_number_raise_nothing, usual),
                cmocka_unit_test_setup(the_bounds_of_an_index_are_no_asymmetry, usual),
                cmocka_unit_test_setup(what_does_not_count_is_not_usual_either, usual),
                cmocka_unit_test_setup(a_row_may_span_four_weeks, usual),
                cmocka_unit_test_setup(only_a_steady_session_can_lack_its_standing, usual),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
