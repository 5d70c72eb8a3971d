#include "daemon/ble/backfill.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>

enum { PHASE_IDLE, PHASE_ANCHOR, PHASE_LIST, PHASE_LIVE, PHASE_REPORT, PHASE_SETTLE, PHASE_DURABLE };

void backfill_init(Backfill *backfill, Ledger *ledger, const char *address)
{
        *backfill = (Backfill){.ledger = ledger};
        (void)text_copy(backfill->address, sizeof(backfill->address), address);
}

bool backfill_is_complete(const Backfill *backfill)
{
        return backfill->is_complete && !backfill->began_anew;
}

const char *backfill_what_stays(const Backfill *backfill)
{
        if (backfill->began_anew)
                return "it counts from the beginning again, and what it made since cannot be told from before";
        if (backfill->refused_durable)
                return "it holds other octets than were stored here, and keeps them";
        return backfill->is_complete ? NULL : "records that it says it has do not come";
}

static int send_list(Backfill *backfill, uint8_t index, StrideRequest *request)
{
        backfill->phase = PHASE_LIST;
        *request = (StrideRequest){.opcode = STRIDE_OP_LIST_EPOCHS, .index = index};
        return BACKFILL_SEND;
}

int backfill_begin(Backfill *backfill, BackfillNow now, StrideRequest *request)
{
        backfill->is_complete = true; /* until a hole stays */
        backfill->n_epochs = 0;
        if (now.quality == CLOCK_UNSET)
                return send_list(backfill, 0, request);
        backfill->phase = PHASE_ANCHOR;
        *request = (StrideRequest){.opcode = STRIDE_OP_ANCHOR,
                                   .token = ++backfill->token,
                                   .utc_ms = now.utc_ms,
                                   .clock_quality = (uint8_t)now.quality};
        return BACKFILL_SEND;
}

/* ---- durable ---- */

static int next_durable(Backfill *backfill, StrideRequest *request)
{
        for (; backfill->at < backfill->n_epochs; backfill->at++) {
                uint32_t crc32;
                int r = durable_next(backfill->ledger, backfill->address,
                                     backfill->epochs[backfill->at], STRIDE_PAGE_RECORDS,
                                     &backfill->offered, &crc32);

                if (r < 0)
                        return r;
                if (r == 0)
                        continue;
                backfill->phase = PHASE_DURABLE;
                *request = (StrideRequest){.opcode = STRIDE_OP_DURABLE,
                                           .epoch = backfill->epochs[backfill->at],
                                           .first = backfill->offered.first,
                                           .last = backfill->offered.last,
                                           .crc32 = crc32};
                return BACKFILL_SEND;
        }
        backfill->phase = PHASE_IDLE;
        return BACKFILL_DONE;
}

static int start_durable(Backfill *backfill, StrideRequest *request)
{
        if (backfill->refused_durable) {
                backfill->phase = PHASE_IDLE;
                return BACKFILL_DONE;
        }
        backfill->at = 0;
        return next_durable(backfill, request);
}

/* ---- holes ---- */

static void begin_epoch(Backfill *backfill, uint8_t at)
{
        backfill->at = at;
        backfill->from = 0;
        backfill->asks = 0;
        backfill->n_left = 0;
}

/* Round by round the same hole is no news. */
static void end_epoch(Backfill *backfill)
{
        uint32_t epoch = backfill->epochs[backfill->at];
        bool told = backfill->told_epoch == epoch &&
                    memcmp(&backfill->told_left, &backfill->first_left, sizeof(SeqRange)) == 0;

        if (backfill->n_left == 0)
                return;
        backfill->told_epoch = epoch;
        backfill->told_left = backfill->first_left;
        log_event(LOG_BACKFILL, told ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING, backfill->address, NULL,
                  "records of epoch %u did not come, asked %d times each: %u–%u, %u such ranges; "
                  "asking again in the next round",
                  epoch, BACKFILL_ASK_MAX, backfill->first_left.first,
                  backfill->first_left.last, backfill->n_left);
}

