#include "daemon/ledger/imports.h"

#include "daemon/ledger/dirty.h"
#include "daemon/ledger/sql.h"

#include <errno.h>
#include <string.h>

/* Starts are indexed, ends are not: a run is no longer than this. */
#define LONGEST_MS ((int64_t)(IMPORTED_RUN_MAX_S * 1000))

int import_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                ImportFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t earliest = from_utc_ms > INT64_MIN + 1 + LONGEST_MS ? from_utc_ms - LONGEST_MS : from_utc_ms;
        int r = row_query(ledger, &statement, &imported_run_fields, "",
                          "WHERE runner = ? AND start >= ? AND start <= ? AND \"end\" >= ? ORDER BY start",
                          "siii", runner, earliest, to_utc_ms, from_utc_ms);

        while (r >= 0) {
                ImportedRun run;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                row_read(statement, &imported_run_fields, &run);
                r = function(&run, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int import_newest(Ledger *ledger, const char *runner, int64_t before_utc_ms, int64_t *ret_utc_ms)
{
        return sql_integer(ledger, ret_utc_ms,
                           "SELECT imported FROM imported_run WHERE runner = ? AND imported < ?"
                           " ORDER BY imported DESC LIMIT 1",
                           "si", runner, before_utc_ms);
}

typedef struct Search {
        const ImportedRun *run;
        ImportOutcome outcome;
        ImportedRun other;
} Search;

static bool says_the_same(const ImportedRun *a, const ImportedRun *b)
{
        return a->start_utc_ms == b->start_utc_ms && a->end_utc_ms == b->end_utc_ms &&
               (a->distance_m == b->distance_m || (isnan(a->distance_m) && isnan(b->distance_m)));
}

static int compare(const ImportedRun *other, void *userdata)
{
        Search *search = userdata;
        const ImportedRun *run = search->run;
        bool is_same = spans_are_same(run->start_utc_ms, run->end_utc_ms, other->start_utc_ms,
                                      other->end_utc_ms);
        bool is_of_file = strcmp(run->file, other->file) == 0 && strcmp(run->kind, other->kind) == 0;

        if (!is_same && (run->start_utc_ms >= other->end_utc_ms - IMPORTED_RUN_TOUCH_MS ||
                         other->start_utc_ms >= run->end_utc_ms - IMPORTED_RUN_TOUCH_MS))
                return 0;
        search->other = *other;
        /* Two lines of one file are two runs, unless they say the same. */
        search->outcome = is_same && (!is_of_file || says_the_same(run, other)) ? IMPORT_KNOWN
                                                                               : IMPORT_OVERLAPS;
        return search->outcome == IMPORT_KNOWN; /* look no further */
}

static int find_other(Ledger *ledger, const ImportedRun *run, Search *ret)
{
        int r;

        *ret = (Search){.run = run, .outcome = IMPORT_TAKEN};
        r = import_each(ledger, run->runner, run->start_utc_ms, run->end_utc_ms, compare, ret);
        return r < 0 ? r : 0;
}

int import_put(Ledger *ledger, const ImportedRun *run, ImportOutcome *ret, ImportedRun *ret_other)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int64_t there = 0;
        Search search;
        int r = sql_integer(ledger, &there, "SELECT count(*) FROM runner WHERE id = ?", "s", run->runner);

        if (r >= 0 && there == 0)
                return -ENOENT;
        if (r >= 0)
                r = find_other(ledger, run, &search);
        if (r < 0)
                return r;
        if (search.outcome == IMPORT_TAKEN) {
                r = transaction_begin(&transaction, ledger);
                if (r >= 0)
                        r = row_insert(ledger, "INSERT", &imported_run_fields, run, "", "");
                if (r >= 0)
                        r = dirty_mark_for(ledger, run->runner, DIRTY_IMPORT, run->start_utc_ms,
                                           run->end_utc_ms);
                if (r >= 0)
                        r = transaction_commit(&transaction);
                if (r < 0)
                        return r;
        }
        *ret = search.outcome;
        if (search.outcome != IMPORT_TAKEN && ret_other)
                *ret_other = search.other;
        return 0;
}
