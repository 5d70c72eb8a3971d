/* Implements clinic.h: the consumer of the outbox, and its connection. */
#include "daemon/clinic/clinic.h"

#include "base/log.h"
#include "daemon/clinic/inbound.h"
#include "daemon/clinic/message.h"
#include "daemon/clinic/mqtt.h"
#include "proto/fields.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS   60000
#define LEDGER_RETRY_MS 10000

struct Clinic {
        ClinicConfig config;
        Clock *clock;
        Ledger *ledger;
        const ClinicObserver *observer;
        void *userdata;
        TopicPrefix prefix;
        ClinicState state;
        int version; /* of MQTT, for the next connection */
        Handoff *handoff;
        Spool *spool;
        Mqtt *mqtt;
        bool failed; /* the connection is over, the timer frees it */
        uint32_t failures;
        Timer *connect_timer;
        Timer *pump_timer;
        Timer *status_timer;
        int64_t last_sent; /* row id; in this connection */
        int64_t settled[MQTT_IN_FLIGHT_MAX];
        size_t n_settled;
};

static void changed(Clinic *clinic)
{
        if (clinic->observer && clinic->observer->changed)
                clinic->observer->changed(clinic->userdata);
}

static MessageSource source_of(const Clinic *clinic)
{
        return (MessageSource){.ledger = clinic->ledger,
                               .clock = clinic->clock,
                               .prefix = &clinic->prefix,
                               .config = &clinic->config,
                               .observer = clinic->observer,
                               .userdata = clinic->userdata,
                               .refused_inbound = clinic->state.refused_inbound};
}

static void complain(const Clinic *clinic, const char *what, int error)
{
        log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, NULL, "%s: %s (%s), trying again in %d s", what,
                  strerror(-error), ledger_error(clinic->ledger), LEDGER_RETRY_MS / 1000);
}

/* ---- outbox → broker ---- */

/* 1: under way; 0: will never be sent, cancelled; -errno. */
static int send_row(Clinic *clinic, const OutboxRow *row)
{
        MessageSource source = source_of(clinic);
        Message message;
        int r = message_build(&source, row, &message);

        if (r == 0 || r == -ENOBUFS) {
                if (r < 0)
                        log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, row->runner,
                                  "row %lld (%s %s) makes too large a message, set aside",
                                  (long long)row->id, outbox_kind_name(row->kind), row->key);
                return outbox_cancel(clinic->ledger, row->id);
        }
        if (r < 0)
                return r;
        r = mqtt_publish(clinic->mqtt, message.topic, message.payload, message.size,
                         message.retained, row->id);
        if (r < 0)
                return r;
        outbox_attempt(clinic->ledger, row->id);
        return 1;
}

static void on_pump(void *userdata)
{
        Clinic *clinic = userdata;

        /* Without a set clock nothing is published: its times would be wrong. */
        while (clinic->state.connected && mqtt_in_flight(clinic->mqtt) < MQTT_IN_FLIGHT_MAX &&
               clock_quality(clinic->clock) != CLOCK_UNSET) {
                OutboxRow row;
                int r = outbox_next(clinic->ledger, clinic->last_sent, &row);

                if (r > 0) {
                        clinic->last_sent = row.id;
                        r = send_row(clinic, &row);
                        if (r >= 0)
                                continue;
                        clinic->last_sent = row.id - 1;
                }
                if (r < 0) {
                        complain(clinic, "the outbox stands still", r);
                        timer_arm(clinic->pump_timer, LEDGER_RETRY_MS);
                }
                return;
        }
        if (clock_quality(clinic->clock) == CLOCK_UNSET)
                timer_arm(clinic->pump_timer, LEDGER_RETRY_MS);
}

void clinic_wake(Clinic *clinic)
{
        if (clinic->state.connected)
                timer_arm(clinic->pump_timer, 0);
}

static void settle(Clinic *clinic)
{
        int r;

        if (clinic->n_settled == 0)
                return;
        r = outbox_settle(clinic->ledger, clinic->settled, clinic->n_settled);
        if (r < 0)
                /* they stay in the outbox and are sent again with the next connection */
                complain(clinic, "confirmed rows could not be settled", r);
        clinic->n_settled = 0;
        clinic->state.last_puback_utc_ms = clock_utc_ms(clinic->clock);
        clinic_wake(clinic);
}

static void queue_status(Clinic *clinic)
{
        int r = outbox_add(clinic->ledger, OUTBOX_STATUS, "", "", 0);

        if (r < 0)
                complain(clinic, "no status can be queued", r);
        timer_arm(clinic->status_timer, (int64_t)clinic->config.status_interval_s * 1000);
}

