#include "daemon/ble/discovery.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>

#define CALL_TIMEOUT_US (10 * 1000000ULL)
#define RETRY_MS        10000
/* Adapters fall silent without an error, and a report may be lost at the start of a scan: a session
 * in which nothing is heard is ended and begun anew, ever more rarely. */
#define SILENCE_FIRST_MS 5000
#define SILENCE_MAX_MS   600000

typedef enum DiscoveryState { DISCOVERY_OFF, DISCOVERY_STARTING, DISCOVERY_ON, DISCOVERY_STOPPING } DiscoveryState;

struct Discovery {
        Bluez *bluez;
        Clock *clock;
        Timer *retry_timer;
        Timer *silence_timer;
        int64_t silence_ms; /* the next one */
        sd_bus_slot *call;
        DiscoveryState state;
        bool was_seen_on; /* the adapter said so since it was started */
        unsigned wanted;
        char adapter[BLUEZ_PATH_MAX]; /* that the session belongs to */
};

static int on_started(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Discovery *discovery = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);

        (void)error;
        discovery->call = sd_bus_slot_unref(discovery->call);
        if (failure && !sd_bus_error_has_name(failure, "org.bluez.Error.InProgress")) {
                discovery->state = DISCOVERY_OFF;
                log_event(LOG_RADIO_STATE, LOG_LEVEL_WARNING, NULL, NULL,
                          "cannot listen for pods (%s: %s), trying again in %d s", failure->name,
                          failure->message ? failure->message : "", RETRY_MS / 1000);
                timer_arm(discovery->retry_timer, RETRY_MS);
                return 0;
        }
        discovery->state = DISCOVERY_ON;
        timer_arm(discovery->silence_timer, discovery->silence_ms);
        discovery_check(discovery);
        return 0;
}

static int on_filtered(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Discovery *discovery = userdata;
        int r;

        (void)error;
        discovery->call = sd_bus_slot_unref(discovery->call);
        if (sd_bus_message_is_method_error(reply, NULL)) {
                discovery->state = DISCOVERY_OFF;
                timer_arm(discovery->retry_timer, RETRY_MS);
                return 0;
        }
        r = bluez_call(discovery->bluez, &discovery->call, discovery->adapter, BLUEZ_ADAPTER,
                       "StartDiscovery", CALL_TIMEOUT_US, on_started, discovery, "");
        if (r < 0)
                discovery->state = DISCOVERY_OFF;
        return 0;
}

static void start(Discovery *discovery, const BluezAdapter *adapter)
{
        int r;

        (void)text_copy(discovery->adapter, sizeof(discovery->adapter), adapter->path);
        r = bluez_call(discovery->bluez, &discovery->call, adapter->path, BLUEZ_ADAPTER,
                       "SetDiscoveryFilter", CALL_TIMEOUT_US, on_filtered, discovery, "a{sv}", 2,
                       "Transport", "s", "le", "DuplicateData", "b", 0);
        if (r < 0) {
                timer_arm(discovery->retry_timer, RETRY_MS);
                return;
        }
        discovery->state = DISCOVERY_STARTING;
}

static int on_stopped(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Discovery *discovery = userdata;

        (void)reply, (void)error; /* an error says that it was off already */
        discovery->call = sd_bus_slot_unref(discovery->call);
        discovery->state = DISCOVERY_OFF;
        discovery_check(discovery);
        return 0;
}

static void stop(Discovery *discovery)
{
        int r = bluez_call(discovery->bluez, &discovery->call, discovery->adapter, BLUEZ_ADAPTER,
                           "StopDiscovery", CALL_TIMEOUT_US, on_stopped, discovery, "");

        timer_disarm(discovery->silence_timer);
        discovery->state = r < 0 ? DISCOVERY_OFF : DISCOVERY_STOPPING;
}

static void on_silence(void *userdata)
{
        Discovery *discovery = userdata;

        if (discovery->state != DISCOVERY_ON)
                return; /* the next start arms it */
        discovery->silence_ms *= 2;
        if (discovery->silence_ms > SILENCE_MAX_MS)
                discovery->silence_ms = SILENCE_MAX_MS;
        stop(discovery); /* begun again when it answers, if it is still wanted */
}

void discovery_heard(Discovery *discovery)
{
        discovery->silence_ms = SILENCE_FIRST_MS;
        if (timer_is_armed(discovery->silence_timer))
                timer_arm(discovery->silence_timer, SILENCE_MAX_MS);
}

void discovery_check(Discovery *discovery)
{
        const BluezAdapter *adapter = bluez_adapter(discovery->bluez);

        if (!adapter || !adapter->powered) {
                /* the session went with the adapter */
                discovery->call = sd_bus_slot_unref(discovery->call);
                discovery->state = DISCOVERY_OFF;
                return;
        }
        /* The answer to StartDiscovery may come before the property. */
        if (discovery->state == DISCOVERY_ON && discovery->was_seen_on && !adapter->discovering)
                discovery->state = DISCOVERY_OFF;
        discovery->was_seen_on = discovery->state == DISCOVERY_ON && adapter->discovering;
        if (discovery->state == DISCOVERY_OFF && discovery->wanted > 0)
                start(discovery, adapter);
        else if (discovery->state == DISCOVERY_ON && discovery->wanted == 0)
                stop(discovery);
}

static void on_retry(void *userdata)
{
        discovery_check(userdata);
}

void discovery_want(Discovery *discovery, unsigned how_many)
{
        if (how_many > discovery->wanted) {
                /* somebody begins to wait: patience for an empty room is no patience for them */
                discovery->silence_ms = SILENCE_FIRST_MS;
                if (timer_is_armed(discovery->silence_timer))
                        timer_arm(discovery->silence_timer, SILENCE_FIRST_MS);
        }
        discovery->wanted = how_many;
        discovery_check(discovery);
}

bool discovery_is_on(const Discovery *discovery)
{
        return discovery->state == DISCOVERY_ON;
}

int discovery_new(Bluez *bluez, Clock *clock, Discovery **ret)
{
        CLEANUP(discovery_freep) Discovery *discovery = calloc(1, sizeof(*discovery));
        int r;

        if (!discovery)
                return -ENOMEM;
        discovery->bluez = bluez;
        discovery->clock = clock;
        discovery->silence_ms = SILENCE_FIRST_MS;
        r = timer_new(clock, "discovery-retry", on_retry, discovery, &discovery->retry_timer);
        if (r >= 0)
                r = timer_new(clock, "discovery-silence", on_silence, discovery,
                              &discovery->silence_timer);
        if (r < 0)
                return r;
        *ret = TAKE(discovery);
        return 0;
}

Discovery *discovery_free(Discovery *discovery)
{
        if (!discovery)
                return NULL;
        sd_bus_slot_unref(discovery->call);
        if (discovery->state == DISCOVERY_ON || discovery->state == DISCOVERY_STARTING) {
                /* a slot of nobody: sent, not waited for; it ends with our connection anyway */
                int r = bluez_call(discovery->bluez, NULL, discovery->adapter, BLUEZ_ADAPTER,
                                   "StopDiscovery", CALL_TIMEOUT_US, NULL, NULL, "");
                (void)r;
        }
        timer_free(discovery->retry_timer);
        timer_free(discovery->silence_timer);
        free(discovery);
        return NULL;
}
