/* Implements the part of timebase.h for pods without memory, whose ticks are our own boottime. */
#include "daemon/ledger/timebase.h"

#include "daemon/ledger/timebase-update.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BOOT_SIZE 40

/* Which boot the boottime counts from; "" when the kernel does not say. */
static void read_boot(char ret[static BOOT_SIZE])
{
        CLEANUP(closep) int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, ret, BOOT_SIZE - 1);

        ret[n < 0 ? 0 : n] = '\0';
        ret[strcspn(ret, "\n")] = '\0';
}

/* The next epoch of the boot, in order, without an anchor as good as `quality`. 1, 0: none. */
static int next_worse(Ledger *ledger, const char *boot, int quality, int64_t *pod_id, int64_t *epoch)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT pod_id, epoch FROM epoch e WHERE boot = ?1 AND (pod_id, epoch) > (?2, "
                          "?3) AND NOT EXISTS (SELECT 1 FROM anchor a WHERE a.pod_id = e.pod_id AND "
                          "a.epoch = e.epoch AND quality >= ?4) ORDER BY pod_id, epoch LIMIT 1",
                          "siii", boot, *pod_id, *epoch, (int64_t)quality);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0) {
                *pod_id = column_integer(statement, 0);
                *epoch = column_integer(statement, 1);
        }
        return r;
}

/* What we know now about our clock holds for all of this boot. How many epochs it placed. */
static int place_boot(Ledger *ledger, const char *boot, int64_t tick_ms, int64_t utc_ms, int quality)
{
        int64_t pod_id = -1, epoch = -1;
        int n = 0, r = 0;

        if (quality < CLOCK_SET || boot[0] == '\0')
                return 0;
        for (;; n++) {
                r = next_worse(ledger, boot, quality, &pod_id, &epoch);
                if (r <= 0)
                        return r < 0 ? r : n;
                r = timebase_take(ledger, pod_id, false, (uint32_t)epoch, tick_ms, utc_ms, quality);
                if (r < 0)
                        return r;
        }
}

int timebase_anchor(Ledger *ledger, const char *address, uint32_t epoch, int64_t tick_ms,
                    int64_t utc_ms, ClockQuality quality)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        char boot[BOOT_SIZE];
        int64_t pod_id;
        int r = sql_integer(ledger, &pod_id, "SELECT pod_id FROM pod WHERE address = ?", "s",
                            address);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        read_boot(boot);
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO epoch (pod_id, epoch, first_seq, last_seq, boot) VALUES (?, ?, 1, 0, "
                            "?) ON CONFLICT (pod_id, epoch) DO UPDATE SET boot = excluded.boot WHERE boot IS "
                            "NULL",
                            "iis", pod_id, (int64_t)epoch, boot[0] ? boot : NULL);
        if (r >= 0)
                r = timebase_take(ledger, pod_id, false, epoch, tick_ms, utc_ms, (int)quality);
        if (r >= 0)
                r = place_boot(ledger, boot, tick_ms, utc_ms, (int)quality);
        return r < 0 ? r : transaction_commit(&transaction);
}

int timebase_place(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        char boot[BOOT_SIZE];
        int n, r = transaction_begin(&transaction, ledger);

        if (r < 0)
                return r;
        read_boot(boot);
        n = place_boot(ledger, boot, clock_boottime_ms(ledger->clock), clock_utc_ms(ledger->clock),
                       (int)clock_quality(ledger->clock));
        if (n < 0)
                return n;
        r = transaction_commit(&transaction);
        return r < 0 ? r : n;
}

int timebase_unplaced(Ledger *ledger, int64_t *ret)
{
        int r = sql_integer(ledger, ret,
                            "SELECT count(*) FROM epoch e WHERE anchors = 0 AND EXISTS (SELECT 1 FROM "
                            "record r WHERE r.pod_id = e.pod_id AND r.epoch = e.epoch)",
                            "");

        return r < 0 ? r : 0;
}
