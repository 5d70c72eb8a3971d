/* Diary entries, answers and refused payloads. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/diary.h"

static DiaryEntry entry_of(const char *id, int64_t at_utc_ms, int64_t pain)
{
        DiaryEntry entry;

        fields_set_null(&diary_fields, &entry);
        (void)text_copy(entry.id, sizeof(entry.id), id);
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.place, sizeof(entry.place), "low back");
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        entry.at_utc_ms = at_utc_ms;
        entry.pain = pain;
        entry.received_utc_ms = NOW_MS;
        return entry;
}

typedef struct Entries {
        DiaryEntry list[8];
        size_t n;
} Entries;

static int collect_entry(const DiaryEntry *entry, void *userdata)
{
        Entries *entries = userdata;

        assert_true(entries->n < ARRAY_SIZE(entries->list));
        entries->list[entries->n++] = *entry;
        return 0;
}

static Entries entries_of(Home *home, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms)
{
        Entries entries = {0};

        assert_int_equal(diary_each(home->ledger, runner, from_utc_ms, to_utc_ms, collect_entry,
                                    &entries),
                         0);
        return entries;
}

static void an_entry_is_stored_and_its_moment_is_dirty(void **state)
{
        Home *home = *state;
        DiaryEntry entry = entry_of("d1", NOW_MS - HOUR_MS, 4);
        Entries entries;
        Dirty dirty;

        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(drain_dirty(home, &dirty), 1);
        assert_string_equal(dirty.runner, RUNNER);
        assert_int_equal(dirty.from_utc_ms, NOW_MS - HOUR_MS);
        home_reopen(home);
        entries = entries_of(home, RUNNER, 0, INT64_MAX);
        assert_int_equal(entries.n, 1);
        assert_true(fields_equal(&diary_fields, &entry, &entries.list[0]));
}

static void the_same_entry_twice_is_one(void **state)
{
        Home *home = *state;
        DiaryEntry entry = entry_of("d1", NOW_MS, 4);

        assert_int_equal(diary_store(home->ledger, &entry), 1);
        (void)drain_dirty(home, NULL);
        entry.received_utc_ms += DAY_MS; /* how it came here is not what it says */
        (void)text_copy(entry.origin, sizeof(entry.origin), "gateway");
        assert_int_equal(diary_store(home->ledger, &entry), 0);
        assert_int_equal(drain_dirty(home, NULL), 0);
        assert_int_equal(entries_of(home, NULL, 0, INT64_MAX).n, 1);
        assert_int_equal(entries_of(home, NULL, 0, INT64_MAX).list[0].received_utc_ms, NOW_MS);
}

static void a_taken_id_is_refused_and_the_first_entry_stays(void **state)
{
        Home *home = *state;
        DiaryEntry entry = entry_of("d1", NOW_MS, 4), other = entry_of("d1", NOW_MS, 5);

        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(diary_store(home->ledger, &other), -EEXIST);
        assert_int_equal(entries_of(home, NULL, 0, INT64_MAX).list[0].pain, 4);
}

static void the_same_id_of_another_runner_is_another_entry(void **state)
{
        Home *home = *state;
        DiaryEntry entry = entry_of("d1", NOW_MS, 4), other = entry_of("d1", NOW_MS, 5);

        add_runner(home, "runner-2");
        (void)text_copy(other.runner, sizeof(other.runner), "runner-2");
        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(diary_store(home->ledger, &other), 1);
        assert_int_equal(entries_of(home, "runner-2", 0, INT64_MAX).n, 1);
        assert_int_equal(entries_of(home, NULL, 0, INT64_MAX).n, 2);
}

static void an_unknown_runner_is_refused(void **state)
{
        Home *home = *state;
        DiaryEntry entry = entry_of("d1", NOW_MS, 4);

        (void)text_copy(entry.runner, sizeof(entry.runner), "nobody");
        assert_int_equal(diary_store(home->ledger, &entry), -ENOENT);
        assert_int_equal(entries_of(home, NULL, 0, INT64_MAX).n, 0);
}

