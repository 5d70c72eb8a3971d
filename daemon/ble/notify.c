#include "daemon/ble/notify.h"

#include "proto/stride-service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#define CALL_TIMEOUT_US (30 * 1000000ULL) /* bonding may happen within */
#define PACKETS_A_TURN  64
/* A pipe holds about 200 packets: it is tried for a short while first, and for twice as long while
 * few come in it. */
#define HOLD_FIRST_MS   12
#define HOLD_PACKETS    32

struct Notify {
        Bluez *bluez;
        sd_event *event;
        const NotifyObserver *observer;
        void *userdata;
        char path[BLUEZ_PATH_MAX];
        sd_bus_slot *call;
        sd_event_source *source;
        int fd;
        Timer *hold;     /* armed: the pipe is not looked at until then; NULL: it always is */
        int64_t hold_ms; /* for so long */
        int64_t read_ms; /* boottime */
        Clock *clock;
        bool by_property;
        bool ready;
        bool ended;
};

static void end(Notify *notify, const char *why)
{
        if (notify->ended)
                return;
        notify->ended = true;
        if (notify->source)
                (void)sd_event_source_set_enabled(notify->source, SD_EVENT_OFF);
        notify->observer->ended(notify, why, notify->userdata);
}

/* Of a SEQPACKET pipe the end and an empty packet look alike. */
static bool is_over(int fd)
{
        struct pollfd look = {.fd = fd};
        int waiting = 0;

        if (poll(&look, 1, 0) <= 0 || !(look.revents & POLLHUP))
                return false;
        return ioctl(fd, FIONREAD, &waiting) < 0 || waiting == 0;
}

int notify_read(int fd, uint8_t *ret, size_t size, size_t *ret_size)
{
        ssize_t n = read(fd, ret, size);

        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? 0 : -errno;
        if (n == 0 && is_over(fd))
                return -EPIPE;
        *ret_size = (size_t)n;
        return 1;
}

/* What is there, a turn's worth. How many packets. */
static int read_pipe(Notify *notify)
{
        uint8_t packet[STRIDE_PACKET_MAX];
        int n = 0;

        while (n < PACKETS_A_TURN && !notify->ended) {
                size_t size;
                int r = notify_read(notify->fd, packet, sizeof(packet), &size);

                if (r == 0)
                        break;
                if (r < 0) {
                        end(notify,
                            r == -EPIPE ? "bluetoothd closed the notifications" : strerror(-r));
                        break;
                }
                n++;
                notify->observer->packet(notify, packet, size, notify->userdata);
        }
        return n;
}

/* Leaves it alone for so long; 0: it says itself when there is something. */
static void look_in(Notify *notify, int64_t hold_ms)
{
        if (notify->ended)
                return; /* it stays off */
        if (sd_event_source_set_enabled(notify->source, hold_ms > 0 ? SD_EVENT_OFF : SD_EVENT_ON) < 0) {
                end(notify, "the event loop refuses the pipe");
                return;
        }
        notify->hold_ms = hold_ms;
        if (hold_ms > 0)
                timer_arm(notify->hold, hold_ms);
}

static int64_t next_hold_ms(int64_t hold_ms, int n_packets)
{
        if (n_packets == 0 || n_packets > HOLD_PACKETS)
                return 0;
        if (n_packets > HOLD_PACKETS / 2)
                return hold_ms;
        return hold_ms * 2 < NOTIFY_HOLD_MS ? hold_ms * 2 : NOTIFY_HOLD_MS;
}

static void on_hold_over(void *userdata)
{
        Notify *notify = userdata;
        int n = read_pipe(notify);

        look_in(notify, next_hold_ms(notify->hold_ms, n));
}

void notify_catch_up(Notify *notify)
{
        if (!notify->hold || !timer_is_armed(notify->hold))
                return;
        timer_disarm(notify->hold);
        (void)read_pipe(notify); /* what is left wakes us */
        look_in(notify, 0);
}

static int on_pipe(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Notify *notify = userdata;
        int64_t before_ms = notify->read_ms;

        (void)source, (void)fd, (void)revents;
        (void)read_pipe(notify); /* what is left wakes us again */
        if (!notify->hold)
                return 0;
        notify->read_ms = clock_boottime_ms(notify->clock);
        if (notify->read_ms - before_ms < HOLD_FIRST_MS)
                look_in(notify, HOLD_FIRST_MS);
        return 0;
}

