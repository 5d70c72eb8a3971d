/* Ticks to UTC: fits, wrong anchors, wrap-around, and what a better map makes dirty. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/timebase.h"

#define WRAP_TICKS ((int64_t)1 << 32)

static void store_anchor(Home *home, uint32_t seq, int64_t tick, int64_t utc_ms, ClockQuality quality)
{
        Record record = anchor(7, seq, (uint32_t)tick, utc_ms, quality);

        (void)store(home, POD, &record, 1);
}

static TimeMap map_of(Home *home)
{
        TimeMap map = {0};

        assert_int_equal(timebase_map(home->ledger, POD, 7, &map), 1);
        return map;
}

/* The UTC of the record `seq` of epoch 7, as exported. */
static int64_t utc_of(Home *home, uint32_t seq)
{
        Stored all = export_all(home);

        for (size_t i = 0; i < all.n; i++) {
                if (all.list[i].record.epoch == 7 && all.list[i].record.seq == seq)
                        return all.list[i].utc_ms;
        }
        fail_msg("no record %u", seq);
        return 0;
}

static void without_an_anchor_there_is_no_time(void **state)
{
        Home *home = *state;
        TimeMap map;
        Stored all;

        store_strides(home, 7, 1, 2);
        assert_int_equal(timebase_map(home->ledger, POD, 7, &map), 0);
        all = export_all(home);
        assert_int_equal(all.list[0].utc_ms, NULL_INTEGER);
        assert_int_equal(all.list[0].utc_error_ms, NULL_INTEGER);
        assert_int_equal(drain_dirty(home, NULL), 0);
}

