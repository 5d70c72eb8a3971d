/* spool.h: Private to clinic. What came in, on disk before the broker is told that we have it.
 *
 * The MQTT library sends PUBACK when its callback returns, whatever it returns; spool_put, called
 * there, returns when the message is synced, or says that it is not. The loop takes it from the
 * spool into the ledger, then removes it. Bounded: what has no room waits at the broker. */
#pragma once

#include "base/cleanup.h"
#include "base/text.h"
#include "proto/topic.h"

#include <stdbool.h>

typedef struct Spool Spool;

#define SPOOL_PAYLOAD_MAX 65536 /* of a larger one the beginning is kept */
#define SPOOL_ITEMS_MAX   1024
#define SPOOL_NAME_SIZE   20    /* "00000000000000a7.in" */

typedef struct SpoolItem {
        char name[SPOOL_NAME_SIZE];
        char topic[TOPIC_MAX];
        size_t size; /* as it came; octets beyond SPOOL_PAYLOAD_MAX are not kept */
        char payload[SPOOL_PAYLOAD_MAX];
} SpoolItem;

/* Makes `directory` if needed. */
int spool_new(const char *directory, Spool **ret) MUST_CHECK;
Spool *spool_free(Spool *spool);
DEFINE_CLEANUP(Spool *, spool_free);
/* One thread at a time. False: not durable, no PUBACK may leave; errno says why, ENOBUFS:
 * SPOOL_ITEMS_MAX lie here. */
bool spool_put(Spool *spool, const char *topic, const void *payload, size_t size) MUST_CHECK;
/* The oldest item. 1, 0: none; -EUCLEAN: it is damaged, and ret->name says which; -errno. */
int spool_next(Spool *spool, SpoolItem *ret) MUST_CHECK;
int spool_remove(Spool *spool, const char *name) MUST_CHECK;
/* Out of the way, kept for a human as "bad-NN": the last 16 of them. */
int spool_set_aside(Spool *spool, const char *name) MUST_CHECK;
