#include "proto/stride-service.h"

#include "base/bytes.h"

#include <errno.h>
#include <string.h>

#define KIND_BATCH      2
#define FROM_STORE      0x80
#define SINGLE_HEAD     7 /* kind, epoch, seq */
#define BATCH_HEAD      8 /* kind, epoch, first seq, count */
#define BATCH_ITEM_HEAD 2 /* kind, size */
#define RESPONSE        0x80

const char *stride_status_name(int status)
{
        static const char *const names[] = {
                [STRIDE_OK] = "ok",
                [STRIDE_OP_UNSUPPORTED] = "operation unsupported",
                [STRIDE_BAD_PARAMETER] = "bad parameter",
                [STRIDE_NO_SUCH_EPOCH] = "no such epoch",
                [STRIDE_BUSY] = "busy",
                [STRIDE_CHECKSUM_DIFFERS] = "checksum differs",
        };

        return status > 0 && (size_t)status < ARRAY_SIZE(names) ? names[status] : "unknown";
}

/* ---- feature ---- */

int stride_feature_decode(const void *data, size_t size, StrideFeature *ret)
{
        ByteReader r = byte_reader(data, size);
        StrideFeature feature;

        feature.major = read_u8(&r);
        feature.minor = read_u8(&r);
        feature.features = read_u32(&r);
        feature.tick_hz = read_u16(&r);
        feature.capacity = read_u32(&r);
        if (r.overrun)
                return -EBADMSG;
        *ret = feature;
        return 0;
}

size_t stride_feature_encode(const StrideFeature *feature, uint8_t ret[static 20])
{
        ByteWriter w = byte_writer(ret, 20);

        write_u8(&w, feature->major);
        write_u8(&w, feature->minor);
        write_u32(&w, feature->features);
        write_u16(&w, feature->tick_hz);
        write_u32(&w, feature->capacity);
        return w.size;
}

/* ---- records ---- */

int stride_packet_begin(StridePacket *packet, const void *data, size_t size)
{
        ByteReader r = byte_reader(data, size);
        uint8_t kind = read_u8(&r) & (uint8_t)~FROM_STORE;

        *packet = (StridePacket){.data = data, .size = size, .left = 1};
        (void)read_u16(&r);
        packet->next_seq = read_u32(&r);
        if (kind == KIND_BATCH)
                packet->left = read_u8(&r);
        if (r.overrun || kind == 0 || packet->left == 0)
                return -EBADMSG;
        packet->at = kind == KIND_BATCH ? BATCH_HEAD : SINGLE_HEAD;
        return 0;
}

/* The packet holds the low half: the newest epoch not above the hint. */
static uint32_t whole_epoch(uint16_t low, uint32_t hint)
{
        uint32_t epoch = (hint & 0xFFFF0000u) | low;

        return epoch > hint && epoch >= 0x10000u ? epoch - 0x10000u : epoch;
}

/* Not: none at all, a batch in a batch, a number with b7 set (its checksum would be another at
 * the pod), and what a gateway numbers its own notes with. */
static bool kind_travels(int kind)
{
        return kind > 0 && kind < RECORD_SAMPLE && kind != KIND_BATCH;
}

int stride_packet_next(StridePacket *packet, uint32_t epoch_hint, Record *ret)
{
        ByteReader r = byte_reader(packet->data, packet->size);
        uint8_t head = read_u8(&r);
        uint16_t epoch_low = read_u16(&r);
        const uint8_t *body;
        size_t size;
        int known;

        if (packet->left == 0)
                return 0;
        *ret = (Record){.epoch = whole_epoch(epoch_low, epoch_hint),
                        .seq = packet->next_seq,
                        .from_store = (head & FROM_STORE) != 0};
        r.at = packet->at;
        if ((head & ~FROM_STORE) == KIND_BATCH) {
                ret->kind = read_u8(&r);
                size = read_u8(&r);
        } else {
                ret->kind = head & ~FROM_STORE;
                size = bytes_left(&r);
        }
        body = read_bytes(&r, size);
        if (r.overrun || size > RECORD_BODY_MAX || size == 0 || !kind_travels(ret->kind))
                return -EBADMSG;
        memcpy(ret->body, body, size);
        ret->body_size = size;
        known = record_decode(ret);
        if (known < 0)
                return known;
        if (ret->kind == RECORD_LOST) {
                if (ret->lost.last_seq < ret->seq)
                        return -EBADMSG;
                packet->next_seq = (uint32_t)ret->lost.last_seq + 1;
        } else {
                packet->next_seq++;
        }
        packet->at = r.at;
        packet->left--;
        if (packet->left == 0 && packet->at != packet->size)
                return -EBADMSG; /* octets behind the last record */
        return 1;
}

