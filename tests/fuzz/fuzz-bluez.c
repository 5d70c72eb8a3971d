/* What bluetoothd says of its objects: messages of org.bluez built from the octets, with right and wrong
 * types, into one mirror. sd-bus has checked that a message is well formed before we see it; what stands
 * in it nobody has. One octet chooses what comes next; at the end of the octets everything is 0. */
#include "tests/fuzz/fuzz.h"

#include "daemon/ble/bluez-mirror.h"

#include <sys/socket.h>
#include <unistd.h>

typedef struct Octets {
        const uint8_t *data;
        size_t size;
} Octets;

static uint8_t next(Octets *octets)
{
        if (octets->size == 0)
                return 0;
        octets->size--;
        return *octets->data++;
}

static const char *choose(Octets *octets, const char *const *list, size_t n)
{
        return list[next(octets) % n];
}

#define CHOOSE(octets, list) choose(octets, list, ARRAY_SIZE(list))

#define LONG_PATH                                                                                  \
        "/org/bluez/hci0/dev_C0_00_00_00_00_01/service0001/char0002/desc0003/and/a/path/that/is/longer/than/" \
        "any/that/bluetoothd/makes/and/than/there/is/room/for"
#define LONG_NAME                                                                                  \
        "no address at all, and a good deal longer than the longest name that anybody ever gave to a pod, " \
        "however fond they were of it; a controller takes 248 octets, and so somebody will send them: " \
        "here they are, to the last one, and then some"

static const char *const paths[] = {
        "/org/bluez/hci0", "/org/bluez/hci1", "/org/bluez/hci0/dev_C0_00_00_00_00_01",
        "/org/bluez/hci0/dev_C0_00_00_00_00_02", "/org/bluez/hci0/dev_C0_00_00_00_00_01/service0001",
        "/org/bluez/hci0/dev_C0_00_00_00_00_01/service0001/char0002", "/", "/org/bluez",
        LONG_PATH,
};
static const char *const interface_names[] = {
        BLUEZ_ADAPTER, BLUEZ_DEVICE, BLUEZ_BATTERY, BLUEZ_CHARACTERISTIC, "org.bluez.GattService1",
        "org.freedesktop.DBus.Properties",
};
static const char *const names[] = {
        "Address", "Powered", "Discovering", "Alias", "RSSI", "Connected", "Paired", "ServicesResolved",
        "UUIDs", "Percentage", "UUID", "Value", "Name", "",
};
static const char *const texts[] = {
        "C0:00:00:00:00:01", "", "Foot pod", "0000181a-0000-1000-8000-00805f9b34fb",
        "00001814-0000-1000-8000-00805f9b34fb", "0000180d-0000-1000-8000-00805f9b34fb", "\xc3\xa4\xc3\xb6",
        LONG_NAME,
};

/* 's' 'b' … a basic one; 'a' "as"; 'A' "ay"; 'v' one within another. */
static const char types[] = "sbnyaAuixdov";

