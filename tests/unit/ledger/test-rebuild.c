/* Damaged in every way we could think of: what can be read is there afterwards, the rest is asked for again. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/ledger-file.h"
#include "daemon/ledger/timebase.h"

#include <fcntl.h>
#include <glob.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define EPOCH 7
#define N     4000 /* some sixty pages of records */
#define PAGE  4096

static void add_week(Home *home, const char *id, int64_t distance_m)
{
        Week week = {0};

        fields_set_null(&week_fields, &week);
        (void)text_copy(week.runner, sizeof(week.runner), RUNNER);
        (void)text_copy(week.week, sizeof(week.week), id);
        (void)text_copy(week.state, sizeof(week.state), "final");
        (void)text_copy(week.zone, sizeof(week.zone), "Europe/Berlin");
        week.load_distance_m = distance_m;
        assert_int_equal(week_put(home->ledger, &week), 1);
}

static void add_entry(Home *home, const char *id)
{
        DiaryEntry entry;

        fields_set_null(&diary_fields, &entry);
        entry.at_utc_ms = entry.received_utc_ms = NOW_MS;
        entry.pain = 3;
        (void)text_copy(entry.id, sizeof(entry.id), id);
        (void)text_copy(entry.runner, sizeof(entry.runner), RUNNER);
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        assert_int_equal(diary_store(home->ledger, &entry), 1);
}

/* N records, weeks, a diary, rows that wait; closed. */
static void fill_and_close(Home *home)
{
        Record first = anchor(EPOCH, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);

        assert_int_equal(runner_set_consent(home->ledger, RUNNER, true), 0);
        (void)store(home, POD, &first, 1);
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (uint32_t seq = 2; seq <= N; seq++) {
                Record record = stride(EPOCH, seq, seq * TICK_HZ);

                (void)store(home, POD, &record, 1);
        }
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(durable_told(home->ledger, POD, EPOCH, 1000), 0);
        add_week(home, "2026-W46", 1000);
        add_week(home, "2026-W46", 2000);
        add_entry(home, "e1");
        home->ledger = ledger_close(home->ledger);
}

static int64_t size_of(const char *path)
{
        struct stat status;

        assert_int_equal(stat(path, &status), 0);
        return status.st_size;
}

static void overwrite(const char *path, int64_t offset, size_t size)
{
        static char junk[8 * PAGE];
        int fd = open(path, O_WRONLY | O_CLOEXEC);

        memset(junk, 0xa5, sizeof(junk));
        assert_true(fd >= 0);
        assert_true(size <= sizeof(junk));
        assert_int_equal(pwrite(fd, junk, size, offset), size);
        close(fd);
}

