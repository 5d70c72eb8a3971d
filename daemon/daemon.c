/* Wiring and life cycle. All wires between rooms stand on this page: the
 * observers below are the only way news travels upward. */
#include "daemon/daemon.h"

#include "base/log.h"
#include "daemon/ble/ble.h"
#include "daemon/bus.h"
#include "daemon/upkeep.h"
#include "daemon/clinic/clinic.h"
#include "daemon/control/control.h"
#include "daemon/derive.h"
#include "daemon/errand.h"
#include "daemon/ledger/ledger.h"
#include "daemon/open-ledger.h"
#include "daemon/redflag-watch.h"
#include "daemon/watchdog.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>

#define ROOM_RETRY_MS 30000
#define MIB           (1024 * 1024LL)

typedef struct Daemon {
        const char *config_path;
        Config config;
        MeasureParameters measure;
        Clock *clock;
        int64_t started_boottime_ms;
        sd_event *event;
        sd_bus *bus;
        Ledger *ledger;
        Derive *derive;
        Ble *ble;
        Clinic *clinic;
        Control *control;
        Errand *backup; /* or NULL */
        Upkeep *upkeep;
        Watchdog *watchdog;
        RedflagWatch *redflag_watch;
        Timer *room_timer; /* of a start without room for the ledger */
        bool waits_for_room;
        unsigned n_damages; /* found while it ran */
} Daemon;

/* ---- news between rooms ---- */

/* From inside anything that uses the ledger: the rest when that is over. */
static void on_damaged(void *userdata)
{
        Daemon *daemon = userdata;

        log_event(LOG_LEDGER_DAMAGED, LOG_LEVEL_ERROR, NULL, NULL,
                  "the ledger is damaged: everything stops for a moment, and it is looked through");
        daemon->n_damages++;
        timer_arm(daemon->room_timer, 0);
}

static void on_ledger_committed(unsigned touched, void *userdata)
{
        Daemon *daemon = userdata;

        if (touched & LEDGER_DAMAGED)
                on_damaged(daemon);

        if (touched & LEDGER_OUTBOX && daemon->clinic)
                clinic_wake(daemon->clinic);
        if (touched & (LEDGER_DIRTY | LEDGER_OUTBOX) && daemon->redflag_watch)
                redflag_watch_wake(daemon->redflag_watch);
        if (touched & LEDGER_ROSTER && daemon->ble)
                ble_roster_changed(daemon->ble);
        if (touched & LEDGER_ROSTER && daemon->control)
                control_roster_changed(daemon->control);
}

static void on_radio_changed(void *userdata)
{
        Daemon *daemon = userdata;

        if (daemon->control)
                control_radio_changed(daemon->control);
}

static void on_pod_changed(const char *address, void *userdata)
{
        Daemon *daemon = userdata;

        if (daemon->control)
                control_pod_changed(daemon->control, address);
}

static void on_clinic_changed(void *userdata)
{
        Daemon *daemon = userdata;

        if (daemon->control)
                control_clinic_changed(daemon->control);
}

static void on_gateway_state(GatewayState *ret, void *userdata)
{
        Daemon *daemon = userdata;
        RadioState radio = {.stage = "no-bluetoothd"};

        if (daemon->ble)
                ble_radio_state(daemon->ble, &radio);
        ret->radio_stage = radio.stage;
        ret->uptime_s =
                (clock_boottime_ms(daemon->clock) - daemon->started_boottime_ms) / 1000;
}

static const char *on_link_state(const char *address, void *userdata)
{
        Daemon *daemon = userdata;
        LinkState link = {.state = "absent"};

        if (!daemon->ble || ble_link_state(daemon->ble, address, &link) == 0)
                return "absent";
        return link.state;
}

static const BleObserver ble_observer = {
        .radio_changed = on_radio_changed,
        .pod_changed = on_pod_changed,
};

static const ClinicObserver clinic_observer = {
        .changed = on_clinic_changed,
        .gateway_state = on_gateway_state,
        .link_state = on_link_state,
};

