/* What a client may call, and what it is answered. */
#include "bus.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As on a good radio. */
#define CONNECT_MS 400
#define BOND_MS    500
#define GIVE_UP_MS 25000

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

static int on_register_agent(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        const char *path;

        (void)pod, (void)at;
        if (sd_bus_message_read(call, "o", &path) < 0)
                return fail(call, "org.bluez.Error.InvalidArguments", "Invalid arguments in method call");
        (void)text_copy(sim->bus->agent_owner, sizeof(sim->bus->agent_owner), sd_bus_message_get_sender(call));
        (void)text_copy(sim->bus->agent_path, sizeof(sim->bus->agent_path), path);
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
        bus_adapter_changed(sim, "Discovering", true);
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
                        bus_device_changed(sim, &sim->pods[i], "RSSI", NULL, 0);
                }
        }
        bus_adapter_changed(sim, "Discovering", false);
        return done(call);
}

static int on_remove_device(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        const char *path;

        (void)at;
        if (sd_bus_message_read(call, "o", &path) < 0 || !(pod = bus_pod_of_path(sim, path)))
                return fail(call, "org.bluez.Error.DoesNotExist", "Does Not Exist");
        bus_gateway_forgets(sim, pod);
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
        sim_at(sim, sim_now_ms(sim) + (pod->in_range ? CONNECT_MS : GIVE_UP_MS), bus_connected_due, pod, 0);
        return 1;
}

static int on_disconnect(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        (void)at;
        if (!pod->connected && !pod->connect_call)
                return fail(call, "org.bluez.Error.NotConnected", "Not Connected");
        sim_cancel(sim, bus_connected_due, pod); /* it also ends a Connect that is under way */
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
        sim_at(sim, sim_now_ms(sim) + BOND_MS, bus_bonded_due, pod, 0);
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
        bus_send(sim, reply);
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
        if (pod->pipes[at] >= 0 || pod->notifying[at])
                return fail(call, "org.bluez.Error.NotPermitted", "Notify acquired");
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
                return -errno;
        pod->pipes[at] = pair[0];
        r = sd_bus_reply_method_return(call, "hq", pair[1], (uint16_t)(pod->mtu_payload + 3));
        (void)close(pair[1]);
        return r;
}

static int on_start_notify(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        size_t n;
        const SimCharacteristic *characteristic = &pod_characteristics(pod, &n)[at];

        (void)sim;
        if (!pod->connected)
                return fail(call, "org.bluez.Error.Failed", "Not connected");
        if (pod->type == POD_STRIDE && !pod->paired &&
            strcmp(characteristic->service, STRIDE_SERVICE_UUID) == 0)
                return fail(call, "org.bluez.Error.Failed", "Operation failed with ATT error: 0x0f");
        if (pod->pipes[at] >= 0)
                return fail(call, "org.bluez.Error.NotPermitted", "Notify acquired");
        pod->notifying[at] = true;
        return done(call);
}

static int on_stop_notify(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        (void)sim;
        if (!pod->notifying[at])
                return fail(call, "org.bluez.Error.Failed", "No notify session started");
        pod->notifying[at] = false;
        return done(call);
}

static int on_set(Sim *sim, SimPod *pod, int at, sd_bus_message *call)
{
        const char *interface, *name;
        int value;

        (void)sim, (void)at;
        if (sd_bus_message_read(call, "ssv", &interface, &name, "b", &value) < 0 ||
            strcmp(interface, DEVICE) != 0 || strcmp(name, "Trusted") != 0)
                return fail(call, SD_BUS_ERROR_INVALID_ARGS, "no such property, or not to be set");
        pod->trusted = value;
        bus_device_changed(sim, pod, "Trusted", "b", value);
        return done(call);
}

static const struct {
        const char *interface;
        const char *member;
        bool of_pod, of_characteristic;
        int (*handle)(Sim *sim, SimPod *pod, int at, sd_bus_message *call);
} methods[] = {
        {OBJECT_MANAGER, "GetManagedObjects", false, false, bus_on_objects},
        {"org.bluez.AgentManager1", "RegisterAgent", false, false, on_register_agent},
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
        {CHARACTERISTIC, "StartNotify", true, true, on_start_notify},
        {CHARACTERISTIC, "StopNotify", true, true, on_stop_notify},
        {PROPERTIES, "Get", true, false, bus_on_get},
        {PROPERTIES, "Set", true, false, on_set},
};

static int dispatch(Sim *sim, sd_bus_message *call)
{
        const char *path = sd_bus_message_get_path(call);
        SimPod *pod = bus_pod_of_path(sim, path);

        for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
                int at = -1;

                if (!sd_bus_message_is_method_call(call, methods[i].interface, methods[i].member))
                        continue;
                if (methods[i].of_pod && !pod)
                        return fail(call, "org.freedesktop.DBus.Error.UnknownObject", path);
                if (methods[i].of_characteristic) {
                        at = bus_characteristic_of_path(pod, path);
                        if (at < 0)
                                return fail(call, "org.freedesktop.DBus.Error.UnknownObject", path);
                }
                return methods[i].handle(sim, pod, at, call);
        }
        return fail(call, "org.freedesktop.DBus.Error.UnknownMethod", "no such method");
}

int bus_on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
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
