/* Runners, pods, which pod sat where when, and consent. */
#include "tests/unit/ledger/fixture.h"
#include "tests/unit/ledger/unset-clock.h"

#include "daemon/ledger/timebase.h"

typedef struct Lines {
        char text[1024];
} Lines;

static int collect_line(int64_t id, int64_t utc_ms, const char *what, const char *runner,
                        const char *detail, void *userdata)
{
        Lines *lines = userdata;
        size_t used = strlen(lines->text);

        (void)id;
        assert_true(utc_ms >= NOW_MS);
        (void)snprintf(lines->text + used, sizeof(lines->text) - used, "%s|%s|%s\n", what, runner,
                       detail);
        return 0;
}

static Lines audit_lines(Home *home)
{
        Lines lines = {0};

        assert_int_equal(audit_each(home->ledger, 0, 100, collect_line, &lines), 0);
        return lines;
}

static void put_week(Home *home, const char *id)
{
        Week week;

        week_set_null(&week);
        (void)text_copy(week.runner, sizeof(week.runner), RUNNER);
        (void)text_copy(week.week, sizeof(week.week), id);
        (void)text_copy(week.state, sizeof(week.state), "provisional");
        week.reasons.n = 0;
        week.changed[0] = '\0';
        assert_int_equal(week_put(home->ledger, &week), 1);
}

static void put_run(Home *home, const char *id, const char *run_state)
{
        Run run;

        run_set_null(&run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        (void)text_copy(run.run, sizeof(run.run), id);
        (void)text_copy(run.state, sizeof(run.state), run_state);
        run.start_utc_ms = NOW_MS;
        run.end_utc_ms = NOW_MS + HOUR_MS;
        run.reasons.n = 0;
        assert_int_equal(run_put(home->ledger, &run), 1);
}

/* ---- runners ---- */

static void a_runner_is_added_once(void **state)
{
        Home *home = *state;
        Runner runner, read;

        assert_int_equal(runner_get(home->ledger, "runner-2", &read), 0);
        fields_set_null(&runner_fields, &runner);
        (void)text_copy(runner.id, sizeof(runner.id), "runner-2");
        (void)text_copy(runner.zone, sizeof(runner.zone), "Asia/Tokyo");
        runner.consent = 0;
        runner.added_utc_ms = NOW_MS;
        runner.mass_kg = 71.5;
        assert_int_equal(runner_add(home->ledger, &runner), 0);
        runner.mass_kg = 99;
        assert_int_equal(runner_add(home->ledger, &runner), -EEXIST);
        home_reopen(home);
        assert_int_equal(runner_get(home->ledger, "runner-2", &read), 1);
        assert_true(read.mass_kg == 71.5);
        assert_true(isnan(read.height_cm));
        assert_int_equal(read.hr_max_bpm, NULL_INTEGER);
        assert_string_equal(read.zone, "Asia/Tokyo");
}

static int stop_at_first(const Runner *runner, void *userdata)
{
        (void)text_copy(userdata, ID_SIZE, runner->id);
        return -ECANCELED;
}

static void a_walk_is_in_order_of_id_and_ends_when_told(void **state)
{
        Home *home = *state;
        char first[ID_SIZE] = "";

        add_runner(home, "a-runner");
        assert_int_equal(runner_each(home->ledger, stop_at_first, first), -ECANCELED);
        assert_string_equal(first, "a-runner");
}

/* ---- pods ---- */

static void a_pod_reads_back_as_it_was_assigned(void **state)
{
        Home *home = *state;
        Pod pod;

        assert_int_equal(pod_get(home->ledger, POD, &pod), 1);
        assert_string_equal(pod.runner, RUNNER);
        assert_string_equal(pod.driver, "stride");
        assert_int_equal(pod.placement, PLACEMENT_LEFT_FOOT);
        assert_int_equal(pod.assigned_utc_ms, NOW_MS);
        assert_int_equal(pod.has_memory, 1);
        assert_int_equal(pod.battery_pct, NULL_INTEGER);
        assert_int_equal(pod.last_heard_utc_ms, NULL_INTEGER);
        assert_int_equal(pod.reported_utc_ms, NULL_INTEGER);
        assert_int_equal(pod.cadence, CADENCE_UNDECIDED);
        assert_int_equal(pod_get(home->ledger, OTHER_POD, &pod), 0);
}

static void a_pod_of_an_unknown_runner_is_refused(void **state)
{
        Home *home = *state;
        Pod pod = pod_of(OTHER_POD, "nobody", PLACEMENT_LEFT_FOOT, true);

        assert_int_equal(pod_assign(home->ledger, &pod), -ENOENT);
        assert_int_equal(pod_get(home->ledger, OTHER_POD, &pod), 0);
}

static void what_links_learn_is_kept(void **state)
{
        Home *home = *state;
        Pod pod;

        assert_int_equal(pod_set_battery(home->ledger, POD, 87), 0);
        assert_int_equal(pod_set_information(home->ledger, POD, "Maker", "M1", "1.2"), 0);
        assert_int_equal(pod_set_cadence(home->ledger, POD, CADENCE_STRIDES), 0);
        assert_int_equal(pod_set_reported(home->ledger, POD, NOW_MS + 5), 0);
        home_reopen(home);
        assert_int_equal(pod_get(home->ledger, POD, &pod), 1);
        assert_int_equal(pod.battery_pct, 87);
        assert_string_equal(pod.firmware, "1.2");
        assert_int_equal(pod.cadence, CADENCE_STRIDES);
        assert_int_equal(pod.reported_utc_ms, NOW_MS + 5);
        assert_int_equal(pod_set_battery(home->ledger, OTHER_POD, 87), -ENOENT);
        assert_int_equal(pod_set_information(home->ledger, OTHER_POD, "", "", ""), -ENOENT);
        assert_int_equal(pod_set_cadence(home->ledger, OTHER_POD, CADENCE_STEPS), -ENOENT);
        assert_int_equal(pod_set_reported(home->ledger, OTHER_POD, NOW_MS), -ENOENT);
}

static void heard_is_known_at_once_and_written_with_any_commit(void **state)
{
        Home *home = *state;
        Pod pod;

        pod_heard(home->ledger, POD, NOW_MS + 1);
        pod_heard(home->ledger, POD, NOW_MS + 2);
        assert_int_equal(pod_get(home->ledger, POD, &pod), 1);
        assert_int_equal(pod.last_heard_utc_ms, NOW_MS + 2);
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS, NOW_MS), 0);
        home_reopen(home);
        assert_int_equal(pod_get(home->ledger, POD, &pod), 1);
        assert_int_equal(pod.last_heard_utc_ms, NOW_MS + 2);
}

