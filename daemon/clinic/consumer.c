/* Implements clinic.h: the connection to the broker, and what is heard from it. sender.c sends. */
#include "daemon/clinic/state.h"

#include "base/log.h"
#include "daemon/clinic/message.h"
#include "proto/fields.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS   60000

static void changed(Clinic *clinic)
{
        if (clinic->observer && clinic->observer->changed)
                clinic->observer->changed(clinic->userdata);
}

/* ---- status ---- */

static void queue_status(Clinic *clinic)
{
        int r = outbox_add(clinic->ledger, OUTBOX_STATUS, "", "", 0);

        if (r >= 0)
                clinic_works(&clinic->complaints);
        else
                clinic_complain(&clinic->complaints, "no status can be queued", r, clinic->ledger);
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

static void tell_unmade(Clinic *clinic, int error)
{
        char text[128];

        (void)snprintf(text, sizeof(text), "password_file cannot be read: %s",
                       error == -E2BIG ? "its first line is too long" : strerror(-error));
        on_failed(clinic, 0, error == -EINVAL || error == -ENOMEM || error == -ENOBUFS ? strerror(-error) : text);
}

static void connect_now(Clinic *clinic)
{
        MessageSource source = clinic_source(clinic);
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
        if (r < 0)
                tell_unmade(clinic, r);
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

static void on_connected(Clinic *clinic, bool session_kept)
{
        clinic->failures = 0;
        clinic->state.connected = true;
        clinic->state.mqtt_version = clinic->version;
        clinic->state.connected_since_utc_ms = clock_utc_ms(clinic->clock);
        if (clinic->state.setbacks == 0)
                clinic->state.last_error[0] = '\0';
        log_event(LOG_BROKER_STATE, clinic->state.setbacks < 2 ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, NULL, NULL,
                  "connected to the clinic's broker %s:%u (MQTT %s%s)", clinic->config.host,
                  clinic->config.port, clinic->version == 5 ? "5" : "3.1.1",
                  session_kept ? "" : "; it knows no session of ours: what it should retain is sent again");
        queue_status(clinic);
        refused_connected(clinic);
        sender_connected(clinic, session_kept);
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

        if (mqtt_refusal_is_of_all(news->reason)) {
                (void)snprintf(why, sizeof(why), "the broker refused row %lld (%.100s)",
                               (long long)news->row, news->text);
                refused_for_later(clinic, news->row, why);
                set_back(clinic, why);
                return;
        }
        mqtt_landed(clinic->mqtt, news->row);
        refused_by_code(clinic, news->row, !mqtt_refusal_is_final(news->reason), news->text);
        clinic_wake(clinic);
}

static void on_news(const News *news, void *userdata)
{
        Clinic *clinic = userdata;

        if (!clinic->mqtt || (clinic->failed && news->kind != NEWS_DELIVERED))
                return; /* late words of a connection that is over; a PUBACK is still true */
        switch (news->kind) {
        case NEWS_CONNECTED:
                on_connected(clinic, news->session_kept);
                return;
        case NEWS_FAILED:
                if (clinic->state.connected)
                        refused_cut(clinic, news->text);
                on_failed(clinic, news->reason, news->text);
                return;
        case NEWS_REFUSED:
                on_refused(clinic, news);
                return;
        case NEWS_UNKEPT:
                set_back(clinic, news->text);
                return;
        case NEWS_DELIVERED:
                sender_delivered(clinic, news->row);
                return;
        case NEWS_MESSAGE:
                intake_wake(clinic->intake);
                return;
        }
}

static void on_drained(void *userdata)
{
        sender_settle(userdata);
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
                r = timer_new(clinic->clock, "clinic-status", on_status, clinic,
                              &clinic->status_timer);
        if (r >= 0)
                r = sender_init(clinic);
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
                                      .confirm = (ClinicProof)config->confirm,
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
        source = clinic_source(clinic);
        if (clinic->state.connected && message_build_offline(&source, &offline) >= 0)
                mqtt_say_goodbye(clinic->mqtt, offline.topic, offline.payload);
        mqtt_free(clinic->mqtt);
        sender_clear(clinic);
        intake_free(clinic->intake);
        spool_free(clinic->spool);
        handoff_free(clinic->handoff);
        timer_free(clinic->connect_timer);
        timer_free(clinic->status_timer);
        free(clinic);
        return NULL;
}

void clinic_state(const Clinic *clinic, ClinicState *ret)
{
        *ret = clinic->state;
        if (clinic->intake)
                ret->unknown_receipts = intake_receipts(clinic->intake).unknown;
        ret->refused_inbound = clinic->intake ? intake_refused(clinic->intake) : 0;
        ret->in_flight = clinic->mqtt ? (int64_t)mqtt_in_flight(clinic->mqtt) : 0;
}
