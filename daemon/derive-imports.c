#include "daemon/derive-imports.h"

#include "daemon/derive-join.h"
#include "daemon/measure/rounded.h"
#include "daemon/measure/run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int collect(const ImportedRun *run, void *userdata)
{
        Imports *imports = userdata;
        ImportedRun *moved = reallocarray(imports->list, imports->n + 1, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        imports->list = moved;
        imports->list[imports->n++] = *run;
        return 0;
}

int imports_read(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                 Imports *ret)
{
        ret->n = 0;
        return import_each(ledger, runner, from_utc_ms, to_utc_ms, collect, ret);
}

void imports_edges(const Imports *imports, int64_t *first, int64_t *last)
{
        for (size_t i = 0; i < imports->n; i++) {
                *first = imports->list[i].start_utc_ms < *first ? imports->list[i].start_utc_ms : *first;
                *last = imports->list[i].end_utc_ms > *last ? imports->list[i].end_utc_ms : *last;
        }
}

/* What no file tells, and what this one does not. */
static void explain(const ImportedRun *imported, Run *run)
{
        static const char *const never[] = {
                "coverage", "time_error_s", "load.impact_clipped", "load.left", "load.right",
        };

        for (size_t i = 0; i < ARRAY_SIZE(never); i++)
                reasons_add(&run->reasons, never[i], "imported");
        for (size_t i = 0; i < run_fields.n_fields; i++) {
                const char *path = run_fields.fields[i].path;

                if (strncmp(path, "load.left.", 10) == 0 || strncmp(path, "load.right.", 11) == 0)
                        reasons_add(&run->reasons, path, "no_foot_pod");
        }
        if (isnan(imported->distance_m))
                reasons_add(&run->reasons, "load.distance_m", "no_speed");
        if (isnan(imported->steps)) {
                reasons_add(&run->reasons, "load.steps", "no_cadence");
                reasons_add(&run->reasons, "load.steps_estimated", "no_cadence");
        }
        if (isnan(imported->heart_rate_bpm))
                reasons_add(&run->reasons, "heart_rate_mean_bpm", "no_heart_rate");
}

static int64_t thousandths(double value)
{
        return isnan(value) ? NULL_INTEGER : llround(value * 1000);
}

static void make_run(const ImportedRun *imported, Run *run)
{
        run_set_null(run);
        run->start_utc_ms = imported->start_utc_ms;
        run->end_utc_ms = imported->end_utc_ms;
        run->distance_mm = thousandths(imported->distance_m);
        run->distance_m = rounded(run->distance_mm);
        run->duration_s = llround(imported->duration_s);
        run->steps_1000 = thousandths(imported->steps);
        run->steps = rounded(run->steps_1000);
        if (!isnan(imported->steps)) /* FIT counts strides, and they were doubled */
                run->steps_estimated = strcmp(imported->kind, "fit") == 0;
        (void)snprintf(run->source, sizeof(run->source), "import_%.8s", imported->kind);
        run->heart_rate_mean_bpm = isnan(imported->heart_rate_bpm)
                                           ? NULL_REAL
                                           : round(imported->heart_rate_bpm * 10) / 10;
        run->received_utc_ms = imported->imported_utc_ms;
        explain(imported, run);
}

/* ---- what pods tell, too ---- */

static bool a_pod_tells(const ImportedRun *imported, const Run *runs, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                if (spans_are_same(imported->start_utc_ms, imported->end_utc_ms, runs[i].start_utc_ms,
                                   runs[i].end_utc_ms))
                        return true;
        }
        return false;
}

static int64_t shared_ms(const ImportedRun *imported, const Run *run)
{
        int64_t from = imported->start_utc_ms > run->start_utc_ms ? imported->start_utc_ms : run->start_utc_ms;
        int64_t to = imported->end_utc_ms < run->end_utc_ms ? imported->end_utc_ms : run->end_utc_ms;

        return to - from > IMPORTED_RUN_TOUCH_MS ? to - from : 0;
}

/* Nobody runs twice at a time: the time that pods tell, too, is told by them. */
static void keep_share(ImportedRun *imported, const Run *runs, size_t n)
{
        int64_t shared = 0;
        double share;

        for (size_t i = 0; i < n; i++)
                shared += shared_ms(imported, &runs[i]);
        if (shared == 0)
                return;
        share = 1 - (double)shared / (double)(imported->end_utc_ms - imported->start_utc_ms);
        share = share > 0 ? share : 0;
        imported->distance_m *= share;
        imported->duration_s *= share;
        imported->steps *= share;
}

static void drop_told(Imports *imports, const Run *runs, size_t n)
{
        size_t kept = 0;

        for (size_t i = 0; i < imports->n; i++) {
                if (a_pod_tells(&imports->list[i], runs, n))
                        continue;
                keep_share(&imports->list[i], runs, n);
                imports->list[kept++] = imports->list[i];
        }
        imports->n = kept;
}

int imports_measure(Imports *imports, Activity *activity, Run **ret, size_t *ret_n)
{
        CLEANUP(freep) Bridge *bridges = NULL;
        CLEANUP(freep) Run *runs = NULL;
        int r = runs_measure(activity, &runs, ret_n);

        if (r < 0)
                return r;
        drop_told(imports, runs, *ret_n);
        if (imports->n == 0) {
                *ret = TAKE(runs);
                return 0;
        }
        bridges = calloc(imports->n, sizeof(*bridges));
        if (!bridges)
                return -ENOMEM;
        for (size_t i = 0; i < imports->n; i++)
                bridges[i] = (Bridge){imports->list[i].start_utc_ms, imports->list[i].end_utc_ms};
        activity_set_bridges(activity, bridges, imports->n);
        r = runs_measure(activity, ret, ret_n);
        activity_set_bridges(activity, NULL, 0);
        return r;
}

/* ---- all runs ---- */

static int by_start(const void *a, const void *b)
{
        int64_t left = ((const Run *)a)->start_utc_ms, right = ((const Run *)b)->start_utc_ms;

        return left < right ? -1 : left > right;
}

int imports_append(const Imports *imports, int64_t gap_ms, Run **runs, size_t *n)
{
        Run *moved;

        if (imports->n == 0)
                return 0;
        moved = reallocarray(*runs, *n + imports->n, sizeof(*moved));
        if (!moved)
                return -ENOMEM;
        *runs = moved;
        for (size_t i = 0; i < imports->n; i++)
                make_run(&imports->list[i], &(*runs)[(*n)++]);
        qsort(*runs, *n, sizeof(**runs), by_start);
        *n = runs_join(*runs, *n, gap_ms);
        return 0;
}
