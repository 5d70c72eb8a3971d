/* What an older version kept raw is read by this one, in its place, once. An older version is played by
 * a second hand on the file: it leaves what that version would have left. */
#include "daemon/ble/reprocess.h"

#include "daemon/ledger/timebase.h"
#include "daemon/ledger/weeks.h"
#include "proto/stride-service.h"
#include "tests/unit/with-ledger.h"

static WithLedger with;

static int set_up(void **state)
{
        (void)state;
        with_ledger_open(&with, TEST_UTC_MS);
        clock_manual_advance(with.clock, 3600000);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        with_ledger_close(&with);
        return 0;
}

static Record stride(uint32_t seq)
{
        Record record = {.kind = RECORD_STRIDE, .epoch = 3, .seq = seq, .tick = seq * 720,
                         .stride = {.stride_time_1024 = 720, .contact_time_1024 = 250, .stride_length_mm = 2100,
                                    .peak_impact_mg = 2500, .running = 1, .quality = 3}};

        assert_int_equal(record_encode(&record), 0);
        return record;
}

static void store(Record record)
{
        assert_int_equal(records_store(with.ledger, TEST_POD, &record, 1, NULL), 0);
}

static void anchor(uint32_t seq)
{
        Record record = {.kind = RECORD_ANCHOR, .epoch = 3, .seq = seq, .tick = 0,
                         .anchor = {.utc_ms = TEST_UTC_MS, .clock_quality = CLOCK_SYNCHRONISED}};

        assert_int_equal(record_encode(&record), 0);
        store(record);
}

static void forget_dirty(void)
{
        Dirty dirty;

        while (dirty_next(with.ledger, &dirty) > 0)
                assert_int_equal(dirty_clear(with.ledger, dirty.id), 0);
}

/* As a version that could not read these: RECORD_UNREADABLE. */
static void make_unreadable(const char *where)
{
        char sql[160];

        (void)snprintf(sql, sizeof(sql), "UPDATE record SET kind = kind | 256 WHERE %s", where);
        with_ledger_run(&with, sql);
}

static ReprocessCount run(void)
{
        ReprocessCount count;

        assert_int_equal(reprocess(with.ledger, with.clock, &count), 0);
        return count;
}

static int count_running(const StoredRecord *stored, void *userdata)
{
        *(int *)userdata += stored->record.kind == RECORD_STRIDE;
        return 0;
}

static int strides_told(void)
{
        int n = 0;

        assert_int_equal(records_of_runner(with.ledger, "anna", TEST_UTC_MS - 86400000, TEST_UTC_MS + 86400000,
                                           count_running, &n), 0);
        return n;
}

static void a_record_that_can_be_read_now_takes_its_place_and_is_derived(void **state)
{
        int64_t contradictions = -1;
        SeqRange range, before;
        uint32_t crc, crc_before;
        ReprocessCount count;
        Dirty dirty;

        (void)state;
        anchor(1);
        for (uint32_t seq = 2; seq <= 10; seq++)
                store(stride(seq));
        make_unreadable("seq BETWEEN 4 AND 6");
        forget_dirty();
        assert_int_equal(strides_told(), 6);
        assert_int_equal(durable_next(with.ledger, TEST_POD, 3, 256, &before, &crc_before), 1);
        count = run();
        assert_int_equal(count.records_read, 3);
        assert_int_equal(count.records_left, 0);
        assert_int_equal(strides_told(), 9);
        assert_int_equal(dirty_next(with.ledger, &dirty), 1);
        assert_true(dirty.from_utc_ms <= TEST_UTC_MS + 4 * 720 * 1000 / 1024 + 1);
        assert_true(dirty.to_utc_ms >= TEST_UTC_MS + 6 * 720 * 1000 / 1024 - 1);
        assert_int_equal(contradiction_count(with.ledger, TEST_POD, &contradictions), 0);
        assert_int_equal(contradictions, 0);
        /* what the pod is told it may free does not change by it */
        assert_int_equal(durable_next(with.ledger, TEST_POD, 3, 256, &range, &crc), 1);
        assert_int_equal(range.last, before.last);
        assert_int_equal(crc, crc_before);
        store(stride(5)); /* and the pod may send it once more */
        assert_int_equal(contradiction_count(with.ledger, TEST_POD, &contradictions), 0);
        assert_int_equal(contradictions, 0);
        forget_dirty();
        count = run();
        assert_int_equal(count.records_read + count.records_left + count.stored, 0);
        assert_int_equal(dirty_next(with.ledger, &dirty), 0); /* twice is once */
}

static void an_anchor_and_a_loss_take_effect_when_they_are_read(void **state)
{
        Record gone = {.kind = RECORD_LOST, .epoch = 3, .seq = 3, .tick = 2000,
                       .lost = {.last_seq = 40, .reason = LOST_CORRUPT}};
        SeqRange holes[4];
        TimeMap map;

        (void)state;
        assert_int_equal(record_encode(&gone), 0);
        anchor(1);
        store(stride(2));
        store(gone);
        make_unreadable("kind IN (3, 5)");
        /* that version neither knew the time nor what was lost */
        with_ledger_run(&with, "DELETE FROM anchor; UPDATE epoch SET anchors = 0, reference_tick = NULL; DELETE "
                               "FROM span WHERE lost = 1");
        assert_int_equal(timebase_map(with.ledger, TEST_POD, 3, &map), 0);
        assert_int_equal(epoch_missing(with.ledger, TEST_POD, 3, holes, 4), 1);
        assert_int_equal(run().records_read, 2);
        assert_int_equal(timebase_map(with.ledger, TEST_POD, 3, &map), 1);
        assert_int_equal(epoch_missing(with.ledger, TEST_POD, 3, holes, 4), 0);
}