static uint32_t seq_after(const Record *record)
{
        return record->kind == RECORD_LOST ? (uint32_t)record->lost.last_seq + 1 : record->seq + 1;
}

/* How many records, consecutive and of one epoch, fit a batch. */
static size_t batch_length(const Record *records, size_t n, size_t mtu_payload)
{
        size_t size = BATCH_HEAD;
        size_t i = 0;

        for (; i < n && i < UINT8_MAX; i++) {
                if (i > 0 && (records[i].epoch != records[0].epoch ||
                              records[i].seq != seq_after(&records[i - 1]) ||
                              records[i].from_store != records[0].from_store))
                        break;
                size += BATCH_ITEM_HEAD + records[i].body_size;
                if (size > mtu_payload)
                        break;
        }
        return i;
}

int stride_packet_encode(const Record *records, size_t n, size_t mtu_payload, uint8_t *ret,
                         size_t *ret_size)
{
        size_t capacity = mtu_payload < STRIDE_PACKET_MAX ? mtu_payload : STRIDE_PACKET_MAX;
        ByteWriter w = byte_writer(ret, capacity);
        uint8_t store = records[0].from_store ? FROM_STORE : 0;
        size_t count = batch_length(records, n, capacity);

        if (count < 2) {
                write_u8(&w, (uint8_t)records[0].kind | store);
                write_u16(&w, (uint16_t)records[0].epoch);
                write_u32(&w, records[0].seq);
                write_bytes(&w, records[0].body, records[0].body_size);
                *ret_size = w.size;
                return w.overrun ? -EMSGSIZE : 1;
        }
        write_u8(&w, KIND_BATCH | store);
        write_u16(&w, (uint16_t)records[0].epoch);
        write_u32(&w, records[0].seq);
        write_u8(&w, (uint8_t)count);
        for (size_t i = 0; i < count; i++) {
                write_u8(&w, (uint8_t)records[i].kind);
                write_u8(&w, (uint8_t)records[i].body_size);
                write_bytes(&w, records[i].body, records[i].body_size);
        }
        *ret_size = w.size;
        return w.overrun ? -EMSGSIZE : (int)count;
}

uint32_t stride_crc32(uint32_t crc, const Record *record)
{
        uint8_t head[5];
        ByteWriter w = byte_writer(head, sizeof(head));

        write_u32(&w, record->seq);
        write_u8(&w, (uint8_t)record->kind);
        crc = crc32_update(crc, head, w.size);
        return crc32_update(crc, record->body, record->body_size);
}

/* ---- control point ---- */

size_t stride_request_encode(const StrideRequest *request, uint8_t ret[static 20])
{
        ByteWriter w = byte_writer(ret, 20);

        write_u8(&w, request->opcode);
        switch (request->opcode) {
        case STRIDE_OP_LIST_EPOCHS:
                write_u8(&w, request->index);
                break;
        case STRIDE_OP_REPORT:
        case STRIDE_OP_DURABLE:
                write_u32(&w, request->epoch);
                write_u32(&w, request->first);
                write_u32(&w, request->last);
                if (request->opcode == STRIDE_OP_DURABLE)
                        write_u32(&w, request->crc32);
                break;
        case STRIDE_OP_LIVE:
                write_u8(&w, request->on);
                break;
        case STRIDE_OP_ANCHOR:
                write_u16(&w, request->token);
                write_u64(&w, (uint64_t)request->utc_ms);
                write_u8(&w, request->clock_quality);
                break;
        default: /* ABORT has no operands */
                break;
        }
        return w.size;
}

