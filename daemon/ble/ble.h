/* ble.h: pods ⇄ ledger, through BlueZ. The only room that knows org.bluez.
 *
 * Keeps a link to every pod of the roster, stores what it says, and tells pods with
 * memory what they may free once it is committed. Loop thread only. */
#pragma once

#include "base/clock.h"
#include "base/text.h"
#include "daemon/ledger/ledger.h"

typedef struct sd_bus sd_bus;
typedef struct Ble Ble;

typedef struct RadioState {
        bool bluez;       /* org.bluez has an owner */
        bool adapter;     /* an adapter is there */
        bool powered;
        bool discovering;
        char address[ADDRESS_SIZE]; /* of the adapter, or "" */
        const char *stage; /* "ok" "no-bluetoothd" "no-adapter" "powered-off" */
} RadioState;

typedef struct LinkState {
        const char *state;       /* "absent" "connecting" "resolving" "syncing" "live" "backing-off"
                                  * "bond-failed" */
        int64_t state_since_utc_ms;
        uint32_t failures;       /* since useful data arrived */
        const char *last_error;  /* "" or the last one, for people; borrowed until the next turn */
        int64_t records_this_link;
        const char *bond;        /* "both" "none" "only-we" "only-pod" "keys-differ" "unproven" "not-needed" */
        const char *bond_sentence; /* or "" */
        bool bond_is_bad;        /* it fails until a person does something: stridectl pair */
        bool bond_needs_reset;   /* before that the pod must forget its own */
} LinkState;

typedef struct SeenPod {
        char address[ADDRESS_SIZE];
        char name[64];
        const char *driver; /* name in proto/pods, or NULL */
        int rssi;           /* dBm, 127: unknown */
        bool bonded;
        bool in_roster;
} SeenPod;

/* News, sent upward; note it and return. Any may be NULL. */
typedef struct BleObserver {
        void (*radio_changed)(void *userdata);
        void (*pod_changed)(const char *address, void *userdata); /* link state, battery */
} BleObserver;

/* Borrows all; `bus` is connected and attached to the loop. 0, -ENOMEM, -errno of sd-bus. */
int ble_new(sd_bus *bus, Clock *clock, Ledger *ledger, const BleObserver *observer,
            void *userdata, Ble **ret) MUST_CHECK;
/* Stops what it started (discovery); bonds and links are left as they are. */
Ble *ble_free(Ble *ble);
DEFINE_CLEANUP(Ble *, ble_free);

void ble_radio_state(const Ble *ble, RadioState *ret);
/* 1: filled; 0: the pod has no link (not in the roster). */
int ble_link_state(const Ble *ble, const char *address, LinkState *ret);
/* The roster changed: links are made and ended accordingly. */
void ble_roster_changed(Ble *ble);

/* Listens for `seconds` (1..60) and answers once, with error 0 and the pods that a driver
 * knows, strongest first; or with error -ENODEV (radio not usable), -EBUSY (a scan
 * is under way). Immediate failures are returned and `done` is not called. */
typedef void (*ScanDone)(int error, const SeenPod *pods, size_t n, void *userdata);
int ble_scan(Ble *ble, int seconds, ScanDone done, void *userdata) MUST_CHECK;

typedef struct PairResult {
        char name[64];
        const char *driver;  /* name in proto/pods */
        bool has_memory;
        bool bonded;
        char message[200];   /* on failure: what, and on a second line what to do next */
} PairResult;

/* What a pod with a display or keys asks while it bonds. */
typedef enum PairQuestion {
        PAIR_ENTER,   /* the passkey that the pod shows: answer with it */
        PAIR_COMPARE, /* does the pod show the same number? */
        PAIR_SHOW,    /* to be entered at the pod; no answer */
} PairQuestion;

typedef void (*PairAsk)(PairQuestion question, uint32_t passkey, void *userdata);

/* Finds the pod (up to 30 s), connects, bonds if its driver needs it, resolves its services.
 * error: 0; -ENOENT: not found; -ENODEV; -EBUSY: another pairing is under way;
 * -EPROTONOSUPPORT: no driver knows it; -EACCES: bonding refused; -EKEYREJECTED: the passkey was not the
 * pod's, or the numbers differ; -ENOTTY: the pod asked and nobody answered; -ETIMEDOUT; -EIO. The
 * caller then writes the roster. `ask` may be called before `done`, and is answered by ble_answer within 25 s. */
typedef void (*PairDone)(int error, const PairResult *result, void *userdata);
int ble_pair(Ble *ble, const char *address, PairAsk ask, PairDone done, void *userdata) MUST_CHECK;
/* `userdata` as given to ble_pair. `yes` false: nobody is there, or says no. -ENOENT: nothing is asked. */
int ble_answer(Ble *ble, const void *userdata, bool yes, uint32_t passkey) MUST_CHECK;
/* Reads the pod's memory to its end, by a round begun after this call; waits for a link up to a minute,
 * and as long as records come. error: 0; -ENODATA: something stays on it, `why` is a clause for people;
 * -ETIMEDOUT: not in range, or it went silent; -ENOENT: unpaired meanwhile. A pod without memory has
 * nothing to read: 0 at once. Immediate failures: -ENOENT: not in the roster; -EBUSY. */
typedef void (*DrainDone)(int error, const char *why, void *userdata);
int ble_drain(Ble *ble, const char *address, DrainDone done, void *userdata) MUST_CHECK;
/* Ends the connection and removes the bond, here; the pod keeps its own. error: 0, also when there was
 * none; else `why` says it. -ENODEV at once: no radio to ask. */
typedef void (*ForgetDone)(int error, const char *why, void *userdata);
int ble_forget(Ble *ble, const char *address, ForgetDone done, void *userdata) MUST_CHECK;
/* Drops what a vanished client asked for: `done` is not called any more. */
void ble_cancel(Ble *ble, void *userdata);

/* Figures for status. */
typedef struct BleResources {
        uint32_t links;
        uint32_t calls_made;   /* D-Bus calls so far */
        uint32_t notify_pipes;
        uint32_t matches;      /* rules that the message bus holds for this room */
} BleResources;
void ble_resources(const Ble *ble, BleResources *ret);
