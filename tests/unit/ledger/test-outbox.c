/* The outbox: order, collapse, settling, and what the counters say. */
#include "tests/unit/ledger/fixture.h"

static void add(Home *home, OutboxKind kind, const char *runner, const char *key)
{
        assert_int_equal(outbox_add(home->ledger, kind, runner, key, 1), 0);
}

static OutboxRow row_of(Home *home, int64_t id)
{
        Rows rows = outbox_rows(home, false);

        for (size_t i = 0; i < rows.n; i++) {
                if (rows.list[i].id == id)
                        return rows.list[i];
        }
        fail_msg("no row %lld", (long long)id);
        return (OutboxRow){0};
}

static void rows_leave_in_the_order_they_were_made(void **state)
{
        Home *home = *state;
        OutboxRow row;

        add(home, OUTBOX_WEEK, RUNNER, "2026-W48");
        add(home, OUTBOX_RUN, RUNNER, "r1");
        add(home, OUTBOX_ACK, RUNNER, "a1");
        assert_int_equal(outbox_next(home->ledger, 0, &row), 1);
        assert_int_equal(row.kind, OUTBOX_WEEK);
        assert_string_equal(row.key, "2026-W48");
        assert_string_equal(row.runner, RUNNER);
        assert_int_equal(row.made_utc_ms, NOW_MS);
        assert_int_equal(row.settled_utc_ms, NULL_INTEGER);
        assert_int_equal(row.attempts, 0);
        assert_int_equal(outbox_next(home->ledger, row.id, &row), 1);
        assert_int_equal(row.kind, OUTBOX_RUN);
        assert_int_equal(outbox_next(home->ledger, row.id, &row), 1);
        assert_int_equal(row.kind, OUTBOX_ACK);
        assert_int_equal(outbox_next(home->ledger, row.id, &row), 0);
}

static void only_summary_and_status_collapse(void **state)
{
        static const OutboxKind kinds[] = {OUTBOX_STATUS, OUTBOX_SUMMARY, OUTBOX_WEEK,
                                           OUTBOX_RUN,    OUTBOX_ACK,     OUTBOX_CLEAR};
        Home *home = *state;

        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                bool collapses = kinds[i] == OUTBOX_STATUS || kinds[i] == OUTBOX_SUMMARY;
                size_t before = outbox_rows(home, true).n;

                add(home, kinds[i], RUNNER, "k");
                add(home, kinds[i], RUNNER, "k");
                assert_int_equal(outbox_rows(home, true).n - before, collapses ? 1 : 2);
        }
        /* The newer one is the one that stays; the older one is told as cancelled. */
        assert_int_equal(outbox_rows(home, false).list[0].state, OUTBOX_CANCELLED);
        assert_int_equal(outbox_rows(home, false).list[1].state, OUTBOX_WAITING);
}

static void summaries_of_two_runners_do_not_collapse(void **state)
{
        Home *home = *state;

        add(home, OUTBOX_SUMMARY, RUNNER, "");
        add(home, OUTBOX_SUMMARY, "runner-2", "");
        add(home, OUTBOX_STATUS, "", "");
        assert_int_equal(outbox_rows(home, true).n, 3);
}

static void settling_twice_is_settling_once(void **state)
{
        Home *home = *state;
        Rows rows;
        int64_t ids[3], waiting, oldest;

        add(home, OUTBOX_WEEK, RUNNER, "a");
        clock_manual_advance(home->clock, 1000);
        add(home, OUTBOX_WEEK, RUNNER, "b");
        rows = outbox_rows(home, true);
        assert_int_equal(outbox_waiting(home->ledger, &waiting, &oldest), 0);
        assert_int_equal(waiting, 2);
        assert_int_equal(oldest, NOW_MS);
        ids[0] = ids[1] = rows.list[0].id;
        ids[2] = 9999;
        assert_int_equal(outbox_settle(home->ledger, ids, 3), 0);
        clock_manual_advance(home->clock, 1000);
        assert_int_equal(outbox_settle(home->ledger, ids, 3), 0);
        assert_int_equal(row_of(home, ids[0]).state, OUTBOX_SETTLED);
        assert_int_equal(row_of(home, ids[0]).settled_utc_ms, NOW_MS + 1000);
        assert_int_equal(outbox_waiting(home->ledger, &waiting, &oldest), 0);
        assert_int_equal(waiting, 1);
        assert_int_equal(oldest, NOW_MS + 1000);
        assert_int_equal(outbox_settle(home->ledger, &rows.list[1].id, 1), 0);
        assert_int_equal(outbox_waiting(home->ledger, &waiting, &oldest), 0);
        assert_int_equal(waiting, 0);
        assert_int_equal(oldest, NULL_INTEGER);
}

static void a_cancelled_row_does_not_leave_and_a_settled_one_stays_settled(void **state)
{
        Home *home = *state;
        OutboxRow row;
        Rows rows;

        add(home, OUTBOX_WEEK, RUNNER, "a");
        add(home, OUTBOX_WEEK, RUNNER, "b");
        rows = outbox_rows(home, true);
        assert_int_equal(outbox_cancel(home->ledger, rows.list[0].id), 0);
        assert_int_equal(outbox_next(home->ledger, 0, &row), 1);
        assert_int_equal(row.id, rows.list[1].id);
        assert_int_equal(outbox_settle(home->ledger, &row.id, 1), 0);
        assert_int_equal(outbox_cancel(home->ledger, row.id), 0);
        assert_int_equal(row_of(home, row.id).state, OUTBOX_SETTLED);
}

