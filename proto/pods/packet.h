/* packet.h: Private to proto/pods. What every driver asks at the end of a packet. */
#pragma once

#include "base/bytes.h"
#include "proto/pods/driver.h"

/* All octets read, none missing: 0; else -EBADMSG with the sentence set. */
static inline int packet_end(const ByteReader *r, PodValues *values)
{
        if (r->overrun)
                return pod_refuse(values, "too short: the packet ends after %zu octets, inside its fields",
                                  r->size);
        if (r->at != r->size)
                return pod_refuse(values, "%zu surplus octets behind the last field",
                                  r->size - r->at);
        return 0;
}

/* Lists reserved bits that are set, and only then. */
static inline void packet_reserved(PodValues *values, uint32_t flags, uint32_t known)
{
        if (flags & ~known)
                pod_add_integer(values, "reserved_flags", flags & ~known);
}

#define SIG_UUID(short_id) "0000" short_id "-0000-1000-8000-00805f9b34fb"
