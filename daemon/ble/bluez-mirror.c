#include "daemon/ble/bluez-mirror.h"

#include <errno.h>
#include <string.h>

#define OBJECTS_MAX 4096 /* a neighbourhood full of phones stays far below */

/* ---- objects ---- */

MirrorObject *mirror_find(const Mirror *mirror, const char *path)
{
        for (size_t i = 0; i < mirror->n; i++) {
                if (strcmp(mirror->objects[i]->path, path) == 0)
                        return mirror->objects[i];
        }
        return NULL;
}

const MirrorObject *mirror_device_of(const Mirror *mirror, const MirrorObject *characteristic)
{
        for (size_t i = 0; i < mirror->n; i++) {
                const MirrorObject *object = mirror->objects[i];
                size_t length = strlen(object->path);

                if (object->kind == MIRROR_DEVICE &&
                    strncmp(characteristic->path, object->path, length) == 0 &&
                    characteristic->path[length] == '/')
                        return object;
        }
        return NULL;
}

static MirrorObject *make(Mirror *mirror, const char *path, MirrorKind kind)
{
        MirrorObject *object = mirror_find(mirror, path);
        MirrorObject **moved;

        if (object)
                return object;
        if (mirror->n == OBJECTS_MAX || strlen(path) >= BLUEZ_PATH_MAX)
                return NULL;
        moved = reallocarray(mirror->objects, mirror->n + 1, sizeof(*moved));
        if (!moved)
                return NULL;
        mirror->objects = moved;
        object = calloc(1, sizeof(*object));
        if (!object)
                return NULL;
        object->kind = kind;
        (void)text_copy(object->path, sizeof(object->path), path);
        if (kind == MIRROR_DEVICE) {
                object->device.rssi = RSSI_UNHEARD;
                object->device.battery_pct = -1;
        }
        mirror->objects[mirror->n++] = object;
        return object;
}

void mirror_clear(Mirror *mirror)
{
        for (size_t i = 0; i < mirror->n; i++)
                free(mirror->objects[i]);
        free(mirror->objects);
        *mirror = (Mirror){0};
}

MirrorObject *mirror_take(Mirror *mirror, const MirrorObject *object)
{
        for (size_t i = 0; i < mirror->n; i++) {
                MirrorObject *found = mirror->objects[i];

                if (found != object)
                        continue;
                mirror->objects[i] = mirror->objects[--mirror->n];
                return found;
        }
        return NULL;
}

static bool driver_gives_records(const PodDriver *driver)
{
        for (size_t i = 0; i < driver->n_characteristics; i++) {
                if (driver->characteristics[i].sample)
                        return true;
        }
        return driver->has_memory;
}

/* Of several services the first in the table of drivers that gives records. */
static const PodDriver *better_driver(const PodDriver *a, const PodDriver *b)
{
        for (size_t i = 0; i < n_pod_drivers; i++) {
                if (driver_gives_records(pod_drivers[i]) &&
                    (pod_drivers[i] == a || pod_drivers[i] == b))
                        return pod_drivers[i];
        }
        return NULL;
}

/* ---- properties ---- */

typedef struct Property {
        MirrorKind kind;
        const char *name;
        char type; /* of D-Bus; 'a': services as text */
        size_t offset;
        size_t size;
} Property;

#define OF(kind_, name_, type_, member_)                                                           \
        {                                                                                          \
                kind_, name_, type_, offsetof(MirrorObject, member_), sizeof(((MirrorObject *)0)->member_)     \
        }

static const Property properties[] = {
        OF(MIRROR_ADAPTER, "Address", 's', adapter.address),
        OF(MIRROR_ADAPTER, "Powered", 'b', adapter.powered),
        OF(MIRROR_ADAPTER, "Discovering", 'b', adapter.discovering),
        OF(MIRROR_DEVICE, "Address", 's', device.address),
        OF(MIRROR_DEVICE, "Alias", 's', device.name),
        OF(MIRROR_DEVICE, "RSSI", 'n', device.rssi),
        OF(MIRROR_DEVICE, "Connected", 'b', device.connected),
        OF(MIRROR_DEVICE, "Paired", 'b', device.paired),
        OF(MIRROR_DEVICE, "ServicesResolved", 'b', device.services_resolved),
        OF(MIRROR_DEVICE, "UUIDs", 'a', device.driver),
        OF(MIRROR_DEVICE, "Percentage", 'y', device.battery_pct),
        OF(MIRROR_CHARACTERISTIC, "UUID", 's', characteristic.uuid),
};

