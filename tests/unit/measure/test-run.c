/* One run's numbers: from two feet, from one, from a pod without memory, in any order. */
#include "tests/unit/measure/fixture.h"

#include <unistd.h>

static const char *reason(const Run *run, const char *path)
{
        const char *code = reasons_find(&run->reasons, path);

        return code ? code : "";
}

/* ---- pods on the feet ---- */

static void two_feet_give_the_mean_distance_and_all_steps(void **state)
{
        Script *script = *state;
        Run run;

        say_strides(script, FOOT_LEFT, START_MS, 100);
        for (int i = 0; i < 100; i++)
                say_stride(script, FOOT_RIGHT, START_MS + 500 + i * 1000)->stride_length_mm = 2100;
        run = only_run(script);
        assert_true(run.distance_m == 205);
        assert_string_equal(run.source, "mean_of_feet");
        assert_true(run.steps == 200);
        assert_int_equal(run.steps_estimated, 0);
        assert_int_equal(run.left_steps, 100);
        assert_int_equal(run.right_steps, 100);
        assert_true(run.left_impact_sum_g == 200);
        assert_int_equal(run.duration_s, 101); /* 100.5 s in which either foot moved */
        assert_true(run.coverage > 0.99);
        assert_int_equal(run.start_utc_ms, START_MS);
        assert_int_equal(run.end_utc_ms, START_MS + 100500);
}

static void one_foot_only_is_doubled_and_marked(void **state)
{
        Script *script = *state;
        Run run;

        say_strides(script, FOOT_RIGHT, START_MS, 100);
        run = only_run(script);
        assert_true(run.steps == 200);
        assert_int_equal(run.steps_estimated, 1);
        assert_true(run.distance_m == 200); /* never left plus right, never doubled */
        assert_string_equal(run.source, "right");
        assert_int_equal(run.right_steps, 100);
        assert_int_equal(run.left_steps, NULL_INTEGER);
        assert_true(isnan(run.left_impact_sum_g));
        assert_true(isnan(run.left_coverage));
        assert_string_equal(reason(&run, "load.left.steps"), "no_foot_pod");
        assert_string_equal(reason(&run, "load.left.impact_sum_g"), "no_foot_pod");
        assert_string_equal(reason(&run, "load.left.coverage"), "no_foot_pod");
}

static void a_foot_with_holes_gives_way_to_the_other(void **state)
{
        Script *script = *state;
        Run run;

        say_strides(script, FOOT_LEFT, START_MS, 100);
        say_strides(script, FOOT_RIGHT, START_MS, 50); /* then it went flat */
        run = only_run(script);
        assert_true(run.left_coverage == 1);
        assert_true(run.right_coverage == 0.5);
        assert_string_equal(run.source, "left");
        assert_true(run.distance_m == 200);
        assert_true(run.steps == 150); /* what was seen; coverage says the rest */
        assert_true(run.coverage == 0.75);
}

static void clipped_peaks_are_counted(void **state)
{
        Script *script = *state;

        say_strides(script, FOOT_LEFT, START_MS, 20);
        script->lines[3].record.stride.clipped = 1;
        script->lines[9].record.stride.clipped = 1;
        say_strides(script, FOOT_RIGHT, START_MS, 20);
        script->lines[25].record.stride.clipped = 1;
        assert_int_equal(only_run(script).impact_clipped, 3);
}

static void strides_without_impact_or_length_say_why(void **state)
{
        Script *script = *state;
        Run run;

        for (int i = 0; i < 60; i++) {
                Stride *stride = say_stride(script, FOOT_LEFT, START_MS + i * 1000);

                stride->peak_impact_mg = stride->stride_length_mm = NULL_INTEGER;
        }
        run = only_run(script);
        assert_true(isnan(run.distance_m)); /* a gap is never a zero */
        assert_string_equal(reason(&run, "load.distance_m"), "no_stride_length");
        assert_true(isnan(run.left_impact_sum_g));
        assert_string_equal(reason(&run, "load.left.impact_sum_g"), "not_measured");
        assert_true(run.steps == 120);
        assert_string_equal(run.source, "left");
}

static void when_it_arrived_and_how_exact_it_is_go_along(void **state)
{
        Script *script = *state;
        Run run;

        say_strides(script, FOOT_LEFT, START_MS, 30);
        script->lines[7].received_utc_ms = START_MS + 99 * MINUTE_MS;
        script->lines[8].utc_error_ms = 2500;
        run = only_run(script);
        assert_int_equal(run.received_utc_ms, START_MS + 99 * MINUTE_MS);
        assert_true(run.time_error_s == 2.5);
}

