/* inbound.h: Private to clinic. What the clinic sends: checked, stored by its id, answered.
 *
 * One table: what stands behind in/ in the topic → who takes it. Whatever is refused is kept
 * for a human and answered with the reason. */
#pragma once

#include "base/clock.h"
#include "daemon/ledger/ledger.h"
#include "daemon/ledger/receipts.h"
#include "proto/topic.h"

#define INBOUND_PAYLOAD_MAX 4096

typedef struct Inbound {
        const char *topic;
        const void *payload;
        size_t size; /* as it came; only the first octets may be there when it is too large */
        ReceiptCount *receipts; /* in/receipt is counted there; NULL: nowhere */
} Inbound;

/* Stores and answers in one transaction; a receipt has no answer. 1: accepted; 0: refused, answered; -errno of
 * the ledger: nothing happened, try again. */
int inbound_take(Ledger *ledger, Clock *clock, const TopicPrefix *prefix,
                 const Inbound *inbound) MUST_CHECK;
