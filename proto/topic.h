/* topic.h: the topics of the MQTT contract (asyncapi.yaml), below strided/v1/{clinic}/{gateway}.
 *
 * Levels that come from outside are ids (text.h): no '/', '+' or '#' in them. */
#pragma once

#include "base/text.h"

#define TOPIC_MAX 256

/* An id that may name a runner: not a word that stands beside the runners in a topic ("in",
 * "status"), which would make two topics one. */
bool topic_runner_is_valid(const char *id);

typedef enum TopicKind {
        TOPIC_STATUS,  /* status */
        TOPIC_SUMMARY, /* {runner}/summary */
        TOPIC_WEEK,    /* {runner}/week/{2026-W47} */
        TOPIC_RUN,     /* {runner}/run/{run-id} */
        TOPIC_ACK,     /* {runner}/ack/{id} */
        TOPIC_REDFLAG, /* {runner}/redflag/{id} */
        TOPIC_PLAN,    /* {runner}/plan */
} TopicKind;

typedef struct TopicPrefix {
        char text[16 + 2 * ID_SIZE];
} TopicPrefix;

void topic_prefix(const char *clinic, const char *gateway, TopicPrefix *ret);
/* `runner` and `key` as the kind needs them. False: it does not fit. */
bool topic_format(const TopicPrefix *prefix, TopicKind kind, const char *runner, const char *key,
                  char *ret, size_t size) MUST_CHECK;
/* "{prefix}/+/in/{what}", to subscribe to. */
bool topic_inbound_filter(const TopicPrefix *prefix, const char *what, char *ret, size_t size) MUST_CHECK;
/* "{prefix}/{runner}/in/{what}" → its two levels. 0; -EINVAL: another topic, or not an id. */
int topic_inbound_parse(const TopicPrefix *prefix, const char *topic, char ret_runner[static ID_SIZE],
                        char ret_what[static ID_SIZE]) MUST_CHECK;
