/* handoff.h: Private to clinic. From the MQTT library's threads to the loop: copy, enqueue, write the
 * eventfd, no more. Bounded: the number in flight bounds the acknowledgements, and a message is
 * on disk before it is told. */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

typedef struct Handoff Handoff;

typedef enum NewsKind {
        NEWS_CONNECTED,
        NEWS_FAILED,    /* could not connect, or the connection is lost */
        NEWS_UNKEPT,    /* no room for what came: the connection was cut before its PUBACK */
        NEWS_DELIVERED, /* PUBACK */
        NEWS_REFUSED,   /* the broker refused this one message */
        NEWS_MESSAGE,   /* something lies in the inbound spool */
} NewsKind;

typedef struct News {
        NewsKind kind;
        int64_t row;    /* DELIVERED, REFUSED */
        int reason;     /* MQTT reason code, or the library's */
        bool session_kept; /* CONNECTED: the broker knew us */
        char text[160]; /* FAILED, UNKEPT, REFUSED: for people */
} News;

typedef void (*NewsFunction)(const News *news, void *userdata);
/* `news` is called on the loop for each; then `drained` once. */
int handoff_new(sd_event *event, NewsFunction news, void (*drained)(void *userdata), void *userdata,
                Handoff **ret) MUST_CHECK;
Handoff *handoff_free(Handoff *handoff); /* no thread may tell any more */
DEFINE_CLEANUP(Handoff *, handoff_free);
void handoff_tell(Handoff *handoff, const News *news); /* any thread */
void handoff_clear(Handoff *handoff); /* forgets what was told and not yet heard */
