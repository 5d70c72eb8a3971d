#include "daemon/derive-weeks.h"

#include "base/calendar.h"
#include "base/log.h"
#include "daemon/derive-changes.h"
#include "daemon/derive-context.h"
#include "daemon/derive-groups.h"
#include "daemon/derive-segments.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/due.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/retention.h"
#include "daemon/ledger/weeks.h"
#include "daemon/ledger/withdraw.h"
#include "daemon/ledger/worn.h"
#include "daemon/measure/options.h"
#include "daemon/measure/week.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- what a week is made of ---- */

typedef struct Gathered {
        const Homes *homes;
        int64_t from_utc_ms;
        int64_t to_utc_ms; /* exclusive */
        WeekRun *runs;
        size_t n_runs;
        PainEntry *pain;
        size_t n_pain;
        int64_t received_utc_ms; /* the newest of the week's; NULL_INTEGER is below all */
        bool came;               /* something did, whenever that was */
} Gathered;

static void gathered_clearp(const Gathered *gathered)
{
        free(gathered->runs);
        free(gathered->pain);
}

static void note_received(Gathered *gathered, int64_t utc_ms)
{
        gathered->came = true;
        if (utc_ms > gathered->received_utc_ms)
                gathered->received_utc_ms = utc_ms;
}

static int gather_run(const Run *run, void *userdata)
{
        Gathered *gathered = userdata;
        WeekRun *moved = reallocarray(gathered->runs, gathered->n_runs + 1, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        gathered->runs = moved;
        if (run->start_utc_ms >= gathered->to_utc_ms)
                return 0;
        if (run->start_utc_ms >= gathered->from_utc_ms)
                note_received(gathered, run->received_utc_ms);
        gathered->runs[gathered->n_runs++] = (WeekRun){
                .run = *run,
                .day = homes_local_day(gathered->homes, run->start_utc_ms),
                .in_week = run->start_utc_ms >= gathered->from_utc_ms,
        };
        return 0;
}

static int gather_pain(const DiaryEntry *entry, void *userdata)
{
        Gathered *gathered = userdata;
        PainEntry *moved;

        if (entry->pain == NULL_INTEGER)
                return 0;
        moved = reallocarray(gathered->pain, gathered->n_pain + 1, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        gathered->pain = moved;
        note_received(gathered, entry->received_utc_ms);
        gathered->pain[gathered->n_pain++] = (PainEntry){
                .day = homes_local_day(gathered->homes, entry->at_utc_ms), .pain = entry->pain};
        return 0;
}

/* ---- who has reported ---- */

typedef struct Reports {
        const char *runner;
        int64_t week_from_utc_ms;
        int64_t week_to_utc_ms;
        int64_t now_utc_ms;
        size_t n_memory;   /* pods with memory that were the runner's in the week */
        size_t n_reported; /* of these, read to their end after the week's end */
        size_t n_begun;    /* of these, read to their end within the week or later */
        size_t n_sample;
        WornPod last;      /* one pod may be there twice, moved within the week: they come in a row */
        bool waits;        /* something of the week is to be derived yet */
        bool alive;        /* a pod with memory ran all the week, as far as it has reported */
        bool heard;        /* a pod without memory was heard within the week */
        bool ran_unseen;   /* by pods on trunk or thighs; asked only when there is no run */
} Reports;

static bool was_alive(const WornPod *worn, const Reports *reports)
{
        int64_t until = worn->reported_utc_ms < reports->week_to_utc_ms ? worn->reported_utc_ms
                                                                        : reports->week_to_utc_ms;

        return until - reports->week_from_utc_ms - worn->running_ms <= measure_defaults.dead_max_ms;
}

static int count_pod(const WornPod *worn, void *userdata)
{
        Reports *reports = userdata;
        int64_t before_ms = strcmp(worn->address, reports->last.address) == 0 ? reports->last.running_ms
                                                                              : 0;

        if (!worn->has_memory) {
                reports->n_sample++;
                return 0;
        }
        reports->last = *worn;
        reports->last.running_ms += before_ms;
        reports->n_memory++;
        /* in the future: by a clock that was wrong */
        if (worn->reported_utc_ms == NULL_INTEGER || worn->reported_utc_ms > reports->now_utc_ms)
                return 0;
        reports->n_reported += worn->reported_utc_ms >= worn->to_utc_ms;
        reports->n_begun += worn->reported_utc_ms >= worn->from_utc_ms;
        reports->alive |= was_alive(&reports->last, reports);
        return 0;
}

static int find_sample(const StoredRecord *stored, void *userdata)
{
        Reports *reports = userdata;

        reports->heard = stored->record.kind == RECORD_SAMPLE;
        return reports->heard; /* one is enough */
}

static int count_pods(Ledger *ledger, Reports *reports)
{
        int r = worn_each(ledger, reports->runner, reports->week_from_utc_ms, reports->week_to_utc_ms,
                          count_pod, reports);

        /* Heard: what it sent then, if only that nobody moved, tells of the week. */
        if (r >= 0 && reports->n_sample > 0)
                r = records_of_runner(ledger, reports->runner, reports->week_from_utc_ms,
                                      reports->week_to_utc_ms, find_sample, reports);
        return r;
}

static int look_for_unseen(const WeeksOf *of, const Gathered *gathered, Reports *reports)
{
        int r;

        if (gathered->n_runs > 0 && gathered->runs[gathered->n_runs - 1].in_week)
                return 0;
        r = derive_ran_unseen(of->ledger, of->parameters, of->runner->id, gathered->from_utc_ms,
                              gathered->to_utc_ms);
        reports->ran_unseen = r > 0;
        return r < 0 ? r : 0;
}

/* A gap is never a zero: without a run, what do we know? */
static const char *why_empty(const Reports *reports, bool may_hide_run, bool over)
{
        if (reports->n_memory > 0 &&
            (over ? reports->n_reported : reports->n_begun) < reports->n_memory)
                return "not_delivered";
        if (may_hide_run)
                return "unknown";
        return (reports->alive || reports->heard) && !reports->ran_unseen ? "did_not_run" : "not_worn";
}

/* What told that nobody ran may have been let go since: what was known then holds. */
static int recall_empty(Ledger *ledger, const char *week, const Reports *reports, const char **empty)
{
        static const char *const words[] = {"did_not_run", "not_worn", "unknown"};
        int64_t kept_since_ms;
        Week old;
        int r = retention_kept_since(ledger, &kept_since_ms);

        if (r <= 0 || reports->week_from_utc_ms >= kept_since_ms)
                return r;
        r = week_get(ledger, reports->runner, week, 0, &old);
        for (size_t i = 0; r > 0 && i < ARRAY_SIZE(words); i++) {
                if (strcmp(old.empty, words[i]) == 0)
                        *empty = words[i];
        }
        return r;
}

/* By what, or NULL: it is not. */
static const char *final_by(const Reports *reports)
{
        int64_t age_ms = reports->now_utc_ms - reports->week_to_utc_ms;

        if (age_ms < 0)
                return NULL;
        if (age_ms >= measure_defaults.deadline_ms)
                return CHANGE_DEADLINE_PASSED;
        if (reports->waits)
                return NULL;
        if (reports->n_memory > 0 && reports->n_reported < reports->n_memory)
                return NULL;
        if (reports->n_sample == 0 && reports->n_memory > 0)
                return CHANGE_PODS_REPORTED;
        return age_ms >= measure_defaults.settle_ms ? CHANGE_SETTLED : NULL;
}

/* ---- revisions ---- */

/* A final week stays so, unless it is not over at all: the clock was wrong then, and is right now. */
static bool stays_final(const Week *old, const WeeksOf *of, const Reports *reports)
{
        return strcmp(old->state, "final") == 0 &&
               (!of->now_is_sure || of->now_utc_ms >= reports->week_to_utc_ms);
}

static int store_week(const WeeksOf *of, Week *week, unsigned why, const Reports *reports)
{
        const char *by = final_by(reports);
        Week old;
        int r = week_get(of->ledger, week->runner, week->week, 0, &old);
        bool is_final = by || (r > 0 && stays_final(&old, of, reports));

        if (r < 0)
                return r;
        (void)text_copy(week->state, sizeof(week->state), is_final ? "final" : "provisional");
        if (r > 0)
                note_changes(&old, week, why, by ? by : CHANGE_NOT_OVER);
        r = week_put(of->ledger, week);
        if (r > 0)
                log_event(LOG_DERIVED, LOG_LEVEL_DEBUG, NULL, week->runner, "%s revision %lld, %s",
                          week->week, (long long)week->revision, week->state);
        return r < 0 ? r : 0;
}

/* What happened since around the week's runs may have changed what they are among others. */
static int renew_runs(const WeeksOf *of, const History *history, Gathered *gathered)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < gathered->n_runs; i++) {
                Run *run = &gathered->runs[i].run;

                if (!gathered->runs[i].in_week)
                        continue;
                r = derive_context(history, gathered->runs, i, of->parameters, run);
                if (r >= 0)
                        r = run_put(of->ledger, run);
        }
        return r < 0 ? r : 0;
}

