/* A revision that leaves late must not become the last word at the broker. */
#include "daemon/clinic/message.h"
#include "daemon/clinic/mqtt.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/resend.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/weeks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct Fixture {
        char directory[40];
        Clock *clock;
        Ledger *ledger;
        TopicPrefix prefix;
        MessageSource source;
} Fixture;

static int open_fixture(void **state)
{
        static const ClinicConfig config;
        static Fixture f;
        Runner runner = {.id = "r", .zone = "UTC", .consent = 1};
        char path[64];

        f = (Fixture){.directory = "/tmp/strided-stale-XXXXXX"};
        assert_non_null(mkdtemp(f.directory));
        (void)snprintf(path, sizeof(path), "%s/ledger.db", f.directory);
        assert_int_equal(clock_new_manual(1795593600000LL, &f.clock), 0);
        assert_int_equal(ledger_open(path, f.clock, &f.ledger, NULL, 0), 0);
        assert_int_equal(runner_add(f.ledger, &runner), 0);
        topic_prefix("c", "g", &f.prefix);
        f.source = (MessageSource){
                .ledger = f.ledger, .clock = f.clock, .prefix = &f.prefix, .config = &config};
        *state = &f;
        return 0;
}

static int close_fixture(void **state)
{
        Fixture *f = *state;
        char command[96];

        f->ledger = ledger_close(f->ledger);
        f->clock = clock_free(f->clock);
        (void)snprintf(command, sizeof(command), "rm -r %s", f->directory);
        return system(command);
}

static void put_week(Fixture *f, int64_t distance_m)
{
        Week week = {.runner = "r", .week = "2026-W47", .state = "provisional", .zone = "UTC"};

        week.load_distance_m = distance_m;
        assert_int_equal(week_put(f->ledger, &week), 1);
}

static void put_run(Fixture *f, int64_t distance_m)
{
        Run run = {.runner = "r", .run = "20261124T080000Z", .state = "current", .zone = "UTC"};

        run.start_utc_ms = 1795507200000LL;
        run.end_utc_ms = run.start_utc_ms + 1800000;
        run.distance_m = distance_m;
        assert_int_equal(run_put(f->ledger, &run), 1);
}

/* The row of that kind and revision, as a message. */
static void build(Fixture *f, OutboxKind kind, int64_t revision, Message *ret)
{
        OutboxRow row = {0};

        do
                assert_int_equal(outbox_next(f->ledger, row.id, &row), 1);
        while (row.kind != kind || row.revision != revision);
        assert_int_equal(message_build(&f->source, &row, ret), 1);
}

static void only_the_newest_revision_of_a_week_is_retained(void **state)
{
        Fixture *f = *state;
        Message message;

        put_week(f, 1000);
        build(f, OUTBOX_WEEK, 1, &message);
        assert_true(message.retained);
        put_week(f, 2000);
        build(f, OUTBOX_WEEK, 1, &message);
        assert_false(message.retained);
        assert_non_null(strstr(message.payload, "\"revision\":1"));
        build(f, OUTBOX_WEEK, 2, &message);
        assert_true(message.retained);
        build(f, OUTBOX_SUMMARY, 0, &message);
        assert_true(message.retained);
}

/* An archive compares by the octets; years may lie between the two. */
static void a_revision_that_is_sent_again_is_the_same_message_and_an_older_one_is_not_retained(void **state)
{
        Fixture *f = *state;
        Resend running, asked = {.runner = "r", .id = "x1", .origin = "clinic"};
        Message before, again;
        OutboxRow row = {0};

        put_week(f, 1000);
        build(f, OUTBOX_WEEK, 1, &before);
        assert_true(before.retained);
        put_week(f, 2000);
        while (outbox_next(f->ledger, 0, &row) > 0)
                assert_int_equal(outbox_settle(f->ledger, &row.id, 1), 0);
        clock_manual_advance(f->clock, 1000 * 86400000LL);
        assert_int_equal(resend_ask(f->ledger, &asked, &running), 1);
        assert_int_equal(resend_slice(f->ledger), 1);
        build(f, OUTBOX_WEEK, 1, &again);
        assert_string_equal(again.payload, before.payload);
        assert_string_equal(again.topic, before.topic);
        assert_false(again.retained);
        build(f, OUTBOX_WEEK, 2, &again);
        assert_true(again.retained);
}

static void only_the_newest_revision_of_a_run_is_retained(void **state)
{
        Fixture *f = *state;
        Message message;

        put_run(f, 1000);
        put_run(f, 2000);
        build(f, OUTBOX_RUN, 1, &message);
        assert_false(message.retained);
        build(f, OUTBOX_RUN, 2, &message);
        assert_true(message.retained);
}

static void rows_set_aside_are_counted_and_named(void **state)
{
        Fixture *f = *state;
        OutboxRow row = {.id = -1}, newest;
        int64_t n = -1;

        put_run(f, 1000);
        put_run(f, 2000);
        assert_int_equal(outbox_count_set_aside(f->ledger, &n, &row), 0);
        assert_int_equal(n, 0);
        assert_int_equal(row.id, -1);
        row.id = 0;
        do
                assert_int_equal(outbox_next(f->ledger, row.id, &row), 1);
        while (row.kind != OUTBOX_RUN);
        assert_int_equal(outbox_set_aside(f->ledger, row.id, false, "too large"), 0);
        assert_int_equal(outbox_count_set_aside(f->ledger, &n, &newest), 0);
        assert_int_equal(n, 1);
        assert_int_equal(newest.id, row.id);
        assert_int_equal(newest.state, OUTBOX_SET_ASIDE);
        assert_int_equal(outbox_next(f->ledger, row.id - 1, &newest), 1);
        assert_int_not_equal(newest.id, row.id); /* it is not sent any more */
}

static void only_what_is_wrong_with_the_message_itself_is_final(void **state)
{
        (void)state;
        assert_true(mqtt_refusal_is_final(0x90));  /* topic name invalid */
        assert_true(mqtt_refusal_is_final(0x95));  /* packet too large */
        assert_true(mqtt_refusal_is_final(0x99));  /* payload format invalid */
        assert_false(mqtt_refusal_is_final(0x87)); /* not authorised */
        assert_false(mqtt_refusal_is_final(0x97)); /* quota exceeded */
        assert_false(mqtt_refusal_is_final(0x89)); /* server busy */
        assert_false(mqtt_refusal_is_final(0x80)); /* unspecified */
        assert_false(mqtt_refusal_is_final(0x83)); /* implementation specific */
        assert_true(mqtt_refusal_is_of_all(0x97));
        assert_true(mqtt_refusal_is_of_all(0x89));
        assert_false(mqtt_refusal_is_of_all(0x87));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
        const struct CMUnitTest tests[] = {
                TEST(only_the_newest_revision_of_a_week_is_retained),
                TEST(a_revision_that_is_sent_again_is_the_same_message_and_an_older_one_is_not_retained),
                TEST(only_the_newest_revision_of_a_run_is_retained),
                TEST(rows_set_aside_are_counted_and_named),
                cmocka_unit_test(only_what_is_wrong_with_the_message_itself_is_final),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
