#include "daemon/ble/session.h"

#include "daemon/ble/raw-keeper.h"
#include "daemon/ledger/roster.h"
#include "proto/stride-service.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PIPES_MAX       12
#define READS_MAX       12
#define CALL_TIMEOUT_US (30 * 1000000ULL)

typedef struct Pipe {
        const PodCharacteristic *characteristic;
        Notify *notify;
        bool optional; /* the pod is heard without it */
} Pipe;

typedef struct Read {
        const PodCharacteristic *characteristic;
        Session *session;
        sd_bus_slot *call;
} Read;

struct Session {
        SessionHost host;
        const PodDriver *driver;
        char address[ADDRESS_SIZE];
        char device_path[BLUEZ_PATH_MAX];
        const SessionObserver *observer;
        void *userdata;
        const SessionProtocol *protocol;
        void *state; /* the protocol's */
        bool started;
        Pipe pipes[PIPES_MAX];
        size_t n_pipes;
        Read reads[READS_MAX];
        size_t n_reads;
        sd_bus_slot *write;
        RawKeeper *raw;
        char failure[160];
        char manufacturer[40], model[40], firmware[40];
};

/* ---- failing ---- */

void session_fail(Session *session, const char *format, ...)
{
        va_list arguments;

        if (session->failure[0])
                return; /* the first reason counts */
        va_start(arguments, format);
        (void)vsnprintf(session->failure, sizeof(session->failure), format, arguments);
        va_end(arguments);
        session->observer->failed(session->failure, session->userdata);
}

void session_synced(Session *session)
{
        session->observer->synced(session->userdata);
}

void session_useful(Session *session, uint32_t n_stored)
{
        session->observer->useful(n_stored, session->userdata);
}

void session_read(Session *session, const char *stays)
{
        session->observer->read(stays, session->userdata);
}

void session_read_all(Session *session)
{
        if (session->protocol->read_all)
                session->protocol->read_all(session->state);
        else
                session_read(session, NULL);
}

void session_keep_raw(Session *session, const char *uuid, const void *data, size_t size,
                      const char *why)
{
        raw_keeper_take(session->raw, uuid, data, size, why);
}

/* ---- writing ---- */

static int on_written(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Session *session = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);

        (void)error;
        session->write = sd_bus_slot_unref(session->write);
        if (failure)
                session_fail(session, "a request was not taken: %s",
                             failure->message && failure->message[0] ? failure->message
                                                                     : failure->name);
        return 0;
}

int session_write(Session *session, const char *uuid, const void *data, size_t size)
{
        const BluezDevice *device = bluez_device_by_path(session->host.bluez, session->device_path);
        const char *path = device ? bluez_characteristic(session->host.bluez, device, uuid) : NULL;

        if (!path)
                return -ENODEV;
        session->write = sd_bus_slot_unref(session->write);
        return bluez_write(session->host.bluez, &session->write, path, data, size, CALL_TIMEOUT_US,
                           on_written, session);
}

/* ---- what can be read: battery, who made it ---- */

static const struct {
        const char *uuid; /* its beginning */
        size_t offset;    /* in Session; of a text */
} texts[] = {
        {"00002a29", offsetof(Session, manufacturer)},
        {"00002a24", offsetof(Session, model)},
        {"00002a26", offsetof(Session, firmware)},
};

static bool is_about(const PodCharacteristic *characteristic, const char *uuid)
{
        return strncmp(characteristic->uuid, uuid, strlen(uuid)) == 0;
}

static void note_text(Session *session, const PodCharacteristic *characteristic, const char *text)
{
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                if (!is_about(characteristic, texts[i].uuid))
                        continue;
                (void)text_copy((char *)session + texts[i].offset, sizeof(session->model), text);
                /* for people only: the next link reads it again */
                int r = pod_set_information(session->host.ledger, session->address,
                                            session->manufacturer, session->model,
                                            session->firmware);
                (void)r;
        }
}

