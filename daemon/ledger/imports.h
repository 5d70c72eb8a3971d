/* imports.h: runs that files told of (proto/imported-run.h), beside the records of pods.
 *
 * They are facts: kept as they came, with the file they came from, and never changed. Which of them
 * count is decided when runs are derived (a pod that tells of the same run comes first), so that the
 * order of arrival makes no difference. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "proto/imported-run.h"

typedef enum ImportOutcome {
        IMPORT_TAKEN,
        IMPORT_KNOWN,    /* this very run, or the same one from another file */
        IMPORT_OVERLAPS, /* another one that it contradicts: nobody runs twice at a time */
} ImportOutcome;

/* Stores it. Not TAKEN: *ret_other is the one that is there (may be NULL). The span is
 * derived anew. 0 and *ret; -ENOENT: no such runner. */
int import_put(Ledger *ledger, const ImportedRun *run, ImportOutcome *ret,
               ImportedRun *ret_other) MUST_CHECK;
/* Those that overlap [from, to], in order of start. */
typedef int (*ImportFunction)(const ImportedRun *run, void *userdata);
int import_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                ImportFunction function, void *userdata) MUST_CHECK;
/* When the newest of those came that came before that time. 1, 0: none did. */
int import_newest(Ledger *ledger, const char *runner, int64_t before_utc_ms, int64_t *ret_utc_ms) MUST_CHECK;
