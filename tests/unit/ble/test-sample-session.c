/* A link to a pod without memory, when the ledger refuses for a while. The session around it is
 * played here. */
#include "daemon/ble/session.h"

#include "tests/unit/with-ledger.h"

#include "daemon/ledger/timebase.h"
#include "proto/pods/pods.h"

#define FLUSH_MS 5000

static WithLedger with;
static uint32_t useful;
static unsigned n_useful, n_raw;
static char failure[160];

void session_synced(Session *session)
{
        (void)session;
}

void session_useful(Session *session, uint32_t n_stored)
{
        (void)session;
        n_useful++;
        useful += n_stored;
}

void session_fail(Session *session, const char *format, ...)
{
        (void)session;
        (void)text_copy(failure, sizeof(failure), format);
}

void session_keep_raw(Session *session, const char *uuid, const void *data, size_t size,
                      const char *why)
{
        (void)session, (void)uuid, (void)data, (void)size, (void)why;
        n_raw++;
}

static int set_up(void **state)
{
        (void)state;
        useful = n_useful = n_raw = 0;
        failure[0] = '\0';
        with_ledger_open(&with, TEST_UTC_MS);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        with_ledger_close(&with);
        return 0;
}

static SampleKeeper *keeper; /* NULL: none */

static void *begin(void)
{
        SessionHost host = {.clock = with.clock, .ledger = with.ledger, .keeper = keeper};
        void *sample = sample_protocol.new(NULL, &host, TEST_SAMPLE);

        assert_non_null(sample);
        assert_int_equal(sample_protocol.start(sample), 0);
        return sample;
}

static const PodCharacteristic *speed_characteristic(void)
{
        const PodDriver *rsc = pod_driver_by_name("rsc");

        for (size_t i = 0; i < rsc->n_characteristics; i++) {
                if (rsc->characteristics[i].sample)
                        return &rsc->characteristics[i];
        }
        fail_msg("the driver has no samples");
        return NULL;
}

static void run_for(void *sample, int seconds)
{
        static const uint8_t packet[] = {0x04, 0x80, 0x02, 80}; /* 2.5 m/s, running */

        for (int i = 0; i < seconds; i++) {
                sample_protocol.packet(sample, speed_characteristic(), packet, sizeof(packet));
                clock_manual_advance(with.clock, 1000);
        }
}

static void a_commit_that_failed_leaves_no_run_without_time(void **state)
{
        void *sample = begin();
        TimeMap map;

        (void)state;
        with_ledger_refuse_records(&with);
        run_for(sample, FLUSH_MS / 1000 + 1);
        assert_int_equal(useful, 0);
        with_ledger_take_records(&with);
        run_for(sample, FLUSH_MS / 1000 + 1);
        sample_protocol.free(sample);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record"), 12);
        assert_int_equal(timebase_map(with.ledger, TEST_SAMPLE, 1, &map), 1);
        assert_in_range(time_map_utc_ms(&map, 1000) - TEST_UTC_MS, 0, 1); /* boottime began at 1000 */
}

static void an_anchor_is_not_repeated_within_the_hour(void **state)
{
        void *sample = begin();

        (void)state;
        run_for(sample, 60);
        sample_protocol.free(sample);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM anchor"), 1);
        assert_int_equal(useful, 60);
}

static void a_link_places_what_earlier_links_of_this_boot_left_without_time(void **state)
{
        TimeMap map;

        (void)state;
        assert_int_equal(timebase_anchor(with.ledger, TEST_SAMPLE, 1, 500, 5000, CLOCK_UNSET), 0);
        assert_int_equal(timebase_map(with.ledger, TEST_SAMPLE, 1, &map), 0);
        sample_protocol.free(begin());
        assert_int_equal(timebase_map(with.ledger, TEST_SAMPLE, 1, &map), 1);
}

static void the_end_of_a_link_stores_what_waits(void **state)
{
        void *sample = begin();

        (void)state;
        run_for(sample, 2);
        sample_protocol.free(sample);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record"), 2);
}

static void a_link_that_ends_while_the_ledger_refuses_leaves_no_anchor_behind(void **state)
{
        void *sample = begin();

        (void)state;
        with_ledger_refuse_records(&with);
        run_for(sample, 2);
        sample_protocol.free(sample);
        assert_int_equal(n_useful, 0);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM epoch"), 0);
}

static void samples_of_a_link_that_ended_while_the_ledger_refused_come_in_later(void **state)
{
        void *sample;

        (void)state;
        assert_int_equal(sample_keeper_new(with.ledger, with.clock, &keeper), 0);
        sample = begin();
        with_ledger_refuse_records(&with);
        run_for(sample, 3);
        sample_protocol.free(sample);
        with_ledger_take_records(&with);
        sample = begin(); /* a new link at once: another epoch */
        run_for(sample, 2);
        sample_protocol.free(sample);
        clock_manual_advance(with.clock, SAMPLE_KEEPER_RETRY_MS);
        keeper = sample_keeper_free(keeper);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record WHERE epoch = 1"), 3);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record WHERE epoch = 2"), 2);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM contradiction"), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_commit_that_failed_leaves_no_run_without_time, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(an_anchor_is_not_repeated_within_the_hour, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(
                        a_link_places_what_earlier_links_of_this_boot_left_without_time, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        a_link_that_ends_while_the_ledger_refuses_leaves_no_anchor_behind, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        samples_of_a_link_that_ended_while_the_ledger_refused_come_in_later, set_up,
                        tear_down),
                cmocka_unit_test_setup_teardown(the_end_of_a_link_stores_what_waits, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
