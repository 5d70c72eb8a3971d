/* fixture.h: a ledger in a directory of its own, a clock that stands, one runner with one pod
 * on the left foot; and records as a pod would send them. Included once by each test program. */
#pragma once

#include "base/calendar.h"
#include "base/clock.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/weeks.h"
#include "proto/record.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS    1795507200000LL /* 2026-11-24T08:00:00Z, a Tuesday */
#define MINUTE_MS 60000LL
#define POD       "AA:BB:CC:DD:EE:01"
#define OTHER_POD "AA:BB:CC:DD:EE:02"
#define RSC_POD   "AA:BB:CC:DD:EE:03"
#define RUNNER    "runner-1"

typedef struct Home {
        char directory[40];
        char path[64];
        Clock *clock;
        Ledger *ledger;
} Home;

#define MAYBE_UNUSED __attribute__((unused))

static MAYBE_UNUSED void home_reopen(Home *home)
{
        char message[400] = "";

        home->ledger = ledger_close(home->ledger);
        if (ledger_open(home->path, home->clock, &home->ledger, message, sizeof(message)) < 0)
                fail_msg("%s", message);
}

static MAYBE_UNUSED void add_runner(Home *home, const char *id)
{
        Runner runner;

        fields_set_null(&runner_fields, &runner);
        (void)text_copy(runner.id, sizeof(runner.id), id);
        (void)text_copy(runner.zone, sizeof(runner.zone), "Europe/Berlin");
        runner.consent = 0;
        runner.added_utc_ms = clock_utc_ms(home->clock);
        assert_int_equal(runner_add(home->ledger, &runner), 0);
}

static MAYBE_UNUSED Pod pod_of(const char *address, const char *runner, Placement placement,
                               bool has_memory)
{
        Pod pod = {.placement = placement, .bonded = 1, .has_memory = has_memory};

        (void)text_copy(pod.address, sizeof(pod.address), address);
        (void)text_copy(pod.name, sizeof(pod.name), "Pod");
        (void)text_copy(pod.driver, sizeof(pod.driver), has_memory ? "stride" : "rsc");
        (void)text_copy(pod.runner, sizeof(pod.runner), runner);
        return pod;
}

static MAYBE_UNUSED void add_pod(Home *home, const char *address, Placement placement,
                                 bool has_memory)
{
        Pod pod = pod_of(address, RUNNER, placement, has_memory);

        assert_int_equal(pod_assign(home->ledger, &pod), 0);
}

/* An empty directory, the clock at NOW_MS, no ledger. */
static MAYBE_UNUSED int make_bare_home(void **state)
{
        Home *home = calloc(1, sizeof(*home));

        assert_non_null(home);
        (void)snprintf(home->directory, sizeof(home->directory), "/tmp/strided-ledger-XXXXXX");
        assert_non_null(mkdtemp(home->directory));
        (void)snprintf(home->path, sizeof(home->path), "%s/ledger.db", home->directory);
        assert_int_equal(clock_new_manual(NOW_MS, &home->clock), 0);
        *state = home;
        return 0;
}

static MAYBE_UNUSED int make_home(void **state)
{
        Home *home;

        (void)make_bare_home(state);
        home = *state;
        home_reopen(home);
        add_runner(home, RUNNER);
        add_pod(home, POD, PLACEMENT_LEFT_FOOT, true);
        return 0;
}

static MAYBE_UNUSED int leave_home(void **state)
{
        static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", ".lock"};
        Home *home = *state;
        char path[96];

        home->ledger = ledger_close(home->ledger);
        home->clock = clock_free(home->clock);
        for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
                (void)snprintf(path, sizeof(path), "%s%s", home->path, suffixes[i]);
                (void)unlink(path); /* most are not there */
        }
        (void)rmdir(home->directory); /* a test that failed may have left more */
        free(home);
        return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_home, leave_home)

/* ---- records ---- */

static MAYBE_UNUSED Record encoded(Record record)
{
        assert_int_equal(record_encode(&record), 0);
        return record;
}

static MAYBE_UNUSED Record stride(uint32_t epoch, uint32_t seq, uint32_t tick)
{
        return encoded((Record){.epoch = epoch,
                                .seq = seq,
                                .kind = RECORD_STRIDE,
                                .tick = tick,
                                .stride = {.stride_time_1024 = 700,
                                           .contact_time_1024 = 256,
                                           .stride_length_mm = 2000,
                                           .peak_impact_mg = 2500,
                                           .running = 1,
                                           .quality = 3}});
}

static MAYBE_UNUSED Record lost(uint32_t epoch, uint32_t first, uint32_t last, uint32_t tick)
{
        return encoded((Record){.epoch = epoch,
                                .seq = first,
                                .kind = RECORD_LOST,
                                .tick = tick,
                                .lost = {.last_seq = last, .reason = LOST_OVERWRITTEN}});
}

static MAYBE_UNUSED Record anchor(uint32_t epoch, uint32_t seq, uint32_t tick, int64_t utc_ms,
                                  ClockQuality quality)
{
        return encoded((Record){.epoch = epoch,
                                .seq = seq,
                                .kind = RECORD_ANCHOR,
                                .tick = tick,
                                .anchor = {.utc_ms = utc_ms, .clock_quality = quality}});
}

static MAYBE_UNUSED StoreResult store(Home *home, const char *address, const Record *records,
                                      size_t n)
{
        StoreResult result = {0};

        assert_int_equal(records_store(home->ledger, address, records, n, &result), 0);
        return result;
}

/* Strides first..last, one a second. */
static MAYBE_UNUSED void store_strides(Home *home, uint32_t epoch, uint32_t first, uint32_t last)
{
        for (uint32_t seq = first; seq <= last; seq++) {
                Record record = stride(epoch, seq, seq * TICK_HZ);

                (void)store(home, POD, &record, 1);
        }
}

/* ---- looking ---- */

typedef struct Stored {
        StoredRecord list[64];
        size_t n;
} Stored;

static MAYBE_UNUSED int collect_stored(const StoredRecord *record, void *userdata)
{
        Stored *stored = userdata;

        assert_true(stored->n < ARRAY_SIZE(stored->list));
        stored->list[stored->n++] = *record;
        return 0;
}

static MAYBE_UNUSED Stored export_all(Home *home)
{
        Stored stored = {0};

        assert_int_equal(records_export(home->ledger, NULL, 0, 0, 1000, collect_stored, &stored), 0);
        return stored;
}

typedef struct Rows {
        OutboxRow list[128];
        size_t n;
} Rows;

static MAYBE_UNUSED int collect_row(const OutboxRow *row, void *userdata)
{
        Rows *rows = userdata;

        assert_true(rows->n < ARRAY_SIZE(rows->list));
        rows->list[rows->n++] = *row;
        return 0;
}

static MAYBE_UNUSED Rows outbox_rows(Home *home, bool waiting_only)
{
        Rows rows = {0};

        assert_int_equal(outbox_each(home->ledger, waiting_only, 0, 1000, collect_row, &rows), 0);
        return rows;
}

/* Takes every dirty span away; how many there were, the last one in *ret. */
static MAYBE_UNUSED size_t drain_dirty(Home *home, Dirty *ret)
{
        size_t n = 0;
        Dirty dirty;

        while (dirty_next(home->ledger, &dirty) > 0) {
                assert_int_equal(dirty_clear(home->ledger, dirty.id), 0);
                if (ret)
                        *ret = dirty;
                n++;
        }
        return n;
}
