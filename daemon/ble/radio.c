/* Implements ble.h: who listens, who connects, who is told. */
#include "daemon/ble/ble.h"

#include "base/log.h"
#include "daemon/ble/agent.h"
#include "daemon/ble/discovery.h"
#include "daemon/ble/drain.h"
#include "daemon/ble/forget.h"
#include "daemon/ble/link.h"
#include "daemon/ble/pairing.h"
#include "daemon/ble/sample-keeper.h"

#include <errno.h>
#include <string.h>

#define LINKS_MAX     16
#define SEEN_MAX      64
#define SCAN_MAX_S    60
#define LOOK_EVERY_MS 60000 /* a missed signal costs at most so long */

struct Ble {
        Bluez *bluez;
        Discovery *discovery;
        ConnectQueue *connects;
        SampleKeeper *keeper;
        Agent *agent;
        Pairing *pairing;
        Drain *drain;
        Forget *forget;
        PairingHost pairing_host;
        LinkHost link_host;
        Clock *clock;
        Ledger *ledger;
        const BleObserver *observer;
        void *userdata;
        Link *links[LINKS_MAX];
        size_t n_links;
        Timer *look_timer;
        Timer *roster_timer; /* links are made and freed from the loop only */
        Timer *scan_timer;
        ScanDone scan_done;
        void *scan_userdata;
        const char *stage;
};

/* ---- who wants discovery ---- */

static void update_discovery(Ble *ble)
{
        unsigned wanted = 0;

        for (size_t i = 0; i < ble->n_links; i++)
                wanted += link_wants_discovery(ble->links[i]);
        wanted += pairing_wants_discovery(ble->pairing);
        wanted += ble->scan_done != NULL;
        discovery_want(ble->discovery, wanted);
}

static void on_pairing_discovery(void *userdata)
{
        update_discovery(userdata);
}

/* ---- looking around ---- */

static const char *radio_stage(const Ble *ble)
{
        const BluezAdapter *adapter = bluez_adapter(ble->bluez);

        if (!bluez_is_there(ble->bluez))
                return "no-bluetoothd";
        if (!adapter)
                return "no-adapter";
        return adapter->powered ? "ok" : "powered-off";
}

static void look_radio(Ble *ble)
{
        const char *stage = radio_stage(ble);

        if (strcmp(stage, ble->stage) == 0)
                return;
        log_event(LOG_RADIO_STATE, strcmp(stage, "ok") == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
                  NULL, NULL, "radio: %s (was %s)", stage, ble->stage);
        ble->stage = stage;
        if (ble->observer && ble->observer->radio_changed)
                ble->observer->radio_changed(ble->userdata);
}

/* The link of a pod that is being paired keeps off. */
static void look_link(Ble *ble, Link *link)
{
        const char *pairing = pairing_address(ble->pairing);

        if (!pairing || strcmp(pairing, link_address(link)) != 0)
                link_look(link);
}

static void look_everywhere(Ble *ble)
{
        look_radio(ble);
        discovery_check(ble->discovery);
        pairing_look(ble->pairing);
        for (size_t i = 0; i < ble->n_links; i++)
                look_link(ble, ble->links[i]);
        update_discovery(ble);
}

static void on_look(void *userdata)
{
        Ble *ble = userdata;

        look_everywhere(ble);
        timer_arm(ble->look_timer, LOOK_EVERY_MS);
}

/* ---- news from bluetoothd ---- */

static void on_presence(void *userdata)
{
        Ble *ble = userdata;

        if (bluez_is_there(ble->bluez))
                agent_register(ble->agent);
        look_everywhere(ble);
}

static void on_adapter(void *userdata)
{
        look_everywhere(userdata);
}

static void on_device(const char *address, void *userdata)
{
        Ble *ble = userdata;
        const BluezDevice *device = bluez_device(ble->bluez, address);

        if (device && device->rssi != RSSI_UNHEARD && !device->connected)
                discovery_heard(ble->discovery);
        pairing_look(ble->pairing);
        for (size_t i = 0; i < ble->n_links; i++) {
                if (strcmp(link_address(ble->links[i]), address) == 0)
                        look_link(ble, ble->links[i]);
        }
        update_discovery(ble);
}

static void on_value(const char *path, const void *data, size_t size, void *userdata)
{
        Ble *ble = userdata;

        for (size_t i = 0; i < ble->n_links; i++)
                link_value(ble->links[i], path, data, size);
}

static const BluezObserver bluez_observer = {
        .presence = on_presence, .adapter = on_adapter, .device = on_device, .value = on_value};

static Link *find_link(const Ble *ble, const char *address)
{
        for (size_t i = 0; i < ble->n_links; i++) {
                if (strcmp(link_address(ble->links[i]), address) == 0)
                        return ble->links[i];
        }
        return NULL;
}

static void on_link_changed(const char *address, void *userdata)
{
        Ble *ble = userdata;

        update_discovery(ble);
        drain_look(ble->drain, find_link(ble, address));
        if (ble->observer && ble->observer->pod_changed)
                ble->observer->pod_changed(address, ble->userdata);
}

