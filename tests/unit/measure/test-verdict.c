/* The week's sentence and alert: the same facts make the same words, in each language. */
#include "daemon/measure/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static Week a_week(double distance_m, int64_t runs)
{
        Week week;

        week_set_null(&week);
        (void)text_copy(week.load_source, sizeof(week.load_source), "left");
        week.load_distance_m = distance_m;
        week.load_runs = runs;
        week.coverage = 1;
        week.pain_entries = 0;
        return week;
}

static Week with_pain(Week week, double mean, int64_t max, int64_t days)
{
        week.pain_mean = mean;
        week.pain_max = max;
        week.pain_days = days;
        return week;
}

static Week with_spike(Week week, int64_t distance_m, int64_t reference_m, const char *band)
{
        week.longest_distance_m = distance_m;
        week.longest_reference_m = reference_m;
        (void)text_copy(week.longest_band, sizeof(week.longest_band), band);
        return week;
}

static const VerdictInput input = {.has_pod = true, .monday = "2026-11-23"};

static WeekVerdict judged(Week week, const VerdictInput *of, Language language)
{
        VerdictParameters parameters = verdict_parameters(NULL, verdict_defaults);

        parameters.language = language;
        verdict_week(of, &parameters, &week);
        return week.verdict;
}

static void check(Week week, const VerdictInput *of, const char *english, const char *german,
                  const char *alert)
{
        WeekVerdict verdict = judged(week, of, LANGUAGE_ENGLISH);

        assert_string_equal(verdict.sentence, english);
        assert_string_equal(verdict.alert, alert);
        assert_string_equal(verdict.since, alert[0] ? of->monday : "");
        assert_string_equal(judged(week, of, LANGUAGE_GERMAN).sentence, german);
        assert_string_equal(judged(week, of, LANGUAGE_GERMAN).alert, alert);
}

static void a_quiet_week_says_load_and_pain(void **state)
{
        Week before = with_pain(a_week(9000, 1), 2.0, 3, 2);
        VerdictInput second = input;

        (void)state;
        second.before = &before;
        check(a_week(12400, 3), &input, "12.4 km in 3 runs; no diary", "12,4 km in 3 Läufen; kein Tagebuch",
              "");
        second.has_entry = true; /* of something else */
        check(a_week(12400, 3), &second, "12.4 km in 3 runs; no pain entry",
              "12,4 km in 3 Läufen; keine Schmerzangabe", "");
        check(with_pain(a_week(9000, 1), 0, 0, 0), &input, "9.0 km in 1 run; no pain",
              "9,0 km in 1 Lauf; kein Schmerz", "");
        check(with_pain(a_week(9000, 1), 1.5, 3, 1), &second,
              "9.0 km in 1 run; pain 1.5, at most 3, on 1 day (2.0 the week before)",
              "9,0 km in 1 Lauf; Schmerz 1,5, höchstens 3, an 1 Tag (2,0 in der Woche davor)", "");
}

static void a_reason_to_look_comes_first(void **state)
{
        (void)state;
        check(with_pain(a_week(21000, 4), 4.5, 7, 3), &input,
              "Pain up to 7 of 10; 21.0 km in 4 runs; pain 4.5, at most 7, on 3 days",
              "Schmerz bis 7 von 10; 21,0 km in 4 Läufen; Schmerz 4,5, höchstens 7, an 3 Tagen",
              "pain_high");
        check(with_spike(a_week(20000, 2), 14200, 6000, "large"), &input,
              "A run of 14.2 km, +137 % over the longest of 30 days; 20.0 km in 2 runs; no diary",
              "Ein Lauf von 14,2 km, +137 % über dem längsten der 30 Tage; 20,0 km in 2 Läufen; kein "
              "Tagebuch",
              "spike_large");
}