static void on_backup(int result, const char *said, void *userdata)
{
        Daemon *daemon = userdata;

        daemon->backup = NULL; /* it ended, and frees itself */
        if (daemon->control)
                control_backup_done(daemon->control, result, said);
}

static int start_backup(int fd, void *userdata)
{
        Daemon *daemon = userdata;
        const char *arguments[] = {"strided", "--backup-to-descriptor", ledger_path(daemon->ledger), NULL};

        return errand_start(daemon->event, arguments, fd, on_backup, daemon, &daemon->backup);
}

static const ControlWishes control_wishes = {
        .backup = start_backup,
};

/* ---- sources of the loop ---- */

static int on_clock(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Daemon *daemon = userdata;
        int r = clock_dispatch(daemon->clock);

        (void)source, (void)fd, (void)revents;
        if (r == -EPIPE && clock_is_test(daemon->clock)) {
                log_event(LOG_DAEMON_STOPPED, LOG_LEVEL_INFO, NULL, NULL,
                          "the simulator ended its clock, stopping");
                return sd_event_exit(daemon->event, EXIT_SUCCESS);
        }
        if (r < 0) {
                log_event(LOG_DAEMON_FAILED, LOG_LEVEL_ERROR, NULL, NULL, "the clock failed: %s",
                          strerror(-r));
                return sd_event_exit(daemon->event, EXIT_FAILURE);
        }
        return 0;
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        Daemon *daemon = userdata;

        (void)source, (void)info;
        (void)sd_notify(false, "STOPPING=1"); /* nobody to tell is fine */
        return sd_event_exit(daemon->event, EXIT_SUCCESS);
}

static int start_clinic(Daemon *daemon)
{
        return clinic_new(&daemon->config.clinic, daemon->event, daemon->clock, daemon->ledger,
                          &clinic_observer, daemon, &daemon->clinic);
}

static void set_measure(Daemon *daemon)
{
        daemon->measure = daemon->config.measure;
}

static void set_limits(Daemon *daemon)
{
        ledger_set_min_free(daemon->ledger, daemon->config.min_free_mb * MIB);
        ledger_set_size_max(daemon->ledger, daemon->config.size_max_mb * MIB);
}

/* What of daemon->config may change while it runs, but for the clinic's side. */
static void apply_config(Daemon *daemon)
{
        log_set_level((LogLevel)daemon->config.log_level);
        set_measure(daemon);
        set_limits(daemon);
        upkeep_set_keep_days(daemon->upkeep, daemon->config.keep_records_days);
}

/* Only one may hold the spool and the name at the broker, so the one of before ends first. */
static int restart_clinic(Daemon *daemon)
{
        int r;

        control_set_clinic(daemon->control, NULL);
        daemon->clinic = clinic_free(daemon->clinic);
        r = start_clinic(daemon);
        control_set_clinic(daemon->control, daemon->clinic);
        return r;
}

/* With the configuration of before it ran until now: if not even that starts again, the end is
 * the honest answer. */
static int go_back(Daemon *daemon, const Config *before, int why)
{
        int r;

        log_event(LOG_CONFIG_INVALID, LOG_LEVEL_ERROR, NULL, NULL,
                  "the clinic's side cannot start as %s wants it: %s; the configuration of before runs on",
                  daemon->config_path, strerror(-why));
        daemon->config = *before;
        apply_config(daemon);
        r = restart_clinic(daemon);
        if (r >= 0)
                return 0;
        log_event(LOG_DAEMON_FAILED, LOG_LEVEL_ERROR, NULL, NULL,
                  "the clinic's side cannot start again: %s", strerror(-r));
        return sd_event_exit(daemon->event, EXIT_FAILURE);
}

