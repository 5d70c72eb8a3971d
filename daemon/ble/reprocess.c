#include "daemon/ble/reprocess.h"

#include "daemon/ledger/records.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/timebase.h"
#include "proto/pods/pods.h"
#include "proto/stride-service.h"

#include <errno.h>
#include <string.h>

#define RECORDS_MAX      64            /* a packet has at most 512 octets, a record more than 8 */
#define FIRST_UTC_MS     946684800000LL /* 2000-01-01: received before, the clock was not set */

typedef struct Work {
        Ledger *ledger;
        Clock *clock;
        char address[ADDRESS_SIZE]; /* of the epoch below */
        uint32_t epoch;             /* for samples of that pod; 0: none yet */
        uint32_t seq;
        Record records[RECORDS_MAX];
} Work;

static int highest_epoch(const EpochCoverage *coverage, void *userdata)
{
        *(uint32_t *)userdata = coverage->epoch;
        return 0;
}

/* How many records it holds; 0: it cannot be read. The pod's epochs are known by now. */
static int read_stride_packet(Work *work, const RawPacketStored *raw)
{
        StridePacket packet;
        uint32_t epoch = 0;
        int n = 0, r = epoch_each(work->ledger, raw->address, highest_epoch, &epoch);

        if (r < 0)
                return r;
        if (epoch == 0 || stride_packet_begin(&packet, raw->data, raw->size) < 0)
                return 0;
        while (n < RECORDS_MAX) {
                r = stride_packet_next(&packet, epoch, &work->records[n]);
                if (r <= 0)
                        return r < 0 ? 0 : n;
                n++;
        }
        return 0;
}

/* Its ticks are those of this boot, so that the anchor of now holds for them, too. */
static int read_sample(Work *work, const PodCharacteristic *characteristic, const RawPacketStored *raw)
{
        int64_t boot_utc_ms = clock_utc_ms(work->clock) - clock_boottime_ms(work->clock);
        Record *record = &work->records[0];
        int r;

        *record = (Record){0};
        if (raw->received_utc_ms < FIRST_UTC_MS || characteristic->sample(raw->data, raw->size, record) <= 0)
                return 0;
        if (work->epoch == 0 || strcmp(work->address, raw->address) != 0) {
                r = records_next_epoch(work->ledger, raw->address, &work->epoch);
                if (r >= 0)
                        r = timebase_anchor(work->ledger, raw->address, work->epoch,
                                            clock_boottime_ms(work->clock), clock_utc_ms(work->clock),
                                            clock_quality(work->clock));
                if (r < 0) {
                        work->epoch = 0;
                        return r;
                }
                work->seq = 0;
                (void)text_copy(work->address, sizeof(work->address), raw->address);
        }
        record->epoch = work->epoch;
        record->seq = ++work->seq;
        record->tick = raw->received_utc_ms - boot_utc_ms;
        record->from_store = true; /* it is not now */
        r = record_encode(record);
        return r < 0 ? 0 : 1;
}

static int read_packet(Work *work, const RawPacketStored *raw)
{
        const PodDriver *driver;
        const PodCharacteristic *characteristic = pod_characteristic(raw->characteristic, &driver);

        if (!characteristic)
                return 0;
        if (strcmp(characteristic->uuid, STRIDE_RECORDS_UUID) == 0)
                return read_stride_packet(work, raw);
        return characteristic->sample ? read_sample(work, characteristic, raw) : 0;
}

/* In the running transaction. 1: read; 0: left. */
static int take_packet(Work *work, const RawPacketStored *raw, ReprocessCount *count)
{
        StoreResult result = {0};
        Pod pod;
        int n, r = pod_get(work->ledger, raw->address, &pod);

        if (r <= 0)
                return r;
        n = read_packet(work, raw);
        if (n <= 0)
                return n;
        r = records_store(work->ledger, raw->address, work->records, (size_t)n, &result);
        if (r >= 0)
                r = raw_packet_read(work->ledger, raw->id);
        if (r < 0)
                return r;
        count->stored += result.stored;
        return 1;
}

static int take_packets(Work *work, ReprocessCount *count)
{
        RawPacketStored raw;
        int r;

        for (int64_t at = 0; (r = raw_packet_next(work->ledger, at, &raw)) > 0; at = raw.id) {
                r = take_packet(work, &raw, count);
                if (r < 0)
                        return r;
                count->packets_read += r;
                count->packets_left += !r;
        }
        return r;
}

int reprocess(Ledger *ledger, Clock *clock, ReprocessCount *ret)
{
        CLEANUP(freep) Work *work = calloc(1, sizeof(*work));
        ReprocessCount count = {0};
        int r;

        if (!work)
                return -ENOMEM;
        work->ledger = ledger;
        work->clock = clock;
        r = records_reprocess(ledger, &count.records_read, &count.records_left);
        if (r >= 0)
                r = ledger_begin(ledger);
        if (r < 0)
                return r;
        r = take_packets(work, &count);
        if (r < 0) {
                ledger_rollback(ledger);
                return r;
        }
        r = ledger_commit(ledger);
        if (r < 0)
                return r;
        *ret = count;
        return 0;
}
