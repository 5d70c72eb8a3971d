#include "daemon/watchdog.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-daemon.h>

struct Watchdog {
        Ledger *ledger;
        Timer *timer;
        int64_t every_ms;
        bool failed; /* said already */
};

static void complain(Watchdog *watchdog, int error, bool full)
{
        if (watchdog->failed)
                return;
        watchdog->failed = true;
        log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                  "the ledger does not write (%s; %s), %s", strerror(-error),
                  ledger_error(watchdog->ledger),
                  full ? ledger_is_elsewhere(watchdog->ledger) ? "waiting for a human" : "waiting for room; look with: df -h"
                       : "without a change the watchdog ends this");
}

static void on_timer(void *userdata)
{
        Watchdog *watchdog = userdata;
        int r = ledger_prove(watchdog->ledger, watchdog->every_ms);
        DiskState disk = ledger_disk(watchdog->ledger); /* asked in any case: it logs changes */
        bool full = r == -ENOSPC || (r < 0 && (disk == DISK_LOW || disk == DISK_FULL));

        full |= r < 0 && ledger_is_elsewhere(watchdog->ledger); /* a restart would lose what is open */

        if (r < 0)
                complain(watchdog, r, full);
        else
                watchdog->failed = false;
        if (r >= 0 || full)
                (void)sd_notify(false, "WATCHDOG=1"); /* one that is missed is made up by the next */
        timer_arm(watchdog->timer, watchdog->every_ms);
}

int watchdog_new(Clock *clock, Ledger *ledger, Watchdog **ret)
{
        CLEANUP(watchdog_freep) Watchdog *watchdog = calloc(1, sizeof(*watchdog));
        uint64_t usec = 0;
        int r;

        if (!watchdog)
                return -ENOMEM;
        watchdog->ledger = ledger;
        r = timer_new(clock, "watchdog", on_timer, watchdog, &watchdog->timer);
        if (r < 0)
                return r;
        if (sd_watchdog_enabled(false, &usec) > 0) {
                watchdog->every_ms = (int64_t)usec / 1000 / 3;
                timer_arm(watchdog->timer, 0);
        }
        *ret = TAKE(watchdog);
        return 0;
}

Watchdog *watchdog_free(Watchdog *watchdog)
{
        if (!watchdog)
                return NULL;
        timer_free(watchdog->timer);
        free(watchdog);
        return NULL;
}