static void a_capital_stands_at_the_beginning_only(void **state)
{
        static const struct {
                const char *empty, *english, *german;
                bool has_pod;
        } cases[] = {
                {"did_not_run", "; no run this week;", "; diese Woche kein Lauf;", true},
                {"not_worn", "; no pod was heard this week;", "; diese Woche war kein Pod zu hören;", true},
                {"not_worn", "; no pod is paired;", "; es ist kein Pod gekoppelt;", false},
                {"not_delivered", "; this week is not delivered yet;",
                 "; diese Woche ist noch nicht übertragen;", true},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                Week week = with_pain(a_week(NULL_REAL, NULL_INTEGER), 5, 5, 1);
                VerdictInput one = input;

                one.has_pod = cases[i].has_pod;
                (void)text_copy(week.empty, sizeof(week.empty), cases[i].empty);
                assert_non_null(strstr(judged(week, &one, LANGUAGE_ENGLISH).sentence, cases[i].english));
                assert_non_null(strstr(judged(week, &one, LANGUAGE_GERMAN).sentence, cases[i].german));
        }
}

static void a_single_run_s_length_is_said_once(void **state)
{
        (void)state;
        check(with_spike(a_week(7200, 1), 7200, 6000, "small"), &input,
              "7.2 km in 1 run, +20 % over the longest of 30 days; no diary",
              "7,2 km in 1 Lauf, +20 % über dem längsten der 30 Tage; kein Tagebuch", "");
        check(with_spike(a_week(12000, 2), 7200, 6000, "small"), &input,
              "12.0 km in 2 runs; a run of 7.2 km is +20 % over the longest of 30 days; no diary",
              "12,0 km in 2 Läufen; ein Lauf von 7,2 km ist +20 % über dem längsten der 30 Tage; kein "
              "Tagebuch",
              "");
}

static void a_runner_without_a_pod_is_not_one_who_did_not_wear_it(void **state)
{
        VerdictInput none = input;
        Week week;

        (void)state;
        week_set_null(&week);
        (void)text_copy(week.empty, sizeof(week.empty), "not_worn");
        none.has_pod = false;
        check(week, &none, "No pod is paired; no diary", "Es ist kein Pod gekoppelt; kein Tagebuch", "");
        check(week, &input, "No pod was heard this week; no diary",
              "Diese Woche war kein Pod zu hören; kein Tagebuch", "");
        none.silent_days = 14;
        check(week, &none, "Nothing heard for 14 days; no pod is paired; no diary",
              "Seit 14 Tagen nichts gehört; es ist kein Pod gekoppelt; kein Tagebuch", "no_data");
}

static void a_day_that_nobody_saw_makes_it_at_least(void **state)
{
        Week week = a_week(12400, 3);

        (void)state;
        week.days.is_lower_bound = 1;
        (void)text_copy(week.days.state, sizeof(week.days.state), ",run,unknown,rest,run,rest,run,rest");
        check(week, &input, "At least 12.4 km in 3 runs; no diary",
              "Mindestens 12,4 km in 3 Läufen; kein Tagebuch", "");
        (void)text_copy(week.days.state, sizeof(week.days.state), ",run,unknown,rest,run,rest,run,ahead");
        check(week, &input, "12.4 km in 3 runs; no diary", "12,4 km in 3 Läufen; kein Tagebuch", "");
}

/* Whatever else holds: the first rule is the alert, and the only one. */
static void there_is_one_alert_and_it_stays_the_same_while_its_reason_does(void **state)
{
        Week week = with_pain(with_spike(a_week(20000, 2), 14200, 6000, "large"), 6, 8, 5);
        Week before = a_week(1000, 1);
        VerdictInput second = input;
        WeekVerdict verdict;

        (void)state;
        (void)text_copy(week.pain_clock.verdict, sizeof(week.pain_clock.verdict), "alert");
        (void)text_copy(week.pain_clock.start, sizeof(week.pain_clock.start), "2026-11-02");
        week.pain_clock.span_days = 20;
        verdict = judged(week, &input, LANGUAGE_ENGLISH);
        assert_string_equal(verdict.alert, "pain_clock");
        assert_non_null(strstr(verdict.sentence, "Pain for 20 days, since 2026-11-02: more than two weeks;"));
        second.before = &before;
        (void)text_copy(before.verdict.standing, sizeof(before.verdict.standing),
                        ",pain_clock:1:2026-11-16");
        assert_string_equal(judged(week, &second, LANGUAGE_ENGLISH).since, "2026-11-16");
        (void)text_copy(before.verdict.standing, sizeof(before.verdict.standing),
                        ",pain_high:6:2026-11-09");
        verdict = judged(week, &second, LANGUAGE_ENGLISH);
        assert_string_equal(verdict.since, "2026-11-23");
        assert_string_equal(verdict.standing,
                            ",pain_clock:1:2026-11-23,pain_high:8:2026-11-09,spike_large:3:2026-11-23");
}

