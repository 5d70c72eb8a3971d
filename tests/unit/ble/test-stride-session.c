/* A link to a pod with memory: what its round proves, and since when. The session around it and the
 * pod are played here; linked with --wrap=clock_quality. */
#include "daemon/ble/session.h"

#include "tests/unit/with-ledger.h"

#include "proto/pods/pods.h"
#include "proto/stride-service.h"

ClockQuality __wrap_clock_quality(const Clock *clock);

static WithLedger with;
static ClockQuality quality;
static StrideRequest asked; /* opcode 0: nothing */
static int n_read;
static char what_stays[160];
static unsigned n_synced, n_raw;
static char failure[160];

ClockQuality __wrap_clock_quality(const Clock *clock)
{
        (void)clock;
        return quality;
}

void session_synced(Session *session)
{
        (void)session;
        n_synced++;
}

void session_useful(Session *session, uint32_t n_stored)
{
        (void)session, (void)n_stored;
}

void session_read(Session *session, const char *stays)
{
        (void)session;
        n_read++;
        (void)text_copy(what_stays, sizeof(what_stays), stays ? stays : "");
}

void session_fail(Session *session, const char *format, ...)
{
        (void)session;
        (void)text_copy(failure, sizeof(failure), format);
}

int session_write(Session *session, const char *uuid, const void *data, size_t size)
{
        (void)session, (void)uuid;
        assert_int_equal(stride_request_decode(data, size, &asked), 0);
        return 0;
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
        n_synced = n_raw = n_read = 0;
        quality = CLOCK_SYNCHRONISED;
        asked = (StrideRequest){0};
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

static void *begin(void)
{
        SessionHost host = {.clock = with.clock, .ledger = with.ledger};
        void *stride = stride_protocol.new(NULL, &host, TEST_POD);

        assert_non_null(stride);
        assert_int_equal(stride_protocol.start(stride), 0);
        return stride;
}

static const PodCharacteristic *characteristic(const char *uuid)
{
        for (size_t i = 0; i < pod_driver_by_name("stride")->n_characteristics; i++) {
                if (strcmp(pod_driver_by_name("stride")->characteristics[i].uuid, uuid) == 0)
                        return &pod_driver_by_name("stride")->characteristics[i];
        }
        fail_msg("no characteristic %s", uuid);
        return NULL;
}

/* The pod answers everything that is asked, until nothing is: one epoch with records 1 and 2. */
static void play_round(void *stride, int64_t answer_ms)
{
        while (asked.opcode) {
                StrideRequest request = asked;
                StrideResponse response = {.opcode = request.opcode, .status = STRIDE_OK, .epoch = 1};
                uint8_t octets[STRIDE_PACKET_MAX];
                size_t size;

                asked = (StrideRequest){0};
                if (request.opcode == STRIDE_OP_LIST_EPOCHS) {
                        response.total = 1;
                        response.first = 1;
                        response.last = 2;
                } else if (request.opcode == STRIDE_OP_REPORT) {
                        Record records[2] = {with_ledger_record(1, 1), with_ledger_record(1, 2)};

                        assert_int_equal(stride_packet_encode(records, 2, 200, octets, &size), 2);
                        stride_protocol.packet(stride, characteristic(STRIDE_RECORDS_UUID), octets, size);
                }
                clock_manual_advance(with.clock, answer_ms);
                size = stride_response_encode(&response, octets);
                stride_protocol.packet(stride, characteristic(STRIDE_CONTROL_UUID), octets, size);
                if (request.opcode == STRIDE_OP_REPORT)
                        clock_manual_advance(with.clock, 200); /* for late ones */
        }
        assert_string_equal(failure, "");
}

static int64_t reported(void)
{
        Pod pod;

        assert_int_equal(pod_get(with.ledger, TEST_POD, &pod), 1);
        return pod.reported_utc_ms;
}

static void a_round_proves_what_was_there_when_it_began(void **state)
{
        void *stride = begin();

        (void)state;
        play_round(stride, 2000);
        stride_protocol.free(stride);
        assert_int_equal(n_synced, 1);
        assert_true(clock_utc_ms(with.clock) >= TEST_UTC_MS + 8000);
        assert_int_equal(reported(), TEST_UTC_MS);
}

static void a_round_under_an_unset_clock_proves_nothing_about_time(void **state)
{
        void *stride;

        (void)state;
        quality = CLOCK_UNSET;
        stride = begin();
        play_round(stride, 100);
        stride_protocol.free(stride);
        assert_int_equal(n_synced, 1);
        assert_int_equal(reported(), NULL_INTEGER);
}

static void a_clock_set_in_the_middle_of_a_round_dates_the_next_one(void **state)
{
        void *stride;
        int64_t began;

        (void)state;
        quality = CLOCK_UNSET;
        stride = begin();
        quality = CLOCK_SYNCHRONISED;
        play_round(stride, 100);
        assert_int_equal(reported(), NULL_INTEGER);
        began = clock_utc_ms(with.clock) + 60000;
        clock_manual_advance(with.clock, 60000);
        play_round(stride, 100);
        stride_protocol.free(stride);
        assert_int_equal(reported(), began);
}

/* A long run, live: a record every ten seconds. */
static void a_round_comes_within_the_minute_while_records_keep_coming(void **state)
{
        void *stride = begin();
        int seconds = 0;

        (void)state;
        play_round(stride, 100);
        clock_manual_advance(with.clock, 60000);
        play_round(stride, 100);
        for (uint32_t seq = 3; asked.opcode == 0 && seconds < 600; seq++, seconds += 10) {
                Record record = with_ledger_record(1, seq);
                uint8_t octets[STRIDE_PACKET_MAX];
                size_t size;

                assert_int_equal(stride_packet_encode(&record, 1, 20, octets, &size), 1);
                stride_protocol.packet(stride, characteristic(STRIDE_RECORDS_UUID), octets, size);
                clock_manual_advance(with.clock, 10000);
        }
        stride_protocol.free(stride);
        assert_in_range(seconds, 60, 70);
}

/* What came between the question and the end of a round under way may have been passed already. */
static void who_asks_is_told_by_a_round_that_began_afterwards(void **state)
{
        void *stride = begin();

        (void)state;
        stride_protocol.read_all(stride);
        play_round(stride, 100);
        assert_int_equal(n_synced, 1);
        assert_int_equal(n_read, 0);
        clock_manual_advance(with.clock, 0);
        assert_int_equal(asked.opcode, STRIDE_OP_LIST_EPOCHS); /* anchored a moment ago */
        play_round(stride, 100);
        assert_int_equal(n_read, 1);
        assert_string_equal(what_stays, "");
        stride_protocol.read_all(stride);
        assert_int_equal(asked.opcode, STRIDE_OP_LIST_EPOCHS);
        play_round(stride, 100);
        assert_int_equal(n_read, 2);
        clock_manual_advance(with.clock, 3600000);
        play_round(stride, 100); /* nobody asked for this one */
        stride_protocol.free(stride);
        assert_int_equal(n_read, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_round_proves_what_was_there_when_it_began, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(who_asks_is_told_by_a_round_that_began_afterwards, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_round_under_an_unset_clock_proves_nothing_about_time,
                                                set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        a_round_comes_within_the_minute_while_records_keep_coming, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_clock_set_in_the_middle_of_a_round_dates_the_next_one,
                                                set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
