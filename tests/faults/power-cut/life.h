/* life.h: the daemon's own functions at work in one directory, and what they said to the outside. */
#pragma once

#include "base/clock.h"
#include "daemon/clinic/intake.h"
#include "daemon/clinic/spool.h"
#include "daemon/derive.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/records.h"
#include "daemon/measure/splitmix.h"
#include "tests/faults/power-cut/story.h"

#define PODS        2
#define EPOCH_FIRST 7
#define EPOCHS_MAX  16
#define SEQ_MAX     4096
#define RUNNER      "anna"
#define BATCH_MAX   24 /* half of what is stored at once */
#define SENT_A_TURN 12
#define START_UTC_MS    1795507200000LL /* 2026-11-24T08:00:00Z */
#define MESSAGE_KEEP_MS (59 * 86400000LL) /* what is older may have been pruned */

/* A ledger that promises too much: to see that the test would notice. */
typedef enum Weakness { WEAK_NOT, WEAK_NORMAL, WEAK_OFF } Weakness;

typedef struct Life {
        char directory[128];
        char path[160]; /* of the ledger */
        Clock *clock;
        Ledger *ledger;
        Derive *derive;
        Spool *spool;
        Intake *intake;
        Story *story;
        SplitMix random;
        Weakness weakness;
        int64_t last_sent;    /* row id since the last start */
        char wrong[400];      /* first thing that must not be, "" so far */
} Life;

/* Opens or makes what is in the directory. 0, or what ledger_open said, with its sentence in
 * life->wrong. */
int life_begin(Life *life, const char *directory, int64_t utc_ms, Story *story, uint64_t seed,
               Weakness weakness) MUST_CHECK;
void life_end(Life *life);
void life_settle_in(Life *life);           /* runner, consent and pods; any number of times */
void life_work(Life *life, size_t n_steps);
/* All that waits is done: pods send again what they still hold, the clinic what had no PUBACK. */
void life_heal(Life *life);
void life_derive_anew(Life *life); /* nothing may come of it */

/* ---- for work.c ---- */

int life_open(Life *life) MUST_CHECK; /* after life_close */
void life_close(Life *life);
uint32_t life_random(Life *life, uint32_t n); /* 0..n-1 */
/* Nothing here may fail: there is room, and nobody else has the file. False, and noted: it did. */
bool life_fine(Life *life, int r, const char *what);
/* The newest epoch of a pod and the number it sent last in it; pod -1: the clinic's messages. */
Reach life_reach(const Life *life, int pod);
/* At most 2·BATCH_MAX numbers. */
void life_store(Life *life, int pod, uint32_t epoch, uint32_t first, uint32_t last, StoreResult *ret);
/* A message into the spool. PUBACK, or nothing: the broker sends it again. */
void life_deliver(Life *life, uint32_t number);
/* From the spool into the ledger, for so long. */
void life_take_inbound(Life *life, int64_t ms);
/* The next row of the outbox to the broker. 1: handed over; 0: nothing waits. */
int life_send(Life *life, int64_t *ret_id) MUST_CHECK;
/* PUBACKs came. */
void life_settle(Life *life, const int64_t *ids, size_t n);

/* ---- for judge.c ---- */

void life_wrong(Life *life, const char *format, ...) PRINTF_LIKE(2, 3);
/* As Promise.content. 0: no message can be made of the row. */
uint64_t row_content(Life *life, const OutboxRow *row);

/* ---- pods.c ---- */

const char *pod_address(int pod);
/* What the pod has under that number; false: nothing, it lies in a lost range. */
bool pod_record(int pod, uint32_t epoch, uint32_t seq, Record *ret) MUST_CHECK;
/* Message `number` of the clinic; false: one that must be refused. */
bool message_is_good(uint32_t number);
int64_t message_pain(uint32_t number);