static void on_status(void *userdata)
{
        Clinic *clinic = userdata;

        if (clinic->state.connected)
                queue_status(clinic);
}

/* ---- broker → ledger ---- */

static void take_inbound(Clinic *clinic)
{
        CLEANUP(freep) SpoolItem *item = malloc(sizeof(*item));
        int r = item ? 1 : -ENOMEM;

        while (r > 0) {
                Inbound inbound;

                r = spool_next(clinic->spool, item);
                if (r <= 0)
                        break;
                inbound = (Inbound){.topic = item->topic, .payload = item->payload, .size = item->size};
                r = inbound_take(clinic->ledger, clinic->clock, &clinic->prefix, &inbound);
                if (r < 0)
                        break;
                clinic->state.refused_inbound += r == 0;
                r = spool_remove(clinic->spool, item->name);
                if (r >= 0)
                        r = 1;
        }
        if (r < 0) {
                complain(clinic, "messages of the clinic wait in the spool", r);
                timer_arm(clinic->connect_timer, LEDGER_RETRY_MS);
        }
}

/* ---- connection ---- */

static int64_t retry_ms(const Clinic *clinic)
{
        int64_t delay_ms = RETRY_FIRST_MS;

        for (uint32_t i = 1; i < clinic->failures && delay_ms < RETRY_MAX_MS; i++)
                delay_ms *= 2;
        return delay_ms < RETRY_MAX_MS ? delay_ms : RETRY_MAX_MS;
}

static void on_failed(Clinic *clinic, int reason, const char *why)
{
        bool was_connected = clinic->state.connected;

        if (clinic->failed)
                return; /* the same end, told twice */
        if (mqtt_wants_older(reason) && clinic->version == 5)
                clinic->version = 3;
        clinic->failed = true;
        clinic->failures = was_connected ? 1 : clinic->failures + 1;
        clinic->state.connected = false;
        clinic->state.connected_since_utc_ms = NULL_INTEGER;
        (void)text_copy(clinic->state.last_error, sizeof(clinic->state.last_error), why);
        log_event(LOG_BROKER_STATE, was_connected || clinic->failures == 1 ? LOG_LEVEL_WARNING
                                                                           : LOG_LEVEL_DEBUG,
                  NULL, NULL, "no connection to the clinic's broker %s:%u: %s; rows wait, trying again "
                  "in %lld s", clinic->config.host, clinic->config.port, why,
                  (long long)(retry_ms(clinic) / 1000));
        timer_arm(clinic->connect_timer, retry_ms(clinic));
        changed(clinic);
}

static void connect_now(Clinic *clinic)
{
        MessageSource source = source_of(clinic);
        char filter[TOPIC_MAX];
        Message offline;
        MqttWill will;
        int r = message_build_offline(&source, &offline);

        if (r >= 0 && !topic_inbound_filter(&clinic->prefix, "+", filter, sizeof(filter)))
                r = -ENOBUFS;
        if (r >= 0) {
                will = (MqttWill){.topic = offline.topic, .payload = offline.payload};
                r = mqtt_new(&clinic->config, clinic->version, &will, filter, clinic->handoff,
                             clinic->spool, &clinic->mqtt);
        }
        if (r == -EACCES)
                on_failed(clinic, 0, "password_file cannot be read");
        else if (r < 0)
                on_failed(clinic, 0, strerror(-r));
}

/* Also takes what waits in the spool, should the ledger have refused it before. */
static void on_connect(void *userdata)
{
        Clinic *clinic = userdata;

        if (clinic->failed || !clinic->mqtt) {
                clinic->failed = false;
                clinic->mqtt = mqtt_free(clinic->mqtt);
                handoff_clear(clinic->handoff); /* late words would be taken for the next one's */
                connect_now(clinic);
        }
        take_inbound(clinic);
}

static void on_connected(Clinic *clinic)
{
        clinic->failures = 0;
        clinic->last_sent = 0; /* what was under way is sent again, under the same ids */
        clinic->state.connected = true;
        clinic->state.mqtt_version = clinic->version;
        clinic->state.connected_since_utc_ms = clock_utc_ms(clinic->clock);
        clinic->state.last_error[0] = '\0';
        log_event(LOG_BROKER_STATE, LOG_LEVEL_INFO, NULL, NULL,
                  "connected to the clinic's broker %s:%u (MQTT %s)", clinic->config.host,
                  clinic->config.port, clinic->version == 5 ? "5" : "3.1.1");
        queue_status(clinic);
        clinic_wake(clinic);
        changed(clinic);
}

