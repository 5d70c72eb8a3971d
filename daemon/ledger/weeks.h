/* weeks.h: runs and weeks as revisions. */
#pragma once

#include "base/zone.h"
#include "daemon/ledger/dirty.h"
#include "daemon/ledger/ledger.h"
#include "proto/clinic-records.h"

/* Stores a new revision if any field but revision and received_utc_ms differs from
 * the newest one; sets run->revision. 1: new revision, queued for the clinic if the
 * runner consents; 0: nothing new. */
int run_put(Ledger *ledger, Run *run) MUST_CHECK;
/* Newest revisions, not withdrawn, that overlap [from, to], in order of start. */
typedef int (*RunFunction)(const Run *run, void *userdata);
int run_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
             RunFunction function, void *userdata) MUST_CHECK;
/* The same without groups, which are null: for those who look through many. */
int run_each_brief(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                   RunFunction function, void *userdata) MUST_CHECK;
/* What of a run adds up over many weeks: read in less than a tenth of the time. */
typedef struct RunLoad {
        char run[RUN_ID_SIZE];
        int64_t start_utc_ms;
        int64_t end_utc_ms;
        int64_t distance_mm; /* null as the run's */
        bool is_imported;    /* from a file */
} RunLoad;
typedef int (*RunLoadFunction)(const RunLoad *run, void *userdata);
/* Newest revisions, not withdrawn, that start in [from, to), in order of start. */
int run_load_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                  RunLoadFunction function, void *userdata) MUST_CHECK;
/* revision 0: the newest. 1, 0: none. */
int run_get(Ledger *ledger, const char *runner, const char *run, int64_t revision,
            Run *ret) MUST_CHECK;

/* As run_put (what came when is no news by itself); also queues a summary. `changed` is not compared. A new revision of a week
 * more than 25 weeks before the newest is published but clears its retained copy afterwards. */
int week_put(Ledger *ledger, Week *week) MUST_CHECK;
int week_get(Ledger *ledger, const char *runner, const char *week, int64_t revision,
             Week *ret) MUST_CHECK;
/* Newest revisions of weeks first..last, in order. `all_revisions`: every one. */
typedef int (*WeekFunction)(const Week *week, void *userdata);
int week_each(Ledger *ledger, const char *runner, const char *first, const char *last,
              bool all_revisions, WeekFunction function, void *userdata) MUST_CHECK;
/* The newest revisions without groups, which are null: for those who look through many. */
int week_each_brief(Ledger *ledger, const char *runner, const char *first, const char *last,
                    WeekFunction function, void *userdata) MUST_CHECK;
