#include "daemon/ble/pairing.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIND_MS         30000
#define CONNECT_MS      60000 /* waiting for a turn included */
#define RESOLVE_MS      30000
#define ANSWER_MS       25000 /* the pod itself gives up after 30 s */
#define CALL_TIMEOUT_US (60 * 1000000ULL)

typedef enum PairingState {
        PAIRING_IDLE,
        PAIRING_FORGETTING, /* a bond that is no good */
        PAIRING_FINDING,
        PAIRING_QUEUED,
        PAIRING_CONNECTING,
        PAIRING_RESOLVING,
        PAIRING_BONDING,
} PairingState;

struct Pairing {
        const PairingHost *host;
        PairingState state;
        char address[ADDRESS_SIZE];
        bool asked_to_connect, asked_to_bond; /* what is undone unless it ends well */
        bool has_forgotten; /* and cannot do so twice */
        bool has_dropped;   /* the link, once: that happens */
        bool was_connected; /* Connect's answer may come before the property says so */
        PairAsk ask;
        PairDone done;
        void *userdata;
        sd_bus_slot *call;
        Timer *timer;
        Timer *answer_timer; /* the person's */
        enum { NOT_ASKED, ASKED, ANSWERED, UNANSWERED } question;
};

static const BluezDevice *device_of(const Pairing *pairing)
{
        return bluez_device(pairing->host->bluez, pairing->address);
}

/* A link nobody wants keeps the pod from everybody else; a bond nobody wants would look like a
 * paired pod. RemoveDevice ends both, finished or under way; Disconnect also ends a Connect. */
static void undo(Pairing *pairing)
{
        Bluez *bluez = pairing->host->bluez;
        const BluezAdapter *adapter = bluez_adapter(bluez);
        const BluezDevice *device = device_of(pairing);
        int r = 0;

        if (!adapter || !device)
                return;
        if (pairing->asked_to_bond)
                r = bluez_call(bluez, NULL, adapter->path, BLUEZ_ADAPTER, "RemoveDevice",
                               CALL_TIMEOUT_US, NULL, NULL, "o", device->path);
        else if (pairing->asked_to_connect)
                r = bluez_call(bluez, NULL, device->path, BLUEZ_DEVICE, "Disconnect",
                               CALL_TIMEOUT_US, NULL, NULL, "");
        (void)r; /* the next pairing begins with what it finds */
}

static void finish(Pairing *pairing, int error, const PairResult *result)
{
        PairDone done = TAKE(pairing->done);

        if (error < 0)
                undo(pairing);
        pairing->state = PAIRING_IDLE;
        pairing->call = sd_bus_slot_unref(pairing->call);
        timer_disarm(pairing->timer);
        timer_disarm(pairing->answer_timer);
        connect_queue_leave(pairing->host->connects, pairing);
        agent_allow(pairing->host->agent, NULL, NULL, NULL);
        pairing->host->discovery(pairing->host->userdata);
        if (done)
                done(error, result, pairing->userdata);
}

static void bond_seen(const Pairing *pairing, BondEvidence evidence)
{
        pairing->host->bond_seen(pairing->address, evidence, pairing->host->userdata);
}

static void fail(Pairing *pairing, int error, const char *format, ...) PRINTF_LIKE(3, 4);
static void fail(Pairing *pairing, int error, const char *format, ...)
{
        PairResult result = {0};
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(result.message, sizeof(result.message), format, arguments);
        va_end(arguments);
        finish(pairing, error, &result);
}

static void succeed(Pairing *pairing, const BluezDevice *device)
{
        PairResult result = {.driver = device->driver->name,
                             .has_memory = device->driver->has_memory,
                             .bonded = device->paired};

        (void)text_copy(result.name, sizeof(result.name), device->name);
        finish(pairing, 0, &result);
        if (result.bonded)
                bond_seen(pairing, BOND_SAW_DATA);
}

