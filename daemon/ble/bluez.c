#include "daemon/ble/bluez.h"

#include "base/log.h"
#include "daemon/ble/bluez-mirror.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES     "org.freedesktop.DBus.Properties"
#define LIST_TIMEOUT_US (30 * 1000000ULL)
#define LIST_AGAIN_MS   10000

struct Bluez {
        sd_bus *bus;
        const BluezObserver *observer;
        void *userdata;
        sd_bus_slot *owner_match, *added_match, *removed_match, *changed_match;
        sd_bus_slot *call; /* GetNameOwner, then GetManagedObjects */
        Timer *again;      /* a list that did not come is asked for again */
        bool there;
        Mirror mirror;
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

uint32_t bluez_matches(const Bluez *bluez)
{
        return (bluez->owner_match != NULL) + (bluez->added_match != NULL) + (bluez->removed_match != NULL) +
               (bluez->changed_match != NULL);
}

/* ---- what changed ---- */

/* Nobody is told before the whole list was read: a device stands in it before its characteristics. */
static void tell(const Bluez *bluez, const MirrorObject *object)
{
        char address[ADDRESS_SIZE];

        if (!bluez->there)
                return;
        if (object->kind == MIRROR_ADAPTER) {
                bluez->observer->adapter(bluez->userdata);
                return;
        }
        /* A characteristic may appear after its device said that all are known. */
        object = object->kind == MIRROR_DEVICE ? object : mirror_device_of(&bluez->mirror, object);
        if (!object)
                return;
        (void)text_copy(address, sizeof(address), object->device.address);
        bluez->observer->device(address, bluez->userdata);
}

static void complain(const char *what, int error)
{
        log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL, "%s of bluetoothd cannot be read: %s",
                  what, strerror(-error));
}

static int on_added(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Bluez *bluez = userdata;
        MirrorObject *object;
        int r = mirror_read_object(&bluez->mirror, message, &object);

        (void)error;
        if (r < 0)
                complain("an object", r);
        else if (object)
                tell(bluez, object);
        return 0;
}

static int on_removed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Bluez *bluez = userdata;
        CLEANUP(freep) MirrorObject *gone = NULL;
        MirrorObject *object;
        const char *path;
        int r = sd_bus_message_read(message, "o", &path);

        (void)error;
        object = r < 0 ? NULL : mirror_find(&bluez->mirror, path);
        if (object && mirror_read_removed(message, object) > 0)
                gone = mirror_take(&bluez->mirror, object);
        if (gone)
                tell(bluez, gone);
        return 0;
}

static int on_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Bluez *bluez = userdata;
        MirrorObject *object = mirror_find(&bluez->mirror, sd_bus_message_get_path(message));
        MirrorValue value;
        int r = object ? mirror_read_changed(message, object, &value) : 0;

        (void)error;
        if (r < 0)
                complain("a change", r);
        else if (r > 0 && value.data)
                bluez->observer->value(object->path, value.data, value.size, bluez->userdata);
        else if (r > 0)
                tell(bluez, object);
        return 0;
}

/* ---- the name ---- */

static int read_list(Bluez *bluez, sd_bus_message *reply)
{
        MirrorObject *object;
        int r = sd_bus_message_enter_container(reply, 'a', "{oa{sa{sv}}}");

        while (r >= 0) {
                r = sd_bus_message_enter_container(reply, 'e', "oa{sa{sv}}");
                if (r <= 0)
                        break;
                r = mirror_read_object(&bluez->mirror, reply, &object);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return r;
}

static int on_objects(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Bluez *bluez = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);
        int r = 0;

        (void)error;
        bluez->call = sd_bus_slot_unref(bluez->call);
        if (!failure)
                r = read_list(bluez, reply);
        if (failure || r < 0) {
                log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "bluetoothd does not list its objects: %s, asking again in %d s",
                          r < 0 ? strerror(-r) : failure->message ? failure->message : failure->name,
                          LIST_AGAIN_MS / 1000);
                timer_arm(bluez->again, LIST_AGAIN_MS);
                return 0;
        }
        bluez->there = true;
        bluez->observer->presence(bluez->userdata); /* looks at the adapter and every device */
        return 0;
}

