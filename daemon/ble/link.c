#include "daemon/ble/link.h"

#include "base/log.h"
#include "daemon/ble/link-rules.h"

#include <errno.h>
#include <string.h>

#define CONNECT_TIMEOUT_US (40 * 1000000ULL) /* bluetoothd itself gives up after 25 s or so */
#define RESOLVE_MS         30000
#define BACK_OFF_FIRST_MS  1000
#define BACK_OFF_MAX_MS    300000
#define GRANT_MS           60000 /* a turn that leads nowhere is given back */
#define AT_ONCE_MS         3000  /* a link that cannot be encrypted ends within 0.1 s; a busy bus adds to it */
#define HOLD_MS            3600000 /* a bond that only seemed bad, for a weak signal, has its chance each hour */

static const char *const state_names[] = {
        [LINK_ABSENT] = "absent",       [LINK_WAITING] = "connecting",
        [LINK_CONNECTING] = "connecting", [LINK_RESOLVING] = "resolving",
        [LINK_SYNCING] = "syncing",     [LINK_LIVE] = "live",
        [LINK_BACKING_OFF] = "backing-off", [LINK_HELD] = "bond-failed",
};

struct Link {
        const LinkHost *host;
        char address[ADDRESS_SIZE];
        const PodDriver *driver;
        bool needs_bond;
        LinkStage state;
        int64_t state_since_utc_ms;
        uint32_t failures; /* since useful data arrived */
        int64_t records_this_link;
        char last_error[160];
        Bond bond;
        bool had_key;     /* bluetoothd had, when the link was made */
        int64_t begun_ms; /* boottime: Connect was called, then: the link is there */
        int battery_pct; /* as bluetoothd said last; -1: not yet */
        sd_bus_slot *call; /* Connect or Disconnect */
        Timer *timer;      /* resolve, retry, grant: one at a time */
        bool session_failed; /* told from within the session; the timer deals with it */
        Session *session;
};

static void handle(Link *link, LinkEvent event);
static void link_look_again(Link *link);

/* ---- the bond ---- */

static void note_begun(Link *link)
{
        const BluezDevice *device = bluez_device(link->host->session.bluez, link->address);

        link->begun_ms = clock_boottime_ms(link->host->session.clock);
        link->had_key = device && device->paired;
}

/* It ended before anything could be done with it. */
static bool ended_at_once(const Link *link)
{
        return link->needs_bond && clock_boottime_ms(link->host->session.clock) - link->begun_ms < AT_ONCE_MS;
}

/* Notes it; true: the link is held from now on. */
static bool is_held(Link *link, BondEvidence evidence)
{
        if (!bond_note(&link->bond, evidence))
                return false;
        (void)text_copy(link->last_error, sizeof(link->last_error), bond_sentence(link->bond.state));
        handle(link, ON_BOND_BAD);
        return true;
}

static bool is_held_for_drop(Link *link)
{
        return ended_at_once(link) &&
               is_held(link, link->had_key ? BOND_SAW_DROP_WITH_KEY : BOND_SAW_DROP_WITHOUT_KEY);
}

/* ---- what a transition does ---- */

static void on_turn(void *userdata)
{
        handle(userdata, ON_TURN);
}

static void leave_queue(Link *link)
{
        connect_queue_leave(link->host->connects, link);
}

static void do_wait_turn(Link *link)
{
        if (connect_queue_enter(link->host->connects, on_turn, link) < 0)
                timer_arm(link->timer, BACK_OFF_MAX_MS); /* many pods: later */
}

static int on_connect_answered(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Link *link = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);

        (void)error;
        link->call = sd_bus_slot_unref(link->call);
        if (!failure || sd_bus_error_has_name(failure, "org.bluez.Error.AlreadyConnected")) {
                link_look_again(link);
                return 0;
        }
        (void)text_copy(link->last_error, sizeof(link->last_error),
                        failure->message && failure->message[0] ? failure->message : failure->name);
        /* Out of range takes bluetoothd many seconds. */
        if (!link->had_key || link->state != LINK_CONNECTING ||
            !sd_bus_error_has_name(failure, "org.bluez.Error.Failed") || !is_held_for_drop(link))
                handle(link, ON_FAILED);
        return 0;
}