/* All or nothing: what is invalid, or cannot be started, leaves everything as it was. */
static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        Daemon *daemon = userdata;
        Config before = daemon->config, config;
        int r;

        (void)source, (void)info;
        if (!daemon->control)
                return 0; /* still waiting for room: nothing runs that could change */
        r = config_read(daemon->config_path, &config, stderr);
        if (r != 0) {
                log_event(LOG_CONFIG_INVALID, LOG_LEVEL_ERROR, NULL, NULL,
                          "%s has %d error%s; the running configuration stays. Check with: strided "
                          "--check-config",
                          daemon->config_path, r, r == 1 ? "" : "s");
                return 0;
        }
        if (strcmp(config.state_directory, daemon->config.state_directory) != 0)
                log_event(LOG_CONFIG_INVALID, LOG_LEVEL_WARNING, NULL, NULL,
                          "state_directory changes at the next start only");
        (void)text_copy(config.state_directory, sizeof(config.state_directory),
                        daemon->config.state_directory);
        (void)text_copy(config.clinic.version, sizeof(config.clinic.version), STRIDED_VERSION);
        daemon->config = config;
        apply_config(daemon);
        r = restart_clinic(daemon);
        if (r < 0)
                return go_back(daemon, &before, r);
        log_event(LOG_DAEMON_STARTED, LOG_LEVEL_NOTICE, NULL, NULL, "configuration reloaded");
        return 0;
}

/* ---- life ---- */

static int start_loop(Daemon *daemon)
{
        sd_event_source *clock_source = NULL;
        sigset_t signals;
        int r;

        /* Before the first thread exists, so that no thread of a library takes them. */
        (void)sigemptyset(&signals);
        (void)sigaddset(&signals, SIGTERM);
        (void)sigaddset(&signals, SIGINT);
        (void)sigaddset(&signals, SIGHUP);
        (void)sigaddset(&signals, SIGCHLD); /* of errands */
        if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
                return -errno;
        (void)signal(SIGPIPE, SIG_IGN);
        r = sd_event_new(&daemon->event);
        if (r < 0)
                return r;
        r = sd_event_add_signal(daemon->event, NULL, SIGTERM, on_stop, daemon);
        if (r >= 0)
                r = sd_event_add_signal(daemon->event, NULL, SIGINT, on_stop, daemon);
        if (r >= 0)
                r = sd_event_add_signal(daemon->event, NULL, SIGHUP, on_reload, daemon);
        if (r >= 0)
                r = sd_event_add_io(daemon->event, &clock_source, clock_fd(daemon->clock),
                                    EPOLLIN, on_clock, daemon);
        if (r < 0)
                return r;
        (void)sd_event_source_set_description(clock_source, "clock");
        /* A test clock hears that we are idle only when nothing else is pending. */
        if (clock_is_test(daemon->clock))
                (void)sd_event_source_set_priority(clock_source, SD_EVENT_PRIORITY_IDLE);
        r = sd_event_source_set_floating(clock_source, true);
        (void)sd_event_source_unref(clock_source);
        return r;
}

static int open_it(Daemon *daemon)
{
        Suspicion suspicion = daemon->n_damages > 1 ? SUSPECT_DAMAGE : SUSPECT_NOTHING;
        char message[700] = "";
        int r = open_ledger(&daemon->config, daemon->clock, suspicion, &daemon->ledger, message, sizeof(message));

        if (r == -ENOSPC && !daemon->waits_for_room)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, NULL, NULL, "%s", message);
        if (r < 0)
                return r;
        daemon->waits_for_room = false;
        set_limits(daemon);
        ledger_observe(daemon->ledger, on_ledger_committed, daemon);
        return 0;
}

static int start_rooms(Daemon *daemon)
{
        int r = derive_new(daemon->ledger, daemon->clock, &daemon->measure, &daemon->derive);

        if (r >= 0)
                r = ble_new(daemon->bus, daemon->clock, daemon->ledger, &ble_observer, daemon,
                            &daemon->ble);
        if (r >= 0)
                r = start_clinic(daemon);
        if (r >= 0)
                r = control_new(daemon->bus, daemon->clock, daemon->ledger, daemon->ble,
                                daemon->clinic, &control_wishes, daemon, STRIDED_VERSION,
                                &daemon->control);
        if (r >= 0)
                r = upkeep_new(daemon->ledger, daemon->clock, daemon->event, on_damaged, daemon,
                             &daemon->upkeep);
        if (r >= 0)
                r = watchdog_new(daemon->clock, daemon->ledger, &daemon->watchdog);
        if (r >= 0)
                r = redflag_watch_new(daemon->clock, daemon->ledger, &daemon->config.redflag_minutes,
                                      &daemon->redflag_watch);
        if (r < 0) {
                log_event(LOG_DAEMON_FAILED, LOG_LEVEL_ERROR, NULL, NULL, "cannot start: %s",
                          strerror(-r));
                return r;
        }
        upkeep_set_keep_days(daemon->upkeep, daemon->config.keep_records_days);
        return bus_own_name(daemon->bus, daemon->event);
}

