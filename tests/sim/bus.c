#include "sim.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEVICE         "org.bluez.Device1"
#define ADAPTER        "org.bluez.Adapter1"
#define SERVICE        "org.bluez.GattService1"
#define CHARACTERISTIC "org.bluez.GattCharacteristic1"
#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

/* As on a good radio. */
#define CONNECT_MS    400
#define RESOLVE_MS    600
#define BOND_MS       500
#define HEARD_MS      300
#define GIVE_UP_MS    25000
#define FORGET_MS     30000 /* bluetoothd drops devices it does not know and does not hear */
#define RESTART_MS    2000

struct SimBus {
        sd_bus *bus;
        bool owned; /* bluetoothd runs */
        bool powered;
        bool discovering;
};

/* ---- paths ---- */

#define PATH_SIZE 128

static void device_path(const SimPod *pod, char ret[static PATH_SIZE])
{
        (void)snprintf(ret, PATH_SIZE, ADAPTER_PATH "/dev_%s", pod->address);
        for (char *c = ret; *c; c++) {
                if (*c == ':')
                        *c = '_';
        }
}

/* Characteristics of one service stand together; a service is numbered by its first. */
static size_t service_of(const SimPod *pod, size_t at)
{
        size_t n, first = at;
        const SimCharacteristic *list = pod_characteristics(pod, &n);

        while (first > 0 && strcmp(list[first - 1].service, list[at].service) == 0)
                first--;
        return first;
}

static void service_path(const SimPod *pod, size_t at, char ret[static PATH_SIZE])
{
        char device[PATH_SIZE];

        device_path(pod, device);
        (void)snprintf(ret, PATH_SIZE, "%.100s/service%04zx", device, service_of(pod, at) * 16 + 1);
}

static void characteristic_path(const SimPod *pod, size_t at, char ret[static PATH_SIZE])
{
        char service[PATH_SIZE];

        service_path(pod, at, service);
        (void)snprintf(ret, PATH_SIZE, "%.110s/char%04zx", service, at * 16 + 2);
}

static SimPod *pod_of_path(Sim *sim, const char *path)
{
        char device[PATH_SIZE];

        for (size_t i = 0; i < sim->n_pods; i++) {
                device_path(&sim->pods[i], device);
                if (sim->pods[i].has_device && strncmp(path, device, strlen(device)) == 0 &&
                    (path[strlen(device)] == '\0' || path[strlen(device)] == '/'))
                        return &sim->pods[i];
        }
        return NULL;
}

static int characteristic_of_path(const SimPod *pod, const char *path)
{
        char candidate[PATH_SIZE];
        size_t n;

        (void)pod_characteristics(pod, &n);
        for (size_t i = 0; pod->has_services && i < n; i++) {
                characteristic_path(pod, i, candidate);
                if (strcmp(candidate, path) == 0)
                        return (int)i;
        }
        return -1;
}

/* ---- properties ---- */

