/* agent.h: Private to ble. Our org.bluez.Agent1: bonds what a person asked to pair, nothing else.
 *
 * Just Works only so far (a gateway has no display); passkeys are refused with a log line. */
#pragma once

#include "daemon/ble/bluez.h"

typedef struct Agent Agent;

int agent_new(sd_bus *bus, Bluez *bluez, Agent **ret) MUST_CHECK;
Agent *agent_free(Agent *agent);
DEFINE_CLEANUP(Agent *, agent_free);

/* bluetoothd is there: it is told about us. Again after each of its restarts. */
void agent_register(Agent *agent);
/* The device that may bond now; NULL: none. */
void agent_allow(Agent *agent, const char *device_path);
