/* derive-history.h: Private to daemon/derive. Day by day, what is known of a runner's last weeks. */
#pragma once

#include "daemon/derive-lost.h"
#include "daemon/ledger/homes.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/roster.h"
#include "daemon/measure/days.h"
#include "daemon/measure/pain-runs.h"

#define LOOK_BACK_WEEKS 26 /* before the week; it is the last one here */
#define HISTORY_DAYS    ((LOOK_BACK_WEEKS + 1) * 7)

/* What an entry says of a run. */
typedef struct Rating {
        char run[RUN_ID_SIZE]; /* that it names, or "" */
        int32_t day;
        int64_t at_utc_ms;
        double rating;
} Rating;

typedef struct History {
        const Homes *homes;
        int32_t first_day; /* a Monday */
        int32_t since_day; /* the runner was there since */
        DayLoad days[HISTORY_DAYS];
        int64_t pain[HISTORY_DAYS]; /* highest of the day; NULL_INTEGER: no entry */
        bool said[HISTORY_DAYS];    /* an entry of any kind is of that day */
        bool heard[HISTORY_DAYS];   /* it, a record of a pod, or an entry that came that day */
        DatedRun *runs;             /* of these days, in order of start */
        char (*run_ids)[RUN_ID_SIZE]; /* of runs */
        size_t n_runs;
        DatedPain *entries; /* of these days and HISTORY_AFTER_DAYS more, in no order */
        size_t n_entries;
        Rating *ratings;
        size_t n_ratings;
        LostRanges lost; /* of these days */
} History;

#define HISTORY_AFTER_DAYS 3 /* what the back says after a run of Sunday */

/* Since when something is known of the runner: the day they were added, or of their first run or
 * entry if that is earlier. 0 or -errno. */
int history_since(Ledger *ledger, const Runner *runner, const Homes *homes, int64_t now_utc_ms,
                  int32_t *ret_day) MUST_CHECK;
/* `weeks` of them (1 to LOOK_BACK_WEEKS + 1), the last one is `id`; earlier days are unknown.
 * `since_day`: the runner was there since. 0 or -errno. */
int history_read(Ledger *ledger, const Runner *runner, const Homes *homes, int64_t now_utc_ms,
                 IsoWeek id, int32_t weeks, int32_t since_day, History **ret) MUST_CHECK;
/* Takes a run among those of `runs` that the ledger does not know yet, in place of what overlaps it.
 * 0 or -ENOMEM. */
int history_add_run(History *history, const Run *run) MUST_CHECK;
/* Which of `runs` begins then. False: none. */
bool history_find_run(const History *history, int64_t start_utc_ms, size_t *ret);
/* The newest rating (CR10) of runs[at]: of an entry that names it, else of one that names no run of
 * these days and was made on its day, at or after its start, before any later run's. NAN: none. */
double history_rating(const History *history, size_t at);
History *history_free(History *history);
DEFINE_CLEANUP(History *, history_free);

/* The last week of it, and the one before: 14 days. */
static inline const DayLoad *history_two_weeks(const History *history)
{
        return history->days + HISTORY_DAYS - 14;
}
