/* Which sessions are runs: as much running as the parameters want. */
#include "daemon/measure/session.h"

#include "proto/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Adds `n` samples, 1 Hz, from that second on. */
static void add(Activity *activity, int64_t from_s, int n, double speed_mps, bool flagged)
{
        static uint32_t seq;

        for (int i = 0; i < n; i++) {
                Record record = {.kind = RECORD_SAMPLE, .epoch = 1, .seq = ++seq};

                fields_set_null(record_fields(RECORD_SAMPLE), &record);
                record.tick = (from_s + i) * 1000;
                record.sample.characteristic = SAMPLE_RUNNING_SPEED;
                record.sample.speed_256 = (int64_t)(speed_mps * 256);
                record.sample.cadence_raw = 100;
                record.sample.running = flagged;
                assert_int_equal(activity_add(activity, &(Heard){.record = &record,
                                                                 .address = "C0:00:00:00:00:01",
                                                                 .placement = PLACEMENT_CHEST,
                                                                 .utc_ms = record.tick}),
                                 0);
        }
}

/* Sessions and how many are runs, of: 8 s of running, an hour later 30 s of walking, an hour later 11 s of
 * running. */
static void count(int64_t running_min_ms, size_t *ret_sessions, size_t *ret_runs)
{
        MeasureParameters parameters = measure_defaults;
        CLEANUP(activity_freep) Activity *activity = NULL;
        CLEANUP(freep) Piece *pieces = NULL;
        CLEANUP(freep) Session *sessions = NULL;
        size_t n_pieces;

        parameters.running_min_ms = running_min_ms;
        assert_int_equal(activity_new(&parameters, &activity), 0);
        add(activity, 0, 9, 3, true);
        add(activity, 3600, 31, 1.2, false);
        add(activity, 7200, 12, 3, false);
        activity_sort(activity);
        assert_int_equal(sessions_find(activity, &pieces, &n_pieces, &sessions, ret_sessions), 0);
        *ret_runs = 0;
        for (size_t i = 0; i < *ret_sessions; i++)
                *ret_runs += sessions[i].is_run;
}

static void a_session_with_ten_seconds_of_running_is_a_run(void **state)
{
        size_t sessions, runs;

        (void)state;
        count(measure_defaults.running_min_ms, &sessions, &runs);
        assert_int_equal(sessions, 3);
        assert_int_equal(runs, 1);
}

static void with_no_minimum_every_session_is_a_run(void **state)
{
        size_t sessions, runs;

        (void)state;
        count(0, &sessions, &runs);
        assert_int_equal(sessions, 3);
        assert_int_equal(runs, 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_session_with_ten_seconds_of_running_is_a_run),
                cmocka_unit_test(with_no_minimum_every_session_is_a_run),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
