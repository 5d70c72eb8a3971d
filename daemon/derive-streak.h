/* derive-streak.h: Private to daemon/derive. How far a streak of pain reaches: the 14-day clock looks back
 * until nothing earlier can matter, however long that is, and a change of long ago reaches as far. */
#pragma once

#include "daemon/ledger/homes.h"
#include "daemon/ledger/ledger.h"
#include "daemon/measure/parameters.h"

#include <stdlib.h>

/* Whose pain, by which zones and rules, and what time it is. */
typedef struct PainOf {
        Ledger *ledger;
        const char *runner;
        const Homes *homes;
        const PainClockParameters *parameters;
        int64_t now_utc_ms;
} PainOf;

/* Consecutive days' highest pain, the newest last; NULL_INTEGER: no entry. */
typedef struct PainDays {
        int32_t first_day;
        int64_t *pain;
        size_t n;
} PainDays;

static inline void pain_days_clearp(const PainDays *days)
{
        free(days->pain);
}

/* The days up to `to_day`, at least `n` of them: `pain`; earlier ones, not before `since_day`, as far as a
 * streak that runs in them may reach. Clear with pain_days_clearp. 0 or -errno. */
int streak_read(const PainOf *of, int32_t to_day, const int64_t *pain, size_t n, int32_t since_day,
                PainDays *ret) MUST_CHECK;
/* Moves *last on to the week in which a streak ends that a change up to that time may have touched; not
 * beyond now. 0 or -errno. */
int streak_reach(const PainOf *of, int64_t changed_utc_ms, IsoWeek *last) MUST_CHECK;
