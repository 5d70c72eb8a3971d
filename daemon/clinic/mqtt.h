/* mqtt.h: Private to clinic. One connection to the broker, from connecting to its end.
 *
 * A connection that failed is freed and a new one made: what was in flight is sent again
 * from the outbox under the same ids, so nothing depends on the library's memory. The broker
 * keeps our session (30 days), so what is sent to us meanwhile waits there. */
#pragma once

#include "daemon/clinic/clinic.h"
#include "daemon/clinic/handoff.h"
#include "daemon/clinic/spool.h"

#define MQTT_IN_FLIGHT_MAX 16

typedef struct Mqtt Mqtt;

typedef struct MqttWill {
        const char *topic;
        const char *payload; /* retained */
} MqttWill;

/* Begins to connect; news comes by `handoff`. `version`: 5 or 3 (for 3.1.1). `filter`: what to
 * subscribe to. -EINVAL: the library refused; -ENOMEM; another one: the password file cannot be read,
 * -E2BIG: its first line is longer than 4094 octets. */
int mqtt_new(const ClinicConfig *config, int version, const MqttWill *will, const char *filter,
             Handoff *handoff, Spool *spool, Mqtt **ret) MUST_CHECK;
/* Waits for callbacks under way. No news follows. */
Mqtt *mqtt_free(Mqtt *mqtt);
DEFINE_CLEANUP(Mqtt *, mqtt_free);

/* QoS 1. NEWS_DELIVERED or NEWS_REFUSED follows with `row`, unless the connection fails first.
 * -ENOBUFS: MQTT_IN_FLIGHT_MAX are under way; -EINVAL: the library takes no such topic or
 * payload, now or ever; -ENOTCONN: not connected any more, or the library has no room for it. */
int mqtt_publish(Mqtt *mqtt, const char *topic, const void *payload, size_t size, bool retained,
                 int64_t row) MUST_CHECK;
/* The news about `row` was handled: its place is free. */
void mqtt_landed(Mqtt *mqtt, int64_t row);
size_t mqtt_in_flight(const Mqtt *mqtt);
/* A last word, then goodbye: the will is not sent. Waits at most a second. */
void mqtt_say_goodbye(Mqtt *mqtt, const char *topic, const char *payload);

/* Is the message under way in this connection? */
bool mqtt_carries(const Mqtt *mqtt, int64_t row);
/* All that are. How many. */
size_t mqtt_carried(const Mqtt *mqtt, int64_t ret[static MQTT_IN_FLIGHT_MAX]);

/* NEWS_REFUSED's reason is about the message itself: sent again it would be refused again. All
 * others (not authorised, quota exceeded, busy) may be mended on the broker's side. */
bool mqtt_refusal_is_final(int reason);
/* It is about the broker's own room and time, and so about all messages. */
bool mqtt_refusal_is_of_all(int reason);
/* NEWS_FAILED's reason that means: this broker does not speak version 5. */
bool mqtt_wants_older(int reason);
