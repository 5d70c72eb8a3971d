/* Runs and weeks as revisions, their outbox rows, and spans that are dirty. */
#include "tests/unit/ledger/fixture.h"

static Run a_run(const char *id, int64_t distance_m)
{
        Run run;

        run_set_null(&run);
        (void)text_copy(run.runner, sizeof(run.runner), RUNNER);
        (void)text_copy(run.run, sizeof(run.run), id);
        (void)text_copy(run.state, sizeof(run.state), "current");
        run.start_utc_ms = NOW_MS;
        run.end_utc_ms = NOW_MS + HOUR_MS;
        run.distance_m = distance_m;
        run.received_utc_ms = NOW_MS;
        run.coverage = 0.5;
        run.reasons.n = 0;
        return run;
}

static Week a_week(const char *id, int64_t distance_m)
{
        Week week;

        week_set_null(&week);
        (void)text_copy(week.runner, sizeof(week.runner), RUNNER);
        (void)text_copy(week.week, sizeof(week.week), id);
        (void)text_copy(week.state, sizeof(week.state), "provisional");
        week.load_distance_m = distance_m;
        week.reasons.n = 0;
        week.changed[0] = '\0';
        return week;
}

static void give_consent(Home *home)
{
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
}

static size_t count_rows(Home *home, OutboxKind kind)
{
        Rows rows = outbox_rows(home, true);
        size_t n = 0;

        for (size_t i = 0; i < rows.n; i++)
                n += rows.list[i].kind == kind;
        return n;
}

static int collect_text(const Week *week, void *userdata)
{
        char *text = userdata;

        (void)snprintf(text + strlen(text), 256 - strlen(text), "%s/%lld ", week->week,
                       (long long)week->revision);
        return 0;
}

/* ---- revisions ---- */

static void a_changed_run_is_a_new_revision_and_the_old_one_stays(void **state)
{
        Home *home = *state;
        Run run = a_run("r1", 5000), read;

        assert_int_equal(run_put(home->ledger, &run), 1);
        assert_int_equal(run.revision, 1);
        run.distance_m = 6000;
        assert_int_equal(run_put(home->ledger, &run), 1);
        assert_int_equal(run.revision, 2);
        assert_int_equal(run_get(home->ledger, RUNNER, "r1", 0, &read), 1);
        assert_true(read.distance_m == 6000);
        assert_int_equal(run_get(home->ledger, RUNNER, "r1", 1, &read), 1);
        assert_true(read.distance_m == 5000);
        assert_int_equal(run_get(home->ledger, RUNNER, "r1", 3, &read), 0);
        assert_int_equal(run_get(home->ledger, RUNNER, "r2", 0, &read), 0);
}

static void the_same_content_is_no_new_revision(void **state)
{
        Home *home = *state;
        Run run = a_run("r1", 5000);
        Week week = a_week("2026-W48", 5000);

        give_consent(home);
        assert_int_equal(run_put(home->ledger, &run), 1);
        run.revision = 0;
        run.received_utc_ms = NOW_MS + DAY_MS; /* when it arrived is no news */
        assert_int_equal(run_put(home->ledger, &run), 0);
        assert_int_equal(run.revision, 1);
        assert_int_equal(week_put(home->ledger, &week), 1);
        week.revision = 0;
        (void)text_copy(week.changed, sizeof(week.changed), "load.distance_m=late_records;");
        assert_int_equal(week_put(home->ledger, &week), 0);
        assert_int_equal(week.revision, 1);
        assert_int_equal(count_rows(home, OUTBOX_RUN), 1);
        assert_int_equal(count_rows(home, OUTBOX_WEEK), 1);
}

/* Every single field of a week and of a run makes a revision of its own. */
static void any_field_that_differs_is_a_new_revision(void **state)
{
        Home *home = *state;
        Week week = a_week("2026-W48", 5000);
        Run run = a_run("r1", 5000);
        int64_t revisions = 1;

        assert_int_equal(week_put(home->ledger, &week), 1);
        for (size_t i = 3; i < week_fields.n_fields; i++) {
                const Field *field = &week_fields.fields[i];

                if (strcmp(field->path, "received") == 0) /* when it came is no news */
                        continue;
                if (field->type == FIELD_REAL)
                        *field_real(field, &week) = 0.25;
                else if (field->type == FIELD_TEXT)
                        (void)text_copy(field_text(field, &week), field->size, "other");
                else
                        *field_integer(field, &week) = 77;
                assert_int_equal(week_put(home->ledger, &week), 1);
                assert_int_equal(week.revision, ++revisions);
        }
        assert_int_equal(run_put(home->ledger, &run), 1);
        revisions = 1;
        for (size_t i = 3; i < run_fields.n_fields; i++) {
                const Field *field = &run_fields.fields[i];

                if (strcmp(field->path, "received") == 0)
                        continue;
                if (field->type == FIELD_REAL)
                        *field_real(field, &run) = 0.25;
                else if (field->type == FIELD_TEXT)
                        (void)text_copy(field_text(field, &run), field->size, "other");
                else
                        *field_integer(field, &run) = field->type == FIELD_BOOLEAN ? 1 : 77;
                assert_int_equal(run_put(home->ledger, &run), 1);
                assert_int_equal(run.revision, ++revisions);
        }
}