static void a_superseded_row_that_did_arrive_is_settled(void **state)
{
        Home *home = *state;
        int64_t first;

        add(home, OUTBOX_SUMMARY, RUNNER, "");
        first = outbox_rows(home, true).list[0].id;
        add(home, OUTBOX_SUMMARY, RUNNER, "");
        assert_int_equal(outbox_settle(home->ledger, &first, 1), 0);
        assert_int_equal(row_of(home, first).state, OUTBOX_SETTLED);
}

static void attempts_are_counted_at_once_and_written_with_the_next_commit(void **state)
{
        Home *home = *state;
        int64_t id;

        add(home, OUTBOX_WEEK, RUNNER, "a");
        id = outbox_rows(home, true).list[0].id;
        outbox_attempt(home->ledger, id);
        outbox_attempt(home->ledger, id);
        assert_int_equal(row_of(home, id).attempts, 2);
        add(home, OUTBOX_WEEK, RUNNER, "b");
        assert_int_equal(row_of(home, id).attempts, 2);
        outbox_attempt(home->ledger, id);
        assert_int_equal(row_of(home, id).attempts, 3);
        home_reopen(home);
        assert_int_equal(row_of(home, id).attempts, 2); /* the third had no commit */
}

static void an_id_is_never_used_again(void **state)
{
        Home *home = *state;
        int64_t last;

        add(home, OUTBOX_ACK, RUNNER, "a");
        last = outbox_rows(home, true).list[0].id;
        assert_int_equal(outbox_settle(home->ledger, &last, 1), 0);
        clock_manual_advance(home->clock, (OUTBOX_KEEP_DAYS + 1) * DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(outbox_rows(home, false).n, 0);
        home_reopen(home);
        add(home, OUTBOX_ACK, RUNNER, "b");
        assert_true(outbox_rows(home, true).list[0].id > last);
}

static void pruning_leaves_what_waits_and_what_is_young(void **state)
{
        Home *home = *state;
        int64_t id;

        add(home, OUTBOX_ACK, RUNNER, "waits");
        add(home, OUTBOX_ACK, RUNNER, "settled");
        id = outbox_rows(home, true).list[1].id;
        assert_int_equal(outbox_settle(home->ledger, &id, 1), 0);
        clock_manual_advance(home->clock, OUTBOX_KEEP_DAYS * DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(outbox_rows(home, false).n, 2);
        clock_manual_advance(home->clock, DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(outbox_rows(home, false).n, 1);
        assert_string_equal(outbox_rows(home, false).list[0].key, "waits");
}

/* After a long time without a broker: what was sent today can be audited for 60 days from now. */
static void a_row_is_kept_from_the_day_it_was_settled(void **state)
{
        Home *home = *state;
        int64_t id;

        add(home, OUTBOX_ACK, RUNNER, "a");
        id = outbox_rows(home, true).list[0].id;
        clock_manual_advance(home->clock, (OUTBOX_KEEP_DAYS + 5) * DAY_MS);
        assert_int_equal(outbox_settle(home->ledger, &id, 1), 0);
        clock_manual_advance(home->clock, DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(outbox_rows(home, false).n, 1);
        clock_manual_advance(home->clock, OUTBOX_KEEP_DAYS * DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(outbox_rows(home, false).n, 0);
}

static void a_cancelled_row_never_has_a_time_of_settling(void **state)
{
        Home *home = *state;
        int64_t id;

        add(home, OUTBOX_WEEK, RUNNER, "a");
        id = outbox_rows(home, true).list[0].id;
        assert_int_equal(outbox_cancel(home->ledger, id), 0);
        assert_int_equal(row_of(home, id).state, OUTBOX_CANCELLED);
        assert_int_equal(row_of(home, id).settled_utc_ms, NULL_INTEGER);
}

static void pages_go_on_after_an_id(void **state)
{
        Home *home = *state;
        Rows first = {0}, second = {0};

        for (int i = 0; i < 5; i++)
                add(home, OUTBOX_WEEK, RUNNER, "k");
        assert_int_equal(outbox_each(home->ledger, false, 0, 3, collect_row, &first), 0);
        assert_int_equal(first.n, 3);
        assert_int_equal(
                outbox_each(home->ledger, false, first.list[2].id, 3, collect_row, &second), 0);
        assert_int_equal(second.n, 2);
}

static void kinds_have_names(void **state)
{
        (void)state;
        for (OutboxKind kind = OUTBOX_STATUS; kind <= OUTBOX_CLEAR; kind++)
                assert_string_not_equal(outbox_kind_name(kind), "unknown");
        assert_string_equal(outbox_kind_name((OutboxKind)99), "unknown");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(rows_leave_in_the_order_they_were_made),
                TEST(only_summary_and_status_collapse),
                TEST(summaries_of_two_runners_do_not_collapse),
                TEST(settling_twice_is_settling_once),
                TEST(a_cancelled_row_does_not_leave_and_a_settled_one_stays_settled),
                TEST(a_superseded_row_that_did_arrive_is_settled),
                TEST(attempts_are_counted_at_once_and_written_with_the_next_commit),
                TEST(an_id_is_never_used_again),
                TEST(pruning_leaves_what_waits_and_what_is_young),
                TEST(a_row_is_kept_from_the_day_it_was_settled),
                TEST(a_cancelled_row_never_has_a_time_of_settling),
                TEST(pages_go_on_after_an_id),
                TEST(kinds_have_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
