/* Requests, answers, the Feature and record bodies of the Stride Service. The first octet picks
 * which. What was read, written and read again is the same. */
#include "tests/fuzz/fuzz.h"

#include "proto/stride-service.h"

#include <errno.h>

static void take_request(const uint8_t *data, size_t size)
{
        uint8_t first[20], second[20];
        StrideRequest request, again;
        size_t n;

        if (stride_request_decode(data, size, &request) < 0)
                return;
        n = stride_request_encode(&request, first);
        PROMISE(n >= 1 && n <= sizeof(first) && n <= size);
        PROMISE(stride_request_decode(first, n, &again) == 0);
        PROMISE(stride_request_encode(&again, second) == n && memcmp(first, second, n) == 0);
}

static void take_response(const uint8_t *data, size_t size)
{
        uint8_t first[20], second[20];
        StrideResponse response, again;
        size_t n;

        if (stride_response_decode(data, size, &response) < 0)
                return;
        PROMISE(stride_status_name(response.status));
        n = stride_response_encode(&response, first);
        PROMISE(n >= 2 && n <= sizeof(first) && n <= size);
        PROMISE(stride_response_decode(first, n, &again) == 0);
        PROMISE(stride_response_encode(&again, second) == n && memcmp(first, second, n) == 0);
}

static void take_feature(const uint8_t *data, size_t size)
{
        uint8_t octets[20];
        StrideFeature feature, again;
        size_t n;

        if (stride_feature_decode(data, size, &feature) < 0)
                return;
        n = stride_feature_encode(&feature, octets);
        PROMISE(n <= size && stride_feature_decode(octets, n, &again) == 0);
        PROMISE(again.major == feature.major && again.minor == feature.minor &&
                again.features == feature.features && again.tick_hz == feature.tick_hz &&
                again.capacity == feature.capacity);
}

/* Any kind, those that never travel on the air, too. */
static void take_body(const uint8_t *data, size_t size)
{
        Record record = {.seq = 1}, again;
        int r;

        if (size < 2 || size - 1 > RECORD_BODY_MAX)
                return;
        record.kind = data[0];
        record.body_size = size - 1;
        memcpy(record.body, data + 1, size - 1);
        r = record_decode(&record);
        PROMISE(r == 0 || r == 1 || r == -EBADMSG);
        PROMISE(record_kind_name(record.kind));
        if (r != 0)
                return;
        again = record;
        PROMISE(record_encode(&again) == 0 && record_decode(&again) == 0);
        PROMISE(fields_equal(record_fields(record.kind), &record, &again) && again.tick == record.tick);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static void (*const takers[])(const uint8_t *data, size_t size) = {take_request, take_response,
                                                                           take_feature, take_body};

        if (size > 0)
                takers[data[0] % ARRAY_SIZE(takers)](data + 1, size - 1);
        return 0;
}