/* ---- the steps, last one first ---- */

static void find(Pairing *pairing);
static void check_found(Pairing *pairing);

static int person_answers(Pairing *pairing, bool yes, uint32_t passkey)
{
        if (pairing->question != ASKED)
                return -ENOENT;
        pairing->question = yes ? ANSWERED : UNANSWERED;
        timer_disarm(pairing->answer_timer);
        return agent_answer(pairing->host->agent, yes, passkey);
}

static void on_nobody(void *userdata)
{
        int r = person_answers(userdata, false, 0);

        (void)r; /* bluetoothd gave up before us */
}

static void on_asked(PairQuestion question, uint32_t passkey, void *userdata)
{
        Pairing *pairing = userdata;

        pairing->question = question == PAIR_SHOW ? ANSWERED : ASKED;
        if (question != PAIR_SHOW)
                timer_arm(pairing->answer_timer, ANSWER_MS);
        pairing->ask(question, passkey, pairing->userdata);
}

static const AgentObserver agent_observer = {.asked = on_asked};

/* A refusal has four causes, and each another remedy. */
static void fail_to_bond(Pairing *pairing, const sd_bus_error *failure)
{
        const char *words = failure->message && failure->message[0] ? failure->message : failure->name;

        if (pairing->question == UNANSWERED || pairing->question == ASKED) {
                fail(pairing, -ENOTTY,
                     "the pod asks for a passkey or a comparison, and nobody answered yes\nin a terminal, with the pod "
                     "in your hand: stridectl pair %s", pairing->address);
        } else if (pairing->question == ANSWERED) {
                fail(pairing, -EKEYREJECTED,
                     "the passkey was not the one the pod expects (%s)\nread it again, then: stridectl pair %s",
                     words, pairing->address);
        } else {
                if (sd_bus_error_has_name(failure, "org.bluez.Error.AuthenticationFailed"))
                        bond_seen(pairing, BOND_SAW_PAIRING_REFUSED);
                fail(pairing, -EACCES,
                     "the pod refused to bond (%s)\nif it is bonded to another gateway, hold its "
                     "button for 5 s until the light is blue, then: stridectl pair %s",
                     words, pairing->address);
        }
}

static int on_bonded(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Pairing *pairing = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);
        const BluezDevice *device = device_of(pairing);

        (void)error;
        pairing->call = sd_bus_slot_unref(pairing->call);
        if (failure && !sd_bus_error_has_name(failure, "org.bluez.Error.AlreadyExists"))
                fail_to_bond(pairing, failure);
        else if (!device || !device->connected)
                fail(pairing, -EIO, "the pod went away while pairing\nbring it closer and try again");
        else
                succeed(pairing, device);
        return 0;
}

/* Only now: bluetoothd 5.66 never answers a Pair that comes while it still discovers services. */
static void start_bonding(Pairing *pairing, const BluezDevice *device)
{
        int r;

        if (!device->driver->needs_bond || device->paired) {
                succeed(pairing, device);
                return;
        }
        pairing->state = PAIRING_BONDING;
        timer_arm(pairing->timer, CONNECT_MS);
        agent_allow(pairing->host->agent, device->path, &agent_observer, pairing);
        r = bluez_call(pairing->host->bluez, &pairing->call, device->path, BLUEZ_DEVICE, "Pair",
                       CALL_TIMEOUT_US, on_bonded, pairing, "");
        if (r < 0)
                fail(pairing, r, "cannot ask bluetoothd to bond: %s", strerror(-r));
        else
                pairing->asked_to_bond = true;
}

