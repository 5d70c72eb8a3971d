#include "daemon/bus.h"

#include "base/log.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#define BUS_NAME   "org.strided1"
#define LOCAL_NAME "org.freedesktop.DBus.Local" /* of our own library, not of the bus */

static int on_bus_lost(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)message, (void)userdata, (void)error;
        log_event(LOG_DAEMON_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                  "the system's message bus is gone, ending: the service manager starts us again "
                  "with it. Look with: systemctl status dbus");
        return 0;
}

int bus_open(sd_event *event, sd_bus **ret)
{
        int r = sd_bus_open_system(ret);

        if (r < 0) {
                log_event(LOG_DAEMON_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                          "no system bus: %s. Is dbus running?", strerror(-r));
                return r;
        }
        r = sd_bus_attach_event(*ret, event, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_bus_match_signal(*ret, NULL, LOCAL_NAME, "/org/freedesktop/DBus/Local",
                                        LOCAL_NAME, "Disconnected", on_bus_lost, NULL);
        if (r >= 0)
                r = sd_bus_set_exit_on_disconnect(*ret, true);
        return r;
}

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        sd_event *event = userdata;

        (void)error;
        if (!sd_bus_message_is_method_error(reply, NULL)) {
                /* nobody to tell is fine */
                (void)sd_notify(false, "READY=1\nSTATUS=Listening for pods");
                return 0;
        }
        log_event(LOG_DAEMON_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                  "cannot own %s on the bus: %s. Is another strided running, or is the bus policy "
                  "not installed?",
                  BUS_NAME, sd_bus_message_get_error(reply)->message);
        return sd_event_exit(event, EXIT_FAILURE);
}

int bus_own_name(sd_bus *bus, sd_event *event)
{
        return sd_bus_request_name_async(bus, NULL, BUS_NAME, 0, on_name, event);
}
