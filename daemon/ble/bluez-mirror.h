/* bluez-mirror.h: Private to ble. What bluetoothd last said of its objects: adapters, devices,
 * characteristics. Reads D-Bus messages; asks nothing and tells nobody. */
#pragma once

#include "base/text.h"
#include "proto/pods/pods.h"

#include <stdbool.h>
#include <systemd/sd-bus.h>

#define BLUEZ_PATH_MAX 128
#define RSSI_UNMEASURED 127 /* heard, but the controller does not say how loud */
#define RSSI_UNHEARD    1000

#define BLUEZ_NAME           "org.bluez"
#define BLUEZ_ADAPTER        "org.bluez.Adapter1"
#define BLUEZ_DEVICE         "org.bluez.Device1"
#define BLUEZ_BATTERY        "org.bluez.Battery1"
#define BLUEZ_CHARACTERISTIC "org.bluez.GattCharacteristic1"

typedef struct BluezAdapter {
        char path[BLUEZ_PATH_MAX];
        char address[ADDRESS_SIZE];
        bool powered;
        bool discovering;
} BluezAdapter;

typedef struct BluezDevice {
        char path[BLUEZ_PATH_MAX];
        char address[ADDRESS_SIZE];
        char name[64];
        int rssi; /* dBm, RSSI_UNMEASURED; RSSI_UNHEARD: not heard lately */
        bool connected;
        bool paired;
        bool services_resolved;
        int battery_pct; /* -1: not known */
        const PodDriver *driver; /* by its services; NULL: none of ours */
} BluezDevice;

typedef struct MirrorCharacteristic {
        char path[BLUEZ_PATH_MAX];
        char uuid[UUID_SIZE];
} MirrorCharacteristic;

typedef enum MirrorKind { MIRROR_ADAPTER, MIRROR_DEVICE, MIRROR_CHARACTERISTIC } MirrorKind;

typedef struct MirrorObject {
        MirrorKind kind;
        union {
                char path[BLUEZ_PATH_MAX]; /* first in each */
                BluezAdapter adapter;
                BluezDevice device;
                MirrorCharacteristic characteristic;
        };
} MirrorObject;

typedef struct Mirror {
        MirrorObject **objects;
        size_t n;
} Mirror;

void mirror_clear(Mirror *mirror);
MirrorObject *mirror_find(const Mirror *mirror, const char *path); /* or NULL */

/* The device that a characteristic is of, or NULL. */
const MirrorObject *mirror_device_of(const Mirror *mirror, const MirrorObject *characteristic);

/* "o a{sa{sv}}": one object with its interfaces. *ret is the object as it is now, NULL when it is
 * none of ours. 0 or -errno of sd-bus: the message is not as it should be. */
int mirror_read_object(Mirror *mirror, sd_bus_message *message, MirrorObject **ret) MUST_CHECK;

/* A notification that came as a property; `data` is the message's. */
typedef struct MirrorValue {
        const void *data;
        size_t size;
} MirrorValue;

/* "s a{sv} as" of PropertiesChanged for `object`. 1: something of ours changed (ret->data: a
 * notification); 0: another interface; -errno of sd-bus. */
int mirror_read_changed(sd_bus_message *message, MirrorObject *object, MirrorValue *ret) MUST_CHECK;

/* "as" of InterfacesRemoved. 1: the object itself goes (mirror_take it); 0: it stays. */
int mirror_read_removed(sd_bus_message *message, MirrorObject *object) MUST_CHECK;
/* Takes it out; the caller frees it. */
MirrorObject *mirror_take(Mirror *mirror, const MirrorObject *object);
