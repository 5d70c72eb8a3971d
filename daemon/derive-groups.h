/* derive-groups.h: Private to daemon/derive. The groups of a week (proto/groups.h), each by a
 * function of its own.
 *
 * A group that needs more than is gathered here reads it from the ledger itself, with bounds: at
 * most LOOK_BACK_WEEKS before the week, so that a week costs the same after ten years; what it reads
 * must make the week due when it changes (derive_span in derive.c marks so many weeks behind a
 * change). It reads nothing of other weeks' revisions, only runs, diary, records, plan: the order in
 * which weeks are made leaves no trace. */
#pragma once

#include "base/zone.h"
#include "daemon/ledger/homes.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/roster.h"
#include "daemon/measure/week.h"

#define LOOK_BACK_WEEKS 26

typedef struct WeekContext {
        Ledger *ledger;
        const Runner *runner;
        const Zone *zone;   /* of the week */
        const Homes *homes; /* of the weeks around it */
        const MeasureParameters *parameters;
        int64_t now_utc_ms;
        IsoWeek id;
        int64_t from_utc_ms;
        int64_t to_utc_ms; /* exclusive; later than now while the week runs */
        /* The runs and the diary of the week, and the runs of spike_window_days before it, by start. */
        WeekInput input;
} WeekContext;

/* Fills the groups of a week whose own fields are filled. 0 or -errno. */
int derive_groups(const WeekContext *context, Week *week) MUST_CHECK;
