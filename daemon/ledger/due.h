/* due.h: weeks that wait to be derived, and what could not be.
 *
 * A dirty span (weeks.h) makes runs first; the weeks it touched become due, each once, however many
 * slices touched it. What fails for a reason of its own (a zone that is not on this machine) is set
 * aside, so that nobody else waits for it, and comes back when somebody says so. */
#pragma once

#include "base/text.h"
#include "daemon/ledger/ledger.h"

typedef struct DueWeek {
        char runner[ID_SIZE];
        char week[12]; /* "2026-W47" */
        unsigned why;  /* DirtyWhy (weeks.h), all there are; 0: only time went on */
} DueWeek;

/* Due already: has one more reason. In the running transaction or one of its own, as all here. */
int due_week_mark(Ledger *ledger, const char *runner, const char *week, unsigned why) MUST_CHECK;
/* In order of runner and week, without those set aside. 1, 0: none. */
int due_week_next(Ledger *ledger, DueWeek *ret) MUST_CHECK;
int due_week_clear(Ledger *ledger, const DueWeek *due) MUST_CHECK;
int due_week_set_aside(Ledger *ledger, const DueWeek *due) MUST_CHECK;

/* The span, by its id, goes to the end and is not the next one until it is released. */
int dirty_set_aside(Ledger *ledger, int64_t id) MUST_CHECK;
/* Is a span of the runner, set aside or not, dirty between from and to? 1, 0. */
int dirty_touches(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms) MUST_CHECK;

/* All that is set aside may be tried once more. Their number. */
int set_aside_release(Ledger *ledger) MUST_CHECK;
/* For people: spans and weeks that failed when they were last tried. */
int set_aside_count(Ledger *ledger, int64_t *ret) MUST_CHECK;
