/* bluez-mirror.h: Private to ble. What bluetoothd last said of its objects: adapters, devices,
 * characteristics. Reads D-Bus messages; asks nothing and tells nobody. */
#pragma once

#include "daemon/ble/bluez.h"

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
