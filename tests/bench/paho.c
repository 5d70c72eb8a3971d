/* paho: the least a program can do with the Paho library, to measure strided against.
 *
 *   paho idle PORT           connected and subscribed, with strided's keep alive; until it is killed
 *   paho drain PORT FILE [DATABASE]
 *                            publishes FILE's lines "retained topic payload" (MQTT 5, QoS 1) with as many
 *                            in flight as strided has, ends when all are confirmed. With DATABASE, what
 *                            is confirmed is written there (WAL, synchronous FULL) before more is sent:
 *                            strided's rule; without it nothing is stored */
#include "daemon/clinic/mqtt.h"

#include <MQTTAsync.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP_ALIVE_S 60 /* strided's default */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int connected, in_flight, confirmed;
static sqlite3 *db;
static sqlite3_stmt *insert;

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
        (void)pthread_mutex_lock(&lock);
        in_flight--;
        confirmed++;
        (void)pthread_cond_signal(&changed);
        (void)pthread_mutex_unlock(&lock);
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

static void must_sql(int code, const char *what)
{
        if (code == SQLITE_OK || code == SQLITE_DONE)
                return;
        (void)fprintf(stderr, "paho: %s: %s\n", what, sqlite3_errmsg(db));
        exit(EXIT_FAILURE);
}

static void open_database(const char *path)
{
        must_sql(sqlite3_open(path, &db), path);
        must_sql(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                  "CREATE TABLE settled (id INTEGER PRIMARY KEY)", NULL, NULL, NULL),
                 path);
        must_sql(sqlite3_prepare_v2(db, "INSERT INTO settled DEFAULT VALUES", -1, &insert, NULL), path);
}

/* Waits until there is room, then writes down what was confirmed meanwhile. */
static void settle(int room)
{
        int n;

        (void)pthread_mutex_lock(&lock);
        while (in_flight > MQTT_IN_FLIGHT_MAX - room)
                (void)pthread_cond_wait(&changed, &lock);
        n = confirmed;
        confirmed = 0;
        (void)pthread_mutex_unlock(&lock);
        if (!db || n == 0)
                return;
        must_sql(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), "begin");
        while (n-- > 0) {
                must_sql(sqlite3_step(insert), "insert");
                must_sql(sqlite3_reset(insert), "insert");
        }
        must_sql(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), "commit");
}

static void drain(MQTTAsync client, const char *path)
{
        FILE *file = fopen(path, "r");
        char *line = NULL;
        size_t size = 0;

        if (!file)
                must(-1, path);
        while (getline(&line, &size, file) > 0) {
                settle(1);
                note(&in_flight, 1);
                publish(client, line);
        }
        settle(MQTT_IN_FLIGHT_MAX);
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
        if (argc < 4 || strcmp(argv[1], "drain") != 0)
                return 2;
        if (argc > 4)
                open_database(argv[4]);
        drain(connect_to(argv[2]), argv[3]);
        return EXIT_SUCCESS;
}