static void do_connect(Link *link)
{
        const BluezDevice *device = bluez_device(link->host->session.bluez, link->address);
        int r = -ENODEV;

        timer_arm(link->timer, GRANT_MS);
        note_begun(link);
        if (device)
                r = bluez_call(link->host->session.bluez, &link->call, device->path, BLUEZ_DEVICE,
                               "Connect", CONNECT_TIMEOUT_US, on_connect_answered, link, "");
        if (r < 0) {
                (void)text_copy(link->last_error, sizeof(link->last_error), strerror(-r));
                handle(link, ON_FAILED);
        }
}

static void do_resolve(Link *link)
{
        leave_queue(link);
        note_begun(link);
        timer_arm(link->timer, RESOLVE_MS);
}

static void end_session(Link *link)
{
        leave_queue(link);
        timer_disarm(link->timer);
        link->session_failed = false;
        link->session = session_free(link->session);
        link->call = sd_bus_slot_unref(link->call);
}

static int64_t back_off_ms(const Link *link)
{
        int64_t delay_ms = BACK_OFF_FIRST_MS;

        for (uint32_t i = 1; i < link->failures && delay_ms < BACK_OFF_MAX_MS; i++)
                delay_ms *= 2;
        return delay_ms < BACK_OFF_MAX_MS ? delay_ms : BACK_OFF_MAX_MS;
}

static void do_back_off(Link *link)
{
        end_session(link);
        link->failures++;
        timer_arm(link->timer, back_off_ms(link));
}

static void disconnect(Link *link)
{
        const BluezDevice *device = bluez_device(link->host->session.bluez, link->address);

        if (device && device->connected) {
                int r = bluez_call(link->host->session.bluez, NULL, device->path, BLUEZ_DEVICE,
                                   "Disconnect", CONNECT_TIMEOUT_US, NULL, NULL, "");
                (void)r; /* if even this fails, the next look shows it connected */
        }
}

/* A link that leads nowhere is ended, so that the next one begins clean. */
static void do_disconnect(Link *link)
{
        log_event(LOG_LINK_LOST, LOG_LEVEL_NOTICE, link->address, NULL, "%s, trying again in %lld s",
                  link->last_error, (long long)(back_off_ms(link) / 1000));
        do_back_off(link);
        disconnect(link);
}

static void do_hold(Link *link)
{
        log_event(LOG_LINK_LOST, LOG_LEVEL_WARNING, link->address, NULL,
                  "%s; not trying again for %d min. What helps: stridectl doctor %s", link->last_error,
                  HOLD_MS / 60000, link->address);
        end_session(link);
        link->failures++;
        timer_arm(link->timer, HOLD_MS);
        disconnect(link);
}

static void do_begin_session(Link *link);

static void do_live(Link *link)
{
        link->last_error[0] = '\0';
}

/* Somebody else ended it, or the pod went away. */
static void do_lose(Link *link)
{
        (void)text_copy(link->last_error, sizeof(link->last_error), "the link was lost");
        log_event(LOG_LINK_LOST, LOG_LEVEL_INFO, link->address, NULL,
                  "link lost after %lld records, waiting for the pod", (long long)link->records_this_link);
        do_back_off(link);
}

static void do_nothing(Link *link)
{
        timer_disarm(link->timer);
}

/* ---- what link-rules.c says ---- */

static void (*const acts[LINK_ACTS])(Link *link) = {
        [DO_NOTHING] = do_nothing,
        [DO_WAIT_TURN] = do_wait_turn,
        [DO_CONNECT] = do_connect,
        [DO_RESOLVE] = do_resolve,
        [DO_BEGIN_SESSION] = do_begin_session,
        [DO_LIVE] = do_live,
        [DO_LOSE] = do_lose,
        [DO_DISCONNECT] = do_disconnect,
        [DO_END] = end_session,
        [DO_HOLD] = do_hold,
};