/* A hole that stays must not hide those behind it: they hold other days. */
static void leave_hole(Backfill *backfill, SeqRange hole)
{
        if (backfill->n_left++ == 0)
                backfill->first_left = hole;
        backfill->is_complete = false;
        backfill->from = (int64_t)hole.last + 1;
        backfill->asks = 0;
}

static int ask_hole(Backfill *backfill, SeqRange hole, StrideRequest *request)
{
        uint32_t epoch = backfill->epochs[backfill->at];
        int r = backfill->asks == 0
                        ? 0
                        : epoch_asked_again(backfill->ledger, backfill->address, epoch);

        if (r < 0)
                return r;
        backfill->asks++;
        backfill->asked = hole;
        backfill->phase = PHASE_REPORT;
        *request = (StrideRequest){.opcode = STRIDE_OP_REPORT,
                                   .epoch = epoch,
                                   .first = hole.first,
                                   .last = hole.last};
        return BACKFILL_SEND;
}

static int next_hole(Backfill *backfill, StrideRequest *request)
{
        while (backfill->at < backfill->n_epochs) {
                SeqRange hole;
                int r = epoch_next_hole(backfill->ledger, backfill->address,
                                        backfill->epochs[backfill->at], backfill->from, &hole);

                if (r < 0)
                        return r;
                if (r == 0) {
                        end_epoch(backfill);
                        begin_epoch(backfill, backfill->at + 1);
                        continue;
                }
                if (hole.last - hole.first >= STRIDE_PAGE_RECORDS)
                        hole.last = hole.first + STRIDE_PAGE_RECORDS - 1;
                /* progress is when the hole begins later than before */
                if (backfill->asks > 0 && hole.first > backfill->asked.first)
                        backfill->asks = 0;
                if (backfill->asks < BACKFILL_ASK_MAX)
                        return ask_hole(backfill, hole, request);
                leave_hole(backfill, hole);
        }
        return start_durable(backfill, request);
}

static int start_holes(Backfill *backfill, StrideRequest *request)
{
        begin_epoch(backfill, 0);
        return next_hole(backfill, request);
}

int backfill_settled(Backfill *backfill, StrideRequest *request)
{
        return backfill->phase == PHASE_SETTLE ? next_hole(backfill, request) : -EPROTO;
}

/* ---- answers ---- */

/* Its running epoch ends in front of what it told us of it before, and nothing comes live yet: its
 * count of epochs is lost (a factory reset), and this one bears an old number. What it makes now
 * cannot be told from what it made then; it is not taken for a pod that has told all. */
static int check_running(Backfill *backfill, const StrideResponse *response)
{
        uint32_t known;
        int r = epoch_last(backfill->ledger, backfill->address, response->epoch, &known);

        if (r <= 0 || backfill->is_live || response->last == 0 || response->last >= known)
                return r < 0 ? r : 0;
        backfill->began_anew = true;
        log_event(LOG_RECORD_CONTRADICTS, LOG_LEVEL_ERROR, backfill->address, NULL,
                  "epoch %u of the pod ends at %u, but it sent us records up to %u: it counts from the "
                  "beginning again. What it makes now cannot be told from that and stays on it, until it "
                  "begins another epoch; look with: stridectl pods %s",
                  response->epoch, response->last, known, backfill->address);
        return 0;
}

