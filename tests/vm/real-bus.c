/* Pods as GATT servers of a real bluetoothd: GattApplication1 and LEAdvertisement1, a pod a
 * controller. The links are seen from the pod's side, as a pod sees them. */
#include "real.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BLUEZ          "org.bluez"
#define SERVICE        "org.bluez.GattService1"
#define CHARACTERISTIC "org.bluez.GattCharacteristic1"
#define ADVERTISEMENT  "org.bluez.LEAdvertisement1"
#define AGENT_PATH     "/agent"
#define AGAIN_MS       500
#define ADVERTISE_MS   3000 /* virtual controllers report an advertisement once: a real one repeats it */
#define PATH_SIZE      96

/* The object behind a path: a pod, and one of its characteristics (a service is its first). */
typedef struct Place {
        Sim *sim;
        SimPod *pod;
        size_t at;
        bool notifying; /* by StartNotify */
        uint8_t value[STRIDE_PACKET_MAX];
        size_t value_size;
        sd_event_source *source; /* of the pipe: who listens may go */
} Place;

struct SimBus {
        sd_bus *bus;
        sd_event *event;
        Place places[SIM_PODS_MAX][SIM_PIPES_MAX];
        bool registered[SIM_PODS_MAX], advertised[SIM_PODS_MAX];
        char peer[SIM_PODS_MAX][PATH_SIZE]; /* the gateway as the pod's controller sees it, "" */
        bool agent;
};

static size_t index_of(const Sim *sim, const SimPod *pod)
{
        return (size_t)(pod - sim->pods);
}

static void root_path(const Sim *sim, const SimPod *pod, char ret[static PATH_SIZE])
{
        (void)snprintf(ret, PATH_SIZE, "/pod%zu", index_of(sim, pod));
}

static void adapter_path(const Sim *sim, const SimPod *pod, char ret[static PATH_SIZE])
{
        (void)snprintf(ret, PATH_SIZE, "/org/bluez/hci%zu", index_of(sim, pod) + 1);
}

static size_t service_of(const SimPod *pod, size_t at)
{
        size_t n, first = at;
        const SimCharacteristic *list = pod_characteristics(pod, &n);

        while (first > 0 && strcmp(list[first - 1].service, list[at].service) == 0)
                first--;
        return first;
}

static void service_path(const Place *place, char ret[static PATH_SIZE])
{
        (void)snprintf(ret, PATH_SIZE, "/pod%zu/service%zu", index_of(place->sim, place->pod),
                       service_of(place->pod, place->at));
}

static void characteristic_path(const Place *place, char ret[static PATH_SIZE])
{
        char service[PATH_SIZE];

        service_path(place, service);
        (void)snprintf(ret, PATH_SIZE, "%.70s/char%zu", service, place->at);
}

static const SimCharacteristic *characteristic(const Place *place)
{
        size_t n;

        return &pod_characteristics(place->pod, &n)[place->at];
}

static bool is_stride(const Place *place)
{
        return strcmp(characteristic(place)->service, STRIDE_SERVICE_UUID) == 0;
}

static void changed(const Place *place, const char *property)
{
        char path[PATH_SIZE];

        characteristic_path(place, path);
        (void)sd_bus_emit_properties_changed(place->sim->bus->bus, path, CHARACTERISTIC, property,
                                             NULL); /* bluetoothd gone: nobody to tell */
}

/* A line of what bluetoothd asked of a pod: the log of a story that went wrong. */
static void note(const Place *place, const char *what)
{
        (void)fprintf(stderr, "pods: %lld %s %.8s: %s\n", (long long)sim_now_ms(place->sim),
                      place->pod->address, characteristic(place)->uuid, what);
}

/* ---- notifications ---- */

static int *pipe_of(const Place *place)
{
        return &place->pod->pipes[place->at];
}

static void close_pipe(Place *place)
{
        place->source = sd_event_source_disable_unref(place->source);
        if (*pipe_of(place) >= 0)
                (void)close(*pipe_of(place)); /* nothing left to do if it fails */
        *pipe_of(place) = -1;
}

