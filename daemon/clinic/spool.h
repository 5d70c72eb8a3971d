/* spool.h: Private to clinic. What came in, on disk before the broker is told that we have it.
 *
 * The MQTT library sends PUBACK when its callback returns; spool_put, called there, returns when
 * the message is synced. The loop takes it from the spool into the ledger, then removes it. */
#pragma once

#include "base/cleanup.h"
#include "base/text.h"
#include "proto/topic.h"

#include <stdbool.h>

typedef struct Spool Spool;

#define SPOOL_PAYLOAD_MAX 65536 /* of a larger one the beginning is kept */

typedef struct SpoolItem {
        char name[24];
        char topic[TOPIC_MAX];
        size_t size; /* as it came; octets beyond SPOOL_PAYLOAD_MAX are not kept */
        char payload[SPOOL_PAYLOAD_MAX];
} SpoolItem;

/* Makes `directory` if needed. */
int spool_new(const char *directory, Spool **ret) MUST_CHECK;
Spool *spool_free(Spool *spool);
DEFINE_CLEANUP(Spool *, spool_free);
/* One thread at a time. False: not durable, do not acknowledge. */
bool spool_put(Spool *spool, const char *topic, const void *payload, size_t size) MUST_CHECK;
/* The oldest item. 1, 0: none; -errno: try again later. What can never be read is renamed to
 * NAME.bad for a human and logged; it does not block what came after it. */
int spool_next(Spool *spool, SpoolItem *ret) MUST_CHECK;
int spool_remove(Spool *spool, const char *name) MUST_CHECK;
