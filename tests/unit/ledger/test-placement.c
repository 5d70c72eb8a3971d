/* A pod that was on the wrong foot for two weeks: what it told counts for the other one, whenever it comes. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/dirty.h"
#include "daemon/ledger/placement.h"

#define FROM_MS (NOW_MS - 14 * DAY_MS)

/* One stride a day of 20 days, the last one today. */
static void store_days(Home *home)
{
        Record first = anchor(7, 1, 0, NOW_MS - 20 * DAY_MS, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &first, 1);
        for (uint32_t day = 0; day <= 20; day++) {
                Record record = stride(7, 2 + day, day * 86400 * TICK_HZ);

                (void)store(home, POD, &record, 1);
        }
}

static size_t count_at(Home *home, const char *runner, Placement placement)
{
        Stored stored = {0};
        size_t n = 0;

        assert_int_equal(records_of_runner(home->ledger, runner, NOW_MS - 30 * DAY_MS, NOW_MS + DAY_MS, collect_stored,
                                           &stored),
                         0);
        for (size_t i = 0; i < stored.n; i++)
                n += stored.list[i].placement == placement && stored.list[i].record.kind == RECORD_STRIDE;
        return n;
}

static void what_the_pod_told_since_then_is_of_the_other_foot(void **state)
{
        Home *home = *state;
        Dirty dirty;

        store_days(home);
        (void)drain_dirty(home, NULL);
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_RIGHT_FOOT, FROM_MS), 1);
        assert_int_equal(count_at(home, RUNNER, PLACEMENT_LEFT_FOOT), 6);
        assert_int_equal(count_at(home, RUNNER, PLACEMENT_RIGHT_FOOT), 15);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_int_equal(dirty.why, DIRTY_PLACEMENT);
        assert_int_equal(dirty.from_utc_ms, FROM_MS);
        assert_int_equal(dirty.to_utc_ms, NOW_MS);
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_RIGHT_FOOT, FROM_MS), 0); /* there it was */
        assert_int_equal(drain_dirty(home, NULL), 0);
}

static void records_that_come_after_the_correction_count_the_same(void **state)
{
        Home *home = *state;

        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_RIGHT_FOOT, FROM_MS), 1);
        store_days(home);
        assert_int_equal(count_at(home, RUNNER, PLACEMENT_LEFT_FOOT), 6);
        assert_int_equal(count_at(home, RUNNER, PLACEMENT_RIGHT_FOOT), 15);
}

static void it_reaches_to_the_next_move_and_takes_it_from_nobody(void **state)
{
        Home *home = *state;
        Pod pod = pod_of(POD, "runner-2", PLACEMENT_LEFT_FOOT, true);
        Dirty dirty;

        add_runner(home, "runner-2");
        clock_manual_set(home->clock, NOW_MS - 5 * DAY_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        clock_manual_set(home->clock, NOW_MS, CLOCK_SYNCHRONISED);
        store_days(home);
        (void)drain_dirty(home, NULL);
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_RIGHT_FOOT, FROM_MS), 1);
        assert_int_equal(count_at(home, RUNNER, PLACEMENT_RIGHT_FOOT), 9);
        assert_int_equal(count_at(home, "runner-2", PLACEMENT_LEFT_FOOT), 6);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_string_equal(dirty.runner, RUNNER);
        assert_int_equal(pod_get(home->ledger, POD, &pod), 1);
        assert_int_equal(pod.placement, PLACEMENT_LEFT_FOOT);
}

static void a_correction_can_be_taken_back_from_a_day_on(void **state)
{
        Home *home = *state;
        Pod pod;

        store_days(home);
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_RIGHT_FOOT, FROM_MS), 1);
        assert_int_equal(pod_get(home->ledger, POD, &pod), 1);
        assert_int_equal(pod.placement, PLACEMENT_RIGHT_FOOT);
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_LEFT_FOOT, NOW_MS - 2 * DAY_MS), 1);
        assert_int_equal(count_at(home, RUNNER, PLACEMENT_RIGHT_FOOT), 12);
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_LEFT_FOOT, FROM_MS), 1);
        assert_int_equal(count_at(home, RUNNER, PLACEMENT_LEFT_FOOT), 21);
}

static int take_pod(const Pod *pod, void *userdata)
{
        *(Pod *)userdata = *pod;
        return 1;
}

static int other_at(Home *home, Placement placement, int64_t from_utc_ms)
{
        Pod other;

        return placement_others(home->ledger, POD, placement, from_utc_ms, take_pod, &other);
}

static void another_pod_at_that_place_is_found_if_it_was_there_then(void **state)
{
        Home *home = *state;
        Pod moved = pod_of(OTHER_POD, RUNNER, PLACEMENT_CHEST, true);

        assert_int_equal(other_at(home, PLACEMENT_RIGHT_FOOT, FROM_MS), 0);
        clock_manual_set(home->clock, NOW_MS - 20 * DAY_MS, CLOCK_SYNCHRONISED);
        add_pod(home, OTHER_POD, PLACEMENT_RIGHT_FOOT, true);
        clock_manual_set(home->clock, NOW_MS - 10 * DAY_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(pod_assign(home->ledger, &moved), 0);
        clock_manual_set(home->clock, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(other_at(home, PLACEMENT_RIGHT_FOOT, FROM_MS), 1);
        assert_int_equal(other_at(home, PLACEMENT_RIGHT_FOOT, NOW_MS - 10 * DAY_MS), 0); /* it had left */
        assert_int_equal(other_at(home, PLACEMENT_SACRUM, FROM_MS), 0);
        assert_int_equal(other_at(home, PLACEMENT_CHEST, FROM_MS), 1);
}

static int take_detail(int64_t id, int64_t utc_ms, const char *what, const char *runner, const char *detail,
                       void *userdata)
{
        (void)id, (void)utc_ms;
        if (strcmp(what, "placement corrected") == 0 && strcmp(runner, RUNNER) == 0)
                (void)text_copy(userdata, 128, detail);
        return 0;
}

static void it_leaves_a_line_in_the_audit_and_needs_a_clock_and_a_past(void **state)
{
        Home *home = *state;
        char detail[128] = "";

        assert_int_equal(placement_correct(home->ledger, OTHER_POD, PLACEMENT_RIGHT_FOOT, FROM_MS), -ENOENT);
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_RIGHT_FOOT, NOW_MS + 1), -EINVAL);
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_RIGHT_FOOT, FROM_MS), 1);
        assert_int_equal(audit_each(home->ledger, 0, 1000, take_detail, detail), 0);
        assert_string_equal(detail, POD " right-foot since 2026-11-10T08:00:00.000Z, was left-foot");
        clock_manual_set(home->clock, NOW_MS, CLOCK_UNSET);
        assert_int_equal(placement_correct(home->ledger, POD, PLACEMENT_LEFT_FOOT, FROM_MS), -EAGAIN);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_the_pod_told_since_then_is_of_the_other_foot),
                TEST(records_that_come_after_the_correction_count_the_same),
                TEST(it_reaches_to_the_next_move_and_takes_it_from_nobody),
                TEST(a_correction_can_be_taken_back_from_a_day_on),
                TEST(another_pod_at_that_place_is_found_if_it_was_there_then),
                TEST(it_leaves_a_line_in_the_audit_and_needs_a_clock_and_a_past),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
