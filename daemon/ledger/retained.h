/* retained.h: Private to the ledger. The broker keeps the weeks of the 26 up to the runner's newest
 * and the runs of 60 days; what is or grows older is cleared by an empty message of its own. In the
 * running transaction. */
#pragma once

#include "daemon/ledger/sql.h"

#define RETAINED_WEEKS    26
#define RETAINED_RUN_DAYS 60

/* Publishes what is there of a runner: the newest revision of every run and week, and a summary. What
 * was cleared for its age is sent again as well, and so has to be cleared again. In roster.c. */
int queue_everything(Ledger *ledger, const char *runner) MUST_CHECK;
/* The newest plan and a summary of a runner who consents. In restore-retained.c. */
int retained_tell_runner(Ledger *ledger, const char *runner) MUST_CHECK;
/* Runs of long ago that a file told of are not told one by one, their weeks are: years of them may come
 * at once. As run_is_imported; with the oldest end that is not long ago as its parameter. */
#define RUN_IS_TOLD                                                                                        \
        "(load_source IS NULL OR \"end\" >= ? OR NOT (load_source LIKE 'import\\_%' ESCAPE '\\'"             \
        " OR (load_source = 'mixed' AND time_error_s IS NULL)))"

/* The oldest end of a run that the broker keeps. */
int64_t retained_since_ms(const Ledger *ledger);

int retained_clear_weeks(Ledger *ledger, const char *runner) MUST_CHECK;
/* What was cleared to make room for weeks that are withdrawn is sent again. */
int retained_take_up_weeks(Ledger *ledger, const char *runner) MUST_CHECK;
int retained_clear_runs(Ledger *ledger) MUST_CHECK;
/* Every topic of a runner that may hold something; for withdrawn consent. */
int retained_clear_runner(Ledger *ledger, const char *runner) MUST_CHECK;
/* A red flag that was answered. */
int retained_clear_redflag(Ledger *ledger, const char *runner, const char *id) MUST_CHECK;
