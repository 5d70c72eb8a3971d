#include "daemon/upkeep.h"

#include "base/calendar.h"
#include "base/log.h"
#include "daemon/errand.h"
#include "daemon/ledger/condition.h"
#include "daemon/ledger/retention.h"
#include "daemon/ledger/zone-files.h"
#include "proto/fields.h"

#include <errno.h>
#include <string.h>

#define FIRST_MS      (10 * 60 * 1000LL) /* after a start there is enough else to do */
#define SLICE_RECORDS 1000
#define CHECK_EVERY_MS (7 * DAY_MS)
#define STEP_MS       (7 * DAY_MS) /* how much earlier older records go at a time */

struct Upkeep {
        Ledger *ledger;
        Clock *clock;
        sd_event *event;
        UpkeepDamaged damaged;
        void *userdata;
        Timer *hour_timer;
        Timer *slice_timer;
        Errand *check; /* NULL: none is under way */
        int64_t keep_ms;
        int64_t pruned_boottime_ms; /* INT64_MIN: not in this life */
        int64_t before_utc_ms;      /* of the running pass */
        Retention pass;
        int64_t let_go; /* by this pass and those before it, not told yet */
        bool failed; /* said already */
};

static void complain(Upkeep *upkeep)
{
        if (upkeep->failed)
                return;
        upkeep->failed = true;
        log_event(LOG_LEDGER_FAILED, LOG_LEVEL_WARNING, NULL, NULL,
                  "could not prune the ledger: %s, trying again in an hour", ledger_error(upkeep->ledger));
}

static void begin_pass(Upkeep *upkeep, int64_t before_utc_ms)
{
        if (retention_begin(upkeep->ledger, before_utc_ms, &upkeep->pass) < 0) {
                complain(upkeep);
                return;
        }
        upkeep->before_utc_ms = before_utc_ms;
        timer_arm(upkeep->slice_timer, 0);
}

static void end_pass(Upkeep *upkeep)
{
        int64_t floor = clock_utc_ms(upkeep->clock) - RECORDS_FLOOR_DAYS * DAY_MS;
        int64_t next = upkeep->before_utc_ms + STEP_MS < floor ? upkeep->before_utc_ms + STEP_MS : floor;

        upkeep->failed = false;
        upkeep->let_go += upkeep->pass.let_go;
        if (next > upkeep->before_utc_ms && ledger_disk(upkeep->ledger) >= DISK_HIGH && ledger_size_max(upkeep->ledger) > 0) {
                begin_pass(upkeep, next);
                return;
        }
        if (upkeep->let_go > 0)
                log_event(LOG_DISK_STATE, LOG_LEVEL_INFO, NULL, NULL,
                          "raw records let go, as their time is over: %lld; runs and weeks stay",
                          (long long)upkeep->let_go);
        upkeep->let_go = 0;
}

static void on_slice(void *userdata)
{
        Upkeep *upkeep = userdata;
        int r = retention_slice(upkeep->ledger, &upkeep->pass, SLICE_RECORDS);

        if (r < 0)
                complain(upkeep);
        else if (r == 0)
                end_pass(upkeep);
        else
                timer_arm(upkeep->slice_timer, 0);
}

static void prune(Upkeep *upkeep, int64_t now_ms)
{
        if (ledger_prune(upkeep->ledger) < 0) {
                complain(upkeep);
                return;
        }
        upkeep->pruned_boottime_ms = now_ms;
}

/* ---- once a week ---- */

static void on_checked(int result, const char *said, void *userdata)
{
        Upkeep *upkeep = userdata;

        upkeep->check = NULL; /* it ended, and frees itself */
        if (result == -EUCLEAN) {
                log_event(LOG_LEDGER_DAMAGED, LOG_LEVEL_ERROR, NULL, NULL, "%s", said);
                upkeep->damaged(upkeep->userdata);
                return;
        }
        if (result >= 0)
                result = ledger_note_checked(upkeep->ledger);
        if (result < 0)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_WARNING, NULL, NULL,
                          "the ledger could not be looked through (%s), trying again in an hour",
                          said[0] ? said : strerror(-result));
}

