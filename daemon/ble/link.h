/* link.h: Private to ble. One pod of the roster: seen, connected, resolved, synced, lost, tried again.
 *
 *   ABSENT ──seen──▶ WAITING ──turn──▶ CONNECTING ──▶ RESOLVING ──▶ SYNCING ──▶ LIVE
 *      ▲               (for Connect)        │             │            │          │
 *      ├────────── retry due ────────── BACKING_OFF ◀─────┴── failed, lost ───────┘
 *      └── paired anew, or hours later ──── HELD ◀── its bond is bad (bond.h)
 *
 * link-rules.c has the table of transitions, and why each other pair is ignored. */
#pragma once

#include "daemon/ble/ble.h"
#include "daemon/ble/bond.h"
#include "daemon/ble/connect-queue.h"
#include "daemon/ble/session.h"
#include "daemon/ledger/roster.h"

typedef struct Link Link;

typedef struct LinkHost {
        SessionHost session;
        ConnectQueue *connects;
        void (*changed)(const char *address, void *userdata); /* state, battery */
        /* Calls link_look, now or when nobody is pairing this pod any more. */
        void (*look)(const char *address, void *userdata);
        /* What link_read_all asked for; as SessionObserver. */
        void (*read)(const char *address, const char *stays, void *userdata);
        void *userdata;
} LinkHost;

/* `host` is borrowed. -EPROTONOSUPPORT: no driver of that name. */
int link_new(const LinkHost *host, const Pod *pod, Link **ret) MUST_CHECK;
Link *link_free(Link *link); /* leaves the connection to bluetoothd */
DEFINE_CLEANUP(Link *, link_free);

const char *link_address(const Link *link);
/* Something about the pod's device, the adapter or bluetoothd itself changed: look. */
void link_look(Link *link);
void link_value(Link *link, const char *path, const void *data, size_t size);
bool link_wants_discovery(const Link *link);
void link_state(const Link *link, LinkState *ret);
bool link_has_session(const Link *link); /* it is read, or was read to the end */
/* The pod's memory, to its end as of now. False: there is no session to ask. */
bool link_read_all(Link *link);
/* What a pairing of this pod showed. */
void link_bond_seen(Link *link, BondEvidence evidence);
bool link_bond_is_bad(const Link *link);
uint32_t link_pipes(const Link *link);
