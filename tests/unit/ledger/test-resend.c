/* An archive that lost something: what the ledger holds is sent again, as it was, and in measured slices. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/receipts.h"
#include "daemon/ledger/resend.h"

#include <sqlite3.h>

static int64_t add(Home *home, OutboxKind kind, const char *key)
{
        Rows rows;

        assert_int_equal(outbox_add(home->ledger, kind, RUNNER, key, 1), 0);
        rows = outbox_rows(home, true);
        return rows.list[rows.n - 1].id;
}

static void settle(Home *home, int64_t id)
{
        outbox_attempt(home->ledger, id);
        assert_int_equal(outbox_settle(home->ledger, &id, 1), 0);
}

static int64_t add_settled(Home *home, OutboxKind kind, const char *key)
{
        int64_t id = add(home, kind, key);

        settle(home, id);
        return id;
}

static void settle_all(Home *home)
{
        Rows rows = outbox_rows(home, true);

        for (size_t i = 0; i < rows.n; i++)
                settle(home, rows.list[i].id);
}

static int ask(Home *home, const char *id, int64_t since_utc_ms)
{
        Resend asked, running;

        fields_set_null(&resend_fields, &asked);
        (void)text_copy(asked.runner, sizeof(asked.runner), RUNNER);
        (void)text_copy(asked.id, sizeof(asked.id), id);
        (void)text_copy(asked.origin, sizeof(asked.origin), "clinic");
        asked.since_utc_ms = since_utc_ms;
        asked.received_utc_ms = clock_utc_ms(home->clock);
        return resend_ask(home->ledger, &asked, &running);
}

static void consent(Home *home, bool given)
{
        assert_int_equal(runner_set_consent(home->ledger, RUNNER, given), 0);
        settle_all(home);
}

static void put_week(Home *home, const char *id, int64_t n_runs)
{
        Week week;

        fields_set_null(&week_fields, &week);
        week.reasons.n = 0;
        week.changed[0] = '\0';
        week.load_runs = n_runs;
        (void)text_copy(week.runner, sizeof(week.runner), RUNNER);
        (void)text_copy(week.state, sizeof(week.state), "final");
        (void)text_copy(week.week, sizeof(week.week), id);
        assert_int_equal(week_put(home->ledger, &week), 1);
}

/* Slice after slice, each sent and confirmed, to the end; the ids of weeks, runs and answers in the order they left. */
static size_t play(Home *home, int64_t *ret, size_t max)
{
        size_t n = 0;
        Resend running;

        while (resend_slice(home->ledger) > 0) {
                Rows rows = outbox_rows(home, true);

                for (size_t i = 0; i < rows.n; i++) {
                        settle(home, rows.list[i].id);
                        if (rows.list[i].kind == OUTBOX_SUMMARY || rows.list[i].kind == OUTBOX_PLAN)
                                continue;
                        assert_true(n < max);
                        ret[n++] = rows.list[i].id;
                }
        }
        assert_int_equal(resend_running(home->ledger, &running), 0);
        return n;
}

static void what_left_since_then_waits_again_under_its_id_in_its_order(void **state)
{
        Home *home = *state;
        int64_t expected[3], again[8];

        consent(home, true);
        (void)add_settled(home, OUTBOX_WEEK, "before");
        clock_manual_advance(home->clock, DAY_MS);
        expected[0] = add_settled(home, OUTBOX_WEEK, "2026-W47");
        (void)add_settled(home, OUTBOX_STATUS, "");
        expected[1] = add_settled(home, OUTBOX_RUN, "r1");
        expected[2] = add_settled(home, OUTBOX_ACK, "m1");
        assert_int_equal(ask(home, "x1", NOW_MS + DAY_MS), 1);
        (void)add_settled(home, OUTBOX_WEEK, "later"); /* the archive is there again, and has this one */
        assert_int_equal(play(home, again, 8), 3);
        assert_memory_equal(again, expected, sizeof(expected));
}

static void a_week_of_years_ago_still_has_its_id(void **state)
{
        Home *home = *state;
        int64_t id, again[8];

        consent(home, true);
        put_week(home, "2026-W47", 1);
        id = outbox_rows(home, true).list[0].id;
        settle_all(home);
        clock_manual_advance(home->clock, 2000 * DAY_MS);
        assert_int_equal(ledger_prune(home->ledger), 0);
        assert_int_equal(ask(home, "x1", 0), 1);
        assert_int_equal(play(home, again, 8), 1);
        assert_int_equal(again[0], id);
}