static void all_reasons_can_stand_at_once_and_fit(void **state)
{
        Week week = with_pain(with_spike(a_week(20000, 2), 14200, 6000, "large"), 6, 10, 5);
        VerdictInput silent = input;
        WeekVerdict verdict;
        size_t n = 0;
        const char *at;
        StandingReason one;

        (void)state;
        silent.silent_days = 60;
        (void)text_copy(week.pain_clock.verdict, sizeof(week.pain_clock.verdict), "alert");
        (void)text_copy(week.pain_change.word, sizeof(week.pain_change.word), "worse");
        week.pain_change.drop = -10;
        week.pain_runs.through = 7;
        week.pain_runs.level_max = 10;
        (void)text_copy(week.flags.raised, sizeof(week.flags.raised), ",pelvic_drop_high,asymmetry");
        verdict = judged(week, &silent, LANGUAGE_ENGLISH);
        at = verdict.standing;
        while (standing_next(&at, &one)) {
                assert_string_equal(one.since, "2026-11-23");
                n++;
        }
        assert_int_equal(n, 7);
        assert_true(standing_find(verdict.standing, "gait_flag", &one));
        assert_int_equal(one.severity, 2 + 8);
        assert_true(standing_find(verdict.standing, "pain_worse", &one));
        assert_int_equal(one.severity, 10);
        assert_string_equal(judged(a_week(9000, 2), &input, LANGUAGE_ENGLISH).standing, ",");
}

static void what_is_worse_is_said_for_each_code(void **state)
{
        static const struct {
                const char *code;
                int64_t seen, now;
                bool is_worse;
        } cases[] = {
                {"pain_high", 5, 6, true},   {"pain_high", 6, 6, false},  {"pain_high", 6, 5, false},
                {"pain_worse", 2, 3, true},  {"spike_large", 2, 3, true}, {"spike_large", 3, 2, false},
                {"through_pain", 3, 4, true}, {"gait_flag", 3, 4, true},  {"gait_flag", 3, 2, false},
                {"gait_flag", 8, 3, true},   {"pain_clock", 1, 1, false}, {"no_data", 1, 1, false},
                {"nobody_knows", 1, 1, true},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                StandingReason now = {.severity = cases[i].now}, seen = {.severity = cases[i].seen};

                (void)text_copy(now.code, sizeof(now.code), cases[i].code);
                (void)text_copy(seen.code, sizeof(seen.code), cases[i].code);
                assert_int_equal(standing_is_worse(&now, &seen), cases[i].is_worse);
        }
}

static void the_clinic_says_what_is_an_alert_for_this_runner(void **state)
{
        Week pain = with_pain(a_week(9000, 2), 3, 4, 2);
        Week spike = with_spike(a_week(9000, 2), 7000, 5000, "moderate");
        VerdictParameters parameters;
        Plan plan;

        (void)state;
        fields_set_null(&plan_fields, &plan);
        parameters = verdict_parameters(&plan, verdict_defaults);
        assert_int_equal(parameters.pain_from, verdict_defaults.pain_from);
        assert_int_equal(parameters.spike_from, verdict_defaults.spike_from);
        plan.alert_pain_from = 4;
        (void)text_copy(plan.alert_spike, sizeof(plan.alert_spike), "moderate");
        parameters = verdict_parameters(&plan, verdict_defaults);
        verdict_week(&input, &parameters, &pain);
        verdict_week(&input, &parameters, &spike);
        assert_string_equal(pain.verdict.alert, "pain_high");
        assert_string_equal(spike.verdict.alert, "spike_large");
        spike = with_spike(a_week(9000, 2), 7000, 5000, "large");
        (void)text_copy(plan.alert_spike, sizeof(plan.alert_spike), "off");
        parameters = verdict_parameters(&plan, verdict_defaults);
        verdict_week(&input, &parameters, &spike);
        assert_string_equal(spike.verdict.alert, "");
}

