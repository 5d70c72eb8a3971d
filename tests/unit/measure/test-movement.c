#include "within.h"

#include "daemon/measure/movement.h"

static const MovementAssessment perfect = {
        .scores = {{3, NULL_INTEGER}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, NULL_INTEGER}, {3, 3}},
};

static MovementResult measure(MovementAssessment assessment)
{
        MovementResult result;

        movement_score(&assessment, &result);
        return result;
}

static void twenty_one_is_the_most_and_each_side_can_lose_it(void **state)
{
        (void)state;
        assert_int_equal(measure(perfect).composite, 21);
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                for (int side = 0; side < 2; side++) {
                        MovementAssessment assessment = perfect;
                        MovementResult result;

                        if (side == 1 && !movement_has_sides(movement))
                                continue;
                        assessment.scores[movement][side] = 1;
                        result = measure(assessment);
                        assert_int_equal(result.composite, 19);
                        assert_int_equal(result.final[movement], 1);
                        assert_int_equal(result.asymmetric[movement], movement_has_sides(movement));
                        assert_false(result.painful[movement]);
                }
        }
}

static void fourteen_is_at_most_fourteen(void **state)
{
        MovementAssessment assessment = perfect;

        (void)state;
        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++)
                assessment.scores[movement][0] = 2;
        assert_int_equal(measure(assessment).composite, 14);
        assert_int_equal(measure(assessment).at_most_14, 1);
        assessment.scores[MOVEMENT_DEEP_SQUAT][0] = 3;
        assert_int_equal(measure(assessment).at_most_14, 0);
}

static void a_painful_clearing_test_makes_it_nought(void **state)
{
        MovementAssessment assessment = perfect;
        MovementResult result;

        (void)state;
        assessment.shoulder_pain[1] = assessment.extension_pain = true;
        result = measure(assessment);
        assert_int_equal(result.final[MOVEMENT_SHOULDER_MOBILITY], 0);
        assert_int_equal(result.final[MOVEMENT_TRUNK_PUSHUP], 0);
        assert_int_equal(result.final[MOVEMENT_ROTARY_STABILITY], 3);
        assert_true(result.painful[MOVEMENT_TRUNK_PUSHUP] && result.overridden[MOVEMENT_TRUNK_PUSHUP]);
        assert_int_equal(result.composite, 15);
        /* pain is known even when the movement was then left out */
        assessment.scores[MOVEMENT_TRUNK_PUSHUP][0] = NULL_INTEGER;
        assert_int_equal(measure(assessment).composite, 15);
}

static void pain_on_one_side_is_not_lost_with_the_other(void **state)
{
        MovementAssessment assessment = perfect;
        MovementResult result;

        (void)state;
        assessment.scores[MOVEMENT_HURDLE_STEP][0] = NULL_INTEGER;
        assessment.scores[MOVEMENT_HURDLE_STEP][1] = 0;
        result = measure(assessment);
        assert_true(result.final[MOVEMENT_HURDLE_STEP] == NULL_INTEGER);
        assert_true(result.painful[MOVEMENT_HURDLE_STEP]);
        assert_false(result.asymmetric[MOVEMENT_HURDLE_STEP]);
}

static void a_missing_or_senseless_score_leaves_no_sum(void **state)
{
        static const struct {
                int64_t score;
                const char *code;
        } faults[] = {{NULL_INTEGER, "not_scored"}, {-1, "bad_score"}, {4, "bad_score"}, {INT64_MAX, "bad_score"}};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
                MovementAssessment assessment = perfect;
                MovementResult result;

                assessment.scores[MOVEMENT_INLINE_LUNGE][1] = faults[i].score;
                result = measure(assessment);
                assert_true(result.final[MOVEMENT_INLINE_LUNGE] == NULL_INTEGER);
                assert_true(result.composite == NULL_INTEGER && result.at_most_14 == NULL_INTEGER);
                assert_string_equal(reasons_find(&result.reasons, "inline_lunge"), faults[i].code);
                assert_string_equal(reasons_find(&result.reasons, "composite"), "incomplete");
        }
}

static void change_is_after_less_before_and_null_when_either_is(void **state)
{
        MovementAssessment first = perfect, second = perfect;
        MovementResult before, after;
        MovementChange change;

        (void)state;
        first.scores[MOVEMENT_DEEP_SQUAT][0] = 1;
        second.scores[MOVEMENT_STRAIGHT_LEG_RAISE][1] = 0;
        before = measure(first);
        after = measure(second);
        movement_change(&before, &after, &change);
        assert_int_equal(change.final[MOVEMENT_DEEP_SQUAT], 2);
        assert_int_equal(change.final[MOVEMENT_STRAIGHT_LEG_RAISE], -3);
        assert_int_equal(change.composite, -1);
        assert_true(change.new_pain[MOVEMENT_STRAIGHT_LEG_RAISE]);
        assert_false(change.new_pain[MOVEMENT_DEEP_SQUAT]);
        movement_change(&after, &after, &change);
        assert_false(change.new_pain[MOVEMENT_STRAIGHT_LEG_RAISE]);
        first.scores[MOVEMENT_DEEP_SQUAT][0] = NULL_INTEGER;
        before = measure(first);
        movement_change(&before, &after, &change);
        assert_true(change.final[MOVEMENT_DEEP_SQUAT] == NULL_INTEGER && change.composite == NULL_INTEGER);
        assert_int_equal(change.final[MOVEMENT_HURDLE_STEP], 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(twenty_one_is_the_most_and_each_side_can_lose_it),
                cmocka_unit_test(fourteen_is_at_most_fourteen),
                cmocka_unit_test(a_painful_clearing_test_makes_it_nought),
                cmocka_unit_test(pain_on_one_side_is_not_lost_with_the_other),
                cmocka_unit_test(a_missing_or_senseless_score_leaves_no_sum),
                cmocka_unit_test(change_is_after_less_before_and_null_when_either_is),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
