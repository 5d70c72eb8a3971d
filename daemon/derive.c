#include "daemon/derive.h"

#include "base/log.h"
#include "daemon/derive-clock.h"
#include "daemon/derive-history.h"
#include "daemon/derive-runs.h"
#include "daemon/derive-segments.h"
#include "daemon/derive-streak.h"
#include "daemon/derive-weeks.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/due.h"
#include "daemon/ledger/timebase.h"
#include "daemon/ledger/weeks.h"

#include <errno.h>
#include <string.h>

#define SETTLE_MS     15000     /* quiet for so long: derive */
#define PATIENCE_MS   300000    /* but never wait longer than this */
#define RETRY_MS      60000
#define EVERY_HOUR_MS 3600000LL
#define SLICE_MS      86400000LL /* of a runner's time in one transaction */
#define SLICE_WEEKS   8          /* in one transaction */

struct Derive {
        Ledger *ledger;
        Clock *clock;
        const MeasureParameters *parameters;
        Timer *work_timer;
        Timer *hour_timer;
        int64_t waiting_since_ms; /* boottime; 0: nothing waits */
        int error;                /* that was told; 0: it works */
        ClockSeen seen;
};

/* ---- one slice ---- */

/* What is worked on: it is set aside when it fails. */
typedef struct Work {
        int64_t dirty; /* id of a span; 0: a week */
        DueWeek week;  /* runner "": nothing yet */
        char runner[ID_SIZE];
        Runner of;
        Homes *homes;
} Work;

static void work_clearp(Work *work)
{
        work->homes = homes_free(work->homes);
}

/* 1: the runner and their zones are there; 0: no such runner. */
static int work_begin(Derive *derive, const char *runner, Work *work)
{
        int r;

        (void)text_copy(work->runner, sizeof(work->runner), runner);
        r = runner_get(derive->ledger, runner, &work->of);
        if (r <= 0)
                return r;
        r = homes_new(derive->ledger, runner, &work->homes);
        if (r == -ENOENT)
                log_event(LOG_DERIVED, LOG_LEVEL_ERROR, NULL, runner,
                          "time zone %s or an earlier one is not on this machine: install tzdata, then restart strided",
                          work->of.zone);
        return r < 0 ? r : 1;
}

/* What a runner's weeks are held against, however long ago it was. */
typedef struct Baselines {
        const Homes *homes;
        int64_t from_utc_ms;
        int64_t to_utc_ms;
        bool touched;
} Baselines;

static int look_at_baseline(const Plan *plan, void *userdata)
{
        Baselines *baselines = userdata;
        IsoWeek id;

        if (iso_week_parse(plan->baseline_week, &id) < 0)
                return 0; /* none is fixed */
        if (homes_week_start_utc_ms(baselines->homes, id) <= baselines->to_utc_ms &&
            homes_week_start_utc_ms(baselines->homes, iso_week_add(id, 1)) > baselines->from_utc_ms)
                baselines->touched = true;
        return 0;
}

static WeeksOf weeks_of(const Derive *derive, const Runner *runner, const Homes *homes)
{
        return (WeeksOf){.ledger = derive->ledger, .runner = runner, .homes = homes, .parameters = derive->parameters,
                         .now_utc_ms = clock_utc_ms(derive->clock),
                         .now_is_sure = clock_quality(derive->clock) == CLOCK_SYNCHRONISED};
}

/* Runs of the span; its weeks wait until nothing of it is left, so that each is made once. */
static int derive_span(Derive *derive, const Work *work, DirtyWhy why, int64_t from_utc_ms,
                       int64_t to_utc_ms)
{
        WeeksOf weeks = weeks_of(derive, &work->of, work->homes);
        PainOf pain = {derive->ledger, work->of.id, work->homes, &derive->parameters->pain_clock, weeks.now_utc_ms};
        IsoWeek first, last;
        RunSpan span = {0};
        Baselines baselines;
        int r = derive_reach(derive->ledger, work->of.id, from_utc_ms, &to_utc_ms);

        if (r >= 0)
                r = derive_runs(derive->ledger, derive->parameters, &work->of, work->homes, from_utc_ms,
                                to_utc_ms, &span);
        if (r >= 0)
                r = derive_sensed_days(derive->ledger, derive->parameters, &work->of, work->homes, from_utc_ms, to_utc_ms);
        if (r < 0)
                return r;
        if (span.changed) {
                from_utc_ms = span.from_utc_ms;
                to_utc_ms = span.to_utc_ms;
        }
        first = iso_week_add(homes_week(work->homes, from_utc_ms), -1); /* the days after its last runs */
        last = iso_week_add(homes_week(work->homes, to_utc_ms), LOOK_BACK_WEEKS);
        r = streak_reach(&pain, to_utc_ms, &last);
        if (r < 0)
                return r;
        baselines = (Baselines){work->homes, from_utc_ms, to_utc_ms, false};
        r = plan_each(derive->ledger, work->of.id, look_at_baseline, &baselines);
        if (r < 0)
                return r;
        if (baselines.touched)
                last = homes_week(work->homes, weeks.now_utc_ms);
        return derive_weeks_mark(&weeks, why, first, last);
}