static int on_pipe(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        (void)source, (void)fd, (void)revents;
        note(userdata, "the pipe ended");
        close_pipe(userdata); /* only its end is ever to be read */
        changed(userdata, "NotifyAcquired");
        return 0;
}

bool bus_notify(Sim *sim, SimPod *pod, const char *uuid, const void *data, size_t size)
{
        size_t n;

        (void)pod_characteristics(pod, &n);
        for (size_t i = 0; i < n; i++) {
                Place *place = &sim->bus->places[index_of(sim, pod)][i];

                if (strcmp(characteristic(place)->uuid, uuid) != 0)
                        continue;
                if (*pipe_of(place) >= 0)
                        return send(*pipe_of(place), data, size, MSG_NOSIGNAL | MSG_DONTWAIT) ==
                               (ssize_t)size;
                if (!place->notifying)
                        return false;
                memcpy(place->value, data, size);
                place->value_size = size;
                changed(place, "Value");
                return true;
        }
        return false;
}

/* "mtu" of the options of a call. */
static uint16_t read_mtu(sd_bus_message *call)
{
        uint16_t mtu = 0;
        const char *key;

        if (sd_bus_message_enter_container(call, 'a', "{sv}") < 0)
                return 0;
        while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
                if (sd_bus_message_read(call, "s", &key) < 0)
                        return mtu;
                if (strcmp(key, "mtu") != 0 || sd_bus_message_read(call, "v", "q", &mtu) <= 0)
                        (void)sd_bus_message_skip(call, "v"); /* another option */
                (void)sd_bus_message_exit_container(call);
        }
        return mtu;
}

static int on_acquire_notify(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Place *place = userdata;
        uint16_t mtu = read_mtu(call);
        int pair[2], r;

        (void)error;
        note(place, "AcquireNotify");
        close_pipe(place);
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
                return -errno;
        *pipe_of(place) = pair[0];
        if (mtu >= 23 && (size_t)mtu - 3 < place->pod->mtu_payload)
                place->pod->mtu_payload = (size_t)mtu - 3;
        r = sd_event_add_io(place->sim->bus->event, &place->source, pair[0], EPOLLHUP | EPOLLRDHUP,
                            on_pipe, place);
        if (r >= 0)
                r = sd_bus_reply_method_return(call, "hq", pair[1], mtu);
        (void)close(pair[1]); /* it is theirs now */
        changed(place, "NotifyAcquired");
        return r;
}

static int on_start_notify(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Place *place = userdata;

        (void)error;
        note(place, "StartNotify");
        place->notifying = true;
        changed(place, "Notifying");
        return sd_bus_reply_method_return(call, "");
}

static int on_stop_notify(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Place *place = userdata;

        (void)error;
        note(place, "StopNotify");
        place->notifying = false;
        changed(place, "Notifying");
        return sd_bus_reply_method_return(call, "");
}

static int on_read_value(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Place *place = userdata;
        sd_bus_message *reply = NULL;
        uint8_t value[64];
        size_t size;
        int r;

        if (!characteristic(place)->read)
                return sd_bus_error_set(error, "org.bluez.Error.NotSupported", "it notifies only");
        size = characteristic(place)->read(place->sim, place->pod, value);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_append_array(reply, 'y', value, size);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        sd_bus_message_unref(reply);
        return r < 0 ? r : 1;
}

static int on_write_value(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Place *place = userdata;
        const void *data;
        size_t size;
        int r = sd_bus_message_read_array(call, 'y', &data, &size);

        (void)error;
        if (r < 0)
                return r;
        note(place, "WriteValue");
        pod_control(place->sim, place->pod, data, size);
        return sd_bus_reply_method_return(call, "");
}

/* ---- properties ---- */

