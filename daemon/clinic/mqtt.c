#include "daemon/clinic/mqtt.h"

#include "daemon/clinic/broker-cut.h"

#include <MQTTAsync.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define SESSION_EXPIRY_S (30 * 24 * 3600) /* so long the broker keeps what is sent to us */
#define CONNECT_S        20
#define GOODBYE_MS       1000
#define FIELD_SIZE       512
#define PASSWORD_SIZE    4096 /* tokens of brokers in a cloud are long */

typedef struct Flight {
        Mqtt *mqtt;
        int64_t row; /* 0: free */
} Flight;

struct Mqtt {
        MQTTAsync client;
        Handoff *handoff;
        Spool *spool;
        int version;
        uint16_t port;
        bool session_kept; /* as CONNACK says; written before the news of it */
        char filter[TOPIC_MAX];
        char password[PASSWORD_SIZE];
        Flight flights[MQTT_IN_FLIGHT_MAX];
};

bool mqtt_wants_older(int reason)
{
        /* 1: MQTT 3.1.1's "unacceptable protocol version" */
        return reason == MQTTREASONCODE_UNSUPPORTED_PROTOCOL_VERSION || reason == 1;
}

static bool is_among(int reason, const int *reasons, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                if (reasons[i] == reason)
                        return true;
        }
        return false;
}

bool mqtt_refusal_is_final(int reason)
{
        static const int final[] = {
                MQTTREASONCODE_TOPIC_NAME_INVALID,
                MQTTREASONCODE_PACKET_TOO_LARGE,
                MQTTREASONCODE_PAYLOAD_FORMAT_INVALID,
        };

        return is_among(reason, final, ARRAY_SIZE(final));
}

bool mqtt_refusal_is_of_all(int reason)
{
        static const int of_all[] = {
                MQTTREASONCODE_SERVER_BUSY,
                MQTTREASONCODE_RECEIVE_MAXIMUM_EXCEEDED,
                MQTTREASONCODE_MESSAGE_RATE_TOO_HIGH,
                MQTTREASONCODE_QUOTA_EXCEEDED,
        };

        return is_among(reason, of_all, ARRAY_SIZE(of_all));
}

/* ---- on the library's threads ---- */

static void tell(Mqtt *mqtt, NewsKind kind, int64_t row, int reason, const char *text)
{
        News news = {.kind = kind, .row = row, .reason = reason};

        (void)text_copy(news.text, sizeof(news.text), text ? text : "");
        handoff_tell(mqtt->handoff, &news);
}

static void tell_failure(Mqtt *mqtt, NewsKind kind, int64_t row, int reason, const char *message)
{
        char text[160];
        const char *name = reason > 0 ? MQTTReasonCode_toString((enum MQTTReasonCodes)reason) : NULL;

        (void)snprintf(text, sizeof(text), "%s%s%s", name ? name : "", name && message ? ": " : "",
                       message ? message : name ? "" : "no connection");
        text_make_printable(text); /* the broker's words: they are shown on terminals */
        tell(mqtt, kind, row, reason, text);
}

/* What comes at most once is lost with the connection: better none, said aloud. */
static void on_subscribed(Mqtt *mqtt, int granted_qos)
{
        News news = {.kind = NEWS_CONNECTED, .reason = mqtt->version, .session_kept = mqtt->session_kept};

        if (granted_qos < 1)
                tell(mqtt, NEWS_FAILED, 0, 0, "the broker grants QoS 0 only for what the clinic sends: let it grant QoS 1");
        else
                handoff_tell(mqtt->handoff, &news);
}

static void on_subscribed_3(void *context, MQTTAsync_successData *response)
{
        on_subscribed(context, response ? response->alt.qos : 1);
}

static void on_subscribed_5(void *context, MQTTAsync_successData5 *response)
{
        on_subscribed(context, response ? (int)response->reasonCode : 1);
}

/* An old broker's return codes (MQTT 3.1.1, table 3.1); as reason codes of version 5 they mean
 * something else. */
static const char *return_code_text(int code)
{
        static const char *const texts[] = {
                [1] = "the broker does not speak this version of MQTT",
                [2] = "the broker refuses our client id",
                [3] = "the broker is not available",
                [4] = "bad user name or password",
                [5] = "not authorised",
        };

        return code > 0 && (size_t)code < ARRAY_SIZE(texts) ? texts[code] : NULL;
}

