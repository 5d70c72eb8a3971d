/* What happens on the radio: devices come and go, links, the adapter, bluetoothd itself. */
#include "bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As on a good radio. */
#define RESOLVE_MS 600
#define HEARD_MS   300
#define FORGET_MS  30000 /* bluetoothd drops devices it does not know and does not hear */
#define RESTART_MS 2000
#define NO_KEY_MS  50 /* from the link to its end when it cannot be encrypted */

/* ---- devices come and go ---- */

void bus_forget(Sim *sim, SimPod *pod)
{
        if (!pod->has_device)
                return;
        if (pod->has_services)
                bus_services_removed(sim, pod);
        pod->has_services = false;
        bus_device_removed(sim, pod);
        pod->has_device = false;
        pod->rssi_known = false;
}

static void forget_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        if (!pod->in_range && !pod->paired && !pod->connected)
                bus_forget(sim, pod);
}

static void heard_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        if (!sim->bus->owned || !sim->bus->discovering || !pod->in_range || pod->connected)
                return;
        pod->rssi_known = true;
        if (pod->has_device) {
                bus_device_changed(sim, pod, "RSSI", "n", -60);
                return;
        }
        pod->has_device = true;
        bus_device_added(sim, pod);
}

void bus_pod_advertise(Sim *sim, SimPod *pod)
{
        sim_at(sim, sim_now_ms(sim) + HEARD_MS, heard_due, pod, 0);
}

void bus_pod_disappear(Sim *sim, SimPod *pod)
{
        if (pod->rssi_known) {
                pod->rssi_known = false;
                bus_device_changed(sim, pod, "RSSI", NULL, 0);
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
                pod->notifying[i] = false;
        }
}

static void resolved_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        if (!pod->has_services)
                bus_services_added(sim, pod);
        pod->has_services = true;
        pod->resolved = true;
        bus_device_changed(sim, pod, "ServicesResolved", "b", 1);
        reply_done(sim, &pod->connect_call);
}

/* One of the two has no key, or another one: the link is ended, and Connect fails. Which of the two it was
 * bluetoothd's words do not tell (tests/vm: they differ by kernel). */
static void unencrypted_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        pod_unlinked(sim, pod);
        pod->connected = false;
        if (!pod->key)
                reply_done(sim, &pod->connect_call);
        bus_device_changed(sim, pod, "Connected", "b", 0);
        reply_error(sim, &pod->connect_call, "org.bluez.Error.Failed", "le-connection-abort-by-local");
        if (pod->in_range)
                bus_pod_advertise(sim, pod);
}

void bus_connected_due(Sim *sim, SimPod *pod, int64_t argument)
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
        bus_device_changed(sim, pod, "Connected", "b", 1);
        if (pod->key != pod->its_key && (pod->key || pod->keeps_bond)) {
                sim_at(sim, sim_now_ms(sim) + NO_KEY_MS, unencrypted_due, pod, 0);
                return;
        }
        sim_at(sim, sim_now_ms(sim) + RESOLVE_MS, resolved_due, pod, 0);
}

static void refuse_bond(Sim *sim, SimPod *pod)
{
        reply_error(sim, &pod->pair_call, "org.bluez.Error.AuthenticationFailed", "Authentication Failed");
        bus_pod_disconnect(sim, pod);
}

static void bond(Sim *sim, SimPod *pod);

/* What the gateway's person said. Shown here, the passkey is entered at the pod as it was heard. */
static int on_agent_answered(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        SimPod *pod = userdata;
        uint32_t passkey = pod->passkey;

        (void)error;
        sim_active(pod->bus_of);
        if (sd_bus_message_is_method_error(reply, NULL) ||
            (pod->pairing == PAIRS_BY_DISPLAY && sd_bus_message_read(reply, "u", &passkey) < 0) ||
            passkey != pod->passkey)
                refuse_bond(pod->bus_of, pod);
        else
                bond(pod->bus_of, pod);
        return 0;
}

