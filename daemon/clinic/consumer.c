/* Implements clinic.h: the consumer of the outbox, and its connection. */
#include "daemon/clinic/clinic.h"

#include "base/log.h"
#include "daemon/clinic/intake.h"
#include "daemon/clinic/message.h"
#include "daemon/clinic/mqtt.h"
#include "proto/fields.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS   60000
#define LEDGER_RETRY_MS 10000
#define AGAIN_MS 300000
#define ROWS_A_TURN 64

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
        Intake *intake;
        Mqtt *mqtt;
        bool failed; /* the connection is over, the timer frees it */
        uint32_t failures;
        Timer *connect_timer;
        Timer *pump_timer;
        Timer *status_timer;
        Timer *again_timer; /* for rows passed over */
        int64_t last_sent; /* row id; in this connection */
        int64_t settled[MQTT_IN_FLIGHT_MAX]; /* confirmed, not yet written; with what is under way
                                                never more than there is room for */
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
                               .refused_inbound = clinic->intake ? intake_refused(clinic->intake) : 0};
}

static void complain(const Clinic *clinic, const char *what, int error)
{
        log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, NULL, "%s: %s (%s), trying again in %d s", what,
                  strerror(-error), ledger_error(clinic->ledger), LEDGER_RETRY_MS / 1000);
}

/* ---- outbox → broker ---- */

static void row_name(const OutboxRow *row, char *ret, size_t size)
{
        (void)snprintf(ret, size, "row %lld (%s%s%s%s%s)", (long long)row->id,
                       outbox_kind_name(row->kind), row->runner[0] ? " " : "", row->runner,
                       row->key[0] ? " " : "", row->key);
}

/* 1: under way; 0: will never be sent, out of the way; -errno. */
static int send_row(Clinic *clinic, const OutboxRow *row)
{
        MessageSource source = source_of(clinic);
        Message message;
        int r = message_build(&source, row, &message);

        if (r == 0)
                return outbox_cancel(clinic->ledger, row->id);
        if (r == -ENOBUFS) {
                log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, row->runner,
                          "row %lld (%s %s) makes too large a message, set aside",
                          (long long)row->id, outbox_kind_name(row->kind), row->key);
                return outbox_set_aside(clinic->ledger, row->id);
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

/* Something is wrong with this one row: those behind it must not wait for it. */
static void pass_over(Clinic *clinic, const OutboxRow *row, int why)
{
        ClinicState *state = &clinic->state;
        char name[192];

        row_name(row, name, sizeof(name));
        (void)snprintf(state->unbuildable_row, sizeof(state->unbuildable_row), "%s: %s", name,
                       strerror(-why));
        if (state->unbuildable++ == 0)
                log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, row->runner,
                          "no message can be made of %s, trying again in %d s; the others go on",
                          state->unbuildable_row, AGAIN_MS / 1000);
        if (!timer_is_armed(clinic->again_timer))
                timer_arm(clinic->again_timer, AGAIN_MS);
}

/* 1: go on; 0: nothing is left; -errno of the ledger or the connection: not now. */
static int send_next(Clinic *clinic)
{
        OutboxRow row;
        int r = outbox_next(clinic->ledger, clinic->last_sent, &row);

        if (r <= 0)
                return r;
        if (!mqtt_carries(clinic->mqtt, row.id)) {
                r = send_row(clinic, &row);
                if (ledger_is_unusable(r) || r == -ENOBUFS)
                        return r;
                if (r < 0)
                        pass_over(clinic, &row, r);
        }
        clinic->last_sent = row.id;
        return 1;
}

/* What is confirmed leaves the outbox. Until that is written nothing more is sent: sent again
 * after a newer one, an old row would be the last word. False: not yet. */
static bool settle(Clinic *clinic)
{
        int r;

        if (clinic->n_settled == 0)
                return true;
        r = outbox_settle(clinic->ledger, clinic->settled, clinic->n_settled);
        if (r < 0) {
                complain(clinic, "confirmed rows could not be settled", r);
                timer_arm(clinic->pump_timer, LEDGER_RETRY_MS);
                return false;
        }
        clinic->n_settled = 0;
        clinic->state.last_puback_utc_ms = clock_utc_ms(clinic->clock);
        return true;
}

static void on_pump(void *userdata)
{
        Clinic *clinic = userdata;
        int r = 1;

        if (!settle(clinic))
                return;
        /* Without a set clock nothing is published: its times would be wrong. */
        if (clock_quality(clinic->clock) == CLOCK_UNSET) {
                timer_arm(clinic->pump_timer, LEDGER_RETRY_MS);
                return;
        }
        for (int n = 0; r > 0 && clinic->state.connected; n++) {
                if (mqtt_in_flight(clinic->mqtt) == MQTT_IN_FLIGHT_MAX)
                        return; /* the next PUBACK wakes us */
                if (n == ROWS_A_TURN) {
                        timer_arm(clinic->pump_timer, 0);
                        return;
                }
                r = send_next(clinic);
        }
        if (r < 0) {
                complain(clinic, "the outbox stands still", r);
                timer_arm(clinic->pump_timer, LEDGER_RETRY_MS);
        }
}

void clinic_wake(Clinic *clinic)
{
        if (clinic->state.connected)
                timer_arm(clinic->pump_timer, 0);
}

/* From the oldest on: what was passed over is tried again, what is under way is not sent twice. */
static void start_over(Clinic *clinic)
{
        clinic->last_sent = 0;
        clinic->state.unbuildable = 0;
        clinic->state.unbuildable_row[0] = '\0';
        timer_disarm(clinic->again_timer);
        clinic_wake(clinic);
}

