/* The Stride Service's codec: what goes in comes out, and no cut or flipped octet is
 * taken for a record that was never sent. */
#include "proto/stride-service.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static Record stride(uint32_t seq)
{
        Record record = {.epoch = 0x10007, .seq = seq, .kind = RECORD_STRIDE, .tick = 1000 + seq};

        record.stride = (Stride){.stride_time_1024 = 720,
                                 .contact_time_1024 = 250,
                                 .stride_length_mm = 2100,
                                 .peak_impact_mg = 9125,
                                 .running = 1,
                                 .quality = 3};
        assert_int_equal(record_encode(&record), 0);
        return record;
}

static void one_stride_fits_twenty_octets(void **state)
{
        Record record = stride(5);
        uint8_t packet[STRIDE_PACKET_MAX];
        size_t size;

        (void)state;
        assert_int_equal(stride_packet_encode(&record, 1, 20, packet, &size), 1);
        assert_true(size <= 20);
}

static void a_batch_gives_back_its_records(void **state)
{
        Record records[40];
        uint8_t packet[STRIDE_PACKET_MAX];
        StridePacket reader;
        Record got;
        size_t size;
        int n;

        (void)state;
        for (uint32_t i = 0; i < 40; i++)
                records[i] = stride(100 + i);
        n = stride_packet_encode(records, 40, 244, packet, &size);
        assert_true(n > 10);
        assert_true(size <= 244);
        assert_int_equal(stride_packet_begin(&reader, packet, size), 0);
        for (int i = 0; i < n; i++) {
                assert_int_equal(stride_packet_next(&reader, 0x10009, &got), 1);
                assert_int_equal(got.epoch, 0x10007);
                assert_int_equal(got.seq, 100 + i);
                assert_int_equal(got.tick, 1100 + i);
                assert_true(fields_equal(record_fields(RECORD_STRIDE), &got, &records[i]));
        }
        assert_int_equal(stride_packet_next(&reader, 0x10009, &got), 0);
}

static void a_lost_record_moves_the_numbers_on(void **state)
{
        Record records[2] = {{.epoch = 1, .seq = 10, .kind = RECORD_LOST}, stride(21)};
        uint8_t packet[64];
        StridePacket reader;
        Record got;
        size_t size;

        (void)state;
        records[0].lost = (Lost){.last_seq = 20, .reason = LOST_OVERWRITTEN};
        records[1].epoch = 1;
        assert_int_equal(record_encode(&records[0]), 0);
        assert_int_equal(stride_packet_encode(records, 2, sizeof(packet), packet, &size), 2);
        assert_int_equal(stride_packet_begin(&reader, packet, size), 0);
        assert_int_equal(stride_packet_next(&reader, 1, &got), 1);
        assert_int_equal(got.lost.last_seq, 20);
        assert_int_equal(stride_packet_next(&reader, 1, &got), 1);
        assert_int_equal(got.seq, 21);
}

static void an_unknown_kind_is_kept_raw(void **state)
{
        static const uint8_t packet[] = {0x95, 7, 0, 9, 0, 0, 0, 0x55, 1, 2, 0, 0, 0xAA};
        StridePacket reader;
        Record got;

        (void)state;
        assert_int_equal(stride_packet_begin(&reader, packet, sizeof(packet)), 0);
        assert_int_equal(stride_packet_next(&reader, 7, &got), 1);
        assert_int_equal(got.kind, 0x15);
        assert_true(got.from_store);
        assert_int_equal(got.tick, 0x201);
        assert_int_equal(got.body_size, 6);
        assert_memory_equal(got.body, packet + 7, 6);
        assert_string_equal(record_kind_name(got.kind), "unknown");
}

static void a_packet_cut_anywhere_is_refused(void **state)
{
        Record records[8];
        uint8_t packet[STRIDE_PACKET_MAX];
        size_t size;

        (void)state;
        for (uint32_t i = 0; i < 8; i++)
                records[i] = stride(1 + i);
        assert_int_equal(stride_packet_encode(records, 8, 244, packet, &size), 8);
        for (size_t cut = 0; cut < size; cut++) {
                StridePacket reader;
                Record got;
                int r = stride_packet_begin(&reader, packet, cut);

                while (r >= 0) {
                        r = stride_packet_next(&reader, 0x10007, &got);
                        assert_int_not_equal(r, 0);
                }
                assert_int_equal(r, -EBADMSG);
        }
}

static int read_kind(int kind, bool in_batch)
{
        /* alone, and as the only one of a batch; long enough for any kind's body */
        uint8_t packet[74] = {0, 7, 0, 5, 0, 0, 0, 1, 0, 64};
        StridePacket reader;
        Record got;
        int r;

        packet[0] = (uint8_t)(in_batch ? 2 : kind);
        packet[8] = (uint8_t)kind;
        if (!in_batch)
                memset(packet + 7, 0, sizeof(packet) - 7);
        r = stride_packet_begin(&reader, packet, in_batch ? 74 : 7 + 64);
        return r < 0 ? r : stride_packet_next(&reader, 7, &got);
}