static int entry(sd_bus_message *m, const char *name, const char *type, ...)
{
        va_list arguments;
        int r = sd_bus_message_open_container(m, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", name);
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'v', type);
        va_start(arguments, type);
        if (r >= 0)
                r = sd_bus_message_appendv(m, type, arguments);
        va_end(arguments);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int entry_texts(sd_bus_message *m, const char *name, const char *const *texts)
{
        int r = sd_bus_message_open_container(m, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(m, "s", name);
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'v', "as");
        if (r >= 0)
                r = sd_bus_message_append_strv(m, (char **)(uintptr_t)texts);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static void append_adapter(const Sim *sim, sd_bus_message *m)
{
        (void)entry(m, "Address", "s", "00:AA:01:00:00:00");
        (void)entry(m, "Alias", "s", "simulated");
        (void)entry(m, "Powered", "b", (int)sim->bus->powered);
        (void)entry(m, "Discovering", "b", (int)sim->bus->discovering);
}

static void append_device(const SimPod *pod, sd_bus_message *m)
{
        const char *uuids[8] = {0};
        size_t n, n_uuids = 0;
        const SimCharacteristic *list = pod_characteristics(pod, &n);

        for (size_t i = 0; i < n; i++) {
                if (service_of(pod, i) == i)
                        uuids[n_uuids++] = list[i].service;
        }
        (void)entry(m, "Address", "s", pod->address);
        (void)entry(m, "AddressType", "s", "random");
        (void)entry(m, "Name", "s", pod->name);
        (void)entry(m, "Alias", "s", pod->name);
        (void)entry(m, "Adapter", "o", ADAPTER_PATH);
        (void)entry(m, "Paired", "b", (int)pod->paired);
        (void)entry(m, "Bonded", "b", (int)pod->paired);
        (void)entry(m, "Connected", "b", (int)pod->connected);
        (void)entry(m, "ServicesResolved", "b", (int)pod->resolved);
        if (pod->rssi_known)
                (void)entry(m, "RSSI", "n", -60);
        (void)entry_texts(m, "UUIDs", uuids);
}

/* ---- objects ---- */

typedef void (*ObjectFunction)(const Sim *sim, const SimPod *pod, int at, sd_bus_message *m);

static void object_adapter(const Sim *sim, const SimPod *pod, int at, sd_bus_message *m)
{
        (void)pod, (void)at;
        append_adapter(sim, m);
}

static void object_device(const Sim *sim, const SimPod *pod, int at, sd_bus_message *m)
{
        (void)sim, (void)at;
        append_device(pod, m);
}

static void object_service(const Sim *sim, const SimPod *pod, int at, sd_bus_message *m)
{
        char device[PATH_SIZE];
        size_t n;

        (void)sim;
        device_path(pod, device);
        (void)entry(m, "UUID", "s", pod_characteristics(pod, &n)[at].service);
        (void)entry(m, "Primary", "b", 1);
        (void)entry(m, "Device", "o", device);
}

static void object_characteristic(const Sim *sim, const SimPod *pod, int at, sd_bus_message *m)
{
        char service[PATH_SIZE];
        size_t n;

        (void)sim;
        service_path(pod, (size_t)at, service);
        (void)entry(m, "UUID", "s", pod_characteristics(pod, &n)[at].uuid);
        (void)entry(m, "Service", "o", service);
        (void)entry_texts(m, "Flags", pod_characteristics(pod, &n)[at].flags);
}

/* o a{sa{sv}} */
static void append_object(const Sim *sim, const SimPod *pod, int at, const char *path,
                          const char *interface, ObjectFunction function, sd_bus_message *m)
{
        (void)sd_bus_message_append(m, "o", path);
        (void)sd_bus_message_open_container(m, 'a', "{sa{sv}}");
        (void)sd_bus_message_open_container(m, 'e', "sa{sv}");
        (void)sd_bus_message_append(m, "s", interface);
        (void)sd_bus_message_open_container(m, 'a', "{sv}");
        function(sim, pod, at, m);
        (void)sd_bus_message_close_container(m);
        (void)sd_bus_message_close_container(m);
        (void)sd_bus_message_close_container(m);
}

static void send_message(Sim *sim, sd_bus_message *m)
{
        if (sd_bus_send(sim->bus->bus, m, NULL) < 0)
                sim->failed = true;
        sd_bus_message_unref(m);
        sim_active(sim);
}

static sd_bus_message *new_signal(Sim *sim, const char *path, const char *interface, const char *name)
{
        sd_bus_message *m = NULL;

        if (sd_bus_message_new_signal(sim->bus->bus, &m, path, interface, name) < 0)
                abort();
        /* Signals carry the well-known name only by its owner, as from the real one. */
        return m;
}

static void emit_added(Sim *sim, const SimPod *pod, int at, const char *path, const char *interface,
                       ObjectFunction function)
{
        sd_bus_message *m;

        if (!sim->bus->owned)
                return;
        m = new_signal(sim, "/", OBJECT_MANAGER, "InterfacesAdded");
        append_object(sim, pod, at, path, interface, function, m);
        send_message(sim, m);
}

static void emit_removed(Sim *sim, const char *path, const char *interface)
{
        sd_bus_message *m;

        if (!sim->bus->owned)
                return;
        m = new_signal(sim, "/", OBJECT_MANAGER, "InterfacesRemoved");
        (void)sd_bus_message_append(m, "oas", path, 1, interface);
        send_message(sim, m);
}

/* One property changed; `type` NULL: it has no value any more. */
static void emit_changed(Sim *sim, const char *path, const char *interface, const char *name,
                         const char *type, int value)
{
        sd_bus_message *m;

        if (!sim->bus->owned)
                return;
        m = new_signal(sim, path, PROPERTIES, "PropertiesChanged");
        (void)sd_bus_message_append(m, "s", interface);
        (void)sd_bus_message_open_container(m, 'a', "{sv}");
        if (type)
                (void)entry(m, name, type, value);
        (void)sd_bus_message_close_container(m);
        (void)sd_bus_message_append(m, "as", type ? 0 : 1, name);
        send_message(sim, m);
}

static void emit_device(Sim *sim, const SimPod *pod, const char *name, const char *type, int value)
{
        char path[PATH_SIZE];

        if (!pod->has_device)
                return;
        device_path(pod, path);
        emit_changed(sim, path, DEVICE, name, type, value);
}

/* ---- devices come and go ---- */

static void forget(Sim *sim, SimPod *pod)
{
        char path[PATH_SIZE];
        size_t n;

        if (!pod->has_device)
                return;
        (void)pod_characteristics(pod, &n);
        for (size_t i = 0; pod->has_services && i < n; i++) {
                characteristic_path(pod, i, path);
                emit_removed(sim, path, CHARACTERISTIC);
        }
        pod->has_services = false;
        device_path(pod, path);
        emit_removed(sim, path, DEVICE);
        pod->has_device = false;
        pod->rssi_known = false;
}

static void forget_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        if (!pod->in_range && !pod->paired && !pod->connected)
                forget(sim, pod);
}

static void heard_due(Sim *sim, SimPod *pod, int64_t argument)
{
        char path[PATH_SIZE];

        (void)argument;
        if (!sim->bus->owned || !sim->bus->discovering || !pod->in_range || pod->connected)
                return;
        pod->rssi_known = true;
        if (pod->has_device) {
                emit_device(sim, pod, "RSSI", "n", -60);
                return;
        }
        pod->has_device = true;
        device_path(pod, path);
        emit_added(sim, pod, 0, path, DEVICE, object_device);
}

void bus_pod_advertise(Sim *sim, SimPod *pod)
{
        sim_at(sim, sim_now_ms(sim) + HEARD_MS, heard_due, pod, 0);
}

void bus_pod_disappear(Sim *sim, SimPod *pod)
{
        if (pod->rssi_known) {
                pod->rssi_known = false;
                emit_device(sim, pod, "RSSI", NULL, 0);
        }
        sim_at(sim, sim_now_ms(sim) + FORGET_MS, forget_due, pod, 0);
}

/* ---- links ---- */

static void reply_error(Sim *sim, sd_bus_message **call, const char *name, const char *text)
{
        if (!*call)
                return;
        (void)sd_bus_reply_method_errorf(*call, name, "%s", text); /* the caller may be gone */
        *call = sd_bus_message_unref(*call);
        sim_active(sim);
}

static void reply_done(Sim *sim, sd_bus_message **call)
{
        if (!*call)
                return;
        (void)sd_bus_reply_method_return(*call, ""); /* the caller may be gone */
        *call = sd_bus_message_unref(*call);
        sim_active(sim);
}

static void close_pipes(SimPod *pod)
{
        for (size_t i = 0; i < SIM_PIPES_MAX; i++) {
                if (pod->pipes[i] >= 0)
                        (void)close(pod->pipes[i]);
                pod->pipes[i] = -1;
        }
}

static void resolved_due(Sim *sim, SimPod *pod, int64_t argument)
{
        char path[PATH_SIZE];
        size_t n;

        (void)argument;
        (void)pod_characteristics(pod, &n);
        for (size_t i = 0; !pod->has_services && i < n; i++) {
                if (service_of(pod, i) == i) {
                        service_path(pod, i, path);
                        emit_added(sim, pod, (int)i, path, SERVICE, object_service);
                }
                characteristic_path(pod, i, path);
                emit_added(sim, pod, (int)i, path, CHARACTERISTIC, object_characteristic);
        }
        pod->has_services = true;
        pod->resolved = true;
        emit_device(sim, pod, "ServicesResolved", "b", 1);
        reply_done(sim, &pod->connect_call);
}

static void connected_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        if (!pod->in_range) {
                sim_active(sim);
                reply_error(sim, &pod->connect_call, "org.bluez.Error.Failed",
                            "le-connection-abort-by-local");
                return;
        }
        pod->connected = true;
        pod_linked(sim, pod);
        emit_device(sim, pod, "Connected", "b", 1);
        sim_at(sim, sim_now_ms(sim) + RESOLVE_MS, resolved_due, pod, 0);
}

