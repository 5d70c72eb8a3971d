/* derive.h: dirty spans of the ledger → runs and weeks, as new revisions.
 *
 * The one place that joins ledger and measures. Watches the ledger; works a moment
 * after things change, in slices of at most a day of a runner's records or a few of their
 * weeks, each one transaction; weeks when no span is left, so each once. What cannot be
 * derived is set aside (due.h), and nobody else waits for it. Once an hour it looks whether time itself has changed something: a new
 * week, a week that is final now. Does nothing while the clock is not set. */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/ledger.h"
#include "daemon/measure/parameters.h"

typedef struct Derive Derive;

/* Borrows all three. `parameters` say what is a run; they may change between two turns of the
 * loop, what was derived before stays until it is dirty. 0 or -ENOMEM, -errno of the clock. */
int derive_new(Ledger *ledger, Clock *clock, const MeasureParameters *parameters,
               Derive **ret) MUST_CHECK;
Derive *derive_free(Derive *derive);
DEFINE_CLEANUP(Derive *, derive_free);

/* All that is dirty, and what time has changed, at once. For tests and for a person who waits.
 * Nothing either while the clock is not set: 0, and what is dirty stays so. */
int derive_now(Derive *derive) MUST_CHECK;
