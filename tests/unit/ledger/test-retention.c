/* What leaves when its time is over, what never does, and that nobody notices afterwards. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/retention.h"
#include "daemon/ledger/timebase.h"

#include <sqlite3.h>

#define EPOCH 7

/* Seq 1 is the anchor at NOW_MS; then one stride an hour, so that `n` of them are n hours. */
static void store_hours(Home *home, uint32_t n)
{
        Record first = anchor(EPOCH, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &first, 1);
        for (uint32_t i = 1; i <= n; i++) {
                Record record = stride(EPOCH, 1 + i, i * 3600 * TICK_HZ);

                (void)store(home, POD, &record, 1);
        }
}

static void settle(Home *home, uint32_t durable)
{
        (void)drain_dirty(home, NULL);
        assert_int_equal(durable_told(home->ledger, POD, EPOCH, durable), 0);
}

/* All that may go; how many went. */
static int64_t let_go_before(Home *home, int64_t before_utc_ms, size_t max)
{
        Retention retention;
        int r;

        assert_int_equal(retention_begin(home->ledger, before_utc_ms, &retention), 0);
        while ((r = retention_slice(home->ledger, &retention, max)) > 0)
                continue;
        assert_int_equal(r, 0);
        return retention.let_go;
}

static int first_coverage(const EpochCoverage *coverage, void *userdata)
{
        *(EpochCoverage *)userdata = *coverage;
        return 1;
}

static EpochCoverage coverage_of(Home *home)
{
        EpochCoverage coverage;

        assert_int_equal(epoch_each(home->ledger, POD, first_coverage, &coverage), 1);
        return coverage;
}

static void the_old_goes_and_the_last_of_it_stays_as_a_neighbour(void **state)
{
        Home *home = *state;
        int64_t since = 0;
        Stored left;

        store_hours(home, 20);
        settle(home, 21);
        assert_int_equal(retention_kept_since(home->ledger, &since), 0);
        /* seqs 1 … 11 are hours 0 … 10 */
        assert_int_equal(let_go_before(home, NOW_MS + 10 * HOUR_MS + 1, 100), 10);
        left = export_all(home);
        assert_int_equal(left.n, 11);
        assert_int_equal(left.list[0].record.seq, 11);
        assert_int_equal(retention_kept_since(home->ledger, &since), 1);
        assert_true(since == NOW_MS + 10 * HOUR_MS + 1);
        home_reopen(home);
        assert_int_equal(export_all(home).n, 11);
}

static void small_slices_come_to_the_same(void **state)
{
        Home *home = *state;

        store_hours(home, 20);
        settle(home, 21);
        assert_int_equal(let_go_before(home, NOW_MS + 10 * HOUR_MS + 1, 3), 10);
        assert_int_equal(export_all(home).n, 11);
        assert_int_equal(let_go_before(home, NOW_MS + 10 * HOUR_MS + 1, 3), 0);
}

static void coverage_still_says_that_all_was_received(void **state)
{
        Home *home = *state;
        EpochCoverage before, after;

        store_hours(home, 20);
        settle(home, 21);
        before = coverage_of(home);
        (void)let_go_before(home, NOW_MS + 10 * HOUR_MS, 100);
        after = coverage_of(home);
        assert_int_equal(after.received, 21);
        assert_int_equal(after.received, before.received);
        assert_int_equal(after.first, 1);
        assert_int_equal(after.missing, 0);
        assert_int_equal(after.durable, 21);
}

static void what_comes_again_from_below_is_known_and_not_compared(void **state)
{
        Home *home = *state;
        Record again = stride(EPOCH, 5, 77);
        StoreResult result;
        int64_t n = 0;

        store_hours(home, 20);
        settle(home, 21);
        (void)let_go_before(home, NOW_MS + 10 * HOUR_MS, 100);
        result = store(home, POD, &again, 1);
        assert_int_equal(result.known, 1);
        assert_int_equal(result.stored, 0);
        assert_int_equal(result.contradicted, 0);
        assert_int_equal(contradiction_count(home->ledger, POD, &n), 0);
        assert_true(n == 0);
        assert_int_equal(export_all(home).list[0].record.seq, 10);
        assert_int_equal(drain_dirty(home, NULL), 0);
}

static void what_the_pod_was_not_told_is_durable_stays(void **state)
{
        Home *home = *state;
        SeqRange range;
        uint32_t crc;

        store_hours(home, 20);
        settle(home, 4);
        assert_int_equal(let_go_before(home, NOW_MS + 100 * HOUR_MS, 100), 3);
        assert_int_equal(export_all(home).list[0].record.seq, 4);
        /* and it can still be told, octet by octet */
        assert_int_equal(durable_next(home->ledger, POD, EPOCH, 100, &range, &crc), 1);
        assert_int_equal(range.first, 5);
        assert_int_equal(range.last, 21);
}

static void a_hole_is_never_passed(void **state)
{
        Home *home = *state;
        Record first = anchor(EPOCH, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &first, 1);
        for (uint32_t i = 2; i <= 20; i++) {
                Record record = stride(EPOCH, i, i * 3600 * TICK_HZ);

                if (i != 6)
                        (void)store(home, POD, &record, 1);
        }
        settle(home, 20);
        assert_int_equal(let_go_before(home, NOW_MS + 100 * HOUR_MS, 100), 4);
        assert_int_equal(export_all(home).list[0].record.seq, 5);
}