/* The page on which a table or index begins, or one with the record `seq`. */
static int64_t page_of(Home *home, const char *sql)
{
        sqlite3 *db = NULL;
        sqlite3_stmt *stmt = NULL;
        int64_t page;

        assert_int_equal(sqlite3_open(home->path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
        page = sqlite3_column_int64(stmt, 0);
        assert_true(page > 1);
        assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        return page;
}

static void rebuild(Home *home)
{
        char message[600] = "";

        if (ledger_file_rebuild(home->path, home->clock, NULL, NULL, message, sizeof(message)) < 0)
                fail_msg("%s", message);
        assert_int_equal(ledger_file_check(home->path, NULL, NULL, message, sizeof(message)), 0);
        home_reopen(home);
}

static int last_coverage(const EpochCoverage *coverage, void *userdata)
{
        *(EpochCoverage *)userdata = *coverage;
        return 0;
}

static EpochCoverage coverage_of(Home *home)
{
        EpochCoverage coverage = {0};

        assert_int_equal(epoch_each(home->ledger, POD, last_coverage, &coverage), 0);
        return coverage;
}

static int count_record(const StoredRecord *stored, void *userdata)
{
        (void)stored;
        ++*(int64_t *)userdata;
        return 0;
}

static int64_t count_records(Home *home)
{
        int64_t n = 0;

        assert_int_equal(records_export(home->ledger, NULL, 0, 0, 2 * N, count_record, &n), 0);
        return n;
}

/* Everything but records is there; of those, what coverage says. */
static void assert_rest_is_there(Home *home)
{
        Pod pod;
        Runner runner;
        Week week;
        Rows rows = outbox_rows(home, true);
        TimeMap map;
        int weeks = 0;

        assert_int_equal(pod_get(home->ledger, POD, &pod), 1);
        assert_string_equal(pod.runner, RUNNER);
        assert_int_equal(pod.placement, PLACEMENT_LEFT_FOOT);
        assert_int_equal(runner_get(home->ledger, RUNNER, &runner), 1);
        assert_int_equal(runner.consent, 1);
        assert_int_equal(week_get(home->ledger, RUNNER, "2026-W46", 0, &week), 1);
        assert_int_equal(week.load_distance_m, 2000);
        assert_int_equal(timebase_map(home->ledger, POD, EPOCH, &map), 1);
        for (size_t i = 0; i < rows.n; i++)
                weeks += rows.list[i].kind == OUTBOX_WEEK;
        assert_true(weeks >= 2);
}

static void send_all_again(Home *home)
{
        Record first = anchor(EPOCH, 1, 0, NOW_MS, CLOCK_SYNCHRONISED);

        (void)store(home, POD, &first, 1);
        assert_int_equal(ledger_begin(home->ledger), 0);
        for (uint32_t seq = 2; seq <= N; seq++) {
                Record record = stride(EPOCH, seq, seq * TICK_HZ);
                StoreResult result = store(home, POD, &record, 1);

                assert_int_equal(result.contradicted, 0);
        }
        assert_int_equal(ledger_commit(home->ledger), 0);
        assert_int_equal(count_records(home), N);
        assert_int_equal(coverage_of(home).missing, 0);
}

static void a_whole_ledger_is_found_whole(void **state)
{
        Home *home = *state;

        fill_and_close(home);
        assert_int_equal(ledger_file_check(home->path, NULL, NULL, NULL, 0), 0);
        rebuild(home); /* and nothing is lost of one that need not have been rebuilt */
        assert_int_equal(count_records(home), N);
        assert_int_equal(coverage_of(home).received, N);
        assert_int_equal(coverage_of(home).missing, 0);
        assert_int_equal(coverage_of(home).durable, 1000);
        assert_rest_is_there(home);
}

static void the_id_is_another_one(void **state)
{
        Home *home = *state;
        char id[16];

        (void)text_copy(id, sizeof(id), ledger_id(home->ledger));
        fill_and_close(home);
        rebuild(home);
        assert_string_not_equal(ledger_id(home->ledger), id);
}

/* What may have been sent is sent again under the same name; what is new has another. */
static void no_message_has_the_name_of_another(void **state)
{
        Home *home = *state;
        char id[16];
        Rows before, after;
        size_t n_new = 0;

        (void)text_copy(id, sizeof(id), ledger_id(home->ledger));
        fill_and_close(home);
        home_reopen(home);
        before = outbox_rows(home, false);
        home->ledger = ledger_close(home->ledger);
        rebuild(home);
        add_week(home, "2026-W47", 1000);
        after = outbox_rows(home, false);
        assert_true(after.n > before.n);
        for (size_t i = 0; i < after.n; i++) {
                if (i < before.n) {
                        assert_int_equal(after.list[i].id, before.list[i].id);
                        assert_string_equal(after.list[i].key, before.list[i].key);
                        assert_string_equal(after.list[i].ledger, id);
                } else {
                        assert_string_equal(after.list[i].ledger, ledger_id(home->ledger));
                        n_new++;
                }
        }
        assert_true(n_new >= 2);
}

static void a_page_of_records_that_is_gone_is_missing_and_asked_for(void **state)
{
        Home *home = *state;
        char message[400] = "";
        EpochCoverage coverage;
        int64_t page;

        fill_and_close(home);
        page = page_of(home, "SELECT pageno FROM dbstat WHERE name = 'record' AND pagetype = 'leaf' LIMIT 1 OFFSET 20");
        overwrite(home->path, (page - 1) * PAGE, PAGE);
        assert_int_equal(ledger_file_check(home->path, NULL, NULL, message, sizeof(message)), -EUCLEAN);
        assert_non_null(strstr(message, "damaged"));
        rebuild(home);
        coverage = coverage_of(home);
        assert_true(coverage.missing > 10 && coverage.missing < 150);
        assert_int_equal(coverage.n_holes, 1);
        assert_int_equal(count_records(home), N - coverage.missing);
        assert_rest_is_there(home);
        send_all_again(home);
}

static void two_pages_far_apart_leave_what_lies_between(void **state)
{
        Home *home = *state;
        EpochCoverage coverage;
        int64_t first, second;

        fill_and_close(home);
        first = page_of(home, "SELECT pageno FROM dbstat WHERE name = 'record' AND pagetype = 'leaf' LIMIT 1 OFFSET 10");
        second = page_of(home, "SELECT pageno FROM dbstat WHERE name = 'record' AND pagetype = 'leaf' LIMIT 1 OFFSET 30");
        overwrite(home->path, (first - 1) * PAGE, PAGE);
        overwrite(home->path, (second - 1) * PAGE, PAGE);
        rebuild(home);
        coverage = coverage_of(home);
        assert_int_equal(coverage.n_holes, 2);
        assert_true(coverage.missing < 300);
        send_all_again(home);
}

static void a_broken_index_costs_nothing(void **state)
{
        Home *home = *state;
        int64_t page;

        fill_and_close(home);
        page = page_of(home, "SELECT rootpage FROM sqlite_master WHERE name = 'record_by_time'");
        overwrite(home->path, (page - 1) * PAGE, PAGE);
        assert_int_equal(ledger_file_check(home->path, NULL, NULL, NULL, 0), -EUCLEAN);
        rebuild(home);
        assert_int_equal(count_records(home), N);
        assert_int_equal(coverage_of(home).missing, 0);
        assert_rest_is_there(home);
}

static void a_file_cut_short_gives_what_is_left(void **state)
{
        Home *home = *state;
        int64_t held;

        fill_and_close(home);
        assert_int_equal(truncate(home->path, size_of(home->path) * 3 / 4), 0);
        assert_int_equal(ledger_open(home->path, home->clock, &home->ledger, NULL, 0), -EUCLEAN);
        rebuild(home);
        held = count_records(home);
        assert_true(held > N / 10 && held < N); /* a page that leads to others may be gone */
        assert_true(coverage_of(home).received == held);
        send_all_again(home);
}

static int is_a_true_one(const StoredRecord *stored, void *userdata)
{
        (void)userdata;
        if (stored->record.kind == RECORD_STRIDE)
                assert_int_equal(stored->record.stride.stride_time_1024, 700);
        return 0;
}

/* SQLite takes what is missing of the last page for zeros. */
static void a_file_cut_within_a_page_gives_no_false_rows(void **state)
{
        Home *home = *state;
        int64_t cut;

        fill_and_close(home);
        cut = page_of(home, "SELECT pageno FROM dbstat WHERE name = 'record' AND pagetype = 'leaf' LIMIT 1 OFFSET 30");
        assert_int_equal(truncate(home->path, (cut - 1) * PAGE + PAGE / 2), 0);
        rebuild(home);
        assert_int_equal(records_export(home->ledger, NULL, 0, 0, 2 * N, is_a_true_one, NULL), 0);
        send_all_again(home);
}

static void without_its_head_nothing_is_left_and_all_is_asked_for(void **state)
{
        Home *home = *state;
        Pod pod;

        fill_and_close(home);
        overwrite(home->path, 0, PAGE);
        assert_int_equal(ledger_open(home->path, home->clock, &home->ledger, NULL, 0), -EUCLEAN);
        assert_true(ledger_file_was_ours(home->path));
        rebuild(home);
        assert_int_equal(pod_get(home->ledger, POD, &pod), 0);
        add_runner(home, RUNNER);
        add_pod(home, POD, PLACEMENT_LEFT_FOOT, true);
        /* the pod freed up to 1000 by the word of before */
        assert_int_equal(epoch_learn(home->ledger, POD, EPOCH, 1001, N), 0);
        assert_int_equal(coverage_of(home).missing, N);
        send_all_again(home);
}

static void a_week_is_revised_above_all_that_was_told(void **state)
{
        Home *home = *state;
        Week week;
        int64_t page;

        fill_and_close(home);
        page = page_of(home, "SELECT rootpage FROM sqlite_master WHERE name = 'week'");
        overwrite(home->path, (page - 1) * PAGE, PAGE);
        rebuild(home);
        assert_int_equal(week_get(home->ledger, RUNNER, "2026-W46", 0, &week), 0);
        add_week(home, "2026-W46", 2000);
        assert_int_equal(week_get(home->ledger, RUNNER, "2026-W46", 0, &week), 1);
        assert_true(week.revision > 1000);
}

static void runners_whose_page_is_gone_come_back_without_consent(void **state)
{
        Home *home = *state;
        Runner runner;
        int64_t page;

        fill_and_close(home);
        page = page_of(home, "SELECT rootpage FROM sqlite_master WHERE name = 'runner'");
        overwrite(home->path, (page - 1) * PAGE, PAGE);
        rebuild(home);
        assert_int_equal(runner_get(home->ledger, RUNNER, &runner), 1);
        assert_int_equal(runner.consent, 0);
        assert_string_equal(runner.zone, "Europe/Berlin");
        assert_int_equal(count_records(home), N);
}

static void a_lost_map_of_time_is_made_from_the_records(void **state)
{
        Home *home = *state;
        TimeMap map;
        int64_t page;

        fill_and_close(home);
        page = page_of(home, "SELECT rootpage FROM sqlite_master WHERE name = 'epoch'");
        overwrite(home->path, (page - 1) * PAGE, PAGE);
        rebuild(home);
        assert_int_equal(timebase_map(home->ledger, POD, EPOCH, &map), 1);
        assert_true(time_map_utc_ms(&map, 10 * TICK_HZ) == NOW_MS + 10000);
        assert_int_equal(count_records(home), N);
        assert_int_equal(coverage_of(home).received, N);
        assert_int_equal(coverage_of(home).first, 1);
}

static void the_damaged_file_is_kept_octet_for_octet(void **state)
{
        Home *home = *state;
        char pattern[96];
        int64_t size;
        glob_t found;

        fill_and_close(home);
        overwrite(home->path, 5 * PAGE, PAGE);
        size = size_of(home->path);
        rebuild(home);
        (void)snprintf(pattern, sizeof(pattern), "%s.aside-*Z", home->path);
        assert_int_equal(glob(pattern, 0, NULL, &found), 0);
        assert_int_equal(found.gl_pathc, 1);
        assert_non_null(strstr(found.gl_pathv[0], ".aside-20261124T080000Z"));
        assert_int_equal(size_of(found.gl_pathv[0]), size);
        globfree(&found);
}

/* Power went between the two renames: the next start finishes it. */
static void a_replacement_that_was_cut_short_is_finished(void **state)
{
        Home *home = *state;
        char next[96], id[16];

        fill_and_close(home);
        rebuild(home);
        (void)text_copy(id, sizeof(id), ledger_id(home->ledger));
        home->ledger = ledger_close(home->ledger);
        (void)snprintf(next, sizeof(next), "%s.next", home->path);
        assert_int_equal(rename(home->path, next), 0);
        home_reopen(home);
        assert_string_equal(ledger_id(home->ledger), id);
        assert_int_equal(access(next, F_OK), -1);
}

static void a_running_ledger_is_not_rebuilt(void **state)
{
        Home *home = *state;
        char message[400] = "";

        assert_int_equal(ledger_file_rebuild(home->path, home->clock, NULL, NULL, message, sizeof(message)), -EADDRINUSE);
        assert_non_null(strstr(message, "systemctl stop strided"));
}

static int leave_all(void **state)
{
        Home *home = *state;
        char pattern[96];
        glob_t found;

        home->ledger = ledger_close(home->ledger);
        (void)snprintf(pattern, sizeof(pattern), "%s*", home->path);
        if (glob(pattern, 0, NULL, &found) == 0) {
                for (size_t i = 0; i < found.gl_pathc; i++)
                        (void)unlink(found.gl_pathv[i]);
                globfree(&found);
        }
        return leave_home(state);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_home, leave_all)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_whole_ledger_is_found_whole),
                TEST(the_id_is_another_one),
                TEST(no_message_has_the_name_of_another),
                TEST(a_page_of_records_that_is_gone_is_missing_and_asked_for),
                TEST(two_pages_far_apart_leave_what_lies_between),
                TEST(a_broken_index_costs_nothing),
                TEST(a_file_cut_short_gives_what_is_left),
                TEST(a_file_cut_within_a_page_gives_no_false_rows),
                TEST(without_its_head_nothing_is_left_and_all_is_asked_for),
                TEST(a_week_is_revised_above_all_that_was_told),
                TEST(runners_whose_page_is_gone_come_back_without_consent),
                TEST(a_lost_map_of_time_is_made_from_the_records),
                TEST(the_damaged_file_is_kept_octet_for_octet),
                TEST(a_replacement_that_was_cut_short_is_finished),
                TEST(a_running_ledger_is_not_rebuilt),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
