/* paho: the least a program can do with the Paho library, to measure strided against.
 *
 *   paho idle PORT           connected and subscribed, with strided's keep alive; until it is killed
 *   paho drain PORT FILE     publishes FILE's lines "retained topic payload" (MQTT 5, QoS 1) with as many
 *                            in flight as strided has, stores nothing, ends when all are confirmed */
#include "daemon/clinic/mqtt.h"

#include <MQTTAsync.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP_ALIVE_S 60 /* strided's default */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int connected, in_flight;

static void note(int *what, int by)
{
        (void)pthread_mutex_lock(&lock);
        *what += by;
        (void)pthread_cond_signal(&changed);
        (void)pthread_mutex_unlock(&lock);
}

static void on_connected(void *context, MQTTAsync_successData5 *data)
{
        (void)context, (void)data;
        note(&connected, 1);
}

static void on_delivered(void *context, MQTTAsync_successData5 *data)
{
        (void)context, (void)data;
        note(&in_flight, -1);
}

static void on_failed(void *context, MQTTAsync_failureData5 *data)
{
        (void)context;
        (void)fprintf(stderr, "paho: failed: %d\n", data->code);
        exit(EXIT_FAILURE);
}

static int on_message(void *context, char *topic, int length, MQTTAsync_message *message)
{
        (void)context, (void)length;
        MQTTAsync_freeMessage(&message);
        MQTTAsync_free(topic);
        return 1;
}

static void must(int code, const char *what)
{
        if (code == MQTTASYNC_SUCCESS)
                return;
        (void)fprintf(stderr, "paho: %s: %d\n", what, code);
        exit(EXIT_FAILURE);
}

static MQTTAsync connect_to(const char *port)
{
        MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer5;
        MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer5;
        MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
        MQTTAsync client;
        char uri[64];

        (void)snprintf(uri, sizeof(uri), "tcp://127.0.0.1:%s", port);
        must(MQTTAsync_createWithOptions(&client, uri, "bench-paho", MQTTCLIENT_PERSISTENCE_NONE, NULL, &create),
             "create");
        must(MQTTAsync_setCallbacks(client, NULL, NULL, on_message, NULL), "callbacks");
        options.cleanstart = 1;
        options.keepAliveInterval = KEEP_ALIVE_S;
        options.maxInflight = MQTT_IN_FLIGHT_MAX;
        options.onSuccess5 = on_connected;
        options.onFailure5 = on_failed;
        must(MQTTAsync_connect(client, &options), "connect");
        (void)pthread_mutex_lock(&lock);
        while (!connected)
                (void)pthread_cond_wait(&changed, &lock);
        (void)pthread_mutex_unlock(&lock);
        must(MQTTAsync_subscribe(client, "strided/v1/bench/paho/+/in/#", 1, &response), "subscribe");
        return client;
}

static void publish(MQTTAsync client, char *line)
{
        MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
        char *topic = strchr(line, ' ') + 1, *payload = strchr(topic, ' ');

        *payload++ = '\0';
        options.onSuccess5 = on_delivered;
        options.onFailure5 = on_failed;
        must(MQTTAsync_send(client, topic, (int)strcspn(payload, "\n"), payload, 1, line[0] == '1', &options),
             "send");
}

static void drain(MQTTAsync client, const char *path)
{
        FILE *file = fopen(path, "r");
        char *line = NULL;
        size_t size = 0;

        if (!file)
                must(-1, path);
        while (getline(&line, &size, file) > 0) {
                (void)pthread_mutex_lock(&lock);
                while (in_flight == MQTT_IN_FLIGHT_MAX)
                        (void)pthread_cond_wait(&changed, &lock);
                in_flight++;
                (void)pthread_mutex_unlock(&lock);
                publish(client, line);
        }
        (void)pthread_mutex_lock(&lock);
        while (in_flight > 0)
                (void)pthread_cond_wait(&changed, &lock);
        (void)pthread_mutex_unlock(&lock);
        free(line);
        (void)fclose(file);
}

int main(int argc, char **argv)
{
        if (argc == 3 && strcmp(argv[1], "idle") == 0) {
                (void)connect_to(argv[2]);
                for (;;)
                        (void)pause();
        }
        if (argc != 4 || strcmp(argv[1], "drain") != 0)
                return 2;
        drain(connect_to(argv[2]), argv[3]);
        return EXIT_SUCCESS;
}
