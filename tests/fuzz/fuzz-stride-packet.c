/* Packets of the Stride Service's Records characteristic. The first octet is the low half of the
 * epoch that is known, and how large a packet may be when the records are packed again. */
#include "tests/fuzz/fuzz.h"

#include "proto/stride-service.h"

#include <errno.h>

#define RECORDS_MAX 256

static void check_record(const Record *record)
{
        const FieldTable *fields = record_fields(record->kind);
        Record again = *record;

        PROMISE(record->body_size > 0 && record->body_size <= RECORD_BODY_MAX);
        PROMISE(record->kind > 0 && record->kind < RECORD_SAMPLE && record->kind != 2);
        if (!fields)
                return;
        PROMISE(record_encode(&again) == 0);
        PROMISE(again.body_size <= record->body_size); /* a later version may have appended some */
        PROMISE(record_decode(&again) == 0);
        PROMISE(fields_equal(fields, record, &again) && again.tick == record->tick);
        PROMISE(record->kind != RECORD_LOST || record->lost.last_seq >= (int64_t)record->seq);
}

static uint32_t seq_behind(const Record *record)
{
        return (record->kind == RECORD_LOST ? (uint32_t)record->lost.last_seq : record->seq) + 1;
}

static bool same(const Record *a, const Record *b)
{
        return a->epoch == b->epoch && a->seq == b->seq && a->kind == b->kind && a->tick == b->tick &&
               a->body_size == b->body_size && memcmp(a->body, b->body, a->body_size) == 0;
}

/* Packed again they are the same. */
static void check_packed(const Record *records, size_t n, size_t room, uint32_t hint)
{
        uint8_t octets[STRIDE_PACKET_MAX];

        for (size_t at = 0; at < n;) {
                StridePacket packet;
                size_t size = 0;
                int packed = stride_packet_encode(records + at, n - at, room, octets, &size);

                if (packed < 0) {
                        PROMISE(packed == -EMSGSIZE);
                        return;
                }
                PROMISE(packed >= 1 && (size_t)packed <= n - at && size <= room);
                PROMISE(stride_packet_begin(&packet, octets, size) == 0);
                for (int i = 0; i < packed; i++) {
                        Record record;

                        PROMISE(stride_packet_next(&packet, hint, &record) == 1);
                        PROMISE(same(&record, &records[at + (size_t)i]));
                }
                at += (size_t)packed;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static Record records[RECORDS_MAX];
        uint32_t hint, crc32 = 0;
        StridePacket packet;
        bool readable = true;
        size_t n = 0;
        int r;

        if (size == 0)
                return 0;
        hint = 0x30000u + data[0] * 0x101u;
        r = stride_packet_begin(&packet, data + 1, size - 1);
        while (r >= 0) {
                PROMISE(n < RECORDS_MAX);
                r = stride_packet_next(&packet, hint, &records[n]);
                if (r <= 0)
                        break;
                PROMISE(records[n].epoch <= hint && hint - records[n].epoch < 0x10000);
                PROMISE((r == 2) == ((records[n].kind & RECORD_UNREADABLE) != 0));
                if (r == 1)
                        check_record(&records[n]);
                readable = readable && r == 1;
                crc32 = stride_crc32(crc32, &records[n]);
                if (n > 0)
                        PROMISE(records[n].seq == seq_behind(&records[n - 1]));
                n++;
        }
        PROMISE(r == 0 || r == -EBADMSG);
        if (r == 0 && readable)
                check_packed(records, n, 20 + data[0] * 2, hint);
        return 0;
}
