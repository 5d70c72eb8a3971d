/* What the clinic sends: the good is stored, the bad is refused by name, kept, and answered. */
#include "tests/unit/ground.h"

#include "daemon/clinic/inbound.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/weeks.h"

#include <sqlite3.h>

#define DIARY    "strided/v1/north/gw-7/anna/in/diary"
#define AT       "\"at\":\"2026-11-24T08:00:00+01:00\""
#define ENTRY    "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4}"
#define GOOD(id) "{\"v\":1,\"id\":\"" id "\"," AT ",\"pain\":4}"
#define NOTE_100 "0123456789012345678901234567890123456789012345678901234567890123456789" \
                 "012345678901234567890123456789"

static TopicPrefix prefix;

static int take(Ground *ground, const char *topic, const void *payload, size_t size)
{
        Inbound inbound = {.topic = topic, .payload = payload, .size = size};

        topic_prefix("north", "gw-7", &prefix);
        return inbound_take(ground->ledger, ground->clock, &prefix, &inbound);
}

static int take_diary(Ground *ground, const char *payload)
{
        return take(ground, DIARY, payload, strlen(payload));
}

static int count_entry(const DiaryEntry *entry, void *userdata)
{
        (void)entry;
        (*(int *)userdata)++;
        return 0;
}

static int entries(Ground *ground)
{
        int n = 0;

        assert_int_equal(diary_each(ground->ledger, NULL, INT64_MIN + 1, INT64_MAX, count_entry, &n), 0);
        return n;
}

static int64_t refused(Ground *ground)
{
        int64_t n = -1;

        assert_int_equal(refused_count(ground->ledger, &n), 0);
        return n;
}

/* The newest answer that waits for the clinic; its row's key is the id. */
static int newest_ack(const OutboxRow *row, void *userdata)
{
        if (row->kind == OUTBOX_ACK)
                *(OutboxRow *)userdata = *row;
        return 0;
}

static Ack answer(Ground *ground)
{
        OutboxRow row = {0};
        Ack ack = {0};

        assert_int_equal(outbox_each(ground->ledger, true, 0, 1000, newest_ack, &row), 0);
        assert_int_equal(row.kind, OUTBOX_ACK);
        assert_int_equal(ack_get(ground->ledger, row.runner, row.key, &ack), 1);
        return ack;
}

/* The ledger's first dirty span, if there is one; then none. */
static bool take_dirty(Ground *ground, Dirty *ret)
{
        int r = dirty_next(ground->ledger, ret);

        assert_true(r >= 0);
        if (r > 0)
                assert_int_equal(dirty_clear(ground->ledger, ret->id), 0);
        return r > 0;
}

static void a_good_entry_is_stored_marked_dirty_and_answered(void **state)
{
        Ground *ground = *state;
        Dirty dirty;
        Ack ack;

        assert_int_equal(take_diary(ground, ENTRY), 1);
        assert_int_equal(entries(ground), 1);
        assert_int_equal(refused(ground), 0);
        ack = answer(ground);
        assert_string_equal(ack.runner, "anna");
        assert_string_equal(ack.id, "m1");
        assert_string_equal(ack.code, "stored");
        assert_int_equal(ack.accepted, 1);
        assert_true(take_dirty(ground, &dirty));
        assert_string_equal(dirty.runner, "anna");
        assert_true(dirty.from_utc_ms <= GROUND_NOW_MS - 5 * 3600000LL &&
                    dirty.to_utc_ms >= GROUND_NOW_MS - 5 * 3600000LL);
}

static int take_only(const DiaryEntry *entry, void *userdata)
{
        *(DiaryEntry *)userdata = *entry;
        return 0;
}

