#include "daemon/derive-runs.h"

#include "base/log.h"
#include "daemon/derive-context.h"
#include "daemon/derive-imports.h"
#include "daemon/derive-segments.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/retention.h"
#include "daemon/ledger/weeks.h"
#include "daemon/measure/effort.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WIDEN_MS (2 * 3600 * 1000LL)

static int on_record(const StoredRecord *stored, void *userdata)
{
        Heard heard = {
                .record = &stored->record,
                .address = stored->address,
                .placement = stored->placement,
                .utc_ms = stored->utc_ms,
                .utc_error_ms = stored->utc_error_ms,
                .received_utc_ms = stored->received_utc_ms,
        };

        return activity_add(userdata, &heard);
}

/* First and last moment of activity in the window. False: none. */
static bool find_edges(const Activity *activity, int64_t *ret_first, int64_t *ret_last)
{
        size_t n_strides, n_samples;
        const HeardStride *strides = activity_strides(activity, &n_strides);
        const HeardSample *samples = activity_samples(activity, &n_samples);

        *ret_first = INT64_MAX;
        *ret_last = INT64_MIN;
        for (size_t i = 0; i < n_strides; i++) {
                *ret_first = strides[i].utc_ms < *ret_first ? strides[i].utc_ms : *ret_first;
                *ret_last = strides[i].end_ms > *ret_last ? strides[i].end_ms : *ret_last;
        }
        for (size_t i = 0; i < n_samples; i++) {
                if (!sample_is_active(&samples[i].sample))
                        continue;
                *ret_first = samples[i].utc_ms < *ret_first ? samples[i].utc_ms : *ret_first;
                *ret_last = samples[i].utc_ms > *ret_last ? samples[i].utc_ms : *ret_last;
        }
        return *ret_first <= *ret_last;
}

/* Reads the window and widens it until no session, nor an imported run, reaches over its edges. */
static int read_sessions(Ledger *ledger, const MeasureParameters *parameters, const char *runner,
                         RunSpan *span, Activity **ret, Imports *ret_imports)
{
        int64_t margin_ms = parameters->session_gap_ms + parameters->sample_step_max_ms;
        int64_t first, last;

        span->from_utc_ms -= 2 * margin_ms;
        span->to_utc_ms += 2 * margin_ms;
        for (;;) {
                CLEANUP(activity_freep) Activity *activity = NULL;
                bool early, late;
                int r = activity_new(parameters, &activity);

                if (r >= 0)
                        r = records_of_runner(ledger, runner, span->from_utc_ms,
                                              span->to_utc_ms + 1, on_record, activity);
                if (r >= 0)
                        r = imports_read(ledger, runner, span->from_utc_ms, span->to_utc_ms, ret_imports);
                if (r < 0)
                        return r;
                activity_sort(activity);
                early = late = false;
                (void)find_edges(activity, &first, &last); /* none is a span without extent */
                imports_edges(ret_imports, &first, &last);
                if (first <= last) {
                        early = first - span->from_utc_ms < margin_ms;
                        late = span->to_utc_ms - last < margin_ms;
                }
                if (!early && !late) {
                        *ret = TAKE(activity);
                        return 0;
                }
                span->from_utc_ms -= early ? WIDEN_MS : 0;
                span->to_utc_ms += late ? WIDEN_MS : 0;
        }
}

/* ---- what a pod's cadence counts ---- */

static const CadenceUnit units[] = {
        [CADENCE_UNDECIDED] = CADENCE_UNIT_UNKNOWN,
        [CADENCE_STEPS] = CADENCE_UNIT_STEPS,
        [CADENCE_STRIDES] = CADENCE_UNIT_STRIDES,
};

static int mark_run(const Run *run, void *userdata)
{
        return dirty_mark_for(userdata, run->runner, DIRTY_CADENCE, run->start_utc_ms, run->end_utc_ms);
}

/* Cadence was taken as steps until now: if it counts strides, earlier runs are wrong. */
static int decide(Ledger *ledger, const char *runner, const Activity *activity, unsigned index,
                  const Pod *pod, CadenceUnit *ret)
{
        CadenceConvention convention;
        int r = activity_decide_cadence(activity, index, ret);

        if (r < 0 || *ret == CADENCE_UNIT_UNKNOWN)
                return r;
        convention = *ret == CADENCE_UNIT_STEPS ? CADENCE_STEPS : CADENCE_STRIDES;
        r = pod_set_cadence(ledger, pod->address, convention);
        if (r < 0)
                return r;
        log_event(LOG_DERIVED, LOG_LEVEL_INFO, pod->address, runner,
                  "its cadence counts %s, by its samples so far",
                  convention == CADENCE_STEPS ? "steps" : "strides");
        return convention == CADENCE_STRIDES ? run_each(ledger, runner, 0, INT64_MAX,
                                                        mark_run, ledger)
                                             : 0;
}