static void a_moved_pod_keeps_its_past(void **state)
{
        Home *home = *state;
        Pod pod = pod_of(POD, "runner-2", PLACEMENT_RIGHT_FOOT, true);
        Record batch[] = {anchor(7, 1, 0, NOW_MS, CLOCK_SYNCHRONISED),
                          stride(7, 2, 10 * TICK_HZ), stride(7, 3, 3600 * TICK_HZ)};
        Stored stored = {0};

        add_runner(home, "runner-2");
        clock_manual_advance(home->clock, 60000);
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        (void)drain_dirty(home, NULL);
        (void)store(home, POD, batch, 3); /* from its memory, both times */
        assert_int_equal(records_of_runner(home->ledger, RUNNER, NOW_MS - DAY_MS, NOW_MS + DAY_MS,
                                           collect_stored, &stored),
                         0);
        assert_int_equal(stored.n, 1);
        assert_int_equal(stored.list[0].record.seq, 2);
        assert_int_equal(stored.list[0].placement, PLACEMENT_LEFT_FOOT);
        stored.n = 0;
        assert_int_equal(records_of_runner(home->ledger, "runner-2", NOW_MS - DAY_MS,
                                           NOW_MS + DAY_MS, collect_stored, &stored),
                         0);
        assert_int_equal(stored.n, 1);
        assert_int_equal(stored.list[0].record.seq, 3);
        assert_int_equal(stored.list[0].placement, PLACEMENT_RIGHT_FOOT);
        /* both runners have something to derive, each in their own time */
        assert_int_equal(drain_dirty(home, NULL), 2);
        stored.n = 0;
        assert_int_equal(records_export(home->ledger, NULL, 0, 0, 9, collect_stored, &stored), 0);
        assert_int_equal(stored.list[1].placement, PLACEMENT_LEFT_FOOT);
        assert_int_equal(stored.list[2].placement, PLACEMENT_RIGHT_FOOT);
}

