#include "near.h"

#include "daemon/measure/internal-load.h"

static const HeartLimits man = {52, 190, TRIMP_SEX_MALE};

static const char *rpe_reason(double rating, double minutes)
{
        const char *reason = NULL;
        double load = session_rpe((SessionEffort){rating, minutes}, &reason);

        assert_true(isnan(load) == (reason != NULL));
        return reason;
}

static void a_rating_that_is_missing_or_wrong_makes_no_load(void **state)
{
        (void)state;
        assert_null(rpe_reason(0, 45));
        assert_null(rpe_reason(10, 0));
        assert_string_equal(rpe_reason(NAN, 45), "no_rating");
        assert_string_equal(rpe_reason(-1, 45), "invalid_rating");
        assert_string_equal(rpe_reason(10.5, 45), "invalid_rating");
        assert_string_equal(rpe_reason(INFINITY, 45), "invalid_rating");
        assert_string_equal(rpe_reason(5, NAN), "no_duration");
        assert_string_equal(rpe_reason(5, -1), "invalid_duration");
        assert_string_equal(rpe_reason(5, INFINITY), "invalid_duration");
}

static void a_week_counts_the_sessions_that_have_no_load(void **state)
{
        SessionEffort efforts[] = {{4, 45}, {NAN, 30}, {11, 30}, {7, 62.5}};
        EffortSum sum = session_rpe_sum(efforts, 4);

        (void)state;
        assert_near(sum.known_au, 617.5);
        assert_int_equal(sum.n_missing, 2);
        assert_int_equal(session_rpe_sum(efforts, 0).n_missing, 0);
}

static void a_rate_stands_for_no_longer_than_the_cap(void **state)
{
        HeartStep whole[] = {{150, 10}}, lost[] = {{150, 3600}};

        (void)state;
        assert_near(trimp_banister(lost, 1, &man, 10).points,
                    trimp_banister(whole, 1, &man, 10).points);
        assert_near(trimp_edwards(lost, 1, 190, 10).points, 3 * 10 / 60.0);
        assert_near(trimp_edwards(lost, 1, 190, INFINITY).points, 3 * 60);
}

static void a_rate_outside_the_reserve_counts_as_its_nearer_end(void **state)
{
        HeartStep at_rest[] = {{52, 600}}, below[] = {{40, 600}}, top[] = {{190, 600}},
                  above[] = {{230, 600}};

        (void)state;
        assert_near(trimp_banister(at_rest, 1, &man, INFINITY).points, 0);
        assert_near(trimp_banister(below, 1, &man, INFINITY).points, 0);
        assert_near(trimp_banister(top, 1, &man, INFINITY).points, 10 * 0.64 * exp(1.92));
        assert_near(trimp_banister(above, 1, &man, INFINITY).points, 10 * 0.64 * exp(1.92));
}

static void women_have_their_own_constants(void **state)
{
        HeartLimits woman = {52, 190, TRIMP_SEX_FEMALE};
        HeartStep steps[] = {{121, 60}}; /* half of the reserve */

        (void)state;
        assert_near(trimp_banister(steps, 1, &woman, INFINITY).points,
                    0.5 * 0.86 * exp(0.5 * 1.67));
}

static void the_mean_rate_never_makes_more_than_the_samples(void **state)
{
        (void)state;
        seed_from_clock();
        for (int round = 0; round < 300; round++) {
                HeartStep steps[20], mean[1] = {{0, 200}};

                for (size_t i = 0; i < 20; i++) {
                        steps[i] = (HeartStep){60 + (double)random_below(130), 10};
                        mean[0].rate_bpm += steps[i].rate_bpm / 20;
                }
                assert_true(trimp_banister(mean, 1, &man, INFINITY).points <=
                            trimp_banister(steps, 20, &man, INFINITY).points + 1e-9);
        }
}