static void bonded_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        pod->paired = true;
        emit_device(sim, pod, "Bonded", "b", 1);
        emit_device(sim, pod, "Paired", "b", 1);
        reply_done(sim, &pod->pair_call);
}

void bus_pod_disconnect(Sim *sim, SimPod *pod)
{
        sim_cancel(sim, resolved_due, pod);
        sim_cancel(sim, bonded_due, pod);
        reply_error(sim, &pod->connect_call, "org.bluez.Error.Failed", "le-connection-abort-by-peer");
        reply_error(sim, &pod->pair_call, "org.bluez.Error.AuthenticationFailed", "link lost");
        if (!pod->connected)
                return;
        pod_unlinked(sim, pod);
        pod->connected = pod->resolved = false;
        close_pipes(pod);
        emit_device(sim, pod, "ServicesResolved", "b", 0);
        emit_device(sim, pod, "Connected", "b", 0);
        if (pod->in_range)
                bus_pod_advertise(sim, pod);
}

bool bus_notify(Sim *sim, SimPod *pod, const char *uuid, const void *data, size_t size)
{
        size_t n;
        const SimCharacteristic *list = pod_characteristics(pod, &n);

        for (size_t i = 0; i < n; i++) {
                if (strcmp(list[i].uuid, uuid) != 0 || pod->pipes[i] < 0)
                        continue;
                if (send(pod->pipes[i], data, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
                        (void)close(pod->pipes[i]);
                        pod->pipes[i] = -1;
                        return false;
                }
                sim_active(sim);
                return true;
        }
        return false;
}

/* ---- the adapter ---- */

static void everybody_off(Sim *sim)
{
        for (size_t i = 0; i < sim->n_pods; i++) {
                bus_pod_disconnect(sim, &sim->pods[i]);
                sim->pods[i].rssi_known = false;
        }
        sim->bus->discovering = false;
}

void bus_power(Sim *sim, bool on)
{
        if (!on)
                everybody_off(sim);
        sim->bus->powered = on;
        if (!on)
                emit_changed(sim, ADAPTER_PATH, ADAPTER, "Discovering", "b", 0);
        emit_changed(sim, ADAPTER_PATH, ADAPTER, "Powered", "b", on);
}

static void restart_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)pod, (void)argument;
        sim->bus->owned = true;
        if (sd_bus_request_name(sim->bus->bus, "org.bluez", 0) < 0)
                sim->failed = true;
        sim_active(sim);
}