static void tell_failed(Mqtt *mqtt, int reason, const char *message)
{
        if (return_code_text(reason))
                tell(mqtt, NEWS_FAILED, 0, reason, return_code_text(reason));
        else
                tell_failure(mqtt, NEWS_FAILED, 0, reason, message);
}

static void on_failed_3(void *context, MQTTAsync_failureData *response)
{
        tell_failed(context, response ? response->code : 0, response ? response->message : NULL);
}

static void on_failed_5(void *context, MQTTAsync_failureData5 *response)
{
        int reason = response ? (response->reasonCode ? (int)response->reasonCode : response->code) : 0;

        tell_failed(context, reason, response ? response->message : NULL);
}

static void subscribe(Mqtt *mqtt)
{
        MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
        int code;

        options.context = mqtt;
        if (mqtt->version == 5) {
                options.onSuccess5 = on_subscribed_5;
                options.onFailure5 = on_failed_5;
        } else {
                options.onSuccess = on_subscribed_3;
                options.onFailure = on_failed_3;
        }
        code = MQTTAsync_subscribe(mqtt->client, mqtt->filter, 1, &options);
        if (code != MQTTASYNC_SUCCESS)
                tell_failure(mqtt, NEWS_FAILED, 0, code, "cannot subscribe");
}

static void on_connected_3(void *context, MQTTAsync_successData *response)
{
        Mqtt *mqtt = context;

        mqtt->session_kept = response && response->alt.connect.sessionPresent;
        subscribe(mqtt);
}

static void on_connected_5(void *context, MQTTAsync_successData5 *response)
{
        Mqtt *mqtt = context;

        mqtt->session_kept = response && response->alt.connect.sessionPresent;
        subscribe(mqtt);
}

static void on_lost(void *context, char *cause)
{
        tell(context, NEWS_FAILED, 0, 0, cause ? cause : "the broker's connection was lost");
}

static void on_disconnected(void *context, MQTTProperties *properties,
                            enum MQTTReasonCodes reason)
{
        (void)properties;
        tell_failure(context, NEWS_FAILED, 0, (int)reason, "the broker sent us away");
}

/* After the callback the library sends PUBACK, whatever it returned (0 means that it keeps the
 * message in memory and calls again). A message that is not on disk must stay the broker's. */
static int on_message(void *context, char *topic, int topic_length, MQTTAsync_message *message)
{
        Mqtt *mqtt = context;

        (void)topic_length; /* 0 for a terminated topic; ours have no NUL inside */
        if (spool_put(mqtt->spool, topic, message->payload,
                      message->payloadlen > 0 ? (size_t)message->payloadlen : 0)) {
                tell(mqtt, NEWS_MESSAGE, 0, 0, NULL);
        } else {
                char text[160];

                (void)snprintf(text, sizeof(text), "a message of the clinic cannot be kept here (%s); it "
                                                   "stays at the broker", strerror(errno));
                tell(mqtt, NEWS_UNKEPT, 0, 0, text);
                broker_cut(mqtt->port);
        }
        MQTTAsync_freeMessage(&message);
        MQTTAsync_free(topic);
        return 1;
}

static void on_delivered_3(void *context, MQTTAsync_successData *response)
{
        const Flight *flight = context;

        (void)response;
        tell(flight->mqtt, NEWS_DELIVERED, flight->row, 0, NULL);
}

static void on_delivered_5(void *context, MQTTAsync_successData5 *response)
{
        const Flight *flight = context;

        (void)response;
        tell(flight->mqtt, NEWS_DELIVERED, flight->row, 0, NULL);
}

static void on_undelivered_3(void *context, MQTTAsync_failureData *response)
{
        const Flight *flight = context;

        tell_failure(flight->mqtt, NEWS_FAILED, flight->row, response ? response->code : 0,
                     "a message was not taken");
}

/* A reason code of the broker is about this message; anything else about the connection. */
static void on_undelivered_5(void *context, MQTTAsync_failureData5 *response)
{
        const Flight *flight = context;
        int reason = response ? (int)response->reasonCode : 0;

        tell_failure(flight->mqtt, reason > 0 ? NEWS_REFUSED : NEWS_FAILED, flight->row, reason,
                     response ? response->message : NULL);
}

/* ---- on the loop ---- */

