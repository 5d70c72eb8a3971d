/* care.h: the ledger's daily care: what is let go, and how much room there is.
 *
 * Once an hour it looks: is a day over since the last pruning, is the budget nearly used? Records
 * older than they must be kept leave in slices of a few ms; with four fifths of the budget used,
 * older ones follow, week by week, down to RECORDS_FLOOR_DAYS. Nothing leaves while the clock is
 * not synchronised: a clock years ahead would take everything. */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/ledger.h"

#define RECORDS_FLOOR_DAYS 90

typedef struct Care Care;

/* Borrows both. 0 or -ENOMEM, -errno of the clock. */
int care_new(Ledger *ledger, Clock *clock, uint32_t keep_days, Care **ret) MUST_CHECK;
Care *care_free(Care *care);
DEFINE_CLEANUP(Care *, care_free);

void care_set_keep_days(Care *care, uint32_t keep_days);
