/* Implements ledger.h: is there room, and does it still write? */
#include "daemon/ledger/sql.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define MIB (1024 * 1024LL)

int ledger_size(Ledger *ledger, int64_t *ret_octets, int64_t *ret_free_octets)
{
        char wal[512];
        struct stat status;
        struct statvfs space;
        int64_t octets = 0;

        if (stat(ledger->path, &status) < 0 || statvfs(ledger->path, &space) < 0)
                return -errno;
        octets = status.st_size;
        if ((size_t)snprintf(wal, sizeof(wal), "%s-wal", ledger->path) < sizeof(wal) &&
            stat(wal, &status) == 0)
                octets += status.st_size;
        *ret_octets = octets;
        *ret_free_octets = (int64_t)space.f_bavail * (int64_t)space.f_frsize;
        return 0;
}

int ledger_used(Ledger *ledger, int64_t *ret)
{
        int64_t pages = 0, unused = 0, page_octets = 0;
        int r = sql_integer(ledger, &pages, "PRAGMA page_count", "");

        if (r >= 0)
                r = sql_integer(ledger, &unused, "PRAGMA freelist_count", "");
        if (r >= 0)
                r = sql_integer(ledger, &page_octets, "PRAGMA page_size", "");
        if (r >= 0)
                *ret = (pages - unused) * page_octets;
        return r < 0 ? r : 0;
}

/* ---- room ---- */

#define HIGH_PERCENT    80
#define NO_HIGH_PERCENT 75 /* else it would switch with every commit; as below */
#define NEAR_PERCENT    95
#define NO_NEAR_PERCENT 90
#define TRY_EVERY_MS    30000

void ledger_set_min_free(Ledger *ledger, int64_t octets)
{
        ledger->min_free_octets = octets;
}

void ledger_set_size_max(Ledger *ledger, int64_t octets)
{
        char pragma[64];
        int64_t page_octets = 4096;

        ledger->size_max_octets = octets;
        if (sql_integer(ledger, &page_octets, "PRAGMA page_size", "") < 0)
                return; /* told by the next access of anybody: only the last bound is missing */
        (void)snprintf(pragma, sizeof(pragma), "PRAGMA max_page_count = %lld",
                       octets > 0 ? (long long)(octets / page_octets) : 4294967294LL);
        (void)sqlite3_exec(ledger->db, pragma, NULL, NULL, NULL); /* as above */
}

int64_t ledger_size_max(const Ledger *ledger)
{
        return ledger->size_max_octets;
}

static void look_at_disk(Ledger *ledger)
{
        int64_t used, free_octets, needed = ledger->min_free_octets;

        if (ledger_size(ledger, &used, &free_octets) < 0)
                return; /* not known: as it was */
        if (ledger->is_short)
                needed += needed / 4; /* else it would switch with every commit */
        if (ledger->is_short == (free_octets < needed))
                return;
        ledger->is_short = !ledger->is_short;
        if (ledger->is_short)
                log_event(LOG_DISK_STATE, LOG_LEVEL_ERROR, NULL, NULL,
                          "%lld MiB are free where the ledger is, %lld are needed: reading pods' "
                          "memories pauses, they keep their records; diary and clinic go on. Make "
                          "room; look with: df -h",
                          (long long)(free_octets / MIB),
                          (long long)(ledger->min_free_octets / MIB));
        else
                log_event(LOG_DISK_STATE, LOG_LEVEL_NOTICE, NULL, NULL,
                          "%lld MiB are free where the ledger is: pods' memories are read again",
                          (long long)(free_octets / MIB));
}

/* `enter` percent of the budget make it true, below `leave` it is false again. */
static bool is_above(bool was, int64_t percent, int enter, int leave)
{
        return percent >= (was ? leave : enter);
}

