/* sample-keeper.h: Private to ble. Samples of links that ended while the ledger refused. Nobody else
 * holds them, so they wait here, outliving their link, until the ledger takes them.
 *
 * Bounded: of a link for which there is no room one lost record is kept, that names its samples. */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/ledger.h"
#include "proto/record.h"

#define SAMPLE_KEEPER_MAX      512 /* samples */
#define SAMPLE_KEEPER_RETRY_MS 30000

typedef struct SampleKeeper SampleKeeper;

/* Borrows `ledger` and `clock`. 0, -ENOMEM. */
int sample_keeper_new(Ledger *ledger, Clock *clock, SampleKeeper **ret) MUST_CHECK;
SampleKeeper *sample_keeper_free(SampleKeeper *keeper); /* tries once more, logs what is lost */
DEFINE_CLEANUP(SampleKeeper *, sample_keeper_free);

/* Copies samples of one epoch, in order. 0: they will come in; 1: no room, they will be recorded as
 * lost; -ENOBUFS: no room even for that, nothing was kept. */
int sample_keeper_take(SampleKeeper *keeper, const char *address, const Record *records,
                       size_t n) MUST_CHECK;
/* The highest epoch of the pod that waits here, so that a new link does not use it again; 0: none. */
uint32_t sample_keeper_epoch(const SampleKeeper *keeper, const char *address);
