#include "daemon/redflag-watch.h"

#include "base/log.h"
#include "daemon/ledger/redflags.h"
#include "proto/redflag-texts.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_MS 60000
#define RETRY_MS  30000 /* of a ledger that failed, or a clock that is not set yet */

struct RedflagWatch {
        Clock *clock;
        Ledger *ledger;
        const uint32_t *minutes;
        Timer *timer;
};

static void on_due(void *userdata)
{
        RedflagWatch *watch = userdata;
        int64_t next, now = clock_utc_ms(watch->clock);
        int r;

        if (clock_quality(watch->clock) == CLOCK_UNSET) { /* nobody knows how long ago anything was */
                timer_arm(watch->timer, RETRY_MS);
                return;
        }
        r = redflags_tell(watch->ledger, (int64_t)*watch->minutes * MINUTE_MS,
                          redflag_answer_text("redflag_unanswered"), &next);
        if (r < 0) {
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                          "red flags could not be looked after: %s, trying again in %d s", strerror(-r),
                          RETRY_MS / 1000);
                timer_arm(watch->timer, RETRY_MS);
                return;
        }
        if (r > 0)
                log_event(LOG_REDFLAG, LOG_LEVEL_WARNING, NULL, NULL,
                          "%d red flag%s not acknowledged by the clinic within %u min, the runner is told", r,
                          r == 1 ? " was" : "s were", *watch->minutes);
        if (next != NULL_INTEGER)
                timer_arm(watch->timer, next > now ? next - now : 0);
}

void redflag_watch_wake(RedflagWatch *watch)
{
        timer_arm(watch->timer, 0);
}

int redflag_watch_new(Clock *clock, Ledger *ledger, const uint32_t *minutes, RedflagWatch **ret)
{
        CLEANUP(redflag_watch_freep) RedflagWatch *watch = calloc(1, sizeof(*watch));
        int r;

        if (!watch)
                return -ENOMEM;
        *watch = (RedflagWatch){.clock = clock, .ledger = ledger, .minutes = minutes};
        r = timer_new(clock, "redflag-watch", on_due, watch, &watch->timer);
        if (r < 0)
                return r;
        redflag_watch_wake(watch);
        *ret = TAKE(watch);
        return 0;
}

RedflagWatch *redflag_watch_free(RedflagWatch *watch)
{
        if (!watch)
                return NULL;
        timer_free(watch->timer);
        free(watch);
        return NULL;
}