static void strides_from_before_pairing_belong_to_the_first_runner(void **state)
{
        Home *home = *state;
        Record batch[] = {stride(7, 1, 0), anchor(7, 2, 0, NOW_MS - 100 * DAY_MS, CLOCK_SET)};
        Stored stored = {0};

        (void)store(home, POD, batch, 2);
        assert_int_equal(records_of_runner(home->ledger, RUNNER, 0, NOW_MS, collect_stored, &stored),
                         0);
        assert_int_equal(stored.n, 1);
}

static void assigning_again_as_before_is_no_news(void **state)
{
        Home *home = *state;
        Pod pod = pod_of(POD, RUNNER, PLACEMENT_LEFT_FOOT, true);

        clock_manual_advance(home->clock, 60000);
        (void)text_copy(pod.name, sizeof(pod.name), "New name");
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        assert_int_equal(pod_get(home->ledger, POD, &pod), 1);
        assert_string_equal(pod.name, "New name");
        assert_int_equal(pod.assigned_utc_ms, NOW_MS);
        assert_string_equal(audit_lines(home).text, "runner added|" RUNNER "|Europe/Berlin\n"
                                                    "pod assigned|" RUNNER "|" POD " left-foot\n");
}

static void a_moved_pod_summarises_who_had_it_and_who_has_it_if_they_consent(void **state)
{
        Home *home = *state;
        Pod pod = pod_of(POD, "runner-2", PLACEMENT_LEFT_FOOT, true);
        Rows rows;

        add_runner(home, "runner-2");
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        assert_int_equal(outbox_rows(home, true).n, 0); /* nobody has consented */
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        assert_int_equal(runner_set_consent(home->ledger, "runner-2", true), 0);
        rows = outbox_rows(home, true);
        for (size_t i = 0; i < rows.n; i++)
                assert_int_equal(outbox_settle(home->ledger, &rows.list[i].id, 1), 0);
        (void)text_copy(pod.runner, sizeof(pod.runner), RUNNER);
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.n, 2);
        assert_int_equal(rows.list[0].kind, OUTBOX_SUMMARY);
        assert_string_equal(rows.list[0].runner, RUNNER);
        assert_int_equal(rows.list[1].kind, OUTBOX_SUMMARY);
        assert_string_equal(rows.list[1].runner, "runner-2");
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        assert_int_equal(outbox_rows(home, true).n, 2);
}

static int count_pod(const Pod *pod, void *userdata)
{
        (void)pod;
        ++*(int *)userdata;
        return 0;
}

static void a_pod_that_was_given_back_is_nobodys_until_it_is_assigned_again(void **state)
{
        Home *home = *state;
        Pod pod;
        Record batch[] = {anchor(7, 1, 0, NOW_MS, CLOCK_SYNCHRONISED), stride(7, 2, 10 * TICK_HZ),
                          stride(7, 3, 1800 * TICK_HZ), stride(7, 4, 7200 * TICK_HZ)};
        Stored stored = {0};
        int n = 0;

        clock_manual_advance(home->clock, 60000);
        assert_int_equal(pod_unassign(home->ledger, POD, NOW_MS + 60000, "read to its end"), 0);
        assert_int_equal(pod_unassign(home->ledger, POD, NULL_INTEGER, "again"), -ENOENT);
        home_reopen(home);
        assert_int_equal(pod_each(home->ledger, count_pod, &n), 0);
        assert_int_equal(n, 0);
        assert_int_equal(pod_get(home->ledger, POD, &pod), 1);
        assert_string_equal(pod.runner, "");
        assert_int_equal(pod.bonded, 0);
        assert_int_equal(pod.reported_utc_ms, NOW_MS + 60000);
        clock_manual_advance(home->clock, 3600000);
        pod = pod_of(POD, RUNNER, PLACEMENT_LEFT_FOOT, true);
        assert_int_equal(pod_assign(home->ledger, &pod), 0);
        (void)store(home, POD, batch, 4); /* before, meanwhile, afterwards */
        assert_int_equal(records_of_runner(home->ledger, RUNNER, NOW_MS - DAY_MS, NOW_MS + DAY_MS, collect_stored,
                                           &stored),
                         0);
        assert_int_equal(stored.n, 2);
        assert_int_equal(stored.list[0].record.seq, 2);
        assert_int_equal(stored.list[1].record.seq, 4);
        assert_string_equal(audit_lines(home).text,
                            "runner added|" RUNNER "|Europe/Berlin\n"
                            "pod assigned|" RUNNER "|" POD " left-foot\n"
                            "pod unpaired|" RUNNER "|" POD " left-foot: read to its end\n"
                            "pod assigned|" RUNNER "|" POD " left-foot\n");
}

