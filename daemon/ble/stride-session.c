/* A link to a pod with memory: packets into the ledger, and the backfill's words to the
 * control point. */
#include "daemon/ble/session.h"

#include "base/log.h"
#include "daemon/ble/backfill.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/roster.h"

#include <errno.h>
#include <string.h>

#define PENDING_MAX      256
#define FLUSH_MS         500       /* live strides wait so long for company in one commit */
#define ANSWER_MS        10000     /* a page of 256 records in 20-octet packets takes about 5 s */
#define ROUND_BUSY_MS    60000     /* after new records: confirm them to the pod */
#define ROUND_IDLE_MS    3600000   /* nothing new: still there, nothing missing */
#define ANCHOR_EVERY_MS  (6 * 3600000LL)

typedef struct StrideSession {
        Session *session;
        SessionHost host;
        char address[ADDRESS_SIZE];
        Backfill backfill;
        Record pending[PENDING_MAX];
        size_t n_pending;
        Timer *flush_timer;
        Timer *answer_timer; /* waits for an answer, or for stragglers */
        Timer *round_timer;
        bool settling;
        bool in_round;
        bool started;
        bool is_asked;    /* somebody wants to know how the next round ends */
        bool is_answered; /* and this is that round */
        bool round_is_soon; /* the round timer runs for ROUND_BUSY_MS: more records do not move it */
        bool synced;
        bool told_unknown;
        uint32_t since_round; /* records stored */
        int64_t anchored_ms;  /* boottime; -1: not on this link */
        int64_t round_began_utc_ms; /* null: the clock was not set */
} StrideSession;

static void next_step(StrideSession *stride, int step, const StrideRequest *request);

static void arm_round(StrideSession *stride, int64_t delay_ms)
{
        stride->round_is_soon = delay_ms == ROUND_BUSY_MS;
        timer_arm(stride->round_timer, delay_ms);
}

/* ---- storing ---- */

static bool flush(StrideSession *stride)
{
        StoreResult result;
        int r;

        timer_disarm(stride->flush_timer);
        if (stride->n_pending == 0)
                return true;
        r = records_store(stride->host.ledger, stride->address, stride->pending, stride->n_pending,
                          &result);
        if (r < 0) {
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, stride->address, NULL,
                          "%zu records could not be stored (%s); the pod keeps them",
                          stride->n_pending, ledger_error(stride->host.ledger));
                stride->n_pending = 0; /* not confirmed: they will be asked for again */
                session_fail(stride->session, "the ledger refused records: %s", strerror(-r));
                return false;
        }
        stride->n_pending = 0;
        stride->since_round += result.stored;
        session_useful(stride->session, result.stored);
        if (result.stored > 0 && stride->synced && !stride->in_round && !stride->round_is_soon)
                arm_round(stride, ROUND_BUSY_MS);
        return true;
}

static void on_flush(void *userdata)
{
        (void)flush(userdata); /* a failure ends the session by itself */
}

/* The first one of a link; how many there are says the ledger. */
static void note_unknown(StrideSession *stride, const Record *record)
{
        bool unreadable = (record->kind & RECORD_UNREADABLE) != 0;

        if (stride->told_unknown)
                return;
        stride->told_unknown = true;
        log_event(LOG_RECORD_UNKNOWN, LOG_LEVEL_NOTICE, stride->address, NULL,
                  "record %u of epoch %u is of kind %d, which this version %s: kept as it came, and so "
                  "are others",
                  record->seq, record->epoch, RECORD_KIND_NUMBER(record->kind),
                  unreadable ? "cannot read as it is" : "does not know");
}