void bus_restart(Sim *sim)
{
        sim->bus->owned = false; /* a killed one says nothing */
        everybody_off(sim);
        for (size_t i = 0; i < sim->n_pods; i++) {
                sim->pods[i].has_services = false;
                sim->pods[i].has_device = sim->pods[i].paired;
        }
        if (sd_bus_release_name(sim->bus->bus, "org.bluez") < 0)
                sim->failed = true;
        sim_active(sim);
        sim_at(sim, sim_now_ms(sim) + RESTART_MS, restart_due, NULL, 0);
}

/* ---- methods ---- */

static int fail(sd_bus_message *call, const char *name, const char *text)
{
        return sd_bus_reply_method_errorf(call, name, "%s", text);
}

static int done(sd_bus_message *call)
{
        return sd_bus_reply_method_return(call, "");
}

static int on_accept(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        (void)sim, (void)pod, (void)at;
        return done(call);
}

static int on_start_discovery(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        (void)pod, (void)at;
        if (!sim->bus->powered)
                return fail(call, "org.bluez.Error.NotReady", "Resource Not Ready");
        if (sim->bus->discovering)
                return fail(call, "org.bluez.Error.InProgress", "Operation already in progress");
        sim->bus->discovering = true;
        emit_changed(sim, ADAPTER_PATH, ADAPTER, "Discovering", "b", 1);
        for (size_t i = 0; i < sim->n_pods; i++) {
                if (sim->pods[i].in_range && !sim->pods[i].connected)
                        bus_pod_advertise(sim, &sim->pods[i]);
        }
        return done(call);
}

