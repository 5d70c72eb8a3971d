/* bytes.h: a cursor over bytes that cannot leave them.
 *
 * A read past the end returns 0 and sets `overrun` for good; check it once, after
 * the last read. A write past the end stores nothing and sets `overrun`. All
 * multi-octet values are little endian, as in Bluetooth's GATT. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ByteReader {
        const uint8_t *data;
        size_t size;
        size_t at; /* next octet to read */
        bool overrun;
} ByteReader;

typedef struct ByteWriter {
        uint8_t *data;
        size_t capacity;
        size_t size; /* octets written */
        bool overrun;
} ByteWriter;

ByteReader byte_reader(const void *data, size_t size);
ByteWriter byte_writer(void *data, size_t capacity);

size_t bytes_left(const ByteReader *r);
uint8_t read_u8(ByteReader *r);
uint16_t read_u16(ByteReader *r);
uint32_t read_u24(ByteReader *r);
uint32_t read_u32(ByteReader *r);
uint64_t read_u64(ByteReader *r);
int16_t read_i16(ByteReader *r);
int64_t read_i64(ByteReader *r);
/* `size` octets in place, or NULL (and overrun) when fewer are left. */
const uint8_t *read_bytes(ByteReader *r, size_t size);

void write_u8(ByteWriter *w, uint8_t value);
void write_u16(ByteWriter *w, uint16_t value);
void write_u32(ByteWriter *w, uint32_t value);
void write_u64(ByteWriter *w, uint64_t value);
void write_bytes(ByteWriter *w, const void *data, size_t size);

/* CRC-32 (IEEE 802.3, as zlib's). Start with 0 and feed the result back in. */
uint32_t crc32_update(uint32_t crc, const void *data, size_t size);