static int on_started(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Notify *notify = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);

        (void)error;
        notify->call = sd_bus_slot_unref(notify->call);
        if (failure) {
                end(notify, failure->message ? failure->message : failure->name);
                return 0;
        }
        notify->ready = true;
        notify->observer->ready(notify, notify->userdata);
        return 0;
}

static int start_by_property(Notify *notify)
{
        notify->by_property = true;
        return bluez_call(notify->bluez, &notify->call, notify->path, BLUEZ_CHARACTERISTIC,
                          "StartNotify", CALL_TIMEOUT_US, on_started, notify, "");
}

static int take_pipe(Notify *notify, sd_bus_message *reply)
{
        uint16_t mtu;
        int fd, r = sd_bus_message_read(reply, "hq", &fd, &mtu);

        if (r < 0)
                return r;
        notify->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (notify->fd < 0)
                return -errno;
        if (fcntl(notify->fd, F_SETFL, O_NONBLOCK) < 0)
                return -errno;
        r = sd_event_add_io(notify->event, &notify->source, notify->fd, EPOLLIN, on_pipe, notify);
        if (r >= 0)
                r = sd_event_source_set_description(notify->source, "notifications");
        return r;
}

static int on_acquired(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        Notify *notify = userdata;
        const sd_bus_error *failure = sd_bus_message_get_error(reply);
        int r;

        (void)error;
        notify->call = sd_bus_slot_unref(notify->call);
        if (failure && sd_bus_error_has_names(failure, "org.bluez.Error.NotSupported",
                                              "org.freedesktop.DBus.Error.UnknownMethod")) {
                r = start_by_property(notify);
                if (r < 0)
                        end(notify, strerror(-r));
                return 0;
        }
        if (failure) {
                end(notify, failure->message && failure->message[0] ? failure->message
                                                                   : failure->name);
                return 0;
        }
        r = take_pipe(notify, reply);
        if (r < 0) {
                end(notify, strerror(-r));
                return 0;
        }
        notify->ready = true;
        notify->observer->ready(notify, notify->userdata);
        return 0;
}

int notify_new(Bluez *bluez, sd_event *event, Clock *clock, const char *path,
               const NotifyObserver *observer, void *userdata, Notify **ret)
{
        CLEANUP(notify_freep) Notify *notify = calloc(1, sizeof(*notify));
        int r;

        if (!notify)
                return -ENOMEM;
        notify->bluez = bluez;
        notify->event = event;
        notify->observer = observer;
        notify->userdata = userdata;
        notify->fd = -1;
        notify->clock = clock;
        notify->read_ms = INT64_MIN / 2;
        if (clock) {
                r = timer_new(clock, "notify-hold", on_hold_over, notify, &notify->hold);
                if (r < 0)
                        return r;
        }
        (void)text_copy(notify->path, sizeof(notify->path), path);
        r = bluez_call(bluez, &notify->call, path, BLUEZ_CHARACTERISTIC, "AcquireNotify",
                       CALL_TIMEOUT_US, on_acquired, notify, "a{sv}", 0);
        if (r < 0)
                return r;
        *ret = TAKE(notify);
        return 0;
}

Notify *notify_free(Notify *notify)
{
        if (!notify)
                return NULL;
        sd_bus_slot_unref(notify->call);
        sd_event_source_disable_unref(notify->source);
        timer_free(notify->hold);
        if (notify->fd >= 0)
                (void)close(notify->fd); /* nothing left to do if it fails */
        if (notify->by_property && notify->ready && !notify->ended) {
                /* nobody waits for the answer; it ends with the link anyway */
                int r = bluez_call(notify->bluez, NULL, notify->path, BLUEZ_CHARACTERISTIC,
                                   "StopNotify", CALL_TIMEOUT_US, NULL, NULL, "");
                (void)r;
        }
        free(notify);
        return NULL;
}

bool notify_value(Notify *notify, const char *path, const void *data, size_t size)
{
        if (!notify->by_property || notify->ended || strcmp(notify->path, path) != 0)
                return false;
        notify->observer->packet(notify, data, size, notify->userdata);
        return true;
}

bool notify_is_ready(const Notify *notify)
{
        return notify->ready && !notify->ended;
}