static void what_was_written_is_what_is_stored(void **state)
{
        Ground *ground = *state;
        DiaryEntry entry;

        assert_int_equal(take_diary(ground, "{\"note\":\"h\\u00e4uft sich \\ud83d\\ude00\",\"pain\":10,"
                                            "\"place\":\"Knie\",\"mood\":[1,2]," AT
                                            ",\"id\":\"m2\",\"v\":1.0}"),
                         1);
        assert_int_equal(diary_each(ground->ledger, "anna", 0, INT64_MAX, take_only, &entry), 0);
        assert_string_equal(entry.id, "m2");
        assert_string_equal(entry.place, "Knie");
        assert_string_equal(entry.note, "häuft sich 😀");
        assert_string_equal(entry.origin, "clinic");
        assert_int_equal(entry.pain, 10);
        assert_int_equal(entry.at_utc_ms, GROUND_NOW_MS - 5 * 3600000LL);
        assert_int_equal(entry.received_utc_ms, GROUND_NOW_MS);
}

static void an_entry_sent_twice_is_stored_once_and_answered_twice(void **state)
{
        Ground *ground = *state;

        assert_int_equal(take_diary(ground, ENTRY), 1);
        clock_manual_advance(ground->clock, 60000);
        assert_int_equal(take_diary(ground, ENTRY), 1);
        assert_int_equal(entries(ground), 1);
        assert_int_equal(refused(ground), 0);
        assert_string_equal(answer(ground).code, "duplicate");
        assert_int_equal(answer(ground).accepted, 1);
}

static void the_same_id_with_other_content_is_refused_and_the_first_stays(void **state)
{
        Ground *ground = *state;
        DiaryEntry entry;

        assert_int_equal(take_diary(ground, ENTRY), 1);
        assert_int_equal(take_diary(ground, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":9}"), 0);
        assert_string_equal(answer(ground).code, "id_taken");
        assert_int_equal(diary_each(ground->ledger, "anna", 0, INT64_MAX, take_only, &entry), 0);
        assert_int_equal(entry.pain, 4);
        assert_int_equal(refused(ground), 1);
}

static void two_runners_may_use_the_same_id(void **state)
{
        Ground *ground = *state;

        ground_add_runner(ground, "bert", "UTC");
        assert_int_equal(take_diary(ground, ENTRY), 1);
        assert_int_equal(take(ground, "strided/v1/north/gw-7/bert/in/diary", ENTRY, strlen(ENTRY)), 1);
        assert_int_equal(entries(ground), 2);
}

