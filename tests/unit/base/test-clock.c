/* Timers on a clock that is moved by hand, and once on the kernel's. The simulator's clock:
 * test-clock-simulator.c. */
#include "base/clock.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define START_UTC_MS 1795507200000 /* 2026-11-24T08:00:00Z */

/* What ran, in its order, and when. */
static struct {
        char order[32];
        size_t n;
        int64_t at_utc_ms[32];
} ran;

typedef struct Probe {
        char name;
        Clock *clock;
        Timer *timer;
        int64_t again_ms; /* > 0: re-arms itself */
        int times_left;   /* … this many times */
        Timer **frees;    /* another timer, freed inside the function */
        Timer *disarms;
        Timer *arms; /* at once */
} Probe;

static void run_probe(void *userdata)
{
        Probe *probe = userdata;

        assert_true(ran.n < sizeof(ran.order) - 1);
        ran.at_utc_ms[ran.n] = clock_utc_ms(probe->clock);
        ran.order[ran.n++] = probe->name;
        assert_false(timer_is_armed(probe->timer));
        if (probe->times_left-- > 0)
                timer_arm(probe->timer, probe->again_ms);
        if (probe->frees)
                *probe->frees = timer_free(*probe->frees);
        if (probe->disarms)
                timer_disarm(probe->disarms);
        if (probe->arms)
                timer_arm(probe->arms, 0);
}

static void probe_new(Clock *clock, char name, Probe *ret)
{
        *ret = (Probe){.name = name, .clock = clock};
        assert_int_equal(timer_new(clock, "probe", run_probe, ret, &ret->timer), 0);
}

static int setup(void **state)
{
        Clock *clock;

        memset(&ran, 0, sizeof(ran));
        if (clock_new_manual(START_UTC_MS, &clock) < 0)
                return -1;
        *state = clock;
        return 0;
}

static int teardown(void **state)
{
        (void)clock_free(*state);
        return 0;
}

static void the_clock_stands_until_it_is_moved(void **state)
{
        Clock *clock = *state;
        int64_t boottime_ms = clock_boottime_ms(clock);

        assert_int_equal(clock_utc_ms(clock), START_UTC_MS);
        clock_manual_advance(clock, 0);
        assert_int_equal(clock_utc_ms(clock), START_UTC_MS);
        clock_manual_advance(clock, 12345);
        assert_int_equal(clock_utc_ms(clock), START_UTC_MS + 12345);
        assert_int_equal(clock_boottime_ms(clock), boottime_ms + 12345);
        assert_false(clock_is_test(clock));
        assert_int_equal(clock_quality(clock), CLOCK_SYNCHRONISED);
}

static void timers_run_in_the_order_of_their_time(void **state)
{
        Clock *clock = *state;
        Probe a, b, c;

        probe_new(clock, 'a', &a);
        probe_new(clock, 'b', &b);
        probe_new(clock, 'c', &c);
        timer_arm(a.timer, 300);
        timer_arm(c.timer, 200);
        timer_arm(b.timer, 100);
        clock_manual_advance(clock, 1000);
        assert_string_equal(ran.order, "bca");
        assert_int_equal(ran.at_utc_ms[0], START_UTC_MS + 100);
        assert_int_equal(ran.at_utc_ms[1], START_UTC_MS + 200);
        assert_int_equal(ran.at_utc_ms[2], START_UTC_MS + 300);
        assert_int_equal(clock_utc_ms(clock), START_UTC_MS + 1000);
        (void)timer_free(a.timer);
        (void)timer_free(b.timer);
        (void)timer_free(c.timer);
}

static void a_timer_runs_at_its_time_and_not_before(void **state)
{
        Clock *clock = *state;
        Probe a;

        probe_new(clock, 'a', &a);
        assert_false(timer_is_armed(a.timer));
        timer_arm(a.timer, 100);
        assert_true(timer_is_armed(a.timer));
        clock_manual_advance(clock, 99);
        assert_int_equal(ran.n, 0);
        clock_manual_advance(clock, 1);
        assert_int_equal(ran.n, 1);
        assert_false(timer_is_armed(a.timer));
        clock_manual_advance(clock, 1000);
        assert_int_equal(ran.n, 1);
        (void)timer_free(a.timer);
}

