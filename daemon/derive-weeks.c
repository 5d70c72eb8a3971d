#include "daemon/derive-weeks.h"

#include "base/log.h"
#include "daemon/derive-context.h"
#include "daemon/derive-groups.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/due.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/weeks.h"
#include "daemon/ledger/worn.h"
#include "daemon/measure/week.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS 86400000LL
#define FIRST_CREDIBLE_WEEK "2000-W01" /* as EARLIEST_MS: what an unset clock dated lies before */

/* ---- what a week is made of ---- */

typedef struct Gathered {
        const Zone *zone;
        int64_t from_utc_ms;
        int64_t to_utc_ms; /* exclusive */
        WeekRun *runs;
        size_t n_runs;
        PainEntry *pain;
        size_t n_pain;
} Gathered;

static void gathered_clearp(const Gathered *gathered)
{
        free(gathered->runs);
        free(gathered->pain);
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
        gathered->runs[gathered->n_runs++] = (WeekRun){
                .run = *run,
                .day = zone_local_day(gathered->zone, run->start_utc_ms),
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
        gathered->pain[gathered->n_pain++] = (PainEntry){
                .day = zone_local_day(gathered->zone, entry->at_utc_ms), .pain = entry->pain};
        return 0;
}

/* ---- who has reported ---- */

typedef struct Reports {
        const char *runner;
        int64_t week_from_utc_ms;
        int64_t week_to_utc_ms;
        size_t n_memory;   /* pods with memory that were the runner's in the week */
        size_t n_reported; /* of these, read to their end after the week's end */
        size_t n_begun;    /* of these, read to their end within the week or later */
        size_t n_sample;
        WornPod last;      /* one pod may be there twice, moved within the week: they come in a row */
        bool waits;        /* something of the week is to be derived yet */
        bool alive;        /* a pod with memory ran all the week, as far as it has reported */
        bool heard;        /* a pod without memory was heard within the week */
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
        if (worn->reported_utc_ms == NULL_INTEGER)
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

/* A gap is never a zero: without a run, what do we know? */
static const char *why_empty(const Reports *reports, bool over)
{
        if (reports->n_memory > 0 &&
            (over ? reports->n_reported : reports->n_begun) < reports->n_memory)
                return "not_delivered";
        return reports->alive || reports->heard ? "did_not_run" : "not_worn";
}

static bool is_final(const Reports *reports, int64_t now_utc_ms)
{
        int64_t age_ms = now_utc_ms - reports->week_to_utc_ms;

        if (age_ms < 0)
                return false;
        if (age_ms >= measure_defaults.deadline_ms)
                return true;
        if (reports->waits)
                return false;
        if (reports->n_memory > 0 && reports->n_reported < reports->n_memory)
                return false;
        return reports->n_sample == 0 && reports->n_memory > 0 ? true
                                                               : age_ms >= measure_defaults.settle_ms;
}

/* ---- revisions ---- */

static bool field_same(const Field *field, const Week *a, const Week *b)
{
        const FieldTable one = {.name = "one", .fields = field, .n_fields = 1};

        return fields_equal(&one, a, b);
}

/* Why something at that path changed; NULL: it says nothing about the week. */
static const char *cause_of(const char *path)
{
        static const struct {
                const char *prefix;
                const char *why;
        } causes[] = {
                {"load", "late_records"},       {"longest_run", "late_records"},
                {"coverage", "late_records"},   {"empty", "late_records"},
                {"pain", "late_diary_entries"}, {"zone", "zone_changed"},
                {"spike", "late_records"},
                {"gait", "late_records"},       {"trunk", "late_records"},
                {"sitting", "late_records"},    {"exercises", "late_records"},
                {"flags", "late_records"},
        };

        for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
                if (strncmp(path, causes[i].prefix, strlen(causes[i].prefix)) == 0)
                        return causes[i].why;
        }
        return NULL;
}

static void note_change(const char *path, Week *week)
{
        size_t used = strlen(week->changed), room = sizeof(week->changed) - used;
        const char *why = cause_of(path);

        if (why && (size_t)snprintf(NULL, 0, "%s=%s;", path, why) < room) /* what fits */
                (void)snprintf(week->changed + used, room, "%s=%s;", path, why);
}

/* "path=why;…" of a revision that follows a final one: fields of its own, groups as a whole. */
static void note_changes(const Week *old, Week *week)
{
        week->changed[0] = '\0';
        for (size_t i = 0; i < week_fields.n_fields; i++) {
                if (!field_same(&week_fields.fields[i], old, week))
                        note_change(week_fields.fields[i].path, week);
        }
        for (size_t i = 0; i < week_groups.n; i++) {
                if (!group_equal(&week_groups.groups[i], old, week))
                        note_change(week_groups.groups[i].path, week);
        }
}

static int store_week(Ledger *ledger, Week *week, bool final)
{
        Week old;
        int r = week_get(ledger, week->runner, week->week, 0, &old);
        bool was_final = r > 0 && strcmp(old.state, "final") == 0;

        if (r < 0)
                return r;
        (void)text_copy(week->state, sizeof(week->state),
                        final || was_final ? "final" : "provisional");
        if (was_final)
                note_changes(&old, week);
        r = week_put(ledger, week);
        if (r > 0)
                log_event(LOG_DERIVED, LOG_LEVEL_DEBUG, NULL, week->runner, "%s revision %lld, %s",
                          week->week, (long long)week->revision, week->state);
        return r < 0 ? r : 0;
}

/* What happened since around the week's runs may have changed what they are among others. */
static int renew_runs(Ledger *ledger, const MeasureParameters *parameters, const History *history,
                      Gathered *gathered)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < gathered->n_runs; i++) {
                Run *run = &gathered->runs[i].run;

                if (!gathered->runs[i].in_week)
                        continue;
                r = derive_context(history, gathered->runs, i, parameters, run);
                if (r >= 0)
                        r = run_put(ledger, run);
        }
        return r < 0 ? r : 0;
}