static void handle(Link *link, LinkEvent event)
{
        const LinkRule *rule = link_rule(link->state, event);

        if (!rule)
                return; /* link-rules.c says why */
        link->state = rule->becomes;
        link->state_since_utc_ms = clock_utc_ms(link->host->session.clock);
        log_event(LOG_LINK_STATE, LOG_LEVEL_DEBUG, link->address, NULL, "%s → %s",
                  state_names[rule->in], state_names[rule->becomes]);
        acts[rule->act](link);
        link->host->changed(link->address, link->host->userdata);
}

/* ---- looking ---- */

/* bluetoothd reads the Battery Service itself. */
static void note_battery(Link *link, const BluezDevice *device)
{
        if (!device || device->battery_pct < 0 || device->battery_pct == link->battery_pct)
                return;
        if (pod_set_battery(link->host->session.ledger, link->address, device->battery_pct) < 0)
                return; /* the next look tries again */
        link->battery_pct = device->battery_pct;
        link->host->changed(link->address, link->host->userdata);
}

static bool is_connecting(const Link *link)
{
        return link->state == LINK_CONNECTING || link->state == LINK_RESOLVING;
}

void link_look(Link *link)
{
        const Bluez *bluez = link->host->session.bluez;
        const BluezAdapter *adapter = bluez_adapter(bluez);
        const BluezDevice *device = bluez_device(bluez, link->address);

        if (!bluez_is_there(bluez) || !adapter || !adapter->powered) {
                /* A bond that is bad kills bluetoothd on some kernels. */
                if (bluez_is_there(bluez) || !link->had_key || !is_connecting(link) || !is_held_for_drop(link))
                        handle(link, ON_RADIO_GONE);
                return;
        }
        if (device && device->paired && link->bond.state == BOND_NONE)
                link_bond_seen(link, BOND_SAW_DATA); /* somebody paired it by other means */
        note_battery(link, device);
        if (!device || !device->connected) {
                /* a connection under way is not yet lost */
                if (link->state == LINK_RESOLVING && is_held_for_drop(link))
                        return;
                if (link->state != LINK_WAITING || !device)
                        handle(link, ON_LOST);
                if (device && device->rssi != RSSI_UNHEARD)
                        handle(link, ON_SEEN);
                return;
        }
        handle(link, ON_CONNECTED);
        if (device->services_resolved && session_is_possible(bluez, device, link->driver))
                handle(link, ON_RESOLVED);
}

static void link_look_again(Link *link)
{
        const BluezDevice *device = bluez_device(link->host->session.bluez, link->address);

        /* The answer to Connect may come before the property. */
        if (device && device->connected)
                link_look(link);
}

static void on_timer(void *userdata)
{
        Link *link = userdata;

        if (link->session_failed) {
                link->session_failed = false;
                handle(link, ON_FAILED);
                return;
        }
        if (link->state == LINK_CONNECTING || link->state == LINK_RESOLVING)
                (void)text_copy(link->last_error, sizeof(link->last_error),
                                link->state == LINK_CONNECTING
                                        ? "the pod does not connect"
                                        : "the pod's services did not appear");
        handle(link, ON_RETRY_DUE);
        if (link->state == LINK_ABSENT)
                link->host->look(link->address, link->host->userdata);
}

/* ---- the session's news ---- */

static void on_synced(void *userdata)
{
        Link *link = userdata;

        if (link->needs_bond)
                (void)bond_note(&link->bond, BOND_SAW_DATA); /* good news holds nothing */
        handle(link, ON_SYNCED);
}

static void on_useful(uint32_t n_stored, void *userdata)
{
        Link *link = userdata;

        if (n_stored > 0) /* what came again helps nobody */
                link->failures = 0;
        if (n_stored > 0 && link->needs_bond)
                (void)bond_note(&link->bond, BOND_SAW_DATA); /* as above */
        link->records_this_link += n_stored;
}