static void take_records(StrideSession *stride, const void *data, size_t size)
{
        StridePacket packet;
        int r;

        /* Asked once a batch: one that was begun is stored. */
        if (stride->n_pending == 0 && !ledger_has_room(stride->host.ledger))
                return; /* the pod keeps them, and will be asked */
        r = stride_packet_begin(&packet, data, size);
        while (r >= 0) {
                Record *record;

                if (stride->n_pending == PENDING_MAX && !flush(stride))
                        return;
                record = &stride->pending[stride->n_pending];
                r = stride_packet_next(&packet, stride->backfill.running_epoch, record);
                if (r <= 0)
                        break;
                if (!record_fields(record->kind))
                        note_unknown(stride, record);
                stride->n_pending++;
        }
        if (r < 0) {
                session_keep_raw(stride->session, STRIDE_RECORDS_UUID, data, size, packet.why);
                return;
        }
        if (!timer_is_armed(stride->flush_timer))
                timer_arm(stride->flush_timer, FLUSH_MS);
}

/* ---- the conversation ---- */

/* LIST_EPOCHS told what there was when the round began; what the pod made since then may still be
 * under way. A time of an unset clock would prove anything. */
static int note_reported(const StrideSession *stride)
{
        if (stride->round_began_utc_ms == NULL_INTEGER)
                return 0;
        return pod_set_reported(stride->host.ledger, stride->address, stride->round_began_utc_ms);
}

/* Last of all it does: who asked may end the link soon. */
static void tell_asker(StrideSession *stride, const char *stays)
{
        if (!stride->is_answered)
                return;
        stride->is_answered = false;
        session_read(stride->session, stays);
}

static void end_round(StrideSession *stride)
{
        stride->in_round = false;
        if (backfill_is_complete(&stride->backfill)) {
                int r = note_reported(stride);

                if (r < 0)
                        session_fail(stride->session, "the ledger does not write: %s", strerror(-r));
                if (!stride->synced) {
                        stride->synced = true;
                        session_synced(stride->session);
                }
        }
        arm_round(stride, stride->since_round > 0 || !backfill_is_complete(&stride->backfill)
                                  ? ROUND_BUSY_MS
                                  : ROUND_IDLE_MS);
        stride->since_round = 0;
        if (stride->is_asked)
                arm_round(stride, 0);
        tell_asker(stride, backfill_what_stays(&stride->backfill));
}

/* No room for what the pod holds: its memory is the safer place. The round is begun anew. */
static void pause_round(StrideSession *stride)
{
        timer_disarm(stride->answer_timer);
        stride->in_round = false;
        timer_arm(stride->round_timer, ROUND_BUSY_MS);
        tell_asker(stride, "there is no room here for what it holds");
}

static void send_request(StrideSession *stride, const StrideRequest *request)
{
        uint8_t data[20];
        size_t size = stride_request_encode(request, data);
        int r;

        if (request->opcode == STRIDE_OP_REPORT && !ledger_has_room(stride->host.ledger)) {
                pause_round(stride);
                return;
        }
        r = session_write(stride->session, STRIDE_CONTROL_UUID, data, size);
        if (r < 0) {
                session_fail(stride->session, "cannot write to the control point: %s", strerror(-r));
                return;
        }
        if (request->opcode == STRIDE_OP_ANCHOR)
                stride->anchored_ms = clock_boottime_ms(stride->host.clock);
        stride->settling = false;
        timer_arm(stride->answer_timer, ANSWER_MS);
}

static void next_step(StrideSession *stride, int step, const StrideRequest *request)
{
        switch (step) {
        case BACKFILL_SEND:
                send_request(stride, request);
                return;
        case BACKFILL_SETTLE:
                stride->settling = true;
                timer_arm(stride->answer_timer, BACKFILL_SETTLE_MS);
                return;
        case BACKFILL_DONE:
                timer_disarm(stride->answer_timer);
                end_round(stride);
                return;
        default:
                session_fail(stride->session, step == -EPROTO
                                                      ? "the pod answered something else than was "
                                                        "asked"
                                                      : "the ledger refused: %s",
                             strerror(-step));
        }
}

