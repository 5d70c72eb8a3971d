/* Receipts: what the broker took waits for the archive's word, and is sent again without it. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/receipts.h"

#define PATIENCE_MS DAY_MS

static int64_t add(Home *home, OutboxKind kind, const char *key)
{
        Rows rows;

        assert_int_equal(outbox_add(home->ledger, kind, RUNNER, key, 1), 0);
        rows = outbox_rows(home, false);
        return rows.list[rows.n - 1].id;
}

/* As the sender does: handed over, then its PUBACK. */
static int64_t add_taken(Home *home, OutboxKind kind, const char *key)
{
        int64_t id = add(home, kind, key);

        outbox_attempt(home->ledger, id);
        assert_int_equal(receipts_await(home->ledger, &id, 1), 0);
        return id;
}

static OutboxState state_of(Home *home, int64_t id)
{
        Rows rows = outbox_rows(home, false);

        for (size_t i = 0; i < rows.n; i++) {
                if (rows.list[i].id == id)
                        return rows.list[i].state;
        }
        fail_msg("no row %lld", (long long)id);
        return OUTBOX_CANCELLED;
}

static ReceiptCount confirm(Home *home, const char *runner, int64_t id)
{
        ReceiptCount count = {0};
        ReceiptRow row = {.id = id};

        (void)text_copy(row.ledger, sizeof(row.ledger), ledger_id(home->ledger));
        assert_int_equal(receipts_take(home->ledger, runner, &row, 1, &count), 0);
        return count;
}

/* The same number under another ledger's name is another row. */
static void a_receipt_for_another_ledgers_row_settles_nothing(void **state)
{
        Home *home = *state;
        ReceiptCount count = {0};
        ReceiptRow row = {.ledger = "00000000", .id = 1};

        assert_int_equal(receipts_take(home->ledger, RUNNER, &row, 1, &count), 0);
        assert_int_equal(count.settled, 0);
        assert_int_equal(count.unknown, 1);
}

static int overdue(Home *home)
{
        int64_t next;

        return receipts_overdue(home->ledger, PATIENCE_MS, &next);
}

static void weeks_runs_and_answers_await_a_receipt_and_the_rest_is_settled_by_its_puback(void **state)
{
        static const struct {
                OutboxKind kind;
                OutboxState after;
        } cases[] = {
                {OUTBOX_STATUS, OUTBOX_SETTLED}, {OUTBOX_SUMMARY, OUTBOX_SETTLED},
                {OUTBOX_WEEK, OUTBOX_TAKEN},     {OUTBOX_RUN, OUTBOX_TAKEN},
                {OUTBOX_ACK, OUTBOX_TAKEN},      {OUTBOX_CLEAR, OUTBOX_SETTLED},
        };
        Home *home = *state;
        int64_t rows, oldest;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
                assert_int_equal(state_of(home, add_taken(home, cases[i].kind, "k")), cases[i].after);
        assert_int_equal(receipts_awaited(home->ledger, &rows, &oldest), 0);
        assert_int_equal(rows, 3);
        assert_int_equal(oldest, NOW_MS);
        assert_int_equal(outbox_waiting(home->ledger, &rows, &oldest), 0);
        assert_int_equal(rows, 0);
        assert_int_equal(outbox_rows(home, true).n, 3); /* they are shown as not confirmed */
}

static void a_receipt_settles_and_nothing_goes_back_from_there(void **state)
{
        Home *home = *state;
        int64_t id = add_taken(home, OUTBOX_WEEK, "2026-W48");

        assert_int_equal(confirm(home, RUNNER, id).settled, 1);
        assert_int_equal(state_of(home, id), OUTBOX_SETTLED);
        assert_int_equal(confirm(home, RUNNER, id).known, 1);
        assert_int_equal(receipts_await(home->ledger, &id, 1), 0); /* a late PUBACK */
        assert_int_equal(state_of(home, id), OUTBOX_SETTLED);
        assert_int_equal(receipts_forgotten(home->ledger), 0);
        clock_manual_advance(home->clock, 400 * DAY_MS);
        assert_int_equal(overdue(home), 0);
        home_reopen(home);
        assert_int_equal(state_of(home, id), OUTBOX_SETTLED);
}

static void a_receipt_may_overtake_the_puback(void **state)
{
        Home *home = *state;
        int64_t id = add(home, OUTBOX_RUN, "r1");

        outbox_attempt(home->ledger, id);
        assert_int_equal(confirm(home, RUNNER, id).settled, 1);
        assert_int_equal(receipts_await(home->ledger, &id, 1), 0);
        assert_int_equal(state_of(home, id), OUTBOX_SETTLED);
}

