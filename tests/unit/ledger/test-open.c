/* Opening the file: what is refused is left as it was, and a full disk loses nothing. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/schema.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int try_open(Home *home, char *message, size_t size)
{
        message[0] = '\0';
        return ledger_open(home->path, home->clock, &home->ledger, message, size);
}

static void execute(const char *path, const char *sql)
{
        sqlite3 *db = NULL;

        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

typedef struct Octets {
        size_t size;
        uint8_t data[1 << 20];
} Octets;

static Octets *octets_of(const char *path)
{
        Octets *octets = calloc(1, sizeof(*octets));
        FILE *file = fopen(path, "rb");

        assert_non_null(octets);
        assert_non_null(file);
        octets->size = fread(octets->data, 1, sizeof(octets->data), file);
        assert_int_equal(fclose(file), 0);
        return octets;
}

/* The file is refused with `error`, and not one octet of it changes. */
static void assert_refused_untouched(Home *home, int error, const char *word)
{
        char message[400];
        Octets *before = octets_of(home->path), *after;

        assert_int_equal(try_open(home, message, sizeof(message)), error);
        assert_null(home->ledger);
        assert_non_null(strstr(message, home->path));
        assert_non_null(strstr(message, word));
        after = octets_of(home->path);
        assert_int_equal(after->size, before->size);
        assert_memory_equal(after->data, before->data, before->size);
        free(before);
        free(after);
}

static void write_file(const char *path, const char *octets, size_t size)
{
        FILE *file = fopen(path, "wb");

        assert_non_null(file);
        assert_int_equal(fwrite(octets, 1, size, file), size);
        assert_int_equal(fclose(file), 0);
}

/* ---- good files ---- */

static void a_new_ledger_is_made_and_keeps_its_id(void **state)
{
        Home *home = *state;
        char id[16];

        home_reopen(home);
        assert_string_equal(ledger_path(home->ledger), home->path);
        (void)text_copy(id, sizeof(id), ledger_id(home->ledger));
        assert_int_equal(strlen(id), 8);
        assert_int_equal(strspn(id, "0123456789abcdef"), 8);
        home_reopen(home);
        assert_string_equal(ledger_id(home->ledger), id);
}

static void an_empty_file_becomes_a_ledger(void **state)
{
        Home *home = *state;

        write_file(home->path, "", 0);
        home_reopen(home);
        add_runner(home, RUNNER);
        home_reopen(home);
        add_pod(home, POD, PLACEMENT_LEFT_FOOT, true);
}

static void its_size_and_the_free_space_are_known(void **state)
{
        Home *home = *state;
        int64_t octets = 0, more = 0, free_octets = 0;

        home_reopen(home);
        assert_int_equal(ledger_size(home->ledger, &octets, &free_octets), 0);
        assert_true(octets > 0);
        assert_true(free_octets > 0);
        add_runner(home, RUNNER);
        assert_int_equal(ledger_size(home->ledger, &more, &free_octets), 0);
        assert_true(more > octets); /* the WAL counts */
}

static void what_a_killed_process_committed_is_there(void **state)
{
        Home *home = *state;
        Runner runner;
        int status;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
                home_reopen(home);
                add_runner(home, RUNNER);
                if (ledger_begin(home->ledger) == 0)
                        add_runner(home, "half");
                (void)kill(getpid(), SIGKILL);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        home_reopen(home); /* its lock died with it */
        assert_int_equal(runner_get(home->ledger, RUNNER, &runner), 1);
        assert_int_equal(runner_get(home->ledger, "half", &runner), 0);
}

/* ---- refused files ---- */