static void a_timer_can_be_moved_and_disarmed(void **state)
{
        Clock *clock = *state;
        Probe a;

        probe_new(clock, 'a', &a);
        timer_arm(a.timer, 100);
        timer_arm(a.timer, 500);
        clock_manual_advance(clock, 400);
        assert_int_equal(ran.n, 0);
        timer_arm(a.timer, 50); /* earlier than it was */
        clock_manual_advance(clock, 50);
        assert_int_equal(ran.n, 1);
        timer_arm(a.timer, 10);
        timer_disarm(a.timer);
        assert_false(timer_is_armed(a.timer));
        clock_manual_advance(clock, 100);
        assert_int_equal(ran.n, 1);
        (void)timer_free(a.timer);
}

static void no_delay_and_a_negative_one_are_now(void **state)
{
        Clock *clock = *state;
        Probe a, b;

        probe_new(clock, 'a', &a);
        probe_new(clock, 'b', &b);
        timer_arm(a.timer, 0);
        timer_arm(b.timer, -5000);
        assert_int_equal(ran.n, 0); /* never from inside timer_arm */
        clock_manual_advance(clock, 0);
        assert_int_equal(ran.n, 2);
        assert_int_equal(ran.at_utc_ms[0], START_UTC_MS);
        assert_int_equal(ran.at_utc_ms[1], START_UTC_MS);
        (void)timer_free(a.timer);
        (void)timer_free(b.timer);
}

static void a_timer_that_arms_itself_runs_at_every_period(void **state)
{
        Clock *clock = *state;
        Probe a, b;

        probe_new(clock, 'a', &a);
        probe_new(clock, 'b', &b);
        a.again_ms = 100;
        a.times_left = 10;
        timer_arm(a.timer, 100);
        timer_arm(b.timer, 350);
        clock_manual_advance(clock, 550); /* in one go */
        assert_string_equal(ran.order, "aaabaa");
        for (int i = 0; i < 3; i++)
                assert_int_equal(ran.at_utc_ms[i], START_UTC_MS + 100 * (i + 1));
        assert_int_equal(ran.at_utc_ms[5], START_UTC_MS + 500);
        (void)timer_free(a.timer);
        (void)timer_free(b.timer);
}

static void a_timer_that_arms_itself_for_now_lets_the_others_run(void **state)
{
        Clock *clock = *state;
        Probe a, b;

        probe_new(clock, 'b', &b);
        probe_new(clock, 'a', &a);
        a.times_left = 3; /* with no delay */
        timer_arm(a.timer, 100);
        timer_arm(b.timer, 100);
        clock_manual_advance(clock, 100);
        assert_int_equal(ran.n, 5);
        assert_non_null(memchr(ran.order, 'b', 2)); /* in the first turn */
        assert_int_equal(clock_utc_ms(clock), START_UTC_MS + 100);
        (void)timer_free(a.timer);
        (void)timer_free(b.timer);
}

static void a_timer_may_free_disarm_and_arm_others(void **state)
{
        Clock *clock = *state;
        Probe a, b, c, d;

        probe_new(clock, 'a', &a);
        probe_new(clock, 'b', &b);
        probe_new(clock, 'c', &c);
        probe_new(clock, 'd', &d);
        a.frees = &b.timer;
        a.disarms = c.timer;
        a.arms = d.timer;
        timer_arm(a.timer, 100);
        timer_arm(b.timer, 101);
        timer_arm(c.timer, 101);
        clock_manual_advance(clock, 1000);
        assert_null(b.timer);
        assert_string_equal(ran.order, "ad");
        assert_int_equal(ran.at_utc_ms[1], START_UTC_MS + 100);
        (void)timer_free(a.timer);
        (void)timer_free(c.timer);
        (void)timer_free(d.timer);
}

