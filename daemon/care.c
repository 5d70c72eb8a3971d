#include "daemon/care.h"

#include "base/log.h"
#include "daemon/errand.h"
#include "daemon/ledger/condition.h"
#include "daemon/ledger/retention.h"
#include "proto/fields.h"

#include <errno.h>
#include <string.h>

#define HOUR_MS       (3600 * 1000LL)
#define DAY_MS        (24 * HOUR_MS)
#define FIRST_MS      (10 * 60 * 1000LL) /* after a start there is enough else to do */
#define SLICE_RECORDS 1000
#define CHECK_EVERY_MS (7 * DAY_MS)
#define STEP_MS       (7 * DAY_MS) /* how much earlier older records go at a time */

struct Care {
        Ledger *ledger;
        Clock *clock;
        sd_event *event;
        CareDamaged damaged;
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

static void complain(Care *care)
{
        if (care->failed)
                return;
        care->failed = true;
        log_event(LOG_LEDGER_FAILED, LOG_LEVEL_WARNING, NULL, NULL,
                  "could not prune the ledger: %s, trying again in an hour", ledger_error(care->ledger));
}

static void begin_pass(Care *care, int64_t before_utc_ms)
{
        if (retention_begin(care->ledger, before_utc_ms, &care->pass) < 0) {
                complain(care);
                return;
        }
        care->before_utc_ms = before_utc_ms;
        timer_arm(care->slice_timer, 0);
}

static void end_pass(Care *care)
{
        int64_t floor = clock_utc_ms(care->clock) - RECORDS_FLOOR_DAYS * DAY_MS;
        int64_t next = care->before_utc_ms + STEP_MS < floor ? care->before_utc_ms + STEP_MS : floor;

        care->failed = false;
        care->let_go += care->pass.let_go;
        if (next > care->before_utc_ms && ledger_disk(care->ledger) >= DISK_HIGH && ledger_size_max(care->ledger) > 0) {
                begin_pass(care, next);
                return;
        }
        if (care->let_go > 0)
                log_event(LOG_DISK_STATE, LOG_LEVEL_INFO, NULL, NULL,
                          "raw records let go, as their time is over: %lld; runs and weeks stay",
                          (long long)care->let_go);
        care->let_go = 0;
}

static void on_slice(void *userdata)
{
        Care *care = userdata;
        int r = retention_slice(care->ledger, &care->pass, SLICE_RECORDS);

        if (r < 0)
                complain(care);
        else if (r == 0)
                end_pass(care);
        else
                timer_arm(care->slice_timer, 0);
}

static void prune(Care *care, int64_t now_ms)
{
        if (ledger_prune(care->ledger) < 0) {
                complain(care);
                return;
        }
        care->pruned_boottime_ms = now_ms;
}

/* ---- once a week ---- */

static void on_checked(int result, const char *said, void *userdata)
{
        Care *care = userdata;

        care->check = NULL; /* it ended, and frees itself */
        if (result == -EUCLEAN) {
                log_event(LOG_LEDGER_DAMAGED, LOG_LEVEL_ERROR, NULL, NULL, "%s", said);
                care->damaged(care->userdata);
                return;
        }
        if (result >= 0)
                result = ledger_note_checked(care->ledger);
        if (result < 0)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_WARNING, NULL, NULL,
                          "the ledger could not be looked through (%s), trying again in an hour",
                          said[0] ? said : strerror(-result));
}

static void check_weekly(Care *care)
{
        const char *arguments[] = {"strided", "--check-ledger", ledger_path(care->ledger), NULL};
        int64_t now_utc_ms = clock_utc_ms(care->clock);
        LedgerCondition condition;
        int r = ledger_condition(care->ledger, &condition);

        if (r >= 0 && condition.checked_utc_ms != NULL_INTEGER && now_utc_ms >= condition.checked_utc_ms &&
            now_utc_ms - condition.checked_utc_ms < CHECK_EVERY_MS)
                return;
        if (r >= 0 && !care->check)
                r = errand_start(care->event, arguments, -1, on_checked, care, &care->check);
        if (r < 0)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_WARNING, NULL, NULL,
                          "the ledger cannot be looked through (%s), trying again in an hour", strerror(-r));
}

static void on_hour(void *userdata)
{
        Care *care = userdata;
        int64_t now_ms = clock_boottime_ms(care->clock);
        bool day_over = care->pruned_boottime_ms == INT64_MIN || now_ms - care->pruned_boottime_ms >= DAY_MS;

        timer_arm(care->hour_timer, HOUR_MS);
        if (day_over)
                prune(care, now_ms);
        check_weekly(care);
        if (care->keep_ms == 0 || clock_quality(care->clock) != CLOCK_SYNCHRONISED || timer_is_armed(care->slice_timer))
                return;
        if (day_over || ledger_disk(care->ledger) >= DISK_HIGH)
                begin_pass(care, clock_utc_ms(care->clock) - care->keep_ms);
}

void care_set_keep_days(Care *care, uint32_t keep_days)
{
        care->keep_ms = keep_days * DAY_MS;
}

int care_new(Ledger *ledger, Clock *clock, sd_event *event, CareDamaged damaged, void *userdata, Care **ret)
{
        CLEANUP(care_freep) Care *care = calloc(1, sizeof(*care));
        int r;

        if (!care)
                return -ENOMEM;
        care->ledger = ledger;
        care->clock = clock;
        care->pruned_boottime_ms = INT64_MIN;
        care->event = event;
        care->damaged = damaged;
        care->userdata = userdata;
        r = timer_new(clock, "care-hourly", on_hour, care, &care->hour_timer);
        if (r >= 0)
                r = timer_new(clock, "care-slice", on_slice, care, &care->slice_timer);
        if (r < 0)
                return r;
        timer_arm(care->hour_timer, FIRST_MS);
        *ret = TAKE(care);
        return 0;
}

Care *care_free(Care *care)
{
        if (!care)
                return NULL;
        errand_free(care->check);
        timer_free(care->hour_timer);
        timer_free(care->slice_timer);
        free(care);
        return NULL;
}
