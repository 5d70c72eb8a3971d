/* dirty.h: what has to be derived anew, and why. */
#pragma once

#include "base/text.h"
#include "daemon/ledger/ledger.h"

/* Why something has to be derived anew. Bits: a week may have several reasons at once. */
typedef enum DirtyWhy {
        DIRTY_RECORDS = 1 << 0, /* records came */
        DIRTY_DIARY = 1 << 1,   /* an entry came */
        DIRTY_TIME = 1 << 2,    /* what was there is of another time, as is known now */
        DIRTY_CADENCE = 1 << 3, /* what a pod's cadence counts is known now */
        DIRTY_ZONE = 1 << 4,    /* home was in another zone */
        DIRTY_PLACEMENT = 1 << 5, /* a pod was worn elsewhere, or by somebody else */
        DIRTY_METHOD = 1 << 6,  /* a newer version measures more or otherwise (schema.c: 64) */
        DIRTY_CARE = 1 << 7,    /* a plan or an assessment came */
        DIRTY_IMPORT = 1 << 8,  /* runs were imported */
        DIRTY_REPORT = 1 << 9,  /* a pod told that there is nothing more */
        DIRTY_LOST = 1 << 10,   /* records are lost, or no longer */
} DirtyWhy;

/* A span of a runner's time that changed. */
typedef struct Dirty {
        int64_t id;
        char runner[ID_SIZE];
        int64_t from_utc_ms;
        int64_t to_utc_ms; /* inclusive */
        DirtyWhy why;      /* one of them */
} Dirty;

/* Overlapping or touching spans of a runner, for the same reason, are one. 1: the oldest; 0: none. */
int dirty_next(Ledger *ledger, Dirty *ret) MUST_CHECK;
int dirty_mark_for(Ledger *ledger, const char *runner, DirtyWhy why, int64_t from_utc_ms,
                   int64_t to_utc_ms) MUST_CHECK;
/* For DIRTY_RECORDS. */
int dirty_mark(Ledger *ledger, const char *runner, int64_t from_utc_ms,
               int64_t to_utc_ms) MUST_CHECK;
int dirty_clear(Ledger *ledger, int64_t id) MUST_CHECK;
/* For whoever a pod was assigned to then; in the running transaction. */
int dirty_mark_pod(Ledger *ledger, int64_t pod_id, DirtyWhy why, int64_t from_utc_ms,
                   int64_t to_utc_ms) MUST_CHECK;