/* Everything that is refused. id "": the message had none, it is answered under one of ours. */
static const struct {
        const char *what, *topic, *payload, *code, *id;
} refusals[] = {
        {"no JSON", DIARY, "no JSON", "invalid_json", ""},
        {"nothing", DIARY, "", "invalid_json", ""},
        {"cut JSON", DIARY, "{\"v\":1,\"id\":\"m1\"", "invalid_json", ""},
        {"an array", DIARY, "[1]", "invalid_json", ""},
        {"a text", DIARY, "\"m1\"", "invalid_json", ""},
        {"something behind the object", DIARY, ENTRY "x", "invalid_json", ""},
        {"two objects", DIARY, ENTRY ENTRY, "invalid_json", ""},
        {"a NUL in the id", DIARY, GOOD("m1\\u0000x"), "invalid_json", ""},
        {"a NUL in the note", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"note\":\"a\\u0000b\"}",
         "invalid_json", ""},
        {"half a surrogate pair", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"note\":\"\\ud83d\"}",
         "invalid_json", ""},
        {"pain twice", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"pain\":5}", "invalid_json", ""},
        {"the id twice, the same", DIARY, "{\"v\":1,\"id\":\"m1\",\"id\":\"m1\"," AT ",\"pain\":4}",
         "invalid_json", ""},
        {"a key twice, once escaped", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"p\\u0061in\":4}",
         "invalid_json", ""},
        {"a key twice, deep inside", DIARY,
         "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"x\":[1,{\"y\":{\"a\":1,\"b\":2,\"a\":1}}]}", "invalid_json", ""},
        {"no id", DIARY, "{\"v\":1," AT ",\"pain\":4}", "invalid_field", ""},
        {"an id that is a number", DIARY, "{\"v\":1,\"id\":7," AT ",\"pain\":4}", "invalid_field", ""},
        {"an empty id", DIARY, GOOD(""), "invalid_field", ""},
        {"an id with a level", DIARY, GOOD("a/b"), "invalid_field", ""},
        {"an id with a wildcard", DIARY, GOOD("+"), "invalid_field", ""},
        {"an id with a point first", DIARY, GOOD(".m"), "invalid_field", ""},
        {"an id of 41 octets", DIARY, GOOD("01234567890123456789012345678901234567890"), "invalid_field", ""},
        {"no version", DIARY, "{\"id\":\"m1\"," AT ",\"pain\":4}", "wrong_version", "m1"},
        {"version 2", DIARY, "{\"v\":2,\"id\":\"m1\"," AT ",\"pain\":4}", "wrong_version", "m1"},
        {"version 1 as text", DIARY, "{\"v\":\"1\",\"id\":\"m1\"," AT ",\"pain\":4}", "wrong_version", "m1"},
        {"version true", DIARY, "{\"v\":true,\"id\":\"m1\"," AT ",\"pain\":4}", "wrong_version", "m1"},
        {"no pain", DIARY, "{\"v\":1,\"id\":\"m1\"," AT "}", "invalid_field", "m1"},
        {"pain null", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":null}", "invalid_field", "m1"},
        {"pain -1", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":-1}", "invalid_field", "m1"},
        {"pain 11", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":11}", "invalid_field", "m1"},
        {"pain 3.5", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":3.5}", "invalid_field", "m1"},
        {"pain without end", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":1e999}", "invalid_field", "m1"},
        {"pain as text", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":\"4\"}", "invalid_field", "m1"},
        {"pain true", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":true}", "invalid_field", "m1"},
        {"another case", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"Pain\":4}", "invalid_field", "m1"},
        {"no time", DIARY, "{\"v\":1,\"id\":\"m1\",\"pain\":4}", "invalid_field", "m1"},
        {"yesterday", DIARY, "{\"v\":1,\"id\":\"m1\",\"at\":\"yesterday\",\"pain\":4}", "invalid_field", "m1"},
        {"seconds as a time", DIARY, "{\"v\":1,\"id\":\"m1\",\"at\":1795521600,\"pain\":4}", "invalid_field",
         "m1"},
        {"a time without offset", DIARY, "{\"v\":1,\"id\":\"m1\",\"at\":\"2026-11-24T08:00:00\",\"pain\":4}",
         "invalid_field", "m1"},
        {"a time with a blank", DIARY, "{\"v\":1,\"id\":\"m1\",\"at\":\"2026-11-24 08:00:00Z\",\"pain\":4}",
         "invalid_field", "m1"},
        {"a leap second", DIARY, "{\"v\":1,\"id\":\"m1\",\"at\":\"2016-12-31T23:59:60Z\",\"pain\":4}",
         "invalid_field", "m1"},
        {"a day that is none", DIARY, "{\"v\":1,\"id\":\"m1\",\"at\":\"2026-02-30T08:00:00Z\",\"pain\":4}",
         "invalid_field", "m1"},
        {"a clock that was not set", DIARY,
         "{\"v\":1,\"id\":\"m1\",\"at\":\"1970-01-01T00:00:00Z\",\"pain\":4}", "invalid_field", "m1"},
        {"more than a day ahead", DIARY,
         "{\"v\":1,\"id\":\"m1\",\"at\":\"2026-11-25T12:00:01Z\",\"pain\":4}", "invalid_field", "m1"},
        {"a note that is a list", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"note\":[]}",
         "invalid_field", "m1"},
        {"a place of 64 octets", DIARY,
         "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"place\":"
         "\"0123456789012345678901234567890123456789012345678901234567890123\"}",
         "invalid_field", "m1"},
        {"a place of 32 umlauts", DIARY,
         "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"place\":\"ääääääääääääääääääääääääääääääää\"}",
         "invalid_field", "m1"},
        {"a note of 512 octets", DIARY,
         "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"note\":\"" NOTE_100 NOTE_100 NOTE_100 NOTE_100 NOTE_100
         "012345678901\"}",
         "invalid_field", "m1"},
        {"a note that is no UTF-8", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"note\":\"\xff\xfe\"}",
         "invalid_field", "m1"},
        {"an unknown key that is no UTF-8", DIARY, "{\"v\":1,\"id\":\"m1\"," AT ",\"pain\":4,\"x\":\"\xe4\"}",
         "invalid_field", "m1"},
        {"nobody", "strided/v1/north/gw-7/nobody/in/diary", ENTRY, "unknown_runner", "m1"},
        {"what nobody takes", "strided/v1/north/gw-7/anna/in/poem", ENTRY, "unknown_kind", "m1"},
};