static void what_arrived_before_it_was_did_so_by_a_wrong_clock(void **state)
{
        Script *script = *state;
        Run run;

        say_strides(script, FOOT_LEFT, START_MS, 30);
        for (size_t i = 0; i < 30; i++)
                script->lines[i].received_utc_ms = START_MS - 3 * 86400000LL;
        run = only_run(script);
        assert_int_equal(run.received_utc_ms, NULL_INTEGER);
        assert_string_equal(reason(&run, "received"), "clock_was_wrong");
        script->lines[29].received_utc_ms = START_MS + 99 * MINUTE_MS; /* once it was right */
        run = only_run(script);
        assert_int_equal(run.received_utc_ms, START_MS + 99 * MINUTE_MS);
        assert_string_equal(reason(&run, "received"), "");
}

/* ---- a pod without memory ---- */

static void samples_stand_for_the_time_to_the_next(void **state)
{
        Script *script = *state;
        Run run;

        say_samples(script, START_MS, 101, 1000); /* the last one adds nothing */
        run = only_run(script);
        assert_string_equal(run.source, "rsc");
        assert_true(run.distance_m == 300);
        assert_int_equal(run.duration_s, 100);
        assert_true(run.steps == 266.7); /* 160/min for 100 s */
        assert_int_equal(run.steps_estimated, 0);
        assert_true(run.coverage == 1);
        assert_string_equal(reason(&run, "load.left.steps"), "no_foot_pod");
        assert_int_equal(run.left_steps, NULL_INTEGER);
}

static void a_step_of_5_seconds_counts_and_a_longer_one_adds_nothing(void **state)
{
        Script *script = *state;
        Run run;

        say_samples(script, START_MS, 21, 5000);
        assert_true(only_run(script).distance_m == 300);
        script->n = 0;
        say_samples(script, START_MS, 51, 1000);
        say_samples(script, START_MS + 50000 + 5001, 51, 1000);
        run = only_run(script);
        assert_true(run.distance_m == 300);
        assert_int_equal(run.duration_s, 100);
        assert_true(fabs(run.coverage - 100.0 / 105.001) < 1e-9); /* moving, but not heard */
}

static void a_connection_lost_and_found_is_another_epoch(void **state)
{
        Script *script = *state;

        say_samples(script, START_MS, 51, 1000);
        say_samples(script, START_MS + 51000, 51, 1000);
        for (size_t i = 51; i < script->n; i++)
                script->lines[i].record.epoch = 2;
        assert_true(only_run(script).distance_m == 300); /* no step over the border */
}

static void the_devices_own_total_is_believed_over_speed(void **state)
{
        Script *script = *state;

        say_samples(script, START_MS, 101, 1000);
        for (size_t i = 0; i < script->n; i++)
                script->lines[i].record.sample.total_distance_dm = 7000 + (int64_t)i * 31;
        assert_true(only_run(script).distance_m == 310);
}

static void the_total_may_wrap_or_start_anew(void **state)
{
        Script *script = *state;

        say_samples(script, START_MS, 101, 1000);
        for (size_t i = 0; i < script->n; i++)
                script->lines[i].record.sample.total_distance_dm =
                        (uint32_t)(UINT32_MAX - 500 + i * 31);
        assert_true(only_run(script).distance_m == 310);
        for (size_t i = 0; i < script->n; i++)
                script->lines[i].record.sample.total_distance_dm =
                        (i < 50 ? 70000 : 0) + (int64_t)(i % 50) * 31;
        assert_true(only_run(script).distance_m == 303.8); /* 98 of 100 steps are known */
}

static void cadence_counts_steps_or_strides_as_decided(void **state)
{
        Script *script = *state;
        Runs runs;

        say_samples(script, START_MS, 61, 1000);
        for (size_t i = 0; i < script->n; i++)
                script->lines[i].record.sample.cadence_raw = 80;
        assert_true(measure_with(script, CADENCE_UNIT_STEPS).list[0].steps == 80);
        assert_true(measure_with(script, CADENCE_UNIT_STRIDES).list[0].steps == 160);
        runs = measure_with(script, CADENCE_UNIT_UNKNOWN);
        assert_true(runs.list[0].steps == 80);
        assert_string_equal(reason(&runs.list[0], "load.steps"), "cadence_taken_as_steps");
}

