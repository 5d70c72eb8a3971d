/* Numbers of a week made anew of its own lists: right ones agree and show their values, wrong ones do not. */
#include "cli/explain-week.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char week_text[] =
        "{\"week\":\"2026-W47\",\"settings\":[\"sitting_wear_h=8\",\"prong_met_share=0.75\"],"
        "\"load\":{\"days\":{\"distance_m\":[0,5000,0,5000,0,10000,0]},\"effort\":{\"daily_au\":[0,100,0,null,0,200,0]},"
        "\"impact\":{\"left\":{\"bone_sum\":200},\"right\":{\"bone_sum\":56},\"exponent\":4}},"
        "\"pain\":{\"mean\":2,\"entry_days\":5,\"week\":{},\"change\":{\"baseline_week\":\"2026-W40\",\"baseline_mean\":4}},"
        "\"sitting\":{\"source\":\"thigh\",\"sit_h\":[8,6,7,9,5,null,3],\"wear_h\":[16,12,14,10,8,null,7.9]},"
        "\"plan\":{\"first_day\":\"2026-10-01\",\"done\":[3,1,12,0],\"expected\":[4,4,12,0],\"adherence\":[0.75,0.25,1,null],"
        "\"status\":[\"met\",\"missing\",\"met\",\"not_planned\"]},"
        "\"assessment\":{\"final\":[2,2,3,1,0,3,2]}}";
static const char other_text[] = "{\"load\":{\"days\":{\"distance_m\":[0,0,8000,0,8000,0,0]},"
                                 "\"effort\":{\"daily_au\":[0,0,80,0,80,0,0]}},\"pain\":{\"mean\":4,\"entry_days\":3}}";

static void expect(const char *name, const char *result, const char *worked)
{
        CLEANUP(inputs_clearp) Inputs inputs = {.list = cJSON_CreateArray()};
        cJSON *week = cJSON_Parse(week_text), *other = cJSON_Parse(other_text);
        CLEANUP(freep) char *text = NULL;

        assert_non_null(week);
        assert_non_null(other);
        explain_week(week, other, name, &inputs);
        cJSON_Delete(week);
        cJSON_Delete(other);
        assert_non_null(inputs.result);
        text = cJSON_PrintUnformatted(inputs.result);
        assert_string_equal(text, result);
        if (!strstr(inputs.worked, worked))
                fail_msg("%s: '%s' is not in '%s'", name, worked, inputs.worked);
        assert_true(cJSON_GetArraySize(inputs.list) > 0);
}

static void each_shows_its_values_and_gives_the_number(void **state)
{
        (void)state;
        expect("distance_change", "4000", "20000 − 16000");
        expect("distance_percent", "25", "100 · (20000 − 16000) / 16000");
        expect("bone_stimulus", "2", "256^(1/(2 · 4))");
        expect("change_word", "\"improved\"", "fall 2 points (needs 2), 50 % (needs 30)");
        expect("is_complete", "true", "5 ≥ 4");
        expect("valid_days", "5", "wear ≥ 8 h");
        expect("hours_per_day", "7", "35 / 5");
        expect("adherence", "[0.75,0.25,1,null]", "min(1, 3 / 4)");
        expect("status", "[\"met\",\"missing\",\"met\",\"not_planned\"]", "met from 0.75");
        expect("missing", "[\"soft_tissue\"]", "soft_tissue: missing");
        expect("not_planned", "[]", "exercise: met");
        expect("composite", "13", "2 + 2 + 3 + 1 + 0 + 3 + 2");
}

static void what_is_not_whole_gives_nothing(void **state)
{
        (void)state;
        expect("effort_change", "null", "not known");
        expect("effort_percent", "null", "not known");
        expect("baseline_mean", "null", "entries on 3 days (needs 4)");
}

static void a_group_that_is_absent_gives_nothing(void **state)
{
        CLEANUP(inputs_clearp) Inputs inputs = {.list = cJSON_CreateArray()};
        cJSON *week = cJSON_Parse("{\"week\":\"2026-W47\",\"plan\":null}");

        (void)state;
        explain_week(week, NULL, "missing", &inputs);
        assert_true(cJSON_IsNull(inputs.result));
        cJSON_Delete(week);
}

static void the_other_week_is_the_one_before_or_the_baseline(void **state)
{
        cJSON *week = cJSON_Parse(week_text);
        char id[12];

        (void)state;
        explain_week_other(week, "distance_change", id);
        assert_string_equal(id, "2026-W46");
        explain_week_other(week, "baseline_mean", id);
        assert_string_equal(id, "2026-W40");
        explain_week_other(week, "composite", id);
        assert_string_equal(id, "");
        cJSON_Delete(week);
}

static void settings_of_a_week_stand_over_the_defaults(void **state)
{
        cJSON *week = cJSON_Parse("{\"settings\":[\"clock_span_days=20\",\"unheard_of=3\",\"trend_weeks=soon\",\"more\"]}");
        MeasureParameters parameters = week_settings(week);

        (void)state;
        assert_int_equal(parameters.pain_clock.need_days, 20);
        assert_int_equal(parameters.trend.weeks_min, measure_defaults.trend.weeks_min);
        cJSON_Delete(week);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_shows_its_values_and_gives_the_number),
                cmocka_unit_test(what_is_not_whole_gives_nothing),
                cmocka_unit_test(a_group_that_is_absent_gives_nothing),
                cmocka_unit_test(the_other_week_is_the_one_before_or_the_baseline),
                cmocka_unit_test(settings_of_a_week_stand_over_the_defaults),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
