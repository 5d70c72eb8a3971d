/* Records of pods: idempotent, all or nothing, and never silently changed. */
#include "tests/unit/ledger/fixture.h"

#include <sqlite3.h>

/* ---- storing ---- */

static void a_batch_sent_twice_is_stored_once(void **state)
{
        Record batch[] = {stride(7, 1, 1000), stride(7, 2, 1700), stride(7, 3, 2400)};
        StoreResult first = store(*state, POD, batch, 3), second = store(*state, POD, batch, 3);

        assert_int_equal(first.stored, 3);
        assert_int_equal(first.known, 0);
        assert_int_equal(second.stored, 0);
        assert_int_equal(second.known, 3);
        assert_int_equal(second.contradicted, 0);
        assert_int_equal(export_all(*state).n, 3);
}

static void a_record_twice_in_one_batch_is_stored_once(void **state)
{
        Record batch[] = {stride(7, 1, 1000), stride(7, 1, 1000)};
        StoreResult result = store(*state, POD, batch, 2);

        assert_int_equal(result.stored, 1);
        assert_int_equal(result.known, 1);
}

static void from_memory_or_live_is_the_same_record(void **state)
{
        Record live = stride(7, 1, 1000), stored = live;

        stored.from_store = true;
        (void)store(*state, POD, &live, 1);
        assert_int_equal(store(*state, POD, &stored, 1).known, 1);
}

static void the_same_seq_of_another_epoch_or_pod_is_another_record(void **state)
{
        Record first = stride(7, 1, 1000), second = stride(8, 1, 1000);

        add_pod(*state, OTHER_POD, PLACEMENT_RIGHT_FOOT, true);
        assert_int_equal(store(*state, POD, &first, 1).stored, 1);
        assert_int_equal(store(*state, POD, &second, 1).stored, 1);
        assert_int_equal(store(*state, OTHER_POD, &first, 1).stored, 1);
        assert_int_equal(export_all(*state).n, 3);
}

static void the_same_id_with_other_octets_is_counted_and_the_first_stays(void **state)
{
        Record first = stride(7, 1, 1000), other = stride(7, 1, 1001);
        StoreResult result;
        Stored all;

        (void)store(*state, POD, &first, 1);
        result = store(*state, POD, &other, 1);
        assert_int_equal(result.contradicted, 1);
        assert_int_equal(result.stored, 0);
        all = export_all(*state);
        assert_int_equal(all.n, 1);
        assert_int_equal(all.list[0].record.tick, 1000);
        assert_int_equal(store(*state, POD, &first, 1).known, 1);
}

static void a_contradiction_does_not_hold_up_its_batch(void **state)
{
        Record first = stride(7, 2, 1000);
        Record batch[] = {stride(7, 1, 900), stride(7, 2, 1001), stride(7, 3, 1700)};
        StoreResult result;

        (void)store(*state, POD, &first, 1);
        result = store(*state, POD, batch, 3);
        assert_int_equal(result.stored, 2);
        assert_int_equal(result.contradicted, 1);
}

static void an_unknown_pod_is_refused_and_nothing_is_stored(void **state)
{
        Home *home = *state;
        Record record = stride(7, 1, 1000);
        StoreResult result = {.stored = 99};

        assert_int_equal(records_store(home->ledger, OTHER_POD, &record, 1, &result), -ENOENT);
        assert_int_equal(result.stored, 99);
        assert_int_equal(export_all(home).n, 0);
}

static void a_batch_inside_a_rolled_back_transaction_leaves_nothing(void **state)
{
        Home *home = *state;
        Record batch[] = {stride(7, 1, 1000), stride(7, 2, 1700)};
        SeqRange holes[4];

        assert_int_equal(ledger_begin(home->ledger), 0);
        (void)store(home, POD, batch, 2);
        ledger_rollback(home->ledger);
        assert_int_equal(export_all(home).n, 0);
        assert_int_equal(epoch_missing(home->ledger, POD, 7, holes, 4), 0);
        assert_int_equal(store(home, POD, batch, 2).stored, 2);
}

static void what_was_committed_is_there_after_reopening(void **state)
{
        Record batch[] = {stride(7, 1, 1000), stride(7, 2, 1700)};
        Stored all;

        (void)store(*state, POD, batch, 2);
        home_reopen(*state);
        all = export_all(*state);
        assert_int_equal(all.n, 2);
        assert_memory_equal(all.list[1].record.body, batch[1].body, batch[1].body_size);
        assert_int_equal(all.list[1].record.stride.stride_length_mm, 2000);
        assert_int_equal(all.list[1].received_utc_ms, NOW_MS);
        assert_string_equal(all.list[1].address, POD);
}

static void an_unknown_kind_is_kept_octet_by_octet(void **state)
{
        Record record = {.epoch = 7, .seq = 1, .kind = 44, .body_size = 7,
                         .body = {1, 2, 3, 4, 5, 6, 7}};
        Stored all;

        assert_int_equal(store(*state, POD, &record, 1).stored, 1);
        assert_int_equal(store(*state, POD, &record, 1).known, 1);
        all = export_all(*state);
        assert_int_equal(all.list[0].record.kind, 44);
        assert_int_equal(all.list[0].record.body_size, 7);
        assert_memory_equal(all.list[0].record.body, record.body, 7);
}

