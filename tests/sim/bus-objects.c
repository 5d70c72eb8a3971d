/* What stands on the bus: paths, properties, objects, and the signals about them. */
#include "bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SERVICE "org.bluez.GattService1"

/* ---- paths ---- */

#define PATH_SIZE 128

void bus_device_path(const SimPod *pod, char ret[static PATH_SIZE])
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

        bus_device_path(pod, device);
        (void)snprintf(ret, PATH_SIZE, "%.100s/service%04zx", device, service_of(pod, at) * 16 + 1);
}

static void characteristic_path(const SimPod *pod, size_t at, char ret[static PATH_SIZE])
{
        char service[PATH_SIZE];

        service_path(pod, at, service);
        (void)snprintf(ret, PATH_SIZE, "%.110s/char%04zx", service, at * 16 + 2);
}

SimPod *bus_pod_of_path(Sim *sim, const char *path)
{
        char device[PATH_SIZE];

        for (size_t i = 0; i < sim->n_pods; i++) {
                bus_device_path(&sim->pods[i], device);
                if (sim->pods[i].has_device && strncmp(path, device, strlen(device)) == 0 &&
                    (path[strlen(device)] == '\0' || path[strlen(device)] == '/'))
                        return &sim->pods[i];
        }
        return NULL;
}

int bus_characteristic_of_path(const SimPod *pod, const char *path)
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
        (void)entry(m, "Trusted", "b", (int)pod->trusted);
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
        bus_device_path(pod, device);
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
        (void)entry(m, "MTU", "q", (int)pod->mtu_payload + 3);
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

void bus_send(Sim *sim, sd_bus_message *m)
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
        bus_send(sim, m);
}

static void emit_removed(Sim *sim, const char *path, const char *interface)
{
        sd_bus_message *m;

        if (!sim->bus->owned)
                return;
        m = new_signal(sim, "/", OBJECT_MANAGER, "InterfacesRemoved");
        (void)sd_bus_message_append(m, "oas", path, 1, interface);
        bus_send(sim, m);
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
        bus_send(sim, m);
}

void bus_device_changed(Sim *sim, const SimPod *pod, const char *name, const char *type, int value)
{
        char path[PATH_SIZE];

        if (!pod->has_device)
                return;
        bus_device_path(pod, path);
        emit_changed(sim, path, DEVICE, name, type, value);
}

void bus_value_changed(Sim *sim, const SimPod *pod, size_t at, const void *data, size_t size)
{
        char path[PATH_SIZE];
        sd_bus_message *m;

        if (!sim->bus->owned)
                return;
        characteristic_path(pod, at, path);
        m = new_signal(sim, path, PROPERTIES, "PropertiesChanged");
        (void)sd_bus_message_append(m, "s", CHARACTERISTIC);
        (void)sd_bus_message_open_container(m, 'a', "{sv}");
        (void)sd_bus_message_open_container(m, 'e', "sv");
        (void)sd_bus_message_append(m, "s", "Value");
        (void)sd_bus_message_open_container(m, 'v', "ay");
        (void)sd_bus_message_append_array(m, 'y', data, size);
        (void)sd_bus_message_close_container(m);
        (void)sd_bus_message_close_container(m);
        (void)sd_bus_message_close_container(m);
        (void)sd_bus_message_append(m, "as", 0);
        bus_send(sim, m);
}

void bus_adapter_changed(Sim *sim, const char *name, bool value)
{
        emit_changed(sim, ADAPTER_PATH, ADAPTER, name, "b", value);
}

void bus_device_added(Sim *sim, const SimPod *pod)
{
        char path[PATH_SIZE];

        bus_device_path(pod, path);
        emit_added(sim, pod, 0, path, DEVICE, object_device);
}

void bus_device_removed(Sim *sim, const SimPod *pod)
{
        char path[PATH_SIZE];

        bus_device_path(pod, path);
        emit_removed(sim, path, DEVICE);
}

void bus_services_added(Sim *sim, const SimPod *pod)
{
        char path[PATH_SIZE];
        size_t n;

        (void)pod_characteristics(pod, &n);
        for (size_t i = 0; i < n; i++) {
                if (service_of(pod, i) == i) {
                        service_path(pod, i, path);
                        emit_added(sim, pod, (int)i, path, SERVICE, object_service);
                }
                characteristic_path(pod, i, path);
                emit_added(sim, pod, (int)i, path, CHARACTERISTIC, object_characteristic);
        }
}

void bus_services_removed(Sim *sim, const SimPod *pod)
{
        char path[PATH_SIZE];
        size_t n;

        (void)pod_characteristics(pod, &n);
        for (size_t i = 0; i < n; i++) {
                characteristic_path(pod, i, path);
                emit_removed(sim, path, CHARACTERISTIC);
        }
}

static void append_entry(const Sim *sim, const SimPod *pod, int at, const char *path,
                         const char *interface, ObjectFunction function, sd_bus_message *m)
{
        (void)sd_bus_message_open_container(m, 'e', "oa{sa{sv}}");
        append_object(sim, pod, at, path, interface, function, m);
        (void)sd_bus_message_close_container(m);
}

int bus_on_objects(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        sd_bus_message *reply = NULL;
        char path[PATH_SIZE];
        size_t n;

        (void)pod, (void)at;
        if (sd_bus_message_new_method_return(call, &reply) < 0)
                return -ENOMEM;
        (void)sd_bus_message_open_container(reply, 'a', "{oa{sa{sv}}}");
        append_entry(sim, NULL, 0, ADAPTER_PATH, ADAPTER, object_adapter, reply);
        for (size_t i = 0; i < sim->n_pods; i++) {
                const SimPod *each = &sim->pods[i];

                if (!each->has_device)
                        continue;
                bus_device_path(each, path);
                append_entry(sim, each, 0, path, DEVICE, object_device, reply);
                (void)pod_characteristics(each, &n);
                for (size_t k = 0; each->has_services && k < n; k++) {
                        if (service_of(each, k) == k) {
                                service_path(each, k, path);
                                append_entry(sim, each, (int)k, path, SERVICE, object_service, reply);
                        }
                        characteristic_path(each, k, path);
                        append_entry(sim, each, (int)k, path, CHARACTERISTIC, object_characteristic, reply);
                }
        }
        (void)sd_bus_message_close_container(reply);
        bus_send(sim, reply);
        return 1;
}

int bus_on_get(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        const struct {
                const char *name;
                int value;
        } properties[] = {{"Paired", pod->paired},
                          {"Trusted", pod->trusted},
                          {"Connected", pod->connected},
                          {"ServicesResolved", pod->resolved}};
        const char *interface, *name;

        (void)sim, (void)at;
        if (sd_bus_message_read(call, "ss", &interface, &name) >= 0 && strcmp(interface, DEVICE) == 0) {
                for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
                        if (strcmp(properties[i].name, name) == 0)
                                return sd_bus_reply_method_return(call, "v", "b", properties[i].value);
                }
        }
        return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_INVALID_ARGS, "no such property");
}
