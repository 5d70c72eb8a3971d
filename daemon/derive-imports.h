/* derive-imports.h: Private to daemon/derive. Imported runs among those of pods. */
#pragma once

#include "daemon/ledger/imports.h"
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
/* Appends to the pods' runs those that no pod tells of; all stay in order of start. 0 or -ENOMEM. */
int imports_append(const Imports *imports, Run **runs, size_t *n) MUST_CHECK;
