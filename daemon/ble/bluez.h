/* bluez.h: Private to ble. A mirror of org.bluez' objects, and calls that never start it.
 *
 * Follows the name's owner, reads all objects when it appears, then its signals. Pointers
 * handed out live until the loop turns: keep addresses, not pointers. */
#pragma once

#include "base/text.h"
#include "base/clock.h"
#include "daemon/ble/bluez-mirror.h"

#include <stdbool.h>
#include <systemd/sd-bus.h>

typedef struct Bluez Bluez;

typedef struct BluezObserver {
        void (*presence)(void *userdata);                      /* org.bluez came, its list is read; or went */
        void (*adapter)(void *userdata);                       /* an adapter's properties */
        void (*device)(const char *address, void *userdata);   /* its properties, or it is gone */
        /* A notification that came as a property (StartNotify). */
        void (*value)(const char *path, const void *data, size_t size, void *userdata);
} BluezObserver;

int bluez_new(sd_bus *bus, Clock *clock, const BluezObserver *observer, void *userdata,
              Bluez **ret) MUST_CHECK;
Bluez *bluez_free(Bluez *bluez);
DEFINE_CLEANUP(Bluez *, bluez_free);

bool bluez_is_there(const Bluez *bluez);
const BluezAdapter *bluez_adapter(const Bluez *bluez); /* a powered one if there is, the first by name; NULL: none */
const BluezDevice *bluez_device(const Bluez *bluez, const char *address); /* or NULL */
const BluezDevice *bluez_device_by_path(const Bluez *bluez, const char *path);
const BluezDevice *bluez_device_at(const Bluez *bluez, size_t index); /* NULL: no more */
/* Path of a device's characteristic, or NULL. */
const char *bluez_characteristic(const Bluez *bluez, const BluezDevice *device, const char *uuid);

/* An asynchronous call; dropping the slot drops the reply. Arguments as sd_bus_call_method. */
int bluez_call(Bluez *bluez, sd_bus_slot **ret_slot, const char *path, const char *interface,
               const char *member, uint64_t timeout_us, sd_bus_message_handler_t reply,
               void *userdata, const char *types, ...) MUST_CHECK;
/* As bluez_call with `octets` ("ay") and an empty dictionary behind. */
int bluez_write(Bluez *bluez, sd_bus_slot **ret_slot, const char *path, const void *data,
                size_t size, uint64_t timeout_us, sd_bus_message_handler_t reply,
                void *userdata) MUST_CHECK;
uint32_t bluez_calls(const Bluez *bluez); /* made so far */
uint32_t bluez_matches(const Bluez *bluez); /* rules held at the message bus */
