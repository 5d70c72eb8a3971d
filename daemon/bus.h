/* bus.h: Private to daemon. The system's message bus, and our name on it. */
#pragma once

#include "base/cleanup.h"

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

/* On the loop; when the bus goes away, the loop ends. *ret is the caller's to close, also after an
 * error; -errno is logged when there is no bus. */
int bus_open(sd_event *event, sd_bus **ret) MUST_CHECK;
/* Asks for our name. With it the service manager hears that we are ready; without it the loop
 * ends, and the log says why. Negative when not even asking works. Borrows the loop. */
int bus_own_name(sd_bus *bus, sd_event *event) MUST_CHECK;
