#include "daemon/ble/bluez.h"

#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define OBJECTS_MAX    4096 /* a neighbourhood full of phones stays far below */

typedef struct Characteristic {
        char path[BLUEZ_PATH_MAX];
        char uuid[UUID_SIZE];
} Characteristic;

typedef enum ObjectKind { OBJECT_ADAPTER, OBJECT_DEVICE, OBJECT_CHARACTERISTIC } ObjectKind;

typedef struct Object {
        ObjectKind kind;
        union {
                char path[BLUEZ_PATH_MAX]; /* first in each */
                BluezAdapter adapter;
                BluezDevice device;
                Characteristic characteristic;
        };
} Object;

struct Bluez {
        sd_bus *bus;
        const BluezObserver *observer;
        void *userdata;
        sd_bus_slot *owner_match, *added_match, *removed_match, *changed_match;
        sd_bus_slot *call; /* GetNameOwner, then GetManagedObjects */
        bool there;
        Object **objects;
        size_t n_objects;
        uint32_t n_calls;
};

/* ---- calls ---- */

static int finish_call(Bluez *bluez, sd_bus_slot **ret_slot, sd_bus_message *message,
                       uint64_t timeout_us, sd_bus_message_handler_t reply, void *userdata)
{
        int r = sd_bus_message_set_auto_start(message, false);

        bluez->n_calls++;
        return r < 0 ? r
                     : sd_bus_call_async(bluez->bus, ret_slot, message, reply, userdata, timeout_us);
}

int bluez_call(Bluez *bluez, sd_bus_slot **ret_slot, const char *path, const char *interface,
               const char *member, uint64_t timeout_us, sd_bus_message_handler_t reply,
               void *userdata, const char *types, ...)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *message = NULL;
        va_list arguments;
        int r = sd_bus_message_new_method_call(bluez->bus, &message, BLUEZ_NAME, path, interface,
                                               member);

        if (r < 0)
                return r;
        va_start(arguments, types);
        r = sd_bus_message_appendv(message, types, arguments);
        va_end(arguments);
        return r < 0 ? r : finish_call(bluez, ret_slot, message, timeout_us, reply, userdata);
}

int bluez_write(Bluez *bluez, sd_bus_slot **ret_slot, const char *path, const void *data,
                size_t size, uint64_t timeout_us, sd_bus_message_handler_t reply, void *userdata)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *message = NULL;
        int r = sd_bus_message_new_method_call(bluez->bus, &message, BLUEZ_NAME, path,
                                               BLUEZ_CHARACTERISTIC, "WriteValue");

        if (r >= 0)
                r = sd_bus_message_append_array(message, 'y', data, size);
        if (r >= 0)
                r = sd_bus_message_append(message, "a{sv}", 0);
        return r < 0 ? r : finish_call(bluez, ret_slot, message, timeout_us, reply, userdata);
}

uint32_t bluez_calls(const Bluez *bluez)
{
        return bluez->n_calls;
}

/* ---- objects ---- */

static Object *object_find(const Bluez *bluez, const char *path)
{
        for (size_t i = 0; i < bluez->n_objects; i++) {
                if (strcmp(bluez->objects[i]->path, path) == 0)
                        return bluez->objects[i];
        }
        return NULL;
}

static Object *object_make(Bluez *bluez, const char *path, ObjectKind kind)
{
        Object *object = object_find(bluez, path);
        Object **moved;

        if (object)
                return object;
        if (bluez->n_objects == OBJECTS_MAX || strlen(path) >= BLUEZ_PATH_MAX)
                return NULL;
        moved = reallocarray(bluez->objects, bluez->n_objects + 1, sizeof(*moved));
        if (!moved)
                return NULL;
        bluez->objects = moved;
        object = calloc(1, sizeof(*object));
        if (!object)
                return NULL;
        object->kind = kind;
        (void)text_copy(object->path, sizeof(object->path), path);
        if (kind == OBJECT_DEVICE)
                object->device.rssi = RSSI_UNKNOWN;
        bluez->objects[bluez->n_objects++] = object;
        return object;
}

static void objects_clear(Bluez *bluez)
{
        for (size_t i = 0; i < bluez->n_objects; i++)
                free(bluez->objects[i]);
        bluez->n_objects = 0;
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
        ObjectKind kind;
        const char *name;
        char type; /* of D-Bus; 'a': services as text */
        size_t offset;
        size_t size;
} Property;

#define OF(kind_, name_, type_, member_)                                                           \
        {                                                                                          \
                kind_, name_, type_, offsetof(Object, member_), sizeof(((Object *)0)->member_)     \
        }