static int on_stop_discovery(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        (void)pod, (void)at;
        if (!sim->bus->discovering)
                return fail(call, "org.bluez.Error.Failed", "No discovery started");
        sim->bus->discovering = false;
        for (size_t i = 0; i < sim->n_pods; i++) {
                if (sim->pods[i].rssi_known && !sim->pods[i].connected) {
                        sim->pods[i].rssi_known = false;
                        emit_device(sim, &sim->pods[i], "RSSI", NULL, 0);
                }
        }
        emit_changed(sim, ADAPTER_PATH, ADAPTER, "Discovering", "b", 0);
        return done(call);
}

static int on_remove_device(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        const char *path;

        (void)at;
        if (sd_bus_message_read(call, "o", &path) < 0 || !(pod = pod_of_path(sim, path)))
                return fail(call, "org.bluez.Error.DoesNotExist", "Does Not Exist");
        sim_cancel(sim, connected_due, pod);
        bus_pod_disconnect(sim, pod);
        pod->paired = false;
        forget(sim, pod);
        return done(call);
}

static int on_connect(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        (void)at;
        if (!sim->bus->powered)
                return fail(call, "org.bluez.Error.NotReady", "Resource Not Ready");
        if (pod->connected && pod->resolved)
                return done(call);
        if (pod->connect_call)
                return fail(call, "org.bluez.Error.InProgress", "Operation already in progress");
        pod->connect_call = sd_bus_message_ref(call);
        sim_at(sim, sim_now_ms(sim) + (pod->in_range ? CONNECT_MS : GIVE_UP_MS), connected_due, pod, 0);
        return 1;
}

static int on_disconnect(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        (void)at;
        if (!pod->connected && !pod->connect_call)
                return fail(call, "org.bluez.Error.NotConnected", "Not Connected");
        sim_cancel(sim, connected_due, pod); /* it also ends a Connect that is under way */
        bus_pod_disconnect(sim, pod);
        return done(call);
}

static int on_pair(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        (void)at;
        if (pod->paired)
                return fail(call, "org.bluez.Error.AlreadyExists", "Already Exists");
        if (!pod->connected)
                return fail(call, "org.bluez.Error.ConnectionAttemptFailed", "Page Timeout");
        pod->pair_call = sd_bus_message_ref(call);
        sim_at(sim, sim_now_ms(sim) + BOND_MS, bonded_due, pod, 0);
        return 1;
}

static int on_read_value(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        sd_bus_message *reply = NULL;
        uint8_t value[64];
        size_t n, size;
        const SimCharacteristic *list = pod_characteristics(pod, &n);

        if (!pod->connected)
                return fail(call, "org.bluez.Error.Failed", "Not connected");
        if (!list[at].read)
                return fail(call, "org.bluez.Error.NotSupported", "Operation is not supported");
        size = list[at].read(sim, pod, value);
        if (sd_bus_message_new_method_return(call, &reply) < 0 ||
            sd_bus_message_append_array(reply, 'y', value, size) < 0)
                return -ENOMEM;
        send_message(sim, reply);
        return 1;
}