static void what_still_cannot_be_read_stays_as_it_is(void **state)
{
        Record unknown = {.kind = 16, .epoch = 3, .seq = 2, .body_size = 6, .body = {0x55, 1, 0, 0, 0, 9}};
        Record shortened = stride(3);
        ReprocessCount count;

        (void)state;
        store(unknown);
        shortened.kind |= RECORD_UNREADABLE;
        shortened.body_size = 7;
        store(shortened);
        assert_int_equal(raw_packet_keep(with.ledger, TEST_SAMPLE, "00002a53-0000-1000-8000-00805f9b34fb", "\xff", 1,
                                         "short"), 0);
        assert_int_equal(raw_packet_keep(with.ledger, TEST_POD, STRIDE_RECORDS_UUID, "\x7f\x01", 2, "short"), 0);
        assert_int_equal(raw_packet_keep(with.ledger, TEST_POD, "12345678-0000-1000-8000-00805f9b34fb", "\x01", 1,
                                         "nobody's"), 0);
        count = run();
        assert_int_equal(count.records_read, 0);
        assert_int_equal(count.records_left, 2);
        assert_int_equal(count.packets_read, 0);
        assert_int_equal(count.packets_left, 3);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM raw_packet"), 3);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record WHERE kind IN (16, 257)"), 2);
}

static void a_packet_of_a_pod_with_memory_becomes_its_records(void **state)
{
        Record records[] = {stride(7), stride(8)};
        uint8_t packet[STRIDE_PACKET_MAX];
        ReprocessCount count;
        int64_t unread;
        size_t size;

        (void)state;
        store(stride(7)); /* one of them came again meanwhile */
        assert_int_equal(stride_packet_encode(records, 2, 182, packet, &size), 2);
        assert_int_equal(raw_packet_keep(with.ledger, TEST_POD, STRIDE_RECORDS_UUID, packet, size, "too new"), 0);
        count = run();
        assert_int_equal(count.packets_read, 1);
        assert_int_equal(count.stored, 1);
        assert_int_equal(raw_packet_count(with.ledger, TEST_POD, &unread), 0);
        assert_int_equal(unread, 0);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM record WHERE kind = 1"), 2);
        assert_int_equal(run().packets_read, 0);
}

static int note_sample(const StoredRecord *stored, void *userdata)
{
        if (stored->record.kind == RECORD_SAMPLE)
                *(StoredRecord *)userdata = *stored;
        return 0;
}

static void a_packet_of_a_pod_without_memory_is_told_at_the_time_it_came(void **state)
{
        static const uint8_t running[] = {0x04, 0x00, 0x03, 0x54}; /* 3 m/s, 84 a minute, running */
        StoredRecord sample = {0};

        (void)state;
        assert_int_equal(raw_packet_keep(with.ledger, TEST_SAMPLE, "00002a53-0000-1000-8000-00805f9b34fb", running,
                                         sizeof(running), "not known then"), 0);
        clock_manual_advance(with.clock, 7200000);
        assert_int_equal(run().stored, 1);
        assert_int_equal(records_of_runner(with.ledger, "anna", TEST_UTC_MS, TEST_UTC_MS + 86400000, note_sample,
                                           &sample), 0);
        assert_int_equal(sample.record.sample.speed_256, 768);
        assert_int_equal(sample.utc_ms, TEST_UTC_MS + 3600000);
        assert_true(sample.record.from_store); /* it cannot look like now */
        assert_int_equal(run().stored, 0);
}

static void the_oldest_unread_packet_is_never_dropped(void **state)
{
        int64_t n;

        (void)state;
        assert_int_equal(ledger_begin(with.ledger), 0);
        for (int i = 0; i < RAW_PACKETS_MAX + 50; i++)
                assert_int_equal(raw_packet_keep(with.ledger, TEST_POD, "7c6a", &i, sizeof(i), "short"), 0);
        for (int i = 0; i < 3; i++) /* one that is there is counted there */
                assert_int_equal(raw_packet_keep(with.ledger, TEST_POD, "7c6a", &(int){0}, sizeof(int), "short"), 0);
        assert_int_equal(ledger_commit(with.ledger), 0);
        assert_int_equal(with_ledger_count(&with, "SELECT count(*) FROM raw_packet"), RAW_PACKETS_MAX);
        assert_int_equal(with_ledger_count(&with, "SELECT times FROM raw_packet WHERE packet = x'00000000'"), 4);
        assert_int_equal(raw_packet_count(with.ledger, TEST_POD, &n), 0);
        assert_int_equal(n, RAW_PACKETS_MAX + 53);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_record_that_can_be_read_now_takes_its_place_and_is_derived, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(an_anchor_and_a_loss_take_effect_when_they_are_read, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_still_cannot_be_read_stays_as_it_is, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_packet_of_a_pod_with_memory_becomes_its_records, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_packet_of_a_pod_without_memory_is_told_at_the_time_it_came, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(the_oldest_unread_packet_is_never_dropped, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
