/* Weeks that a wrong clock made: nobody is shown them once the clock is right. */
#include "tests/unit/daemon/derive-fixture.h"

#define YEAR_MS (365 * DAY_MS)

static int count_week(const Week *week, void *userdata)
{
        (void)week;
        (*(size_t *)userdata)++;
        return 0;
}

static size_t n_weeks(Home *home, const char *runner, bool all_revisions)
{
        size_t n = 0;

        assert_int_equal(week_each(home->ledger, runner, "", "9", all_revisions, count_week, &n), 0);
        return n;
}

typedef struct Wanted {
        OutboxKind kind;
        const char *key;
        OutboxState state;
        size_t n;
} Wanted;

static int count_row(const OutboxRow *row, void *userdata)
{
        Wanted *wanted = userdata;

        wanted->n += row->kind == wanted->kind && row->state == wanted->state && strcmp(row->key, wanted->key) == 0;
        return 0;
}

static size_t n_rows(Home *home, OutboxKind kind, const char *key, OutboxState state)
{
        Wanted wanted = {kind, key, state, 0};

        assert_int_equal(outbox_each(home->ledger, false, 0, 5000, count_row, &wanted), 0);
        return wanted.n;
}

static int settle_row(const OutboxRow *row, void *userdata)
{
        return row->state == OUTBOX_WAITING ? outbox_settle(userdata, &row->id, 1) : 0;
}

/* All that waits reached the broker. */
static void deliver(Home *home)
{
        assert_int_equal(outbox_each(home->ledger, true, 0, 5000, settle_row, home->ledger), 0);
}

/* A clock that was right, then a year ahead: 51 weeks of nothing become final, and the true ones have to
 * make room for them at the broker. */
static void weeks_of_a_clock_that_was_ahead_are_withdrawn_and_the_true_ones_come_back(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);
        OutboxRow row;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        set_time(home);
        run_for(home, 2, 600, 120);
        assert_int_equal(derive_now(derive), 0);
        clock_manual_set(home->clock, NOW_MS + YEAR_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(derive_now(derive), 0);
        assert_true(has_week(home, "2027-W30"));
        assert_true(n_rows(home, OUTBOX_CLEAR, THIS_WEEK, OUTBOX_WAITING) > 0);
        deliver(home);
        clock_manual_set(home->clock, NOW_MS + HOUR_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(derive_now(derive), 0);
        assert_false(has_week(home, "2027-W30"));
        assert_false(has_week(home, "2027-W47"));
        assert_true(has_week(home, THIS_WEEK));
        assert_int_equal(n_rows(home, OUTBOX_CLEAR, "2027-W47", OUTBOX_WAITING), 1);
        assert_int_equal(n_rows(home, OUTBOX_WEEK, THIS_WEEK, OUTBOX_WAITING), 1);
        assert_int_equal(outbox_next(home->ledger, 0, &row), 1);
        while (row.kind != OUTBOX_WEEK)
                assert_int_equal(outbox_next(home->ledger, row.id, &row), 1);
        assert_string_equal(row.key, THIS_WEEK);
        assert_int_equal(outbox_is_newest(home->ledger, &row), 1); /* so it is retained */
        /* once, not every hour */
        deliver(home);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_rows(home, OUTBOX_WEEK, THIS_WEEK, OUTBOX_WAITING), 0);
        assert_int_equal(n_rows(home, OUTBOX_CLEAR, "2027-W47", OUTBOX_WAITING), 0);
        /* and when time gets there it is a week like any other */
        clock_manual_set(home->clock, NOW_MS + YEAR_MS + DAY_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(derive_now(derive), 0);
        assert_true(has_week(home, "2027-W47"));
        assert_int_equal(week_of(home, "2027-W47").revision, 2);
}

/* Enrolled by a clock that was ahead: from now on weeks are made all the same. */
static void who_was_enrolled_by_a_clock_that_was_ahead_has_a_this_week(void **state)
{
        Home *home = *state;
        Derive *derive = start(home);

        clock_manual_set(home->clock, NOW_MS - YEAR_MS, CLOCK_SYNCHRONISED); /* the fixture's runner: in a year */
        assert_int_equal(derive_now(derive), 0);
        assert_true(has_week(home, "2025-W48"));
        clock_manual_set(home->clock, NOW_MS - YEAR_MS + 9 * DAY_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(derive_now(derive), 0);
        assert_true(has_week(home, "2025-W49"));
}

/* Six years behind, but set; enrolled by it. Then it is right. */
static void a_clock_that_was_years_behind_makes_no_years_of_rest(void **state)
{
        Home *home = *state;
        Derive *derive;
        Week week;

        clock_manual_set(home->clock, NOW_MS - 6 * YEAR_MS, CLOCK_SET);
        derive = start(home);
        add_runner(home, "late");
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_weeks(home, "late", false), 1);
        clock_manual_advance(home->clock, 2 * HOUR_MS);
        clock_manual_set(home->clock, NOW_MS, CLOCK_SYNCHRONISED);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(n_weeks(home, "late", false), 1);
        assert_int_equal(week_get(home->ledger, "late", THIS_WEEK, 0, &week), 1);
        assert_true(n_weeks(home, "late", true) <= 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(weeks_of_a_clock_that_was_ahead_are_withdrawn_and_the_true_ones_come_back),
                TEST(who_was_enrolled_by_a_clock_that_was_ahead_has_a_this_week),
                TEST(a_clock_that_was_years_behind_makes_no_years_of_rest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
