/* A pod read to its end because somebody wants to know. The link is played here. */
#include "daemon/ble/drain.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct Link {
        bool has_session;
        int64_t records;
        int n_asked;
};

typedef struct Bench {
        Clock *clock;
        Drain *drain;
        Link link;
        int n_done, error;
        char why[256];
} Bench;

bool link_has_session(const Link *link)
{
        return link->has_session;
}

bool link_read_all(Link *link)
{
        link->n_asked += link->has_session;
        return link->has_session;
}

void link_state(const Link *link, LinkState *ret)
{
        *ret = (LinkState){.state = link->has_session ? "live" : "absent",
                           .last_error = "the link was lost",
                           .records_this_link = link->records};
}

static void done(int error, const char *why, void *userdata)
{
        Bench *bench = userdata;

        bench->n_done++;
        bench->error = error;
        (void)text_copy(bench->why, sizeof(bench->why), why ? why : "");
}

static int set_up(void **state)
{
        static Bench bench;

        bench = (Bench){0};
        assert_int_equal(clock_new_manual(1795505400000, &bench.clock), 0);
        assert_int_equal(drain_new(bench.clock, &bench.drain), 0);
        assert_int_equal(drain_start(bench.drain, &bench.link, done, &bench), 0);
        *state = &bench;
        return 0;
}

static int tear_down(void **state)
{
        Bench *bench = *state;

        drain_free(bench->drain);
        clock_free(bench->clock);
        return 0;
}

static void has_session(Bench *bench, int has)
{
        bench->link.has_session = has;
        drain_look(bench->drain, &bench->link);
}

static void a_pod_that_comes_into_range_is_asked_once_and_read(void **state)
{
        Bench *bench = *state;

        clock_manual_advance(bench->clock, 50000);
        has_session(bench, 1);
        has_session(bench, 1);
        assert_int_equal(bench->link.n_asked, 1);
        assert_int_equal(bench->n_done, 0);
        drain_read(bench->drain, &bench->link, NULL);
        assert_int_equal(bench->n_done, 1);
        assert_int_equal(bench->error, 0);
        clock_manual_advance(bench->clock, 600000);
        assert_int_equal(bench->n_done, 1);
}

static void what_stays_on_it_is_the_answer(void **state)
{
        Bench *bench = *state;

        has_session(bench, 1);
        drain_read(bench->drain, &bench->link, "records do not come");
        assert_int_equal(bench->error, -ENODATA);
        assert_string_equal(bench->why, "records do not come");
}

static void a_pod_that_is_not_there_is_waited_for_a_minute(void **state)
{
        Bench *bench = *state;

        clock_manual_advance(bench->clock, 59999);
        assert_int_equal(bench->n_done, 0);
        clock_manual_advance(bench->clock, 1);
        assert_int_equal(bench->error, -ETIMEDOUT);
        assert_string_equal(bench->why, "it has no link within 60 s (absent: the link was lost)");
}

static void as_long_as_records_come_it_goes_on(void **state)
{
        Bench *bench = *state;

        has_session(bench, 1);
        for (int minute = 0; minute < 100; minute++) {
                bench->link.records++;
                clock_manual_advance(bench->clock, 60000);
        }
        assert_int_equal(bench->n_done, 0);
        clock_manual_advance(bench->clock, 60000);
        assert_int_equal(bench->error, -ETIMEDOUT);
}

static void a_lost_link_is_asked_anew_when_it_is_back(void **state)
{
        Bench *bench = *state;

        has_session(bench, 1);
        has_session(bench, 0);
        clock_manual_advance(bench->clock, 30000);
        has_session(bench, 1);
        assert_int_equal(bench->link.n_asked, 2);
        assert_int_equal(bench->n_done, 0);
}

static void one_at_a_time_and_nobody_is_told_who_went_away(void **state)
{
        Bench *bench = *state;
        Link other = {0};

        assert_int_equal(drain_start(bench->drain, &other, done, bench), -EBUSY);
        drain_cancel(bench->drain, &other);
        drain_cancel(bench->drain, bench);
        clock_manual_advance(bench->clock, 600000);
        assert_int_equal(bench->n_done, 0);
        assert_int_equal(drain_start(bench->drain, &other, done, bench), 0);
        drain_forget(bench->drain, &other);
        assert_int_equal(bench->error, -ENOENT);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_pod_that_comes_into_range_is_asked_once_and_read),
                TEST(what_stays_on_it_is_the_answer),
                TEST(a_pod_that_is_not_there_is_waited_for_a_minute),
                TEST(as_long_as_records_come_it_goes_on),
                TEST(a_lost_link_is_asked_anew_when_it_is_back),
                TEST(one_at_a_time_and_nobody_is_told_who_went_away),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
