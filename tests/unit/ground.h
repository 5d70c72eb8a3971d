/* ground.h: what every test of this room stands on: an empty directory, a clock that stands still,
 * and a real ledger with one runner who consents. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "daemon/ledger/roster.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GROUND_NOW_MS 1795521600000LL /* 2026-11-24T12:00:00Z, a Tuesday of week 48 */
#define GROUND_RUNNER "anna"

typedef struct Ground {
        char directory[64];
        char path[96]; /* of the ledger */
        Clock *clock;
        Ledger *ledger;
} Ground;

static inline void ground_add_runner(Ground *ground, const char *id, const char *zone)
{
        Runner runner;

        fields_set_null(&runner_fields, &runner);
        (void)text_copy(runner.id, sizeof(runner.id), id);
        (void)text_copy(runner.zone, sizeof(runner.zone), zone);
        runner.consent = 0;
        runner.added_utc_ms = GROUND_NOW_MS;
        assert_int_equal(runner_add(ground->ledger, &runner), 0);
        assert_int_equal(runner_set_consent(ground->ledger, id, true), 0);
}

static inline int ground_setup(void **state)
{
        Ground *ground = calloc(1, sizeof(*ground));
        char message[256] = "";

        assert_non_null(ground);
        (void)text_copy(ground->directory, sizeof(ground->directory), "/tmp/strided-test-XXXXXX");
        assert_non_null(mkdtemp(ground->directory));
        (void)snprintf(ground->path, sizeof(ground->path), "%s/ledger.db", ground->directory);
        assert_int_equal(clock_new_manual(GROUND_NOW_MS, &ground->clock), 0);
        if (ledger_open(ground->path, ground->clock, &ground->ledger, message, sizeof(message)) < 0)
                fail_msg("no ledger: %s", message);
        ground_add_runner(ground, GROUND_RUNNER, "Europe/Berlin");
        *state = ground;
        return 0;
}

static inline int ground_remove(const char *path, const struct stat *info, int kind, struct FTW *at)
{
        (void)info, (void)kind, (void)at;
        return remove(path);
}

static inline int ground_teardown(void **state)
{
        Ground *ground = *state;

        ledger_close(ground->ledger);
        clock_free(ground->clock);
        (void)nftw(ground->directory, ground_remove, 8, FTW_DEPTH | FTW_PHYS);
        free(ground);
        return 0;
}