int derive_week(Ledger *ledger, const MeasureParameters *parameters, const Runner *runner,
                const Zone *zone, int64_t now_utc_ms, IsoWeek id)
{
        CLEANUP(history_freep) History *history = NULL;
        CLEANUP(gathered_clearp) Gathered gathered = {
                .zone = zone,
                .from_utc_ms = zone_week_start_utc_ms(zone, id),
                .to_utc_ms = zone_week_start_utc_ms(zone, iso_week_add(id, 1)),
        };
        Reports reports = {.runner = runner->id,
                           .week_from_utc_ms = gathered.from_utc_ms,
                           .week_to_utc_ms = gathered.to_utc_ms};
        int64_t reference_ms = (parameters->spike_window_days + 1) * DAY_MS;
        int32_t since_day = 0;
        WeekContext context;
        WeekInput input;
        Week week = {0};
        int waits = 0;
        int r = run_each(ledger, runner->id, gathered.from_utc_ms - reference_ms,
                         gathered.to_utc_ms - 1, gather_run, &gathered);

        if (r >= 0)
                r = diary_each(ledger, runner->id, gathered.from_utc_ms, gathered.to_utc_ms,
                               gather_pain, &gathered);
        if (r >= 0)
                r = history_since(ledger, runner, zone, now_utc_ms, &since_day);
        if (r >= 0)
                r = history_read(ledger, runner, zone, now_utc_ms, id, LOOK_BACK_WEEKS + 1, since_day,
                                 &history);
        if (r >= 0)
                r = renew_runs(ledger, parameters, history, &gathered);
        if (r >= 0)
                r = count_pods(ledger, &reports);
        if (r >= 0)
                r = waits = dirty_touches(ledger, runner->id, gathered.from_utc_ms,
                                          gathered.to_utc_ms - 1);
        if (r < 0)
                return r;
        reports.waits = waits > 0;
        week_set_null(&week);
        (void)text_copy(week.runner, sizeof(week.runner), runner->id);
        (void)text_copy(week.zone, sizeof(week.zone), runner->zone);
        iso_week_format(id, week.week);
        input = (WeekInput){
                .runs = gathered.runs,
                .n_runs = gathered.n_runs,
                .pain = gathered.pain,
                .n_pain = gathered.n_pain,
                .monday = iso_week_monday(id),
                .empty = why_empty(&reports, now_utc_ms >= gathered.to_utc_ms),
        };
        context = (WeekContext){
                .ledger = ledger,
                .runner = runner,
                .zone = zone,
                .parameters = parameters,
                .now_utc_ms = now_utc_ms,
                .id = id,
                .from_utc_ms = gathered.from_utc_ms,
                .to_utc_ms = gathered.to_utc_ms,
                .input = input,
                .history = history,
        };
        r = week_measure(&input, parameters, &week);
        if (r >= 0)
                r = derive_groups(&context, &week);
        return r < 0 ? r : store_week(ledger, &week, is_final(&reports, now_utc_ms));
}

/* ---- which weeks ---- */

/* Where something lies, and the first moment that was found within. */
typedef struct Found {
        int64_t from_utc_ms;
        int64_t at_utc_ms;
} Found;

static int find_run(const Run *run, void *userdata)
{
        Found *found = userdata;

        if (run->start_utc_ms < found->from_utc_ms)
                return 0; /* it reaches in, but is not of it */
        found->at_utc_ms = run->start_utc_ms;
        return 1;
}

static int find_entry(const DiaryEntry *entry, void *userdata)
{
        (void)entry;
        (void)userdata;
        return 1;
}

/* From here on every week is told, also one of which nothing is known: from the runner's enrolment.
 * With a clock that was not set then, from their first run, else from now. */