/* Kinds 0 and 2 are no records; those of a gateway's own, and a number with b7 set, are records that
 * cannot be read: kept by their number, so that no hole is asked for for ever. */
static void a_kind_that_never_travels_is_never_read_alone_or_in_a_batch(void **state)
{
        (void)state;
        for (int kind = 0; kind < 256; kind++) {
                int expected = kind == 0 || kind == 2 ? -EBADMSG : kind < 0x60 ? 1 : 2;

                if (kind == RECORD_LOST)
                        continue; /* a body of zeros ends before it begins */
                assert_int_equal(read_kind(kind, true), expected);
                if (kind < 128 && kind != 2) /* b7 is not the kind's then, and 2 is a batch */
                        assert_int_equal(read_kind(kind, false), expected);
        }
}

static void random_octets_never_leave_the_packet(void **state)
{
        unsigned seed = (unsigned)time(NULL);

        (void)state;
        print_message("seed %u\n", seed);
        srandom(seed);
        for (int round = 0; round < 20000; round++) {
                size_t size = (size_t)random() % 64;
                uint8_t *packet = malloc(size ? size : 1); /* exact: the sanitizer watches its end */
                StridePacket reader;
                StrideResponse response;
                StrideRequest request;
                Record got;
                int r;

                for (size_t i = 0; i < size; i++)
                        packet[i] = (uint8_t)random();
                r = stride_packet_begin(&reader, packet, size);
                for (int n = 0; r >= 0 && n < 300; n++) {
                        r = stride_packet_next(&reader, 1, &got);
                        if (r == 0)
                                break;
                }
                r = stride_response_decode(packet, size, &response);
                assert_true(r == 0 || r == -EBADMSG);
                r = stride_request_decode(packet, size, &request);
                assert_true(r == 0 || r == -EBADMSG);
                free(packet);
        }
}

static void requests_and_responses_come_back(void **state)
{
        static const StrideRequest requests[] = {
                {.opcode = STRIDE_OP_LIST_EPOCHS, .index = 3},
                {.opcode = STRIDE_OP_REPORT, .epoch = 7, .first = 1, .last = 256},
                {.opcode = STRIDE_OP_ABORT},
                {.opcode = STRIDE_OP_LIVE, .on = 1},
                {.opcode = STRIDE_OP_DURABLE, .epoch = 7, .first = 1, .last = 9, .crc32 = 0xCAFE},
                {.opcode = STRIDE_OP_ANCHOR, .token = 5, .utc_ms = 1764000000000, .clock_quality = 2},
        };
        uint8_t octets[20], again[20];

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
                StrideRequest got;
                size_t size = stride_request_encode(&requests[i], octets);

                assert_int_equal(stride_request_decode(octets, size, &got), 0);
                assert_int_equal(stride_request_encode(&got, again), size);
                assert_memory_equal(again, octets, size);
                assert_int_equal(stride_request_decode(octets, size - 1, &got), -EBADMSG);
        }
        for (uint8_t opcode = 1; opcode <= STRIDE_OP_ANCHOR; opcode++) {
                StrideResponse refusal = {.opcode = opcode, .status = STRIDE_BUSY}, got;
                size_t size = stride_response_encode(&refusal, octets);

                assert_int_equal(size, 2);
                assert_int_equal(stride_response_decode(octets, size, &got), 0);
                assert_int_equal(got.status, STRIDE_BUSY);
        }
}

static void a_sample_keeps_every_field(void **state)
{
        Record record = {.kind = RECORD_SAMPLE, .tick = 77}, copy;

        (void)state;
        fields_set_null(record_fields(RECORD_SAMPLE), &record);
        record.sample.characteristic = 0x2A37;
        record.sample.heart_rate_bpm = 151;
        record.sample.power_w = -3;
        record.sample.n_rr = 2;
        record.sample.rr_1024[0] = 400;
        record.sample.rr_1024[1] = 402;
        assert_int_equal(record_encode(&record), 0);
        copy = record;
        memset(&copy.sample, 0, sizeof(copy.sample));
        assert_int_equal(record_decode(&copy), 0);
        assert_true(fields_equal(record_fields(RECORD_SAMPLE), &copy, &record));
        assert_int_equal(copy.sample.rr_1024[1], 402);
        assert_int_equal(copy.tick, 77);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_stride_fits_twenty_octets),
                cmocka_unit_test(a_batch_gives_back_its_records),
                cmocka_unit_test(a_lost_record_moves_the_numbers_on),
                cmocka_unit_test(an_unknown_kind_is_kept_raw),
                cmocka_unit_test(a_packet_cut_anywhere_is_refused),
                cmocka_unit_test(a_kind_that_never_travels_is_never_read_alone_or_in_a_batch),
                cmocka_unit_test(random_octets_never_leave_the_packet),
                cmocka_unit_test(requests_and_responses_come_back),
                cmocka_unit_test(a_sample_keeps_every_field),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