static void a_refused_entry_leaves_the_callers_transaction_good(void **state)
{
        Home *home = *state;
        DiaryEntry entry = entry_of("d1", NOW_MS, 4), other = entry_of("d1", NOW_MS, 5);
        Ack ack = {.runner = RUNNER, .id = "d1", .code = "id-taken"}, read;

        assert_int_equal(diary_store(home->ledger, &entry), 1);
        assert_int_equal(ledger_begin(home->ledger), 0);
        assert_int_equal(diary_store(home->ledger, &other), -EEXIST);
        (void)text_copy(other.runner, sizeof(other.runner), "nobody");
        assert_int_equal(diary_store(home->ledger, &other), -ENOENT);
        assert_int_equal(ack_put(home->ledger, &ack), 0);
        assert_int_equal(ledger_commit(home->ledger), 0);
        home_reopen(home);
        assert_int_equal(ack_get(home->ledger, RUNNER, "d1", &read), 1);
        assert_string_equal(read.code, "id-taken");
}

static void entries_come_in_order_of_time_and_the_end_is_exclusive(void **state)
{
        static const int64_t hours[] = {3, 1, 2, 0};
        Home *home = *state;
        Entries entries;

        for (size_t i = 0; i < ARRAY_SIZE(hours); i++) {
                char id[8];

                (void)snprintf(id, sizeof(id), "d%zu", i);
                DiaryEntry entry = entry_of(id, NOW_MS + hours[i] * HOUR_MS, hours[i]);

                assert_int_equal(diary_store(home->ledger, &entry), 1);
        }
        entries = entries_of(home, RUNNER, NOW_MS, NOW_MS + 3 * HOUR_MS);
        assert_int_equal(entries.n, 3);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(entries.list[i].pain, i);
}

static void a_message_that_came_twice_is_answered_twice_with_the_newest(void **state)
{
        Home *home = *state;
        Ack ack = {.runner = RUNNER, .id = "m1", .accepted = 1, .code = "stored",
                   .message = "Stored."};
        Ack read;
        Rows rows;

        assert_int_equal(ack_put(home->ledger, &ack), 0);
        (void)text_copy(ack.code, sizeof(ack.code), "duplicate");
        assert_int_equal(ack_put(home->ledger, &ack), 0);
        assert_int_equal(ack_get(home->ledger, RUNNER, "m1", &read), 1);
        assert_string_equal(read.code, "duplicate");
        assert_int_equal(read.accepted, 1);
        assert_string_equal(read.message, "Stored.");
        rows = outbox_rows(home, true); /* the runner never gave consent */
        assert_int_equal(rows.n, 2);
        assert_int_equal(rows.list[1].kind, OUTBOX_ACK);
        assert_string_equal(rows.list[1].key, "m1");
        assert_int_equal(ack_get(home->ledger, RUNNER, "m2", &read), 0);
}

static void refused_payloads_are_bounded(void **state)
{
        Home *home = *state;
        int64_t count;

        assert_int_equal(ledger_begin(home->ledger), 0);
        for (int i = 0; i < 1010; i++)
                assert_int_equal(refused_keep(home->ledger, "t", "\0{", 2, "not JSON"), 0);
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(refused_count(home->ledger, &count), 0);
        assert_int_equal(count, 1000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_entry_is_stored_and_its_moment_is_dirty),
                TEST(the_same_entry_twice_is_one),
                TEST(a_taken_id_is_refused_and_the_first_entry_stays),
                TEST(the_same_id_of_another_runner_is_another_entry),
                TEST(an_unknown_runner_is_refused),
                TEST(a_refused_entry_leaves_the_callers_transaction_good),
                TEST(entries_come_in_order_of_time_and_the_end_is_exclusive),
                TEST(a_message_that_came_twice_is_answered_twice_with_the_newest),
                TEST(refused_payloads_are_bounded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
