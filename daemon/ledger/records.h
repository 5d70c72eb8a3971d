/* records.h: records of pods, what of them is missing, and what we could not read.
 *
 * Idempotent on (pod, epoch, seq). The same id with other octets is kept apart
 * and counted, the first one stays. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "base/text.h"
#include "proto/record.h"

typedef struct StoreResult {
        uint32_t stored;
        uint32_t known;        /* were there already, same octets */
        uint32_t contradicted; /* were there with other octets: both kept, flagged */
} StoreResult;

/* Stores all or nothing, in one transaction; marks what is dirty; notes received and
 * lost ranges in the coverage; takes anchors of Anchor records into the time base.
 * `ret` may be NULL. 0; -ENOENT: the pod is not in the roster. */
int records_store(Ledger *ledger, const char *address, const Record *records, size_t n,
                  StoreResult *ret) MUST_CHECK;

/* Epoch for a pod without memory: one above its highest. */
int records_next_epoch(Ledger *ledger, const char *address, uint32_t *ret) MUST_CHECK;

/* Records that came again with other octets: bounded per pod (the newest CONTRADICTIONS_MAX), always
 * counted. */
#define CONTRADICTIONS_MAX 1000
int contradiction_count(Ledger *ledger, const char *address, int64_t *ret) MUST_CHECK;

/* Octets nobody could decode: the same ones once, with a count; bounded per pod (the newest
 * RAW_PACKETS_MAX), always counted. `why`: a sentence. */
#define RAW_PACKETS_MAX 1000
int raw_packet_keep(Ledger *ledger, const char *address, const char *characteristic,
                    const void *data, size_t size, const char *why) MUST_CHECK;
int raw_packet_count(Ledger *ledger, const char *address, int64_t *ret) MUST_CHECK;

/* ---- coverage ---- */
typedef struct SeqRange {
        uint32_t first;
        uint32_t last;
} SeqRange;

typedef struct EpochCoverage {
        uint32_t epoch;
        uint32_t first;    /* lowest seq the pod says it had, else the lowest received */
        uint32_t last;     /* highest known */
        int64_t received;  /* records held */
        int64_t lost;      /* records the pod reported lost, or gave up on */
        int64_t missing;   /* neither */
        int64_t asked_again; /* REPORT requests for holes */
        uint32_t durable;  /* the pod was told that up to here it may free; 0: nothing */
        SeqRange holes[8]; /* the first missing ranges */
        size_t n_holes;
} EpochCoverage;

/* The pod said that this epoch runs from first to last (last 0: empty). */
int epoch_learn(Ledger *ledger, const char *address, uint32_t epoch, uint32_t first,
                uint32_t last) MUST_CHECK;
/* The highest seq known of it. 1; 0: no such epoch. */
int epoch_last(Ledger *ledger, const char *address, uint32_t epoch, uint32_t *ret) MUST_CHECK;
int epoch_asked_again(Ledger *ledger, const char *address, uint32_t epoch) MUST_CHECK;
/* Missing ranges in order, at most `max`. Their number, 0: complete. */
int epoch_missing(Ledger *ledger, const char *address, uint32_t epoch, SeqRange *ret,
                  size_t max) MUST_CHECK;
/* The first missing range at or behind `from`, cut to begin there. 1; 0: none. */
int epoch_next_hole(Ledger *ledger, const char *address, uint32_t epoch, int64_t from,
                    SeqRange *ret) MUST_CHECK;
typedef int (*EpochFunction)(const EpochCoverage *coverage, void *userdata);
int epoch_each(Ledger *ledger, const char *address, EpochFunction function,
               void *userdata) MUST_CHECK;

/* The next range the pod may free: committed, without holes, above what it was
 * told before, at most `max` records, with its CRC (stride_crc32). 1: filled;
 * 0: nothing. */
int durable_next(Ledger *ledger, const char *address, uint32_t epoch, uint32_t max,
                 SeqRange *ret, uint32_t *ret_crc32) MUST_CHECK;
/* The pod confirmed that it freed up to `last`: by its answer, or as LIST_EPOCHS says. Never
 * goes back. */
int durable_told(Ledger *ledger, const char *address, uint32_t epoch, uint32_t last) MUST_CHECK;

/* ---- reading ---- */
typedef struct StoredRecord {
        Record record; /* decoded */
        char address[ADDRESS_SIZE];
        Placement placement;    /* at the record's time */
        int64_t utc_ms;         /* mapped; NULL_INTEGER while its epoch has no anchor */
        int64_t utc_error_ms;   /* half width; NULL_INTEGER as above */
        int64_t received_utc_ms;
} StoredRecord;

typedef int (*StoredRecordFunction)(const StoredRecord *stored, void *userdata);

/* Strides and samples of all pods assigned to `runner` with from <= utc < to, pod by
 * pod, in order of time within a pod. A damaged one is passed over and counted. */
int records_of_runner(Ledger *ledger, const char *runner, int64_t from_utc_ms,
                      int64_t to_utc_ms, StoredRecordFunction function, void *userdata) MUST_CHECK;
/* Stored records, of all pods, that could not be read back when a runner's were asked for. */
int unreadable_count(Ledger *ledger, int64_t *ret) MUST_CHECK;
/* Everything, in order of (pod, epoch, seq), after the given key (NULL: from the
 * start), at most `limit`. */
int records_export(Ledger *ledger, const char *after_address, uint32_t after_epoch,
                   uint32_t after_seq, size_t limit, StoredRecordFunction function,
                   void *userdata) MUST_CHECK;
