/* broker-cut.h: Private to clinic. Ends the connection to the broker under the MQTT library.
 *
 * For the one case in which not even a PUBACK may leave any more. The library tells its
 * descriptor to nobody, so it is found as the TCP connection that leads to the broker's port;
 * this process has no other one there. Any thread. */
#pragma once

#include <stdint.h>

void broker_cut(uint16_t port);
