/* derive-fixture.h: a ledger with a Derive of its own, runs of one pod, and what came of them. */
#pragma once

#include "tests/unit/ledger/fixture.h"

#include "daemon/derive.h"
#include "daemon/measure/parameters.h"
#include "daemon/ledger/timebase.h"

#define THIS_WEEK "2026-W48" /* of NOW_MS; Berlin's ends on Sunday at 23:00 UTC */
#define NEXT_WEEK "2026-W49"
#define EPOCH     7

static Derive *started; /* of the running test: also one that fails leaves no timers behind */

static MAYBE_UNUSED Derive *start(Home *home)
{
        assert_int_equal(derive_new(home->ledger, home->clock, &measure_defaults, &started), 0);
        return started;
}

static MAYBE_UNUSED int leave(void **state)
{
        started = derive_free(started);
        return leave_home(state);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_home, leave)

/* The epoch's tick 0 is NOW_MS. */
static MAYBE_UNUSED void set_time(Home *home)
{
        Record record = anchor(EPOCH, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &record, 1);
}

/* n strides of 1 s and 2 m, the first `from_s` after NOW_MS, with seqs from `seq`. */
static MAYBE_UNUSED void run_for(Home *home, uint32_t seq, uint32_t from_s, uint32_t n)
{
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (uint32_t i = 0; i < n; i++) {
                Record record = stride(EPOCH, seq + i, (from_s + i) * TICK_HZ);

                record.stride.stride_time_1024 = 1024;
                record = encoded(record);
                (void)store(home, POD, &record, 1);
        }
        assert_int_equal(ledger_commit(home->ledger), 0);
}

typedef struct RunList {
        Run list[16];
        size_t n;
} RunList;

static MAYBE_UNUSED int collect_run(const Run *run, void *userdata)
{
        RunList *runs = userdata;

        assert_true(runs->n < ARRAY_SIZE(runs->list));
        runs->list[runs->n++] = *run;
        return 0;
}

static MAYBE_UNUSED RunList runs_of(Home *home)
{
        RunList runs = {0};

        assert_int_equal(run_each(home->ledger, RUNNER, 0, INT64_MAX, collect_run, &runs), 0);
        return runs;
}

static MAYBE_UNUSED Week week_of(Home *home, const char *id)
{
        Week week;

        assert_int_equal(week_get(home->ledger, RUNNER, id, 0, &week), 1);
        return week;
}

static MAYBE_UNUSED bool has_week(Home *home, const char *id)
{
        Week week;
        int r = week_get(home->ledger, RUNNER, id, 0, &week);

        assert_true(r >= 0);
        return r > 0;
}

static MAYBE_UNUSED const char *reason(const Week *week, const char *path)
{
        const char *code = reasons_find(&week->reasons, path);

        return code ? code : "";
}
