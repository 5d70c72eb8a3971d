/* A link to a pod without memory: each notification is a sample, numbered by us. The epoch
 * is the count of links that brought one, the tick is our boottime. */
#include "daemon/ble/session.h"

#include "base/log.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/timebase.h"

#include <errno.h>
#include <string.h>

#define PENDING_MAX     32
#define FLUSH_MS        5000        /* so much a power cut may cost: the pod does not keep it */
#define ANCHOR_EVERY_MS 3600000LL

typedef struct SampleSession {
        Session *session;
        SessionHost host;
        char address[ADDRESS_SIZE];
        uint32_t epoch; /* 0: no sample yet */
        uint32_t seq;
        Record pending[PENDING_MAX];
        size_t n_pending;
        Timer *flush_timer;
        int64_t anchored_ms;
        ClockQuality anchored_quality;
        bool told; /* that the ledger takes none */
} SampleSession;

/* Our own clock is the pod's: a point of it now and then, and when it gets better. */
static bool anchor_is_due(const SampleSession *sample, int64_t now_ms, ClockQuality quality)
{
        return sample->anchored_ms < 0 || quality > sample->anchored_quality ||
               now_ms - sample->anchored_ms >= ANCHOR_EVERY_MS;
}

static int store(SampleSession *sample)
{
        int64_t now_ms = clock_boottime_ms(sample->host.clock);
        ClockQuality quality = clock_quality(sample->host.clock);
        bool anchors = anchor_is_due(sample, now_ms, quality);
        StoreResult result = {0};
        int r = ledger_begin(sample->host.ledger);

        if (r < 0)
                return r;
        if (anchors)
                r = timebase_anchor(sample->host.ledger, sample->address, sample->epoch, now_ms,
                                    clock_utc_ms(sample->host.clock), quality);
        if (r >= 0)
                r = records_store(sample->host.ledger, sample->address, sample->pending,
                                  sample->n_pending, &result);
        if (r < 0) {
                ledger_rollback(sample->host.ledger);
                return r;
        }
        r = ledger_commit(sample->host.ledger);
        if (r < 0)
                return r;
        if (anchors) { /* not earlier: a rollback takes the anchor with it */
                sample->anchored_ms = now_ms;
                sample->anchored_quality = quality;
        }
        session_useful(sample->session, result.stored);
        return 0;
}

static int store_pending(SampleSession *sample)
{
        int r;

        timer_disarm(sample->flush_timer);
        if (sample->n_pending == 0)
                return 0;
        r = store(sample);
        if (r >= 0)
                sample->n_pending = 0;
        return r;
}

/* Unlike a pod with memory nobody else holds these: they stay until the ledger takes them. */
static void flush(SampleSession *sample)
{
        if (store_pending(sample) >= 0) {
                sample->told = false;
                return;
        }
        if (!sample->told)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, sample->address, NULL,
                          "%zu samples could not be stored (%s), trying again every %d s",
                          sample->n_pending, ledger_error(sample->host.ledger), FLUSH_MS / 1000);
        sample->told = true;
        timer_arm(sample->flush_timer, FLUSH_MS);
}

static void on_flush(void *userdata)
{
        flush(userdata);
}

/* One above every epoch that the ledger has, or will have. */
static int next_epoch(SampleSession *sample)
{
        uint32_t kept = sample->host.keeper
                                ? sample_keeper_epoch(sample->host.keeper, sample->address)
                                : 0;
        int r = records_next_epoch(sample->host.ledger, sample->address, &sample->epoch);

        if (r >= 0 && sample->epoch <= kept)
                sample->epoch = kept + 1;
        return r;
}

/* The link ends and the ledger refuses: the samples outlive it. */
static void leave_pending(const SampleSession *sample)
{
        int r = sample->host.keeper ? sample_keeper_take(sample->host.keeper, sample->address,
                                                         sample->pending, sample->n_pending)
                                    : -ENOBUFS;

        log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, sample->address, NULL,
                  "the link ended while the ledger refused (%s): samples %u–%u of epoch %u %s",
                  ledger_error(sample->host.ledger), sample->pending[0].seq, sample->seq,
                  sample->epoch, r == 0 ? "wait for it" : "are lost");
}

static void sample_packet(void *protocol, const PodCharacteristic *characteristic, const void *data,
                          size_t size)
{
        SampleSession *sample = protocol;
        Record record = {0};
        PodValues values = {0};
        int r = characteristic->sample(data, size, &record);

        if (r < 0) {
                if (characteristic->describe(data, size, &values) >= 0)
                        (void)text_copy(values.error, sizeof(values.error), "not a sample");
                session_keep_raw(sample->session, characteristic->uuid, data, size, values.error);
                return;
        }
        if (r == 0)
                return;
        if (sample->n_pending == PENDING_MAX) {
                session_fail(sample->session, "the ledger takes no samples");
                return;
        }
        if (sample->epoch == 0 && next_epoch(sample) < 0) {
                session_fail(sample->session, "the ledger cannot be read");
                return;
        }
        record.epoch = sample->epoch;
        record.seq = ++sample->seq;
        record.tick = clock_boottime_ms(sample->host.clock);
        if (record_encode(&record) < 0) {
                session_keep_raw(sample->session, characteristic->uuid, data, size,
                                 "a value does not fit a sample");
                return;
        }
        sample->pending[sample->n_pending++] = record;
        if (sample->n_pending == PENDING_MAX / 2)
                flush(sample);
        else if (!timer_is_armed(sample->flush_timer))
                timer_arm(sample->flush_timer, FLUSH_MS);
}

static void sample_free(void *protocol)
{
        SampleSession *sample = protocol;

        if (!sample)
                return;
        if (sample->flush_timer && store_pending(sample) < 0)
                leave_pending(sample);
        timer_free(sample->flush_timer);
        free(sample);
}

static void *sample_new(Session *session, const SessionHost *host, const char *address)
{
        SampleSession *sample = calloc(1, sizeof(*sample));

        if (!sample)
                return NULL;
        sample->session = session;
        sample->host = *host;
        sample->anchored_ms = -1;
        (void)text_copy(sample->address, sizeof(sample->address), address);
        if (timer_new(host->clock, "sample-flush", on_flush, sample, &sample->flush_timer) < 0) {
                sample_free(sample);
                return NULL;
        }
        return sample;
}

/* It has no memory: what is to come is all there is. */
static int sample_start(void *protocol)
{
        SampleSession *sample = protocol;
        int r = timebase_place(sample->host.ledger); /* what came before the clock was set */

        (void)r; /* the next anchor places them, too */
        session_synced(sample->session);
        return 0;
}

const SessionProtocol sample_protocol = {
        .new = sample_new, .free = sample_free, .start = sample_start, .packet = sample_packet};