/* Found by a history: the gateway's clock was months behind, and set; what the runner said today was
 * refused for good. */
static void only_a_clock_that_is_right_calls_an_entry_one_of_the_future(void **state)
{
        static const char later[] = "{\"v\":1,\"id\":\"late\",\"at\":\"2027-02-01T08:00:00Z\",\"pain\":4}";
        Ground *ground = *state;
        int64_t now_ms = clock_utc_ms(ground->clock);

        assert_int_equal(take(ground, DIARY, later, strlen(later)), 0);
        clock_manual_set(ground->clock, now_ms, CLOCK_SET);
        assert_int_equal(take(ground, DIARY, later, strlen(later)), 1);
}

static void each_bad_message_is_refused_by_name_and_leaves_no_trace_in_the_diary(void **state)
{
        Ground *ground = *state;

        for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
                Dirty dirty;
                Ack ack;

                print_message("    %s\n", refusals[i].what);
                assert_int_equal(take(ground, refusals[i].topic, refusals[i].payload,
                                      strlen(refusals[i].payload)),
                                 0);
                ack = answer(ground);
                assert_string_equal(ack.code, refusals[i].code);
                assert_int_equal(ack.accepted, 0);
                assert_true(ack.message[0] != '\0');
                if (refusals[i].id[0])
                        assert_string_equal(ack.id, refusals[i].id);
                else
                        assert_true(strncmp(ack.id, "unreadable-", 11) == 0 && id_is_valid(ack.id));
                assert_int_equal(refused(ground), (int64_t)i + 1);
                assert_int_equal(entries(ground), 0);
                assert_false(take_dirty(ground, &dirty));
        }
}

static void times_at_the_edge_are_taken(void **state)
{
        static const char *const payloads[] = {
                "{\"v\":1,\"id\":\"e1\",\"at\":\"2026-11-25T12:00:00Z\",\"pain\":0}",
                "{\"v\":1,\"id\":\"e2\",\"at\":\"2000-01-01T00:00:00Z\",\"pain\":10}",
                "{\"v\":1,\"id\":\"e3\",\"at\":\"2024-02-29T23:59:59.999999999-12:00\",\"pain\":5}",
                "{\"v\":1,\"id\":\"e4\"," AT ",\"pain\":5.0,\"place\":null,\"note\":null}",
                " \t\r\n{\"v\":1,\"id\":\"e5\"," AT ",\"pain\":5,\"note\":\"a backslash: \\\\u0000\"}\n",
        };
        Ground *ground = *state;

        for (size_t i = 0; i < ARRAY_SIZE(payloads); i++)
                assert_int_equal(take_diary(ground, payloads[i]), 1);
        assert_int_equal(entries(ground), (int)ARRAY_SIZE(payloads));
}

static void what_is_too_large_is_refused_and_its_beginning_kept(void **state)
{
        Ground *ground = *state;
        char large[INBOUND_PAYLOAD_MAX + 1];

        memset(large, ' ', sizeof(large));
        memcpy(large, ENTRY, strlen(ENTRY));
        assert_int_equal(take(ground, DIARY, large, sizeof(large)), 0);
        assert_string_equal(answer(ground).code, "too_large");
        assert_int_equal(take(ground, DIARY, large, sizeof(large) - 1), 1);
        assert_string_equal(answer(ground).code, "stored");
}