static int on_write_value(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        const void *data;
        size_t size, n;
        const SimCharacteristic *list = pod_characteristics(pod, &n);

        if (!pod->connected)
                return fail(call, "org.bluez.Error.Failed", "Not connected");
        if (strcmp(list[at].uuid, STRIDE_CONTROL_UUID) != 0)
                return fail(call, "org.bluez.Error.NotSupported", "Operation is not supported");
        if (!pod->paired)
                return fail(call, "org.bluez.Error.Failed", "Operation failed with ATT error: 0x0f");
        if (sd_bus_message_read_array(call, 'y', &data, &size) < 0)
                return fail(call, "org.bluez.Error.InvalidArguments", "Invalid arguments in method call");
        pod_control(sim, pod, data, size);
        return done(call);
}

static int on_acquire_notify(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        size_t n;
        const SimCharacteristic *characteristic = &pod_characteristics(pod, &n)[at];
        int pair[2], r;

        (void)sim;
        if (!pod->connected)
                return fail(call, "org.bluez.Error.Failed", "Not connected");
        if (pod->type == POD_STRIDE && !pod->paired &&
            strcmp(characteristic->service, STRIDE_SERVICE_UUID) == 0)
                return fail(call, "org.bluez.Error.Failed", "Operation failed with ATT error: 0x0f");
        if (pod->pipes[at] >= 0 && poll(&(struct pollfd){.fd = pod->pipes[at]}, 1, 0) > 0) {
                (void)close(pod->pipes[at]); /* who had it is gone */
                pod->pipes[at] = -1;
        }
        if (pod->pipes[at] >= 0)
                return fail(call, "org.bluez.Error.NotPermitted", "Notify acquired");
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
                return -errno;
        pod->pipes[at] = pair[0];
        r = sd_bus_reply_method_return(call, "hq", pair[1], (uint16_t)(pod->mtu_payload + 3));
        (void)close(pair[1]);
        return r;
}

static int on_objects(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        sd_bus_message *reply = NULL;
        char path[PATH_SIZE];
        size_t n;

        (void)pod, (void)at;
        if (sd_bus_message_new_method_return(call, &reply) < 0)
                return -ENOMEM;
        (void)sd_bus_message_open_container(reply, 'a', "{oa{sa{sv}}}");
        (void)sd_bus_message_open_container(reply, 'e', "oa{sa{sv}}");
        append_object(sim, NULL, 0, ADAPTER_PATH, ADAPTER, object_adapter, reply);
        (void)sd_bus_message_close_container(reply);
        for (size_t i = 0; i < sim->n_pods; i++) {
                const SimPod *each = &sim->pods[i];

                if (!each->has_device)
                        continue;
                device_path(each, path);
                (void)sd_bus_message_open_container(reply, 'e', "oa{sa{sv}}");
                append_object(sim, each, 0, path, DEVICE, object_device, reply);
                (void)sd_bus_message_close_container(reply);
                (void)pod_characteristics(each, &n);
                for (size_t k = 0; each->has_services && k < n; k++) {
                        characteristic_path(each, k, path);
                        (void)sd_bus_message_open_container(reply, 'e', "oa{sa{sv}}");
                        append_object(sim, each, (int)k, path, CHARACTERISTIC, object_characteristic, reply);
                        (void)sd_bus_message_close_container(reply);
                }
        }
        (void)sd_bus_message_close_container(reply);
        send_message(sim, reply);
        return 1;
}