/* The first line of the file. One that is too long for `ret` is never cut: the broker would call it wrong. */
static int read_password(const char *path, char *ret, size_t size)
{
        CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
        size_t n;
        ssize_t r = 1;

        if (fd < 0)
                return -errno;
        for (n = 0; r > 0 && n < size; n += (size_t)r) {
                r = read(fd, ret + n, size - n);
                if (r < 0)
                        return -errno;
        }
        n = n < size ? n : size - 1;
        ret[n] = '\0';
        if (strcspn(ret, "\r\n") == size - 1)
                return -E2BIG;
        ret[strcspn(ret, "\r\n")] = '\0';
        return 0;
}

static int create(const ClinicConfig *config, Mqtt *mqtt)
{
        MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer5;
        char uri[320], id[32 + 2 * ID_SIZE];

        if (mqtt->version != 5)
                options.MQTTVersion = MQTTVERSION_3_1_1;
        (void)snprintf(uri, sizeof(uri), "%s://%s:%u", config->tls ? "ssl" : "tcp", config->host,
                       config->port);
        (void)snprintf(id, sizeof(id), "strided-%s-%s", config->clinic, config->gateway);
        if (MQTTAsync_createWithOptions(&mqtt->client, uri, id, MQTTCLIENT_PERSISTENCE_NONE, NULL,
                                        &options) != MQTTASYNC_SUCCESS)
                return -EINVAL;
        if (MQTTAsync_setCallbacks(mqtt->client, mqtt, on_lost, on_message, NULL) !=
                    MQTTASYNC_SUCCESS ||
            (mqtt->version == 5 && MQTTAsync_setDisconnected(mqtt->client, mqtt, on_disconnected) !=
                                           MQTTASYNC_SUCCESS))
                return -EINVAL;
        return 0;
}

static int start(const ClinicConfig *config, const MqttWill *will, Mqtt *mqtt)
{
        MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
        MQTTAsync_connectOptions options5 = MQTTAsync_connectOptions_initializer5;
        MQTTAsync_willOptions will_options = MQTTAsync_willOptions_initializer;
        MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
        MQTTProperties properties = MQTTProperties_initializer;
        MQTTProperty expiry = {.identifier = MQTTPROPERTY_CODE_SESSION_EXPIRY_INTERVAL,
                               .value.integer4 = SESSION_EXPIRY_S};
        int code;

        if (mqtt->version == 5) {
                options = options5;
                options.cleanstart = 0; /* the session of before: what waits in it is ours */
                (void)MQTTProperties_add(&properties, &expiry); /* without it: no session kept */
                options.connectProperties = &properties;
                options.onSuccess5 = on_connected_5;
                options.onFailure5 = on_failed_5;
        } else {
                options.cleansession = 0;
                options.MQTTVersion = MQTTVERSION_3_1_1;
                options.onSuccess = on_connected_3;
                options.onFailure = on_failed_3;
        }
        options.context = mqtt;
        options.keepAliveInterval = (int)config->keep_alive_s;
        options.connectTimeout = CONNECT_S;
        options.maxInflight = MQTT_IN_FLIGHT_MAX;
        if (config->user[0])
                options.username = config->user;
        if (mqtt->password[0])
                options.password = mqtt->password;
        will_options.topicName = will->topic;
        will_options.message = will->payload;
        will_options.retained = 1;
        will_options.qos = 1;
        options.will = &will_options;
        if (config->tls) {
                tls.enableServerCertAuth = 1;
                tls.verify = 1; /* the name, too */
                tls.sslVersion = MQTT_SSL_VERSION_TLS_1_2;
                if (config->ca_file[0])
                        tls.trustStore = config->ca_file;
                options.ssl = &tls;
        }
        code = MQTTAsync_connect(mqtt->client, &options);
        MQTTProperties_free(&properties);
        return code == MQTTASYNC_SUCCESS ? 0 : -EINVAL;
}