static void a_zone_begins_at_its_lower_edge(void **state)
{
        const struct {
                double max_bpm, rate_bpm, weight;
        } edges[] = {
                {190, 94, 0},  {190, 95, 1},  {190, 113, 1}, {190, 114, 2}, {190, 133, 3},
                {190, 152, 4}, {190, 170, 4}, {190, 171, 5}, {190, 250, 5}, {187, 93, 0},
                {187, 94, 1},  {187, 112, 1}, {187, 113, 2}, /* 93.5 and 112.2 */
        };

        (void)state;
        for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++) {
                HeartStep step = {edges[i].rate_bpm, 60};

                assert_near(trimp_edwards(&step, 1, edges[i].max_bpm, INFINITY).points,
                            edges[i].weight);
        }
}

static const char *banister_reason(double rest, double max, TrimpSex sex, HeartStep step)
{
        HeartLimits limits = {rest, max, sex};
        Trimp trimp = trimp_banister(&step, 1, &limits, 10);

        assert_true(isnan(trimp.points) == (trimp.reason != NULL));
        return trimp.reason;
}

static void what_cannot_be_computed_says_why(void **state)
{
        HeartStep good = {150, 1};

        (void)state;
        assert_null(banister_reason(52, 190, TRIMP_SEX_MALE, good));
        assert_string_equal(banister_reason(190, 190, TRIMP_SEX_MALE, good), "no_heart_limits");
        assert_string_equal(banister_reason(NAN, 190, TRIMP_SEX_MALE, good), "no_heart_limits");
        assert_string_equal(banister_reason(52, INFINITY, TRIMP_SEX_MALE, good), "no_heart_limits");
        assert_string_equal(banister_reason(52, 190, TRIMP_SEX_NOT_SET, good), "no_sex_constant");
        assert_string_equal(banister_reason(52, 190, TRIMP_SEX_MALE, (HeartStep){NAN, 1}),
                            "no_heart_rate");
        assert_string_equal(banister_reason(52, 190, TRIMP_SEX_MALE, (HeartStep){-1, 1}),
                            "invalid_sample");
        assert_string_equal(banister_reason(52, 190, TRIMP_SEX_MALE, (HeartStep){INFINITY, 1}),
                            "invalid_sample");
        assert_string_equal(banister_reason(52, 190, TRIMP_SEX_MALE, (HeartStep){150, -1}),
                            "invalid_sample");
        assert_string_equal(banister_reason(52, 190, TRIMP_SEX_MALE, (HeartStep){150, NAN}),
                            "invalid_sample");
        assert_string_equal(trimp_edwards(&good, 1, 0, 10).reason, "no_heart_limits");
        assert_string_equal(trimp_edwards(&good, 1, NAN, 10).reason, "no_heart_limits");
        assert_string_equal(trimp_edwards(&good, 0, 190, 10).reason, "no_heart_rate");
}

static void a_step_without_a_rate_is_counted_and_adds_nothing(void **state)
{
        HeartStep steps[] = {{150, 60}, {NAN, 60}, {150, 60}};
        Trimp trimp = trimp_edwards(steps, 3, 190, INFINITY);

        (void)state;
        assert_near(trimp.points, 6);
        assert_int_equal(trimp.n_missing, 1);
        assert_null(trimp.reason);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_rating_that_is_missing_or_wrong_makes_no_load),
                cmocka_unit_test(a_week_counts_the_sessions_that_have_no_load),
                cmocka_unit_test(a_rate_stands_for_no_longer_than_the_cap),
                cmocka_unit_test(a_rate_outside_the_reserve_counts_as_its_nearer_end),
                cmocka_unit_test(women_have_their_own_constants),
                cmocka_unit_test(the_mean_rate_never_makes_more_than_the_samples),
                cmocka_unit_test(a_zone_begins_at_its_lower_edge),
                cmocka_unit_test(what_cannot_be_computed_says_why),
                cmocka_unit_test(a_step_without_a_rate_is_counted_and_adds_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