static void as_many_runs_through_pain_as_are_set_are_an_alert(void **state)
{
        VerdictParameters parameters = verdict_defaults;

        (void)state;
        for (int64_t through = 1; through <= 3; through++) {
                for (parameters.through_from = 1; parameters.through_from <= 3; parameters.through_from++) {
                        Week week = with_pain(a_week(9000, 3), 1, 1, 3);

                        week.pain_runs.through = through;
                        week.pain_runs.level_max = 1;
                        verdict_week(&input, &parameters, &week);
                        assert_string_equal(week.verdict.alert,
                                            through >= parameters.through_from ? "through_pain" : "");
                }
        }
        assert_int_equal(verdict_defaults.through_from, 2);
}

static void every_phrase_is_there_in_every_language_and_uses_its_arguments(void **state)
{
        static const char *const arguments[] = {"<0>", "<1>", "<2>"};

        (void)state;
        for (int phrase = 0; phrase < PHRASE_COUNT; phrase++) {
                char said[LANGUAGE_COUNT][256];

                assert_non_null(phrase_name((Phrase)phrase));
                for (int language = 0; language < LANGUAGE_COUNT; language++) {
                        words_say((Language)language, (Phrase)phrase, arguments, 3, said[language],
                                  sizeof(said[language]));
                        assert_true(strlen(said[language]) > 3);
                        assert_null(strchr(said[language], '{'));
                }
                for (int argument = 0; argument < 3; argument++)
                        assert_int_equal(strstr(said[0], arguments[argument]) != NULL,
                                         strstr(said[1], arguments[argument]) != NULL);
                assert_string_not_equal(said[0], said[1]);
        }
}

static Week with_missing(Week week, const char *missing, const char *first_day)
{
        week.plan.head.n = 20;
        codes_none(week.plan.missing);
        if (missing[0])
                (void)text_copy(week.plan.missing, sizeof(week.plan.missing), missing);
        (void)text_copy(week.plan.first_day, sizeof(week.plan.first_day), first_day);
        return week;
}

static void a_prong_that_is_missing_is_the_last_reason_to_look(void **state)
{
        VerdictParameters parameters = verdict_defaults;
        Week missing = with_missing(with_pain(a_week(10000, 2), 1, 2, 1), ",soft_tissue,exercise", "2026-09-01");
        Week young = with_missing(with_pain(a_week(10000, 2), 1, 2, 1), ",exercise", "2026-11-10");
        Week none = with_missing(with_pain(a_week(10000, 2), 1, 2, 1), "", "2026-09-01");
        Week worse = with_missing(with_pain(a_week(10000, 2), 5, 7, 1), ",exercise", "2026-09-01");

        (void)state;
        verdict_week(&input, &parameters, &missing);
        assert_string_equal(missing.verdict.alert, "prongs_missing");
        assert_non_null(strstr(missing.verdict.sentence,
                               "The plan works best with all three: soft tissue, exercise missing in 4 weeks; "));
        verdict_week(&input, &parameters, &young);
        assert_non_null(strstr(young.verdict.sentence, "exercise missing in 2 weeks"));
        verdict_week(&input, &parameters, &none);
        assert_string_equal(none.verdict.alert, "");
        verdict_week(&input, &parameters, &worse);
        assert_string_equal(worse.verdict.alert, "pain_high");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_quiet_week_says_load_and_pain),
                cmocka_unit_test(a_reason_to_look_comes_first),
                cmocka_unit_test(a_capital_stands_at_the_beginning_only),
                cmocka_unit_test(a_single_run_s_length_is_said_once),
                cmocka_unit_test(a_runner_without_a_pod_is_not_one_who_did_not_wear_it),
                cmocka_unit_test(a_day_that_nobody_saw_makes_it_at_least),
                cmocka_unit_test(there_is_one_alert_and_it_stays_the_same_while_its_reason_does),
                cmocka_unit_test(all_reasons_can_stand_at_once_and_fit),
                cmocka_unit_test(what_is_worse_is_said_for_each_code),
                cmocka_unit_test(the_clinic_says_what_is_an_alert_for_this_runner),
                cmocka_unit_test(as_many_runs_through_pain_as_are_set_are_an_alert),
                cmocka_unit_test(every_phrase_is_there_in_every_language_and_uses_its_arguments),
                cmocka_unit_test(a_prong_that_is_missing_is_the_last_reason_to_look),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
