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

/* ---- room ---- */

void ledger_set_min_free(Ledger *ledger, int64_t octets)
{
        ledger->min_free_octets = octets;
}

bool ledger_has_room(Ledger *ledger)
{
        int64_t used, free_octets, needed = ledger->min_free_octets;

        if (ledger_size(ledger, &used, &free_octets) < 0)
                return !ledger->is_short; /* not known: as it was */
        if (ledger->is_short)
                needed += needed / 4; /* else it would switch with every commit */
        if (ledger->is_short == (free_octets < needed))
                return !ledger->is_short;
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
        return !ledger->is_short;
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