static void without_speed_or_cadence_there_is_a_reason(void **state)
{
        Script *script = *state;
        Run run;

        say_samples(script, START_MS, 61, 1000);
        for (size_t i = 0; i < script->n; i++)
                script->lines[i].record.sample.cadence_raw = NULL_INTEGER;
        run = only_run(script);
        assert_true(isnan(run.steps));
        assert_string_equal(reason(&run, "load.steps"), "no_cadence");
        for (size_t i = 0; i < script->n; i++) {
                script->lines[i].record.sample.cadence_raw = 160;
                script->lines[i].record.sample.speed_256 = NULL_INTEGER;
        }
        run = only_run(script);
        assert_true(isnan(run.distance_m));
        assert_string_equal(reason(&run, "load.distance_m"), "no_speed");
        assert_true(run.steps == 160);
        assert_int_equal(run.duration_s, 60);
}

static void a_stride_pod_wins_over_a_sample_pod(void **state)
{
        Script *script = *state;
        Run run;

        say_samples(script, START_MS, 101, 1000);
        say_strides(script, FOOT_LEFT, START_MS, 100);
        run = only_run(script);
        assert_string_equal(run.source, "left");
        assert_true(run.distance_m == 200);
}

static void a_stride_pod_that_saw_little_does_not(void **state)
{
        Script *script = *state;

        say_samples(script, START_MS, 101, 1000);
        say_strides(script, FOOT_LEFT, START_MS, 20);
        assert_string_equal(only_run(script).source, "rsc");
}

static void of_two_sample_pods_the_one_that_heard_more_counts(void **state)
{
        Script *script = *state;

        say_samples(script, START_MS, 51, 1000);
        for (int i = 0; i < 101; i++) {
                say_sample(script, START_MS + i * 1000)->speed_256 = 1024;
                script->lines[script->n - 1].address = HEART_POD;
        }
        assert_true(only_run(script).distance_m == 400); /* and they never add */
}

/* A pod with power, too, sends both in turn. */
static void power_between_two_samples_does_not_part_them(void **state)
{
        Script *script = *state;

        for (int i = 0; i < 101; i++) {
                Sample *power;

                say_sample(script, START_MS + i * 1000);
                power = say_sample(script, START_MS + i * 1000 + 100);
                power->characteristic = 0x2A63;
                power->speed_256 = power->cadence_raw = power->running = NULL_INTEGER;
                power->power_w = 240;
        }
        assert_true(only_run(script).distance_m == 300);
}

static void a_total_that_comes_now_and_then_still_counts(void **state)
{
        Script *script = *state;

        say_samples(script, START_MS, 101, 1000);
        for (size_t i = 0; i < script->n; i += 2)
                script->lines[i].record.sample.total_distance_dm = 7000 + (int64_t)i * 31;
        assert_true(only_run(script).distance_m == 310);
}

/* ---- heart rate ---- */

static void heart_rate_is_the_mean_within_the_run(void **state)
{
        Script *script = *state;
        Run run;

        say_strides(script, FOOT_LEFT, START_MS, 60);
        say_heart_rate(script, START_MS - 5000, 60); /* before */
        say_heart_rate(script, START_MS + 10000, 140);
        say_heart_rate(script, START_MS + 20000, 150);
        say_heart_rate(script, START_MS + 30000, 0); /* lost contact with the skin */
        say_heart_rate(script, START_MS + 40000, 151);
        say_heart_rate(script, START_MS + 90000, 60); /* after */
        run = only_run(script);
        assert_true(run.heart_rate_mean_bpm == 147);
        assert_string_equal(reason(&run, "heart_rate_mean_bpm"), "");
}

/* A strap that speaks each second for a while and seldom afterwards must not count seconds only. */
static void a_heart_rate_counts_for_as_long_as_it_stood(void **state)
{
        Script *script = *state;

        say_strides(script, FOOT_LEFT, START_MS, 60);
        for (int64_t s = 0; s < 10; s++)
                say_heart_rate(script, START_MS + s * 1000, 100);
        say_heart_rate(script, START_MS + 10000, 160);
        say_heart_rate(script, START_MS + 20000, 160);
        assert_true(only_run(script).heart_rate_mean_bpm == 140); /* by words it would be 110 */
}

/* Half a minute of silence is not half a minute of the last rate. */
static void a_lost_strap_counts_for_ten_seconds(void **state)
{
        Script *script = *state;

        say_strides(script, FOOT_LEFT, START_MS, 60);
        say_heart_rate(script, START_MS, 180);
        say_heart_rate(script, START_MS + 30000, 120);
        say_heart_rate(script, START_MS + 40000, 120);
        assert_true(only_run(script).heart_rate_mean_bpm == 140);
}

