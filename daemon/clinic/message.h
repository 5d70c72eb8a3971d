/* message.h: Private to clinic. An outbox row → topic and JSON, from the record it names.
 *
 * The same row makes the same message each time, but for status and summary, which say how
 * things are when they leave. Keys come from the field tables of proto/. */
#pragma once

#include "daemon/clinic/source.h"
#include "daemon/ledger/outbox.h"

#define MESSAGE_MAX         8192
#define MESSAGE_SUMMARY_MAX 2048

typedef struct Message {
        char topic[TOPIC_MAX];
        char payload[MESSAGE_MAX]; /* "" clears a retained topic */
        size_t size;
        bool retained;
} Message;

/* 1: built; 0: its record is gone; -ENOBUFS: it grew too large; -errno of the ledger. */
int message_build(const MessageSource *source, const OutboxRow *row, Message *ret) MUST_CHECK;
/* What the broker says for us when we are gone, and we ourselves at the end. */
int message_build_offline(const MessageSource *source, Message *ret) MUST_CHECK;