static void what_no_row_has_is_counted_and_ignored(void **state)
{
        Home *home = *state;
        int64_t taken = add_taken(home, OUTBOX_RUN, "r1"), never_sent = add(home, OUTBOX_RUN, "r2");

        assert_int_equal(confirm(home, RUNNER, 999).unknown, 1);
        assert_int_equal(confirm(home, "runner-2", taken).unknown, 1); /* of another runner */
        assert_int_equal(confirm(home, RUNNER, never_sent).unknown, 1);
        assert_int_equal(state_of(home, taken), OUTBOX_TAKEN);
        assert_int_equal(state_of(home, never_sent), OUTBOX_WAITING);
}

static void without_a_receipt_in_time_a_row_waits_again_under_its_id(void **state)
{
        Home *home = *state;
        int64_t id = add_taken(home, OUTBOX_WEEK, "2026-W48"), next = 0;
        OutboxRow row;

        clock_manual_advance(home->clock, PATIENCE_MS - 1);
        assert_int_equal(receipts_overdue(home->ledger, PATIENCE_MS, &next), 0);
        assert_int_equal(next, NOW_MS + PATIENCE_MS);
        clock_manual_advance(home->clock, 1);
        assert_int_equal(receipts_overdue(home->ledger, PATIENCE_MS, &next), 1);
        assert_int_equal(next, NULL_INTEGER);
        assert_int_equal(outbox_next(home->ledger, 0, &row), 1);
        assert_int_equal(row.id, id);
        assert_int_equal(row.attempts, 1);
}

/* An archive that is away for a month finds six copies of a row at the broker, not thirty. */
static void each_time_in_vain_the_wait_doubles_up_to_eight_times(void **state)
{
        Home *home = *state;
        int64_t id = add_taken(home, OUTBOX_WEEK, "2026-W48");
        int copies = 1;

        for (int day = 1; day <= 30; day++) {
                clock_manual_advance(home->clock, DAY_MS);
                if (overdue(home) == 0)
                        continue;
                copies++;
                assert_int_equal(receipts_await(home->ledger, &id, 1), 0);
        }
        assert_int_equal(copies, 6); /* days 0, 1, 3, 7, 15 and 23 */
}

static void a_row_taken_in_the_future_is_not_awaited_for_ever(void **state)
{
        Home *home = *state;

        (void)add_taken(home, OUTBOX_WEEK, "2026-W48");
        home->ledger = ledger_close(home->ledger);
        home->clock = clock_free(home->clock); /* it was years ahead */
        assert_int_equal(clock_new_manual(NOW_MS - 3650 * DAY_MS, &home->clock), 0);
        home_reopen(home);
        assert_int_equal(overdue(home), 1);
}

static void a_broker_that_forgot_gets_everything_unconfirmed_again(void **state)
{
        Home *home = *state;
        int64_t a = add_taken(home, OUTBOX_WEEK, "a"), b = add_taken(home, OUTBOX_ACK, "b");
        int64_t confirmed = add_taken(home, OUTBOX_RUN, "c");

        (void)confirm(home, RUNNER, confirmed);
        assert_int_equal(receipts_forgotten(home->ledger), 2);
        assert_int_equal(state_of(home, a), OUTBOX_WAITING);
        assert_int_equal(state_of(home, b), OUTBOX_WAITING);
        assert_int_equal(state_of(home, confirmed), OUTBOX_SETTLED);
}

static void back_at_puback_what_the_broker_took_is_settled(void **state)
{
        Home *home = *state;
        int64_t id = add_taken(home, OUTBOX_WEEK, "a");

        assert_int_equal(receipts_waive(home->ledger), 0);
        assert_int_equal(state_of(home, id), OUTBOX_SETTLED);
}

static void withdrawn_consent_ends_the_wait_for_receipts(void **state)
{
        Home *home = *state;
        int64_t id, ack;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        id = add_taken(home, OUTBOX_WEEK, "2026-W48");
        ack = add_taken(home, OUTBOX_ACK, "m1");
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, false), 0);
        assert_int_equal(state_of(home, id), OUTBOX_CANCELLED);
        assert_int_equal(state_of(home, ack), OUTBOX_TAKEN); /* it says nothing about the body */
        /* It did arrive before: its receipt is still true. */
        assert_int_equal(confirm(home, RUNNER, id).settled, 1);
}

