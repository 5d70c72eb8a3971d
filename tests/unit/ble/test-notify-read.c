/* A notification's octets out of bluetoothd's pipe: an empty one is not the end. */
#include "daemon/ble/notify.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static int ends[2]; /* ours, bluetoothd's */

static int set_up(void **state)
{
        (void)state;
        return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends);
}

static int tear_down(void **state)
{
        (void)state;
        close(ends[0]);
        if (ends[1] >= 0)
                close(ends[1]);
        return 0;
}

static void send_octets(size_t size)
{
        assert_int_equal(send(ends[1], "abcdef", size, 0), (ssize_t)size);
}

static void expect(int result, size_t size)
{
        uint8_t packet[20];
        size_t got = 99;

        assert_int_equal(notify_read(ends[0], packet, sizeof(packet), &got), result);
        if (result == 1)
                assert_int_equal(got, size);
}

static void an_empty_notification_is_a_packet(void **state)
{
        (void)state;
        send_octets(3);
        send_octets(0);
        send_octets(2);
        expect(1, 3);
        expect(1, 0);
        expect(1, 2);
        expect(0, 0);
}

static void a_closed_pipe_is_the_end(void **state)
{
        (void)state;
        close(ends[1]);
        ends[1] = -1;
        expect(-EPIPE, 0);
        expect(-EPIPE, 0);
}

static void what_was_sent_before_the_end_is_read_first(void **state)
{
        (void)state;
        send_octets(3);
        send_octets(0);
        send_octets(2);
        close(ends[1]);
        ends[1] = -1;
        expect(1, 3);
        expect(1, 0);
        expect(1, 2);
        expect(-EPIPE, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(an_empty_notification_is_a_packet, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_closed_pipe_is_the_end, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_was_sent_before_the_end_is_read_first, set_up,
                                                tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