static void look_at_budget(Ledger *ledger)
{
        int64_t used, percent;
        bool high, near;

        if (ledger->size_max_octets <= 0) {
                ledger->is_high = ledger->is_near = false;
                return;
        }
        if (ledger_used(ledger, &used) < 0)
                return; /* as above */
        percent = used / (ledger->size_max_octets / 100 + 1);
        high = is_above(ledger->is_high, percent, HIGH_PERCENT, NO_HIGH_PERCENT);
        near = is_above(ledger->is_near, percent, NEAR_PERCENT, NO_NEAR_PERCENT);
        if (near != ledger->is_near)
                log_event(LOG_DISK_STATE, near ? LOG_LEVEL_ERROR : LOG_LEVEL_NOTICE, NULL, NULL,
                          near ? "the ledger uses %lld %% of its %lld MiB (size_max_mb): reading pods' "
                                 "memories pauses, they keep their records; diary and clinic go on. See: "
                                 "stridectl doctor"
                               : "the ledger uses %lld %% of its %lld MiB: pods' memories are read again",
                          (long long)percent, (long long)(ledger->size_max_octets / MIB));
        else if (high && !ledger->is_high)
                log_event(LOG_DISK_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "the ledger uses %lld %% of its %lld MiB (size_max_mb): older raw records go "
                          "earlier than keep_records_days says; runs and weeks stay",
                          (long long)percent, (long long)(ledger->size_max_octets / MIB));
        ledger->is_high = high;
        ledger->is_near = near;
}

void room_note(Ledger *ledger, int error)
{
        if (ledger->write_error == error)
                return;
        ledger->write_error = error;
        if (error == 0)
                log_event(LOG_DISK_STATE, LOG_LEVEL_NOTICE, NULL, NULL, "the ledger is written again");
        else
                log_event(LOG_DISK_STATE, LOG_LEVEL_ERROR, NULL, NULL,
                          "the ledger's file cannot be %s (%s): pods keep their records, nothing that "
                          "was accepted is lost; it is tried again. Look with: %s",
                          error == -ENOSPC ? "written" : "read or written", ledger->error,
                          error == -ENOSPC ? "df -h" : "dmesg; is the disk or card worn out?");
}

DiskState ledger_disk(Ledger *ledger)
{
        look_at_disk(ledger);
        look_at_budget(ledger);
        if (ledger->is_elsewhere)
                return DISK_FAILING;
        if (ledger->write_error != 0)
                return ledger->write_error == -ENOSPC ? DISK_FULL : DISK_FAILING;
        return ledger->is_short || ledger->is_near ? DISK_LOW : ledger->is_high ? DISK_HIGH : DISK_OK;
}

const char *disk_state_name(DiskState state)
{
        static const char *const names[] = {
                [DISK_OK] = "ok",     [DISK_HIGH] = "high",       [DISK_LOW] = "low",
                [DISK_FULL] = "full", [DISK_FAILING] = "failing",
        };

        return names[state];
}

/* While all wait for room nobody would notice that there is some again. */
static void try_again(Ledger *ledger)
{
        int64_t now_ms = clock_boottime_ms(ledger->clock);

        if ((ledger->write_error == 0 && !ledger->is_elsewhere) || ledger->depth > 0 || now_ms - ledger->tried_boottime_ms < TRY_EVERY_MS)
                return;
        ledger->tried_boottime_ms = now_ms;
        if (ledger_prove(ledger, 0) < 0)
                return; /* as it was, and said */
}

bool ledger_has_room(Ledger *ledger)
{
        try_again(ledger);
        return ledger_disk(ledger) < DISK_LOW;
}

/* ---- alive ---- */

int ledger_prove(Ledger *ledger, int64_t within_ms)
{
        int64_t now_ms = clock_boottime_ms(ledger->clock);
        int r;

        if (ledger->committed_boottime_ms != INT64_MIN &&
            now_ms - ledger->committed_boottime_ms < within_ms)
                return 0;
        r = ledger_begin(ledger);
        if (r < 0)
                return r;
        r = sql_run(ledger, "INSERT OR REPLACE INTO about (key, value) VALUES ('proved_ms', ?)", "i",
                    clock_utc_ms(ledger->clock));
        if (r < 0) {
                ledger_rollback(ledger);
                return r;
        }
        return ledger_commit(ledger);
}