static void a_newer_ledger_is_refused_untouched(void **state)
{
        Home *home = *state;
        char sql[64];

        home_reopen(home);
        home->ledger = ledger_close(home->ledger);
        (void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", schema_version() + 1);
        execute(home->path, sql);
        assert_refused_untouched(home, -ENOTUNIQ, "newer");
}

static void another_programs_database_is_refused_untouched(void **state)
{
        Home *home = *state;

        execute(home->path, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
        assert_refused_untouched(home, -EMEDIUMTYPE, "another program's database");
}

static void another_programs_empty_database_is_refused_untouched(void **state)
{
        Home *home = *state;

        execute(home->path, "PRAGMA application_id = 77; PRAGMA user_version = 1");
        assert_refused_untouched(home, -EMEDIUMTYPE, "another program's database");
}

/* As a user who may not write the file but may write beside it. Exit 77: cannot become one. */
static int open_as_nobody(Home *home)
{
        char message[400];

        if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
                return 77;
        if (try_open(home, message, sizeof(message)) != -EROFS)
                return 1;
        return strstr(message, "cannot be written") && strstr(message, home->path) ? 0 : 2;
}

static void a_file_that_may_not_be_written_is_refused(void **state)
{
        Home *home = *state;
        int status;
        pid_t pid;

        home_reopen(home);
        home->ledger = ledger_close(home->ledger);
        assert_int_equal(chmod(home->path, 0444), 0);
        assert_int_equal(chmod(home->directory, 0777), 0);
        {
                char lock[96];

                (void)snprintf(lock, sizeof(lock), "%s.lock", home->path);
                assert_int_equal(chmod(lock, 0666), 0);
        }
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
                _exit(open_as_nobody(home));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) == 77) {
                print_message("skipped: root may write all, and cannot become another user here\n");
                skip();
        }
        assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_path_too_long_is_told(void **state)
{
        Home *home = *state;
        Ledger *ledger = NULL;
        char path[600], message[800] = "";

        memset(path, 'p', sizeof(path) - 1);
        path[0] = '/';
        path[sizeof(path) - 1] = '\0';
        assert_int_equal(ledger_open(path, home->clock, &ledger, message, sizeof(message)),
                         -ENAMETOOLONG);
        assert_non_null(strstr(message, "too long"));
}

static void a_file_that_is_no_database_is_refused_untouched(void **state)
{
        Home *home = *state;
        char octets[8192];

        memset(octets, 'x', sizeof(octets));
        write_file(home->path, octets, sizeof(octets));
        assert_refused_untouched(home, -EUCLEAN, "no ledger, or damaged");
}

static void a_damaged_header_is_refused_untouched(void **state)
{
        Home *home = *state;
        int fd;

        home_reopen(home);
        home->ledger = ledger_close(home->ledger);
        fd = open(home->path, O_RDWR | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(pwrite(fd, "garbage garbage!", 16, 0), 16);
        close(fd);
        assert_refused_untouched(home, -EUCLEAN, "damaged");
}

static void a_second_opener_is_refused_and_told_who_has_it(void **state)
{
        Home *home = *state;
        Ledger *second = NULL;
        char message[400] = "", pid[24];

        home_reopen(home);
        (void)snprintf(pid, sizeof(pid), "pid %d)", (int)getpid());
        assert_int_equal(ledger_open(home->path, home->clock, &second, message, sizeof(message)),
                         -EADDRINUSE);
        assert_null(second);
        assert_non_null(strstr(message, pid));
        assert_non_null(strstr(message, "Stop that one first"));
        add_runner(home, RUNNER); /* the first one goes on */
        home_reopen(home);
}

static void a_message_is_not_needed(void **state)
{
        Home *home = *state;

        write_file(home->path, "this is no database, and it is longer than 16 octets", 52);
        assert_int_equal(ledger_open(home->path, home->clock, &home->ledger, NULL, 0), -EUCLEAN);
}

static void a_missing_directory_is_told(void **state)
{
        Home *home = *state;
        Ledger *ledger = NULL;
        char message[400] = "";

        assert_int_equal(ledger_open("/nonexistent/ledger.db", home->clock, &ledger, message,
                                     sizeof(message)),
                         -ENOENT);
        assert_non_null(strstr(message, "/nonexistent/ledger.db"));
}

static void a_ledger_locked_by_another_program_is_busy(void **state)
{
        Home *home = *state;
        sqlite3 *other = NULL;
        Runner runner;

        home_reopen(home);
        assert_int_equal(sqlite3_open(home->path, &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(ledger_begin(home->ledger), -EBUSY);
        assert_int_equal(runner_get(home->ledger, RUNNER, &runner), 0); /* reading goes on */
        assert_int_equal(sqlite3_close(other), SQLITE_OK);
        add_runner(home, RUNNER);
}

/* ---- no room ---- */

static void fill(Home *home, int *ret_error, int64_t *ret_stored)
{
        *ret_stored = 0;
        for (uint32_t seq = 1; seq < 100000; seq += 100) {
                Record batch[100];

                for (uint32_t i = 0; i < 100; i++)
                        batch[i] = stride(7, seq + i, (seq + i) * 700);
                *ret_error = records_store(home->ledger, POD, batch, 100, NULL);
                if (*ret_error < 0)
                        return;
                *ret_stored += 100;
        }
}

static int count_received(const EpochCoverage *coverage, void *userdata)
{
        *(int64_t *)userdata += coverage->received;
        return 0;
}

/* What was accepted is there, what was refused is not, and reading goes on. */
static void assert_whole(Home *home, int64_t stored)
{
        int64_t received = 0;

        assert_true(stored > 0);
        assert_int_equal(epoch_each(home->ledger, POD, count_received, &received), 0);
        assert_int_equal(received, stored);
}

static void a_file_that_may_not_grow_keeps_what_it_accepted(void **state)
{
        Home *home = *state;
        struct rlimit old, limit;
        int error = 0;
        int64_t stored;
        Record record = stride(8, 1, 1);

        home_reopen(home);
        add_runner(home, RUNNER);
        add_pod(home, POD, PLACEMENT_LEFT_FOOT, true);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
        limit = old;
        limit.rlim_cur = 1 << 20;
        (void)signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        fill(home, &error, &stored);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        assert_int_equal(error, -EIO);
        assert_true(strlen(ledger_error(home->ledger)) > 0);
        assert_whole(home, stored);
        home_reopen(home);
        assert_whole(home, stored);
        assert_int_equal(store(home, POD, &record, 1).stored, 1);
}

/* In a child of its own: the small file system goes with it. Exit 77: may not mount here. */
static int run_on_a_small_disk(Home *home)
{
        int error = 0;
        int64_t stored;

        if (unshare(CLONE_NEWNS) < 0 ||
            mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", home->directory, "tmpfs", 0, "size=1m") < 0)
                return 77;
        home_reopen(home);
        add_runner(home, RUNNER);
        add_pod(home, POD, PLACEMENT_LEFT_FOOT, true);
        fill(home, &error, &stored);
        assert_int_equal(error, -ENOSPC);
        assert_whole(home, stored);
        home->ledger = ledger_close(home->ledger);
        /* There is room again: it goes on where it stopped. */
        assert_int_equal(mount(NULL, home->directory, NULL, MS_REMOUNT, "size=8m"), 0);
        home_reopen(home);
        assert_whole(home, stored);
        Record record = stride(8, 1, 1);
        assert_int_equal(store(home, POD, &record, 1).stored, 1);
        home->ledger = ledger_close(home->ledger);
        return 0;
}

static void a_full_disk_keeps_what_it_accepted(void **state)
{
        int status;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0)
                _exit(run_on_a_small_disk(*state));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status) == 77) {
                print_message("skipped: mounting a tmpfs needs root\n");
                skip();
        }
        assert_int_equal(WEXITSTATUS(status), 0);
}

#define BARE_TEST(name) cmocka_unit_test_setup_teardown(name, make_bare_home, leave_home)

/* What the first version left waiting is cleared by the second one. */
static void rows_that_clear_a_topic_are_migrated(void **state)
{
        static const struct {
                OutboxKind clears;
                const char *key;
        } expected[] = {{OUTBOX_SUMMARY, ""}, {OUTBOX_WEEK, "2026-W01"}, {OUTBOX_RUN, "20261124T081000Z"}};
        Home *home = *state;
        Rows rows;

        home_reopen(home);
        home->ledger = ledger_close(home->ledger);
        assert_int_equal(unlink(home->path), 0);
        execute(home->path, schema_step(0));
        execute(home->path,
                "INSERT INTO outbox (kind, state, runner, key, revision, made) VALUES"
                " (6, 0, 'anna', 'anna/summary', 0, 5), (6, 0, 'anna', 'anna/week/2026-W01', 0, 5),"
                " (6, 0, 'anna', 'anna/run/20261124T081000Z', 0, 5);"
                "PRAGMA application_id = 0x73747264; PRAGMA user_version = 1");
        home_reopen(home);
        rows = outbox_rows(home, true);
        assert_int_equal(rows.n, ARRAY_SIZE(expected));
        for (size_t i = 0; i < rows.n; i++) {
                assert_int_equal(rows.list[i].kind, OUTBOX_CLEAR);
                assert_int_equal(rows.list[i].clears, expected[i].clears);
                assert_string_equal(rows.list[i].key, expected[i].key);
                assert_string_equal(rows.list[i].runner, "anna");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                BARE_TEST(a_new_ledger_is_made_and_keeps_its_id),
                BARE_TEST(an_empty_file_becomes_a_ledger),
                BARE_TEST(its_size_and_the_free_space_are_known),
                BARE_TEST(what_a_killed_process_committed_is_there),
                BARE_TEST(a_newer_ledger_is_refused_untouched),
                BARE_TEST(another_programs_database_is_refused_untouched),
                BARE_TEST(another_programs_empty_database_is_refused_untouched),
                BARE_TEST(a_file_that_may_not_be_written_is_refused),
                BARE_TEST(a_path_too_long_is_told),
                BARE_TEST(a_file_that_is_no_database_is_refused_untouched),
                BARE_TEST(a_damaged_header_is_refused_untouched),
                BARE_TEST(a_second_opener_is_refused_and_told_who_has_it),
                BARE_TEST(a_message_is_not_needed),
                BARE_TEST(a_missing_directory_is_told),
                BARE_TEST(a_ledger_locked_by_another_program_is_busy),
                BARE_TEST(a_file_that_may_not_grow_keeps_what_it_accepted),
                BARE_TEST(a_full_disk_keeps_what_it_accepted),
                BARE_TEST(rows_that_clear_a_topic_are_migrated),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
