/* upkeep.h: Private to daemon. The ledger's daily upkeep: what is let go, how much room there is, and is it whole?
 *
 * Once an hour it looks: is a day over since the last pruning, is the budget nearly used, are the
 * machine's zone files others than before (zone-files.h)? Records
 * older than they must be kept leave in slices of a few ms; with four fifths of the budget used,
 * older ones follow, week by week, down to RECORDS_FLOOR_DAYS. Nothing leaves while the clock is
 * not synchronised: a clock years ahead would take everything. Once a week a process of its own looks
 * at every page: the loop goes on meanwhile. */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/ledger.h"

#include <systemd/sd-event.h>

#define RECORDS_FLOOR_DAYS 90

typedef struct Upkeep Upkeep;

/* The ledger is damaged: note it, return. */
typedef void (*UpkeepDamaged)(void *userdata);

/* Borrows all. 0 or -ENOMEM, -errno of the clock. */
int upkeep_new(Ledger *ledger, Clock *clock, sd_event *event, UpkeepDamaged damaged, void *userdata,
             Upkeep **ret) MUST_CHECK;
Upkeep *upkeep_free(Upkeep *upkeep);
DEFINE_CLEANUP(Upkeep *, upkeep_free);

/* How long raw records are kept; nothing leaves before it was said. */
void upkeep_set_keep_days(Upkeep *upkeep, uint32_t keep_days);
