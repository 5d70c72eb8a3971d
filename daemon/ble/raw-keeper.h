/* raw-keeper.h: Private to ble. Octets of one link that nobody could read, on their way into the
 * ledger: many of them a commit, since a confused pod sends fifty a second. The first of a link is
 * named in the log, of the others their number. */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/ledger.h"
#include "proto/stride-service.h"

#define RAW_KEEPER_MAX      32
#define RAW_KEEPER_FLUSH_MS 5000

typedef struct RawKeeper RawKeeper;

/* Borrows `ledger` and `clock`. 0, -ENOMEM. */
int raw_keeper_new(Ledger *ledger, Clock *clock, const char *address, RawKeeper **ret) MUST_CHECK;
RawKeeper *raw_keeper_free(RawKeeper *keeper); /* stores what waits */
DEFINE_CLEANUP(RawKeeper *, raw_keeper_free);

/* `why`: a sentence. Stored within RAW_KEEPER_FLUSH_MS, or when RAW_KEEPER_MAX wait; what the
 * ledger refuses stays, and when there is no room the newest is only counted in the log. More than
 * STRIDE_PACKET_MAX octets are cut. */
void raw_keeper_take(RawKeeper *keeper, const char *uuid, const void *data, size_t size,
                     const char *why);