static void check_weekly(Upkeep *upkeep)
{
        const char *arguments[] = {"strided", "--check-ledger", ledger_path(upkeep->ledger), NULL};
        int64_t now_utc_ms = clock_utc_ms(upkeep->clock);
        LedgerCondition condition;
        int r = ledger_condition(upkeep->ledger, &condition);

        if (r >= 0 && condition.checked_utc_ms != NULL_INTEGER && now_utc_ms >= condition.checked_utc_ms &&
            now_utc_ms - condition.checked_utc_ms < CHECK_EVERY_MS)
                return;
        if (r >= 0 && !upkeep->check)
                r = errand_start(upkeep->event, arguments, -1, on_checked, upkeep, &upkeep->check);
        if (r < 0)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_WARNING, NULL, NULL,
                          "the ledger cannot be looked through (%s), trying again in an hour", strerror(-r));
}

/* ---- zones ---- */

static void check_zones(Upkeep *upkeep)
{
        int r = zone_files_check(upkeep->ledger);

        if (r < 0)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_WARNING, NULL, NULL,
                          "the time zones could not be looked at (%s), trying again in an hour",
                          ledger_error(upkeep->ledger));
        if (r > 0)
                log_event(LOG_DERIVED, LOG_LEVEL_INFO, NULL, NULL,
                          "the rules of %d time zones are others than before on this machine: weeks there are made anew", r);
}

static void on_hour(void *userdata)
{
        Upkeep *upkeep = userdata;
        int64_t now_ms = clock_boottime_ms(upkeep->clock);
        bool day_over = upkeep->pruned_boottime_ms == INT64_MIN || now_ms - upkeep->pruned_boottime_ms >= DAY_MS;

        timer_arm(upkeep->hour_timer, HOUR_MS);
        if (day_over)
                prune(upkeep, now_ms);
        check_weekly(upkeep);
        check_zones(upkeep);
        if (upkeep->keep_ms == 0 || clock_quality(upkeep->clock) != CLOCK_SYNCHRONISED || timer_is_armed(upkeep->slice_timer))
                return;
        if (day_over || ledger_disk(upkeep->ledger) >= DISK_HIGH)
                begin_pass(upkeep, clock_utc_ms(upkeep->clock) - upkeep->keep_ms);
}

void upkeep_set_keep_days(Upkeep *upkeep, uint32_t keep_days)
{
        upkeep->keep_ms = keep_days * DAY_MS;
}

int upkeep_new(Ledger *ledger, Clock *clock, sd_event *event, UpkeepDamaged damaged, void *userdata, Upkeep **ret)
{
        CLEANUP(upkeep_freep) Upkeep *upkeep = calloc(1, sizeof(*upkeep));
        int r;

        if (!upkeep)
                return -ENOMEM;
        upkeep->ledger = ledger;
        upkeep->clock = clock;
        upkeep->pruned_boottime_ms = INT64_MIN;
        upkeep->event = event;
        upkeep->damaged = damaged;
        upkeep->userdata = userdata;
        r = timer_new(clock, "upkeep-hourly", on_hour, upkeep, &upkeep->hour_timer);
        if (r >= 0)
                r = timer_new(clock, "upkeep-slice", on_slice, upkeep, &upkeep->slice_timer);
        if (r < 0)
                return r;
        timer_arm(upkeep->hour_timer, FIRST_MS);
        *ret = TAKE(upkeep);
        return 0;
}

Upkeep *upkeep_free(Upkeep *upkeep)
{
        if (!upkeep)
                return NULL;
        errand_free(upkeep->check);
        timer_free(upkeep->hour_timer);
        timer_free(upkeep->slice_timer);
        free(upkeep);
        return NULL;
}
