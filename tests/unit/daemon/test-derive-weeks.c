/* Weeks: provisional and final, three kinds of empty, and which week a run belongs to. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/diary.h"

/* ---- provisional and final, and kinds of empty ---- */

static void a_week_is_final_when_its_pods_have_reported_past_its_end(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, THIS_WEEK).state, "provisional");
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS), 0);
        clock_manual_advance(home->clock, 6 * DAY_MS); /* Monday, 08:00 UTC */
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, THIS_WEEK).state, "provisional");
        assert_string_equal(week_of(home, NEXT_WEEK).state, "provisional");
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, THIS_WEEK).state, "final");
        assert_string_equal(week_of(home, NEXT_WEEK).state, "provisional");
}

static void a_week_does_not_wait_for_its_pods_for_ever(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        (void)derive;
        clock_manual_advance(home->clock, 12 * DAY_MS);
        assert_string_equal(week_of(home, THIS_WEEK).state, "provisional");
        clock_manual_advance(home->clock, 2 * DAY_MS); /* by its own timer */
        assert_string_equal(week_of(home, THIS_WEEK).state, "final");
        assert_string_equal(week_of(home, THIS_WEEK).empty, "not_delivered");
        assert_string_equal(week_of(home, THIS_WEEK).changed, "state=deadline_passed;");
}

static void set_boot(Home *home, int64_t utc_ms);

static void a_final_week_whose_pods_report_late_is_told_as_not_run(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_boot(home, NOW_MS - 8 * DAY_MS);
        run_for(home, 2, 7 * 86400, 60);
        assert_int_equal(derive_now(derive), 0);
        clock_manual_advance(home->clock, 24 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(week.state, "final");
        assert_string_equal(week.empty, "not_delivered");
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_string_equal(week.state, "final");
        assert_string_equal(week.empty, "did_not_run");
        assert_true(week.load_distance_m == 0);
        assert_non_null(strstr(week.changed, "empty=pods_reported;"));
}

/* A clock set by hand, five minutes slow, just after midnight on Monday: the run seemed to be of the
 * week before, which is also before the runner was added. */
static void a_run_that_moves_out_of_the_first_week_leaves_it_empty(void **state)
{
        Home *home = *state;
        const int64_t monday_ms = NOW_MS - 33 * HOUR_MS;
        Record by_hand = anchor(EPOCH, 1, 0, monday_ms - 300000, CLOCK_SET);
        Record right = anchor(EPOCH, 100, 60 * TICK_HZ, monday_ms + 60000, CLOCK_SYNCHRONISED);
        Derive *derive = start(home);

        (void)store(home, POD, &by_hand, 1);
        run_for(home, 2, 1, 20);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, "2026-W47").load_runs, 1);
        (void)store(home, POD, &right, 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, "2026-W47").load_runs, NULL_INTEGER);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
}

/* Nobody was there in the week the runner was added, nor in the one between two entries. */
static void a_week_that_nobody_derived_in_its_time_is_made_later(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        DiaryEntry entry;
        Week week;

        derive = started = derive_free(derive); /* away for three weeks */
        clock_manual_advance(home->clock, 21 * DAY_MS);
        derive = start(home);
        diary_entry_set_null(&entry);
        (void)text_copy(entry.id, sizeof(entry.id), "e1");
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "gateway");
        entry.at_utc_ms = NOW_MS + 14 * DAY_MS;
        entry.pain = 4;
        entry.received_utc_ms = clock_utc_ms(home->clock);
        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(derive_now(derive), 0);
        for (int i = 48; i <= 51; i++) {
                char id[WEEK_ID_SIZE];

                (void)snprintf(id, sizeof(id), "2026-W%d", i);
                assert_int_equal(week_get(home->ledger, RUNNER, id, 0, &week), 1);
        }
}

static void an_hour_after_the_pods_reported_the_week_is_final(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        (void)derive;
        clock_manual_advance(home->clock, 6 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        clock_manual_advance(home->clock, HOUR_MS);
        assert_string_equal(week_of(home, THIS_WEEK).state, "final");
}

/* Its first tick was then. */
static void set_boot(Home *home, int64_t utc_ms)
{
        Record boot = anchor(EPOCH, 1, 0, utc_ms, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &boot, 1);
}

static void a_gap_is_told_by_its_kind(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        add_runner(home, "no-pods");
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.empty, "not_delivered");
        assert_true(isnan(week.load_distance_m));
        assert_string_equal(reason(&week, "load.distance_m"), "not_delivered");
        assert_string_equal(reason(&week, "received"), "nothing_came");
        assert_int_equal(week_get(home->ledger, "no-pods", THIS_WEEK, 0, &week), 1);
        assert_string_equal(week.empty, "not_worn");
        assert_int_equal(week.load_runs, NULL_INTEGER);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, THIS_WEEK).empty, "not_worn"); /* nothing says that it ran */
        set_boot(home, NOW_MS - 2 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, THIS_WEEK);
        assert_string_equal(week.empty, "did_not_run");
        assert_true(week.load_distance_m == 0);
}