static void on_again(void *userdata)
{
        start_over(userdata);
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

        if (!clinic->state.connected)
                return;
        clinic->state.setbacks = 0; /* this connection holds */
        clinic->state.last_error[0] = '\0';
        queue_status(clinic);
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
        clinic->failures = was_connected ? 1 + (uint32_t)clinic->state.setbacks : clinic->failures + 1;
        clinic->state.connected = false;
        clinic->state.connected_since_utc_ms = NULL_INTEGER;
        (void)text_copy(clinic->state.last_error, sizeof(clinic->state.last_error), why);
        log_event(LOG_BROKER_STATE, (was_connected && clinic->state.setbacks < 2) || clinic->failures == 1
                                           ? LOG_LEVEL_WARNING
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

static void on_connect(void *userdata)
{
        Clinic *clinic = userdata;

        clinic->failed = false;
        clinic->mqtt = mqtt_free(clinic->mqtt);
        handoff_clear(clinic->handoff); /* late words would be taken for the next one's */
        connect_now(clinic);
        intake_wake(clinic->intake); /* the words cleared may have been about the spool */
}

static void on_connected(Clinic *clinic)
{
        clinic->failures = 0;
        clinic->state.connected = true;
        clinic->state.mqtt_version = clinic->version;
        clinic->state.connected_since_utc_ms = clock_utc_ms(clinic->clock);
        if (clinic->state.setbacks == 0)
                clinic->state.last_error[0] = '\0';
        log_event(LOG_BROKER_STATE, clinic->state.setbacks < 2 ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, NULL, NULL,
                  "connected to the clinic's broker %s:%u (MQTT %s)", clinic->config.host,
                  clinic->config.port, clinic->version == 5 ? "5" : "3.1.1");
        queue_status(clinic);
        start_over(clinic); /* what was under way is sent again, under the same ids */
        changed(clinic);
}

/* We end it ourselves: the next one comes later each time, until one holds for a while. */
static void set_back(Clinic *clinic, const char *why)
{
        clinic->state.setbacks++;
        on_failed(clinic, 0, why);
}

static void on_refused(Clinic *clinic, const News *news)
{
        char why[160];
        int r;

        if (!mqtt_refusal_is_final(news->reason)) {
                (void)snprintf(why, sizeof(why), "the broker refused row %lld (%.100s)",
                               (long long)news->row, news->text);
                set_back(clinic, why);
                return;
        }
        log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, NULL,
                  "the broker will never take row %lld (%s), set aside", (long long)news->row,
                  news->text);
        mqtt_landed(clinic->mqtt, news->row);
        r = outbox_set_aside(clinic->ledger, news->row);
        if (r < 0)
                /* it waits, and is refused once more in the next connection */
                complain(clinic, "a refused row could not be set aside", r);
        clinic_wake(clinic);
}

static void on_delivered(Clinic *clinic, int64_t row)
{
        mqtt_landed(clinic->mqtt, row);
        assert(clinic->n_settled < MQTT_IN_FLIGHT_MAX);
        clinic->settled[clinic->n_settled++] = row;
}

static void on_news(const News *news, void *userdata)
{
        Clinic *clinic = userdata;

        if (!clinic->mqtt || (clinic->failed && news->kind != NEWS_DELIVERED))
                return; /* late words of a connection that is over; a PUBACK is still true */
        switch (news->kind) {
        case NEWS_CONNECTED:
                on_connected(clinic);
                return;
        case NEWS_FAILED:
                on_failed(clinic, news->reason, news->text);
                return;
        case NEWS_REFUSED:
                on_refused(clinic, news);
                return;
        case NEWS_UNKEPT:
                set_back(clinic, news->text);
                return;
        case NEWS_DELIVERED:
                on_delivered(clinic, news->row);
                return;
        case NEWS_MESSAGE:
                intake_wake(clinic->intake);
                return;
        }
}

static void on_drained(void *userdata)
{
        Clinic *clinic = userdata;

        if (clinic->n_settled > 0 && settle(clinic))
                clinic_wake(clinic);
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
        if (r >= 0)
                r = timer_new(clinic->clock, "clinic-again", on_again, clinic, &clinic->again_timer);
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
        if (r >= 0 && clinic->state.configured)
                r = intake_new(ledger, clock, &clinic->prefix, clinic->spool, &clinic->intake);
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
        if (clinic->n_settled > 0 && outbox_settle(clinic->ledger, clinic->settled, clinic->n_settled) < 0)
                log_event(LOG_OUTBOX, LOG_LEVEL_WARNING, NULL, NULL,
                          "confirmed rows could not be settled (%s), they are sent once more",
                          ledger_error(clinic->ledger));
        intake_free(clinic->intake);
        spool_free(clinic->spool);
        handoff_free(clinic->handoff);
        timer_free(clinic->connect_timer);
        timer_free(clinic->pump_timer);
        timer_free(clinic->status_timer);
        timer_free(clinic->again_timer);
        free(clinic);
        return NULL;
}

void clinic_state(const Clinic *clinic, ClinicState *ret)
{
        *ret = clinic->state;
        ret->refused_inbound = clinic->intake ? intake_refused(clinic->intake) : 0;
        ret->in_flight = clinic->mqtt ? (int64_t)mqtt_in_flight(clinic->mqtt) : 0;
}
