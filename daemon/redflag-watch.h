/* redflag-watch.h: tells a runner when nobody at the clinic has acknowledged a red flag in time. */
#pragma once

#include "daemon/ledger/ledger.h"

typedef struct RedflagWatch RedflagWatch;

/* Borrows all of them; *minutes may change. Looks at once: time passed while nobody ran. 0, -ENOMEM. */
int redflag_watch_new(Clock *clock, Ledger *ledger, const uint32_t *minutes, RedflagWatch **ret) MUST_CHECK;
RedflagWatch *redflag_watch_free(RedflagWatch *watch); /* NULL is fine */
DEFINE_CLEANUP(RedflagWatch *, redflag_watch_free);
/* Something was committed. Cheap, call at will. */
void redflag_watch_wake(RedflagWatch *watch);