static void check_resolved(Pairing *pairing)
{
        const BluezDevice *device = device_of(pairing);

        if ((!device || (pairing->was_connected && !device->connected)) && !pairing->has_dropped) {
                pairing->has_dropped = true;
                find(pairing);
                return;
        }
        if (!device || (pairing->was_connected && !device->connected)) {
                if (device && !device->paired)
                        bond_seen(pairing, BOND_SAW_DROP_WITHOUT_KEY);
                fail(pairing, -EIO,
                     "the pod ends the link as soon as it is made\nbring it closer; if it is bonded to another "
                     "gateway, hold its button for 5 s until the light is blue, then: stridectl pair %s",
                     pairing->address);
                return;
        }
        pairing->was_connected = device->connected;
        if (!device->connected || !device->services_resolved)
                return;
        if (!device->driver)
                fail(pairing, -EPROTONOSUPPORT,
                     "%s is not a pod this version can read\nwhat it reads: stridectl help pair",
                     device->name[0] ? device->name : pairing->address);
        else
                start_bonding(pairing, device);
}

static void start_resolving(Pairing *pairing)
{
        connect_queue_leave(pairing->host->connects, pairing);
        pairing->state = PAIRING_RESOLVING;
        pairing->was_connected = false;
        timer_arm(pairing->timer, RESOLVE_MS);
        check_resolved(pairing);
}

static void find(Pairing *pairing)
{
        pairing->state = PAIRING_FINDING;
        timer_arm(pairing->timer, FIND_MS);
        pairing->host->discovery(pairing->host->userdata);
        check_found(pairing);
}

static int on_forgotten(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Pairing *pairing = userdata;

        (void)reply, (void)error; /* if it could not, connecting fails once more, and says so */
        pairing->call = sd_bus_slot_unref(pairing->call);
        find(pairing);
        return 0;
}

/* The gateway's side of a bond that the pod does not accept; found anew it is a stranger. */
static void forget(Pairing *pairing, const BluezDevice *device)
{
        const BluezAdapter *adapter = bluez_adapter(pairing->host->bluez);
        int r = -ENODEV;

        connect_queue_leave(pairing->host->connects, pairing);
        pairing->has_forgotten = true;
        pairing->state = PAIRING_FORGETTING;
        timer_arm(pairing->timer, FIND_MS);
        if (adapter)
                r = bluez_call(pairing->host->bluez, &pairing->call, adapter->path, BLUEZ_ADAPTER, "RemoveDevice",
                               CALL_TIMEOUT_US, on_forgotten, pairing, "o", device->path);
        if (r < 0)
                fail(pairing, r, "cannot ask bluetoothd to forget the old bond: %s", strerror(-r));
}

static int on_connected(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Pairing *pairing = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);
        const BluezDevice *device = device_of(pairing);

        (void)error;
        pairing->call = sd_bus_slot_unref(pairing->call);
        if (failure && sd_bus_error_has_name(failure, "org.bluez.Error.AlreadyConnected"))
                failure = NULL;
        if (failure && device && device->paired && !pairing->has_forgotten)
                forget(pairing, device);
        else if (failure)
                fail(pairing, -EIO, "the pod does not connect (%s)\nbring it closer and try again",
                     failure->message && failure->message[0] ? failure->message : failure->name);
        else
                start_resolving(pairing);
        return 0;
}

static void on_turn(void *userdata)
{
        Pairing *pairing = userdata;
        const BluezDevice *device = device_of(pairing);
        int r;

        if (!device) {
                fail(pairing, -ENOENT, "the pod is out of range again\nbring it closer, wake it, and try again");
                return;
        }
        if (device->connected) {
                start_resolving(pairing);
                return;
        }
        pairing->state = PAIRING_CONNECTING;
        r = bluez_call(pairing->host->bluez, &pairing->call, device->path, BLUEZ_DEVICE, "Connect",
                       CALL_TIMEOUT_US, on_connected, pairing, "");
        if (r < 0)
                fail(pairing, r, "cannot ask bluetoothd to connect: %s", strerror(-r));
        else
                pairing->asked_to_connect = true;
}