/* Whichever of two due timers is first, the other is gone when its turn comes. */
static void a_timer_freed_in_the_turn_it_is_due_never_runs(void **state)
{
        Clock *clock = *state;
        Probe a, b;

        probe_new(clock, 'a', &a);
        probe_new(clock, 'b', &b);
        a.frees = &b.timer;
        b.frees = &a.timer;
        timer_arm(a.timer, 100);
        timer_arm(b.timer, 100);
        clock_manual_advance(clock, 100);
        assert_int_equal(ran.n, 1);
        assert_true((a.timer == NULL) != (b.timer == NULL));
        (void)timer_free(a.timer);
        (void)timer_free(b.timer);
}

static void four_weeks_pass_at_once(void **state)
{
        Clock *clock = *state;
        Probe a;

        probe_new(clock, 'a', &a);
        a.again_ms = 24 * 3600 * 1000;
        a.times_left = 100;
        timer_arm(a.timer, a.again_ms);
        clock_manual_advance(clock, 28 * a.again_ms);
        assert_int_equal(ran.n, 28);
        assert_int_equal(ran.at_utc_ms[27], START_UTC_MS + 28 * a.again_ms);
        (void)timer_free(a.timer);
}

static void freeing_nothing_is_fine(void **state)
{
        (void)state;
        assert_null(timer_free(NULL));
        assert_null(clock_free(NULL));
}

static void qualities_have_names(void **state)
{
        (void)state;
        assert_string_equal(clock_quality_name(CLOCK_UNSET), "unset");
        assert_string_equal(clock_quality_name(CLOCK_SET), "set");
        assert_string_equal(clock_quality_name(CLOCK_SYNCHRONISED), "synchronised");
        assert_string_equal(clock_quality_name((ClockQuality)9), "unset");
}

static void count(void *userdata)
{
        ++*(int *)userdata;
}

static void the_kernel_wakes_the_loop_for_the_next_timer(void **state)
{
        CLEANUP(clock_freep) Clock *clock = NULL;
        CLEANUP(timer_freep) Timer *soon = NULL, *late = NULL;
        struct pollfd readable = {.events = POLLIN};
        int n_soon = 0, n_late = 0;
        int64_t before_ms;

        (void)state;
        assert_int_equal(clock_new(&clock), 0);
        assert_false(clock_is_test(clock));
        assert_int_equal(timer_new(clock, "late", count, &n_late, &late), 0);
        assert_int_equal(timer_new(clock, "soon", count, &n_soon, &soon), 0);
        readable.fd = clock_fd(clock);
        timer_arm(late, 3600 * 1000);
        assert_int_equal(poll(&readable, 1, 0), 0);
        before_ms = clock_boottime_ms(clock);
        timer_arm(soon, 20);
        assert_int_equal(poll(&readable, 1, 10000), 1);
        assert_true(clock_boottime_ms(clock) - before_ms >= 20);
        assert_int_equal(clock_dispatch(clock), 0);
        assert_int_equal(n_soon, 1);
        assert_int_equal(n_late, 0);
        assert_int_equal(poll(&readable, 1, 0), 0); /* and sleeps again */
        timer_arm(soon, 0);
        assert_int_equal(poll(&readable, 1, 10000), 1);
        timer_disarm(soon);
        assert_int_equal(clock_dispatch(clock), 0);
        assert_int_equal(n_soon, 1);
}

int main(void)
{
#define WITH_CLOCK(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
        const struct CMUnitTest tests[] = {
                WITH_CLOCK(the_clock_stands_until_it_is_moved),
                WITH_CLOCK(timers_run_in_the_order_of_their_time),
                WITH_CLOCK(a_timer_runs_at_its_time_and_not_before),
                WITH_CLOCK(a_timer_can_be_moved_and_disarmed),
                WITH_CLOCK(no_delay_and_a_negative_one_are_now),
                WITH_CLOCK(a_timer_that_arms_itself_runs_at_every_period),
                WITH_CLOCK(a_timer_that_arms_itself_for_now_lets_the_others_run),
                WITH_CLOCK(a_timer_may_free_disarm_and_arm_others),
                WITH_CLOCK(a_timer_freed_in_the_turn_it_is_due_never_runs),
                WITH_CLOCK(four_weeks_pass_at_once),
                cmocka_unit_test(freeing_nothing_is_fine),
                cmocka_unit_test(qualities_have_names),
                cmocka_unit_test(the_kernel_wakes_the_loop_for_the_next_timer),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