static void one_anchor_places_the_whole_epoch(void **state)
{
        Home *home = *state;

        store_strides(home, 7, 1, 3);
        store_anchor(home, 4, 4 * TICK_HZ, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(utc_of(home, 1), NOW_MS - 3000);
        assert_int_equal(utc_of(home, 4), NOW_MS);
        assert_int_equal(map_of(home).drift_ppm, 0);
        assert_true(map_of(home).error_ms > 0);
}

static void the_first_anchor_makes_what_came_before_dirty(void **state)
{
        Home *home = *state;
        Dirty dirty;

        store_strides(home, 7, 1, 3);
        assert_int_equal(drain_dirty(home, NULL), 0);
        store_anchor(home, 4, 4 * TICK_HZ, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_string_equal(dirty.runner, RUNNER);
        assert_true(dirty.from_utc_ms <= NOW_MS - 3000);
        assert_true(dirty.to_utc_ms >= NOW_MS - 1000);
}

static void strides_after_the_anchor_are_dirty_where_they_lie(void **state)
{
        Home *home = *state;
        Dirty dirty;

        store_anchor(home, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);
        (void)drain_dirty(home, NULL);
        store_strides(home, 7, 100, 103);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_int_equal(dirty.from_utc_ms, NOW_MS + 100000);
        assert_int_equal(dirty.to_utc_ms, NOW_MS + 103000);
}

static void an_anchor_of_an_unset_clock_is_not_used(void **state)
{
        Home *home = *state;
        TimeMap map;

        store_strides(home, 7, 1, 3);
        store_anchor(home, 4, 4 * TICK_HZ, 1000, CLOCK_UNSET);
        assert_int_equal(timebase_map(home->ledger, POD, 7, &map), 0);
        assert_int_equal(drain_dirty(home, NULL), 0);
        store_anchor(home, 5, 5 * TICK_HZ, NOW_MS, CLOCK_SET);
        assert_int_equal(map_of(home).anchors, 1);
        assert_int_equal(utc_of(home, 1), NOW_MS - 4000);
}

static void a_synchronised_anchor_overrules_one_that_was_set_by_hand(void **state)
{
        Home *home = *state;

        store_anchor(home, 1, 0, NOW_MS - 7 * DAY_MS, CLOCK_SET);
        store_strides(home, 7, 2, 3);
        (void)drain_dirty(home, NULL);
        store_anchor(home, 4, 10 * TICK_HZ, NOW_MS + 10000, CLOCK_SYNCHRONISED);
        assert_int_equal(map_of(home).anchors, 1);
        assert_int_equal(utc_of(home, 2), NOW_MS + 2000);
        /* where it was, and where it is */
        assert_int_equal(drain_dirty(home, NULL), 2);
        store_anchor(home, 5, 20 * TICK_HZ, NOW_MS + DAY_MS, CLOCK_SET);
        assert_int_equal(utc_of(home, 2), NOW_MS + 2000);
}

static void drift_is_found_from_anchors_far_apart(void **state)
{
        Home *home = *state;
        const double ppm = 40;

        for (uint32_t i = 0; i < 9; i++) {
                double pod_s = i * 7200.0;

                store_anchor(home, i + 1, (int64_t)(pod_s * TICK_HZ),
                             NOW_MS + (int64_t)(pod_s * 1000 * (1 + ppm * 1e-6)), CLOCK_SYNCHRONISED);
        }
        assert_true(fabs(map_of(home).drift_ppm - ppm) < 1);
        assert_true(map_of(home).error_ms < 100);
        assert_in_range(utc_of(home, 5), NOW_MS + 4 * 7200000 + 1150, NOW_MS + 4 * 7200000 + 1155);
}

static void anchors_close_together_say_nothing_about_drift(void **state)
{
        Home *home = *state;

        store_anchor(home, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);
        store_anchor(home, 2, 60 * TICK_HZ, NOW_MS + 60050, CLOCK_SYNCHRONISED);
        assert_int_equal(map_of(home).drift_ppm, 0);
}

static void one_wrong_anchor_of_many_moves_nothing(void **state)
{
        for (uint32_t wrong = 0; wrong < 9; wrong++) {
                Home *home;

                if (wrong > 0) {
                        (void)leave_home(state);
                        (void)make_home(state);
                }
                home = *state;
                for (uint32_t i = 0; i < 9; i++)
                        store_anchor(home, i + 1, (int64_t)i * 7200 * TICK_HZ,
                                     NOW_MS + i * 7200000LL + (i == wrong ? 90 * DAY_MS : 0),
                                     CLOCK_SYNCHRONISED);
                for (uint32_t i = 0; i < 9; i++)
                        assert_in_range(utc_of(home, i + 1), NOW_MS + i * 7200000LL - 100,
                                        NOW_MS + i * 7200000LL + 100);
        }
}

static void two_anchors_that_cannot_both_be_right_say_so(void **state)
{
        Home *home = *state;

        store_anchor(home, 1, 0, NOW_MS - 300 * DAY_MS, CLOCK_SYNCHRONISED);
        store_anchor(home, 2, 7200 * TICK_HZ, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(utc_of(home, 2), NOW_MS);
        assert_int_equal(map_of(home).drift_ppm, 0);
        assert_true(map_of(home).error_ms >= 60000);
}

static void a_better_anchor_marks_old_and_new_place_dirty(void **state)
{
        Home *home = *state;
        Dirty dirty;

        store_anchor(home, 1, 0, NOW_MS, CLOCK_SET);
        store_strides(home, 7, 2, 10);
        (void)drain_dirty(home, NULL);
        store_anchor(home, 11, 20 * TICK_HZ, NOW_MS + 20020, CLOCK_SET);
        assert_int_equal(drain_dirty(home, NULL), 0); /* 10 ms are no news */
        store_anchor(home, 12, 30 * TICK_HZ, NOW_MS + 35000, CLOCK_SYNCHRONISED);
        assert_int_equal(drain_dirty(home, &dirty), 1); /* both places touch */
        assert_true(dirty.from_utc_ms <= NOW_MS + 2000);
        assert_true(dirty.to_utc_ms >= NOW_MS + 15000);
}

/* ---- the counter wraps after 48.5 days ---- */

static void ticks_go_on_over_the_wrap(void **state)
{
        Home *home = *state;
        Record batch[] = {stride(7, 1, UINT32_MAX - 2 * TICK_HZ), stride(7, 2, UINT32_MAX - TICK_HZ),
                          stride(7, 3, 0), stride(7, 4, TICK_HZ)};

        (void)store(home, POD, batch, 4);
        store_anchor(home, 5, WRAP_TICKS + 2 * TICK_HZ, NOW_MS, CLOCK_SYNCHRONISED);
        assert_in_range(utc_of(home, 1), NOW_MS - 4002, NOW_MS - 3998);
        assert_int_equal(utc_of(home, 3), NOW_MS - 2000);
        assert_int_equal(utc_of(home, 4), NOW_MS - 1000);
}

static void back_fill_before_the_wrap_lies_before_it(void **state)
{
        Home *home = *state;
        Record late = stride(7, 1, UINT32_MAX - TICK_HZ + 1);

        store_anchor(home, 5, TICK_HZ, NOW_MS, CLOCK_SYNCHRONISED);
        (void)store(home, POD, &late, 1);
        assert_int_equal(utc_of(home, 1), NOW_MS - 2000);
}

/* 60 days of holiday, and its counter went around once: live records come before back-fill. */
static void a_pod_that_was_away_for_more_than_a_lap_is_placed_by_the_clock(void **state)
{
        Home *home = *state;
        const int64_t day_ticks = 86400 * TICK_HZ, back = 60 * day_ticks;
        Record live = stride(7, 999, (uint32_t)(back - 10 * TICK_HZ));
        Record between = stride(7, 500, (uint32_t)(30 * day_ticks));

        store_anchor(home, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);
        store_strides(home, 7, 2, 5);
        clock_manual_advance(home->clock, 60 * DAY_MS);
        (void)store(home, POD, &live, 1);
        store_anchor(home, 1000, back, NOW_MS + 60 * DAY_MS, CLOCK_SYNCHRONISED);
        live = stride(7, 1001, (uint32_t)(back + TICK_HZ));
        (void)store(home, POD, &live, 1);
        between.from_store = true;
        (void)store(home, POD, &between, 1);
        assert_int_equal(map_of(home).drift_ppm, 0);
        assert_int_equal(utc_of(home, 2), NOW_MS + 2000);
        assert_int_equal(utc_of(home, 500), NOW_MS + 30 * DAY_MS);
        assert_int_equal(utc_of(home, 999), NOW_MS + 60 * DAY_MS - 10000);
        assert_int_equal(utc_of(home, 1000), NOW_MS + 60 * DAY_MS);
        assert_int_equal(utc_of(home, 1001), NOW_MS + 60 * DAY_MS + 1000);
}

/* The pod's memory ran over, and the newest record came first: the lost range in front of all tells
 * nothing of the time of what is behind it. */
static void a_lost_range_puts_no_record_a_lap_away(void **state)
{
        Home *home = *state;
        const uint32_t hour_ticks = 3600 * TICK_HZ;
        Record before = lost(7, 1, 20, 2 * hour_ticks), first = stride(7, 21, 10 * TICK_HZ);
        Record between = stride(7, 40, hour_ticks);

        store_anchor(home, 80, 2 * hour_ticks, NOW_MS, CLOCK_SYNCHRONISED);
        (void)store(home, POD, &before, 1);
        (void)store(home, POD, &between, 1);
        (void)store(home, POD, &first, 1);
        assert_int_equal(utc_of(home, 40), NOW_MS - 3600000);
        assert_int_equal(utc_of(home, 21), NOW_MS - 7200000 + 10000);
}

/* A gateway without network believes in another month: nothing is placed by such a clock. */
static void a_clock_that_is_not_synchronised_skips_no_lap(void **state)
{
        Home *home = *state;
        Record live = stride(7, 50, 50 * TICK_HZ);

        store_anchor(home, 1, 0, NOW_MS - 100 * DAY_MS, CLOCK_SET);
        (void)store(home, POD, &live, 1);
        assert_int_equal(utc_of(home, 50), NOW_MS - 100 * DAY_MS + 50000);
        store_anchor(home, 60, 60 * TICK_HZ, NOW_MS + 60000, CLOCK_SYNCHRONISED);
        assert_int_equal(utc_of(home, 50), NOW_MS + 50000);
}

static void a_stride_may_begin_before_the_record_in_front_of_it(void **state)
{
        Home *home = *state;
        Record early = stride(7, 2, 10 * TICK_HZ - 500);

        store_anchor(home, 1, 10 * TICK_HZ, NOW_MS, CLOCK_SYNCHRONISED);
        (void)store(home, POD, &early, 1);
        assert_in_range(utc_of(home, 2), NOW_MS - 490, NOW_MS - 486);
}

/* The same, when the later record came first: live before back-fill. */
static void a_record_may_end_after_the_one_behind_it_begins(void **state)
{
        Home *home = *state;
        Record late = stride(7, 1, 10 * TICK_HZ + 500);

        store_anchor(home, 2, 10 * TICK_HZ, NOW_MS, CLOCK_SYNCHRONISED);
        (void)store(home, POD, &late, 1);
        assert_in_range(utc_of(home, 1), NOW_MS + 486, NOW_MS + 490);
}

/* ---- pods without memory: the gateway's own clock ---- */

static void samples_stand_on_the_gateways_boottime(void **state)
{
        Home *home = *state;
        Record sample = {.epoch = 1, .seq = 1, .kind = RECORD_SAMPLE, .tick = WRAP_TICKS + 5000};
        Stored stored = {0};
        Dirty dirty;

        add_pod(home, RSC_POD, PLACEMENT_LEFT_FOOT, false);
        fields_set_null(record_fields(RECORD_SAMPLE), &sample);
        sample.sample.characteristic = 0x2A53;
        sample.sample.n_rr = 0;
        sample.sample.speed_256 = 768;
        sample = encoded(sample);
        assert_int_equal(timebase_anchor(home->ledger, RSC_POD, 1, WRAP_TICKS, 50, CLOCK_UNSET), 0);
        (void)store(home, RSC_POD, &sample, 1);
        assert_int_equal(drain_dirty(home, NULL), 0);
        assert_int_equal(
                timebase_anchor(home->ledger, RSC_POD, 1, WRAP_TICKS + 6000, NOW_MS, CLOCK_SET), 0);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_int_equal(dirty.from_utc_ms, NOW_MS - 1000);
        assert_int_equal(records_of_runner(home->ledger, RUNNER, NOW_MS - DAY_MS, NOW_MS,
                                           collect_stored, &stored),
                         0);
        assert_int_equal(stored.n, 1);
        assert_int_equal(stored.list[0].utc_ms, NOW_MS - 1000);
        assert_int_equal(stored.list[0].record.sample.speed_256, 768);
}

static void an_anchor_of_an_unknown_pod_is_refused(void **state)
{
        Home *home = *state;
        TimeMap map;

        assert_int_equal(timebase_anchor(home->ledger, OTHER_POD, 1, 0, NOW_MS, CLOCK_SET), -ENOENT);
        assert_int_equal(timebase_map(home->ledger, OTHER_POD, 1, &map), 0);
}

static void a_map_is_read_in_both_directions(void **state)
{
        const TimeMap map = {.reference_tick = 5000, .reference_utc_ms = NOW_MS, .tick_hz = 1024,
                             .drift_ppm = 100, .anchors = 1};

        (void)state;
        for (int64_t tick = -4 * WRAP_TICKS; tick <= 4 * WRAP_TICKS; tick += WRAP_TICKS / 3)
                assert_in_range(time_map_tick(&map, time_map_utc_ms(&map, tick)) - tick + 10, 9, 11);
}

/* ---- who ran when ---- */

static void records_of_a_runner_keep_to_their_bounds(void **state)
{
        Home *home = *state;
        Stored stored = {0};

        store_anchor(home, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);
        store_strides(home, 7, 2, 9);
        assert_int_equal(records_of_runner(home->ledger, RUNNER, NOW_MS + 3000, NOW_MS + 6000,
                                           collect_stored, &stored),
                         0);
        assert_int_equal(stored.n, 3);
        assert_int_equal(stored.list[0].utc_ms, NOW_MS + 3000);
        assert_int_equal(stored.list[2].utc_ms, NOW_MS + 5000);
        assert_int_equal(stored.list[0].placement, PLACEMENT_LEFT_FOOT);
        stored.n = 0;
        assert_int_equal(records_of_runner(home->ledger, "nobody", NOW_MS, NOW_MS + DAY_MS,
                                           collect_stored, &stored),
                         0);
        assert_int_equal(stored.n, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(without_an_anchor_there_is_no_time),
                TEST(one_anchor_places_the_whole_epoch),
                TEST(the_first_anchor_makes_what_came_before_dirty),
                TEST(strides_after_the_anchor_are_dirty_where_they_lie),
                TEST(an_anchor_of_an_unset_clock_is_not_used),
                TEST(a_synchronised_anchor_overrules_one_that_was_set_by_hand),
                TEST(drift_is_found_from_anchors_far_apart),
                TEST(anchors_close_together_say_nothing_about_drift),
                TEST(one_wrong_anchor_of_many_moves_nothing),
                TEST(two_anchors_that_cannot_both_be_right_say_so),
                TEST(a_better_anchor_marks_old_and_new_place_dirty),
                TEST(ticks_go_on_over_the_wrap),
                TEST(back_fill_before_the_wrap_lies_before_it),
                TEST(a_pod_that_was_away_for_more_than_a_lap_is_placed_by_the_clock),
                TEST(a_clock_that_is_not_synchronised_skips_no_lap),
                TEST(a_lost_range_puts_no_record_a_lap_away),
                TEST(a_stride_may_begin_before_the_record_in_front_of_it),
                TEST(a_record_may_end_after_the_one_behind_it_begins),
                TEST(samples_stand_on_the_gateways_boottime),
                TEST(an_anchor_of_an_unknown_pod_is_refused),
                TEST(a_map_is_read_in_both_directions),
                TEST(records_of_a_runner_keep_to_their_bounds),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