static int get_text(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const Place *place = userdata;
        bool service = strcmp(interface, SERVICE) == 0;

        (void)bus, (void)path, (void)error;
        if (strcmp(property, "Type") == 0)
                return sd_bus_message_append(reply, "s", "peripheral");
        if (strcmp(property, "LocalName") == 0)
                return sd_bus_message_append(reply, "s", place->pod->name);
        return sd_bus_message_append(reply, "s",
                                     service ? characteristic(place)->service : characteristic(place)->uuid);
}

static int get_service(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        char service[PATH_SIZE];

        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        service_path(userdata, service);
        return sd_bus_message_append(reply, "o", service);
}

/* The Stride Service asks for an encrypted link, but for its Feature (stride-service.md 1). */
static int get_flags(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const Place *place = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "s");

        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        for (const char *const *flag = characteristic(place)->flags; r >= 0 && *flag; flag++) {
                r = sd_bus_message_append(reply, "s", *flag);
                if (r >= 0 && is_stride(place) && strcmp(*flag, "read") != 0) {
                        char encrypted[32];

                        (void)snprintf(encrypted, sizeof(encrypted), "encrypt-%s", *flag);
                        r = sd_bus_message_append(reply, "s", encrypted);
                }
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int get_boolean(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const Place *place = userdata;
        int value = strcmp(property, "Notifying") == 0        ? place->notifying
                    : strcmp(property, "NotifyAcquired") == 0 ? *pipe_of(place) >= 0
                                                              : 1;

        (void)bus, (void)path, (void)interface, (void)error;
        return sd_bus_message_append(reply, "b", value);
}

static int get_value(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const Place *place = userdata;

        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        return sd_bus_message_append_array(reply, 'y', place->value, place->value_size);
}

static int get_uuids(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const Place *place = userdata; /* the first characteristic: of the service it is known by */

        (void)bus, (void)path, (void)interface, (void)property, (void)error;
        return sd_bus_message_append(reply, "as", 1, characteristic(place)->service);
}

static int on_release(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Place *place = userdata;

        (void)error;
        place->sim->bus->advertised[index_of(place->sim, place->pod)] = false;
        return sd_bus_reply_method_return(call, "");
}

static const sd_bus_vtable service_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("UUID", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Primary", "b", get_boolean, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_VTABLE_END,
};

#define IDENTITY                                                                                   \
        SD_BUS_PROPERTY("UUID", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),                   \
                SD_BUS_PROPERTY("Service", "o", get_service, 0, SD_BUS_VTABLE_PROPERTY_CONST),     \
                SD_BUS_PROPERTY("Flags", "as", get_flags, 0, SD_BUS_VTABLE_PROPERTY_CONST)
#define READS SD_BUS_METHOD("ReadValue", "a{sv}", "ay", on_read_value, SD_BUS_VTABLE_UNPRIVILEGED)
#define NOTIFIES                                                                                   \
        SD_BUS_PROPERTY("Value", "ay", get_value, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),         \
                SD_BUS_PROPERTY("Notifying", "b", get_boolean, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE), \
                SD_BUS_METHOD("StartNotify", "", "", on_start_notify, SD_BUS_VTABLE_UNPRIVILEGED), \
                SD_BUS_METHOD("StopNotify", "", "", on_stop_notify, SD_BUS_VTABLE_UNPRIVILEGED)
#define HAS_PIPE                                                                                   \
        SD_BUS_PROPERTY("NotifyAcquired", "b", get_boolean, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE), \
                SD_BUS_METHOD("AcquireNotify", "a{sv}", "hq", on_acquire_notify, SD_BUS_VTABLE_UNPRIVILEGED)

static const sd_bus_vtable readable_vtable[] = {SD_BUS_VTABLE_START(0), IDENTITY, READS, SD_BUS_VTABLE_END};
static const sd_bus_vtable notifying_vtable[] = {SD_BUS_VTABLE_START(0), IDENTITY, READS, NOTIFIES,
                                                 HAS_PIPE, SD_BUS_VTABLE_END};
static const sd_bus_vtable control_vtable[] = {
        SD_BUS_VTABLE_START(0), IDENTITY, NOTIFIES, HAS_PIPE,
        SD_BUS_METHOD("WriteValue", "aya{sv}", "", on_write_value, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END};

static const sd_bus_vtable advertisement_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Type", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("LocalName", "s", get_text, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("ServiceUUIDs", "as", get_uuids, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_METHOD("Release", "", "", on_release, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static const sd_bus_vtable *vtable_of(const Place *place)
{
        const SimCharacteristic *it = characteristic(place);

        if (strcmp(it->uuid, STRIDE_CONTROL_UUID) == 0)
                return control_vtable;
        for (const char *const *flag = it->flags; *flag; flag++) {
                if (strcmp(*flag, "notify") == 0)
                        return notifying_vtable;
        }
        return readable_vtable;
}

/* ---- the pod's agent: bonds without asking ---- */

static int on_agent(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        (void)userdata, (void)error;
        return sd_bus_reply_method_return(call, "");
}

static const sd_bus_vtable agent_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Release", "", "", on_agent, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestAuthorization", "o", "", on_agent, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("RequestConfirmation", "ou", "", on_agent, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("AuthorizeService", "os", "", on_agent, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Cancel", "", "", on_agent, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

/* ---- registering with bluetoothd, and anew when it came back ---- */

static void register_due(Sim *sim, SimPod *pod, int64_t argument);

static int on_registered(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const sd_bus_error *failure = sd_bus_message_get_error(reply);
        SimPod *pod = userdata;
        Sim *sim = pod->bus_of;

        (void)error;
        (void)fprintf(stderr, "pods: services of %s: %s\n", pod->address,
                      failure ? failure->message : "registered");
        if (!failure)
                sim->bus->registered[index_of(sim, pod)] = true;
        else if (!sd_bus_error_has_name(failure, "org.bluez.Error.AlreadyExists"))
                sim_at(sim, sim_now_ms(sim) + AGAIN_MS, register_due, pod, 0);
        return 0;
}

static void advertise_again(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        if (!pod->in_range || pod->connected || !sim->bus->advertised[index_of(sim, pod)])
                return;
        bus_pod_disappear(sim, pod);
        bus_pod_advertise(sim, pod);
}

/* Virtual controllers report an advertisement once: one that nobody scanned for is made anew. */
static void advertise_later(Sim *sim, SimPod *pod)
{
        sim_cancel(sim, advertise_again, pod);
        sim_at(sim, sim_now_ms(sim) + ADVERTISE_MS, advertise_again, pod, 0);
}

static int on_advertised(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const sd_bus_error *failure = sd_bus_message_get_error(reply);
        SimPod *pod = userdata;
        Sim *sim = pod->bus_of;

        (void)error;
        if (!failure) {
                advertise_later(sim, pod);
        } else {
                (void)fprintf(stderr, "pods: advertisement of %s: %s\n", pod->address, failure->message);
                sim->bus->advertised[index_of(sim, pod)] = false;
                sim_at(sim, sim_now_ms(sim) + AGAIN_MS, register_due, pod, 0);
        }
        return 0;
}

static int call_path(Sim *sim, SimPod *pod, const char *interface, const char *method,
                     const char *suffix, sd_bus_message_handler_t done)
{
        char adapter[PATH_SIZE], root[PATH_SIZE], object[PATH_SIZE + 8];

        adapter_path(sim, pod, adapter);
        root_path(sim, pod, root);
        (void)snprintf(object, sizeof(object), "%s%s", root, suffix);
        if (strncmp(method, "Register", 8) == 0)
                return sd_bus_call_method_async(sim->bus->bus, NULL, BLUEZ, adapter, interface, method,
                                                done, pod, "oa{sv}", object, 0);
        return sd_bus_call_method_async(sim->bus->bus, NULL, BLUEZ, adapter, interface, method, done,
                                        pod, "o", object);
}

static void register_due(Sim *sim, SimPod *pod, int64_t argument)
{
        struct SimBus *bus = sim->bus;
        size_t at = index_of(sim, pod);

        (void)argument;
        if (!bus->agent) {
                bus->agent = true;
                (void)sd_bus_call_method_async(bus->bus, NULL, BLUEZ, "/org/bluez",
                                               "org.bluez.AgentManager1", "RegisterAgent", NULL, NULL,
                                               "os", AGENT_PATH, "NoInputNoOutput");
                (void)sd_bus_call_method_async(bus->bus, NULL, BLUEZ, "/org/bluez",
                                               "org.bluez.AgentManager1", "RequestDefaultAgent", NULL,
                                               NULL, "o", AGENT_PATH);
        }
        if (!bus->registered[at])
                (void)call_path(sim, pod, "org.bluez.GattManager1", "RegisterApplication", "",
                                on_registered);
        if (pod->in_range && !bus->advertised[at]) {
                bus->advertised[at] = true;
                (void)call_path(sim, pod, "org.bluez.LEAdvertisingManager1", "RegisterAdvertisement",
                                "/advertisement", on_advertised);
        }
}

void bus_pod_advertise(Sim *sim, SimPod *pod)
{
        register_due(sim, pod, 0);
}

void bus_pod_disappear(Sim *sim, SimPod *pod)
{
        size_t at = index_of(sim, pod);

        if (!sim->bus->advertised[at])
                return;
        sim->bus->advertised[at] = false;
        (void)call_path(sim, pod, "org.bluez.LEAdvertisingManager1", "UnregisterAdvertisement",
                        "/advertisement", NULL);
}

/* ---- links ---- */

static void pod_is_connected(Sim *sim, SimPod *pod, bool connected)
{
        size_t at = index_of(sim, pod);

        if (pod->connected == connected)
                return;
        note(&sim->bus->places[at][0], connected ? "connected" : "disconnected");
        if (connected) {
                pod->connected = true;
                pod_linked(sim, pod);
                return;
        }
        pod_unlinked(sim, pod);
        pod->connected = false;
        /* bluetoothd ends the pipes itself; one that we close it would not ask for again */
        if (!pod->in_range)
                return;
        sim_at(sim, sim_now_ms(sim) + AGAIN_MS, register_due, pod, 0);
        advertise_later(sim, pod); /* it may be registered still */
}

void bus_pod_disconnect(Sim *sim, SimPod *pod)
{
        const char *peer = sim->bus->peer[index_of(sim, pod)];

        if (pod->connected && peer[0])
                (void)sd_bus_call_method_async(sim->bus->bus, NULL, BLUEZ, peer, "org.bluez.Device1",
                                               "Disconnect", NULL, NULL, "");
        pod_is_connected(sim, pod, false); /* what it still had to say is lost with the link */
}

/* Its own bluetoothd object of the gateway goes, and the key with it. */
void bus_pod_forgets(Sim *sim, SimPod *pod)
{
        char adapter[PATH_SIZE];
        const char *peer = sim->bus->peer[index_of(sim, pod)];

        adapter_path(sim, pod, adapter);
        if (peer[0])
                (void)sd_bus_call_method_async(sim->bus->bus, NULL, BLUEZ, adapter, "org.bluez.Adapter1",
                                               "RemoveDevice", NULL, NULL, "o", peer);
}

void bus_pod_bonds_elsewhere(Sim *sim, SimPod *pod)
{
        (void)fprintf(stderr, "pods: %s has nobody else to bond with here\n", pod->address);
        sim->failed = true;
}

void bus_gateway_forgets(Sim *sim, SimPod *pod)
{
        char device[PATH_SIZE];

        (void)snprintf(device, sizeof(device), "/org/bluez/hci0/dev_%s", pod->address);
        for (char *c = device; *c; c++) {
                if (*c == ':')
                        *c = '_';
        }
        (void)sd_bus_call_method_async(sim->bus->bus, NULL, BLUEZ, "/org/bluez/hci0", "org.bluez.Adapter1",
                                       "RemoveDevice", NULL, NULL, "o", device);
}

static SimPod *pod_of_device(Sim *sim, const char *path)
{
        for (size_t i = 0; i < sim->n_pods; i++) {
                char adapter[PATH_SIZE];

                adapter_path(sim, &sim->pods[i], adapter);
                if (strncmp(path, adapter, strlen(adapter)) == 0 && path[strlen(adapter)] == '/')
                        return &sim->pods[i];
        }
        return NULL;
}

/* a{sv} of a Device1: is Connected among it? -1: not. */
static int read_connected(sd_bus_message *message)
{
        int connected = -1;
        const char *key;

        if (sd_bus_message_enter_container(message, 'a', "{sv}") < 0)
                return -1;
        while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
                if (sd_bus_message_read(message, "s", &key) < 0)
                        return -1;
                if (strcmp(key, "Connected") != 0 ||
                    sd_bus_message_read(message, "v", "b", &connected) < 0)
                        (void)sd_bus_message_skip(message, "v"); /* another property */
                (void)sd_bus_message_exit_container(message);
        }
        (void)sd_bus_message_exit_container(message);
        return connected;
}

static void note_device(Sim *sim, const char *path, int connected)
{
        SimPod *pod = pod_of_device(sim, path);

        if (!pod || connected < 0)
                return;
        (void)text_copy(sim->bus->peer[index_of(sim, pod)], PATH_SIZE, path);
        pod_is_connected(sim, pod, connected);
}

static int on_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const char *interface;

        (void)error;
        if (sd_bus_message_read(message, "s", &interface) >= 0 &&
            strcmp(interface, "org.bluez.Device1") == 0)
                note_device(userdata, sd_bus_message_get_path(message), read_connected(message));
        return 0;
}

static int on_added(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Sim *sim = userdata;
        const char *path, *interface;

        (void)error;
        if (sd_bus_message_read(message, "o", &path) < 0 ||
            sd_bus_message_enter_container(message, 'a', "{sa{sv}}") < 0)
                return 0;
        while (sd_bus_message_enter_container(message, 'e', "sa{sv}") > 0) {
                if (sd_bus_message_read(message, "s", &interface) < 0)
                        return 0;
                if (strcmp(interface, "org.bluez.Device1") == 0)
                        note_device(sim, path, read_connected(message));
                else
                        (void)sd_bus_message_skip(message, "a{sv}"); /* another interface */
                if (strcmp(interface, "org.bluez.LEAdvertisingManager1") == 0) {
                        for (size_t i = 0; i < sim->n_pods; i++)
                                sim_at(sim, sim_now_ms(sim) + AGAIN_MS, register_due, &sim->pods[i], 0);
                }
                (void)sd_bus_message_exit_container(message);
        }
        return 0;
}

/* Everything that was registered is gone with an owner or an adapter. */
static void forget_registrations(Sim *sim)
{
        sim->bus->agent = false;
        for (size_t i = 0; i < sim->n_pods; i++) {
                pod_is_connected(sim, &sim->pods[i], false);
                sim->bus->registered[i] = sim->bus->advertised[i] = false;
                sim->bus->peer[i][0] = '\0';
        }
}

static int on_removed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Sim *sim = userdata;
        const char *path;

        (void)error;
        if (sd_bus_message_read(message, "o", &path) < 0)
                return 0;
        for (size_t i = 0; i < sim->n_pods; i++) {
                char adapter[PATH_SIZE];

                adapter_path(sim, &sim->pods[i], adapter);
                if (strcmp(path, adapter) == 0)
                        forget_registrations(sim);
        }
        return 0;
}

static int on_owner(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Sim *sim = userdata;
        const char *name, *old, *new;

        (void)error;
        if (sd_bus_message_read(message, "sss", &name, &old, &new) < 0)
                return 0;
        forget_registrations(sim);
        for (size_t i = 0; *new && i < sim->n_pods; i++)
                sim_at(sim, sim_now_ms(sim) + AGAIN_MS, register_due, &sim->pods[i], 0);
        return 0;
}

/* ---- the gateway's side of the radio, as a story disturbs it ---- */

void bus_power(Sim *sim, bool on)
{
        (void)sd_bus_call_method_async(sim->bus->bus, NULL, BLUEZ, "/org/bluez/hci0",
                                       "org.freedesktop.DBus.Properties", "Set", NULL, NULL, "ssv",
                                       "org.bluez.Adapter1", "Powered", "b", (int)on);
}

void bus_restart(Sim *sim)
{
        if (sim_exec(sim, "kill -9 $(cat /run/bluetoothd.pid)") != 0)
                sim->failed = true;
}

/* ---- life ---- */

static int add_pod(Sim *sim, SimPod *pod)
{
        struct SimBus *bus = sim->bus;
        char path[PATH_SIZE + 16];
        char root[PATH_SIZE];
        size_t n;
        int r;

        (void)pod_characteristics(pod, &n);
        root_path(sim, pod, root);
        r = sd_bus_add_object_manager(bus->bus, NULL, root);
        for (size_t i = 0; r >= 0 && i < n; i++) {
                Place *place = &bus->places[index_of(sim, pod)][i];

                *place = (Place){.sim = sim, .pod = pod, .at = i};
                pod->pipes[i] = -1;
                if (service_of(pod, i) == i) {
                        service_path(place, path);
                        r = sd_bus_add_object_vtable(bus->bus, NULL, path, SERVICE, service_vtable, place);
                }
                characteristic_path(place, path);
                if (r >= 0)
                        r = sd_bus_add_object_vtable(bus->bus, NULL, path, CHARACTERISTIC,
                                                     vtable_of(place), place);
        }
        (void)snprintf(path, sizeof(path), "%s/advertisement", root);
        return r < 0 ? r
                     : sd_bus_add_object_vtable(bus->bus, NULL, path, ADVERTISEMENT,
                                                advertisement_vtable, &bus->places[index_of(sim, pod)][0]);
}

static int watch(Sim *sim)
{
        sd_bus *bus = sim->bus->bus;
        int r = sd_bus_add_match(bus, NULL,
                                 "type='signal',sender='org.freedesktop.DBus',"
                                 "member='NameOwnerChanged',arg0='org.bluez'",
                                 on_owner, sim);

        if (r >= 0)
                r = sd_bus_add_match(bus, NULL,
                                     "type='signal',sender='org.bluez',member='PropertiesChanged',"
                                     "path_namespace='/org/bluez'",
                                     on_changed, sim);
        if (r >= 0)
                r = sd_bus_match_signal(bus, NULL, BLUEZ, "/", "org.freedesktop.DBus.ObjectManager",
                                        "InterfacesAdded", on_added, sim);
        if (r >= 0)
                r = sd_bus_match_signal(bus, NULL, BLUEZ, "/", "org.freedesktop.DBus.ObjectManager",
                                        "InterfacesRemoved", on_removed, sim);
        return r;
}

int bus_open(Sim *sim)
{
        struct SimBus *bus = calloc(1, sizeof(*bus));
        int r;

        if (!bus)
                return -ENOMEM;
        sim->bus = bus;
        r = sd_event_new(&bus->event);
        if (r >= 0)
                r = real_time_new(sim, bus->event);
        if (r >= 0)
                r = sd_bus_open_system(&bus->bus);
        if (r >= 0)
                r = sd_bus_attach_event(bus->bus, bus->event, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_bus_add_object_vtable(bus->bus, NULL, AGENT_PATH, "org.bluez.Agent1",
                                             agent_vtable, NULL);
        for (size_t i = 0; r >= 0 && i < sim->n_pods; i++) {
                sim->pods[i].bus_of = sim;
                r = add_pod(sim, &sim->pods[i]);
        }
        return r < 0 ? r : watch(sim);
}
