#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <time.h>

typedef enum ClockSource { CLOCK_OF_KERNEL, CLOCK_OF_SIMULATOR, CLOCK_OF_HAND } ClockSource;

struct Clock {
        ClockSource source;
        int fd; /* timerfd, or the simulator's socket; -1 when moved by hand */
        TestClockNow now; /* simulator and hand */
        uint32_t timers_run;
        uint64_t turn; /* counts dispatches: a timer armed in this one waits for the next */
        Timer *timers; /* armed and unarmed, a list */
};

struct Timer {
        Clock *clock;
        Timer *next;
        const char *name;
        TimerFunction function;
        void *userdata;
        int64_t due_boottime_ms; /* INT64_MAX: not armed */
        uint64_t armed_in_turn;
};

#define TEST_CLOCK_CONNECT_MS 10000
#define TIMESYNCD_MARK        "/run/systemd/timesync/synchronized"

const char *clock_quality_name(ClockQuality quality)
{
        static const char *const names[] = {
                [CLOCK_UNSET] = "unset",
                [CLOCK_SET] = "set",
                [CLOCK_SYNCHRONISED] = "synchronised",
        };

        return (size_t)quality < ARRAY_SIZE(names) ? names[quality] : "unset";
}

static int64_t kernel_ms(clockid_t id)
{
        struct timespec now;

        if (clock_gettime(id, &now) < 0)
                return 0; /* cannot happen for these two clocks */
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_utc_ms(const Clock *clock)
{
        return clock->source == CLOCK_OF_KERNEL ? kernel_ms(CLOCK_REALTIME) : clock->now.utc_ms;
}

int64_t clock_boottime_ms(const Clock *clock)
{
        return clock->source == CLOCK_OF_KERNEL ? kernel_ms(CLOCK_BOOTTIME)
                                                : clock->now.boottime_ms;
}

ClockQuality clock_quality(const Clock *clock)
{
        /* A gateway without an RTC starts near 1970 or at its image's build date; before this
         * program was written the time cannot be right. 2026-01-01T00:00:00Z. */
        static const int64_t earliest_credible_ms = 1767225600000;
        struct timex state = {0};

        if (clock->source != CLOCK_OF_KERNEL)
                return (ClockQuality)clock->now.quality;
        if (kernel_ms(CLOCK_REALTIME) < earliest_credible_ms)
                return CLOCK_UNSET;
        /* Asking needs no right, whoever disciplines the clock (timesyncd, chrony, ntpd) answers
         * here. A sandbox may forbid the question: then timesyncd's own mark counts. */
        if (adjtimex(&state) >= 0)
                return state.status & STA_UNSYNC ? CLOCK_SET : CLOCK_SYNCHRONISED;
        return access(TIMESYNCD_MARK, F_OK) == 0 ? CLOCK_SYNCHRONISED : CLOCK_SET;
}

static int64_t next_due(const Clock *clock)
{
        int64_t earliest = INT64_MAX;

        for (const Timer *timer = clock->timers; timer; timer = timer->next) {
                if (timer->due_boottime_ms < earliest)
                        earliest = timer->due_boottime_ms;
        }
        return earliest;
}

/* Sets the timerfd to the earliest timer. */
static void rearm(Clock *clock)
{
        struct itimerspec at = {0};
        int64_t due = next_due(clock);

        if (clock->source != CLOCK_OF_KERNEL)
                return;
        if (due != INT64_MAX) {
                at.it_value.tv_sec = due / 1000;
                at.it_value.tv_nsec = due % 1000 * 1000000;
                if (due <= 0)
                        at.it_value.tv_nsec = 1;
        }
        /* Fails only for a bad descriptor or time, both our own mistakes. */
        int r = timerfd_settime(clock->fd, TFD_TIMER_ABSTIME, &at, NULL);
        assert(r == 0);
        (void)r;
}

/* Runs the timers that are due now, each once. A function may arm itself (it runs again in
 * the next turn), and arm, disarm and free others. */
static void run_due(Clock *clock)
{
        clock->turn++;
        for (;;) {
                Timer *due = NULL;

                for (Timer *timer = clock->timers; timer; timer = timer->next) {
                        if (timer->due_boottime_ms <= clock_boottime_ms(clock) &&
                            timer->armed_in_turn != clock->turn &&
                            (!due || timer->due_boottime_ms < due->due_boottime_ms))
                                due = timer;
                }
                if (!due)
                        return;
                due->due_boottime_ms = INT64_MAX;
                clock->timers_run++;
                due->function(due->userdata);
        }
}

static int clock_make(ClockSource source, int fd, Clock **ret)
{
        Clock *clock = calloc(1, sizeof(*clock));

        if (!clock)
                return -ENOMEM;
        clock->source = source;
        clock->fd = fd;
        *ret = clock;
        return 0;
}

int clock_new(Clock **ret)
{
        CLEANUP(closep) int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
        int r;

        if (fd < 0)
                return -errno;
        r = clock_make(CLOCK_OF_KERNEL, fd, ret);
        if (r < 0)
                return r;
        fd = -1;
        return 0;
}

int clock_new_manual(int64_t utc_ms, Clock **ret)
{
        int r = clock_make(CLOCK_OF_HAND, -1, ret);

        if (r < 0)
                return r;
        (*ret)->now = (TestClockNow){
                .utc_ms = utc_ms, .boottime_ms = 1000, .quality = CLOCK_SYNCHRONISED};
        return 0;
}

void clock_manual_advance(Clock *clock, int64_t ms)
{
        int64_t end = clock->now.boottime_ms + ms;

        assert(clock->source == CLOCK_OF_HAND);
        while (next_due(clock) <= end) {
                int64_t due = next_due(clock);

                if (due > clock->now.boottime_ms) {
                        clock->now.utc_ms += due - clock->now.boottime_ms;
                        clock->now.boottime_ms = due;
                }
                run_due(clock);
        }
        clock->now.utc_ms += end - clock->now.boottime_ms;
        clock->now.boottime_ms = end;
}

void clock_manual_set(Clock *clock, int64_t utc_ms, ClockQuality quality)
{
        assert(clock->source == CLOCK_OF_HAND);
        clock->now.utc_ms = utc_ms;
        clock->now.quality = quality;
}

static int receive_now(Clock *clock, int flags)
{
        ssize_t size = recv(clock->fd, &clock->now, sizeof(clock->now), flags);

        if (size < 0)
                return -errno;
        return size == sizeof(clock->now) ? 0 : -EPIPE;
}

int clock_new_test(const char *socket_path, Clock **ret)
{
        CLEANUP(closep) int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        CLEANUP(clock_freep) Clock *clock = NULL;
        struct pollfd readable;
        int r;

        if (fd < 0)
                return -errno;
        if (strlen(socket_path) >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        memcpy(address.sun_path, socket_path, strlen(socket_path));
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
                return -errno;
        readable = (struct pollfd){.fd = fd, .events = POLLIN};
        r = poll(&readable, 1, TEST_CLOCK_CONNECT_MS);
        if (r <= 0)
                return r < 0 ? -errno : -ETIMEDOUT;
        r = clock_make(CLOCK_OF_SIMULATOR, fd, &clock);
        if (r < 0)
                return r;
        fd = -1;
        /* Left in the socket: the loop's first clock_dispatch answers it with IDLE. */
        r = receive_now(clock, MSG_PEEK);
        if (r < 0)
                return r;
        *ret = TAKE(clock);
        return 0;
}

Clock *clock_free(Clock *clock)
{
        if (!clock)
                return NULL;
        assert(!clock->timers);
        if (clock->fd >= 0)
                (void)close(clock->fd); /* nothing left to do if it fails */
        free(clock);
        return NULL;
}

int clock_fd(const Clock *clock)
{
        return clock->fd;
}

bool clock_is_test(const Clock *clock)
{
        return clock->source == CLOCK_OF_SIMULATOR;
}

static int dispatch_test(Clock *clock)
{
        TestClockIdle idle;
        int r = receive_now(clock, MSG_DONTWAIT);

        if (r < 0)
                return r == -EAGAIN ? 0 : r;
        clock->timers_run = 0;
        run_due(clock);
        idle = (TestClockIdle){.next_boottime_ms = next_due(clock),
                               .round = clock->now.round,
                               .timers_run = clock->timers_run};
        if (send(clock->fd, &idle, sizeof(idle), MSG_NOSIGNAL) != sizeof(idle))
                return -EPIPE;
        return 0;
}

int clock_dispatch(Clock *clock)
{
        uint64_t expirations;

        if (clock->source == CLOCK_OF_SIMULATOR)
                return dispatch_test(clock);
        if (clock->source == CLOCK_OF_HAND)
                return 0;
        if (read(clock->fd, &expirations, sizeof(expirations)) < 0 && errno != EAGAIN)
                return -errno;
        run_due(clock);
        rearm(clock);
        return 0;
}

int timer_new(Clock *clock, const char *name, TimerFunction function, void *userdata, Timer **ret)
{
        Timer *timer = calloc(1, sizeof(*timer));

        if (!timer)
                return -ENOMEM;
        *timer = (Timer){.clock = clock,
                         .next = clock->timers,
                         .name = name,
                         .function = function,
                         .userdata = userdata,
                         .due_boottime_ms = INT64_MAX};
        clock->timers = timer;
        *ret = timer;
        return 0;
}

Timer *timer_free(Timer *timer)
{
        if (!timer)
                return NULL;
        for (Timer **link = &timer->clock->timers; *link; link = &(*link)->next) {
                if (*link == timer) {
                        *link = timer->next;
                        break;
                }
        }
        rearm(timer->clock);
        free(timer);
        return NULL;
}

void timer_arm(Timer *timer, int64_t delay_ms)
{
        timer->due_boottime_ms = clock_boottime_ms(timer->clock) + (delay_ms > 0 ? delay_ms : 0);
        timer->armed_in_turn = timer->clock->turn;
        rearm(timer->clock);
}

void timer_disarm(Timer *timer)
{
        timer->due_boottime_ms = INT64_MAX;
        rearm(timer->clock);
}

bool timer_is_armed(const Timer *timer)
{
        return timer->due_boottime_ms != INT64_MAX;
}