static const struct {
        const char *interface;
        const char *member;
        bool of_pod, of_characteristic;
        int (*handle)(Sim *sim, SimPod *pod, int at, sd_bus_message *call);
} methods[] = {
        {OBJECT_MANAGER, "GetManagedObjects", false, false, on_objects},
        {"org.bluez.AgentManager1", "RegisterAgent", false, false, on_accept},
        {"org.bluez.AgentManager1", "UnregisterAgent", false, false, on_accept},
        {"org.bluez.AgentManager1", "RequestDefaultAgent", false, false, on_accept},
        {ADAPTER, "SetDiscoveryFilter", false, false, on_accept},
        {ADAPTER, "StartDiscovery", false, false, on_start_discovery},
        {ADAPTER, "StopDiscovery", false, false, on_stop_discovery},
        {ADAPTER, "RemoveDevice", false, false, on_remove_device},
        {DEVICE, "Connect", true, false, on_connect},
        {DEVICE, "Disconnect", true, false, on_disconnect},
        {DEVICE, "Pair", true, false, on_pair},
        {CHARACTERISTIC, "ReadValue", true, true, on_read_value},
        {CHARACTERISTIC, "WriteValue", true, true, on_write_value},
        {CHARACTERISTIC, "AcquireNotify", true, true, on_acquire_notify},
};

static int dispatch(Sim *sim, sd_bus_message *call)
{
        const char *path = sd_bus_message_get_path(call);
        SimPod *pod = pod_of_path(sim, path);

        for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
                int at = -1;

                if (!sd_bus_message_is_method_call(call, methods[i].interface, methods[i].member))
                        continue;
                if (methods[i].of_pod && !pod)
                        return fail(call, "org.freedesktop.DBus.Error.UnknownObject", path);
                if (methods[i].of_characteristic) {
                        at = characteristic_of_path(pod, path);
                        if (at < 0)
                                return fail(call, "org.freedesktop.DBus.Error.UnknownObject", path);
                }
                return methods[i].handle(sim, pod, at, call);
        }
        return fail(call, "org.freedesktop.DBus.Error.UnknownMethod", "no such method");
}

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Sim *sim = userdata;
        int r;

        (void)error;
        if (!sd_bus_message_is_method_call(message, NULL, NULL))
                return 0;
        sim_active(sim);
        if (!sim->bus->owned)
                return fail(message, SD_BUS_ERROR_SERVICE_UNKNOWN, "bluetoothd does not run");
        r = dispatch(sim, message);
        if (r < 0)
                (void)fprintf(stderr, "sim: %s failed: %s\n", sd_bus_message_get_member(message),
                              strerror(-r));
        return 1;
}

/* ---- life ---- */

int bus_fd(const Sim *sim)
{
        return sd_bus_get_fd(sim->bus->bus);
}

bool bus_process(Sim *sim)
{
        int r = sd_bus_process(sim->bus->bus, NULL);

        if (r < 0) {
                (void)fprintf(stderr, "sim: the bus failed: %s\n", strerror(-r));
                sim->failed = true;
        }
        return r > 0;
}

static int on_pong(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        (void)reply, (void)error; /* a client that is not there has nothing to handle */
        *(bool *)userdata = true;
        return 0;
}

int bus_ping(Sim *sim, bool *ret_done)
{
        return sd_bus_call_method_async(sim->bus->bus, NULL, "org.strided1", "/",
                                        "org.freedesktop.DBus.Peer", "Ping", on_pong, ret_done, "");
}

int bus_open(Sim *sim)
{
        int r;

        sim->bus = calloc(1, sizeof(*sim->bus));
        if (!sim->bus)
                return -ENOMEM;
        sim->bus->powered = sim->bus->owned = true;
        for (size_t i = 0; i < SIM_PODS_MAX; i++) {
                for (size_t k = 0; k < SIM_PIPES_MAX; k++)
                        sim->pods[i].pipes[k] = -1;
        }
        r = sd_bus_open_system(&sim->bus->bus);
        if (r >= 0)
                r = sd_bus_add_filter(sim->bus->bus, NULL, on_message, sim);
        if (r >= 0)
                r = sd_bus_request_name(sim->bus->bus, "org.bluez", 0);
        return r;
}
