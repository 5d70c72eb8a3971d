/* bus.h: what the files of org.bluez (bus*.c) know of each other; everybody else takes sim.h.
 *
 * bus.c decides what happens to a pod and keeps its flags; bus-objects.c says it on the bus, and nothing
 * while bluetoothd does not run; bus-methods.c answers calls. */
#pragma once

#include "sim.h"

#define DEVICE         "org.bluez.Device1"
#define ADAPTER        "org.bluez.Adapter1"
#define CHARACTERISTIC "org.bluez.GattCharacteristic1"
#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"

struct SimBus {
        sd_bus *bus;
        bool owned; /* bluetoothd runs */
        bool powered;
        bool discovering;
        uint32_t keys; /* made so far */
        char agent_owner[64], agent_path[128]; /* who registered it; "": nobody */
};

/* ---- bus-objects.c ---- */

/* Whose device a path is, or is below; NULL: nobody's that stands on the bus. */
SimPod *bus_pod_of_path(Sim *sim, const char *path);
int bus_characteristic_of_path(const SimPod *pod, const char *path); /* its index; -1: none */

void bus_device_path(const SimPod *pod, char ret[static 128]);
void bus_send(Sim *sim, sd_bus_message *m); /* takes the message */

void bus_adapter_changed(Sim *sim, const char *name, bool value);
/* One property, if the device stands on the bus; `type` NULL: it has no value any more. */
void bus_device_changed(Sim *sim, const SimPod *pod, const char *name, const char *type, int value);
void bus_device_added(Sim *sim, const SimPod *pod);
void bus_device_removed(Sim *sim, const SimPod *pod);
/* A notification as a signal. */
void bus_value_changed(Sim *sim, const SimPod *pod, size_t at, const void *data, size_t size);
void bus_services_added(Sim *sim, const SimPod *pod);   /* and their characteristics */
void bus_services_removed(Sim *sim, const SimPod *pod); /* their characteristics only */
/* GetManagedObjects, as a method of bus-methods.c; `pod` and `at` are not used. */
int bus_on_objects(Sim *sim, SimPod *pod, int at, sd_bus_message *call);
/* Properties.Get, of devices only. */
int bus_on_get(Sim *sim, SimPod *pod, int at, sd_bus_message *call);

/* ---- bus.c ---- */

void bus_forget(Sim *sim, SimPod *pod); /* its device goes, if it has one */
/* For sim_at: the Connect or Pair that waits in the pod comes to its end. */
void bus_connected_due(Sim *sim, SimPod *pod, int64_t argument);
void bus_bonded_due(Sim *sim, SimPod *pod, int64_t argument);

/* ---- bus-methods.c ---- */

/* Filter of the connection: answers method calls; `userdata` is the Sim. */
int bus_on_message(sd_bus_message *message, void *userdata, sd_bus_error *error);
