/* session.h: Private to ble. What happens on a link once its services are known: notifications are
 * switched on, what can be read is read, and a protocol takes over.
 *
 * Two protocols: pods with memory (stride-session.c) and pods without (sample-session.c). */
#pragma once

#include "base/clock.h"
#include "daemon/ble/bluez.h"
#include "daemon/ble/notify.h"
#include "daemon/ble/sample-keeper.h"
#include "daemon/ledger/ledger.h"

typedef struct Session Session;

typedef struct SessionHost { /* borrowed from ble */
        Bluez *bluez;
        sd_event *event;
        Clock *clock;
        Ledger *ledger;
        SampleKeeper *keeper; /* NULL: samples that the ledger refuses at a link's end are lost */
} SessionHost;

typedef struct SessionObserver {
        void (*synced)(void *userdata);                   /* all the pod held is here */
        void (*useful)(uint32_t n_stored, void *userdata); /* data arrived */
        /* Free the session soon, but not from inside this call: it comes from within. */
        void (*failed)(const char *why, void *userdata);
        void (*changed)(void *userdata);                  /* battery */
        /* What session_read_all asked for: `stays` says why something is still on the pod, or NULL. May
         * come from within session_read_all. */
        void (*read)(const char *stays, void *userdata);
} SessionObserver;

/* Its driver's characteristics that are needed are there: bluetoothd may list them after it said
 * that the services are resolved. */
bool session_is_possible(const Bluez *bluez, const BluezDevice *device, const PodDriver *driver);

/* Begins; news comes later. -ENODEV: the pod lacks what its driver needs. */
int session_new(const SessionHost *host, const BluezDevice *device, const PodDriver *driver,
                const SessionObserver *observer, void *userdata, Session **ret) MUST_CHECK;
/* Stores what is pending. Never from inside an observer's function. */
Session *session_free(Session *session);
DEFINE_CLEANUP(Session *, session_free);

void session_value(Session *session, const char *path, const void *data, size_t size);
uint32_t session_pipes(const Session *session);
/* The pod's memory, to its end as of now; the observer's `read` says when. */
void session_read_all(Session *session);

/* ---- for the protocols ---- */

typedef struct SessionProtocol {
        void *(*new)(Session *session, const SessionHost *host, const char *address);
        void (*free)(void *protocol);
        int (*start)(void *protocol); /* all notifications are on */
        void (*packet)(void *protocol, const PodCharacteristic *characteristic, const void *data,
                       size_t size);
        void (*read_all)(void *protocol); /* NULL: there is no memory */
} SessionProtocol;

extern const SessionProtocol stride_protocol, sample_protocol;

void session_synced(Session *session);
void session_useful(Session *session, uint32_t n_stored);
void session_read(Session *session, const char *stays);
/* The first reason counts. */
void session_fail(Session *session, const char *format, ...) PRINTF_LIKE(2, 3);
/* Writes to a characteristic of the pod, with answer; a failure ends the session. */
int session_write(Session *session, const char *uuid, const void *data, size_t size) MUST_CHECK;
/* Keeps octets nobody could read. */
void session_keep_raw(Session *session, const char *uuid, const void *data, size_t size,
                      const char *why);