static void every_field_and_reason_survives_reopening(void **state)
{
        Home *home = *state;
        Week week = a_week("2026-W48", 5000), read;

        week.coverage = 0.875;
        week.pain_mean = 3.5;
        (void)text_copy(week.load_source, sizeof(week.load_source), "mixed");
        (void)text_copy(week.changed, sizeof(week.changed), "load.distance_m=late_records;");
        reasons_add(&week.reasons, "load.steps", "no_cadence");
        reasons_add(&week.reasons, "longest_run.band", "no_reference");
        assert_int_equal(week_put(home->ledger, &week), 1);
        home_reopen(home);
        assert_int_equal(week_get(home->ledger, RUNNER, "2026-W48", 0, &read), 1);
        assert_true(fields_equal(&week_fields, &week, &read));
        assert_int_equal(read.reasons.n, 2);
        assert_string_equal(reasons_find(&read.reasons, "load.steps"), "no_cadence");
        assert_string_equal(reasons_find(&read.reasons, "longest_run.band"), "no_reference");
        assert_string_equal(read.changed, "load.distance_m=late_records;");
        assert_true(isnan(read.load_steps));
}

static void weeks_are_walked_in_order_of_week_and_revision(void **state)
{
        static const char *const ids[] = {"2026-W48", "2025-W52", "2026-W02"};
        Home *home = *state;
        char text[256] = "";

        for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
                Week week = a_week(ids[i], 1);

                assert_int_equal(week_put(home->ledger, &week), 1);
                week.load_distance_m = 2;
                assert_int_equal(week_put(home->ledger, &week), 1);
        }
        assert_int_equal(week_each(home->ledger, RUNNER, "2025-W52", "2026-W47", false, collect_text,
                                   text),
                         0);
        assert_string_equal(text, "2025-W52/2 2026-W02/2 ");
        text[0] = '\0';
        assert_int_equal(week_each(home->ledger, RUNNER, "2026-W02", "2026-W48", true, collect_text,
                                   text),
                         0);
        assert_string_equal(text, "2026-W02/1 2026-W02/2 2026-W48/1 2026-W48/2 ");
}

static int count_run(const Run *run, void *userdata)
{
        (void)run;
        ++*(int *)userdata;
        return 0;
}

static void runs_that_touch_the_span_are_walked_and_withdrawn_ones_are_not(void **state)
{
        Home *home = *state;
        Run run = a_run("r1", 5000);
        int n = 0;

        assert_int_equal(run_put(home->ledger, &run), 1);
        assert_int_equal(run_each(home->ledger, RUNNER, run.end_utc_ms, run.end_utc_ms + 1, count_run,
                                  &n),
                         0);
        assert_int_equal(n, 1);
        assert_int_equal(run_each(home->ledger, RUNNER, run.end_utc_ms + 1, INT64_MAX, count_run, &n),
                         0);
        assert_int_equal(n, 1);
        (void)text_copy(run.state, sizeof(run.state), RUN_STATE_WITHDRAWN);
        assert_int_equal(run_put(home->ledger, &run), 1);
        assert_int_equal(run_each(home->ledger, RUNNER, 0, INT64_MAX, count_run, &n), 0);
        assert_int_equal(n, 1);
}

static void a_run_far_longer_than_the_others_is_found_by_its_end(void **state)
{
        Home *home = *state;
        Run run = a_run("r1", 5000);
        int n = 0;

        for (int day = 1; day <= 30; day++) { /* behind it, an hour each */
                (void)snprintf(run.run, sizeof(run.run), "short-%d", day);
                run.start_utc_ms = NOW_MS + day * DAY_MS;
                run.end_utc_ms = run.start_utc_ms + HOUR_MS;
                assert_int_equal(run_put(home->ledger, &run), 1);
        }
        run = a_run("long", 200000);
        run.end_utc_ms = NOW_MS + 20 * DAY_MS + 2 * HOUR_MS;
        assert_int_equal(run_put(home->ledger, &run), 1);
        assert_int_equal(run_each(home->ledger, RUNNER, NOW_MS + 20 * DAY_MS, INT64_MAX, count_run, &n), 0);
        assert_int_equal(n, 12);
}

