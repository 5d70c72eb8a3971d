#include "daemon/derive-clock.h"

#include "base/log.h"
#include "daemon/ledger/withdraw.h"

#define STEP_MS       3600000LL /* less is no step: nothing here is dated more finely */
#define LOOKS_APART_MS 3600000LL /* so long before it was seen a step may have been */

static int64_t offset_ms(const Clock *clock)
{
        return clock_utc_ms(clock) - clock_boottime_ms(clock);
}

static bool is_stepped(const ClockSeen *seen, int64_t offset)
{
        return offset - seen->offset_ms >= STEP_MS || seen->offset_ms - offset >= STEP_MS;
}

int derive_clock_look(Ledger *ledger, const Clock *clock, ClockSeen *seen)
{
        int64_t now = clock_utc_ms(clock), offset = offset_ms(clock);
        ClockQuality quality = clock_quality(clock);
        int r = 0;

        if (quality == CLOCK_SYNCHRONISED) {
                if (seen->any && seen->quality != CLOCK_SYNCHRONISED && is_stepped(seen, offset)) {
                        log_event(LOG_DERIVED, LOG_LEVEL_WARNING, NULL, NULL,
                                  "the clock was wrong by %lld h: what it dated is corrected",
                                  (long long)((offset - seen->offset_ms) / STEP_MS));
                        r = enrolment_correct(ledger, seen->from_utc_ms, now - offset + seen->offset_ms,
                                              offset - seen->offset_ms);
                }
                if (r >= 0)
                        r = enrolment_forget(ledger);
                if (r < 0)
                        return r; /* seen as before: it is tried again */
        } else if (seen->any && !(seen->quality == CLOCK_SYNCHRONISED && is_stepped(seen, offset))) {
                return 0; /* no better than what was seen */
        }
        *seen = (ClockSeen){.offset_ms = offset,
                            .from_utc_ms = seen->any ? now - LOOKS_APART_MS : now,
                            .quality = quality,
                            .any = true};
        return 0;
}