/* Battery level and device information mean the same for every pod. */
static void note_values(Session *session, const PodCharacteristic *characteristic,
                        const PodValues *values)
{
        for (size_t i = 0; i < values->n; i++) {
                const PodValue *value = &values->list[i];

                if (value->type == POD_TEXT)
                        note_text(session, characteristic, value->text);
                else if (is_about(characteristic, "00002a19") && value->type == POD_INTEGER &&
                         pod_set_battery(session->host.ledger, session->address, value->integer) >= 0)
                        session->observer->changed(session->userdata);
        }
}

static void describe(Session *session, const PodCharacteristic *characteristic, const void *data,
                     size_t size)
{
        PodValues values = {0};
        int r = characteristic->describe(data, size, &values);

        if (r < 0)
                session_keep_raw(session, characteristic->uuid, data, size, values.error);
        else
                note_values(session, characteristic, &values);
}

static int on_read(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Read *read = userdata;
        const void *data;
        size_t size;
        int r;

        (void)error;
        read->call = sd_bus_slot_unref(read->call);
        if (sd_bus_message_is_method_error(reply, NULL))
                return 0; /* a pod that does not tell is heard all the same */
        r = sd_bus_message_read_array(reply, 'y', &data, &size);
        if (r >= 0)
                describe(read->session, read->characteristic, data, size);
        return 0;
}

static int start_read(Session *session, const PodCharacteristic *characteristic, const char *path)
{
        Read *read = &session->reads[session->n_reads];

        if (session->n_reads == READS_MAX)
                return 0;
        *read = (Read){.characteristic = characteristic, .session = session};
        session->n_reads++;
        return bluez_call(session->host.bluez, &read->call, path, BLUEZ_CHARACTERISTIC, "ReadValue",
                          CALL_TIMEOUT_US, on_read, read, "a{sv}", 0);
}

/* ---- notifications ---- */

static void start_when_ready(Session *session)
{
        int r;

        if (session->started)
                return;
        for (size_t i = 0; i < session->n_pipes; i++) {
                if (!session->pipes[i].optional && !notify_is_ready(session->pipes[i].notify))
                        return;
        }
        session->started = true;
        r = session->protocol->start(session->state);
        if (r < 0)
                session_fail(session, "cannot begin: %s", strerror(-r));
}

static Pipe *pipe_of(Session *session, const Notify *notify)
{
        for (size_t i = 0; i < session->n_pipes; i++) {
                if (session->pipes[i].notify == notify)
                        return &session->pipes[i];
        }
        return NULL;
}

static void on_ready(Notify *notify, void *userdata)
{
        (void)notify;
        start_when_ready(userdata);
}

static void on_packet(Notify *notify, const void *data, size_t size, void *userdata)
{
        Session *session = userdata;
        const Pipe *pipe = pipe_of(session, notify);

        if (!pipe)
                return;
        for (size_t i = 0; i < session->n_pipes; i++) {
                if (session->pipes[i].notify != notify) /* an answer comes behind the records it ends */
                        notify_catch_up(session->pipes[i].notify);
        }
        pod_heard(session->host.ledger, session->address, clock_utc_ms(session->host.clock));
        if (pipe->optional)
                describe(session, pipe->characteristic, data, size);
        else
                session->protocol->packet(session->state, pipe->characteristic, data, size);
}

static void on_ended(Notify *notify, const char *why, void *userdata)
{
        Session *session = userdata;
        const Pipe *pipe = pipe_of(session, notify);

        if (pipe && pipe->optional)
                return;
        session_fail(session, "no notifications: %s", why);
}

static const NotifyObserver notify_observer = {
        .ready = on_ready, .packet = on_packet, .ended = on_ended};