/* ---- outbox rows ---- */

static void without_consent_nothing_is_queued(void **state)
{
        Home *home = *state;
        Run run = a_run("r1", 5000);
        Week week = a_week("2026-W48", 5000);

        assert_int_equal(run_put(home->ledger, &run), 1);
        assert_int_equal(week_put(home->ledger, &week), 1);
        assert_int_equal(outbox_rows(home, false).n, 0);
}

static void a_revision_and_its_row_are_one_transaction(void **state)
{
        Home *home = *state;
        Week week = a_week("2026-W48", 5000), read;
        size_t before;

        give_consent(home);
        before = outbox_rows(home, false).n;
        assert_int_equal(ledger_begin(home->ledger), 0);
        assert_int_equal(week_put(home->ledger, &week), 1);
        assert_int_equal(count_rows(home, OUTBOX_WEEK), 1);
        ledger_rollback(home->ledger);
        assert_int_equal(week_get(home->ledger, RUNNER, "2026-W48", 0, &read), 0);
        assert_int_equal(outbox_rows(home, false).n, before);
}

static void every_revision_of_a_week_is_queued_with_one_summary(void **state)
{
        Home *home = *state;
        Week week = a_week("2026-W48", 1);
        Rows rows;

        give_consent(home);
        for (int64_t i = 1; i <= 3; i++) {
                week.load_distance_m = i;
                assert_int_equal(week_put(home->ledger, &week), 1);
        }
        assert_int_equal(count_rows(home, OUTBOX_WEEK), 3);
        assert_int_equal(count_rows(home, OUTBOX_SUMMARY), 1);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.list[0].kind, OUTBOX_WEEK);
        assert_int_equal(rows.list[0].revision, 1);
        assert_int_equal(rows.list[rows.n - 1].kind, OUTBOX_SUMMARY);
}

static void the_broker_keeps_the_newest_26_weeks(void **state)
{
        Home *home = *state;
        Week first = a_week("2026-W01", 1);
        Rows rows;
        char id[WEEK_ID_SIZE];

        give_consent(home);
        assert_int_equal(week_put(home->ledger, &first), 1);
        for (int i = 2; i <= 26; i++) {
                (void)snprintf(id, sizeof(id), "2026-W%02d", i);
                Week week = a_week(id, 1);

                assert_int_equal(week_put(home->ledger, &week), 1);
        }
        assert_int_equal(count_rows(home, OUTBOX_CLEAR), 0);
        Week week = a_week("2026-W27", 1);
        assert_int_equal(week_put(home->ledger, &week), 1);
        assert_int_equal(count_rows(home, OUTBOX_CLEAR), 1);
        /* a late revision of the one that is gone: published, then cleared again */
        first.load_distance_m = 2;
        assert_int_equal(week_put(home->ledger, &first), 1);
        assert_int_equal(count_rows(home, OUTBOX_CLEAR), 2);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.list[rows.n - 3].kind, OUTBOX_WEEK);
        assert_int_equal(rows.list[rows.n - 2].kind, OUTBOX_CLEAR);
        assert_string_equal(rows.list[rows.n - 2].key, "2026-W01");
        assert_int_equal(rows.list[rows.n - 2].clears, OUTBOX_WEEK);
}

/* Few weeks, years apart: what counts is the calendar, not how many there are. */
static void a_week_of_years_ago_is_published_and_cleared(void **state)
{
        Home *home = *state;
        Week now = a_week("2026-W48", 1), year_ago = a_week("2025-W48", 1), edge = a_week("2026-W23", 1);
        Rows rows;

        give_consent(home);
        assert_int_equal(week_put(home->ledger, &now), 1);
        assert_int_equal(week_put(home->ledger, &edge), 1);
        assert_int_equal(count_rows(home, OUTBOX_CLEAR), 0);
        assert_int_equal(week_put(home->ledger, &year_ago), 1);
        assert_int_equal(count_rows(home, OUTBOX_CLEAR), 1);
        rows = outbox_rows(home, true);
        assert_string_equal(rows.list[rows.n - 2].key, "2025-W48");
}