int mqtt_new(const ClinicConfig *config, int version, const MqttWill *will, const char *filter,
             Handoff *handoff, Spool *spool, Mqtt **ret)
{
        CLEANUP(mqtt_freep) Mqtt *mqtt = calloc(1, sizeof(*mqtt));
        int r = 0;

        if (!mqtt)
                return -ENOMEM;
        mqtt->handoff = handoff;
        mqtt->spool = spool;
        mqtt->version = version;
        mqtt->port = config->port;
        (void)text_copy(mqtt->filter, sizeof(mqtt->filter), filter);
        for (size_t i = 0; i < MQTT_IN_FLIGHT_MAX; i++)
                mqtt->flights[i].mqtt = mqtt;
        if (config->password_file[0])
                r = read_password(config->password_file, mqtt->password, sizeof(mqtt->password));
        if (r >= 0)
                r = create(config, mqtt);
        if (r >= 0)
                r = start(config, will, mqtt);
        if (r < 0)
                return r;
        *ret = TAKE(mqtt);
        return 0;
}

Mqtt *mqtt_free(Mqtt *mqtt)
{
        if (!mqtt)
                return NULL;
        if (mqtt->client)
                MQTTAsync_destroy(&mqtt->client);
        explicit_bzero(mqtt->password, sizeof(mqtt->password));
        free(mqtt);
        return NULL;
}

static Flight *find_flight(Mqtt *mqtt, int64_t row)
{
        for (size_t i = 0; i < MQTT_IN_FLIGHT_MAX; i++) {
                if (mqtt->flights[i].row == row)
                        return &mqtt->flights[i];
        }
        return NULL;
}

int mqtt_publish(Mqtt *mqtt, const char *topic, const void *payload, size_t size, bool retained,
                 int64_t row)
{
        MQTTAsync_message message = MQTTAsync_message_initializer;
        MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
        Flight *flight = find_flight(mqtt, 0);
        int code;

        if (!flight)
                return -ENOBUFS;
        message.payload = (void *)(uintptr_t)payload; /* the library copies, and does not write */
        message.payloadlen = (int)size;
        message.qos = 1;
        message.retained = retained;
        options.context = flight;
        if (mqtt->version == 5) {
                options.onSuccess5 = on_delivered_5;
                options.onFailure5 = on_undelivered_5;
        } else {
                options.onSuccess = on_delivered_3;
                options.onFailure = on_undelivered_3;
        }
        flight->row = row;
        code = MQTTAsync_sendMessage(mqtt->client, topic, &message, &options);
        if (code != MQTTASYNC_SUCCESS) {
                flight->row = 0;
                return code == MQTTASYNC_BAD_UTF8_STRING || code == MQTTASYNC_BAD_STRUCTURE ? -EINVAL
                                                                                            : -ENOTCONN;
        }
        return 0;
}

void mqtt_landed(Mqtt *mqtt, int64_t row)
{
        Flight *flight = row != 0 ? find_flight(mqtt, row) : NULL;

        if (flight)
                flight->row = 0;
}

bool mqtt_carries(const Mqtt *mqtt, int64_t row)
{
        for (size_t i = 0; i < MQTT_IN_FLIGHT_MAX; i++) {
                if (mqtt->flights[i].row == row)
                        return true;
        }
        return false;
}

size_t mqtt_carried(const Mqtt *mqtt, int64_t ret[static MQTT_IN_FLIGHT_MAX])
{
        size_t n = 0;

        for (size_t i = 0; i < MQTT_IN_FLIGHT_MAX; i++) {
                if (mqtt->flights[i].row != 0)
                        ret[n++] = mqtt->flights[i].row;
        }
        return n;
}

size_t mqtt_in_flight(const Mqtt *mqtt)
{
        size_t n = 0;

        for (size_t i = 0; i < MQTT_IN_FLIGHT_MAX; i++)
                n += mqtt->flights[i].row != 0;
        return n;
}

void mqtt_say_goodbye(Mqtt *mqtt, const char *topic, const char *payload)
{
        MQTTAsync_message message = MQTTAsync_message_initializer;
        MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
        MQTTAsync_disconnectOptions goodbye = MQTTAsync_disconnectOptions_initializer;

        message.payload = (void *)(uintptr_t)payload; /* as above */
        message.payloadlen = (int)strlen(payload);
        message.qos = 1;
        message.retained = 1;
        if (MQTTAsync_sendMessage(mqtt->client, topic, &message, &options) == MQTTASYNC_SUCCESS)
                /* what does not arrive in time is said by the will */
                (void)MQTTAsync_waitForCompletion(mqtt->client, options.token, GOODBYE_MS);
        goodbye.timeout = 0;
        (void)MQTTAsync_disconnect(mqtt->client, &goodbye); /* it is freed next in any case */
}