static int first_told(Ledger *ledger, const Runner *runner, const Zone *zone, int64_t now_utc_ms,
                      IsoWeek *ret)
{
        Found first = {.from_utc_ms = EARLIEST_MS, .at_utc_ms = now_utc_ms};
        int r = 0;

        if (runner->added_utc_ms >= EARLIEST_MS)
                first.at_utc_ms = runner->added_utc_ms;
        else
                r = run_each_brief(ledger, runner->id, EARLIEST_MS, now_utc_ms, find_run, &first);
        *ret = zone_week(zone, first.at_utc_ms);
        return r < 0 ? r : 0;
}

/* A week of before says something only where it holds a run or an entry: years of them may come at
 * once, with years of nothing between. Once made it follows what becomes of it. 1: it does; 0. */
static int says_something(Ledger *ledger, const Runner *runner, const Zone *zone, IsoWeek id,
                          const char *text)
{
        Found week = {.from_utc_ms = zone_week_start_utc_ms(zone, id)};
        int64_t to_utc_ms = zone_week_start_utc_ms(zone, iso_week_add(id, 1));
        Week made;
        int r = week_get(ledger, runner->id, text, 0, &made);

        if (r == 0)
                r = run_each_brief(ledger, runner->id, week.from_utc_ms, to_utc_ms - 1, find_run, &week);
        if (r == 0)
                r = diary_each(ledger, runner->id, week.from_utc_ms, to_utc_ms, find_entry, NULL);
        return r;
}

static int mark_weeks(Ledger *ledger, const Runner *runner, IsoWeek first, IsoWeek last)
{
        for (IsoWeek week = first; iso_week_compare(week, last) <= 0; week = iso_week_add(week, 1)) {
                char text[WEEK_ID_SIZE];
                int r;

                iso_week_format(week, text);
                r = due_week_mark(ledger, runner->id, text);
                if (r < 0)
                        return r;
        }
        return 0;
}

int derive_weeks_mark(Ledger *ledger, const Runner *runner, const Zone *zone, int64_t now_utc_ms,
                      IsoWeek first, IsoWeek last)
{
        IsoWeek told, credible = zone_week(zone, EARLIEST_MS), now = zone_week(zone, now_utc_ms);
        int r = first_told(ledger, runner, zone, now_utc_ms, &told);

        if (iso_week_compare(first, credible) < 0)
                first = credible;
        if (iso_week_compare(last, now) > 0)
                last = now;
        for (; r >= 0 && iso_week_compare(first, last) <= 0; first = iso_week_add(first, 1)) {
                char text[WEEK_ID_SIZE];

                iso_week_format(first, text);
                r = iso_week_compare(first, told) >= 0
                            ? 1
                            : says_something(ledger, runner, zone, first, text);
                if (r > 0)
                        r = due_week_mark(ledger, runner->id, text);
        }
        return r;
}

typedef struct Old {
        Ledger *ledger;
        const Runner *runner;
        const Zone *zone;
        int64_t reported_utc_ms; /* all pods with memory were read to their end since */
        IsoWeek next;            /* the first one to be told that was not seen yet */
} Old;

static int note_report(const Pod *pod, void *userdata)
{
        Old *old = userdata;

        if (!pod->has_memory || strcmp(pod->runner, old->runner->id) != 0)
                return 0;
        if (pod->reported_utc_ms < old->reported_utc_ms) /* null is below all */
                old->reported_utc_ms = pod->reported_utc_ms;
        return 0;
}

/* Final by its deadline, but by now the pods have told that nobody ran. */
static bool is_overtaken(const Week *week, IsoWeek id, const Old *old)
{
        return strcmp(week->empty, "not_delivered") == 0 &&
               old->reported_utc_ms >= zone_week_start_utc_ms(old->zone, iso_week_add(id, 1));
}

/* Weeks come in order: what lies between two of them was never made, and is told from enrolment on. */
static int mark_old(const Week *week, void *userdata)
{
        Old *old = userdata;
        IsoWeek id;
        int r;

        if (iso_week_parse(week->week, &id) < 0)
                return -EUCLEAN;
        r = mark_weeks(old->ledger, old->runner, old->next, iso_week_add(id, -1));
        if (r >= 0 && (strcmp(week->state, "provisional") == 0 || is_overtaken(week, id, old)))
                r = mark_weeks(old->ledger, old->runner, id, id);
        if (iso_week_compare(id, old->next) >= 0)
                old->next = iso_week_add(id, 1);
        return r;
}

int derive_weeks_mark_old(Ledger *ledger, const Runner *runner, const Zone *zone,
                          int64_t now_utc_ms)
{
        Old old = {.ledger = ledger, .runner = runner, .zone = zone, .reported_utc_ms = INT64_MAX};
        int r = first_told(ledger, runner, zone, now_utc_ms, &old.next);

        if (r >= 0)
                r = pod_each(ledger, note_report, &old);
        if (r >= 0)
                r = week_each_brief(ledger, runner->id, FIRST_CREDIBLE_WEEK, "9", mark_old, &old);
        return r < 0 ? r : mark_weeks(ledger, runner, old.next, zone_week(zone, now_utc_ms));
}