static void stand_about(Home *home, uint32_t first_seq, int64_t from_s)
{
        for (uint32_t i = 0; i < 20; i++) {
                Record sample = {.epoch = 1, .seq = first_seq + i, .kind = RECORD_SAMPLE,
                                 .tick = (from_s + i) * 1000};

                fields_set_null(record_fields(RECORD_SAMPLE), &sample);
                sample.sample.characteristic = 0x2A53;
                sample.sample.n_rr = 0;
                sample.sample.speed_256 = sample.sample.cadence_raw = sample.sample.running = 0;
                sample = encoded(sample);
                (void)store(home, RSC_POD, &sample, 1);
        }
        pod_heard(home->ledger, RSC_POD, NOW_MS + from_s * 1000);
}

/* A pod without memory: nobody can know what it did while nobody heard it. */
static void a_silent_week_does_not_become_a_zero_when_the_pod_is_heard_again(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Pod pod = pod_of(RSC_POD, "runner-2", PLACEMENT_LEFT_FOOT, false);
        Week week;

        add_runner(home, "runner-2");
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        assert_int_equal(timebase_anchor(home->ledger, RSC_POD, 1, 0, NOW_MS, CLOCK_SYNCHRONISED), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_get(home->ledger, "runner-2", THIS_WEEK, 0, &week), 1);
        assert_string_equal(week.empty, "not_worn");
        clock_manual_advance(home->clock, 6 * DAY_MS);
        stand_about(home, 1, 6 * 86400);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_get(home->ledger, "runner-2", THIS_WEEK, 0, &week), 1);
        assert_string_equal(week.empty, "not_worn");
        assert_true(isnan(week.load_distance_m));
        assert_int_equal(week_get(home->ledger, "runner-2", NEXT_WEEK, 0, &week), 1);
        assert_string_equal(week.empty, "did_not_run");
        /* and that week keeps it when the pod is heard in the one after */
        clock_manual_advance(home->clock, 7 * DAY_MS);
        stand_about(home, 100, 13 * 86400);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_get(home->ledger, "runner-2", NEXT_WEEK, 0, &week), 1);
        assert_string_equal(week.empty, "did_not_run");
        assert_true(week.load_distance_m == 0);
}

/* Flat from Tuesday morning on, a new battery on Monday: two epochs, none of them in the week. */
static void a_pod_that_was_flat_all_week_and_reports_afterwards_makes_no_zero(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record later = anchor(EPOCH + 1, 1, 0, NOW_MS + 13 * DAY_MS, CLOCK_SYNCHRONISED);

        set_boot(home, NOW_MS - 8 * DAY_MS);
        run_for(home, 2, 7 * 86400, 60);
        clock_manual_advance(home->clock, 13 * DAY_MS);
        (void)store(home, POD, &later, 1);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 13 * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "not_worn");
        assert_true(isnan(week_of(home, NEXT_WEEK).load_distance_m));
}

/* The same, and it ran through: it would have told. */
static void a_pod_that_ran_through_a_week_tells_that_nobody_ran(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        set_boot(home, NOW_MS - 8 * DAY_MS);
        run_for(home, 2, 7 * 86400, 60);
        clock_manual_advance(home->clock, 13 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 13 * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "did_not_run");
        assert_true(week_of(home, NEXT_WEEK).load_distance_m == 0);
}

/* Found by a history: the first that a new pod told was that it had lost something. That has no time of
 * its own, and proves not that the pod ran before. */
static void a_lost_range_is_no_proof_that_the_pod_ran(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record gone = lost(EPOCH, 1, 20, 3000000000u);
        Record then = anchor(EPOCH, 21, 3000000000u, NOW_MS + 9 * DAY_MS, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &gone, 1);
        (void)store(home, POD, &then, 1);
        clock_manual_advance(home->clock, 13 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 13 * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "unknown");
        assert_string_equal(week_of(home, THIS_WEEK).empty, "unknown");
}

/* A boot that nothing dates yet is no proof that the epoch before went on until now. */
static void an_epoch_ends_where_another_one_began(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        set_boot(home, NOW_MS - 8 * DAY_MS);
        run_for(home, 2, 7 * 86400, 60);
        clock_manual_advance(home->clock, 13 * DAY_MS);
        assert_int_equal(epoch_learn(home->ledger, POD, EPOCH + 1, 1, 1), 0);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 13 * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "not_worn");
}

