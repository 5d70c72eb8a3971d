#include "tests/histories/clockwork.h"

#include "tests/fuzz/fuzz.h"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct {
        int listener, client;
        Clock *clock;
        TestClockNow now;
} clockwork;

static void tell(void)
{
        PROMISE(send(clockwork.client, &clockwork.now, sizeof(clockwork.now), MSG_NOSIGNAL) ==
                sizeof(clockwork.now));
}

static void *accept_clock(void *userdata)
{
        (void)userdata;
        clockwork.client = accept4(clockwork.listener, NULL, NULL, SOCK_CLOEXEC);
        PROMISE(clockwork.client >= 0);
        tell();
        return NULL;
}

Clock *clockwork_start(void)
{
        char directory[] = "/tmp/strided-clock-XXXXXX";
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        pthread_t thread;

        PROMISE(mkdtemp(directory));
        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", directory);
        clockwork.now = (TestClockNow){.utc_ms = 1774652400000, .boottime_ms = 1000,
                                       .quality = CLOCK_SYNCHRONISED};
        clockwork.listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        PROMISE(bind(clockwork.listener, (struct sockaddr *)&address, sizeof(address)) == 0);
        PROMISE(listen(clockwork.listener, 1) == 0);
        PROMISE(pthread_create(&thread, NULL, accept_clock, NULL) == 0);
        PROMISE(clock_new_test(address.sun_path, &clockwork.clock) == 0);
        PROMISE(pthread_join(thread, NULL) == 0);
        (void)unlink(address.sun_path); /* nobody else will look for it */
        (void)rmdir(directory);
        clockwork_set(clockwork.now.utc_ms, 0, CLOCK_SYNCHRONISED);
        return clockwork.clock;
}

void clockwork_stop(void)
{
        clockwork.clock = clock_free(clockwork.clock);
        (void)close(clockwork.client); /* the end of the program */
        (void)close(clockwork.listener);
}

void clockwork_set(int64_t utc_ms, int64_t passed_ms, ClockQuality quality)
{
        TestClockIdle idle;

        clockwork.now.utc_ms = utc_ms;
        clockwork.now.boottime_ms += passed_ms;
        clockwork.now.quality = quality;
        clockwork.now.round++;
        tell();
        /* the first time, its greeting is answered before */
        do {
                PROMISE(clock_dispatch(clockwork.clock) == 0);
                PROMISE(recv(clockwork.client, &idle, sizeof(idle), 0) == sizeof(idle));
        } while (idle.round != clockwork.now.round);
}