static int settle_cadence(Ledger *ledger, const char *runner, Activity *activity)
{
        for (unsigned i = 0; i < activity_pods(activity); i++) {
                CadenceUnit unit;
                Pod pod;
                int r = pod_get(ledger, activity_pod_address(activity, i), &pod);

                if (r < 0)
                        return r;
                if (r == 0 || pod.has_memory)
                        continue;
                unit = pod.cadence >= 0 && pod.cadence < (int64_t)ARRAY_SIZE(units)
                               ? units[pod.cadence]
                               : CADENCE_UNIT_UNKNOWN;
                if (unit == CADENCE_UNIT_UNKNOWN)
                        r = decide(ledger, runner, activity, i, &pod, &unit);
                if (r < 0)
                        return r;
                activity_set_cadence(activity, i, unit);
        }
        return 0;
}

/* ---- new runs against those that are there ---- */

typedef struct RunList {
        Run *list;
        size_t n;
} RunList;

static int collect_run(const Run *run, void *userdata)
{
        RunList *runs = userdata;
        Run *moved = reallocarray(runs->list, runs->n + 1, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        runs->list = moved;
        runs->list[runs->n++] = *run;
        return 0;
}

static int64_t overlap_ms(const Run *a, const Run *b)
{
        int64_t from = a->start_utc_ms > b->start_utc_ms ? a->start_utc_ms : b->start_utc_ms;
        int64_t to = a->end_utc_ms < b->end_utc_ms ? a->end_utc_ms : b->end_utc_ms;

        return to - from;
}

/* The run that was known under an id keeps it; RunList.list[i].run[0] = 0 means taken. */
static bool take_id(const Run *run, RunList *known, char ret[static RUN_ID_SIZE])
{
        Run *best = NULL;

        for (size_t i = 0; i < known->n; i++) {
                Run *other = &known->list[i];

                if (other->run[0] != '\0' && overlap_ms(run, other) >= 0 &&
                    (!best || overlap_ms(run, other) > overlap_ms(run, best)))
                        best = other;
        }
        if (!best)
                return false;
        (void)text_copy(ret, RUN_ID_SIZE, best->run);
        best->run[0] = '\0';
        return true;
}

/* Its start, and a letter when another run has that id. */
static int make_id(Ledger *ledger, const Run *run, char ret[static RUN_ID_SIZE])
{
        char text[RFC3339_SIZE];
        Run other;

        rfc3339_format(run->start_utc_ms, text);
        for (char suffix = 'a' - 1; suffix <= 'z'; suffix++) {
                int r;

                (void)snprintf(ret, RUN_ID_SIZE, "%.4s%.2s%.2sT%.2s%.2s%.2sZ%.1s", text, text + 5,
                               text + 8, text + 11, text + 14, text + 17,
                               suffix >= 'a' ? &suffix : "");
                r = run_get(ledger, run->runner, ret, 0, &other);
                if (r < 0)
                        return r;
                if (r == 0 || strcmp(other.state, RUN_STATE_WITHDRAWN) == 0)
                        return 0;
        }
        return -EEXIST;
}

static int store_run(Ledger *ledger, const MeasureParameters *parameters, const Runner *runner,
                     const Homes *homes, Run *run, RunList *known)
{
        const Zone *zone = homes_zone(homes, homes_week(homes, run->start_utc_ms));
        int32_t year, month, day;
        int r = 0;

        (void)text_copy(run->runner, sizeof(run->runner), runner->id);
        (void)text_copy(run->state, sizeof(run->state), "current");
        (void)text_copy(run->zone, sizeof(run->zone), zone_name(zone));
        civil_from_day(zone_local_day(zone, run->start_utc_ms), &year, &month, &day);
        (void)snprintf(run->local_date, sizeof(run->local_date), "%04u-%02u-%02u",
                       (unsigned)year % 10000, (unsigned)month % 100, (unsigned)day % 100);
        if (!take_id(run, known, run->run))
                r = make_id(ledger, run, run->run);
        if (r >= 0)
                r = derive_context_new(ledger, runner, homes, parameters, run);
        return r < 0 ? r : run_put(ledger, run);
}

/* What such a run was made of is gone: it stays as it is, and what is left of its records makes none.
 * What files told of is kept. */
static bool is_of_old(const Run *run, int64_t kept_since_ms)
{
        return run->start_utc_ms < kept_since_ms && !run_is_imported(run);
}

static bool is_told(const Run *run, const RunList *known, int64_t kept_since_ms)
{
        for (size_t i = 0; i < known->n; i++) {
                if (is_of_old(&known->list[i], kept_since_ms) && overlap_ms(run, &known->list[i]) >= 0)
                        return true;
        }
        return false;
}

static int withdraw_rest(Ledger *ledger, RunList *known, char (*ids)[RUN_ID_SIZE],
                         int64_t kept_since_ms, RunSpan *span)
{
        for (size_t i = 0; i < known->n; i++) {
                Run *run = &known->list[i];
                int r;

                if (run->run[0] == '\0' || is_of_old(run, kept_since_ms))
                        continue;
                (void)text_copy(run->run, sizeof(run->run), ids[i]);
                (void)text_copy(run->state, sizeof(run->state), RUN_STATE_WITHDRAWN);
                r = run_put(ledger, run);
                if (r < 0)
                        return r;
                span->changed |= r > 0;
        }
        return 0;
}

static int store_runs(Ledger *ledger, const MeasureParameters *parameters, const Runner *runner,
                      const Homes *homes, Run *runs, size_t n, RunSpan *span)
{
        RunList known = {0};
        int64_t kept_since_ms = INT64_MIN;
        int r = run_each(ledger, runner->id, span->from_utc_ms, span->to_utc_ms, collect_run, &known);
        CLEANUP(freep) Run *list = known.list;
        CLEANUP(freep) char(*ids)[RUN_ID_SIZE] = calloc(known.n + 1, sizeof(*ids));

        if (r < 0 || !ids)
                return r < 0 ? r : -ENOMEM;
        r = retention_kept_since(ledger, &kept_since_ms);
        if (r < 0)
                return r;
        for (size_t i = 0; i < known.n; i++)
                (void)text_copy(ids[i], sizeof(ids[i]), list[i].run);
        for (size_t i = 0; i < n; i++) {
                if (is_told(&runs[i], &known, kept_since_ms))
                        continue;
                r = store_run(ledger, parameters, runner, homes, &runs[i], &known);
                if (r < 0)
                        return r;
                span->changed |= r > 0;
        }
        return withdraw_rest(ledger, &known, ids, kept_since_ms, span);
}

static int measure_effort(const Activity *activity, const Runner *runner, Run *runs, size_t n)
{
        const HeartLimits limits = {
                .rest_bpm = runner->hr_rest_bpm == NULL_INTEGER ? NULL_REAL : (double)runner->hr_rest_bpm,
                .max_bpm = runner->hr_max_bpm == NULL_INTEGER ? NULL_REAL : (double)runner->hr_max_bpm,
                .sex = strcmp(runner->sex, "male") == 0     ? TRIMP_SEX_MALE
                       : strcmp(runner->sex, "female") == 0 ? TRIMP_SEX_FEMALE
                                                            : TRIMP_SEX_NOT_SET,
        };
        int r = 0;

        for (size_t i = 0; r >= 0 && i < n; i++)
                r = effort_run(activity, &limits, &runs[i]);
        return r;
}

static int measure_segments(Ledger *ledger, const Runner *runner, const Activity *activity, Run *runs,
                            size_t n)
{
        int r = 0;

        for (size_t i = 0; r >= 0 && i < n; i++)
                r = derive_run_segments(ledger, runner, activity, &runs[i]);
        return r;
}

int derive_runs(Ledger *ledger, const MeasureParameters *parameters, const Runner *runner,
                const Homes *homes, int64_t from_utc_ms, int64_t to_utc_ms, RunSpan *ret)
{
        CLEANUP(activity_freep) Activity *activity = NULL;
        CLEANUP(imports_clearp) Imports imports = {0};
        CLEANUP(freep) Run *runs = NULL;
        size_t n = 0;
        RunSpan span = {.from_utc_ms = from_utc_ms, .to_utc_ms = to_utc_ms};
        int r = read_sessions(ledger, parameters, runner->id, &span, &activity, &imports);

        if (r >= 0)
                r = settle_cadence(ledger, runner->id, activity);
        if (r >= 0)
                r = imports_measure(&imports, activity, &runs, &n);
        if (r >= 0)
                r = measure_effort(activity, runner, runs, n);
        if (r >= 0)
                r = measure_segments(ledger, runner, activity, runs, n);
        if (r >= 0)
                r = imports_append(&imports, parameters->session_gap_ms, &runs, &n);
        if (r >= 0)
                r = store_runs(ledger, parameters, runner, homes, runs, n, &span);
        if (r >= 0)
                *ret = span;
        return r;
}
