#include "daemon/derive.h"

#include "base/log.h"
#include "daemon/derive-runs.h"
#include "daemon/derive-weeks.h"
#include "daemon/ledger/weeks.h"

#include <errno.h>
#include <string.h>

#define SETTLE_MS     15000     /* quiet for so long: derive */
#define PATIENCE_MS   300000    /* but never wait longer than this */
#define RETRY_MS      60000
#define EVERY_HOUR_MS 3600000LL
#define SLICE_MS      86400000LL /* of a runner's time in one transaction */
#define REFERENCE_WEEKS 5        /* a run is reference for those of the 30 days after it */

struct Derive {
        Ledger *ledger;
        Clock *clock;
        const MeasureParameters *parameters;
        Timer *work_timer;
        Timer *hour_timer;
        int64_t waiting_since_ms; /* boottime; 0: nothing waits */
        int error;                /* that was told; 0: it works */
};

/* ---- one slice ---- */

static int derive_span(Derive *derive, const Runner *runner, const Zone *zone, int64_t from_utc_ms,
                       int64_t to_utc_ms)
{
        IsoWeek first, last;
        RunSpan span = {0};
        int r = derive_runs(derive->ledger, derive->parameters, runner, zone, from_utc_ms, to_utc_ms,
                            &span);

        if (r < 0)
                return r;
        first = zone_week(zone, from_utc_ms);
        last = zone_week(zone, to_utc_ms);
        if (span.changed) {
                first = zone_week(zone, span.from_utc_ms);
                last = iso_week_add(zone_week(zone, span.to_utc_ms), REFERENCE_WEEKS);
        }
        return derive_weeks(derive->ledger, runner, zone, clock_utc_ms(derive->clock), first, last);
}

/* The oldest dirty span, or its first day. 1: there was one; 0: nothing is dirty. */
static int derive_slice(Derive *derive)
{
        CLEANUP(zone_freep) Zone *zone = NULL;
        int64_t to_utc_ms;
        Runner runner;
        Dirty dirty;
        int r = dirty_next(derive->ledger, &dirty);

        if (r <= 0)
                return r;
        r = dirty_clear(derive->ledger, dirty.id);
        if (r >= 0)
                r = runner_get(derive->ledger, dirty.runner, &runner);
        if (r <= 0)
                return r < 0 ? r : 1;
        r = zone_new(runner.zone, &zone);
        if (r < 0) {
                log_event(LOG_DERIVED, LOG_LEVEL_ERROR, NULL, runner.id,
                          "time zone %s is not on this machine: install tzdata, then restart strided",
                          runner.zone);
                return r;
        }
        to_utc_ms = dirty.to_utc_ms;
        if (to_utc_ms - dirty.from_utc_ms > SLICE_MS)
                to_utc_ms = dirty.from_utc_ms + SLICE_MS;
        r = derive_span(derive, &runner, zone, dirty.from_utc_ms, to_utc_ms);
        if (r >= 0 && to_utc_ms < dirty.to_utc_ms)
                r = dirty_mark(derive->ledger, runner.id, to_utc_ms + 1, dirty.to_utc_ms);
        return r < 0 ? r : 1;
}

/* A slice and its revisions are one transaction with the outbox rows. */
static int derive_step(Derive *derive)
{
        int r = ledger_begin(derive->ledger);

        if (r < 0)
                return r;
        r = derive_slice(derive);
        if (r < 0) {
                ledger_rollback(derive->ledger);
                return r;
        }
        return ledger_commit(derive->ledger) < 0 ? -EIO : r;
}

/* ---- time's own work ---- */

static int due_of_runner(const Runner *runner, void *userdata)
{
        Derive *derive = userdata;
        CLEANUP(zone_freep) Zone *zone = NULL;
        int r = zone_new(runner->zone, &zone);

        if (r < 0)
                return 0; /* told when something of theirs is derived */
        return derive_due_weeks(derive->ledger, runner, zone, clock_utc_ms(derive->clock));
}