static int on_listed(Backfill *backfill, const StrideResponse *response, StrideRequest *request)
{
        int r;

        if (response->status == STRIDE_BAD_PARAMETER && backfill->n_epochs == 0)
                return start_holes(backfill, request); /* it has no epochs at all */
        if (response->status != STRIDE_OK || response->total == 0 ||
            response->index != backfill->n_epochs)
                return -EPROTO;
        r = epoch_learn(backfill->ledger, backfill->address, response->epoch, response->first,
                        response->last);
        if (r >= 0 && response->first > 1) /* the answer that said so may have been lost */
                r = durable_told(backfill->ledger, backfill->address, response->epoch,
                                 response->first - 1);
        if (r >= 0 && backfill->n_epochs + 1 == response->total)
                r = check_running(backfill, response);
        if (r < 0)
                return r;
        backfill->epochs[backfill->n_epochs++] = response->epoch;
        if (backfill->n_epochs < response->total)
                return send_list(backfill, backfill->n_epochs, request);
        backfill->running_epoch = response->epoch;
        if (backfill->is_live)
                return start_holes(backfill, request);
        backfill->phase = PHASE_LIVE;
        *request = (StrideRequest){.opcode = STRIDE_OP_LIVE, .on = 1};
        return BACKFILL_SEND;
}

/* All of it is here: nothing to wait for. */
static int on_reported(Backfill *backfill, StrideRequest *request)
{
        SeqRange hole;
        int r = epoch_next_hole(backfill->ledger, backfill->address, backfill->epochs[backfill->at],
                                backfill->asked.first, &hole);

        if (r < 0)
                return r;
        if (r == 0 || hole.first > backfill->asked.last)
                return next_hole(backfill, request);
        backfill->phase = PHASE_SETTLE;
        return BACKFILL_SETTLE;
}

static int on_durable(Backfill *backfill, const StrideResponse *response, StrideRequest *request)
{
        int r;

        if (response->status == STRIDE_CHECKSUM_DIFFERS) {
                backfill->refused_durable = true;
                backfill->phase = PHASE_IDLE;
                log_event(LOG_BACKFILL, LOG_LEVEL_ERROR, backfill->address, NULL,
                          "the pod holds other octets than we do in epoch %u, records %u–%u; it keeps "
                          "them. Look with: stridectl pods %s",
                          backfill->epochs[backfill->at], backfill->offered.first,
                          backfill->offered.last, backfill->address);
                return BACKFILL_DONE;
        }
        if (response->status != STRIDE_OK) {
                log_event(LOG_BACKFILL, LOG_LEVEL_WARNING, backfill->address, NULL,
                          "the pod did not free records %u–%u of epoch %u (%s); offering them again in "
                          "the next round",
                          backfill->offered.first, backfill->offered.last,
                          backfill->epochs[backfill->at], stride_status_name(response->status));
                backfill->at++; /* this epoch cannot be freed, the next may */
                return next_durable(backfill, request);
        }
        r = durable_told(backfill->ledger, backfill->address, backfill->epochs[backfill->at],
                         backfill->offered.last);
        return r < 0 ? r : next_durable(backfill, request);
}

static const uint8_t opcode_of_phase[] = {
        [PHASE_ANCHOR] = STRIDE_OP_ANCHOR,   [PHASE_LIST] = STRIDE_OP_LIST_EPOCHS,
        [PHASE_LIVE] = STRIDE_OP_LIVE,       [PHASE_REPORT] = STRIDE_OP_REPORT,
        [PHASE_DURABLE] = STRIDE_OP_DURABLE, [PHASE_SETTLE] = 0,
};

int backfill_answer(Backfill *backfill, const StrideResponse *response, StrideRequest *request)
{
        if (response->opcode != opcode_of_phase[backfill->phase] || response->opcode == 0)
                return -EPROTO;
        switch (backfill->phase) {
        case PHASE_ANCHOR: /* a pod that refuses anchors keeps its older ones */
                return send_list(backfill, 0, request);
        case PHASE_LIST:
                return on_listed(backfill, response, request);
        case PHASE_LIVE:
                backfill->is_live = response->status == STRIDE_OK;
                return start_holes(backfill, request);
        case PHASE_REPORT:
                return on_reported(backfill, request);
        case PHASE_DURABLE:
                return on_durable(backfill, response, request);
        default:
                return -EPROTO;
        }
}
