#include "within.h"

#include "daemon/measure/plan.h"
#include "daemon/measure/parameters.h"

#include <string.h>

static int64_t counts(PlanItem first, PlanItem second)
{
        PlanItem items[] = {first, second};

        return plan_session_counts(items, 2, &measure_defaults.plan);
}

static void eighty_per_cent_of_every_item_is_a_session(void **state)
{
        (void)state;
        assert_int_equal(counts((PlanItem){24, 30}, (PlanItem){48, 60}), 1);
        assert_int_equal(counts((PlanItem){23, 30}, (PlanItem){60, 60}), 0);
        assert_int_equal(counts((PlanItem){60, 30}, (PlanItem){47, 60}), 0); /* no trading */
        for (int n = 1; n <= 200; n++) /* the edge is exact for whole numbers */
                assert_int_equal(counts((PlanItem){4 * n, 5 * n}, (PlanItem){0, 0}), 1);
}

static void what_was_not_prescribed_does_not_matter(void **state)
{
        (void)state;
        assert_int_equal(counts((PlanItem){30, 30}, (PlanItem){NULL_REAL, 0}), 1);
        assert_int_equal(counts((PlanItem){30, 30}, (PlanItem){5, NULL_REAL}), 1);
        assert_true(counts((PlanItem){30, 0}, (PlanItem){60, 0}) == NULL_INTEGER);
        assert_true(plan_session_counts(NULL, 0, &measure_defaults.plan) == NULL_INTEGER);
        assert_int_equal(counts((PlanItem){NULL_REAL, 30}, (PlanItem){60, 60}), 0);
        assert_int_equal(counts((PlanItem){-30, 30}, (PlanItem){60, 60}), 0);
        assert_true(isnan(plan_item_share((PlanItem){5, 0})));
        assert_within(plan_item_share((PlanItem){0, 30}), 0, 0); /* nothing done is known */
        assert_within(plan_item_share((PlanItem){45, 30}), 1.5, 0);
        assert_true(isnan(plan_item_share((PlanItem){(double)INFINITY, 5})));
}

/* Once a week for four weeks, three times, seven, and food every day: all done. */
static const ProngPlan all_done[PRONG_COUNT] = {{1, 4}, {3, 12}, {7, 28}, {7, 28}};

static PlanAdherence measure(Prong prong, ProngPlan instead, int64_t since_start_days)
{
        ProngPlan plan[PRONG_COUNT];
        PlanAdherence adherence;

        memcpy(plan, all_done, sizeof(plan));
        plan[prong] = instead;
        plan_adherence(plan, 4, since_start_days, &measure_defaults.plan, &adherence);
        return adherence;
}

static ProngStatus status_of(double done)
{
        return measure(PRONG_EXERCISE, (ProngPlan){5, done}, NULL_INTEGER).prongs[PRONG_EXERCISE].status;
}

static void eighty_is_met_fifty_is_partial_and_less_is_missing(void **state)
{
        (void)state;
        assert_int_equal(status_of(20), PRONG_MET);
        assert_int_equal(status_of(16), PRONG_MET);
        assert_int_equal(status_of(15), PRONG_PARTIAL);
        assert_int_equal(status_of(10), PRONG_PARTIAL);
        assert_int_equal(status_of(9), PRONG_MISSING);
        assert_int_equal(status_of(0), PRONG_MISSING);
        assert_within(measure(PRONG_EXERCISE, (ProngPlan){5, 40}, NULL_INTEGER).prongs[PRONG_EXERCISE].adherence, 1, 0);
}