static void what_awaits_a_receipt_is_never_pruned(void **state)
{
        Home *home = *state;
        int64_t id = add_taken(home, OUTBOX_WEEK, "2026-W48");

        clock_manual_advance(home->clock, 400 * DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(state_of(home, id), OUTBOX_TAKEN);
}

/* ---- what the broker should retain ---- */

static void put_week(Home *home, int number)
{
        Week week;

        fields_set_null(&week_fields, &week);
        week.reasons.n = 0;
        (void)text_copy(week.runner, sizeof(week.runner), RUNNER);
        (void)text_copy(week.state, sizeof(week.state), "final");
        (void)snprintf(week.week, sizeof(week.week), "2026-W%02u", (unsigned)number % 100);
        week.changed[0] = '\0';
        assert_int_equal(week_put(home->ledger, &week), 1);
}

static void settle_all(Home *home)
{
        Rows rows = outbox_rows(home, true);

        for (size_t i = 0; i < rows.n; i++) {
                outbox_attempt(home->ledger, rows.list[i].id);
                assert_int_equal(outbox_settle(home->ledger, &rows.list[i].id, 1), 0);
        }
}

static size_t count_kind(const Rows *rows, OutboxKind kind)
{
        size_t n = 0;

        for (size_t i = 0; i < rows->n; i++)
                n += rows->list[i].kind == kind;
        return n;
}

static void a_broker_that_forgot_gets_the_newest_weeks_under_the_ids_they_had(void **state)
{
        Home *home = *state;
        Rows before, after;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        for (int week = 20; week < 20 + 28; week++) /* two of them are too old to be retained */
                put_week(home, week);
        before = outbox_rows(home, true);
        settle_all(home);
        assert_int_equal(outbox_restore_retained(home->ledger), 0);
        after = outbox_rows(home, true);
        assert_int_equal(count_kind(&after, OUTBOX_WEEK), 26);
        assert_int_equal(count_kind(&after, OUTBOX_SUMMARY), 1);
        assert_int_equal(count_kind(&after, OUTBOX_CLEAR), 0);
        for (size_t i = 0; i < after.n; i++) {
                if (after.list[i].kind != OUTBOX_WEEK)
                        continue;
                assert_true(strcmp(after.list[i].key, "2026-W22") >= 0);
                assert_true(after.list[i].id <= before.list[before.n - 1].id); /* no new one */
        }
        assert_int_equal(outbox_restore_retained(home->ledger), 0); /* again, before it was sent */
        assert_int_equal(outbox_rows(home, true).n, after.n);
}

static void a_week_that_was_settled_long_ago_keeps_its_id(void **state)
{
        Home *home = *state;
        int64_t id;
        Rows rows;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        settle_all(home);
        put_week(home, 40);
        id = outbox_rows(home, true).list[0].id;
        settle_all(home);
        clock_manual_advance(home->clock, 100 * DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(outbox_rows(home, false).n, 1);
        assert_int_equal(outbox_restore_retained(home->ledger), 0);
        rows = outbox_rows(home, true);
        assert_int_equal(count_kind(&rows, OUTBOX_WEEK), 1);
        assert_int_equal(rows.list[0].id, id);
        assert_int_equal(count_kind(&rows, OUTBOX_SUMMARY), 1);
}

static void without_consent_nothing_is_restored(void **state)
{
        Home *home = *state;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        put_week(home, 40);
        settle_all(home);
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, false), 0);
        settle_all(home);
        assert_int_equal(outbox_restore_retained(home->ledger), 0);
        assert_int_equal(outbox_rows(home, true).n, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_receipt_for_another_ledgers_row_settles_nothing),
                TEST(weeks_runs_and_answers_await_a_receipt_and_the_rest_is_settled_by_its_puback),
                TEST(a_receipt_settles_and_nothing_goes_back_from_there),
                TEST(a_receipt_may_overtake_the_puback),
                TEST(what_no_row_has_is_counted_and_ignored),
                TEST(without_a_receipt_in_time_a_row_waits_again_under_its_id),
                TEST(each_time_in_vain_the_wait_doubles_up_to_eight_times),
                TEST(a_row_taken_in_the_future_is_not_awaited_for_ever),
                TEST(a_broker_that_forgot_gets_everything_unconfirmed_again),
                TEST(back_at_puback_what_the_broker_took_is_settled),
                TEST(withdrawn_consent_ends_the_wait_for_receipts),
                TEST(what_awaits_a_receipt_is_never_pruned),
                TEST(a_broker_that_forgot_gets_the_newest_weeks_under_the_ids_they_had),
                TEST(a_week_that_was_settled_long_ago_keeps_its_id),
                TEST(without_consent_nothing_is_restored),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