/* Its memory was read to its end on Monday, the battery was changed on Tuesday: it ran until Monday all the same. */
static void a_restart_takes_no_days_back_that_the_pod_had_told_of(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        int64_t revision;
        Record later = anchor(EPOCH + 1, 1, 0, NOW_MS + 14 * DAY_MS, CLOCK_SYNCHRONISED);

        set_boot(home, NOW_MS - 8 * DAY_MS);
        clock_manual_advance(home->clock, 13 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 13 * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "did_not_run");
        revision = week_of(home, NEXT_WEEK).revision;
        clock_manual_advance(home->clock, DAY_MS);
        (void)store(home, POD, &later, 1);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 14 * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "did_not_run");
        assert_int_equal(week_of(home, NEXT_WEEK).revision, revision);
}

static void a_report_by_a_clock_that_was_ahead_proves_nothing(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record later = anchor(EPOCH + 1, 1, 0, NOW_MS + 13 * DAY_MS, CLOCK_SYNCHRONISED);

        set_boot(home, NOW_MS - 8 * DAY_MS);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 3000 * DAY_MS), 0);
        clock_manual_advance(home->clock, 13 * DAY_MS);
        (void)store(home, POD, &later, 1);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 13 * DAY_MS), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, NEXT_WEEK).empty, "not_worn");
}

/* Who has the pod today is not who had it then. */
static void a_week_belongs_to_the_pods_of_that_week(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Pod pod = pod_of(POD, "runner-2", PLACEMENT_LEFT_FOOT, true);
        Week week;

        add_runner(home, "runner-2");
        set_boot(home, NOW_MS - 8 * DAY_MS);
        clock_manual_advance(home->clock, 6 * DAY_MS); /* Monday after */
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, THIS_WEEK).state, "provisional"); /* it may have run */
        assert_string_equal(week_of(home, THIS_WEEK).empty, "not_delivered");
        assert_int_equal(pod_set_reported(home->ledger, POD, clock_utc_ms(home->clock)), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_string_equal(week_of(home, THIS_WEEK).empty, "did_not_run");
        assert_string_equal(week_of(home, THIS_WEEK).state, "final");
        assert_int_equal(week_get(home->ledger, "runner-2", THIS_WEEK, 0, &week), 1);
        assert_string_equal(week.empty, "not_worn"); /* it was not theirs */
}

static int count_week(const Week *week, void *userdata)
{
        (void)week;
        ++*(size_t *)userdata;
        return 0;
}

static size_t n_weeks(Home *home, const char *runner)
{
        size_t n = 0;

        assert_int_equal(week_each(home->ledger, runner, "", "9", false, count_week, &n), 0);
        return n;
}

static void the_weeks_since_1970_of_a_clock_that_was_not_set_are_not_made(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Runner early;

        fields_set_null(&runner_fields, &early);
        (void)text_copy(early.id, sizeof(early.id), "runner-2");
        (void)text_copy(early.zone, sizeof(early.zone), "Europe/Berlin");
        early.consent = 0;
        early.added_utc_ms = 60000;
        assert_int_equal(runner_add(home->ledger, &early), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_weeks(home, "runner-2"), 1);
}

/* Twenty weeks before the runner was added: nobody promised anything about the weeks between. */
static void a_run_long_ago_makes_its_own_week_and_no_other(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Record then = anchor(EPOCH, 1, 0, NOW_MS - 20 * 7 * DAY_MS, CLOCK_SYNCHRONISED);

        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_weeks(home, RUNNER), 1);
        (void)store(home, POD, &then, 1);
        run_for(home, 2, 600, 60);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, "2026-W28").load_runs, 1);
        assert_int_equal(n_weeks(home, RUNNER), 2);
}

static void note_pain(Home *home, const char *id, int64_t at_utc_ms)
{
        DiaryEntry entry;

        diary_entry_set_null(&entry);
        (void)text_copy(entry.id, sizeof(entry.id), id);
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "gateway");
        entry.at_utc_ms = entry.received_utc_ms = at_utc_ms;
        entry.pain = 3;
        assert_int_equal(diary_store(home->ledger, &entry), 1);
}

/* Ten years back, a slip of the year or a diary of before: one week, not five hundred. */
static void entries_of_years_ago_make_their_own_weeks_and_no_others(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Rows rows;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        note_pain(home, "old-1", 1476957600000); /* 2016-10-20 */
        note_pain(home, "old-2", 1508493600000); /* 2017-10-20 */
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_weeks(home, RUNNER), 3);
        assert_true(week_of(home, "2016-W42").pain_mean == 3);
        assert_true(week_of(home, "2017-W42").pain_mean == 3);
        rows = outbox_rows(home, true);
        assert_true(rows.n <= 6); /* three weeks, two of them cleared again, and a summary */
        derive = started = derive_free(derive); /* nor does time itself fill them in */
        clock_manual_advance(home->clock, 14 * DAY_MS);
        derive = start(home);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_weeks(home, RUNNER), 5);
        assert_string_equal(week_of(home, "2016-W42").state, "final");
}

