/* backfill.h: Private to ble. The conversation with a pod that has a memory, without the radio.
 *
 *   gateway → pod                     pod → gateway
 *   ANCHOR (now)                      OK, ticks; the pod notes an anchor record
 *   LIST_EPOCHS 0, 1, …               each epoch's first and last seq; the last one runs
 *   LIVE on                           OK; new records come as they are made
 *   REPORT epoch, a hole (≤ 256)      its records by notification, then OK
 *     … a moment, for late ones …     still a hole: asked again, up to ASK_MAX times a round,
 *                                     then those behind it
 *   DURABLE epoch, range, CRC         OK: the pod may free them
 *
 * Such a round is repeated while the link lives. Everything that was stored is durable
 * before DURABLE names it, because it is read back from the ledger. No clock, no I/O but
 * the ledger. */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/records.h"
#include "proto/stride-service.h"

#define BACKFILL_EPOCHS_MAX 255
#define BACKFILL_ASK_MAX    5
#define BACKFILL_SETTLE_MS  200 /* notifications may come after the answer that ends them: if some miss */

typedef enum BackfillStep {
        BACKFILL_SEND,    /* write *request to the control point */
        BACKFILL_SETTLE,  /* call backfill_settled in BACKFILL_SETTLE_MS */
        BACKFILL_DONE,    /* the round is over; backfill_is_complete */
} BackfillStep;

typedef struct Backfill {
        Ledger *ledger;
        char address[ADDRESS_SIZE];
        int phase;
        uint8_t n_epochs;
        uint8_t at; /* epoch looked at */
        uint32_t epochs[BACKFILL_EPOCHS_MAX];
        uint32_t running_epoch; /* 0: not known yet */
        int64_t from; /* holes of this epoch in front of it are left for the next round */
        SeqRange asked;
        unsigned asks;
        unsigned n_left; /* pages of this epoch that did not come */
        SeqRange first_left;
        uint32_t told_epoch; /* and what the log said of it last; 0: nothing on this link */
        SeqRange told_left;
        bool is_live;
        bool is_complete;
        bool began_anew; /* its running epoch has an old number: what is new of it cannot be read */
        bool refused_durable; /* checksums differ: not offered again on this link */
        uint16_t token;
        SeqRange offered;
} Backfill;

/* The time to anchor with; quality CLOCK_UNSET: no anchor. */
typedef struct BackfillNow {
        int64_t utc_ms;
        ClockQuality quality;
} BackfillNow;

/* `backfill` belongs to one link: initialise it for each. */
void backfill_init(Backfill *backfill, Ledger *ledger, const char *address);
/* Begins a round. A BackfillStep, or -errno of the ledger. */
int backfill_begin(Backfill *backfill, BackfillNow now, StrideRequest *request) MUST_CHECK;
/* The pod's answer. As backfill_begin; -EPROTO: not an answer to what was asked. */
int backfill_answer(Backfill *backfill, const StrideResponse *response,
                    StrideRequest *request) MUST_CHECK;
/* The moment after a report is over. */
int backfill_settled(Backfill *backfill, StrideRequest *request) MUST_CHECK;
/* Nothing is missing: the pod's memory is read to its end. */
bool backfill_is_complete(const Backfill *backfill);
/* After a round: why something is still on the pod that is not here, a clause for people; NULL: nothing
 * is. */
const char *backfill_what_stays(const Backfill *backfill);