static const Property properties[] = {
        OF(OBJECT_ADAPTER, "Address", 's', adapter.address),
        OF(OBJECT_ADAPTER, "Powered", 'b', adapter.powered),
        OF(OBJECT_ADAPTER, "Discovering", 'b', adapter.discovering),
        OF(OBJECT_DEVICE, "Address", 's', device.address),
        OF(OBJECT_DEVICE, "Alias", 's', device.name),
        OF(OBJECT_DEVICE, "RSSI", 'n', device.rssi),
        OF(OBJECT_DEVICE, "Connected", 'b', device.connected),
        OF(OBJECT_DEVICE, "Paired", 'b', device.paired),
        OF(OBJECT_DEVICE, "ServicesResolved", 'b', device.services_resolved),
        OF(OBJECT_DEVICE, "UUIDs", 'a', device.driver),
        OF(OBJECT_CHARACTERISTIC, "UUID", 's', characteristic.uuid),
};

static int read_services(sd_bus_message *message, Object *object)
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
static int read_value(sd_bus_message *message, const Property *property, Object *object)
{
        char *at = (char *)object + property->offset;
        const char *text;
        int16_t number;
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
        default:
                return read_services(message, object);
        }
}

static const char *property_signature(const Property *property)
{
        static const char signatures[] = "s\0b\0n";

        switch (property->type) {
        case 's':
                return signatures;
        case 'b':
                return signatures + 2;
        case 'n':
                return signatures + 4;
        default:
                return "as";
        }
}

/* A notification as a property. */
static int read_notification(Bluez *bluez, sd_bus_message *message, const Object *object)
{
        const void *data;
        size_t size;
        int r = sd_bus_message_enter_container(message, 'v', "ay");

        if (r >= 0)
                r = sd_bus_message_read_array(message, 'y', &data, &size);
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        if (r >= 0)
                bluez->observer->value(object->path, data, size, bluez->userdata);
        return r;
}

static int read_property(Bluez *bluez, sd_bus_message *message, Object *object, bool changed)
{
        const char *name, *contents;
        char type;
        int r = sd_bus_message_read(message, "s", &name);

        if (r < 0)
                return r;
        r = sd_bus_message_peek_type(message, &type, &contents);
        if (r < 0)
                return r;
        if (changed && object->kind == OBJECT_CHARACTERISTIC && strcmp(name, "Value") == 0 &&
            strcmp(contents, "ay") == 0)
                return read_notification(bluez, message, object);
        for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
                const Property *property = &properties[i];

                if (property->kind != object->kind || strcmp(property->name, name) != 0 ||
                    strcmp(property_signature(property), contents) != 0)
                        continue;
                r = sd_bus_message_enter_container(message, 'v', contents);
                if (r >= 0)
                        r = read_value(message, property, object);
                return r < 0 ? r : sd_bus_message_exit_container(message);
        }
        return sd_bus_message_skip(message, "v");
}

/* a{sv} */
static int read_properties(Bluez *bluez, sd_bus_message *message, Object *object, bool changed)
{
        int r = sd_bus_message_enter_container(message, 'a', "{sv}");

        while (r >= 0) {
                r = sd_bus_message_enter_container(message, 'e', "sv");
                if (r <= 0)
                        break;
                r = read_property(bluez, message, object, changed);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

static const struct {
        const char *name;
        ObjectKind kind;
} interfaces[] = {
        {BLUEZ_ADAPTER, OBJECT_ADAPTER},
        {BLUEZ_DEVICE, OBJECT_DEVICE},
        {BLUEZ_CHARACTERISTIC, OBJECT_CHARACTERISTIC},
};

static int interface_kind(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(interfaces); i++) {
                if (strcmp(interfaces[i].name, name) == 0)
                        return (int)interfaces[i].kind;
        }
        return -1;
}

static void tell(Bluez *bluez, const Object *object)
{
        char address[ADDRESS_SIZE];

        if (object->kind == OBJECT_ADAPTER) {
                bluez->observer->adapter(bluez->userdata);
        } else if (object->kind == OBJECT_DEVICE) {
                (void)text_copy(address, sizeof(address), object->device.address);
                bluez->observer->device(address, bluez->userdata);
        }
}

/* o a{sa{sv}}: one object with its interfaces. */
static int read_object(Bluez *bluez, sd_bus_message *message)
{
        Object *object = NULL;
        const char *path, *interface;
        int r = sd_bus_message_read(message, "o", &path);

        if (r >= 0)
                r = sd_bus_message_enter_container(message, 'a', "{sa{sv}}");
        while (r >= 0) {
                int kind;

                r = sd_bus_message_enter_container(message, 'e', "sa{sv}");
                if (r <= 0)
                        break;
                r = sd_bus_message_read(message, "s", &interface);
                if (r < 0)
                        return r;
                kind = interface_kind(interface);
                if (kind >= 0)
                        object = object_make(bluez, path, (ObjectKind)kind);
                r = kind >= 0 && object ? read_properties(bluez, message, object, false)
                                        : sd_bus_message_skip(message, "a{sv}");
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        if (r >= 0 && object)
                tell(bluez, object);
        return r;
}

/* ---- signals ---- */

static int on_added(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        int r = read_object(userdata, message);

        (void)error;
        if (r < 0)
                log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "an object of bluetoothd could not be read: %s", strerror(-r));
        return 0;
}

/* A battery may leave a device that stays: only the interface we mirror counts. */
static int names_kind(sd_bus_message *message, ObjectKind kind)
{
        const char *interface;
        int found = 0, r = sd_bus_message_enter_container(message, 'a', "s");

        while (r >= 0) {
                r = sd_bus_message_read(message, "s", &interface);
                if (r <= 0)
                        break;
                found |= interface_kind(interface) == (int)kind;
        }
        return r < 0 ? r : found;
}

static void object_remove(Bluez *bluez, const Object *gone)
{
        for (size_t i = 0; i < bluez->n_objects; i++) {
                CLEANUP(freep) Object *object = NULL;

                if (bluez->objects[i] != gone)
                        continue;
                object = bluez->objects[i];
                bluez->objects[i] = bluez->objects[--bluez->n_objects];
                tell(bluez, object);
                return;
        }
}

static int on_removed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Bluez *bluez = userdata;
        const Object *object;
        const char *path;
        int r = sd_bus_message_read(message, "o", &path);

        (void)error;
        object = r < 0 ? NULL : object_find(bluez, path);
        if (object && names_kind(message, object->kind) > 0)
                object_remove(bluez, object);
        return 0;
}

