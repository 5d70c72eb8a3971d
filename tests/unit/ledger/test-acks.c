/* Answers to what the clinic sends: each is a record of its own, and their number is bounded. */
#include "daemon/ledger/diary.h"

#include "base/calendar.h"
#include "daemon/ledger/schema.h"
#include "daemon/ledger/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sqlite3.h>

#include <cmocka.h>

typedef struct Fixture {
        char directory[32];
        char path[64];
        Clock *clock;
        Ledger *ledger;
} Fixture;

static int open_fixture(void **state)
{
        static Fixture fixture;

        fixture = (Fixture){.directory = "/tmp/strided-acks-XXXXXX"};
        assert_non_null(mkdtemp(fixture.directory));
        (void)snprintf(fixture.path, sizeof(fixture.path), "%s/ledger.db", fixture.directory);
        assert_int_equal(clock_new_manual(1795593600000LL, &fixture.clock), 0);
        assert_int_equal(ledger_open(fixture.path, fixture.clock, &fixture.ledger, NULL, 0), 0);
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

static void put(Ledger *ledger, const char *id, int64_t accepted, const char *code)
{
        Ack ack = {.runner = "r", .accepted = accepted, .message = "a sentence"};

        (void)text_copy(ack.id, sizeof(ack.id), id);
        (void)text_copy(ack.code, sizeof(ack.code), code);
        assert_int_equal(ack_put(ledger, &ack), 0);
}

static void two_answers_to_one_message_stay_two(void **state)
{
        Fixture *fixture = *state;
        OutboxRow first, second;
        Ack ack;

        put(fixture->ledger, "q1", 1, "stored");
        put(fixture->ledger, "q1", 0, "id_taken");
        assert_int_equal(outbox_next(fixture->ledger, 0, &first), 1);
        assert_int_equal(outbox_next(fixture->ledger, first.id, &second), 1);
        assert_string_equal(first.key, "q1");
        assert_string_equal(second.key, "q1");
        assert_int_equal(ack_of_row(fixture->ledger, first.revision, &ack), 1);
        assert_string_equal(ack.code, "stored");
        assert_int_equal(ack.accepted, 1);
        assert_int_equal(ack_of_row(fixture->ledger, second.revision, &ack), 1);
        assert_string_equal(ack.code, "id_taken");
        assert_int_equal(ack.accepted, 0);
        assert_int_equal(ack_get(fixture->ledger, "r", "q1", &ack), 1);
        assert_string_equal(ack.code, "id_taken");
}

static void answers_without_an_id_get_one_that_no_other_has(void **state)
{
        Fixture *fixture = *state;
        Ack a = {.runner = "r", .code = "invalid_json", .message = "m"}, b = a;
        OutboxRow row;

        assert_int_equal(ack_put(fixture->ledger, &a), 0);
        assert_int_equal(ack_put(fixture->ledger, &b), 0);
        assert_memory_equal(a.id, "unreadable-", 11);
        assert_string_not_equal(a.id, b.id);
        assert_int_equal(outbox_next(fixture->ledger, 0, &row), 1);
        assert_string_equal(row.key, a.id);
        assert_int_equal(ack_of_row(fixture->ledger, row.revision, &b), 1);
        assert_string_equal(b.id, a.id);
}

static void answers_go_with_their_outbox_rows(void **state)
{
        Fixture *fixture = *state;
        OutboxRow row;
        Ack ack;

        put(fixture->ledger, "old", 1, "stored");
        put(fixture->ledger, "waiting", 1, "stored");
        assert_int_equal(outbox_next(fixture->ledger, 0, &row), 1);
        assert_int_equal(outbox_settle(fixture->ledger, &row.id, 1), 0);
        clock_manual_advance(fixture->clock, (OUTBOX_KEEP_DAYS - 1) * DAY_MS);
        assert_int_equal(ledger_prune(fixture->ledger), 0);
        assert_int_equal(ack_get(fixture->ledger, "r", "old", &ack), 1);
        clock_manual_advance(fixture->clock, 2 * DAY_MS);
        assert_int_equal(ledger_prune(fixture->ledger), 0);
        assert_int_equal(ack_get(fixture->ledger, "r", "old", &ack), 0);
        assert_int_equal(ack_get(fixture->ledger, "r", "waiting", &ack), 1);
}

static void their_number_is_bounded(void **state)
{
        Fixture *fixture = *state;
        Ack ack;

        assert_int_equal(ledger_begin(fixture->ledger), 0); /* one fsync for all */
        put(fixture->ledger, "first", 1, "stored");
        put(fixture->ledger, "second", 1, "stored");
        for (int i = 0; i < ACKS_MAX - 1; i++)
                put(fixture->ledger, "more", 1, "duplicate");
        assert_int_equal(ledger_commit(fixture->ledger), 0);
        assert_int_equal(ack_get(fixture->ledger, "r", "first", &ack), 0);
        assert_int_equal(ack_get(fixture->ledger, "r", "second", &ack), 1);
}

static void execute(sqlite3 *db, const char *sql)
{
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

/* The answers as the first released schema kept them: one a message. */
static void answers_of_an_older_ledger_are_still_sent(void **state)
{
        Fixture *fixture = *state;
        sqlite3 *db;
        OutboxRow row;
        Ack ack;

        fixture->ledger = ledger_close(fixture->ledger);
        assert_int_equal(unlink(fixture->path), 0);
        assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
        execute(db, schema_step(0));
        execute(db, "INSERT INTO ack VALUES ('r', 'q0', 0, 'invalid_field', 'm'), ('r', 'q1', 1, 'stored', "
                    "'m');"
                    "INSERT INTO outbox (kind, state, runner, key, revision, made) VALUES (5, 0, 'r', 'q1', "
                    "0, 1), (3, 0, 'r', '2026-W47', 2, 1);"
                    "PRAGMA application_id = 0x73747264; PRAGMA user_version = 1;");
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        assert_int_equal(ledger_open(fixture->path, fixture->clock, &fixture->ledger, NULL, 0), 0);
        assert_int_equal(outbox_next(fixture->ledger, 0, &row), 1);
        assert_int_equal(ack_of_row(fixture->ledger, row.revision, &ack), 1);
        assert_string_equal(ack.id, "q1");
        assert_string_equal(ack.code, "stored");
        assert_int_equal(outbox_next(fixture->ledger, row.id, &row), 1);
        assert_int_equal(row.revision, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
        const struct CMUnitTest tests[] = {
                TEST(two_answers_to_one_message_stay_two),
                TEST(answers_without_an_id_get_one_that_no_other_has),
                TEST(answers_go_with_their_outbox_rows),
                TEST(their_number_is_bounded),
                TEST(answers_of_an_older_ledger_are_still_sent),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