static void on_news(const News *news, void *userdata)
{
        Clinic *clinic = userdata;

        if (clinic->failed || !clinic->mqtt)
                return; /* late words of a connection that is over */
        switch (news->kind) {
        case NEWS_CONNECTED:
                on_connected(clinic);
                return;
        case NEWS_FAILED:
                on_failed(clinic, news->reason, news->text);
                return;
        case NEWS_REFUSED:
                log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, NULL,
                          "the broker refused row %lld (%s), set aside", (long long)news->row,
                          news->text);
                mqtt_landed(clinic->mqtt, news->row);
                if (outbox_cancel(clinic->ledger, news->row) >= 0)
                        clinic_wake(clinic);
                return;
        case NEWS_DELIVERED:
                mqtt_landed(clinic->mqtt, news->row);
                clinic->settled[clinic->n_settled++] = news->row;
                if (clinic->n_settled == MQTT_IN_FLIGHT_MAX)
                        settle(clinic);
                return;
        case NEWS_MESSAGE:
                take_inbound(clinic);
                return;
        }
}

static void on_drained(void *userdata)
{
        settle(userdata);
}

/* ---- life ---- */

static int open_spool(Clinic *clinic)
{
        char path[PATH_MAX];
        const char *slash = strrchr(ledger_path(clinic->ledger), '/');
        int directory = slash ? (int)(slash - ledger_path(clinic->ledger)) : 1;

        if ((size_t)snprintf(path, sizeof(path), "%.*s/inbound", directory,
                             slash ? ledger_path(clinic->ledger) : ".") >= sizeof(path))
                return -ENAMETOOLONG;
        return spool_new(path, &clinic->spool);
}

static int make_timers(Clinic *clinic)
{
        int r = timer_new(clinic->clock, "clinic-connect", on_connect, clinic,
                          &clinic->connect_timer);

        if (r >= 0)
                r = timer_new(clinic->clock, "clinic-pump", on_pump, clinic, &clinic->pump_timer);
        if (r >= 0)
                r = timer_new(clinic->clock, "clinic-status", on_status, clinic,
                              &clinic->status_timer);
        return r;
}

int clinic_new(const ClinicConfig *config, sd_event *event, Clock *clock, Ledger *ledger,
               const ClinicObserver *observer, void *userdata, Clinic **ret)
{
        CLEANUP(clinic_freep) Clinic *clinic = calloc(1, sizeof(*clinic));
        int r;

        if (!clinic)
                return -ENOMEM;
        clinic->config = *config;
        clinic->clock = clock;
        clinic->ledger = ledger;
        clinic->observer = observer;
        clinic->userdata = userdata;
        clinic->version = 5;
        clinic->state = (ClinicState){.configured = config->host[0] != '\0',
                                      .tls = config->tls,
                                      .connected_since_utc_ms = NULL_INTEGER,
                                      .last_puback_utc_ms = NULL_INTEGER};
        topic_prefix(config->clinic, config->gateway, &clinic->prefix);
        r = make_timers(clinic);
        if (r >= 0 && clinic->state.configured)
                r = handoff_new(event, on_news, on_drained, clinic, &clinic->handoff);
        if (r >= 0 && clinic->state.configured)
                r = open_spool(clinic);
        if (r < 0)
                return r;
        if (clinic->state.configured && !config->tls)
                log_event(LOG_BROKER_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "tls = no: what goes to %s can be read and changed by anyone on the way",
                          config->host);
        if (clinic->state.configured)
                timer_arm(clinic->connect_timer, 0);
        *ret = TAKE(clinic);
        return 0;
}

Clinic *clinic_free(Clinic *clinic)
{
        MessageSource source;
        Message offline;

        if (!clinic)
                return NULL;
        source = source_of(clinic);
        if (clinic->state.connected && message_build_offline(&source, &offline) >= 0)
                mqtt_say_goodbye(clinic->mqtt, offline.topic, offline.payload);
        mqtt_free(clinic->mqtt);
        spool_free(clinic->spool);
        handoff_free(clinic->handoff);
        timer_free(clinic->connect_timer);
        timer_free(clinic->pump_timer);
        timer_free(clinic->status_timer);
        free(clinic);
        return NULL;
}

void clinic_state(const Clinic *clinic, ClinicState *ret)
{
        *ret = clinic->state;
        ret->in_flight = clinic->mqtt ? (int64_t)mqtt_in_flight(clinic->mqtt) : 0;
}
