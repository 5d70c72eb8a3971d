/* receipts.h: what the broker has taken and the clinic's archive has yet to confirm.
 *
 *            PUBACK                 receipt
 *   WAITING ───────▶ TAKEN ─────────────────▶ SETTLED
 *      ▲               │
 *      └───────────────┘  no receipt in time, or the broker forgot: sent again under the same id
 *
 * Only where receipts are asked for ([broker] confirm = receipt), and only for the kinds that need
 * one (outbox_kind_needs_receipt); the others are settled by their PUBACK. A receipt may overtake
 * the PUBACK. What is settled stays so: nothing here goes backwards. */
#pragma once

#include "daemon/ledger/outbox.h"

/* An archive that stays away for weeks finds a few copies of a row at the broker, not one a day:
 * each time in vain the wait doubles, up to so many times the first one. */
#define RECEIPT_PATIENCE_MAX 8

typedef struct ReceiptCount {
        int64_t settled; /* by this receipt */
        int64_t known;   /* were settled before */
        int64_t unknown; /* no such row of this runner, or none that ever left: ignored */
} ReceiptCount;

/* PUBACKs came for these rows, in one commit. What is not waiting any more stays as it is, but a
 * row that was superseded under way did reach the broker: settled. Idempotent. */
int receipts_await(Ledger *ledger, const int64_t *ids, size_t n) MUST_CHECK;
/* The archive has stored these rows of `runner`, in one commit. Adds to *ret. */
int receipts_take(Ledger *ledger, const char *runner, const int64_t *ids, size_t n,
                  ReceiptCount *ret) MUST_CHECK;
/* Rows taken longer than `patience_ms` ago (times what was in vain) wait once more; also those taken
 * at a time that is yet to come, since the clock was wrong then. Their number; *ret_next_utc_ms: when
 * to look again, NULL_INTEGER: nothing is awaited. */
int receipts_overdue(Ledger *ledger, int64_t patience_ms, int64_t *ret_next_utc_ms) MUST_CHECK;
/* The broker knows our session no more, so what it took may be gone: all taken rows wait once more.
 * Their number. */
int receipts_forgotten(Ledger *ledger) MUST_CHECK;
/* Receipts are not asked for any more: the broker's word is enough for what it took. */
int receipts_waive(Ledger *ledger) MUST_CHECK;
/* How many are awaited, and when the oldest of them was made (NULL_INTEGER: none). */
int receipts_awaited(Ledger *ledger, int64_t *ret_rows, int64_t *ret_oldest_utc_ms) MUST_CHECK;