static void come(Bluez *bluez)
{
        int r;

        bluez->call = sd_bus_slot_unref(bluez->call);
        mirror_clear(&bluez->mirror);
        r = bluez_call(bluez, &bluez->call, "/", OBJECT_MANAGER, "GetManagedObjects", LIST_TIMEOUT_US,
                       on_objects, bluez, "");
        if (r < 0) {
                complain("the list", r);
                timer_arm(bluez->again, LIST_AGAIN_MS);
        }
}

static void on_again(void *userdata)
{
        come(userdata);
}

static void go(Bluez *bluez)
{
        bluez->call = sd_bus_slot_unref(bluez->call);
        timer_disarm(bluez->again);
        mirror_clear(&bluez->mirror);
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

int bluez_new(sd_bus *bus, Clock *clock, const BluezObserver *observer, void *userdata, Bluez **ret)
{
        CLEANUP(bluez_freep) Bluez *bluez = calloc(1, sizeof(*bluez));
        int r;

        if (!bluez)
                return -ENOMEM;
        bluez->bus = sd_bus_ref(bus);
        bluez->observer = observer;
        bluez->userdata = userdata;
        r = timer_new(clock, "bluez-list", on_again, bluez, &bluez->again);
        if (r >= 0)
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
        timer_free(bluez->again);
        mirror_clear(&bluez->mirror);
        sd_bus_unref(bluez->bus);
        free(bluez);
        return NULL;
}

/* ---- looking ---- */

bool bluez_is_there(const Bluez *bluez)
{
        return bluez->there;
}

/* Of several the powered one, of those the first by name: the same after every restart. */
const BluezAdapter *bluez_adapter(const Bluez *bluez)
{
        const BluezAdapter *found = NULL;

        for (size_t i = 0; i < bluez->mirror.n; i++) {
                const BluezAdapter *adapter = &bluez->mirror.objects[i]->adapter;

                if (bluez->mirror.objects[i]->kind != MIRROR_ADAPTER)
                        continue;
                if (!found || (adapter->powered && !found->powered) ||
                    (adapter->powered == found->powered && strcmp(adapter->path, found->path) < 0))
                        found = adapter;
        }
        return found;
}

/* As our adapter sees it: another one may know the same address. */
const BluezDevice *bluez_device(const Bluez *bluez, const char *address)
{
        const BluezAdapter *adapter = bluez_adapter(bluez);
        size_t length = adapter ? strlen(adapter->path) : 0;

        for (size_t i = 0; adapter && i < bluez->mirror.n; i++) {
                const BluezDevice *device = &bluez->mirror.objects[i]->device;

                if (bluez->mirror.objects[i]->kind == MIRROR_DEVICE &&
                    strcmp(device->address, address) == 0 &&
                    strncmp(device->path, adapter->path, length) == 0 && device->path[length] == '/')
                        return device;
        }
        return NULL;
}

const BluezDevice *bluez_device_by_path(const Bluez *bluez, const char *path)
{
        const MirrorObject *object = mirror_find(&bluez->mirror, path);

        return object && object->kind == MIRROR_DEVICE ? &object->device : NULL;
}

const BluezDevice *bluez_device_at(const Bluez *bluez, size_t index)
{
        for (size_t i = 0; i < bluez->mirror.n; i++) {
                if (bluez->mirror.objects[i]->kind == MIRROR_DEVICE && index-- == 0)
                        return &bluez->mirror.objects[i]->device;
        }
        return NULL;
}

const char *bluez_characteristic(const Bluez *bluez, const BluezDevice *device, const char *uuid)
{
        size_t length = strlen(device->path);

        for (size_t i = 0; i < bluez->mirror.n; i++) {
                const MirrorObject *object = bluez->mirror.objects[i];

                if (object->kind == MIRROR_CHARACTERISTIC &&
                    strncmp(object->path, device->path, length) == 0 &&
                    object->path[length] == '/' &&
                    strcasecmp(object->characteristic.uuid, uuid) == 0)
                        return object->path;
        }
        return NULL;
}
