/* pairing.h: Private to ble. One pod made known: found, connected, bonded if its protocol wants
 * it, its services read. The caller writes the roster. One at a time. */
#pragma once

#include "daemon/ble/agent.h"
#include "daemon/ble/bond.h"
#include "daemon/ble/ble.h"
#include "daemon/ble/connect-queue.h"

typedef struct Pairing Pairing;

typedef struct PairingHost { /* borrowed */
        Bluez *bluez;
        Clock *clock;
        Agent *agent;
        ConnectQueue *connects;
        void (*discovery)(void *userdata); /* whether we want it may have changed */
        /* What was seen of a pod's bond; whether it is known to be bad. */
        void (*bond_seen)(const char *address, BondEvidence evidence, void *userdata);
        bool (*bond_is_bad)(const char *address, void *userdata);
        void *userdata;
} PairingHost;

int pairing_new(const PairingHost *host, Pairing **ret) MUST_CHECK;
Pairing *pairing_free(Pairing *pairing); /* `done` is not called any more */
DEFINE_CLEANUP(Pairing *, pairing_free);

int pairing_start(Pairing *pairing, const char *address, PairAsk ask, PairDone done, void *userdata) MUST_CHECK;
int pairing_answer(Pairing *pairing, const void *userdata, bool yes, uint32_t passkey) MUST_CHECK;
void pairing_cancel(Pairing *pairing, const void *userdata);
void pairing_look(Pairing *pairing); /* devices changed */
bool pairing_wants_discovery(const Pairing *pairing);
/* The address under way, or NULL: its link keeps off. */
const char *pairing_address(const Pairing *pairing);