static void what_comes_for_nobody_makes_nothing_to_derive(void **state)
{
        Home *home = *state;
        Record batch[] = {anchor(7, 1, 0, NOW_MS + HOUR_MS, CLOCK_SYNCHRONISED), stride(7, 2, 10 * TICK_HZ)};

        assert_int_equal(pod_unassign(home->ledger, POD, NULL_INTEGER, "forced"), 0);
        (void)drain_dirty(home, NULL);
        (void)store(home, POD, batch, 2); /* a link that was about to end */
        assert_int_equal(drain_dirty(home, NULL), 0);
}

/* ---- consent ---- */

static void given_consent_queues_what_there_is(void **state)
{
        Home *home = *state;
        Rows rows;

        put_week(home, "2026-W47");
        put_week(home, "2026-W48");
        put_run(home, "r1", "current");
        put_run(home, "r2", RUN_STATE_WITHDRAWN);
        assert_int_equal(outbox_rows(home, false).n, 0);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.n, 4);
        assert_int_equal(rows.list[0].kind, OUTBOX_RUN);
        assert_string_equal(rows.list[0].key, "r1");
        assert_string_equal(rows.list[1].key, "2026-W47");
        assert_string_equal(rows.list[2].key, "2026-W48");
        assert_int_equal(rows.list[2].revision, 1);
        assert_int_equal(rows.list[3].kind, OUTBOX_SUMMARY);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        assert_int_equal(outbox_rows(home, true).n, 4); /* unchanged: nothing happens */
}

static void withdrawn_consent_cancels_and_clears(void **state)
{
        static const struct {
                OutboxKind kind;
                const char *key;
        } cleared[] = {{OUTBOX_SUMMARY, ""}, {OUTBOX_WEEK, "2026-W48"}, {OUTBOX_RUN, "r1"}};
        Home *home = *state;
        Rows rows;

        add_runner(home, "runner-2");
        assert_int_equal(runner_set_consent(home->ledger, "runner-2", true), 0);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        put_week(home, "2026-W48");
        put_run(home, "r1", "current");
        assert_int_equal(outbox_add(home->ledger, OUTBOX_ACK, RUNNER, "a1", 0), 0);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, false), 0);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.n, 5);
        assert_string_equal(rows.list[0].runner, "runner-2"); /* another's summary stays */
        assert_int_equal(rows.list[1].kind, OUTBOX_ACK);      /* carries no measure */
        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(rows.list[i + 2].kind, OUTBOX_CLEAR);
                assert_int_equal(rows.list[i + 2].clears, cleared[i].kind);
                assert_string_equal(rows.list[i + 2].key, cleared[i].key);
        }
        put_week(home, "2026-W49");
        assert_int_equal(outbox_rows(home, true).n, 5);
        assert_non_null(strstr(audit_lines(home).text, "consent given|" RUNNER "|\n"));
        assert_non_null(strstr(audit_lines(home).text, "consent withdrawn|" RUNNER "|\n"));
        assert_int_equal(runner_set_consent(home->ledger, "nobody", true), -ENOENT);
}

