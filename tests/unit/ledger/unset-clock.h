/* unset-clock.h: a clock that was not set yet: a simulator's, whose time and quality the test says.
 * Included after fixture.h. */
#pragma once

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct Simulator {
        int listening;
        int fd;
        TestClockNow now;
} Simulator;

static MAYBE_UNUSED void *greet(void *userdata)
{
        Simulator *simulator = userdata;

        simulator->fd = accept(simulator->listening, NULL, NULL);
        if (simulator->fd >= 0 && send(simulator->fd, &simulator->now, sizeof(simulator->now), 0) < 0)
                perror("send");
        return NULL;
}

static MAYBE_UNUSED void move_time(Simulator *simulator, Clock *clock, int64_t ms, ClockQuality quality)
{
        TestClockIdle idle;

        simulator->now.boottime_ms += ms;
        simulator->now.utc_ms = quality == CLOCK_UNSET ? simulator->now.boottime_ms
                                                       : NOW_MS + simulator->now.boottime_ms;
        simulator->now.quality = quality;
        simulator->now.round++;
        assert_int_equal(send(simulator->fd, &simulator->now, sizeof(simulator->now), 0),
                         sizeof(simulator->now));
        assert_int_equal(clock_dispatch(clock), 0);
        assert_int_equal(recv(simulator->fd, &idle, sizeof(idle), 0), sizeof(idle));
}

/* A clock of `directory`'s own, unset: it says 1970. */
static MAYBE_UNUSED Clock *make_unset_clock(Simulator *simulator, const char *directory)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        Clock *clock = NULL;
        TestClockIdle idle;
        pthread_t thread;

        *simulator = (Simulator){.now = {.utc_ms = 1000, .boottime_ms = 1000, .quality = CLOCK_UNSET}};
        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/clock", directory);
        simulator->listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(simulator->listening, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(simulator->listening, 1), 0);
        assert_int_equal(pthread_create(&thread, NULL, greet, simulator), 0);
        assert_int_equal(clock_new_test(address.sun_path, &clock), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(clock_dispatch(clock), 0); /* answers the greeting */
        assert_int_equal(recv(simulator->fd, &idle, sizeof(idle), 0), sizeof(idle));
        (void)unlink(address.sun_path);
        return clock;
}

static MAYBE_UNUSED void end_simulator(const Simulator *simulator)
{
        close(simulator->fd);
        close(simulator->listening);
}