static void begin_round(StrideSession *stride)
{
        int64_t now_ms = clock_boottime_ms(stride->host.clock);
        BackfillNow now = {.utc_ms = clock_utc_ms(stride->host.clock),
                           .quality = clock_quality(stride->host.clock)};
        StrideRequest request;

        stride->round_began_utc_ms = now.quality == CLOCK_UNSET ? NULL_INTEGER : now.utc_ms;
        if (stride->anchored_ms >= 0 && now_ms - stride->anchored_ms < ANCHOR_EVERY_MS)
                now.quality = CLOCK_UNSET; /* the pod has our time already */
        if (!flush(stride))
                return;
        timer_disarm(stride->round_timer);
        stride->in_round = true;
        stride->is_answered = stride->is_asked;
        stride->is_asked = false;
        next_step(stride, backfill_begin(&stride->backfill, now, &request), &request);
}

static void on_round(void *userdata)
{
        begin_round(userdata);
}

static void on_answer_due(void *userdata)
{
        StrideSession *stride = userdata;
        StrideRequest request;

        if (!stride->settling) {
                session_fail(stride->session, "the pod did not answer within %d s",
                             ANSWER_MS / 1000);
                return;
        }
        if (flush(stride))
                next_step(stride, backfill_settled(&stride->backfill, &request), &request);
}

static void take_answer(StrideSession *stride, const void *data, size_t size)
{
        StrideResponse response;
        StrideRequest request;

        if (stride_response_decode(data, size, &response) < 0) {
                session_keep_raw(stride->session, STRIDE_CONTROL_UUID, data, size,
                                 "it is no answer of the control point");
                return;
        }
        if (stride->settling || !stride->in_round)
                return; /* nothing was asked: a late or doubled answer */
        timer_disarm(stride->answer_timer);
        if (flush(stride))
                next_step(stride, backfill_answer(&stride->backfill, &response, &request), &request);
}

/* ---- the protocol ---- */

static void stride_free(void *protocol)
{
        StrideSession *stride = protocol;

        if (!stride)
                return;
        if (stride->n_pending > 0) {
                /* what does not get in now is asked for again on the next link */
                int r = records_store(stride->host.ledger, stride->address, stride->pending,
                                      stride->n_pending, NULL);
                (void)r;
        }
        timer_free(stride->flush_timer);
        timer_free(stride->answer_timer);
        timer_free(stride->round_timer);
        free(stride);
}

static void *stride_new(Session *session, const SessionHost *host, const char *address)
{
        StrideSession *stride = calloc(1, sizeof(*stride));
        int r;

        if (!stride)
                return NULL;
        stride->session = session;
        stride->host = *host;
        stride->anchored_ms = -1;
        (void)text_copy(stride->address, sizeof(stride->address), address);
        backfill_init(&stride->backfill, host->ledger, address);
        r = timer_new(host->clock, "stride-flush", on_flush, stride, &stride->flush_timer);
        if (r >= 0)
                r = timer_new(host->clock, "stride-answer", on_answer_due, stride,
                              &stride->answer_timer);
        if (r >= 0)
                r = timer_new(host->clock, "stride-round", on_round, stride, &stride->round_timer);
        if (r < 0) {
                stride_free(stride);
                return NULL;
        }
        return stride;
}

static int stride_start(void *protocol)
{
        StrideSession *stride = protocol;

        stride->started = true;
        begin_round(stride);
        return 0;
}

/* A round under way may have passed what was made since. */
static void stride_read_all(void *protocol)
{
        StrideSession *stride = protocol;

        stride->is_asked = true;
        if (stride->started && !stride->in_round)
                begin_round(stride);
}

static void stride_packet(void *protocol, const PodCharacteristic *characteristic, const void *data,
                          size_t size)
{
        if (strcmp(characteristic->uuid, STRIDE_CONTROL_UUID) == 0)
                take_answer(protocol, data, size);
        else
                take_records(protocol, data, size);
}

const SessionProtocol stride_protocol = {
        .new = stride_new, .free = stride_free, .start = stride_start, .packet = stride_packet,
        .read_all = stride_read_all};