/* The clinic's broker keeps 26 weeks: those that are older are sent, and cleared again. */
static void consent_given_again_does_not_bring_old_weeks_back_for_good(void **state)
{
        Home *home = *state;
        char id[WEEK_ID_SIZE];
        Rows rows = {0};
        size_t n_clear = 0;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        for (int i = 1; i <= 28; i++) {
                (void)snprintf(id, sizeof(id), "2026-W%02d", i);
                put_week(home, id);
        }
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, false), 0);
        assert_int_equal(outbox_each(home->ledger, true, 0, 60, collect_row, &rows), 0);
        int64_t last = rows.list[rows.n - 1].id;
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        rows.n = 0;
        assert_int_equal(outbox_each(home->ledger, true, last, 60, collect_row, &rows), 0);
        for (size_t i = 0; i < rows.n; i++) {
                if (rows.list[i].kind != OUTBOX_CLEAR)
                        continue;
                (void)snprintf(id, sizeof(id), "2026-W%02zu", ++n_clear);
                assert_string_equal(rows.list[i].key, id);
                assert_true(i >= 28); /* behind the weeks themselves */
        }
        assert_int_equal(n_clear, 2);
}

static void consent_given_again_clears_old_runs_again(void **state)
{
        Home *home = *state;
        size_t before;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        put_run(home, "r1", "current");
        clock_manual_advance(home->clock, 61 * DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, false), 0);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        before = outbox_rows(home, true).n;
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(outbox_rows(home, true).n, before + 1);
        assert_string_equal(outbox_rows(home, true).list[before].key, "r1");
        assert_int_equal(outbox_rows(home, true).list[before].clears, OUTBOX_RUN);
}

static void a_refusal_leaves_the_callers_transaction_good(void **state)
{
        Home *home = *state;
        Pod pod = pod_of(OTHER_POD, "nobody", PLACEMENT_LEFT_FOOT, true);
        Record record = stride(7, 1, 1);
        Runner runner;

        assert_int_equal(runner_get(home->ledger, RUNNER, &runner), 1);
        assert_int_equal(ledger_begin(home->ledger), 0);
        assert_int_equal(runner_add(home->ledger, &runner), -EEXIST);
        assert_int_equal(runner_set_consent(home->ledger, "nobody", true), -ENOENT);
        assert_int_equal(pod_assign(home->ledger, &pod), -ENOENT);
        assert_int_equal(pod_set_battery(home->ledger, OTHER_POD, 5), -ENOENT);
        assert_int_equal(pod_set_information(home->ledger, OTHER_POD, "", "", ""), -ENOENT);
        assert_int_equal(records_store(home->ledger, OTHER_POD, &record, 1, NULL), -ENOENT);
        assert_int_equal(epoch_learn(home->ledger, OTHER_POD, 1, 1, 1), -ENOENT);
        assert_int_equal(timebase_anchor(home->ledger, OTHER_POD, 1, 0, NOW_MS, CLOCK_SET), -ENOENT);
        add_runner(home, "runner-2");
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(runner_get(home->ledger, "runner-2", &runner), 1);
}

/* ---- observers ---- */

static void note_touched(unsigned touched, void *userdata)
{
        *(unsigned *)userdata |= touched;
}

static void observers_hear_after_the_outermost_commit_only(void **state)
{
        Home *home = *state;
        unsigned touched = 0;

        ledger_observe(home->ledger, note_touched, &touched);
        assert_int_equal(ledger_begin(home->ledger), 0);
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS, NOW_MS), 0);
        assert_int_equal(touched, 0);
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(touched, LEDGER_DIRTY);
        touched = 0;
        assert_int_equal(ledger_begin(home->ledger), 0);
        add_runner(home, "runner-2");
        ledger_rollback(home->ledger);
        assert_int_equal(touched, 0);
        add_runner(home, "runner-2");
        assert_int_equal(touched, LEDGER_ROSTER);
        ledger_forget(home->ledger, note_touched, &touched);
        touched = 0;
        add_runner(home, "runner-3");
        assert_int_equal(touched, 0);
}

