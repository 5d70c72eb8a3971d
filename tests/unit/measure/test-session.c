/* Sessions: which pauses part runs, and which activity is no run at all. */
#include "tests/unit/measure/fixture.h"

#include "daemon/measure/session.h"

static void a_pause_of_less_than_15_minutes_is_one_run(void **state)
{
        Script *script = *state;
        Run run;

        say_strides(script, FOOT_LEFT, START_MS, 60);
        say_strides(script, FOOT_LEFT, START_MS + 60000 + 15 * MINUTE_MS - 1, 60);
        run = only_run(script);
        assert_int_equal(run.start_utc_ms, START_MS);
        assert_int_equal(run.end_utc_ms, START_MS + 120000 + 15 * MINUTE_MS - 1);
        assert_int_equal(run.duration_s, 120); /* the pause is no moving time */
}

static void a_pause_of_15_minutes_parts_two_runs(void **state)
{
        Script *script = *state;
        Runs runs;

        say_strides(script, FOOT_LEFT, START_MS, 60);
        say_strides(script, FOOT_LEFT, START_MS + 60000 + 15 * MINUTE_MS, 60);
        runs = measure(script);
        assert_int_equal(runs.n, 2);
        assert_int_equal(runs.list[0].end_utc_ms, START_MS + 60000);
        assert_int_equal(runs.list[1].start_utc_ms, START_MS + 60000 + 15 * MINUTE_MS);
}

static void the_pause_counts_from_the_end_of_the_longest_piece(void **state)
{
        Script *script = *state;

        say_strides(script, FOOT_LEFT, START_MS, 60);
        /* the right foot's only stride reaches into the pause of the left one */
        say_stride(script, FOOT_RIGHT, START_MS + 59500);
        say_strides(script, FOOT_LEFT, START_MS + 60500 + 15 * MINUTE_MS - 1, 60);
        assert_int_equal(measure(script).n, 1);
}

static void samples_part_in_the_same_way(void **state)
{
        Script *script = *state;

        say_samples(script, START_MS, 61, 1000);
        say_samples(script, START_MS + 60000 + 15 * MINUTE_MS - 1, 61, 1000);
        assert_int_equal(measure(script).n, 1);
        say_samples(script, START_MS + 120000 + 30 * MINUTE_MS, 61, 1000);
        assert_int_equal(measure(script).n, 2);
}

static void standing_still_does_not_bridge_a_pause(void **state)
{
        Script *script = *state;

        say_samples(script, START_MS, 61, 1000);
        for (int i = 0; i < 16 * 60; i++) {
                Sample *sample = say_sample(script, START_MS + 61000 + i * 1000);

                sample->speed_256 = sample->cadence_raw = sample->running = 0;
        }
        say_samples(script, START_MS + 61000 + 16 * MINUTE_MS, 61, 1000);
        assert_int_equal(measure(script).n, 2);
}

static void a_stride_without_end_lasts_only_so_long(void **state)
{
        Script *script = *state;

        say_strides(script, FOOT_LEFT, START_MS, 60);
        say_stride(script, FOOT_LEFT, START_MS + 60000)->stride_time_1024 = UINT16_MAX;
        assert_int_equal(only_run(script).end_utc_ms, START_MS + 63000);
}

static void walking_about_the_house_is_no_run(void **state)
{
        Script *script = *state;

        for (int i = 0; i < 600; i++)
                say_stride(script, FOOT_LEFT, START_MS + i * 1000)->running = 0;
        assert_int_equal(measure(script).n, 0);
}

static void nine_seconds_of_running_are_no_run_and_ten_are(void **state)
{
        Script *script = *state;

        say_strides(script, FOOT_LEFT, START_MS, 9);
        assert_int_equal(measure(script).n, 0);
        say_stride(script, FOOT_LEFT, START_MS + 9000);
        assert_int_equal(measure(script).n, 1);
}

static void two_feet_do_not_add_up_to_a_run(void **state)
{
        Script *script = *state;

        say_strides(script, FOOT_LEFT, START_MS, 9);
        say_strides(script, FOOT_RIGHT, START_MS + 500, 9);
        assert_int_equal(measure(script).n, 0);
}

static void a_pod_that_never_says_running_runs_by_its_speed(void **state)
{
        Script *script = *state;

        for (int i = 0; i < 60; i++)
                say_sample(script, START_MS + i * 1000)->running = 0;
        assert_int_equal(measure(script).n, 1);
        script->n = 0;
        for (int i = 0; i < 60; i++) {
                Sample *sample = say_sample(script, START_MS + i * 1000);

                sample->running = 0;
                sample->speed_256 = measure_defaults.running_speed_256 - 1;
        }
        assert_int_equal(measure(script).n, 0);
}

static void nothing_is_no_run(void **state)
{
        assert_int_equal(measure(*state).n, 0);
}

static void records_without_a_time_or_of_other_places_are_passed_over(void **state)
{
        Script *script = *state;
        size_t n;
        Line *line;

        say_strides(script, FOOT_LEFT, START_MS, 3);
        script->lines[0].utc_ms = NULL_INTEGER;
        script->lines[1].placement = PLACEMENT_SACRUM;
        line = say(script, LEFT_POD, PLACEMENT_LEFT_FOOT, START_MS, RECORD_BATTERY);
        line->record.battery.level_pct = 50;
        CLEANUP(activity_freep) Activity *activity = listen(script);
        assert_non_null(activity_strides(activity, &n));
        assert_int_equal(n, 1);
        (void)activity_samples(activity, &n);
        assert_int_equal(n, 0);
}

static void pieces_are_in_order_and_every_one_is_in_a_session(void **state)
{
        Script *script = *state;
        CLEANUP(freep) Piece *pieces = NULL;
        CLEANUP(freep) Session *sessions = NULL;
        size_t n_pieces, n_sessions, counted = 0;

        say_strides(script, FOOT_RIGHT, START_MS + 20 * MINUTE_MS, 30);
        say_strides(script, FOOT_LEFT, START_MS, 30);
        say_samples(script, START_MS + 5 * MINUTE_MS, 30, 1000);
        CLEANUP(activity_freep) Activity *activity = listen(script);
        assert_int_equal(sessions_find(activity, &pieces, &n_pieces, &sessions, &n_sessions), 0);
        assert_int_equal(n_pieces, 90);
        for (size_t i = 1; i < n_pieces; i++)
                assert_true(pieces[i].from_ms >= pieces[i - 1].from_ms);
        for (size_t i = 0; i < n_pieces; i++)
                assert_true(!pieces[i].stride != !pieces[i].sample);
        for (size_t i = 0; i < n_sessions; i++) {
                assert_int_equal(sessions[i].first, counted);
                counted += sessions[i].n;
        }
        assert_int_equal(counted, n_pieces);
        assert_int_equal(n_sessions, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_pause_of_less_than_15_minutes_is_one_run),
                TEST(a_pause_of_15_minutes_parts_two_runs),
                TEST(the_pause_counts_from_the_end_of_the_longest_piece),
                TEST(samples_part_in_the_same_way),
                TEST(standing_still_does_not_bridge_a_pause),
                TEST(a_stride_without_end_lasts_only_so_long),
                TEST(walking_about_the_house_is_no_run),
                TEST(nine_seconds_of_running_are_no_run_and_ten_are),
                TEST(two_feet_do_not_add_up_to_a_run),
                TEST(a_pod_that_never_says_running_runs_by_its_speed),
                TEST(nothing_is_no_run),
                TEST(records_without_a_time_or_of_other_places_are_passed_over),
                TEST(pieces_are_in_order_and_every_one_is_in_a_session),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