/* The oldest dirty span, or its first day. 1: there was one; 0: nothing is dirty. */
static int slice_span(Derive *derive, Work *work)
{
        int64_t to_utc_ms;
        Dirty dirty;
        int r = dirty_next(derive->ledger, &dirty);

        if (r <= 0)
                return r;
        work->dirty = dirty.id;
        r = dirty_clear(derive->ledger, dirty.id);
        if (r >= 0)
                r = work_begin(derive, dirty.runner, work);
        if (r <= 0)
                return r < 0 ? r : 1;
        to_utc_ms = dirty.to_utc_ms;
        if (to_utc_ms - dirty.from_utc_ms > SLICE_MS)
                to_utc_ms = dirty.from_utc_ms + SLICE_MS;
        r = derive_span(derive, work, dirty.why, dirty.from_utc_ms, to_utc_ms);
        if (r >= 0 && to_utc_ms < dirty.to_utc_ms)
                r = dirty_mark_for(derive->ledger, dirty.runner, dirty.why, to_utc_ms + 1,
                                   dirty.to_utc_ms);
        return r < 0 ? r : 1;
}

static int derive_one_week(Derive *derive, Work *work)
{
        WeeksOf weeks;
        IsoWeek id;
        int r = due_week_clear(derive->ledger, &work->week);

        if (r < 0)
                return r;
        if (iso_week_parse(work->week.week, &id) < 0)
                return -EUCLEAN;
        weeks = weeks_of(derive, &work->of, work->homes);
        return derive_week(&weeks, id, work->week.why);
}

/* Some due weeks of one runner. 1: there were some; 0: none is due. */
static int slice_weeks(Derive *derive, Work *work)
{
        int r = due_week_next(derive->ledger, &work->week);

        if (r <= 0)
                return r;
        r = work_begin(derive, work->week.runner, work);
        if (r == 0) { /* theirs say nothing to anybody */
                r = due_week_clear(derive->ledger, &work->week);
                return r < 0 ? r : 1;
        }
        for (int i = 0; r > 0 && i < SLICE_WEEKS; i++) {
                r = derive_one_week(derive, work);
                if (r >= 0)
                        r = due_week_next(derive->ledger, &work->week);
                if (r > 0 && strcmp(work->week.runner, work->runner) != 0)
                        break;
        }
        return r < 0 ? r : 1;
}

/* Trouble of the ledger itself, not of what was worked on. */
static bool is_transient(int error)
{
        static const int transient[] = {-EIO, -EBUSY, -EROFS, -ENOSPC, -ENOMEM, -ECANCELED};

        for (size_t i = 0; i < ARRAY_SIZE(transient); i++) {
                if (error == transient[i])
                        return true;
        }
        return false;
}

/* 1: it is, go on with the rest; else the error. */
static int set_aside(Derive *derive, const Work *work, int error)
{
        int r;

        if (is_transient(error) || work->runner[0] == '\0')
                return error;
        r = work->dirty ? dirty_set_aside(derive->ledger, work->dirty)
                        : due_week_set_aside(derive->ledger, &work->week);
        if (r < 0)
                return r;
        log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, work->runner,
                  "could not derive %s (%s), trying again within the hour; the rest goes on",
                  work->dirty ? "new records" : work->week.week, strerror(-error));
        return 1;
}

/* Spans first. A slice and its revisions are one transaction with the outbox rows. */
static int derive_step(Derive *derive)
{
        CLEANUP(work_clearp) Work work = {0};
        int committed, r = ledger_begin(derive->ledger);

        if (r < 0)
                return r;
        r = slice_span(derive, &work);
        if (r == 0)
                r = slice_weeks(derive, &work);
        if (r < 0) {
                ledger_rollback(derive->ledger);
                return set_aside(derive, &work, r);
        }
        committed = ledger_commit(derive->ledger);
        return committed < 0 ? committed : r;
}

/* ---- time's own work ---- */

static int due_of_runner(const Runner *runner, void *userdata)
{
        Derive *derive = userdata;
        CLEANUP(homes_freep) Homes *homes = NULL;
        WeeksOf weeks;
        int r = homes_new(derive->ledger, runner->id, &homes);

        if (r < 0)
                return 0; /* told when something of theirs is derived */
        weeks = weeks_of(derive, runner, homes);
        r = derive_weeks_mark_old(&weeks);
        return r < 0 && is_transient(r) ? r : 0; /* the others need not wait */
}

/* Makes due what time has changed, and what was set aside. */
static int mark_due(Derive *derive)
{
        int r = ledger_begin(derive->ledger);

        if (r < 0)
                return r;
        r = set_aside_release(derive->ledger);
        if (r >= 0)
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
        r = derive_clock_look(derive->ledger, derive->clock, &derive->seen);
        if (r >= 0)
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
        int r = derive_clock_look(derive->ledger, derive->clock, &derive->seen);

        if (r >= 0)
                r = timebase_place(derive->ledger); /* what came before the clock was set has a time now */
        if (r >= 0)
                r = dirty_next(derive->ledger, &dirty);
        /* A week is not final while something of it waits to be derived. */
        if (r > 0) {
                timer_arm(derive->hour_timer, 2 * SETTLE_MS);
                return;
        }
        if (r == 0 && time_is_known(derive))
                r = mark_due(derive);
        if (r < 0)
                complain(derive, r);
        else
                timer_arm(derive->work_timer, 0);
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
        r = derive_clock_look(ledger, clock, &derive->seen);
        if (r < 0)
                complain(derive, r); /* it is looked at again before anything is derived */
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

static int derive_all(Derive *derive)
{
        int r;

        do {
                r = derive_step(derive);
        } while (r > 0);
        return r;
}

int derive_now(Derive *derive)
{
        int r;

        if (!time_is_known(derive))
                return 0;
        r = derive_clock_look(derive->ledger, derive->clock, &derive->seen);
        if (r >= 0)
                r = derive_all(derive);
        if (r >= 0)
                r = mark_due(derive);
        return r < 0 ? r : derive_all(derive);
}