static int make_week(const WeeksOf *of, IsoWeek id, unsigned why)
{
        CLEANUP(history_freep) History *history = NULL;
        CLEANUP(gathered_clearp) Gathered gathered = {
                .homes = of->homes,
                .from_utc_ms = homes_week_start_utc_ms(of->homes, id),
                .to_utc_ms = homes_week_start_utc_ms(of->homes, iso_week_add(id, 1)),
                .received_utc_ms = NULL_INTEGER,
        };
        Reports reports = {.runner = of->runner->id,
                           .week_from_utc_ms = gathered.from_utc_ms,
                           .week_to_utc_ms = gathered.to_utc_ms,
                           .now_utc_ms = of->now_utc_ms};
        int64_t reference_ms = (of->parameters->spike_window_days + 1) * DAY_MS;
        int32_t since_day = 0;
        const char *empty;
        WeekLost lost;
        WeekContext context;
        WeekInput input;
        Week week = {0};
        int waits = 0;
        int r = run_each(of->ledger, of->runner->id, gathered.from_utc_ms - reference_ms,
                         gathered.to_utc_ms - 1, gather_run, &gathered);

        if (r >= 0)
                r = diary_each(of->ledger, of->runner->id, gathered.from_utc_ms, gathered.to_utc_ms,
                               gather_pain, &gathered);
        if (r >= 0)
                r = history_since(of->ledger, of->runner, of->homes, of->now_utc_ms, &since_day);
        if (r >= 0)
                r = history_read(of->ledger, of->runner, of->homes, of->now_utc_ms, id, LOOK_BACK_WEEKS + 1,
                                 since_day, &history);
        if (r >= 0)
                r = renew_runs(of, history, &gathered);
        if (r >= 0)
                r = count_pods(of->ledger, &reports);
        if (r >= 0)
                r = look_for_unseen(of, &gathered, &reports);
        if (r >= 0)
                r = waits = dirty_touches(of->ledger, of->runner->id, gathered.from_utc_ms,
                                          gathered.to_utc_ms - 1);
        if (r < 0)
                return r;
        reports.waits = waits > 0;
        week_set_null(&week);
        (void)text_copy(week.runner, sizeof(week.runner), of->runner->id);
        (void)text_copy(week.zone, sizeof(week.zone), zone_name(homes_zone(of->homes, id)));
        iso_week_format(id, week.week);
        lost = lost_ranges_week(&history->lost, history->runs, history->n_runs, gathered.from_utc_ms,
                                gathered.to_utc_ms);
        empty = why_empty(&reports, lost.may_hide_run, of->now_utc_ms >= gathered.to_utc_ms);
        r = recall_empty(of->ledger, week.week, &reports, &empty);
        if (r < 0)
                return r;
        week.received_utc_ms = gathered.received_utc_ms;
        input = (WeekInput){
                .runs = gathered.runs,
                .n_runs = gathered.n_runs,
                .pain = gathered.pain,
                .n_pain = gathered.n_pain,
                .monday = iso_week_monday(id),
                .empty = empty,
                .lost_s = lost.strides_s,
        };
        context = (WeekContext){
                .ledger = of->ledger,
                .runner = of->runner,
                .homes = of->homes,
                .parameters = of->parameters,
                .now_utc_ms = of->now_utc_ms,
                .id = id,
                .from_utc_ms = gathered.from_utc_ms,
                .to_utc_ms = gathered.to_utc_ms,
                .input = input,
                .ran_unseen = reports.ran_unseen,
                .history = history,
                .lost = &lost,
        };
        r = week_measure(&input, of->parameters, &week);
        measure_options_changed(of->parameters, week.settings, sizeof(week.settings));
        if (r >= 0 && week.received_utc_ms == NULL_INTEGER)
                reasons_add(&week.reasons, "received", gathered.came ? "clock_was_wrong" : "nothing_came");
        if (r >= 0)
                r = derive_groups(&context, &week);
        return r < 0 ? r : store_week(of, &week, why, &reports);
}

int derive_week(const WeeksOf *of, IsoWeek id, unsigned why)
{
        char text[WEEK_ID_SIZE];
        int r = derive_week_is_false(of, id);

        if (r == 0)
                return make_week(of, id, why);
        if (r < 0)
                return r;
        iso_week_format(id, text);
        r = week_withdraw(of->ledger, of->runner->id, text);
        if (r > 0)
                log_event(LOG_DERIVED, LOG_LEVEL_DEBUG, NULL, of->runner->id,
                          "%s is withdrawn: a clock that was wrong made it", text);
        return r < 0 ? r : 0;
}
