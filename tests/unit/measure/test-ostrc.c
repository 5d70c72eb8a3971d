#include "near.h"

#include "daemon/measure/ostrc.h"
#include "proto/fields.h"

#define NONE NULL_INTEGER

static Ostrc answered(int64_t a, int64_t b, int64_t c, int64_t d)
{
        return ostrc((const int64_t[]){a, b, c, d});
}

static void every_form_has_a_reachable_severity(void **state)
{
        static const int64_t points[] = {0, 8, 17, 25};

        (void)state;
        for (int form = 0; form < 256; form++) {
                int64_t a = form & 3, b = form >> 2 & 3, c = form >> 4 & 3, d = form >> 6;
                Ostrc result = answered(a, b, c, d);
                int64_t expected = a == 0   ? 0
                                   : a == 3 ? 100
                                            : points[a] + points[b] + points[c] + points[d];

                assert_int_equal(result.severity, expected);
                assert_int_equal(result.problem, a > 0);
                assert_int_equal(result.substantial, a == 3 || (a > 0 && (b >= 2 || c >= 2)));
                assert_null(result.severity_reason);
                assert_null(result.substantial_reason);
        }
}

static void answers_behind_a_closed_gate_are_not_needed(void **state)
{
        (void)state;
        assert_int_equal(answered(0, NONE, NONE, NONE).severity, 0);
        assert_int_equal(answered(0, NONE, 9, NONE).substantial, 0);
        assert_int_equal(answered(3, NONE, -1, NONE).severity, 100);
}

static void one_answer_can_decide_substantial_and_only_two_deny_it(void **state)
{
        (void)state;
        assert_int_equal(answered(1, 2, NONE, NONE).substantial, 1);
        assert_int_equal(answered(1, NONE, 3, 0).substantial, 1);
        assert_int_equal(answered(1, 1, 1, NONE).substantial, 0);
        assert_true(answered(1, 1, NONE, 1).substantial == NONE);
        assert_string_equal(answered(1, 1, NONE, 1).substantial_reason, "unanswered");
        assert_true(answered(1, 1, 1, NONE).severity == NONE);
        assert_string_equal(answered(1, 1, 1, NONE).severity_reason, "unanswered");
        assert_int_equal(answered(1, NONE, NONE, NONE).problem, 1);
}

static void an_answer_of_another_scale_is_refused(void **state)
{
        (void)state;
        assert_string_equal(answered(4, 0, 0, 0).problem_reason, "invalid_answer");
        assert_string_equal(answered(-1, 0, 0, 0).severity_reason, "invalid_answer");
        assert_true(answered(25, 0, 0, 0).substantial == NONE);
        assert_string_equal(answered(1, 6, 0, 0).severity_reason, "invalid_answer");
        assert_string_equal(answered(1, 6, 0, 0).substantial_reason, "invalid_answer");
        assert_string_equal(answered(NONE, 2, 2, 2).problem_reason, "unanswered");
}

static void points_of_version_one_are_no_answers(void **state)
{
        static const int64_t old[] = {6, 13, 19, -8, 26};

        (void)state;
        assert_int_equal(ostrc_index_of_points(0), 0);
        assert_int_equal(ostrc_index_of_points(8), 1);
        assert_int_equal(ostrc_index_of_points(17), 2);
        assert_int_equal(ostrc_index_of_points(25), 3);
        for (size_t i = 0; i < sizeof(old) / sizeof(*old); i++)
                assert_true(ostrc_index_of_points(old[i]) == NONE);
}

static void a_missing_week_is_no_responder(void **state)
{
        Ostrc of_week[] = {answered(0, NONE, NONE, NONE), answered(NONE, NONE, NONE, NONE),
                           answered(1, NONE, NONE, NONE), answered(3, NONE, NONE, NONE)};
        OstrcPrevalence prevalence = ostrc_prevalence(of_week, 4);

        (void)state;
        assert_int_equal(prevalence.responders, 3);
        assert_near(prevalence.share, 2.0 / 3);
        assert_no_number(ostrc_prevalence(&of_week[1], 1).share);
        assert_string_equal(ostrc_prevalence(&of_week[1], 1).reason, "no_responders");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_form_has_a_reachable_severity),
                cmocka_unit_test(answers_behind_a_closed_gate_are_not_needed),
                cmocka_unit_test(one_answer_can_decide_substantial_and_only_two_deny_it),
                cmocka_unit_test(an_answer_of_another_scale_is_refused),
                cmocka_unit_test(points_of_version_one_are_no_answers),
                cmocka_unit_test(a_missing_week_is_no_responder),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