static void what_waits_to_be_derived_stays(void **state)
{
        Home *home = *state;

        store_hours(home, 20);
        settle(home, 21);
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS + 5 * HOUR_MS, NOW_MS + 5 * HOUR_MS), 0);
        assert_int_equal(let_go_before(home, NOW_MS + 10 * HOUR_MS, 100), 3); /* an hour away from it */
        (void)drain_dirty(home, NULL);
        assert_int_equal(let_go_before(home, NOW_MS + 10 * HOUR_MS, 100), 6);
}

static void records_without_a_time_stay(void **state)
{
        Home *home = *state;

        store_strides(home, EPOCH, 1, 20);
        settle(home, 20);
        assert_int_equal(let_go_before(home, INT64_MAX / 2, 100), 0);
        assert_int_equal(export_all(home).n, 20);
}

static Run run_at(int64_t start_utc_ms, int64_t end_utc_ms)
{
        Run run = {0};

        fields_set_null(&run_fields, &run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        (void)text_copy(run.run, sizeof(run.run), "a-run");
        (void)text_copy(run.state, sizeof(run.state), "current");
        run.start_utc_ms = start_utc_ms;
        run.end_utc_ms = end_utc_ms;
        return run;
}

static void no_run_is_cut_in_two(void **state)
{
        Home *home = *state;
        Run run = run_at(NOW_MS + 8 * HOUR_MS, NOW_MS + 12 * HOUR_MS);
        int64_t since = 0;

        store_hours(home, 20);
        assert_int_equal(run_put(home->ledger, &run), 1);
        settle(home, 21);
        (void)let_go_before(home, NOW_MS + 10 * HOUR_MS, 100);
        assert_int_equal(retention_kept_since(home->ledger, &since), 1);
        assert_true(since < run.start_utc_ms - HOUR_MS);
        assert_true(export_all(home).list[0].utc_ms < run.start_utc_ms);
}

static void kept_since_never_goes_back(void **state)
{
        Home *home = *state;
        int64_t since = 0;

        store_hours(home, 20);
        settle(home, 21);
        (void)let_go_before(home, NOW_MS + 10 * HOUR_MS, 100);
        assert_int_equal(let_go_before(home, NOW_MS + 5 * HOUR_MS, 100), 0);
        assert_int_equal(retention_kept_since(home->ledger, &since), 1);
        assert_true(since == NOW_MS + 10 * HOUR_MS);
}

static void later_ticks_unwrap_from_what_stayed(void **state)
{
        Home *home = *state;
        Record late = stride(EPOCH, 22, (uint32_t)(21 * 3600 * TICK_HZ));
        Record wrapped = stride(EPOCH, 23, 5 * TICK_HZ); /* once around: 48.5 days */
        Stored left;

        store_hours(home, 20);
        settle(home, 21);
        assert_int_equal(let_go_before(home, NOW_MS + 100 * HOUR_MS, 100), 20); /* all but the last */
        (void)store(home, POD, &late, 1);
        (void)store(home, POD, &wrapped, 1);
        left = export_all(home);
        assert_int_equal(left.n, 3);
        assert_true(left.list[1].utc_ms == NOW_MS + 21 * HOUR_MS);
        assert_true(left.list[2].utc_ms == NOW_MS + 5000 + ((int64_t)UINT32_MAX + 1) * 1000 / TICK_HZ);
}

static void a_chain_whose_beginning_is_gone_is_not_moved(void **state)
{
        Home *home = *state;
        Record far = stride(EPOCH, 30, 3600 * TICK_HZ);
        Record near = stride(EPOCH, 29, 1800 * TICK_HZ);

        store_hours(home, 20);
        settle(home, 21);
        (void)let_go_before(home, NOW_MS + 10 * HOUR_MS, 100);
        (void)store(home, POD, &far, 1); /* behind a hole, a lap later */
        (void)store(home, POD, &near, 1);
        assert_true(export_all(home).list[0].utc_ms == NOW_MS + 9 * HOUR_MS);
}

static void a_pod_without_memory_needs_no_word(void **state)
{
        Home *home = *state;

        add_pod(home, RSC_POD, PLACEMENT_LEFT_FOOT, false);
        assert_int_equal(timebase_anchor(home->ledger, RSC_POD, 1, 0, NOW_MS, CLOCK_SYNCHRONISED), 0);
        for (uint32_t i = 1; i <= 10; i++) {
                Record record = encoded((Record){.epoch = 1,
                                                 .seq = i,
                                                 .kind = RECORD_SAMPLE,
                                                 .tick = i * 1000,
                                                 .sample = {.speed_256 = 700}});

                (void)store(home, RSC_POD, &record, 1);
        }
        (void)drain_dirty(home, NULL);
        assert_int_equal(let_go_before(home, NOW_MS + HOUR_MS, 100), 9);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(the_old_goes_and_the_last_of_it_stays_as_a_neighbour),
                TEST(small_slices_come_to_the_same),
                TEST(coverage_still_says_that_all_was_received),
                TEST(what_comes_again_from_below_is_known_and_not_compared),
                TEST(what_the_pod_was_not_told_is_durable_stays),
                TEST(a_hole_is_never_passed),
                TEST(what_waits_to_be_derived_stays),
                TEST(records_without_a_time_stay),
                TEST(no_run_is_cut_in_two),
                TEST(kept_since_never_goes_back),
                TEST(later_ticks_unwrap_from_what_stayed),
                TEST(a_chain_whose_beginning_is_gone_is_not_moved),
                TEST(a_pod_without_memory_needs_no_word),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