/* The clock was not set when they were added: what was told stays without a hole all the same. */
static void a_runner_of_an_unset_clock_is_told_from_the_first_run_on(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Pod pod = pod_of(POD, "runner-2", PLACEMENT_LEFT_FOOT, true);
        Runner early;

        fields_set_null(&runner_fields, &early);
        (void)text_copy(early.id, sizeof(early.id), "runner-2");
        (void)text_copy(early.zone, sizeof(early.zone), "Europe/Berlin");
        early.consent = 0;
        early.added_utc_ms = 60000;
        assert_int_equal(runner_add(home->ledger, &early), 0);
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        set_time(home);
        clock_manual_advance(home->clock, DAY_MS);
        run_for(home, 2, 86400 + 600, 60);
        derive = started = derive_free(derive); /* away for four weeks */
        clock_manual_advance(home->clock, 27 * DAY_MS);
        derive = start(home);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_weeks(home, "runner-2"), 5);
}

/* Found by a history: the clock was months behind, and set, when an entry of the week before the
 * runner's enrolment came; its week was never made. */
static void an_entry_of_weeks_to_come_by_a_slow_clock_has_its_week(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        DiaryEntry entry;

        diary_entry_set_null(&entry);
        (void)text_copy(entry.id, sizeof(entry.id), "e1");
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        entry.at_utc_ms = NOW_MS - 7 * DAY_MS;
        entry.received_utc_ms = NOW_MS;
        entry.pain = 4;
        clock_manual_set(home->clock, NOW_MS - 120 * DAY_MS, CLOCK_SET);
        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(derive_now(derive), 0);
        clock_manual_set(home->clock, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, "2026-W47").pain_entries, 1);
}

static void a_run_belongs_to_the_week_of_its_start_at_home(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        /* Sunday, 22:59 UTC is 23:59 in Berlin; the run ends on Monday */
        uint32_t from_s = 5 * 86400 + 15 * 3600 - 60;

        set_time(home);
        run_for(home, 2, from_s, 600);
        clock_manual_advance(home->clock, 6 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(runs_of(home).n, 1);
        assert_string_equal(runs_of(home).list[0].local_date, "2026-11-29");
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        assert_int_equal(week_of(home, NEXT_WEEK).load_runs, NULL_INTEGER);
}

static void the_reference_reaches_into_the_weeks_after(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        Week week;

        set_time(home);
        run_for(home, 3000, 7 * 86400 + 600, 100);
        clock_manual_advance(home->clock, 8 * DAY_MS);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, NEXT_WEEK).longest_reference_m, NULL_INTEGER);
        run_for(home, 2, 600, 60); /* late, of the week before */
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_int_equal(week.longest_reference_m, 120);
        assert_string_equal(week.longest_band, "moderate");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_week_is_final_when_its_pods_have_reported_past_its_end),
                TEST(a_week_does_not_wait_for_its_pods_for_ever),
                TEST(a_final_week_whose_pods_report_late_is_told_as_not_run),
                TEST(a_run_that_moves_out_of_the_first_week_leaves_it_empty),
                TEST(a_week_that_nobody_derived_in_its_time_is_made_later),
                TEST(an_hour_after_the_pods_reported_the_week_is_final),
                TEST(a_gap_is_told_by_its_kind),
                TEST(a_silent_week_does_not_become_a_zero_when_the_pod_is_heard_again),
                TEST(a_pod_that_was_flat_all_week_and_reports_afterwards_makes_no_zero),
                TEST(a_pod_that_ran_through_a_week_tells_that_nobody_ran),
                TEST(a_lost_range_is_no_proof_that_the_pod_ran),
                TEST(a_restart_takes_no_days_back_that_the_pod_had_told_of),
                TEST(a_report_by_a_clock_that_was_ahead_proves_nothing),
                TEST(an_epoch_ends_where_another_one_began),
                TEST(a_week_belongs_to_the_pods_of_that_week),
                TEST(the_weeks_since_1970_of_a_clock_that_was_not_set_are_not_made),
                TEST(a_run_long_ago_makes_its_own_week_and_no_other),
                TEST(entries_of_years_ago_make_their_own_weeks_and_no_others),
                TEST(a_runner_of_an_unset_clock_is_told_from_the_first_run_on),
                TEST(an_entry_of_weeks_to_come_by_a_slow_clock_has_its_week),
                TEST(a_run_belongs_to_the_week_of_its_start_at_home),
                TEST(the_reference_reaches_into_the_weeks_after),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