/* Ledgers that pruned all rows after 60 days. */
static void of_a_record_whose_row_is_gone_the_newest_revision_goes_once(void **state)
{
        Home *home = *state;
        sqlite3 *db = NULL;
        int64_t again[8];
        Rows rows;

        consent(home, true);
        put_week(home, "2026-W46", 1);
        put_week(home, "2026-W46", 2);
        settle_all(home);
        home->ledger = ledger_close(home->ledger);
        assert_int_equal(sqlite3_open(home->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, "DELETE FROM outbox", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        home_reopen(home);
        assert_int_equal(ask(home, "x1", 0), 1);
        assert_int_equal(play(home, again, 8), 1);
        rows = outbox_rows(home, false);
        assert_int_equal(rows.list[0].kind, OUTBOX_WEEK);
        assert_int_equal(rows.list[0].revision, 2);
        assert_int_equal(ask(home, "x2", 0), 1);
        assert_int_equal(play(home, again, 8), 1); /* by now it has one */
        assert_int_equal(again[0], rows.list[0].id);
}

/* An archive that is asked to bear with all of it at once would lose some of it again. */
static void the_next_slice_waits_until_the_archive_confirmed_the_one_before(void **state)
{
        Home *home = *state;
        Rows rows;
        int64_t first[RESEND_SLICE];

        consent(home, true);
        for (int i = 0; i < RESEND_SLICE + 10; i++)
                (void)add_settled(home, OUTBOX_RUN, "r");
        assert_int_equal(ask(home, "x1", 0), 1);
        assert_int_equal(resend_slice(home->ledger), 1);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.n, RESEND_SLICE);
        for (size_t i = 0; i < rows.n; i++)
                first[i] = rows.list[i].id;
        assert_int_equal(receipts_await(home->ledger, first, RESEND_SLICE), 0);
        assert_int_equal(resend_slice(home->ledger), 0);
        assert_int_equal(resend_slice(home->ledger), 0);
        home_reopen(home); /* and a restart is no reason to begin once more */
        assert_int_equal(outbox_settle(home->ledger, first, RESEND_SLICE), 0);
        assert_int_equal(resend_slice(home->ledger), 1);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.n, 10);
        assert_true(rows.list[0].id > first[RESEND_SLICE - 1]);
}

static void what_awaits_a_receipt_is_sent_again_at_once(void **state)
{
        Home *home = *state;
        int64_t id;

        consent(home, true);
        id = add(home, OUTBOX_WEEK, "2026-W47");
        assert_int_equal(receipts_await(home->ledger, &id, 1), 0);
        assert_int_equal(ask(home, "x1", 0), 1);
        assert_int_equal(outbox_rows(home, true).list[0].state, OUTBOX_WAITING);
}

static void an_order_is_taken_once_and_one_at_a_time(void **state)
{
        Home *home = *state;
        int64_t again[8];

        consent(home, true);
        (void)add_settled(home, OUTBOX_WEEK, "2026-W47");
        assert_int_equal(ask(home, "x1", 0), 1);
        assert_int_equal(ask(home, "x1", 0), 0);
        assert_int_equal(ask(home, "x1", 1), -EEXIST);
        assert_int_equal(ask(home, "x2", 0), -EBUSY);
        assert_int_equal(play(home, again, 8), 1);
        assert_int_equal(ask(home, "x1", 0), 0); /* told twice by a broker, late */
        assert_int_equal(play(home, again, 8), 0);
        assert_int_equal(ask(home, "x2", 0), 1);
        assert_int_equal(play(home, again, 8), 1);
}

static void nothing_is_sent_again_without_consent(void **state)
{
        Home *home = *state;
        int64_t again[8];
        Rows rows;

        assert_int_equal(ask(home, "x1", 0), -EPERM);
        consent(home, true);
        (void)add_settled(home, OUTBOX_WEEK, "2026-W47");
        assert_int_equal(ask(home, "x2", 0), 1);
        consent(home, false);
        assert_int_equal(play(home, again, 8), 0);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.n, 0);
}

static void at_its_end_the_summary_is_told(void **state)
{
        Home *home = *state;
        Rows rows;

        consent(home, true);
        assert_int_equal(ask(home, "x1", 0), 1);
        assert_int_equal(resend_slice(home->ledger), 1);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.n, 1);
        assert_int_equal(rows.list[0].kind, OUTBOX_SUMMARY);
        assert_int_equal(resend_slice(home->ledger), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_left_since_then_waits_again_under_its_id_in_its_order),
                TEST(a_week_of_years_ago_still_has_its_id),
                TEST(of_a_record_whose_row_is_gone_the_newest_revision_goes_once),
                TEST(the_next_slice_waits_until_the_archive_confirmed_the_one_before),
                TEST(what_awaits_a_receipt_is_sent_again_at_once),
                TEST(an_order_is_taken_once_and_one_at_a_time),
                TEST(nothing_is_sent_again_without_consent),
                TEST(at_its_end_the_summary_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