static void on_bond_seen(const char *address, BondEvidence evidence, void *userdata)
{
        Link *link = find_link(userdata, address);

        if (link) /* else it is no pod of ours yet: who asked is told */
                link_bond_seen(link, evidence);
}

static bool is_bond_bad(const char *address, void *userdata)
{
        const Link *link = find_link(userdata, address);

        return link && link_bond_is_bad(link);
}

static void on_link_read(const char *address, const char *stays, void *userdata)
{
        Ble *ble = userdata;

        drain_read(ble->drain, find_link(ble, address), stays);
}

/* ---- the roster ---- */

static int add_link(const Pod *pod, void *userdata)
{
        Ble *ble = userdata;
        int r;

        if (find_link(ble, pod->address))
                return 0;
        if (ble->n_links == LINKS_MAX) {
                log_event(LOG_LINK_STATE, LOG_LEVEL_ERROR, pod->address, NULL,
                          "%d pods have links already, this one is not heard", LINKS_MAX);
                return 0;
        }
        r = link_new(&ble->link_host, pod, &ble->links[ble->n_links]);
        if (r < 0) {
                log_event(LOG_LINK_STATE, LOG_LEVEL_ERROR, pod->address, NULL,
                          "no link can be made (driver '%s'): %s", pod->driver, strerror(-r));
                return 0;
        }
        ble->n_links++;
        return 0;
}

static void on_link_look(const char *address, void *userdata)
{
        Link *link = find_link(userdata, address);

        if (link)
                look_link(userdata, link);
}

/* A pod that nobody wears any more. */
static void drop_links(Ble *ble)
{
        Pod pod;

        for (size_t i = ble->n_links; i-- > 0;) {
                if (pod_get(ble->ledger, link_address(ble->links[i]), &pod) != 1 || pod.runner[0] != '\0')
                        continue; /* also when it cannot be read: the next change of the roster looks again */
                drain_forget(ble->drain, ble->links[i]);
                link_free(ble->links[i]);
                ble->links[i] = ble->links[--ble->n_links];
        }
}

static void on_roster(void *userdata)
{
        Ble *ble = userdata;
        int r = pod_each(ble->ledger, add_link, ble);

        drop_links(ble);
        if (r < 0)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                          "the roster cannot be read: %s", ledger_error(ble->ledger));
        look_everywhere(ble);
}

void ble_roster_changed(Ble *ble)
{
        timer_arm(ble->roster_timer, 0);
}

/* ---- scanning and pairing ---- */

static int compare_seen(const void *left, const void *right)
{
        const SeenPod *a = left, *b = right;
        int x = a->rssi == RSSI_UNMEASURED ? -1000 : a->rssi;
        int y = b->rssi == RSSI_UNMEASURED ? -1000 : b->rssi;

        return (y > x) - (y < x);
}

static void on_scanned(void *userdata)
{
        Ble *ble = userdata;
        ScanDone done = TAKE(ble->scan_done);
        SeenPod seen[SEEN_MAX];
        const BluezDevice *device;
        size_t n = 0;

        for (size_t i = 0; n < SEEN_MAX && (device = bluez_device_at(ble->bluez, i)); i++) {
                if (!device->driver || (device->rssi == RSSI_UNHEARD && !device->connected))
                        continue;
                seen[n] = (SeenPod){.driver = device->driver->name,
                                    .rssi = device->rssi == RSSI_UNHEARD ? RSSI_UNMEASURED : device->rssi,
                                    .bonded = device->paired,
                                    .in_roster = find_link(ble, device->address) != NULL};
                (void)text_copy(seen[n].address, sizeof(seen[n].address), device->address);
                (void)text_copy(seen[n].name, sizeof(seen[n].name), device->name);
                n++;
        }
        if (n > 0)
                qsort(seen, n, sizeof(*seen), compare_seen);
        update_discovery(ble);
        done(0, seen, n, ble->scan_userdata);
}

int ble_scan(Ble *ble, int seconds, ScanDone done, void *userdata)
{
        if (ble->scan_done)
                return -EBUSY;
        if (seconds < 1 || seconds > SCAN_MAX_S)
                return -ERANGE;
        if (strcmp(radio_stage(ble), "ok") != 0)
                return -ENODEV;
        ble->scan_done = done;
        ble->scan_userdata = userdata;
        timer_arm(ble->scan_timer, seconds * 1000);
        update_discovery(ble);
        return 0;
}

int ble_pair(Ble *ble, const char *address, PairAsk ask, PairDone done, void *userdata)
{
        return pairing_start(ble->pairing, address, ask, done, userdata);
}

int ble_answer(Ble *ble, const void *userdata, bool yes, uint32_t passkey)
{
        return pairing_answer(ble->pairing, userdata, yes, passkey);
}

int ble_drain(Ble *ble, const char *address, DrainDone done, void *userdata)
{
        Link *link = find_link(ble, address);

        return link ? drain_start(ble->drain, link, done, userdata) : -ENOENT;
}