static void a_missing_core_prong_is_named_and_nutrition_is_not(void **state)
{
        PlanAdherence adherence = measure(PRONG_SOFT_TISSUE, (ProngPlan){3, 2}, NULL_INTEGER);

        (void)state;
        assert_int_equal(adherence.n_missing, 1);
        assert_int_equal(adherence.missing[0], PRONG_SOFT_TISSUE);
        assert_int_equal(adherence.complete, 0);
        adherence = measure(PRONG_NUTRITION, (ProngPlan){7, 0}, NULL_INTEGER);
        assert_int_equal(adherence.prongs[PRONG_NUTRITION].status, PRONG_MISSING);
        assert_int_equal(adherence.n_missing, 0);
        assert_int_equal(adherence.complete, 1);
        assert_false(prong_is_core(PRONG_NUTRITION));
}

static void what_is_not_planned_is_told_apart_from_what_is_missing(void **state)
{
        PlanAdherence adherence = measure(PRONG_JOINT_MANIPULATION, (ProngPlan){0, 3}, NULL_INTEGER);

        (void)state;
        assert_int_equal(adherence.prongs[PRONG_JOINT_MANIPULATION].status, PRONG_NOT_PLANNED);
        assert_true(isnan(adherence.prongs[PRONG_JOINT_MANIPULATION].adherence));
        assert_string_equal(reasons_find(&adherence.reasons, "joint_manipulation"), "not_planned");
        assert_int_equal(adherence.n_missing, 0);
        assert_int_equal(adherence.n_not_planned, 1);
        assert_int_equal(adherence.not_planned[0], PRONG_JOINT_MANIPULATION);
        assert_int_equal(adherence.complete, 0);
}

static void the_first_fourteen_days_are_not_judged(void **state)
{
        PlanAdherence adherence = measure(PRONG_EXERCISE, (ProngPlan){5, 0}, 13);

        (void)state;
        assert_int_equal(adherence.prongs[PRONG_EXERCISE].status, PRONG_TOO_EARLY);
        assert_within(adherence.prongs[PRONG_EXERCISE].adherence, 0, 0);
        assert_int_equal(adherence.n_missing, 0);
        assert_true(adherence.complete == NULL_INTEGER);
        assert_string_equal(reasons_find(&adherence.reasons, "complete"), "too_early");
        adherence = measure(PRONG_EXERCISE, (ProngPlan){5, 0}, 14);
        assert_int_equal(adherence.prongs[PRONG_EXERCISE].status, PRONG_MISSING);
}

static void what_nobody_knows_is_not_missing(void **state)
{
        static const double bad[] = {(double)NAN, (double)INFINITY, -1};
        PlanAdherence adherence;

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                adherence = measure(PRONG_EXERCISE, (ProngPlan){5, bad[i]}, NULL_INTEGER);
                assert_int_equal(adherence.prongs[PRONG_EXERCISE].status, PRONG_UNKNOWN);
                assert_string_equal(reasons_find(&adherence.reasons, "exercise"), "unknown");
                assert_string_equal(reasons_find(&adherence.reasons, "complete"), "unknown");
                assert_true(adherence.complete == NULL_INTEGER);
                assert_int_equal(adherence.n_missing, 0);
                adherence = measure(PRONG_EXERCISE, (ProngPlan){bad[i], 5}, NULL_INTEGER);
                assert_int_equal(adherence.prongs[PRONG_EXERCISE].status, PRONG_UNKNOWN);
                plan_adherence(all_done, bad[i], NULL_INTEGER, &measure_defaults.plan, &adherence);
                assert_int_equal(adherence.prongs[PRONG_EXERCISE].status, PRONG_UNKNOWN);
        }
        assert_null(prong_status_name(PRONG_UNKNOWN));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(eighty_per_cent_of_every_item_is_a_session),
                cmocka_unit_test(what_was_not_prescribed_does_not_matter),
                cmocka_unit_test(eighty_is_met_fifty_is_partial_and_less_is_missing),
                cmocka_unit_test(a_missing_core_prong_is_named_and_nutrition_is_not),
                cmocka_unit_test(what_is_not_planned_is_told_apart_from_what_is_missing),
                cmocka_unit_test(the_first_fourteen_days_are_not_judged),
                cmocka_unit_test(what_nobody_knows_is_not_missing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
