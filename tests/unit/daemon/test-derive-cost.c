/* What a late record costs does not grow with the history behind it. Counted in steps of SQLite's own
 * machine, which are the same on every computer. */
#include "tests/unit/daemon/derive-fixture.h"

#include "daemon/ledger/sql.h"

#define WEEK_MS (7 * DAY_MS)
#define STRIDES 20
#define LATE    10 /* this one is missing of each run */

static void put(Home *home, Record record)
{
        record.from_store = true;
        record = encoded(record);
        (void)store(home, POD, &record, 1);
}

static Record stride_of(uint32_t week, uint32_t i)
{
        Record record = stride(week, i + 2, (3600 + i) * TICK_HZ);

        record.stride.stride_time_1024 = 1024;
        return record;
}

/* A run a week, each in an epoch of its own. */
static void make_history(Home *home, uint32_t weeks)
{
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (uint32_t week = 1; week <= weeks; week++) {
                Record record = anchor(week, 1, 0, clock_utc_ms(home->clock), CLOCK_SYNCHRONISED);

                (void)store(home, POD, &record, 1);
                for (uint32_t i = 0; i < STRIDES; i++) {
                        if (i != LATE)
                                put(home, stride_of(week, i));
                }
                clock_manual_advance(home->clock, WEEK_MS);
        }
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(derive_now(start(home)), 0);
}

static int64_t steps(Home *home)
{
        int64_t n = 0;

        for (size_t i = 0; i < home->ledger->n_statements; i++)
                n += sqlite3_stmt_status(home->ledger->statements[i].stmt, SQLITE_STMTSTATUS_VM_STEP, 1);
        return n;
}

/* Of the late stride of a run three weeks ago, and what follows from it: weeks look back on half a year,
 * so both histories are longer than that. */
static int64_t cost(void **state, uint32_t weeks)
{
        Home *home = *state;
        int64_t n;

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        make_history(home, weeks);
        clock_manual_advance(home->clock, MINUTE_MS);
        (void)steps(home);
        put(home, stride_of(weeks - 3, LATE));
        clock_manual_advance(home->clock, 20000);
        n = steps(home);
        started = derive_free(started);
        return n;
}

static void a_late_stride_costs_as_much_after_two_years_as_after_one_half(void **state)
{
        void *other = NULL;
        int64_t young = cost(state, 32), old;

        (void)make_home(&other);
        old = cost(&other, 104);
        (void)leave_home(&other);
        (void)printf("%lld steps behind 32 weeks, %lld behind 104\n", (long long)young, (long long)old);
        assert_true(young > 1000);
        assert_true(old * 10 <= young * 13); /* each epoch is looked at once */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_late_stride_costs_as_much_after_two_years_as_after_one_half),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
