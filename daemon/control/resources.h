/* resources.h: Private to control. What this process holds of the machine, counted by the kernel and not
 * by us: a figure that grows with the links made is a leak, whatever our own counters say. */
#pragma once

#include <stdint.h>

typedef struct sd_bus sd_bus;

typedef struct Resources {
        int64_t bus_connections; /* to the message bus that `bus` is on; one is right */
        int64_t descriptors;     /* open ones, without the one that counts them */
        int64_t memory_octets;   /* resident */
} Resources;

/* What cannot be counted is NULL_INTEGER. */
void resources_read(sd_bus *bus, Resources *ret);