static void octets_with_a_raw_nul_are_refused(void **state)
{
        static const char payload[] = ENTRY "\0" ENTRY;
        Ground *ground = *state;

        assert_int_equal(take(ground, DIARY, payload, sizeof(payload) - 1), 0);
        assert_string_equal(answer(ground).code, "invalid_json");
}

static void a_refused_payload_is_kept_as_it_came(void **state)
{
        static const char payload[] = "\x00\xffnot for machines";
        Ground *ground = *state;
        sqlite3 *database;
        sqlite3_stmt *query;

        assert_int_equal(take(ground, DIARY, payload, sizeof(payload) - 1), 0);
        assert_int_equal(sqlite3_open_v2(ground->path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(database, "SELECT topic, payload, why FROM refused", -1,
                                            &query, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_step(query), SQLITE_ROW);
        assert_string_equal((const char *)sqlite3_column_text(query, 0), DIARY);
        assert_int_equal(sqlite3_column_bytes(query, 1), (int)sizeof(payload) - 1);
        assert_memory_equal(sqlite3_column_blob(query, 1), payload, sizeof(payload) - 1);
        assert_true(sqlite3_column_bytes(query, 2) > 0);
        sqlite3_finalize(query);
        sqlite3_close(database);
}

static void two_unreadable_messages_of_one_instant_have_answers_of_their_own(void **state)
{
        Ground *ground = *state;
        char first[ID_SIZE];

        assert_int_equal(take_diary(ground, "one"), 0);
        (void)text_copy(first, sizeof(first), answer(ground).id);
        assert_int_equal(take_diary(ground, "two"), 0);
        assert_string_not_equal(answer(ground).id, first);
}

static void a_topic_that_is_not_ours_is_dropped_without_a_word(void **state)
{
        static const char *const topics[] = {
                "strided/v1/north/gw-8/anna/in/diary", "strided/v1/north/gw-7/anna/out/diary",
                "strided/v1/north/gw-7/anna/in/",      "strided/v1/north/gw-7/an na/in/diary",
                "strided/v1/north/gw-7/in/diary",      "strided/v1/north/gw-7/anna/in/diary/more",
                "strided/v1/north/gw-77/anna/in/diary", "",
        };
        Ground *ground = *state;
        OutboxRow row = {0};

        for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
                assert_int_equal(take(ground, topics[i], ENTRY, strlen(ENTRY)), 0);
        assert_int_equal(entries(ground), 0);
        assert_int_equal(refused(ground), 0);
        assert_int_equal(outbox_each(ground->ledger, true, 0, 1000, newest_ack, &row), 0);
        assert_int_equal(row.kind, 0);
}

#define WITH_GROUND(test) cmocka_unit_test_setup_teardown(test, ground_setup, ground_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WITH_GROUND(a_good_entry_is_stored_marked_dirty_and_answered),
                WITH_GROUND(what_was_written_is_what_is_stored),
                WITH_GROUND(an_entry_sent_twice_is_stored_once_and_answered_twice),
                WITH_GROUND(the_same_id_with_other_content_is_refused_and_the_first_stays),
                WITH_GROUND(two_runners_may_use_the_same_id),
                WITH_GROUND(only_a_clock_that_is_right_calls_an_entry_one_of_the_future),
                WITH_GROUND(each_bad_message_is_refused_by_name_and_leaves_no_trace_in_the_diary),
                WITH_GROUND(times_at_the_edge_are_taken),
                WITH_GROUND(what_is_too_large_is_refused_and_its_beginning_kept),
                WITH_GROUND(octets_with_a_raw_nul_are_refused),
                WITH_GROUND(a_refused_payload_is_kept_as_it_came),
                WITH_GROUND(two_unreadable_messages_of_one_instant_have_answers_of_their_own),
                WITH_GROUND(a_topic_that_is_not_ours_is_dropped_without_a_word),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