static void runs_of_more_than_60_days_are_cleared_once(void **state)
{
        Home *home = *state;
        Run run = a_run("r1", 5000);

        give_consent(home);
        assert_int_equal(run_put(home->ledger, &run), 1);
        clock_manual_advance(home->clock, 60 * DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(count_rows(home, OUTBOX_CLEAR), 0);
        clock_manual_advance(home->clock, 2 * HOUR_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(count_rows(home, OUTBOX_CLEAR), 1);
        assert_int_equal(count_rows(home, OUTBOX_RUN), 1); /* what waits is never pruned */
}

/* ---- dirty spans ---- */

static void spans_that_overlap_or_touch_are_one(void **state)
{
        Home *home = *state;
        Dirty dirty;

        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS, NOW_MS + HOUR_MS), 0);
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS + HOUR_MS + 1, NOW_MS + 2 * HOUR_MS),
                         0);
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS - HOUR_MS, NOW_MS + 10), 0);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_string_equal(dirty.runner, RUNNER);
        assert_int_equal(dirty.from_utc_ms, NOW_MS - HOUR_MS);
        assert_int_equal(dirty.to_utc_ms, NOW_MS + 2 * HOUR_MS);
}

static void one_span_may_join_several(void **state)
{
        Home *home = *state;
        Dirty dirty;

        for (int64_t i = 0; i < 5; i++)
                assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS + i * DAY_MS,
                                            NOW_MS + i * DAY_MS + HOUR_MS),
                                 0);
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS - 1, NOW_MS + 4 * DAY_MS), 0);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_int_equal(dirty.from_utc_ms, NOW_MS - 1);
        assert_int_equal(dirty.to_utc_ms, NOW_MS + 4 * DAY_MS + HOUR_MS);
}

static void spans_apart_or_of_others_stay_apart_and_oldest_comes_first(void **state)
{
        Home *home = *state;
        Dirty dirty;

        add_runner(home, "runner-2");
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS, NOW_MS), 0);
        assert_int_equal(dirty_mark(home->ledger, "runner-2", NOW_MS, NOW_MS), 0);
        assert_int_equal(dirty_mark(home->ledger, RUNNER, NOW_MS - DAY_MS, NOW_MS - DAY_MS), 0);
        assert_int_equal(dirty_next(home->ledger, &dirty), 1);
        assert_string_equal(dirty.runner, RUNNER);
        assert_int_equal(dirty.from_utc_ms, NOW_MS);
        assert_int_equal(drain_dirty(home, NULL), 3);
        assert_int_equal(dirty_next(home->ledger, &dirty), 0);
}

static void dirty_spans_survive_reopening(void **state)
{
        assert_int_equal(dirty_mark(((Home *)*state)->ledger, RUNNER, NOW_MS, NOW_MS), 0);
        home_reopen(*state);
        assert_int_equal(drain_dirty(*state, NULL), 1);
}

/* A clock a year ahead received it; derived once the clock is right. */
static void what_arrived_after_now_did_so_by_a_wrong_clock(void **state)
{
        Home *home = *state;
        Run run = {.runner = RUNNER, .run = "20261124T080000Z", .state = "current", .zone = "UTC"};
        Run stored;

        run.start_utc_ms = NOW_MS - HOUR_MS;
        run.end_utc_ms = NOW_MS - HOUR_MS + MINUTE_MS;
        run.received_utc_ms = NOW_MS + 365 * DAY_MS;
        clock_manual_set(home->clock, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(run_put(home->ledger, &run), 1);
        assert_int_equal(run_get(home->ledger, RUNNER, run.run, 0, &stored), 1);
        assert_int_equal(stored.received_utc_ms, NULL_INTEGER);
        assert_string_equal(reasons_find(&stored.reasons, "received"), "clock_was_wrong");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_changed_run_is_a_new_revision_and_the_old_one_stays),
                TEST(what_arrived_after_now_did_so_by_a_wrong_clock),
                TEST(the_same_content_is_no_new_revision),
                TEST(any_field_that_differs_is_a_new_revision),
                TEST(every_field_and_reason_survives_reopening),
                TEST(weeks_are_walked_in_order_of_week_and_revision),
                TEST(runs_that_touch_the_span_are_walked_and_withdrawn_ones_are_not),
                TEST(a_run_far_longer_than_the_others_is_found_by_its_end),
                TEST(without_consent_nothing_is_queued),
                TEST(a_revision_and_its_row_are_one_transaction),
                TEST(every_revision_of_a_week_is_queued_with_one_summary),
                TEST(the_broker_keeps_the_newest_26_weeks),
                TEST(a_week_of_years_ago_is_published_and_cleared),
                TEST(runs_of_more_than_60_days_are_cleared_once),
                TEST(spans_that_overlap_or_touch_are_one),
                TEST(one_span_may_join_several),
                TEST(spans_apart_or_of_others_stay_apart_and_oldest_comes_first),
                TEST(dirty_spans_survive_reopening),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