static int derive_due(Derive *derive)
{
        int r = ledger_begin(derive->ledger);

        if (r < 0)
                return r;
        r = runner_each(derive->ledger, due_of_runner, derive);
        if (r < 0) {
                ledger_rollback(derive->ledger);
                return r;
        }
        return ledger_commit(derive->ledger);
}

/* ---- when ---- */

static bool time_is_known(const Derive *derive)
{
        return clock_quality(derive->clock) != CLOCK_UNSET;
}

/* Once, until it works again: on a full disk it would be a line every minute. */
static void complain(Derive *derive, int error)
{
        if (derive->error == error)
                return;
        derive->error = error;
        log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                  "could not derive (%s; %s), trying again in %d s", strerror(-error),
                  ledger_error(derive->ledger), RETRY_MS / 1000);
}

static void on_work(void *userdata)
{
        Derive *derive = userdata;
        int r;

        derive->waiting_since_ms = 0;
        if (!time_is_known(derive)) {
                timer_arm(derive->work_timer, RETRY_MS);
                return;
        }
        r = derive_step(derive);
        if (r < 0)
                complain(derive, r);
        else
                derive->error = 0;
        if (r != 0)
                timer_arm(derive->work_timer, r < 0 ? RETRY_MS : 0);
}

static void on_hour(void *userdata)
{
        Derive *derive = userdata;
        Dirty dirty;
        int r = dirty_next(derive->ledger, &dirty);

        /* A week is not final while something of it waits to be derived. */
        if (r > 0) {
                timer_arm(derive->hour_timer, 2 * SETTLE_MS);
                return;
        }
        if (r == 0 && time_is_known(derive))
                r = derive_due(derive);
        if (r < 0)
                complain(derive, r);
        timer_arm(derive->hour_timer, r < 0 ? RETRY_MS : EVERY_HOUR_MS);
}

static void on_committed(unsigned touched, void *userdata)
{
        Derive *derive = userdata;
        int64_t now_ms = clock_boottime_ms(derive->clock);

        if (touched & LEDGER_ROSTER)
                timer_arm(derive->hour_timer, SETTLE_MS); /* a new runner has a week, too */
        if (!(touched & LEDGER_DIRTY))
                return;
        if (derive->waiting_since_ms == 0)
                derive->waiting_since_ms = now_ms;
        if (!timer_is_armed(derive->work_timer) || now_ms - derive->waiting_since_ms < PATIENCE_MS)
                timer_arm(derive->work_timer, SETTLE_MS);
}

int derive_new(Ledger *ledger, Clock *clock, const MeasureParameters *parameters, Derive **ret)
{
        CLEANUP(derive_freep) Derive *derive = calloc(1, sizeof(*derive));
        int r;

        if (!derive)
                return -ENOMEM;
        derive->ledger = ledger;
        derive->clock = clock;
        derive->parameters = parameters;
        r = timer_new(clock, "derive", on_work, derive, &derive->work_timer);
        if (r >= 0)
                r = timer_new(clock, "derive-hourly", on_hour, derive, &derive->hour_timer);
        if (r < 0)
                return r;
        ledger_observe(ledger, on_committed, derive);
        timer_arm(derive->work_timer, SETTLE_MS); /* what the last life left dirty */
        timer_arm(derive->hour_timer, SETTLE_MS);
        *ret = TAKE(derive);
        return 0;
}

Derive *derive_free(Derive *derive)
{
        if (!derive)
                return NULL;
        ledger_forget(derive->ledger, on_committed, derive);
        timer_free(derive->work_timer);
        timer_free(derive->hour_timer);
        free(derive);
        return NULL;
}

int derive_now(Derive *derive)
{
        int r;

        if (!time_is_known(derive))
                return 0;
        do {
                r = derive_step(derive);
        } while (r > 0);
        return r < 0 ? r : derive_due(derive);
}