/* Only RSSI is ever invalidated without a new value: the device was not heard lately. */
static int read_invalidated(sd_bus_message *message, Object *object)
{
        const char *name;
        int r = sd_bus_message_enter_container(message, 'a', "s");

        while (r >= 0) {
                r = sd_bus_message_read(message, "s", &name);
                if (r <= 0)
                        break;
                if (object->kind == OBJECT_DEVICE && strcmp(name, "RSSI") == 0)
                        object->device.rssi = RSSI_UNKNOWN;
        }
        return r < 0 ? r : sd_bus_message_exit_container(message);
}

static int on_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Bluez *bluez = userdata;
        Object *object = object_find(bluez, sd_bus_message_get_path(message));
        const char *interface;
        int r = sd_bus_message_read(message, "s", &interface);

        (void)error;
        if (r < 0 || !object || interface_kind(interface) != (int)object->kind)
                return 0;
        r = read_properties(bluez, message, object, true);
        if (r >= 0)
                r = read_invalidated(message, object);
        if (r < 0)
                log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "a change of bluetoothd could not be read: %s", strerror(-r));
        else
                tell(bluez, object);
        return 0;
}

/* ---- the name ---- */

static int on_objects(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Bluez *bluez = userdata;
        int r;

        (void)error;
        bluez->call = sd_bus_slot_unref(bluez->call);
        if (sd_bus_message_is_method_error(reply, NULL)) {
                log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "bluetoothd does not list its objects: %s",
                          sd_bus_message_get_error(reply)->message);
                return 0;
        }
        bluez->there = true;
        bluez->observer->presence(bluez->userdata);
        r = sd_bus_message_enter_container(reply, 'a', "{oa{sa{sv}}}");
        while (r >= 0) {
                r = sd_bus_message_enter_container(reply, 'e', "oa{sa{sv}}");
                if (r <= 0)
                        break;
                r = read_object(bluez, reply);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return 0;
}

static int read_objects(Bluez *bluez)
{
        bluez->call = sd_bus_slot_unref(bluez->call);
        return bluez_call(bluez, &bluez->call, "/", OBJECT_MANAGER, "GetManagedObjects", 0,
                          on_objects, bluez, "");
}

static void come(Bluez *bluez)
{
        int r = read_objects(bluez);

        if (r < 0)
                log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "cannot ask bluetoothd for its objects: %s", strerror(-r));
}

static void go(Bluez *bluez)
{
        bluez->call = sd_bus_slot_unref(bluez->call);
        objects_clear(bluez);
        if (!bluez->there)
                return;
        bluez->there = false;
        bluez->observer->presence(bluez->userdata);
}

static int on_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        const char *name, *old, *new;
        int r = sd_bus_message_read(message, "sss", &name, &old, &new);

        (void)error;
        if (r < 0)
                return 0;
        go(userdata);
        if (new[0] != '\0')
                come(userdata);
        return 0;
}

