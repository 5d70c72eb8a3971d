/* discovery.h: Private to ble. Our one discovery session: on while somebody wants it.
 *
 * A filter of our own (LE, no duplicates), set before each start. Whatever ends it
 * (bluetoothd gone, adapter off, somebody else's power cycle) starts it again later. */
#pragma once

#include "base/clock.h"
#include "daemon/ble/bluez.h"

typedef struct Discovery Discovery;

int discovery_new(Bluez *bluez, Clock *clock, Discovery **ret) MUST_CHECK;
/* Stops what runs: the call is sent, its answer not awaited. */
Discovery *discovery_free(Discovery *discovery);
DEFINE_CLEANUP(Discovery *, discovery_free);

/* Says how many want it now. Idempotent; takes effect soon. */
void discovery_want(Discovery *discovery, unsigned how_many);
/* The adapter or the name changed. */
void discovery_check(Discovery *discovery);
/* A device was heard: the radio is not silent. */
void discovery_heard(Discovery *discovery);
bool discovery_is_on(const Discovery *discovery);
