/* fit-builder.h: FIT files for tests, octet by octet. */
#pragma once

#include "base/bytes.h"

#include <stdint.h>

typedef struct FitBuilder {
        uint8_t octets[4096];
        ByteWriter w;
} FitBuilder;

static inline uint16_t fit_builder_crc(const uint8_t *data, size_t size)
{
        uint16_t crc = 0; /* bit by bit, as CRC-16/ARC is defined */

        for (size_t i = 0; i < size; i++) {
                crc ^= data[i];
                for (int bit = 0; bit < 8; bit++)
                        crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 : crc >> 1);
        }
        return crc;
}

/* Header of 14 octets, its size and CRC are set by fit_builder_end. */
static inline void fit_builder_begin(FitBuilder *b)
{
        static const uint8_t header[14] = {14, 0x20, 0x54, 0x08, 0, 0, 0, 0, '.', 'F', 'I', 'T', 0, 0};

        b->w = byte_writer(b->octets, sizeof(b->octets));
        write_bytes(&b->w, header, sizeof(header));
}

static inline size_t fit_builder_end(FitBuilder *b)
{
        uint32_t size = (uint32_t)b->w.size - 14;
        uint16_t crc;

        for (int i = 0; i < 4; i++)
                b->octets[4 + i] = (uint8_t)(size >> (8 * i));
        crc = fit_builder_crc(b->octets, 12);
        b->octets[12] = (uint8_t)crc;
        b->octets[13] = (uint8_t)(crc >> 8);
        write_u16(&b->w, fit_builder_crc(b->octets, b->w.size));
        return b->w.size;
}
