/* derive-imports.h: Private to daemon/derive. Imported runs among those of pods. */
#pragma once

#include "daemon/ledger/imports.h"
#include "daemon/measure/activity.h"
#include "proto/clinic-records.h"

#include <stddef.h>
#include <stdlib.h>

typedef struct Imports {
        ImportedRun *list;
        size_t n;
} Imports;

static inline void imports_clearp(const Imports *imports)
{
        free(imports->list);
}

/* Those that overlap from..to; what *ret held before goes. 0 or -errno. */
int imports_read(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                 Imports *ret) MUST_CHECK;
/* Widens the span, first > last: none, to the first start and the last end. */
void imports_edges(const Imports *imports, int64_t *first, int64_t *last);
/* As runs_measure. What pods tell of leaves `imports`: all of a run that is the same, of others the
 * share of their time; what stays parts no session of the pods. */
int imports_measure(Imports *imports, Activity *activity, Run **ret, size_t *ret_n) MUST_CHECK;
/* Adds what imports_measure left to the pods' runs: as parts of those less than `gap_ms` away, else as
 * runs of their own; all stay in order of start. 0 or -ENOMEM. */
int imports_append(const Imports *imports, int64_t gap_ms, Run **runs, size_t *n) MUST_CHECK;