int ble_forget(Ble *ble, const char *address, ForgetDone done, void *userdata)
{
        return forget_start(ble->forget, address, done, userdata);
}

void ble_cancel(Ble *ble, void *userdata)
{
        drain_cancel(ble->drain, userdata);
        forget_cancel(ble->forget, userdata);
        pairing_cancel(ble->pairing, userdata);
        if (ble->scan_done && ble->scan_userdata == userdata) {
                ble->scan_done = NULL;
                timer_disarm(ble->scan_timer);
                update_discovery(ble);
        }
}

/* ---- state ---- */

void ble_radio_state(const Ble *ble, RadioState *ret)
{
        const BluezAdapter *adapter = bluez_adapter(ble->bluez);

        *ret = (RadioState){.bluez = bluez_is_there(ble->bluez),
                            .adapter = adapter != NULL,
                            .powered = adapter && adapter->powered,
                            .discovering = adapter && adapter->discovering,
                            .stage = radio_stage(ble)};
        if (adapter)
                (void)text_copy(ret->address, sizeof(ret->address), adapter->address);
}

int ble_link_state(const Ble *ble, const char *address, LinkState *ret)
{
        const Link *link = find_link(ble, address);

        if (!link)
                return 0;
        link_state(link, ret);
        return 1;
}

void ble_resources(const Ble *ble, BleResources *ret)
{
        *ret = (BleResources){.links = (uint32_t)ble->n_links, .calls_made = bluez_calls(ble->bluez),
                                .matches = bluez_matches(ble->bluez)};
        for (size_t i = 0; i < ble->n_links; i++)
                ret->notify_pipes += link_pipes(ble->links[i]);
}

/* ---- life ---- */

static int make_timers(Ble *ble)
{
        int r = timer_new(ble->clock, "ble-look", on_look, ble, &ble->look_timer);

        if (r >= 0)
                r = timer_new(ble->clock, "ble-roster", on_roster, ble, &ble->roster_timer);
        if (r >= 0)
                r = timer_new(ble->clock, "ble-scan", on_scanned, ble, &ble->scan_timer);
        return r;
}

int ble_new(sd_bus *bus, Clock *clock, Ledger *ledger, const BleObserver *observer, void *userdata,
            Ble **ret)
{
        CLEANUP(ble_freep) Ble *ble = calloc(1, sizeof(*ble));
        int r;

        if (!ble)
                return -ENOMEM;
        ble->clock = clock;
        ble->ledger = ledger;
        ble->observer = observer;
        ble->userdata = userdata;
        ble->stage = "starting";
        r = make_timers(ble);
        if (r >= 0)
                r = connect_queue_new(clock, &ble->connects);
        if (r >= 0)
                r = sample_keeper_new(ledger, clock, &ble->keeper);
        if (r >= 0)
                r = bluez_new(bus, clock, &bluez_observer, ble, &ble->bluez);
        if (r >= 0)
                r = discovery_new(ble->bluez, clock, &ble->discovery);
        if (r >= 0)
                r = agent_new(bus, ble->bluez, &ble->agent);
        if (r >= 0)
                r = drain_new(clock, &ble->drain);
        if (r >= 0)
                r = forget_new(ble->bluez, &ble->forget);
        if (r < 0)
                return r;
        ble->pairing_host = (PairingHost){.bluez = ble->bluez,
                                          .clock = clock,
                                          .agent = ble->agent,
                                          .connects = ble->connects,
                                          .discovery = on_pairing_discovery,
                                          .bond_seen = on_bond_seen,
                                          .bond_is_bad = is_bond_bad,
                                          .userdata = ble};
        r = pairing_new(&ble->pairing_host, &ble->pairing);
        if (r < 0)
                return r;
        ble->link_host = (LinkHost){.session = {.bluez = ble->bluez,
                                                .event = sd_bus_get_event(bus),
                                                .clock = clock,
                                                .ledger = ledger,
                                                .keeper = ble->keeper},
                                    .connects = ble->connects,
                                    .changed = on_link_changed,
                                    .look = on_link_look,
                                    .read = on_link_read,
                                    .userdata = ble};
        timer_arm(ble->roster_timer, 0);
        timer_arm(ble->look_timer, LOOK_EVERY_MS);
        *ret = TAKE(ble);
        return 0;
}

Ble *ble_free(Ble *ble)
{
        if (!ble)
                return NULL;
        while (ble->n_links > 0)
                link_free(ble->links[--ble->n_links]);
        sample_keeper_free(ble->keeper);
        pairing_free(ble->pairing);
        drain_free(ble->drain);
        forget_free(ble->forget);
        agent_free(ble->agent);
        discovery_free(ble->discovery);
        bluez_free(ble->bluez);
        connect_queue_free(ble->connects);
        timer_free(ble->look_timer);
        timer_free(ble->roster_timer);
        timer_free(ble->scan_timer);
        free(ble);
        return NULL;
}
