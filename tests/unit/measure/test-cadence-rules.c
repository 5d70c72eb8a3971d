/* What a pod's cadence counts: decided from real running only, else taken as sent. */
#include "daemon/measure/activity.h"

#include "proto/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS "C0:00:00:00:00:01"

typedef struct Stretch {
        int n;
        double speed_mps;
        int64_t cadence;
        double length_m; /* 0: the pod sends none */
        bool flagged;    /* the pod says that somebody runs */
} Stretch;

/* What the samples of all stretches, 1 Hz, say. */
static CadenceUnit decide(const Stretch *stretches, size_t n)
{
        CLEANUP(activity_freep) Activity *activity = NULL;
        CadenceUnit unit;
        uint32_t seq = 0;

        assert_int_equal(activity_new(&measure_defaults, &activity), 0);
        for (size_t i = 0; i < n; i++) {
                for (int k = 0; k < stretches[i].n; k++) {
                        const Stretch *stretch = &stretches[i];
                        Record record = {.kind = RECORD_SAMPLE, .epoch = 1, .seq = ++seq};

                        fields_set_null(record_fields(RECORD_SAMPLE), &record);
                        record.tick = 1000 * (int64_t)seq;
                        record.sample.characteristic = SAMPLE_RUNNING_SPEED;
                        record.sample.speed_256 = (int64_t)(stretch->speed_mps * 256);
                        record.sample.cadence_raw = stretch->cadence;
                        record.sample.running = stretch->flagged;
                        if (stretch->length_m > 0)
                                record.sample.stride_length_cm = (int64_t)(stretch->length_m * 100);
                        assert_int_equal(activity_add(activity, &(Heard){.record = &record,
                                                                         .address = ADDRESS,
                                                                         .placement = PLACEMENT_LEFT_FOOT,
                                                                         .utc_ms = record.tick}),
                                         0);
                }
        }
        activity_sort(activity);
        assert_int_equal(activity_decide_cadence(activity, 0, &unit), 0);
        return unit;
}

#define DECIDE(...)                                                                                \
        decide((const Stretch[]){__VA_ARGS__}, sizeof((const Stretch[]){__VA_ARGS__}) / sizeof(Stretch))

static void a_pod_that_flags_running_but_stands_still_decides_nothing(void **state)
{
        (void)state;
        assert_int_equal(DECIDE({600, 0, 110, 0, true}), CADENCE_UNIT_UNKNOWN);
        assert_int_equal(DECIDE({600, 0, 180, 0, true}), CADENCE_UNIT_UNKNOWN);
}

static void nine_samples_of_running_decide_nothing_and_ten_do(void **state)
{
        (void)state;
        assert_int_equal(DECIDE({9, 3, 100, 0, true}, {591, 0, 100, 0, true}), CADENCE_UNIT_UNKNOWN);
        assert_int_equal(DECIDE({10, 3, 100, 0, true}, {590, 0, 100, 0, true}), CADENCE_UNIT_STRIDES);
        assert_int_equal(DECIDE({10, 3, 170, 0, false}), CADENCE_UNIT_STEPS);
}

static void walking_is_not_told_by_its_range(void **state)
{
        (void)state;
        assert_int_equal(DECIDE({600, 1.4, 110, 0, true}), CADENCE_UNIT_UNKNOWN);
        assert_int_equal(DECIDE({600, 1.4, 55, 0, true}), CADENCE_UNIT_UNKNOWN);
}

static void the_running_speed_itself_is_running(void **state)
{
        (void)state;
        assert_int_equal(DECIDE({10, 2, 85, 0, false}), CADENCE_UNIT_STRIDES);
        assert_int_equal(DECIDE({600, 1.99, 85, 0, false}), CADENCE_UNIT_UNKNOWN);
}

static void the_ratio_tells_a_walker_too(void **state)
{
        (void)state;
        assert_int_equal(DECIDE({600, 1.5, 100, 1.8, false}), CADENCE_UNIT_STEPS);
        assert_int_equal(DECIDE({600, 1.5, 50, 0.9, false}), CADENCE_UNIT_STRIDES);
}

static void ratio_and_range_that_contradict_each_other_decide_nothing(void **state)
{
        (void)state;
        assert_int_equal(DECIDE({600, 3, 100, 3.6, true}), CADENCE_UNIT_UNKNOWN);
}

static void a_cadence_between_the_ranges_decides_nothing(void **state)
{
        (void)state;
        assert_int_equal(DECIDE({600, 3, 115, 0, true}), CADENCE_UNIT_STRIDES);
        assert_int_equal(DECIDE({600, 3, 116, 0, true}), CADENCE_UNIT_UNKNOWN);
        assert_int_equal(DECIDE({600, 3, 139, 0, true}), CADENCE_UNIT_UNKNOWN);
        assert_int_equal(DECIDE({600, 3, 140, 0, true}), CADENCE_UNIT_STEPS);
}

static void undecided_counts_as_sent(void **state)
{
        (void)state;
        assert_true(cadence_steps_factor(CADENCE_UNIT_UNKNOWN) == 1.0);
        assert_true(cadence_steps_factor(CADENCE_UNIT_STEPS) == 1.0);
        assert_true(cadence_steps_factor(CADENCE_UNIT_STRIDES) == 2.0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_pod_that_flags_running_but_stands_still_decides_nothing),
                cmocka_unit_test(nine_samples_of_running_decide_nothing_and_ten_do),
                cmocka_unit_test(walking_is_not_told_by_its_range),
                cmocka_unit_test(the_running_speed_itself_is_running),
                cmocka_unit_test(the_ratio_tells_a_walker_too),
                cmocka_unit_test(ratio_and_range_that_contradict_each_other_decide_nothing),
                cmocka_unit_test(a_cadence_between_the_ranges_decides_nothing),
                cmocka_unit_test(undecided_counts_as_sent),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