static void ask_agent(Sim *sim, SimPod *pod)
{
        static const struct {
                const char *method, *types;
        } questions[] = {[PAIRS_BY_DISPLAY] = {"RequestPasskey", "o"},
                         [PAIRS_BY_KEYS] = {"DisplayPasskey", "ouq"},
                         [PAIRS_BY_COMPARING] = {"RequestConfirmation", "ou"}};
        char path[128];
        int r = -ENOENT;

        pod->bus_of = sim;
        bus_device_path(pod, path);
        if (sim->bus->agent_owner[0])
                r = sd_bus_call_method_async(sim->bus->bus, NULL, sim->bus->agent_owner, sim->bus->agent_path,
                                             "org.bluez.Agent1", questions[pod->pairing].method, on_agent_answered,
                                             pod, questions[pod->pairing].types, path, pod->passkey, 0);
        sim_active(sim);
        if (r < 0)
                refuse_bond(sim, pod);
}

void bus_bonded_due(Sim *sim, SimPod *pod, int64_t argument)
{
        (void)argument;
        if (pod->keeps_bond && pod->its_key)
                refuse_bond(sim, pod);
        else if (pod->pairing != PAIRS_JUST_SO)
                ask_agent(sim, pod);
        else
                bond(sim, pod);
}

static void bond(Sim *sim, SimPod *pod)
{
        pod->paired = true;
        pod->key = pod->its_key = ++sim->bus->keys;
        bus_device_changed(sim, pod, "Bonded", "b", 1);
        bus_device_changed(sim, pod, "Paired", "b", 1);
        reply_done(sim, &pod->pair_call);
}

void bus_pod_forgets(Sim *sim, SimPod *pod)
{
        (void)sim;
        pod->its_key = 0;
}

void bus_pod_bonds_elsewhere(Sim *sim, SimPod *pod)
{
        pod->its_key = ++sim->bus->keys;
}

void bus_gateway_forgets(Sim *sim, SimPod *pod)
{
        sim_cancel(sim, bus_connected_due, pod);
        bus_pod_disconnect(sim, pod);
        pod->paired = false;
        pod->key = 0;
        bus_forget(sim, pod);
        if (pod->in_range)
                bus_pod_advertise(sim, pod);
}

void bus_pod_disconnect(Sim *sim, SimPod *pod)
{
        sim_cancel(sim, resolved_due, pod);
        sim_cancel(sim, unencrypted_due, pod);
        sim_cancel(sim, bus_bonded_due, pod);
        reply_error(sim, &pod->connect_call, "org.bluez.Error.Failed", "le-connection-abort-by-peer");
        reply_error(sim, &pod->pair_call, "org.bluez.Error.AuthenticationFailed", "link lost");
        if (!pod->connected)
                return;
        pod_unlinked(sim, pod);
        pod->connected = pod->resolved = false;
        close_pipes(pod);
        bus_device_changed(sim, pod, "ServicesResolved", "b", 0);
        bus_device_changed(sim, pod, "Connected", "b", 0);
        if (pod->in_range)
                bus_pod_advertise(sim, pod);
}

bool bus_notify(Sim *sim, SimPod *pod, const char *uuid, const void *data, size_t size)
{
        size_t n;
        const SimCharacteristic *list = pod_characteristics(pod, &n);

        for (size_t i = 0; i < n; i++) {
                if (strcmp(list[i].uuid, uuid) != 0)
                        continue;
                if (pod->notifying[i]) {
                        bus_value_changed(sim, pod, i, data, size);
                        return true;
                }
                if (pod->pipes[i] < 0)
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
                bus_adapter_changed(sim, "Discovering", false);
        bus_adapter_changed(sim, "Powered", on);
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
                r = sd_bus_add_filter(sim->bus->bus, NULL, bus_on_message, sim);
        if (r >= 0)
                r = sd_bus_request_name(sim->bus->bus, "org.bluez", 0);
        return r;
}