static int start_all(Daemon *daemon)
{
        int r = bus_open(daemon->event, &daemon->bus);

        if (r >= 0)
                r = start_rooms(daemon);
        if (r >= 0)
                log_event(LOG_DAEMON_STARTED, LOG_LEVEL_NOTICE, NULL, NULL,
                          "strided %s started, ledger %s", STRIDED_VERSION,
                          ledger_path(daemon->ledger));
        return r;
}

static void wait_for_room(Daemon *daemon)
{
        /* as above; the service manager shall not take the wait for a failed start */
        (void)sd_notifyf(false, "EXTEND_TIMEOUT_USEC=%lld\nSTATUS=Waiting for room on the disk",
                         3 * ROOM_RETRY_MS * 1000LL);
        daemon->waits_for_room = true;
        timer_arm(daemon->room_timer, ROOM_RETRY_MS);
}

static void stop_rooms(Daemon *daemon)
{
        daemon->redflag_watch = redflag_watch_free(daemon->redflag_watch);
        daemon->watchdog = watchdog_free(daemon->watchdog);
        daemon->upkeep = upkeep_free(daemon->upkeep);
        daemon->backup = errand_free(daemon->backup);
        daemon->control = control_free(daemon->control);
        daemon->clinic = clinic_free(daemon->clinic);
        daemon->ble = ble_free(daemon->ble);
        daemon->derive = derive_free(daemon->derive);
        daemon->bus = sd_bus_flush_close_unref(daemon->bus);
        daemon->ledger = ledger_close(daemon->ledger);
}

/* There may be room now; or the ledger was found damaged, and all begins anew. */
static void on_room(void *userdata)
{
        Daemon *daemon = userdata;
        int r;

        stop_rooms(daemon); /* none, if it waited for room */
        r = open_it(daemon);

        if (r == -ENOSPC) {
                wait_for_room(daemon);
                return;
        }
        if (r >= 0)
                r = start_all(daemon);
        if (r < 0)
                (void)sd_event_exit(daemon->event, EXIT_FAILURE); /* the loop is running */
}

/* A full disk is waited for: to end and be started again would not make room. */
static int start(Daemon *daemon)
{
        int r = timer_new(daemon->clock, "room", on_room, daemon, &daemon->room_timer);

        if (r >= 0)
                r = open_it(daemon);
        if (r != -ENOSPC)
                return r < 0 ? r : start_all(daemon);
        wait_for_room(daemon);
        return 0;
}

static void daemon_clear(Daemon *daemon)
{
        daemon->room_timer = timer_free(daemon->room_timer);
        stop_rooms(daemon);
        daemon->event = sd_event_unref(daemon->event);
}

static int run(Daemon *daemon)
{
        int r;

        log_set_level((LogLevel)daemon->config.log_level);
        set_measure(daemon);
        daemon->started_boottime_ms = clock_boottime_ms(daemon->clock);
        r = start_loop(daemon);
        if (r >= 0)
                r = start(daemon);
        if (r < 0)
                return r;
        r = sd_event_loop(daemon->event);
        log_event(LOG_DAEMON_STOPPED, LOG_LEVEL_NOTICE, NULL, NULL, "strided stopped");
        return r;
}

int daemon_run(const char *config_path, const Config *config, Clock *clock)
{
        Daemon daemon = {.config_path = config_path, .config = *config, .clock = clock};
        int r;

        (void)text_copy(daemon.config.clinic.version, sizeof(daemon.config.clinic.version),
                        STRIDED_VERSION);
        r = run(&daemon);
        daemon_clear(&daemon);
        return r;
}
