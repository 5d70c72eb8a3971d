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

/* Lists the numbers of reserved bits that are set, the lowest first; only if there are any. */
static inline void packet_reserved(PodValues *values, uint32_t flags, uint32_t known)
{
        int64_t bits[32];
        size_t n = 0;

        for (int bit = 0; bit < 32; bit++) {
                if ((flags & ~known) >> bit & 1)
                        bits[n++] = bit;
        }
        if (n > 0)
                pod_add_list(values, "reserved_flags", bits, n);
}

#define SIG_UUID(short_id) "0000" short_id "-0000-1000-8000-00805f9b34fb"
