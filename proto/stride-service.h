/* stride-service.h: codec of the Stride Service, our profile for pods with memory.
 * The specification is stride-service.md. Pure: octets in, structs out. */
#pragma once

#include "base/cleanup.h"
#include "proto/record.h"

#define STRIDE_SERVICE_UUID   "7c6a0001-2f5d-4d5b-9a53-6c1f2b9e8d10"
#define STRIDE_FEATURE_UUID   "7c6a0002-2f5d-4d5b-9a53-6c1f2b9e8d10"
#define STRIDE_RECORDS_UUID   "7c6a0003-2f5d-4d5b-9a53-6c1f2b9e8d10"
#define STRIDE_CONTROL_UUID   "7c6a0004-2f5d-4d5b-9a53-6c1f2b9e8d10"
#define STRIDE_VERSION_MAJOR  1
#define STRIDE_VERSION_MINOR  1
#define STRIDE_PAGE_RECORDS   256 /* most records one REPORT may ask for */
#define STRIDE_PACKET_MAX     512

/* What a pod makes; others are a later version's. */
typedef enum StrideFeatureBit {
        STRIDE_HAS_CONTACT_TIME = 1 << 0,
        STRIDE_HAS_LENGTH = 1 << 1,
        STRIDE_HAS_IMPACT = 1 << 2,
        STRIDE_HAS_BATTERY = 1 << 3,
        STRIDE_HAS_TRUNK_STRIDES = 1 << 4, /* from here on since 1.1 */
        STRIDE_HAS_POSTURES = 1 << 5,
        STRIDE_HAS_EXERCISES = 1 << 6,
        STRIDE_HAS_MOVEMENTS = 1 << 7,
        STRIDE_HAS_CALIBRATIONS = 1 << 8,
} StrideFeatureBit;

/* Feature characteristic (read). */
typedef struct StrideFeature {
        uint8_t major;
        uint8_t minor;
        uint32_t features; /* StrideFeatureBit */
        uint16_t tick_hz;  /* 1024 */
        uint32_t capacity; /* records the memory holds */
} StrideFeature;

int stride_feature_decode(const void *data, size_t size, StrideFeature *ret) MUST_CHECK;
size_t stride_feature_encode(const StrideFeature *feature, uint8_t ret[static 20]);

/* Records characteristic (notify): one record, or a batch with consecutive seq.
 * Call until it answers 0. `at` starts as 0 and is the codec's. */
typedef struct StridePacket {
        const uint8_t *data;
        size_t size;
        size_t at;
        uint32_t next_seq;
        uint8_t left; /* records of a batch not yet given out */
        const char *why; /* of a refusal: a phrase, static */
} StridePacket;

/* Begins a packet. `epoch_hint` is the current epoch of the pod; the packet holds
 * the low half only, the nearest epoch at or below the hint is taken. */
int stride_packet_begin(StridePacket *packet, const void *data, size_t size) MUST_CHECK;
/* 1: *ret is a record (unknown kinds too: record_decode answered 1); 2: a record whose body cannot
 * be read, its kind has RECORD_UNREADABLE, `why` says what is wrong; 0: no more; -EBADMSG: the octets
 * end inside a record, go on behind the last one, or are none (seq 0, kinds 0 and 2 inside, no
 * body); `why` says which. */
int stride_packet_next(StridePacket *packet, uint32_t epoch_hint, Record *ret) MUST_CHECK;

/* Packs records[0..n) (same epoch, consecutive seq) into one packet of at most
 * `mtu_payload` octets. Returns how many records went in (at least 1), or -EMSGSIZE. */
int stride_packet_encode(const Record *records, size_t n, size_t mtu_payload,
                         uint8_t *ret, size_t *ret_size) MUST_CHECK;

/* Control point (write; answers by indication). */
typedef enum StrideOpcode {
        STRIDE_OP_LIST_EPOCHS = 1,
        STRIDE_OP_REPORT = 2,
        STRIDE_OP_ABORT = 3,
        STRIDE_OP_LIVE = 4,
        STRIDE_OP_DURABLE = 5,
        STRIDE_OP_ANCHOR = 6,
} StrideOpcode;

typedef enum StrideStatus {
        STRIDE_OK = 1,
        STRIDE_OP_UNSUPPORTED = 2,
        STRIDE_BAD_PARAMETER = 3,
        STRIDE_NO_SUCH_EPOCH = 4,
        STRIDE_BUSY = 5,
        STRIDE_CHECKSUM_DIFFERS = 6,
} StrideStatus;

const char *stride_status_name(int status);

typedef struct StrideRequest {
        uint8_t opcode;
        uint8_t index;   /* LIST_EPOCHS: 0 = oldest */
        uint32_t epoch;  /* REPORT, DURABLE */
        uint32_t first;  /* REPORT, DURABLE */
        uint32_t last;   /* REPORT, DURABLE */
        uint8_t on;      /* LIVE */
        uint32_t crc32;  /* DURABLE: over the records first..last, see stride_crc32 */
        uint16_t token;  /* ANCHOR */
        int64_t utc_ms;  /* ANCHOR */
        uint8_t clock_quality; /* ANCHOR */
} StrideRequest;

typedef struct StrideResponse {
        uint8_t opcode; /* of the request */
        uint8_t status; /* StrideStatus */
        uint8_t index;  /* LIST_EPOCHS */
        uint8_t total;  /* LIST_EPOCHS: number of epochs; the last one is running */
        uint32_t epoch; /* LIST_EPOCHS; REPORT, DURABLE, ANCHOR: as asked / current */
        uint32_t first; /* LIST_EPOCHS: oldest seq still held or lost-listed; REPORT: as sent */
        uint32_t last;  /* LIST_EPOCHS: newest seq (0: none); REPORT, DURABLE: last seq done */
        uint16_t count; /* REPORT: records sent */
        uint16_t token; /* ANCHOR */
        uint32_t received_tick; /* ANCHOR */
        uint32_t sent_tick;     /* ANCHOR */
} StrideResponse;

/* Both directions are needed: the gateway speaks, pods (and the simulator) answer. */
size_t stride_request_encode(const StrideRequest *request, uint8_t ret[static 20]);
int stride_request_decode(const void *data, size_t size, StrideRequest *ret) MUST_CHECK;
size_t stride_response_encode(const StrideResponse *response, uint8_t ret[static 20]);
int stride_response_decode(const void *data, size_t size, StrideResponse *ret) MUST_CHECK;

/* Feeds one record (seq u32, kind u8, body) into the CRC of a DURABLE range. A
 * lost record counts once, at its first seq. */
uint32_t stride_crc32(uint32_t crc, const Record *record);
