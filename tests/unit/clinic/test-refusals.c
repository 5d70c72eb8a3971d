/* What is refused: a payload for another runner, an unreadable one, and what becomes of it. */
#include "daemon/clinic/inbound.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/roster.h"

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
} Fixture;

static int open_fixture(void **state)
{
        static Fixture fixture;
        Runner runner = {.id = "r", .zone = "UTC"};
        char path[64];

        fixture = (Fixture){.directory = "/tmp/strided-refusals-XXXXXX"};
        assert_non_null(mkdtemp(fixture.directory));
        (void)snprintf(path, sizeof(path), "%s/ledger.db", fixture.directory);
        assert_int_equal(clock_new_manual(1795593600000LL, &fixture.clock), 0);
        assert_int_equal(ledger_open(path, fixture.clock, &fixture.ledger, NULL, 0), 0);
        assert_int_equal(runner_add(fixture.ledger, &runner), 0);
        topic_prefix("c", "g", &fixture.prefix);
        *state = &fixture;
        return 0;
}

static int close_fixture(void **state)
{
        Fixture *fixture = *state;
        char command[96];

        fixture->ledger = ledger_close(fixture->ledger);
        fixture->clock = clock_free(fixture->clock);
        (void)snprintf(command, sizeof(command), "rm -r %s", fixture->directory);
        return system(command);
}

/* Sends to runner r; what inbound_take answers. */
static int say(Fixture *fixture, const char *payload)
{
        Inbound inbound = {
                .topic = "strided/v1/c/g/r/in/diary", .payload = payload, .size = strlen(payload)};

        return inbound_take(fixture->ledger, fixture->clock, &fixture->prefix, &inbound);
}

#define ENTRY(id, more) "{\"v\":1,\"id\":\"" id "\",\"at\":\"2026-11-24T08:00:00Z\",\"pain\":3" more "}"

static void expect_code(Fixture *fixture, const char *id, const char *code)
{
        Ack ack;

        assert_int_equal(ack_get(fixture->ledger, "r", id, &ack), 1);
        assert_string_equal(ack.code, code);
}

static int count(const DiaryEntry *entry, void *userdata)
{
        (void)entry;
        (*(int *)userdata)++;
        return 0;
}

static int n_entries(Fixture *fixture)
{
        int n = 0;

        assert_int_equal(diary_each(fixture->ledger, "r", 0, INT64_MAX, count, &n), 0);
        return n;
}

static void a_payload_that_names_another_runner_is_refused(void **state)
{
        Fixture *fixture = *state;
        int64_t kept = 0;

        assert_int_equal(say(fixture, ENTRY("m1", ",\"runner\":\"s\"")), 0);
        expect_code(fixture, "m1", "wrong_runner");
        assert_int_equal(n_entries(fixture), 0);
        assert_int_equal(refused_count(fixture->ledger, &kept), 0);
        assert_int_equal(kept, 1);
}

static void one_that_names_the_topic_s_runner_or_none_is_stored(void **state)
{
        Fixture *fixture = *state;

        assert_int_equal(say(fixture, ENTRY("m1", ",\"runner\":\"r\"")), 1);
        assert_int_equal(say(fixture, ENTRY("m2", ",\"runner\":null")), 1);
        assert_int_equal(say(fixture, ENTRY("m3", "")), 1);
        assert_int_equal(n_entries(fixture), 3);
}

static void a_runner_that_is_no_text_is_an_invalid_field(void **state)
{
        Fixture *fixture = *state;

        assert_int_equal(say(fixture, ENTRY("m1", ",\"runner\":7")), 0);
        expect_code(fixture, "m1", "invalid_field");
}

static void a_good_answer_is_not_overwritten_by_a_refusal_of_the_same_id(void **state)
{
        Fixture *fixture = *state;
        OutboxRow row = {0};
        Ack ack;

        assert_int_equal(say(fixture, ENTRY("q1", "")), 1);
        assert_int_equal(say(fixture, ENTRY("q1", ",\"note\":\"other\"")), 0);
        do
                assert_int_equal(outbox_next(fixture->ledger, row.id, &row), 1);
        while (row.kind != OUTBOX_ACK);
        assert_string_equal(row.key, "q1");
        assert_int_equal(ack_of_row(fixture->ledger, row.revision, &ack), 1);
        assert_string_equal(ack.code, "stored");
        expect_code(fixture, "q1", "id_taken");
}

static void two_unreadable_ones_in_one_millisecond_get_two_answers(void **state)
{
        Fixture *fixture = *state;
        OutboxRow first, second;

        assert_int_equal(say(fixture, "no JSON"), 0);
        assert_int_equal(say(fixture, "[]"), 0);
        assert_int_equal(outbox_next(fixture->ledger, 0, &first), 1);
        assert_int_equal(outbox_next(fixture->ledger, first.id, &second), 1);
        assert_memory_equal(first.key, "unreadable-", 11);
        assert_string_not_equal(first.key, second.key);
}

static void control_characters_of_a_note_are_stored_as_they_came(void **state)
{
        Fixture *fixture = *state;

        assert_int_equal(say(fixture, ENTRY("m1", ",\"note\":\"a\\u001b[2J\\nb\"")), 1);
        assert_int_equal(say(fixture, ENTRY("m1", ",\"note\":\"a\\u001b[2J\\nb\"")), 1);
        expect_code(fixture, "m1", "duplicate");
        assert_int_equal(say(fixture, ENTRY("m1", ",\"note\":\"a[2J\\nb\"")), 0);
        expect_code(fixture, "m1", "id_taken");
}

static void words_of_the_topics_name_no_runner(void **state)
{
        (void)state;
        assert_false(topic_runner_is_valid("in"));
        assert_false(topic_runner_is_valid("status"));
        assert_false(topic_runner_is_valid("a/b"));
        assert_false(topic_runner_is_valid(""));
        assert_true(topic_runner_is_valid("In"));
        assert_true(topic_runner_is_valid("summary"));
        assert_true(topic_runner_is_valid("inga"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
        const struct CMUnitTest tests[] = {
                TEST(a_payload_that_names_another_runner_is_refused),
                TEST(one_that_names_the_topic_s_runner_or_none_is_stored),
                TEST(a_runner_that_is_no_text_is_an_invalid_field),
                TEST(a_good_answer_is_not_overwritten_by_a_refusal_of_the_same_id),
                TEST(two_unreadable_ones_in_one_millisecond_get_two_answers),
                TEST(control_characters_of_a_note_are_stored_as_they_came),
                cmocka_unit_test(words_of_the_topics_name_no_runner),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
