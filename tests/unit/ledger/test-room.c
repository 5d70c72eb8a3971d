/* Room where the ledger is, and whether it still writes: on a small file system of our own. */
#include "tests/unit/ledger/fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1024 * 1024LL)

static void there_is_always_room_without_a_minimum(void **state)
{
        Home *home = *state;

        assert_true(ledger_has_room(home->ledger));
}

static void an_impossible_minimum_leaves_no_room_and_the_diary_goes_on(void **state)
{
        Home *home = *state;

        ledger_set_min_free(home->ledger, INT64_MAX / 2);
        assert_false(ledger_has_room(home->ledger));
        add_runner(home, "another");
        ledger_set_min_free(home->ledger, 0);
        assert_true(ledger_has_room(home->ledger));
}

/* Leaves `free_mib` free, or fills up. */
static void leave(Home *home, int64_t free_mib)
{
        char path[128];
        int64_t used, free_octets, size = 0;
        int fd;

        (void)snprintf(path, sizeof(path), "%s/ballast", home->directory);
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(ftruncate(fd, 0), 0);
        assert_int_equal(ledger_size(home->ledger, &used, &free_octets), 0);
        size = free_octets - free_mib * MIB;
        if (size > 0)
                assert_int_equal(posix_fallocate(fd, 0, size), 0);
        close(fd);
}

/* In a child of its own: the small file system goes with it. Exit 77: may not mount here. */
static int run_on_a_small_disk(Home *home)
{
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return 77;
        home->ledger = ledger_close(home->ledger);
        if (mount("tmpfs", home->directory, "tmpfs", 0, "size=32m") < 0)
                return 77;
        home_reopen(home);
        ledger_set_min_free(home->ledger, 8 * MIB);
        assert_true(ledger_has_room(home->ledger));
        leave(home, 9);
        assert_true(ledger_has_room(home->ledger));
        leave(home, 7);
        assert_false(ledger_has_room(home->ledger));
        leave(home, 9); /* above the minimum, but only just */
        assert_false(ledger_has_room(home->ledger));
        leave(home, 11);
        assert_true(ledger_has_room(home->ledger));
        leave(home, 9);
        assert_true(ledger_has_room(home->ledger));
        /* full to the last octet: what cannot be written is told, not hidden */
        leave(home, 0);
        int r = 0;
        for (int i = 0; r >= 0 && i < 1000; i++)
                r = ledger_prove(home->ledger, 0);
        assert_int_equal(r, -ENOSPC);
        leave(home, 11);
        assert_int_equal(ledger_prove(home->ledger, 0), 0);
        home->ledger = ledger_close(home->ledger);
        return 0;
}

static void room_comes_back_only_with_a_margin(void **state)
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

static int64_t commits(Home *home)
{
        int64_t used, free_octets;

        assert_int_equal(ledger_size(home->ledger, &used, &free_octets), 0);
        return used; /* the journal grows with each */
}

static void a_proof_writes_only_when_nothing_was_committed_lately(void **state)
{
        Home *home = *state;
        int64_t before;

        add_runner(home, "third");
        before = commits(home);
        assert_int_equal(ledger_prove(home->ledger, MINUTE_MS), 0);
        assert_int_equal(commits(home), before);
        clock_manual_advance(home->clock, MINUTE_MS);
        assert_int_equal(ledger_prove(home->ledger, MINUTE_MS), 0);
        assert_true(commits(home) > before);
        before = commits(home);
        assert_int_equal(ledger_prove(home->ledger, MINUTE_MS), 0); /* the proof itself counts */
        assert_int_equal(commits(home), before);
}

static void a_ledger_that_is_locked_does_not_prove_itself(void **state)
{
        Home *home = *state;
        sqlite3 *other = NULL;

        assert_int_equal(sqlite3_open(home->path, &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(ledger_prove(home->ledger, 0), -EBUSY);
        assert_int_equal(sqlite3_close(other), SQLITE_OK);
        assert_int_equal(ledger_prove(home->ledger, 0), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(there_is_always_room_without_a_minimum),
                TEST(an_impossible_minimum_leaves_no_room_and_the_diary_goes_on),
                TEST(room_comes_back_only_with_a_margin),
                TEST(a_proof_writes_only_when_nothing_was_committed_lately),
                TEST(a_ledger_that_is_locked_does_not_prove_itself),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
