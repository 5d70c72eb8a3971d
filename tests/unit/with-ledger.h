/* with-ledger.h: a ledger in a directory of its own, a clock that stands where it is put, and a
 * second hand on the file, for tests. */
#pragma once

#include "daemon/ledger/records.h"
#include "daemon/ledger/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#define TEST_POD    "C0:A0:00:00:00:01"
#define TEST_SAMPLE "C0:A0:00:00:00:02" /* a pod without memory */
#define TEST_UTC_MS 1795505400000LL     /* 2026-11-24T07:30:00Z */

typedef struct WithLedger {
        char directory[32];
        char path[64];
        Clock *clock;
        Ledger *ledger;
        sqlite3 *other; /* as another program would have it open */
} WithLedger;

static inline void with_ledger_reopen(WithLedger *with)
{
        char message[256] = "";

        with->ledger = ledger_close(with->ledger);
        if (ledger_open(with->path, with->clock, &with->ledger, message, sizeof(message)) < 0)
                fail_msg("%s", message);
}

/* Runner "anna" with both pods. */
static inline void with_ledger_open(WithLedger *with, int64_t utc_ms)
{
        Runner runner = {.id = "anna", .zone = "Europe/Berlin", .hr_max_bpm = NULL_INTEGER,
                         .hr_rest_bpm = NULL_INTEGER, .mass_kg = NULL_REAL, .height_cm = NULL_REAL};
        Pod pod = {.address = TEST_POD, .driver = "stride", .runner = "anna",
                   .placement = PLACEMENT_LEFT_FOOT, .has_memory = 1};
        Pod sample = {.address = TEST_SAMPLE, .driver = "rsc", .runner = "anna",
                      .placement = PLACEMENT_RIGHT_FOOT};

        *with = (WithLedger){.directory = "/tmp/strided-test-XXXXXX"};
        assert_non_null(mkdtemp(with->directory));
        (void)snprintf(with->path, sizeof(with->path), "%s/ledger", with->directory);
        assert_int_equal(clock_new_manual(utc_ms, &with->clock), 0);
        with_ledger_reopen(with);
        assert_int_equal(runner_add(with->ledger, &runner), 0);
        assert_int_equal(pod_assign(with->ledger, &pod), 0);
        assert_int_equal(pod_assign(with->ledger, &sample), 0);
        assert_int_equal(sqlite3_open(with->path, &with->other), SQLITE_OK);
}

static inline void with_ledger_close(WithLedger *with)
{
        static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};

        assert_int_equal(sqlite3_close(with->other), SQLITE_OK);
        with->ledger = ledger_close(with->ledger);
        with->clock = clock_free(with->clock);
        for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
                char path[96];

                (void)snprintf(path, sizeof(path), "%s%s", with->path, suffixes[i]);
                (void)unlink(path); /* what is not there need not go */
        }
        assert_int_equal(rmdir(with->directory), 0);
}

static inline void with_ledger_run(WithLedger *with, const char *sql)
{
        char *message = NULL;

        if (sqlite3_exec(with->other, sql, NULL, NULL, &message) != SQLITE_OK)
                fail_msg("%s: %s", sql, message);
}

/* From here on the ledger refuses records, in the middle of the transaction. */
static inline void with_ledger_refuse_records(WithLedger *with)
{
        with_ledger_run(with, "CREATE TRIGGER refuse BEFORE INSERT ON record BEGIN SELECT "
                              "RAISE(ABORT, 'refused by the test'); END");
}

static inline void with_ledger_take_records(WithLedger *with)
{
        with_ledger_run(with, "DROP TRIGGER refuse");
}

static inline int64_t with_ledger_count(WithLedger *with, const char *sql)
{
        sqlite3_stmt *statement;
        int64_t value;

        assert_int_equal(sqlite3_prepare_v2(with->other, sql, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        value = sqlite3_column_int64(statement, 0);
        assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
        return value;
}

/* A battery record, the plainest there is. */
static inline Record with_ledger_record(uint32_t epoch, uint32_t seq)
{
        Record record = {.kind = RECORD_BATTERY, .epoch = epoch, .seq = seq, .tick = seq * 1024,
                         .battery = {.level_pct = 80}};

        assert_int_equal(record_encode(&record), 0);
        return record;
}

static inline void with_ledger_store(WithLedger *with, uint32_t epoch, uint32_t first, uint32_t last)
{
        for (uint32_t seq = first; seq <= last; seq++) {
                Record record = with_ledger_record(epoch, seq);

                assert_int_equal(records_store(with->ledger, TEST_POD, &record, 1, NULL), 0);
        }
}
