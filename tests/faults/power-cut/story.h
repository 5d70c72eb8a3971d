/* story.h: what was confirmed, and at which event of the tape.
 *
 * Two witnesses. Of every commit that was answered 0 the digest of the whole ledger is noted: after
 * a cut the ledger must be octet for octet the last of these, or the one that was under way. And
 * what was said to the outside (a pod may free, PUBACK, a message id with its content, settled) is
 * noted as a promise, to be checked in the words of the daemon's own functions. */
#pragma once

#include "daemon/ledger/ledger.h"

#define TABLES_MAX 96

typedef struct Digest {
        uint64_t tables[TABLES_MAX]; /* in order of name */
        size_t n;
} Digest;

typedef struct Commit {
        size_t at; /* events of the tape by then */
        Digest digest;
} Commit;

typedef enum PromiseKind {
        SAID_OFFERED, /* nothing yet: records first..last are being stored */
        SAID_STORED,  /* records first..last of a pod's epoch */
        SAID_DURABLE, /* the pod freed them */
        SAID_PUBACK,  /* message number `id` of the clinic */
        SAID_SENT,    /* outbox row `id` with this content */
        SAID_TAKEN,   /* outbox row `id`: by the broker, the archive's receipt is awaited */
        SAID_SETTLED, /* outbox row `id` */
} PromiseKind;

typedef struct Promise {
        size_t at;
        PromiseKind kind;
        int pod;
        uint32_t epoch, first, last;
        int64_t id;
        uint64_t content; /* hash of row and, where a message never changes, of its octets */
        int64_t utc_ms; /* of the promise; SENT: when the row was made, from which it ages */
} Promise;

/* What the daemon was doing. */
typedef enum Work {
        WORK_CREATE,
        WORK_STORE,
        WORK_DURABLE,
        WORK_INBOUND,
        WORK_DERIVE,
        WORK_SEND,
        WORK_PRUNE,
        WORK_CHECKPOINT,
        WORK_RESTART,
        WORK_RAW,
        WORK_RECOVER, /* after a first cut */
        WORK_COUNT,
} Work;

const char *work_name(Work work);

typedef struct Step {
        size_t at; /* where it began */
        Work work;
        int64_t utc_ms; /* then */
} Step;

/* What a pod holds or sent, the clinic sent, by number. */
typedef struct Reach {
        size_t at;
        int pod; /* -1: messages of the clinic */
        uint32_t epoch;
        uint32_t last;
} Reach;

typedef struct Story {
        Commit *commits;
        size_t n_commits;
        Promise *promises;
        size_t n_promises;
        Step *steps;
        size_t n_steps;
        Reach *reaches;
        size_t n_reaches;
} Story;

/* Commits are noted into `story` from now on; NULL: nowhere. */
void story_listen(Story *story);
void story_commit(Story *story, Ledger *ledger);
void story_promise(Story *story, Promise promise);
void story_step(Story *story, Work work, int64_t utc_ms);
void story_reach(Story *story, int pod, uint32_t epoch, uint32_t last);
/* The commits a ledger may show after a cut before event `cut`: the last confirmed and the next.
 * Their number; 0: none was confirmed yet, anything goes. */
size_t story_allowed(const Story *story, size_t cut, const Commit *ret[static 2]);
const Step *story_step_at(const Story *story, size_t cut);
/* What was known before `cut`, as the beginning of another story; its commits are left out. */
Story *story_until(const Story *story, size_t cut);
/* What was under way at a cut is sent again in other batches. */
void story_forget_offers(Story *story);
Story *story_free(Story *story);

void ledger_digest(Ledger *ledger, Digest *ret);
bool digest_equal(const Digest *a, const Digest *b);
/* "record, span": the tables that differ. */
void digest_difference(const Digest *a, const Digest *b, char *ret, size_t size);
uint64_t hash_more(uint64_t hash, const void *data, size_t size); /* FNV-1a */
#define HASH_START 14695981039346656037u