static int start_pipe(Session *session, const PodCharacteristic *characteristic, const char *path,
                      bool optional)
{
        Pipe *pipe = &session->pipes[session->n_pipes];
        bool hold;
        int r;

        if (session->n_pipes == PIPES_MAX)
                return 0;
        *pipe = (Pipe){.characteristic = characteristic, .optional = optional};
        hold = strcmp(characteristic->uuid, STRIDE_RECORDS_UUID) == 0; /* the pod keeps what is not read */
        r = notify_new(session->host.bluez, session->host.event, hold ? session->host.clock : NULL, path,
                       &notify_observer, session,
                       &pipe->notify);
        if (r >= 0)
                session->n_pipes++;
        return r;
}

/* Everything of every driver's table that this device has. Those that feed the ledger are
 * needed: a pod with several such services gives them all. */
static int start_characteristics(Session *session, const BluezDevice *device)
{
        size_t n_needed = 0;

        for (size_t d = 0; d < n_pod_drivers; d++) {
                const PodDriver *driver = pod_drivers[d];

                for (size_t c = 0; c < driver->n_characteristics; c++) {
                        const PodCharacteristic *characteristic = &driver->characteristics[c];
                        const char *path = bluez_characteristic(session->host.bluez, device,
                                                                characteristic->uuid);
                        bool needed = driver == session->driver || characteristic->sample;
                        int r;

                        if (!path)
                                continue;
                        if (characteristic->access == POD_READ) {
                                r = start_read(session, characteristic, path);
                        } else {
                                /* samples do not mix with a pod's own numbers */
                                if (needed && session->driver->has_memory &&
                                    driver != session->driver)
                                        continue;
                                r = start_pipe(session, characteristic, path, !needed);
                                n_needed += needed;
                                if (r >= 0 && !needed) /* its value now, too */
                                        r = start_read(session, characteristic, path);
                        }
                        if (r < 0)
                                return r;
                }
        }
        return n_needed > 0 ? 0 : -ENODEV;
}

bool session_is_possible(const Bluez *bluez, const BluezDevice *device, const PodDriver *driver)
{
        bool any = false;

        for (size_t i = 0; i < driver->n_characteristics; i++) {
                const PodCharacteristic *it = &driver->characteristics[i];

                if (it->access == POD_READ)
                        continue;
                any = bluez_characteristic(bluez, device, it->uuid) != NULL;
                if (!any)
                        return false;
        }
        return any;
}

void session_value(Session *session, const char *path, const void *data, size_t size)
{
        for (size_t i = 0; i < session->n_pipes; i++) {
                if (notify_value(session->pipes[i].notify, path, data, size))
                        return;
        }
}

uint32_t session_pipes(const Session *session)
{
        return (uint32_t)session->n_pipes;
}

int session_new(const SessionHost *host, const BluezDevice *device, const PodDriver *driver,
                const SessionObserver *observer, void *userdata, Session **ret)
{
        CLEANUP(session_freep) Session *session = calloc(1, sizeof(*session));
        int r;

        if (!session)
                return -ENOMEM;
        session->host = *host;
        session->driver = driver;
        session->observer = observer;
        session->userdata = userdata;
        session->protocol = driver->has_memory ? &stride_protocol : &sample_protocol;
        (void)text_copy(session->address, sizeof(session->address), device->address);
        (void)text_copy(session->device_path, sizeof(session->device_path), device->path);
        r = raw_keeper_new(host->ledger, host->clock, device->address, &session->raw);
        if (r < 0)
                return r;
        session->state = session->protocol->new(session, host, device->address);
        if (!session->state)
                return -ENOMEM;
        r = start_characteristics(session, device);
        if (r < 0)
                return r;
        *ret = TAKE(session);
        return 0;
}

Session *session_free(Session *session)
{
        if (!session)
                return NULL;
        for (size_t i = 0; i < session->n_pipes; i++)
                notify_free(session->pipes[i].notify);
        for (size_t i = 0; i < session->n_reads; i++)
                sd_bus_slot_unref(session->reads[i].call);
        if (session->state)
                session->protocol->free(session->state);
        sd_bus_slot_unref(session->write);
        raw_keeper_free(session->raw);
        free(session);
        return NULL;
}