static void check_found(Pairing *pairing)
{
        const BluezDevice *device = device_of(pairing);

        if (!device || (device->rssi == RSSI_UNHEARD && !device->connected))
                return;
        if (device->paired && !pairing->has_forgotten &&
            pairing->host->bond_is_bad(pairing->address, pairing->host->userdata)) {
                forget(pairing, device);
                return;
        }
        pairing->state = PAIRING_QUEUED;
        timer_arm(pairing->timer, CONNECT_MS);
        if (connect_queue_enter(pairing->host->connects, on_turn, pairing) < 0)
                fail(pairing, -EBUSY, "too many pods are connecting\ntry again in a minute");
}

void pairing_look(Pairing *pairing)
{
        if (pairing->state == PAIRING_IDLE)
                return;
        if (!bluez_adapter(pairing->host->bluez))
                fail(pairing, -ENODEV, "the Bluetooth adapter went away\nlook with: stridectl doctor");
        else if (pairing->state == PAIRING_FINDING)
                check_found(pairing);
        else if (pairing->state == PAIRING_RESOLVING)
                check_resolved(pairing);
}

static void on_timer(void *userdata)
{
        Pairing *pairing = userdata;

        if (pairing->state == PAIRING_FINDING)
                fail(pairing, -ENOENT,
                     "no pod %s in range within %d s\nwake it (move it, or press its button), bring it "
                     "closer, then: stridectl scan",
                     pairing->address, FIND_MS / 1000);
        else
                fail(pairing, -ETIMEDOUT,
                     "the pod did not answer in time\nbring it closer and try again");
}

/* ---- life ---- */

int pairing_answer(Pairing *pairing, const void *userdata, bool yes, uint32_t passkey)
{
        if (pairing->state != PAIRING_BONDING || pairing->userdata != userdata)
                return -ENOENT;
        return person_answers(pairing, yes, passkey);
}

int pairing_start(Pairing *pairing, const char *address, PairAsk ask, PairDone done, void *userdata)
{
        const BluezAdapter *adapter = bluez_adapter(pairing->host->bluez);

        if (pairing->state != PAIRING_IDLE)
                return -EBUSY;
        if (!adapter || !adapter->powered)
                return -ENODEV;
        (void)text_copy(pairing->address, sizeof(pairing->address), address);
        pairing->ask = ask;
        pairing->done = done;
        pairing->userdata = userdata;
        pairing->question = NOT_ASKED;
        pairing->asked_to_connect = pairing->asked_to_bond = false;
        pairing->has_forgotten = pairing->has_dropped = false;
        find(pairing);
        return 0;
}

void pairing_cancel(Pairing *pairing, const void *userdata)
{
        if (pairing->state == PAIRING_IDLE || pairing->userdata != userdata)
                return;
        pairing->done = NULL;
        finish(pairing, -ECANCELED, NULL);
}

bool pairing_wants_discovery(const Pairing *pairing)
{
        return pairing->state == PAIRING_FINDING;
}

const char *pairing_address(const Pairing *pairing)
{
        return pairing->state == PAIRING_IDLE ? NULL : pairing->address;
}

int pairing_new(const PairingHost *host, Pairing **ret)
{
        CLEANUP(pairing_freep) Pairing *pairing = calloc(1, sizeof(*pairing));
        int r;

        if (!pairing)
                return -ENOMEM;
        pairing->host = host;
        r = timer_new(host->clock, "pairing", on_timer, pairing, &pairing->timer);
        if (r >= 0)
                r = timer_new(host->clock, "pairing-answer", on_nobody, pairing, &pairing->answer_timer);
        if (r < 0)
                return r;
        *ret = TAKE(pairing);
        return 0;
}

Pairing *pairing_free(Pairing *pairing)
{
        if (!pairing)
                return NULL;
        sd_bus_slot_unref(pairing->call);
        connect_queue_leave(pairing->host->connects, pairing);
        timer_free(pairing->timer);
        timer_free(pairing->answer_timer);
        free(pairing);
        return NULL;
}
