/* agent.h: Private to ble. Our org.bluez.Agent1: bonds what a person asked to pair, nothing else.
 *
 *   the pod has        it is bonded by                          the person is asked
 *   nothing            Just Works                               nothing
 *   a display          a passkey that it shows                  to enter it
 *   keys               a passkey that is shown here             nothing: it is said
 *   both               numbers on both sides that must agree    whether they do
 *
 * Whoever started the pairing has to answer; without an answer the pod is refused. */
#pragma once

#include "daemon/ble/ble.h"
#include "daemon/ble/bluez.h"

typedef struct Agent Agent;

typedef struct AgentObserver {
        /* PAIR_SHOW wants no answer, the others one by agent_answer; it may come from within. */
        void (*asked)(PairQuestion question, uint32_t passkey, void *userdata);
} AgentObserver;

int agent_new(sd_bus *bus, Bluez *bluez, Agent **ret) MUST_CHECK;
Agent *agent_free(Agent *agent);
DEFINE_CLEANUP(Agent *, agent_free);

/* bluetoothd is there: it is told about us. Again after each of its restarts. */
void agent_register(Agent *agent);
/* The device that may bond now, and who is asked about it; NULL: none, and a question that is open is refused. */
void agent_allow(Agent *agent, const char *device_path, const AgentObserver *observer, void *userdata);
/* `yes`: PAIR_ENTER with that passkey, PAIR_COMPARE they agree. -ENOENT: nothing is asked (any more). */
int agent_answer(Agent *agent, bool yes, uint32_t passkey) MUST_CHECK;