static int read_services(sd_bus_message *message, MirrorObject *object)
{
        const char *uuid;
        int r = sd_bus_message_enter_container(message, 'a', "s");

        object->device.driver = NULL;
        while (r >= 0) {
                r = sd_bus_message_read(message, "s", &uuid);
                if (r <= 0)
                        break;
                object->device.driver =
                        better_driver(object->device.driver, pod_driver_by_service(uuid));
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* The value stands inside an entered variant of the expected type. */
static int read_value(sd_bus_message *message, const Property *property, MirrorObject *object)
{
        char *at = (char *)object + property->offset;
        const char *text;
        int16_t number;
        uint8_t octet;
        int boolean, r;

        switch (property->type) {
        case 's':
                r = sd_bus_message_read(message, "s", &text);
                if (r >= 0)
                        (void)text_copy(at, property->size, text);
                return r;
        case 'b':
                r = sd_bus_message_read(message, "b", &boolean);
                if (r >= 0)
                        *(bool *)at = boolean;
                return r;
        case 'n':
                r = sd_bus_message_read(message, "n", &number);
                if (r >= 0)
                        *(int *)at = number;
                return r;
        case 'y':
                r = sd_bus_message_read(message, "y", &octet);
                if (r >= 0)
                        *(int *)at = octet;
                return r;
        default:
                return read_services(message, object);
        }
}

static const char *property_signature(const Property *property)
{
        static const char signatures[] = "s\0b\0n\0y";

        switch (property->type) {
        case 's':
                return signatures;
        case 'b':
                return signatures + 2;
        case 'n':
                return signatures + 4;
        case 'y':
                return signatures + 6;
        default:
                return "as";
        }
}

/* A notification as a property. */
static int read_notification(sd_bus_message *message, MirrorValue *ret)
{
        int r = sd_bus_message_enter_container(message, 'v', "ay");

        if (r >= 0)
                r = sd_bus_message_read_array(message, 'y', &ret->data, &ret->size);
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* `ret_value` NULL: the list of objects, in which a Value is an old one. */
static int read_property(sd_bus_message *message, MirrorObject *object, MirrorValue *ret_value)
{
        const char *name, *contents;
        char type;
        int r = sd_bus_message_read(message, "s", &name);

        if (r < 0)
                return r;
        r = sd_bus_message_peek_type(message, &type, &contents);
        if (r < 0)
                return r;
        if (ret_value && object->kind == MIRROR_CHARACTERISTIC && strcmp(name, "Value") == 0 &&
            strcmp(contents, "ay") == 0)
                return read_notification(message, ret_value);
        for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
                const Property *property = &properties[i];

                if (property->kind != object->kind || strcmp(property->name, name) != 0 ||
                    strcmp(property_signature(property), contents) != 0)
                        continue;
                r = sd_bus_message_enter_container(message, 'v', contents);
                if (r >= 0)
                        r = read_value(message, property, object);
                /* bluetoothd 5.66 does not always tell of a link that it found up when it started
                 * (it logs "is already connected"); services are resolved over a link only. */
                if (strcmp(name, "ServicesResolved") == 0 && object->device.services_resolved)
                        object->device.connected = true;
                return r < 0 ? r : sd_bus_message_exit_container(message);
        }
        return sd_bus_message_skip(message, "v");
}

/* a{sv} */
static int read_properties(sd_bus_message *message, MirrorObject *object, MirrorValue *ret_value)
{
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");

        while (r >= 0) {
                r = sd_bus_message_enter_container(message, 'e', "sv");
                if (r <= 0)
                        break;
                r = read_property(message, object, ret_value);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

/* `is_the_object`: when this interface goes, the object goes; a battery may leave a device that
 * stays. bluetoothd keeps the Battery Service for itself and shows it as an interface. */
static const struct {
        const char *name;
        MirrorKind kind;
        bool is_the_object;
} interfaces[] = {
        {BLUEZ_ADAPTER, MIRROR_ADAPTER, true},
        {BLUEZ_DEVICE, MIRROR_DEVICE, true},
        {BLUEZ_BATTERY, MIRROR_DEVICE, false},
        {BLUEZ_CHARACTERISTIC, MIRROR_CHARACTERISTIC, true},
};

/* Its place in the table, or -1. */
static int interface_of(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(interfaces); i++) {
                if (strcmp(interfaces[i].name, name) == 0)
                        return (int)i;
        }
        return -1;
}

int mirror_read_object(Mirror *mirror, sd_bus_message *message, MirrorObject **ret)
{
        MirrorObject *object = NULL;
        const char *path, *interface;
        int r = sd_bus_message_read(message, "o", &path);

        if (r >= 0)
                r = sd_bus_message_enter_container(message, 'a', "{sa{sv}}");
        while (r >= 0) {
                int at;

                r = sd_bus_message_enter_container(message, 'e', "sa{sv}");
                if (r <= 0)
                        break;
                r = sd_bus_message_read(message, "s", &interface);
                if (r < 0)
                        return r;
                at = interface_of(interface);
                if (at >= 0)
                        object = make(mirror, path, interfaces[at].kind);
                r = at >= 0 && object ? read_properties(message, object, NULL)
                                      : sd_bus_message_skip(message, "a{sv}");
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        *ret = object;
        return r < 0 ? r : 0;
}

/* Only RSSI is ever invalidated without a new value: the device was not heard lately. */
static int read_invalidated(sd_bus_message *message, MirrorObject *object)
{
        const char *name;
        int r = sd_bus_message_enter_container(message, 'a', "s");

        while (r >= 0) {
                r = sd_bus_message_read(message, "s", &name);
                if (r <= 0)
                        break;
                if (object->kind == MIRROR_DEVICE && strcmp(name, "RSSI") == 0)
                        object->device.rssi = RSSI_UNHEARD;
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

int mirror_read_changed(sd_bus_message *message, MirrorObject *object, MirrorValue *ret)
{
        const char *interface;
        int at, r = sd_bus_message_read(message, "s", &interface);

        *ret = (MirrorValue){0};
        if (r < 0)
                return r;
        at = interface_of(interface);
        if (at < 0 || interfaces[at].kind != object->kind)
                return 0;
        r = read_properties(message, object, ret);
        if (r >= 0)
                r = read_invalidated(message, object);
        return r < 0 ? r : 1;
}

int mirror_read_removed(sd_bus_message *message, MirrorObject *object)
{
        const char *name;
        int gone = 0, r = sd_bus_message_enter_container(message, 'a', "s");

        while (r >= 0) {
                int at;

                r = sd_bus_message_read(message, "s", &name);
                if (r <= 0)
                        break;
                at = interface_of(name);
                if (at >= 0 && interfaces[at].kind == object->kind)
                        gone |= interfaces[at].is_the_object;
        }
        return r < 0 ? r : gone;
}
