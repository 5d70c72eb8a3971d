/* Who may call Connect: one at a time, first come first served, from the loop only. */
#include "daemon/ble/connect-queue.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct Station {
        Clock *clock;
        ConnectQueue *queue;
        char granted[64]; /* a letter a grant, in order */
} Station;

typedef struct Pod {
        Station *station;
        char letter;
        bool leaves_at_once;
} Pod;

static int setup(void **state)
{
        Station *station = calloc(1, sizeof(*station));

        assert_non_null(station);
        assert_int_equal(clock_new_manual(0, &station->clock), 0);
        assert_int_equal(connect_queue_new(station->clock, &station->queue), 0);
        *state = station;
        return 0;
}

static int teardown(void **state)
{
        Station *station = *state;

        connect_queue_free(station->queue);
        clock_free(station->clock);
        free(station);
        return 0;
}

static void on_granted(void *userdata)
{
        Pod *pod = userdata;
        size_t n = strlen(pod->station->granted);

        assert_true(n + 1 < sizeof(pod->station->granted));
        pod->station->granted[n] = pod->letter;
        if (pod->leaves_at_once)
                connect_queue_leave(pod->station->queue, pod);
}

static void enter(Pod *pod)
{
        assert_int_equal(connect_queue_enter(pod->station->queue, on_granted, pod), 0);
}

static void leave(Pod *pod)
{
        connect_queue_leave(pod->station->queue, pod);
}

/* Whatever is due happens; the order of grants so far must be `expected`. */
static void expect(Station *station, const char *expected)
{
        for (int i = 0; i < 40; i++)
                clock_manual_advance(station->clock, 1);
        assert_string_equal(station->granted, expected);
}

static void one_at_a_time_first_come_first_served(void **state)
{
        Station *station = *state;
        Pod a = {station, 'a', false}, b = {station, 'b', false}, c = {station, 'c', false};

        enter(&a);
        enter(&b);
        enter(&c);
        assert_string_equal(station->granted, ""); /* not from inside the call */
        expect(station, "a");
        leave(&a);
        assert_string_equal(station->granted, "a");
        expect(station, "ab");
        leave(&b);
        expect(station, "abc");
        leave(&c);
        expect(station, "abc");
}

static void who_leaves_while_waiting_is_not_granted(void **state)
{
        Station *station = *state;
        Pod a = {station, 'a', false}, b = {station, 'b', false}, c = {station, 'c', false};

        enter(&a);
        enter(&b);
        enter(&c);
        expect(station, "a");
        leave(&b);
        expect(station, "a"); /* a still has its turn */
        leave(&a);
        expect(station, "ac");
}

static void who_leaves_before_the_first_turn_makes_room(void **state)
{
        Station *station = *state;
        Pod a = {station, 'a', false}, b = {station, 'b', false};

        enter(&a);
        enter(&b);
        leave(&a);
        expect(station, "b");
        leave(&b);
        enter(&a);
        expect(station, "ba");
}

static void leaving_twice_or_without_having_entered_changes_nothing(void **state)
{
        Station *station = *state;
        Pod a = {station, 'a', false}, b = {station, 'b', false}, c = {station, 'c', false};

        leave(&c);
        enter(&a);
        enter(&b);
        expect(station, "a");
        leave(&c);
        expect(station, "a");
        leave(&a);
        leave(&a);
        expect(station, "ab");
        leave(&a); /* b's turn is not a's to give back */
        enter(&c);
        expect(station, "ab");
}

static void who_comes_again_stands_at_the_end(void **state)
{
        Station *station = *state;
        Pod a = {station, 'a', false}, b = {station, 'b', false};

        enter(&a);
        enter(&b);
        expect(station, "a");
        leave(&a);
        enter(&a);
        expect(station, "ab");
        leave(&b);
        expect(station, "aba");
}

static void a_turn_may_be_given_back_from_inside_the_grant(void **state)
{
        Station *station = *state;
        Pod a = {station, 'a', true}, b = {station, 'b', true}, c = {station, 'c', false};

        enter(&a);
        enter(&b);
        enter(&c);
        expect(station, "abc");
}

static void the_33rd_is_told_that_too_many_wait(void **state)
{
        Station *station = *state;
        Pod pods[33];

        for (size_t i = 0; i < ARRAY_SIZE(pods); i++) {
                pods[i] = (Pod){station, (char)('A' + i), true};
                assert_int_equal(connect_queue_enter(station->queue, on_granted, &pods[i]),
                                 i < 32 ? 0 : -ENOBUFS);
        }
        for (int i = 0; i < 40; i++)
                clock_manual_advance(station->clock, 1);
        assert_int_equal(strlen(station->granted), 32);
        assert_int_equal(connect_queue_enter(station->queue, on_granted, &pods[32]), 0);
}

#define AT_STATION(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                AT_STATION(one_at_a_time_first_come_first_served),
                AT_STATION(who_leaves_while_waiting_is_not_granted),
                AT_STATION(who_leaves_before_the_first_turn_makes_room),
                AT_STATION(leaving_twice_or_without_having_entered_changes_nothing),
                AT_STATION(who_comes_again_stands_at_the_end),
                AT_STATION(a_turn_may_be_given_back_from_inside_the_grant),
                AT_STATION(the_33rd_is_told_that_too_many_wait),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