static void without_heart_rate_there_is_a_reason(void **state)
{
        Script *script = *state;
        Run run;

        say_strides(script, FOOT_LEFT, START_MS, 60);
        run = only_run(script);
        assert_true(isnan(run.heart_rate_mean_bpm));
        assert_string_equal(reason(&run, "heart_rate_mean_bpm"), "no_heart_rate");
}

static void heart_rate_alone_is_no_run(void **state)
{
        Script *script = *state;

        for (int i = 0; i < 600; i++)
                say_heart_rate(script, START_MS + i * 1000, 150);
        assert_int_equal(measure(script).n, 0);
}

/* ---- order ---- */

static void shuffle(Script *script, unsigned *random)
{
        for (size_t i = script->n; i > 1; i--) {
                *random = *random * 1664525u + 1013904223u;
                size_t j = (*random >> 8) % i;
                Line line = script->lines[j];

                script->lines[j] = script->lines[i - 1];
                script->lines[i - 1] = line;
        }
}

static void assert_same_runs(const Runs *a, const Runs *b)
{
        assert_int_equal(a->n, b->n);
        for (size_t i = 0; i < a->n; i++) {
                assert_true(fields_equal(&run_fields, &a->list[i], &b->list[i]));
                assert_int_equal(a->list[i].reasons.n, b->list[i].reasons.n);
        }
}

static void the_order_of_arrival_never_changes_a_result(void **state)
{
        Script *script = *state;
        unsigned seed = (unsigned)getpid() * 2654435761u, random = seed;
        Runs told, shuffled;

        print_message("seed %u\n", seed);
        say_strides(script, FOOT_LEFT, START_MS, 200);
        say_strides(script, FOOT_RIGHT, START_MS + 503, 180);
        say_samples(script, START_MS + 40 * MINUTE_MS, 300, 997);
        for (int i = 0; i < 50; i++)
                say_heart_rate(script, START_MS + i * 4100, 120 + i);
        for (size_t i = 0; i < script->n; i += 7)
                script->lines[i].record.stride.stride_time_1024 += script->lines[i].record.kind ==
                                                                   RECORD_STRIDE;
        told = measure(script);
        assert_int_equal(told.n, 2);
        for (int round = 0; round < 20; round++) {
                shuffle(script, &random);
                shuffled = measure(script);
                assert_same_runs(&told, &shuffled);
        }
}

/* Two pods that heard equally much: the same one counts, whoever spoke first. */
static void a_tie_between_pods_is_not_broken_by_who_came_first(void **state)
{
        Script *script = *state;
        unsigned random = 1;
        Run told;

        for (int i = 0; i < 61; i++) {
                say_sample(script, START_MS + i * 1000);
                say_sample(script, START_MS + i * 1000)->speed_256 = 800;
                script->lines[script->n - 1].address = HEART_POD;
        }
        told = only_run(script);
        for (int round = 0; round < 20; round++) {
                shuffle(script, &random);
                assert_true(only_run(script).distance_m == told.distance_m);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(two_feet_give_the_mean_distance_and_all_steps),
                TEST(one_foot_only_is_doubled_and_marked),
                TEST(a_foot_with_holes_gives_way_to_the_other),
                TEST(clipped_peaks_are_counted),
                TEST(strides_without_impact_or_length_say_why),
                TEST(when_it_arrived_and_how_exact_it_is_go_along),
                TEST(what_arrived_before_it_was_did_so_by_a_wrong_clock),
                TEST(samples_stand_for_the_time_to_the_next),
                TEST(a_step_of_5_seconds_counts_and_a_longer_one_adds_nothing),
                TEST(a_connection_lost_and_found_is_another_epoch),
                TEST(the_devices_own_total_is_believed_over_speed),
                TEST(the_total_may_wrap_or_start_anew),
                TEST(cadence_counts_steps_or_strides_as_decided),
                TEST(without_speed_or_cadence_there_is_a_reason),
                TEST(a_stride_pod_wins_over_a_sample_pod),
                TEST(a_stride_pod_that_saw_little_does_not),
                TEST(of_two_sample_pods_the_one_that_heard_more_counts),
                TEST(heart_rate_is_the_mean_within_the_run),
                TEST(a_heart_rate_counts_for_as_long_as_it_stood),
                TEST(a_lost_strap_counts_for_ten_seconds),
                TEST(without_heart_rate_there_is_a_reason),
                TEST(heart_rate_alone_is_no_run),
                TEST(a_tie_between_pods_is_not_broken_by_who_came_first),
                TEST(power_between_two_samples_does_not_part_them),
                TEST(a_total_that_comes_now_and_then_still_counts),
                TEST(the_order_of_arrival_never_changes_a_result),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
