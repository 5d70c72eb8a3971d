/* outbox.h: what the clinic has not yet confirmed.
 *
 * A row names one immutable record; its message is built when it is sent. Rows are
 * made only inside the transaction that makes the record: both exist, or neither.
 * Summary, plan and status rows collapse: a newer one cancels an older one that waits.
 * Settled rows stay for OUTBOX_KEEP_DAYS, so that anyone can audit what was sent; those of weeks and runs as long
 * as their records, for the clinic may ask for them again (resend.h). */
#pragma once

#include "base/text.h"
#include "daemon/ledger/ledger.h"

#define OUTBOX_KEEP_DAYS 60

/* Both enumerations stand as numbers in every ledger, in partial indexes and in the queries that use
 * those (SQLite takes such an index only for the literal): a number is never given anew. */
typedef enum OutboxKind {
        OUTBOX_STATUS = 1,
        OUTBOX_SUMMARY = 2,
        OUTBOX_WEEK = 3,
        OUTBOX_RUN = 4,
        OUTBOX_ACK = 5,
        OUTBOX_CLEAR = 6, /* an empty retained payload in place of what a row of kind `clears` sent */
        OUTBOX_REDFLAG = 7, /* before all others; see redflags.h */
        OUTBOX_PLAN = 8,    /* the newest version */
} OutboxKind;

const char *outbox_kind_name(OutboxKind kind); /* "week" */
/* What says something that no later row of its kind says again: only the archive's own word can
 * settle it where receipts are asked for (receipts.h). Status, summary and clear do not. */
bool outbox_kind_needs_receipt(OutboxKind kind);

typedef enum OutboxState {
        OUTBOX_WAITING = 0,
        OUTBOX_SETTLED = 1,
        OUTBOX_CANCELLED = 2, /* superseded, its record is gone, or consent was withdrawn */
        OUTBOX_SET_ASIDE = 3, /* the broker does not take it: a human must look */
        OUTBOX_TAKEN = 4,     /* by the broker; the archive's receipt is awaited (receipts.h) */
} OutboxState;

typedef struct OutboxRow {
        int64_t id; /* never reused; the wire's id is "{ledger}-{id}" */
        char ledger[9]; /* ledger_id; of a row that is older than a rebuilt or restored ledger, that one's */
        OutboxKind kind;
        OutboxState state;
        char runner[ID_SIZE]; /* "" for STATUS */
        char key[80];         /* week, run id, id of the answered message or of the red flag; of CLEAR as of what it clears */
        OutboxKind clears;    /* of CLEAR: SUMMARY, WEEK, RUN, REDFLAG or PLAN; else 0 */
        int64_t revision;     /* of the week or run; of an ack: the answer's own number */
        int64_t made_utc_ms;
        int64_t settled_utc_ms; /* or NULL_INTEGER */
        int64_t taken_utc_ms;   /* its last PUBACK where a receipt was awaited, or NULL_INTEGER */
        int64_t attempts;       /* hand-overs so far */
        char refusal[160];      /* why it was set aside, for people, or "" */
        bool mendable;          /* set aside: the broker's side can mend that, it is tried again */
} OutboxRow;

int outbox_add(Ledger *ledger, OutboxKind kind, const char *runner, const char *key,
               int64_t revision) MUST_CHECK;
/* Oldest waiting row with id > after_id, of any kind but REDFLAG. 1, 0: none. */
int outbox_next(Ledger *ledger, int64_t after_id, OutboxRow *ret) MUST_CHECK;
/* The same of kind REDFLAG, which goes before the others. */
int outbox_next_redflag(Ledger *ledger, int64_t after_id, OutboxRow *ret) MUST_CHECK;
/* The same of every kind. */
int outbox_next_any(Ledger *ledger, int64_t after_id, OutboxRow *ret) MUST_CHECK;
/* A hand-over begins: counted in memory, written with the next commit. */
void outbox_attempt(Ledger *ledger, int64_t id);
/* The configured proof came for these: they are settled, in one commit. Idempotent. */
int outbox_settle(Ledger *ledger, const int64_t *ids, size_t n) MUST_CHECK;
/* The row can never be sent (its record is gone, consent was withdrawn). */
int outbox_cancel(Ledger *ledger, int64_t id) MUST_CHECK;
/* The clinic's side does not take the row, `refusal` says why. Counted; what is mendable is kept until
 * it is settled, cancelled or superseded, the others until the outbox is pruned. */
int outbox_set_aside(Ledger *ledger, int64_t id, bool mendable, const char *refusal) MUST_CHECK;
/* Oldest mendable row set aside with id > after_id. 1, 0: none. */
int outbox_next_mendable(Ledger *ledger, int64_t after_id, OutboxRow *ret) MUST_CHECK;
int outbox_get(Ledger *ledger, int64_t id, OutboxRow *ret) MUST_CHECK; /* 1, 0: no such row */
/* How many are set aside, and the newest of them (untouched if none). */
int outbox_count_set_aside(Ledger *ledger, int64_t *ret_rows, OutboxRow *ret_newest) MUST_CHECK;
/* Whether what a row of kind WEEK or RUN names may be what the broker retains: the newest revision
 * there is, not yet cleared for its age. 1: it may, or another kind; 0: it must not. */
int outbox_is_newest(Ledger *ledger, const OutboxRow *row) MUST_CHECK;
/* The broker has forgotten us: what it should retain of runners who consent (the newest weeks and the
 * runs that were not cleared, open red flags, plans, summaries) waits again, under the ids it had; what is no longer in the
 * outbox under a new one. */
int outbox_restore_retained(Ledger *ledger) MUST_CHECK;
int outbox_waiting(Ledger *ledger, int64_t *ret_rows, int64_t *ret_oldest_utc_ms) MUST_CHECK;
/* The same without rows of that kind. */
int outbox_waiting_besides(Ledger *ledger, OutboxKind kind, int64_t *ret_rows,
                           int64_t *ret_oldest_utc_ms) MUST_CHECK;
typedef int (*OutboxFunction)(const OutboxRow *row, void *userdata);
/* All rows (or those not yet confirmed: waiting, taken and set aside) with id > after_id, in order, at most `limit`. */
int outbox_each(Ledger *ledger, bool unconfirmed_only, int64_t after_id, size_t limit,
                OutboxFunction function, void *userdata) MUST_CHECK;