static void export_goes_on_where_it_stopped(void **state)
{
        Home *home = *state;
        Stored page = {0};

        store_strides(home, 7, 1, 5);
        store_strides(home, 8, 1, 2);
        assert_int_equal(records_export(home->ledger, POD, 7, 3, 3, collect_stored, &page), 0);
        assert_int_equal(page.n, 3);
        assert_int_equal(page.list[0].record.seq, 4);
        assert_int_equal(page.list[1].record.seq, 5);
        assert_int_equal(page.list[2].record.epoch, 8);
        assert_int_equal(page.list[2].record.seq, 1);
}

static void an_empty_batch_says_that_it_did_nothing(void **state)
{
        Home *home = *state;
        StoreResult result = {.stored = 99};

        assert_int_equal(records_store(home->ledger, POD, NULL, 0, &result), 0);
        assert_int_equal(result.stored, 0);
}

/* ---- numbering for pods without memory ---- */

static void a_pod_without_memory_gets_the_next_epoch(void **state)
{
        Home *home = *state;
        Record record = stride(41, 1, 1000);
        uint32_t epoch = 0;

        assert_int_equal(records_next_epoch(home->ledger, POD, &epoch), 0);
        assert_int_equal(epoch, 1);
        (void)store(home, POD, &record, 1);
        assert_int_equal(records_next_epoch(home->ledger, POD, &epoch), 0);
        assert_int_equal(epoch, 42);
}

/* ---- what nobody could decode ---- */

static void raw_packets_are_bounded_and_always_counted(void **state)
{
        Home *home = *state;
        int64_t count = -1;

        assert_int_equal(raw_packet_count(home->ledger, POD, &count), 0);
        assert_int_equal(count, 0);
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (int i = 0; i < RAW_PACKETS_MAX + 20; i++)
                assert_int_equal(raw_packet_keep(home->ledger, POD, "2a53", &i, sizeof(i), "short"),
                                 0);
        assert_int_equal(raw_packet_keep(home->ledger, OTHER_POD, "2a53", "x", 1, "short"), 0);
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(raw_packet_count(home->ledger, POD, &count), 0);
        assert_int_equal(count, RAW_PACKETS_MAX + 20);
        assert_int_equal(raw_packet_count(home->ledger, OTHER_POD, &count), 0);
        assert_int_equal(count, 1);
        home_reopen(home);
        assert_int_equal(raw_packet_count(home->ledger, POD, &count), 0);
        assert_int_equal(count, RAW_PACKETS_MAX + 20);
}

/* ---- bounded ---- */

static int64_t ask(Home *home, const char *sql)
{
        sqlite3 *db = NULL;
        sqlite3_stmt *stmt = NULL;
        int64_t answer;

        assert_int_equal(sqlite3_open(home->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
        answer = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
        (void)sqlite3_finalize(stmt); /* as the step said */
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        return answer;
}

static void contradictions_are_bounded_and_counted(void **state)
{
        enum { N = CONTRADICTIONS_MAX + 7 };
        Home *home = *state;
        Record first = stride(7, 1, 1000);
        int64_t count = -1;

        (void)store(home, POD, &first, 1);
        assert_int_equal(contradiction_count(home->ledger, POD, &count), 0);
        assert_int_equal(count, 0);
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (uint32_t i = 0; i < N; i++) {
                Record other = stride(7, 1, 1001 + i);

                assert_int_equal(store(home, POD, &other, 1).contradicted, 1);
        }
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(contradiction_count(home->ledger, POD, &count), 0);
        assert_int_equal(count, N);
        assert_int_equal(ask(home, "SELECT count(*) FROM contradiction"), CONTRADICTIONS_MAX);
        assert_int_equal(export_all(home).n, 1);
}

static int count_stored(const StoredRecord *stored, void *userdata)
{
        (void)stored;
        ++*(size_t *)userdata;
        return 0;
}

static void a_damaged_record_hides_no_other_and_is_counted_once(void **state)
{
        Home *home = *state;
        Record time = anchor(7, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);
        int64_t count = -1;
        size_t n;

        (void)store(home, POD, &time, 1);
        store_strides(home, 7, 2, 6);
        assert_int_equal(ask(home, "UPDATE record SET body = x'01' WHERE seq = 4"), -1);
        for (int i = 0; i < 2; i++) {
                n = 0;
                assert_int_equal(records_of_runner(home->ledger, RUNNER, NOW_MS, NOW_MS + DAY_MS,
                                                   count_stored, &n),
                                 0);
                assert_int_equal(n, 4);
                assert_int_equal(unreadable_count(home->ledger, &count), 0);
                assert_int_equal(count, 1);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_batch_sent_twice_is_stored_once),
                TEST(a_record_twice_in_one_batch_is_stored_once),
                TEST(from_memory_or_live_is_the_same_record),
                TEST(the_same_seq_of_another_epoch_or_pod_is_another_record),
                TEST(the_same_id_with_other_octets_is_counted_and_the_first_stays),
                TEST(a_contradiction_does_not_hold_up_its_batch),
                TEST(an_unknown_pod_is_refused_and_nothing_is_stored),
                TEST(a_batch_inside_a_rolled_back_transaction_leaves_nothing),
                TEST(what_was_committed_is_there_after_reopening),
                TEST(an_unknown_kind_is_kept_octet_by_octet),
                TEST(export_goes_on_where_it_stopped),
                TEST(an_empty_batch_says_that_it_did_nothing),
                TEST(a_pod_without_memory_gets_the_next_epoch),
                TEST(raw_packets_are_bounded_and_always_counted),
                TEST(contradictions_are_bounded_and_counted),
                TEST(a_damaged_record_hides_no_other_and_is_counted_once),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