static void on_failed(const char *why, void *userdata)
{
        Link *link = userdata;

        (void)text_copy(link->last_error, sizeof(link->last_error), why);
        link->session_failed = true;
        timer_arm(link->timer, 0);
}

static void on_changed(void *userdata)
{
        Link *link = userdata;

        link->host->changed(link->address, link->host->userdata);
}

static void on_read(const char *stays, void *userdata)
{
        Link *link = userdata;

        link->host->read(link->address, stays, link->host->userdata);
}

static const SessionObserver session_observer = {
        .synced = on_synced, .useful = on_useful, .failed = on_failed, .changed = on_changed, .read = on_read};

static void do_begin_session(Link *link)
{
        const BluezDevice *device = bluez_device(link->host->session.bluez, link->address);
        int r;

        timer_disarm(link->timer);
        link->records_this_link = 0;
        if (link->needs_bond && !device->paired) {
                (void)is_held(link, BOND_SAW_LINK_WITHOUT_KEY); /* always */
                return;
        }
        r = session_new(&link->host->session, device, link->driver, &session_observer, link,
                        &link->session);
        if (r < 0) {
                (void)text_copy(link->last_error, sizeof(link->last_error),
                                r == -ENODEV ? "the pod lacks the service it is known by"
                                             : strerror(-r));
                handle(link, ON_FAILED);
        }
}

/* ---- life ---- */

int link_new(const LinkHost *host, const Pod *pod, Link **ret)
{
        CLEANUP(link_freep) Link *link = calloc(1, sizeof(*link));
        int r;

        if (!link)
                return -ENOMEM;
        link->host = host;
        link->battery_pct = -1;
        link->driver = pod_driver_by_name(pod->driver);
        if (!link->driver)
                return -EPROTONOSUPPORT;
        link->needs_bond = link->driver->needs_bond;
        link->state_since_utc_ms = clock_utc_ms(host->session.clock);
        (void)text_copy(link->address, sizeof(link->address), pod->address);
        r = timer_new(host->session.clock, "link", on_timer, link, &link->timer);
        if (r < 0)
                return r;
        *ret = TAKE(link);
        return 0;
}

Link *link_free(Link *link)
{
        if (!link)
                return NULL;
        if (link->timer)
                end_session(link);
        timer_free(link->timer);
        free(link);
        return NULL;
}

const char *link_address(const Link *link)
{
        return link->address;
}

void link_value(Link *link, const char *path, const void *data, size_t size)
{
        if (link->session)
                session_value(link->session, path, data, size);
}

bool link_wants_discovery(const Link *link)
{
        return link->state == LINK_ABSENT || link->state == LINK_BACKING_OFF;
}

void link_state(const Link *link, LinkState *ret)
{
        *ret = (LinkState){.state = state_names[link->state],
                           .state_since_utc_ms = link->state_since_utc_ms,
                           .failures = link->failures,
                           .last_error = link->last_error,
                           .bond = link->needs_bond ? bond_state_name(link->bond.state) : "not-needed",
                           .bond_sentence = link->needs_bond ? bond_sentence(link->bond.state) : "",
                           .bond_is_bad = link->needs_bond && bond_is_bad(&link->bond),
                           .bond_needs_reset = bond_needs_reset(link->bond.state),
                           .records_this_link = link->records_this_link};
}

void link_bond_seen(Link *link, BondEvidence evidence)
{
        bool bad = bond_note(&link->bond, evidence);

        if (bad)
                (void)text_copy(link->last_error, sizeof(link->last_error), bond_sentence(link->bond.state));
        handle(link, bad ? ON_BOND_BAD : ON_BOND_MENDED);
}

bool link_bond_is_bad(const Link *link)
{
        return bond_is_bad(&link->bond);
}

bool link_has_session(const Link *link)
{
        return link->session && !link->session_failed;
}

bool link_read_all(Link *link)
{
        if (!link_has_session(link))
                return false;
        session_read_all(link->session);
        return true;
}

uint32_t link_pipes(const Link *link)
{
        return link->session ? session_pipes(link->session) : 0;
}