static void a_rollback_inside_spoils_the_outermost_commit(void **state)
{
        Home *home = *state;
        Runner runner;

        assert_int_equal(ledger_begin(home->ledger), 0);
        add_runner(home, "runner-2");
        assert_int_equal(ledger_begin(home->ledger), 0);
        ledger_rollback(home->ledger);
        assert_int_equal(ledger_commit(home->ledger), -ECANCELED);
        assert_int_equal(runner_get(home->ledger, "runner-2", &runner), 0);
        add_runner(home, "runner-2"); /* and the next one is good again */
}

/* ---- without a clock ---- */

/* "Since 1970" would be the pod's whole past, and of a runner three thousand weeks. */
static void nobody_joins_or_changes_pods_before_the_clock_is_set(void **state)
{
        Home *home = *state;
        Simulator simulator;
        Clock *manual = home->clock, *clock = make_unset_clock(&simulator, home->directory);
        Pod moved = pod_of(POD, "runner-2", PLACEMENT_LEFT_FOOT, true), there;
        Pod new_pod = pod_of(OTHER_POD, RUNNER, PLACEMENT_RIGHT_FOOT, true);
        Runner runner;

        add_runner(home, "runner-2");
        home->clock = clock;
        home_reopen(home);
        fields_set_null(&runner_fields, &runner);
        (void)text_copy(runner.id, sizeof(runner.id), "runner-3");
        (void)text_copy(runner.zone, sizeof(runner.zone), "Europe/Berlin");
        runner.consent = 0;
        runner.added_utc_ms = clock_utc_ms(clock);
        assert_int_equal(runner_add(home->ledger, &runner), -EAGAIN);
        assert_int_equal(runner_get(home->ledger, "runner-3", &runner), 0);
        assert_int_equal(pod_assign(home->ledger, &moved), -EAGAIN);
        assert_int_equal(pod_unassign(home->ledger, POD, NULL_INTEGER, "forced"), -EAGAIN);
        assert_int_equal(pod_get(home->ledger, POD, &there), 1);
        assert_string_equal(there.runner, RUNNER);
        /* What has no past to take, and what stays where it is, may come at any time. */
        assert_int_equal(pod_assign(home->ledger, &new_pod), 0);
        moved = pod_of(POD, RUNNER, PLACEMENT_LEFT_FOOT, true);
        assert_int_equal(pod_assign(home->ledger, &moved), 0);

        move_time(&simulator, clock, 60000, CLOCK_SET);
        assert_int_equal(runner_add(home->ledger, &runner), 0);
        moved = pod_of(POD, "runner-2", PLACEMENT_LEFT_FOOT, true);
        assert_int_equal(pod_assign(home->ledger, &moved), 0);
        home->ledger = ledger_close(home->ledger);
        home->clock = manual;
        clock = clock_free(clock);
        end_simulator(&simulator);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_runner_is_added_once),
                TEST(a_walk_is_in_order_of_id_and_ends_when_told),
                TEST(a_pod_reads_back_as_it_was_assigned),
                TEST(a_pod_of_an_unknown_runner_is_refused),
                TEST(what_links_learn_is_kept),
                TEST(heard_is_known_at_once_and_written_with_any_commit),
                TEST(a_moved_pod_keeps_its_past),
                TEST(strides_from_before_pairing_belong_to_the_first_runner),
                TEST(assigning_again_as_before_is_no_news),
                TEST(a_moved_pod_summarises_who_had_it_and_who_has_it_if_they_consent),
                TEST(a_pod_that_was_given_back_is_nobodys_until_it_is_assigned_again),
                TEST(what_comes_for_nobody_makes_nothing_to_derive),
                TEST(given_consent_queues_what_there_is),
                TEST(withdrawn_consent_cancels_and_clears),
                TEST(consent_given_again_does_not_bring_old_weeks_back_for_good),
                TEST(consent_given_again_clears_old_runs_again),
                TEST(a_refusal_leaves_the_callers_transaction_good),
                TEST(observers_hear_after_the_outermost_commit_only),
                TEST(a_rollback_inside_spoils_the_outermost_commit),
                TEST(nobody_joins_or_changes_pods_before_the_clock_is_set),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