static int append_texts(sd_bus_message *message, Octets *octets)
{
        int r = sd_bus_message_open_container(message, 'a', "s");

        for (int n = next(octets) % 4; r >= 0 && n > 0; n--)
                r = sd_bus_message_append(message, "s", CHOOSE(octets, texts));
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_octets(sd_bus_message *message, Octets *octets)
{
        size_t n = next(octets);

        n = n < octets->size ? n : octets->size;
        octets->data += n;
        octets->size -= n;
        return sd_bus_message_append_array(message, 'y', octets->data - n, n);
}

static int append_variant(sd_bus_message *message, Octets *octets, int depth);

static int append_value(sd_bus_message *message, Octets *octets, char type, int depth)
{
        int64_t number = (int64_t)((uint64_t)next(octets) << 8 | next(octets));
        uint8_t octet = (uint8_t)number;
        int16_t small = (int16_t)number;
        int boolean = number & 1;
        int32_t medium = (int32_t)number;
        double real = (double)number;

        switch (type) {
        case 's': return sd_bus_message_append_basic(message, 's', CHOOSE(octets, texts));
        case 'o': return sd_bus_message_append_basic(message, 'o', CHOOSE(octets, paths));
        case 'b': return sd_bus_message_append_basic(message, 'b', &boolean);
        case 'n': return sd_bus_message_append_basic(message, 'n', &small);
        case 'y': return sd_bus_message_append_basic(message, 'y', &octet);
        case 'u': return sd_bus_message_append_basic(message, 'u', &medium);
        case 'i': return sd_bus_message_append_basic(message, 'i', &medium);
        case 'x': return sd_bus_message_append_basic(message, 'x', &number);
        case 'd': return sd_bus_message_append_basic(message, 'd', &real);
        case 'a': return append_texts(message, octets);
        case 'A': return append_octets(message, octets);
        default: return append_variant(message, octets, depth + 1);
        }
}

static int append_variant(sd_bus_message *message, Octets *octets, int depth)
{
        char type = types[next(octets) % (sizeof(types) - 1)];
        char signature[3] = {type, '\0', '\0'};
        int r;

        if (type == 'v' && depth > 2)
                type = signature[0] = 's';
        if (type == 'a')
                signature[1] = 's';
        if (type == 'A')
                memcpy(signature, "ay", 3);
        r = sd_bus_message_open_container(message, 'v', signature);
        if (r >= 0)
                r = append_value(message, octets, type, depth);
        return r < 0 ? r : sd_bus_message_close_container(message);
}

/* a{sv} */
static int append_properties(sd_bus_message *message, Octets *octets)
{
        int r = sd_bus_message_open_container(message, 'a', "{sv}");

        for (int n = next(octets) % 6; r >= 0 && n > 0; n--) {
                r = sd_bus_message_open_container(message, 'e', "sv");
                if (r >= 0)
                        r = sd_bus_message_append(message, "s", CHOOSE(octets, names));
                if (r >= 0)
                        r = append_variant(message, octets, 0);
                if (r >= 0)
                        r = sd_bus_message_close_container(message);
        }
        return r < 0 ? r : sd_bus_message_close_container(message);
}

/* oa{sa{sv}} */
static int append_object(sd_bus_message *message, Octets *octets)
{
        int r = sd_bus_message_append(message, "o", CHOOSE(octets, paths));

        if (r >= 0)
                r = sd_bus_message_open_container(message, 'a', "{sa{sv}}");
        for (int n = next(octets) % 4; r >= 0 && n > 0; n--) {
                r = sd_bus_message_open_container(message, 'e', "sa{sv}");
                if (r >= 0)
                        r = sd_bus_message_append(message, "s", CHOOSE(octets, interface_names));
                if (r >= 0)
                        r = append_properties(message, octets);
                if (r >= 0)
                        r = sd_bus_message_close_container(message);
        }
        return r < 0 ? r : sd_bus_message_close_container(message);
}

/* sa{sv}as */
static int append_changed(sd_bus_message *message, Octets *octets)
{
        int r = sd_bus_message_append(message, "s", CHOOSE(octets, interface_names));

        if (r >= 0)
                r = append_properties(message, octets);
        if (r >= 0)
                r = sd_bus_message_open_container(message, 'a', "s");
        for (int n = next(octets) % 3; r >= 0 && n > 0; n--)
                r = sd_bus_message_append(message, "s", CHOOSE(octets, names));
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_removed(sd_bus_message *message, Octets *octets)
{
        int r = sd_bus_message_open_container(message, 'a', "s");

        for (int n = next(octets) % 4; r >= 0 && n > 0; n--)
                r = sd_bus_message_append(message, "s", CHOOSE(octets, interface_names));
        return r < 0 ? r : sd_bus_message_close_container(message);
}

/* ---- the mirror ---- */

static bool is_text(const char *text, size_t size)
{
        return memchr(text, '\0', size) && text_is_utf8(text);
}

static void check_object(const Mirror *mirror, const MirrorObject *object)
{
        PROMISE(is_text(object->path, sizeof(object->path)) && object->path[0] == '/');
        PROMISE(mirror_find(mirror, object->path) == object); /* once */
        if (object->kind == MIRROR_ADAPTER)
                PROMISE(is_text(object->adapter.address, sizeof(object->adapter.address)));
        if (object->kind == MIRROR_CHARACTERISTIC)
                PROMISE(is_text(object->characteristic.uuid, sizeof(object->characteristic.uuid)));
        if (object->kind != MIRROR_DEVICE)
                return;
        PROMISE(is_text(object->device.address, sizeof(object->device.address)));
        PROMISE(is_text(object->device.name, sizeof(object->device.name)));
        PROMISE(object->device.battery_pct >= -1 && object->device.battery_pct <= 255);
        PROMISE(object->device.rssi >= INT16_MIN && object->device.rssi <= INT16_MAX);
}

static void take_object(Mirror *mirror, sd_bus_message *message)
{
        MirrorObject *object = NULL;
        int r = mirror_read_object(mirror, message, &object);

        if (r >= 0 && object && object->kind == MIRROR_CHARACTERISTIC)
                (void)mirror_device_of(mirror, object); /* or NULL */
}

static void take_changed(Mirror *mirror, sd_bus_message *message, Octets *octets)
{
        MirrorObject *object = mirror_find(mirror, CHOOSE(octets, paths));
        MirrorValue value;
        int r = object ? mirror_read_changed(message, object, &value) : -1;
        volatile uint8_t last = 0;

        for (size_t i = 0; r > 0 && value.data && i < value.size; i++)
                last = ((const uint8_t *)value.data)[i]; /* all of it can be read */
        (void)last;
}

static void take_removed(Mirror *mirror, sd_bus_message *message, Octets *octets)
{
        MirrorObject *object = mirror_find(mirror, CHOOSE(octets, paths));

        if (object && mirror_read_removed(message, object) > 0)
                free(mirror_take(mirror, object));
}

static int (*const builders[])(sd_bus_message *message, Octets *octets) = {
        append_object, append_changed, append_removed,
};

/* A bus that goes nowhere: messages are made for one, no more. */
static sd_bus *make_bus(void)
{
        sd_bus *bus = NULL;
        int fds[2];

        PROMISE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == 0);
        PROMISE(sd_bus_new(&bus) >= 0 && sd_bus_set_fd(bus, fds[0], fds[0]) >= 0 && sd_bus_start(bus) >= 0);
        return bus; /* the other end stays open as long as the program runs */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static sd_bus *bus;
        Octets octets = {data, size};
        Mirror mirror = {0};

        if (!bus)
                bus = make_bus();
        for (int turns = 0; octets.size > 0 && turns < 64; turns++) {
                sd_bus_message *message = NULL;
                uint8_t what = next(&octets);
                size_t builder = what % ARRAY_SIZE(builders);
                size_t reader = what < 0xE0 ? builder : next(&octets) % ARRAY_SIZE(builders); /* or another */

                PROMISE(sd_bus_message_new_signal(bus, &message, "/", "org.bluez.Fuzz", "Said") >= 0);
                PROMISE(builders[builder](message, &octets) >= 0);
                PROMISE(sd_bus_message_seal(message, 1, 0) >= 0 && sd_bus_message_rewind(message, 1) >= 0);
                if (reader == 0)
                        take_object(&mirror, message);
                else if (reader == 1)
                        take_changed(&mirror, message, &octets);
                else
                        take_removed(&mirror, message, &octets);
                sd_bus_message_unref(message);
        }
        for (size_t i = 0; i < mirror.n; i++)
                check_object(&mirror, mirror.objects[i]);
        mirror_clear(&mirror);
        return 0;
}