static int on_owner(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Bluez *bluez = userdata;

        (void)error;
        bluez->call = sd_bus_slot_unref(bluez->call);
        if (!sd_bus_message_is_method_error(reply, NULL))
                come(bluez);
        return 0;
}

/* ---- life ---- */

static int add_matches(Bluez *bluez)
{
        /* Only this one name, else every client of the bus wakes us. */
        int r = sd_bus_add_match_async(bluez->bus, &bluez->owner_match,
                                       "type='signal',sender='org.freedesktop.DBus',"
                                       "interface='org.freedesktop.DBus',"
                                       "member='NameOwnerChanged',arg0='" BLUEZ_NAME "'",
                                       on_owner_changed, NULL, bluez);

        if (r >= 0)
                r = sd_bus_match_signal_async(bluez->bus, &bluez->added_match, BLUEZ_NAME, NULL,
                                              OBJECT_MANAGER, "InterfacesAdded", on_added, NULL,
                                              bluez);
        if (r >= 0)
                r = sd_bus_match_signal_async(bluez->bus, &bluez->removed_match, BLUEZ_NAME, NULL,
                                              OBJECT_MANAGER, "InterfacesRemoved", on_removed, NULL,
                                              bluez);
        if (r >= 0)
                r = sd_bus_match_signal_async(bluez->bus, &bluez->changed_match, BLUEZ_NAME, NULL,
                                              PROPERTIES, "PropertiesChanged", on_changed, NULL,
                                              bluez);
        return r;
}

int bluez_new(sd_bus *bus, const BluezObserver *observer, void *userdata, Bluez **ret)
{
        CLEANUP(bluez_freep) Bluez *bluez = calloc(1, sizeof(*bluez));
        int r;

        if (!bluez)
                return -ENOMEM;
        bluez->bus = sd_bus_ref(bus);
        bluez->observer = observer;
        bluez->userdata = userdata;
        r = add_matches(bluez);
        if (r >= 0)
                r = sd_bus_call_method_async(bus, &bluez->call, "org.freedesktop.DBus",
                                             "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                             "GetNameOwner", on_owner, bluez, "s", BLUEZ_NAME);
        if (r < 0)
                return r;
        *ret = TAKE(bluez);
        return 0;
}

Bluez *bluez_free(Bluez *bluez)
{
        if (!bluez)
                return NULL;
        sd_bus_slot_unref(bluez->call);
        sd_bus_slot_unref(bluez->owner_match);
        sd_bus_slot_unref(bluez->added_match);
        sd_bus_slot_unref(bluez->removed_match);
        sd_bus_slot_unref(bluez->changed_match);
        objects_clear(bluez);
        free(bluez->objects);
        sd_bus_unref(bluez->bus);
        free(bluez);
        return NULL;
}

/* ---- looking ---- */

bool bluez_is_there(const Bluez *bluez)
{
        return bluez->there;
}

const BluezAdapter *bluez_adapter(const Bluez *bluez)
{
        const BluezAdapter *found = NULL;

        for (size_t i = 0; i < bluez->n_objects; i++) {
                const Object *object = bluez->objects[i];

                if (object->kind == OBJECT_ADAPTER &&
                    (!found || (object->adapter.powered && !found->powered)))
                        found = &object->adapter;
        }
        return found;
}

const BluezDevice *bluez_device(const Bluez *bluez, const char *address)
{
        for (size_t i = 0; i < bluez->n_objects; i++) {
                const Object *object = bluez->objects[i];

                if (object->kind == OBJECT_DEVICE && strcmp(object->device.address, address) == 0)
                        return &object->device;
        }
        return NULL;
}

const BluezDevice *bluez_device_by_path(const Bluez *bluez, const char *path)
{
        const Object *object = object_find(bluez, path);

        return object && object->kind == OBJECT_DEVICE ? &object->device : NULL;
}

const BluezDevice *bluez_device_at(const Bluez *bluez, size_t index)
{
        for (size_t i = 0; i < bluez->n_objects; i++) {
                if (bluez->objects[i]->kind == OBJECT_DEVICE && index-- == 0)
                        return &bluez->objects[i]->device;
        }
        return NULL;
}

const char *bluez_characteristic(const Bluez *bluez, const BluezDevice *device, const char *uuid)
{
        size_t length = strlen(device->path);

        for (size_t i = 0; i < bluez->n_objects; i++) {
                const Object *object = bluez->objects[i];

                if (object->kind == OBJECT_CHARACTERISTIC &&
                    strncmp(object->path, device->path, length) == 0 &&
                    object->path[length] == '/' &&
                    strcasecmp(object->characteristic.uuid, uuid) == 0)
                        return object->path;
        }
        return NULL;
}
