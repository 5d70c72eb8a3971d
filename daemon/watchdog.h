/* watchdog.h: tells the service manager that we live, while we do what we are here for: the loop
 * turns (the timer fires) and the ledger commits (lately, or something tiny now).
 *
 * A disk without room is a state, not a hang: a restart would free nothing. It is fed then, and
 * status and doctor say what is wrong. Any other failure to commit is not, and the manager restarts us. */
#pragma once

#include "daemon/ledger/ledger.h"

typedef struct Watchdog Watchdog;

/* Borrows both. Idle when nobody watches (WATCHDOG_USEC). 0 or -ENOMEM. */
int watchdog_new(Clock *clock, Ledger *ledger, Watchdog **ret) MUST_CHECK;
Watchdog *watchdog_free(Watchdog *watchdog); /* NULL is fine */
DEFINE_CLEANUP(Watchdog *, watchdog_free);
