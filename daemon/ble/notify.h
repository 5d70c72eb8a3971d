/* notify.h: Private to ble. One characteristic's notifications.
 *
 * By AcquireNotify: a SEQPACKET pipe, one packet a notification. Where the characteristic does
 * not allow it, StartNotify: notifications come as property changes, see notify_value.
 *
 * Packets that come fast are read together: waking up costs more than reading. The pipe keeps them
 * meanwhile, for NOTIFY_HOLD_MS at most, and so few that it never fills. */
#pragma once

#include "base/clock.h"
#include "daemon/ble/bluez.h"

#include <systemd/sd-event.h>

#define NOTIFY_HOLD_MS 100 /* [own]: nobody looks at a live stride sooner */

typedef struct Notify Notify;

typedef struct NotifyObserver {
        void (*ready)(Notify *notify, void *userdata);
        void (*packet)(Notify *notify, const void *data, size_t size, void *userdata);
        /* It could not begin, or the pipe ended; at most once, nothing follows. */
        void (*ended)(Notify *notify, const char *why, void *userdata);
} NotifyObserver;

/* `clock` NULL: every packet is handed over at once. */
int notify_new(Bluez *bluez, sd_event *event, Clock *clock, const char *path,
               const NotifyObserver *observer, void *userdata, Notify **ret) MUST_CHECK;
Notify *notify_free(Notify *notify); /* closes the pipe: the pod is told to stop */
DEFINE_CLEANUP(Notify *, notify_free);

/* What is held back is handed over now. */
void notify_catch_up(Notify *notify);

/* One packet of the pipe. 1: *ret holds *ret_size octets, 0 of them are legal; 0: none now; -EPIPE:
 * bluetoothd closed it and all it sent is read; -errno. */
int notify_read(int fd, uint8_t *ret, size_t size, size_t *ret_size) MUST_CHECK;

/* A property change of `path`; true: it was ours. */
bool notify_value(Notify *notify, const char *path, const void *data, size_t size);
bool notify_is_ready(const Notify *notify);
