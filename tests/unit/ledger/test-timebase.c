/* Ticks to UTC: fits, wrong anchors, wrap-around, and what a better map makes dirty. */
#include "daemon/ledger/worn.h"
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

typedef struct Sought {
        uint32_t seq;
        int64_t utc_ms;
        bool found;
} Sought;

static int seek_record(const StoredRecord *stored, void *userdata)
{
        Sought *sought = userdata;

        if (stored->record.epoch != 7 || stored->record.seq != sought->seq)
                return 0;
        sought->utc_ms = stored->utc_ms;
        sought->found = true;
        return 1;
}

/* The UTC of the record `seq` of epoch 7, as exported. */
static int64_t utc_of(Home *home, uint32_t seq)
{
        Sought sought = {.seq = seq};

        assert_in_range(records_export(home->ledger, NULL, 0, 0, 10000, seek_record, &sought), 0, 1);
        if (!sought.found)
                fail_msg("no record %u", seq);
        return sought.utc_ms;
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

/* Anchors of three weeks, one every six hours; on one day NTP brought the clock in at 1000 ppm, ten
 * times faster than any smear of a leap second: 86 s for good. */
static void a_day_of_a_slewed_clock_does_not_break_the_fit(void **state)
{
        Home *home = *state;
        const int64_t step_s = 6 * 3600;
        TimeMap map;

        for (uint32_t i = 0; i < 84; i++) {
                int64_t slewed = i <= 40 ? 0 : i >= 44 ? 4 : i - 40; /* steps of that day */

                store_anchor(home, i + 1, i * step_s * TICK_HZ,
                             NOW_MS + i * step_s * 1000 + slewed * step_s, CLOCK_SYNCHRONISED);
        }
        map = map_of(home);
        assert_true(fabs(map.drift_ppm) < 100);
        for (uint32_t i = 0; i < 84; i += 4) {
                int64_t off = utc_of(home, i + 1) - (NOW_MS + i * step_s * 1000);

                assert_in_range(off + 100000, 0, 200000); /* no one is sent far away */
                /* and the error, of the anchors it saw, says so */
                assert_true(llabs(off - (i > 42 ? 86400 : 0)) <= map.error_ms * 11 / 10);
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

static int add_running(const WornPod *worn, void *userdata)
{
        *(int64_t *)userdata += worn->running_ms;
        return 0;
}

/* It came first, and nobody knows when what it stands for was made. */
static void a_lost_range_says_of_no_day_that_the_pod_ran(void **state)
{
        Home *home = *state;
        const uint32_t tick = 30u * 86400 * TICK_HZ;
        Record gone = lost(7, 1, 20, tick), first = stride(7, 21, tick);
        int64_t running_ms = 0;

        (void)store(home, POD, &gone, 1);
        (void)store(home, POD, &first, 1);
        store_anchor(home, 22, tick + TICK_HZ, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(worn_each(home->ledger, RUNNER, NOW_MS - 20 * DAY_MS, NOW_MS - DAY_MS, add_running,
                                   &running_ms),
                         0);
        assert_int_equal(running_ms, 0);
}

/* ---- arrival orders of a pod that was away for a hundred days ---- */

#define AWAY_FIRST 400 /* what its memory still holds, one record in three hours; before it: lost */
#define AWAY_LAST  700
#define AWAY_STEP  (3 * 3600 * TICK_HZ)

/* `seq` of the pod: made so many ticks after its anchor, whose seq is 1. */
static int64_t away_tick(uint32_t seq)
{
        return 100 * 86400 * TICK_HZ - (int64_t)(AWAY_LAST - seq) * AWAY_STEP;
}

static Record away_record(uint32_t seq, bool from_store)
{
        Record record = stride(7, seq, (uint32_t)away_tick(seq));

        record.from_store = from_store;
        return record;
}

static void store_away(Home *home, uint32_t first, uint32_t last)
{
        for (uint32_t seq = first; seq <= last; seq++) {
                Record record = away_record(seq, true);

                (void)store(home, POD, &record, 1);
        }
}

static void begin_away(Home *home)
{
        store_anchor(home, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);
        store_strides(home, 7, 2, 5);
        clock_manual_advance(home->clock, 100 * DAY_MS);
}

static void check_away(Home *home)
{
        TimeMap map = map_of(home);

        assert_int_equal(map.drift_ppm, 0);
        assert_in_range(map.error_ms, 1, 1000);
        assert_int_equal(utc_of(home, 5), NOW_MS + 5000);
        for (uint32_t seq = AWAY_FIRST; seq <= AWAY_LAST; seq += 50)
                assert_int_equal(utc_of(home, seq),
                                 NOW_MS + 100 * DAY_MS - (int64_t)(AWAY_LAST - seq) * 3 * HOUR_MS);
}

static void what_follows_a_lost_range_longer_than_a_lap_is_placed_by_what_is_behind(void **state)
{
        Home *home = *state;
        Record gone = lost(7, 6, AWAY_FIRST - 1, (uint32_t)away_tick(AWAY_FIRST));
        Record live = away_record(AWAY_LAST, false);

        gone.from_store = true;
        begin_away(home);
        (void)store(home, POD, &live, 1);
        store_anchor(home, AWAY_LAST + 1, away_tick(AWAY_LAST) + TICK_HZ, NOW_MS + 100 * DAY_MS + 1000,
                     CLOCK_SYNCHRONISED);
        (void)store(home, POD, &gone, 1);
        store_away(home, AWAY_FIRST, AWAY_LAST - 1);
        check_away(home);
}

static void an_anchor_at_the_end_of_a_back_fill_says_which_lap_it_was(void **state)
{
        Home *home = *state;
        Record gone = lost(7, 6, AWAY_FIRST - 1, (uint32_t)away_tick(AWAY_FIRST));

        gone.from_store = true;
        begin_away(home);
        (void)store(home, POD, &gone, 1);
        store_away(home, AWAY_FIRST, AWAY_LAST);
        store_anchor(home, AWAY_LAST + 1, away_tick(AWAY_LAST) + TICK_HZ, NOW_MS + 100 * DAY_MS + 1000,
                     CLOCK_SYNCHRONISED);
        check_away(home);
}

/* The loss was noticed today: what follows it is not of tomorrow, not even for a moment. */
static void what_follows_a_lost_range_never_lies_in_the_future(void **state)
{
        Home *home = *state;
        Record gone = lost(7, 1, AWAY_FIRST - 1, (uint32_t)away_tick(AWAY_LAST));
        Record live = away_record(AWAY_LAST, false);

        gone.from_store = true;
        clock_manual_advance(home->clock, 100 * DAY_MS);
        (void)store(home, POD, &live, 1);
        store_anchor(home, AWAY_LAST + 1, away_tick(AWAY_LAST) + TICK_HZ, NOW_MS + 100 * DAY_MS + 1000,
                     CLOCK_SYNCHRONISED);
        (void)store(home, POD, &gone, 1);
        for (uint32_t seq = AWAY_FIRST; seq < AWAY_LAST; seq += 100) {
                store_away(home, seq, seq + 50);
                assert_int_equal(utc_of(home, seq),
                                 NOW_MS + 100 * DAY_MS - (int64_t)(AWAY_LAST - seq) * 3 * HOUR_MS);
        }
}

/* Nobody can read the record that closes the hole, and so not its tick. */
static void an_unknown_record_joins_two_chains_too(void **state)
{
        Home *home = *state;
        Record gone = lost(7, 6, AWAY_FIRST - 1, (uint32_t)away_tick(AWAY_FIRST));
        Record live = away_record(AWAY_LAST, false);
        Record unknown = {.epoch = 7, .seq = AWAY_LAST - 1, .kind = 21, .from_store = true,
                          .body = {1, 2, 3}, .body_size = 3};

        gone.from_store = true;
        begin_away(home);
        (void)store(home, POD, &live, 1);
        store_anchor(home, AWAY_LAST + 1, away_tick(AWAY_LAST) + TICK_HZ, NOW_MS + 100 * DAY_MS + 1000,
                     CLOCK_SYNCHRONISED);
        (void)store(home, POD, &gone, 1);
        store_away(home, AWAY_FIRST, AWAY_LAST - 2);
        (void)store(home, POD, &unknown, 1);
        check_away(home);
}

/* The first hole was stubborn: what lies behind it came first. */
static void chunks_of_a_back_fill_may_come_in_any_order(void **state)
{
        enum { CHUNK = 43, N = (AWAY_LAST - AWAY_FIRST + CHUNK - 1) / CHUNK };
        unsigned seed = (unsigned)getpid() * 2654435761u, random = seed;

        print_message("seed %u\n", seed);
        for (int round = 0; round < 6; round++) {
                Record gone = lost(7, 6, AWAY_FIRST - 1, (uint32_t)away_tick(AWAY_FIRST));
                Record live = away_record(AWAY_LAST, false);
                uint32_t order[N + 1];
                Home *home;

                if (round > 0) {
                        (void)leave_home(state);
                        (void)make_home(state);
                }
                home = *state;
                gone.from_store = true;
                begin_away(home);
                (void)store(home, POD, &live, 1);
                store_anchor(home, AWAY_LAST + 1, away_tick(AWAY_LAST) + TICK_HZ,
                             NOW_MS + 100 * DAY_MS + 1000, CLOCK_SYNCHRONISED);
                for (uint32_t i = 0; i <= N; i++)
                        order[i] = i;
                for (uint32_t i = N + 1; i > 1; i--) {
                        random = random * 1664525u + 1013904223u;
                        uint32_t j = (random >> 8) % i, kept = order[j];

                        order[j] = order[i - 1];
                        order[i - 1] = kept;
                }
                for (uint32_t i = 0; i <= N; i++) {
                        uint32_t first = AWAY_FIRST + order[i] * CHUNK, last = first + CHUNK - 1;

                        if (order[i] == N)
                                (void)store(home, POD, &gone, 1);
                        else
                                store_away(home, first, last < AWAY_LAST ? last : AWAY_LAST - 1);
                }
                check_away(home);
        }
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

/* From the beginning of time to its end: the ends have no tick. */
static void records_of_all_time_are_all_records(void **state)
{
        static const struct {
                int64_t from_utc_ms, to_utc_ms;
        } whole[] = {{INT64_MIN + 1, INT64_MAX}, {0, INT64_MAX}, {INT64_MIN + 1, NOW_MS + DAY_MS}};
        Home *home = *state;

        store_anchor(home, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);
        store_strides(home, 7, 2, 9);
        for (size_t i = 0; i < ARRAY_SIZE(whole); i++) {
                Stored stored = {0};

                assert_int_equal(records_of_runner(home->ledger, RUNNER, whole[i].from_utc_ms,
                                                   whole[i].to_utc_ms, collect_stored, &stored),
                                 0);
                assert_int_equal(stored.n, 8);
        }
}

/* Both have been dated, seven weeks apart, and the numbers between them say a moment: nobody can tell which is right. */
static void chains_that_clocks_dated_laps_apart_stay_and_are_noted(void **state)
{
        Home *home = *state;
        int64_t lap_ms = (int64_t)UINT32_MAX * 1000 / TICK_HZ, n = -1;
        char address[ADDRESS_SIZE] = "";
        uint32_t epoch = 0;
        Record first = anchor(7, 1, 0, NOW_MS - lap_ms, CLOCK_SYNCHRONISED);
        Record last = anchor(7, 5, 4000, NOW_MS, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &first, 1);
        (void)store(home, POD, &last, 1);
        assert_int_equal(laps_apart(home->ledger, &n, address, &epoch), 0);
        assert_int_equal(n, 0);
        assert_string_equal(address, "");
        for (uint32_t seq = 2; seq <= 4; seq++) {
                Record record = stride(7, seq, seq * 500);

                (void)store(home, POD, &record, 1);
        }
        assert_int_equal(laps_apart(home->ledger, &n, address, &epoch), 0);
        assert_int_equal(n, 1);
        assert_string_equal(address, POD);
        assert_int_equal(epoch, 7);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(chains_that_clocks_dated_laps_apart_stay_and_are_noted),
                TEST(without_an_anchor_there_is_no_time),
                TEST(one_anchor_places_the_whole_epoch),
                TEST(the_first_anchor_makes_what_came_before_dirty),
                TEST(strides_after_the_anchor_are_dirty_where_they_lie),
                TEST(an_anchor_of_an_unset_clock_is_not_used),
                TEST(a_synchronised_anchor_overrules_one_that_was_set_by_hand),
                TEST(drift_is_found_from_anchors_far_apart),
                TEST(anchors_close_together_say_nothing_about_drift),
                TEST(one_wrong_anchor_of_many_moves_nothing),
                TEST(a_day_of_a_slewed_clock_does_not_break_the_fit),
                TEST(two_anchors_that_cannot_both_be_right_say_so),
                TEST(a_better_anchor_marks_old_and_new_place_dirty),
                TEST(ticks_go_on_over_the_wrap),
                TEST(back_fill_before_the_wrap_lies_before_it),
                TEST(a_pod_that_was_away_for_more_than_a_lap_is_placed_by_the_clock),
                TEST(what_follows_a_lost_range_longer_than_a_lap_is_placed_by_what_is_behind),
                TEST(an_anchor_at_the_end_of_a_back_fill_says_which_lap_it_was),
                TEST(what_follows_a_lost_range_never_lies_in_the_future),
                TEST(an_unknown_record_joins_two_chains_too),
                TEST(chunks_of_a_back_fill_may_come_in_any_order),
                TEST(a_clock_that_is_not_synchronised_skips_no_lap),
                TEST(a_lost_range_puts_no_record_a_lap_away),
                TEST(a_lost_range_says_of_no_day_that_the_pod_ran),
                TEST(a_stride_may_begin_before_the_record_in_front_of_it),
                TEST(a_record_may_end_after_the_one_behind_it_begins),
                TEST(samples_stand_on_the_gateways_boottime),
                TEST(an_anchor_of_an_unknown_pod_is_refused),
                TEST(a_map_is_read_in_both_directions),
                TEST(records_of_a_runner_keep_to_their_bounds),
                TEST(records_of_all_time_are_all_records),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
