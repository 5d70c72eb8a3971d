/* The wait between attempts grows until data arrives. Radio and session are played here. */
#include "daemon/ble/link.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define POD "C0:A0:00:00:00:01"

static BluezAdapter adapter = {.powered = true};
static BluezDevice device = {.address = POD, .connected = true, .paired = true, .services_resolved = true};
static const SessionObserver *observer;
static void *observer_data;
static LinkHost host;
static Link *link_under_test;

bool bluez_is_there(const Bluez *bluez)
{
        (void)bluez;
        return true;
}

const BluezAdapter *bluez_adapter(const Bluez *bluez)
{
        (void)bluez;
        return &adapter;
}

const BluezDevice *bluez_device(const Bluez *bluez, const char *address)
{
        (void)bluez, (void)address;
        return &device;
}

int bluez_call(Bluez *bluez, sd_bus_slot **ret_slot, const char *path, const char *interface,
               const char *member, uint64_t timeout_us, sd_bus_message_handler_t reply, void *userdata,
               const char *types, ...)
{
        (void)bluez, (void)ret_slot, (void)path, (void)interface, (void)timeout_us, (void)reply;
        (void)userdata, (void)types;
        assert_string_equal(member, "Disconnect");
        return 0;
}

int session_new(const SessionHost *session_host, const BluezDevice *of, const PodDriver *driver,
                const SessionObserver *news, void *userdata, Session **ret)
{
        (void)session_host, (void)of, (void)driver, (void)ret;
        observer = news;
        observer_data = userdata;
        return 0;
}

Session *session_free(Session *session)
{
        (void)session;
        return NULL;
}

void session_value(Session *session, const char *path, const void *data, size_t size)
{
        (void)session, (void)path, (void)data, (void)size;
}

bool session_is_possible(const Bluez *bluez, const BluezDevice *of, const PodDriver *driver)
{
        (void)bluez, (void)of, (void)driver;
        return true;
}

void session_read_all(Session *session)
{
        (void)session;
}

uint32_t session_pipes(const Session *session)
{
        (void)session;
        return 0;
}

static void changed(const char *address, void *userdata)
{
        (void)address, (void)userdata;
}

static void look(const char *address, void *userdata)
{
        (void)address, (void)userdata;
        link_look(link_under_test);
}

#define LONGEST_BACK_OFF_MS 300000

static int set_up(void **state)
{
        Pod pod = {.address = POD, .driver = "stride"};

        (void)state;
        device.battery_pct = -1;
        host = (LinkHost){.changed = changed, .look = look};
        assert_int_equal(clock_new_manual(1795505400000, &host.session.clock), 0);
        assert_int_equal(connect_queue_new(host.session.clock, &host.connects), 0);
        assert_int_equal(link_new(&host, &pod, &link_under_test), 0);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        link_free(link_under_test);
        connect_queue_free(host.connects);
        clock_free(host.session.clock);
        return 0;
}

/* A link whose session stores so many records, then fails. */
static uint32_t failures_after(uint32_t n_stored)
{
        LinkState state;

        link_look(link_under_test);
        clock_manual_advance(host.session.clock, LONGEST_BACK_OFF_MS);
        assert_non_null(observer);
        observer->useful(n_stored, observer_data);
        observer->failed("the pod did not answer", observer_data);
        clock_manual_advance(host.session.clock, 0);
        link_state(link_under_test, &state);
        return state.failures;
}

static void a_link_that_brought_nothing_new_does_not_shorten_the_wait(void **state)
{
        (void)state;
        assert_int_equal(failures_after(0), 1);
        assert_int_equal(failures_after(0), 2);
        assert_int_equal(failures_after(0), 3);
}

static void data_does(void **state)
{
        (void)state;
        assert_int_equal(failures_after(0), 1);
        assert_int_equal(failures_after(0), 2);
        assert_int_equal(failures_after(1), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_link_that_brought_nothing_new_does_not_shorten_the_wait,
                                                set_up, tear_down),
                cmocka_unit_test_setup_teardown(data_does, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
