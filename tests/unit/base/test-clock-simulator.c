/* The test clock: this program is the simulator that it follows. */
#include "base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#define START_UTC_MS 1795507200000 /* 2026-11-24T08:00:00Z */

static char order[8]; /* of the timers that ran */

static void note(void *userdata)
{
        (void)strncat(order, userdata, sizeof(order) - strlen(order) - 1);
}

typedef struct Simulator {
        char path[64];
        int listener, client;
} Simulator;

static void tell_now(const Simulator *simulator, int64_t boottime_ms, uint32_t round)
{
        TestClockNow now = {.utc_ms = START_UTC_MS + boottime_ms, .boottime_ms = boottime_ms,
                            .quality = CLOCK_SET, .round = round};

        (void)send(simulator->client, &now, sizeof(now), MSG_NOSIGNAL); /* the reader misses it */
}

static void *accept_client(void *userdata)
{
        Simulator *simulator = userdata;

        simulator->client = accept4(simulator->listener, NULL, NULL, SOCK_CLOEXEC);
        tell_now(simulator, 5000, 1);
        return NULL;
}

static void connect_clock(Simulator *simulator, Clock **ret)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        pthread_t thread;

        (void)snprintf(simulator->path, sizeof(simulator->path), "/tmp/test-clock.%d", (int)getpid());
        memcpy(address.sun_path, simulator->path, strlen(simulator->path));
        simulator->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(simulator->listener, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(simulator->listener, 1), 0);
        assert_int_equal(pthread_create(&thread, NULL, accept_client, simulator), 0);
        assert_int_equal(clock_new_test(simulator->path, ret), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_int_equal(unlink(simulator->path), 0);
        assert_int_equal(close(simulator->listener), 0);
}

static TestClockIdle idle_after(const Simulator *simulator, Clock *clock)
{
        TestClockIdle idle = {0};

        assert_int_equal(clock_dispatch(clock), 0);
        assert_int_equal(recv(simulator->client, &idle, sizeof(idle), MSG_DONTWAIT), sizeof(idle));
        return idle;
}

static void a_simulator_that_jumps_ahead_runs_what_is_overdue_in_order(void **state)
{
        Simulator simulator;
        Clock *clock = NULL;
        TestClockIdle idle;
        Timer *first, *second, *later;

        (void)state;
        connect_clock(&simulator, &clock);
        assert_true(clock_is_test(clock));
        assert_int_equal(clock_utc_ms(clock), START_UTC_MS + 5000);
        assert_int_equal(clock_quality(clock), CLOCK_SET);
        idle = idle_after(&simulator, clock);
        assert_int_equal(idle.round, 1);
        assert_true(idle.next_boottime_ms == INT64_MAX);
        assert_int_equal(idle.timers_run, 0);
        assert_int_equal(clock_dispatch(clock), 0); /* nothing has come */

        assert_int_equal(timer_new(clock, "first", note, (void *)"1", &first), 0);
        assert_int_equal(timer_new(clock, "second", note, (void *)"2", &second), 0);
        assert_int_equal(timer_new(clock, "later", note, (void *)"3", &later), 0);
        timer_arm(second, 200);
        timer_arm(first, 100);
        timer_arm(later, 9000);
        tell_now(&simulator, 6000, 2);
        idle = idle_after(&simulator, clock);
        assert_string_equal(order, "12");
        assert_int_equal(clock_utc_ms(clock), START_UTC_MS + 6000);
        assert_int_equal(idle.round, 2);
        assert_int_equal(idle.timers_run, 2);
        assert_int_equal(idle.next_boottime_ms, 5000 + 9000);

        assert_int_equal(close(simulator.client), 0);
        assert_int_equal(clock_dispatch(clock), -EPIPE);
        (void)timer_free(first);
        (void)timer_free(second);
        (void)timer_free(later);
        (void)clock_free(clock);
}

static void no_simulator_is_an_error_and_no_clock(void **state)
{
        Clock *clock = NULL;
        char endless[200];

        (void)state;
        memset(endless, 'x', sizeof(endless) - 1);
        endless[sizeof(endless) - 1] = '\0';
        assert_int_equal(clock_new_test("/tmp/no-such-simulator", &clock), -ENOENT);
        assert_int_equal(clock_new_test(endless, &clock), -ENAMETOOLONG);
        assert_null(clock);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_simulator_that_jumps_ahead_runs_what_is_overdue_in_order),
                cmocka_unit_test(no_simulator_is_an_error_and_no_clock),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
