#include "base/bytes.h"

#include <string.h>

ByteReader byte_reader(const void *data, size_t size)
{
        return (ByteReader){.data = data, .size = size};
}

ByteWriter byte_writer(void *data, size_t capacity)
{
        return (ByteWriter){.data = data, .capacity = capacity};
}

size_t bytes_left(const ByteReader *r)
{
        return r->overrun ? 0 : r->size - r->at;
}

const uint8_t *read_bytes(ByteReader *r, size_t size)
{
        if (r->overrun || size > r->size - r->at) {
                r->overrun = true;
                return NULL;
        }
        r->at += size;
        return r->data + r->at - size;
}

static uint64_t read_unsigned(ByteReader *r, size_t size)
{
        const uint8_t *octets = read_bytes(r, size);
        uint64_t value = 0;

        for (size_t i = size; octets && i > 0; i--)
                value = value << 8 | octets[i - 1];
        return value;
}

uint8_t read_u8(ByteReader *r)
{
        return (uint8_t)read_unsigned(r, 1);
}

uint16_t read_u16(ByteReader *r)
{
        return (uint16_t)read_unsigned(r, 2);
}

uint32_t read_u24(ByteReader *r)
{
        return (uint32_t)read_unsigned(r, 3);
}

uint32_t read_u32(ByteReader *r)
{
        return (uint32_t)read_unsigned(r, 4);
}

uint64_t read_u64(ByteReader *r)
{
        return read_unsigned(r, 8);
}

int16_t read_i16(ByteReader *r)
{
        return (int16_t)read_u16(r);
}

int64_t read_i64(ByteReader *r)
{
        return (int64_t)read_u64(r);
}

void write_bytes(ByteWriter *w, const void *data, size_t size)
{
        if (w->overrun || size > w->capacity - w->size) {
                w->overrun = true;
                return;
        }
        if (size > 0)
                memcpy(w->data + w->size, data, size);
        w->size += size;
}

static void write_unsigned(ByteWriter *w, uint64_t value, size_t size)
{
        uint8_t octets[8];

        for (size_t i = 0; i < size; i++)
                octets[i] = (uint8_t)(value >> (8 * i));
        write_bytes(w, octets, size);
}

void write_u8(ByteWriter *w, uint8_t value)
{
        write_unsigned(w, value, 1);
}

void write_u16(ByteWriter *w, uint16_t value)
{
        write_unsigned(w, value, 2);
}

void write_u32(ByteWriter *w, uint32_t value)
{
        write_unsigned(w, value, 4);
}

void write_u64(ByteWriter *w, uint64_t value)
{
        write_unsigned(w, value, 8);
}

uint32_t crc32_update(uint32_t crc, const void *data, size_t size)
{
        const uint8_t *octets = data;

        crc = ~crc;
        for (size_t i = 0; i < size; i++) {
                crc ^= octets[i];
                for (int bit = 0; bit < 8; bit++)
                        crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
        return ~crc;
}
