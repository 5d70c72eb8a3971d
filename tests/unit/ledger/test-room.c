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

/* What is written to a file without a name is lost with the program: nothing may be confirmed on it. */
static void check_elsewhere(Home *home, const char *suffix)
{
        char path[96], aside[112];

        (void)snprintf(path, sizeof(path), "%s%s", home->path, suffix);
        (void)snprintf(aside, sizeof(aside), "%s.aside", path);
        assert_int_equal(ledger_prove(home->ledger, 0), 0);
        assert_false(ledger_is_elsewhere(home->ledger));
        assert_int_equal(rename(path, aside), 0);
        assert_int_equal(ledger_prove(home->ledger, 0), -EIO);
        assert_true(ledger_is_elsewhere(home->ledger));
        assert_int_equal(ledger_disk(home->ledger), DISK_FAILING);
        assert_non_null(strstr(ledger_error(home->ledger), "removed or replaced"));
        close(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)); /* another one in its place */
        assert_int_equal(ledger_prove(home->ledger, 0), -EIO);
        assert_int_equal(rename(aside, path), 0);
        assert_int_equal(ledger_prove(home->ledger, 0), 0);
        assert_int_equal(ledger_disk(home->ledger), DISK_OK);
}

static void nothing_is_committed_to_a_file_that_was_removed_or_replaced(void **state)
{
        check_elsewhere(*state, "");
        check_elsewhere(*state, "-wal");
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

/* Raw packets are the quickest way to make a file grow. */
static void fill(Home *home, int64_t until_octets)
{
        static char packet[4000];
        int64_t used = 0;

        for (unsigned i = 0; used < until_octets; i++) {
                char pod[ADDRESS_SIZE];

                (void)snprintf(packet, sizeof(packet), "%u", i);
                (void)snprintf(pod, sizeof(pod), "pod-%u", i / 500);
                assert_int_equal(raw_packet_keep(home->ledger, pod, "180a", packet, sizeof(packet), "x"), 0);
                assert_int_equal(ledger_used(home->ledger, &used), 0);
        }
}

static void a_budget_is_told_before_it_is_used_up(void **state)
{
        Home *home = *state;
        int r = 0;

        ledger_set_size_max(home->ledger, 4 * MIB);
        assert_int_equal(ledger_disk(home->ledger), DISK_OK);
        fill(home, 4 * MIB * 81 / 100);
        assert_int_equal(ledger_disk(home->ledger), DISK_HIGH);
        assert_true(ledger_has_room(home->ledger));
        fill(home, 4 * MIB * 96 / 100);
        assert_int_equal(ledger_disk(home->ledger), DISK_LOW);
        assert_false(ledger_has_room(home->ledger));
        add_runner(home, "people-go-on");
        /* the last bound: the file does not grow above it, and what does not fit is told */
        for (int i = 0; r >= 0 && i < 100; i++) {
                char packet[4000] = "";

                (void)snprintf(packet, sizeof(packet), "z%d", i);
                r = raw_packet_keep(home->ledger, "pod-z", "180a", packet, sizeof(packet), "x");
        }
        assert_int_equal(r, -ENOSPC);
        assert_int_equal(ledger_disk(home->ledger), DISK_FULL);
        assert_false(ledger_has_room(home->ledger));
        ledger_set_size_max(home->ledger, 8 * MIB);
        clock_manual_advance(home->clock, MINUTE_MS);
        assert_true(ledger_has_room(home->ledger)); /* it looks for itself */
        assert_int_equal(ledger_disk(home->ledger), DISK_OK);
}

static void the_budget_comes_back_only_with_a_margin(void **state)
{
        Home *home = *state;
        int64_t used = 0;

        fill(home, 3 * MIB);
        assert_int_equal(ledger_used(home->ledger, &used), 0);
        ledger_set_size_max(home->ledger, used * 100 / 96);
        assert_false(ledger_has_room(home->ledger));
        ledger_set_size_max(home->ledger, used * 100 / 92);
        assert_false(ledger_has_room(home->ledger));
        ledger_set_size_max(home->ledger, used * 100 / 88);
        assert_true(ledger_has_room(home->ledger));
        assert_int_equal(ledger_disk(home->ledger), DISK_HIGH);
        ledger_set_size_max(home->ledger, used * 100 / 77);
        assert_int_equal(ledger_disk(home->ledger), DISK_HIGH);
        ledger_set_size_max(home->ledger, used * 100 / 73);
        assert_int_equal(ledger_disk(home->ledger), DISK_OK);
        ledger_set_size_max(home->ledger, 0);
        assert_int_equal(ledger_disk(home->ledger), DISK_OK);
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
                TEST(nothing_is_committed_to_a_file_that_was_removed_or_replaced),
                TEST(an_impossible_minimum_leaves_no_room_and_the_diary_goes_on),
                TEST(room_comes_back_only_with_a_margin),
                TEST(a_budget_is_told_before_it_is_used_up),
                TEST(the_budget_comes_back_only_with_a_margin),
                TEST(a_proof_writes_only_when_nothing_was_committed_lately),
                TEST(a_ledger_that_is_locked_does_not_prove_itself),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
