/* Does a cadence count steps or strides? Decided once, by evidence, or not at all. */
#include "tests/unit/measure/fixture.h"

static CadenceUnit decide(CadencePoint point, size_t n)
{
        CadencePoint points[64];
        CadenceUnit unit = CADENCE_UNIT_UNKNOWN;

        assert_true(n <= ARRAY_SIZE(points));
        for (size_t i = 0; i < n; i++)
                points[i] = point;
        assert_int_equal(cadence_decide(points, n, &measure_defaults, &unit), 0);
        return unit;
}

/* 3 m/s at 150 steps a minute: a step of 1.2 m, a stride of 2.4 m. */
static void the_range_alone_decides_a_running_cadence(void **state)
{
        CadencePoint point = {.speed_256 = 768, .cadence_raw = 160, .length_cm = NULL_INTEGER};

        (void)state;
        assert_int_equal(decide(point, 10), CADENCE_UNIT_STEPS);
        point.cadence_raw = 80;
        assert_int_equal(decide(point, 10), CADENCE_UNIT_STRIDES);
        point.cadence_raw = 128; /* a slow one in steps, a very fast one in strides */
        assert_int_equal(decide(point, 10), CADENCE_UNIT_UNKNOWN);
}

static void walking_says_nothing_about_the_range(void **state)
{
        CadencePoint point = {.speed_256 = 384, .cadence_raw = 100, .length_cm = NULL_INTEGER};

        (void)state;
        assert_int_equal(decide(point, 20), CADENCE_UNIT_UNKNOWN);
}

static void the_length_decides_when_it_is_of_the_other_kind(void **state)
{
        CadencePoint point = {.speed_256 = 384, .cadence_raw = 150, .length_cm = 120};

        (void)state;
        assert_int_equal(decide(point, 10), CADENCE_UNIT_STEPS); /* steps, length of a stride */
        point.cadence_raw = 75;
        point.length_cm = 60;
        assert_int_equal(decide(point, 10), CADENCE_UNIT_STRIDES); /* strides, length of a step */
        point.length_cm = 120;
        assert_int_equal(decide(point, 10), CADENCE_UNIT_UNKNOWN); /* both of one kind: which? */
        point.speed_256 = 768;
        point.length_cm = 240;
        assert_int_equal(decide(point, 10), CADENCE_UNIT_STRIDES);
}

static void evidence_that_contradicts_itself_decides_nothing(void **state)
{
        CadencePoint point = {.speed_256 = 768, .cadence_raw = 80, .length_cm = 450};

        (void)state;
        assert_int_equal(decide(point, 20), CADENCE_UNIT_UNKNOWN);
}

static void few_samples_decide_nothing(void **state)
{
        CadencePoint point = {.speed_256 = 768, .cadence_raw = 160, .length_cm = 240};

        (void)state;
        assert_int_equal(decide(point, 0), CADENCE_UNIT_UNKNOWN);
        assert_int_equal(decide(point, 9), CADENCE_UNIT_UNKNOWN);
        assert_int_equal(decide(point, 10), CADENCE_UNIT_STEPS);
}

static void strange_packets_do_not_outvote_the_many(void **state)
{
        CadencePoint points[21];
        CadenceUnit unit;

        (void)state;
        for (size_t i = 0; i < 21; i++)
                points[i] = (CadencePoint){.speed_256 = 768, .cadence_raw = i < 10 ? 255 : 85,
                                           .length_cm = NULL_INTEGER};
        assert_int_equal(cadence_decide(points, 21, &measure_defaults, &unit), 0);
        assert_int_equal(unit, CADENCE_UNIT_STRIDES);
}

static void standing_and_missing_values_are_no_evidence(void **state)
{
        CadencePoint still = {.speed_256 = 0, .cadence_raw = 0, .length_cm = 0};
        CadencePoint empty = {NULL_INTEGER, NULL_INTEGER, NULL_INTEGER};

        (void)state;
        assert_int_equal(decide(still, 30), CADENCE_UNIT_UNKNOWN);
        assert_int_equal(decide(empty, 30), CADENCE_UNIT_UNKNOWN);
}

static void an_activity_decides_for_one_pod_at_a_time(void **state)
{
        Script *script = *state;
        CadenceUnit unit;

        for (int i = 0; i < 30; i++) {
                say_sample(script, START_MS + i * 1000)->cadence_raw = 82;
                say_sample(script, START_MS + i * 1000)->cadence_raw = 164;
                script->lines[script->n - 1].address = HEART_POD;
        }
        CLEANUP(activity_freep) Activity *activity = listen(script);
        assert_int_equal(activity_pods(activity), 2);
        for (unsigned i = 0; i < 2; i++) {
                bool strides = strcmp(activity_pod_address(activity, i), RSC_POD) == 0;

                assert_int_equal(activity_cadence(activity, i), CADENCE_UNIT_UNKNOWN);
                assert_int_equal(activity_decide_cadence(activity, i, &unit), 0);
                assert_int_equal(unit, strides ? CADENCE_UNIT_STRIDES : CADENCE_UNIT_STEPS);
        }
}

static void a_stride_is_two_steps(void **state)
{
        (void)state;
        assert_true(cadence_steps_factor(CADENCE_UNIT_STRIDES) == 2);
        assert_true(cadence_steps_factor(CADENCE_UNIT_STEPS) == 1);
        assert_true(cadence_steps_factor(CADENCE_UNIT_UNKNOWN) == 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(the_range_alone_decides_a_running_cadence),
                TEST(walking_says_nothing_about_the_range),
                TEST(the_length_decides_when_it_is_of_the_other_kind),
                TEST(evidence_that_contradicts_itself_decides_nothing),
                TEST(few_samples_decide_nothing),
                TEST(strange_packets_do_not_outvote_the_many),
                TEST(standing_and_missing_values_are_no_evidence),
                TEST(an_activity_decides_for_one_pod_at_a_time),
                TEST(a_stride_is_two_steps),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