int stride_request_decode(const void *data, size_t size, StrideRequest *ret)
{
        ByteReader r = byte_reader(data, size);
        StrideRequest request = {.opcode = read_u8(&r)};

        switch (request.opcode) {
        case STRIDE_OP_LIST_EPOCHS:
                request.index = read_u8(&r);
                break;
        case STRIDE_OP_REPORT:
        case STRIDE_OP_DURABLE:
                request.epoch = read_u32(&r);
                request.first = read_u32(&r);
                request.last = read_u32(&r);
                if (request.opcode == STRIDE_OP_DURABLE)
                        request.crc32 = read_u32(&r);
                break;
        case STRIDE_OP_LIVE:
                request.on = read_u8(&r);
                break;
        case STRIDE_OP_ANCHOR:
                request.token = read_u16(&r);
                request.utc_ms = read_i64(&r);
                request.clock_quality = read_u8(&r);
                break;
        default: /* ABORT, and what only a later version knows: the opcode alone */
                break;
        }
        if (r.overrun)
                return -EBADMSG;
        *ret = request;
        return 0;
}

size_t stride_response_encode(const StrideResponse *response, uint8_t ret[static 20])
{
        ByteWriter w = byte_writer(ret, 20);

        write_u8(&w, response->opcode | RESPONSE);
        write_u8(&w, response->status);
        if (response->status != STRIDE_OK)
                return w.size;
        switch (response->opcode) {
        case STRIDE_OP_LIST_EPOCHS:
                write_u8(&w, response->index);
                write_u8(&w, response->total);
                write_u32(&w, response->epoch);
                write_u32(&w, response->first);
                write_u32(&w, response->last);
                break;
        case STRIDE_OP_REPORT:
                write_u32(&w, response->epoch);
                write_u32(&w, response->first);
                write_u32(&w, response->last);
                write_u16(&w, response->count);
                break;
        case STRIDE_OP_DURABLE:
                write_u32(&w, response->epoch);
                write_u32(&w, response->last);
                break;
        case STRIDE_OP_ANCHOR:
                write_u16(&w, response->token);
                write_u32(&w, response->received_tick);
                write_u32(&w, response->sent_tick);
                write_u32(&w, response->epoch);
                break;
        default: /* ABORT, LIVE: the status alone */
                break;
        }
        return w.size;
}

int stride_response_decode(const void *data, size_t size, StrideResponse *ret)
{
        ByteReader r = byte_reader(data, size);
        StrideResponse response = {0};
        uint8_t opcode = read_u8(&r);

        response.opcode = opcode & (uint8_t)~RESPONSE;
        response.status = read_u8(&r);
        if (r.overrun || !(opcode & RESPONSE))
                return -EBADMSG;
        if (response.status == STRIDE_OK) {
                switch (response.opcode) {
                case STRIDE_OP_LIST_EPOCHS:
                        response.index = read_u8(&r);
                        response.total = read_u8(&r);
                        response.epoch = read_u32(&r);
                        response.first = read_u32(&r);
                        response.last = read_u32(&r);
                        break;
                case STRIDE_OP_REPORT:
                        response.epoch = read_u32(&r);
                        response.first = read_u32(&r);
                        response.last = read_u32(&r);
                        response.count = read_u16(&r);
                        break;
                case STRIDE_OP_DURABLE:
                        response.epoch = read_u32(&r);
                        response.last = read_u32(&r);
                        break;
                case STRIDE_OP_ANCHOR:
                        response.token = read_u16(&r);
                        response.received_tick = read_u32(&r);
                        response.sent_tick = read_u32(&r);
                        response.epoch = read_u32(&r);
                        break;
                default: /* ABORT, LIVE: the status alone */
                        break;
                }
        }
        if (r.overrun)
                return -EBADMSG;
        *ret = response;
        return 0;
}
