/* The inbound spool when things go wrong: no room, a crash in the middle, a damaged item, a flood. */
#include "daemon/clinic/intake.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/roster.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Fixture {
        char directory[48];
        char spool_path[64];
        Clock *clock;
        Ledger *ledger;
        TopicPrefix prefix;
        Spool *spool;
        SpoolItem item;
} Fixture;

static int open_fixture(void **state)
{
        static Fixture f;
        Runner runner = {.id = "r", .zone = "UTC"};
        char path[64];

        f = (Fixture){.directory = "/tmp/strided-spool-full-XXXXXX"};
        assert_non_null(mkdtemp(f.directory));
        (void)snprintf(path, sizeof(path), "%s/ledger.db", f.directory);
        (void)snprintf(f.spool_path, sizeof(f.spool_path), "%s/inbound", f.directory);
        assert_int_equal(clock_new_manual(1795593600000LL, &f.clock), 0);
        assert_int_equal(ledger_open(path, f.clock, &f.ledger, NULL, 0), 0);
        assert_int_equal(runner_add(f.ledger, &runner), 0);
        topic_prefix("c", "g", &f.prefix);
        assert_int_equal(spool_new(f.spool_path, &f.spool), 0);
        *state = &f;
        return 0;
}

static int close_fixture(void **state)
{
        Fixture *f = *state;
        char command[96];

        f->spool = spool_free(f->spool);
        f->ledger = ledger_close(f->ledger);
        f->clock = clock_free(f->clock);
        (void)snprintf(command, sizeof(command), "rm -r %s", f->directory);
        return system(command);
}

static bool put(Fixture *f, int id)
{
        char payload[128];

        (void)snprintf(payload, sizeof(payload),
                       "{\"v\":1,\"id\":\"m%d\",\"at\":\"2026-11-24T08:00:00Z\",\"pain\":3}", id);
        return spool_put(f->spool, "strided/v1/c/g/r/in/diary", payload, strlen(payload));
}

static void write_file(Fixture *f, const char *name, const char *text)
{
        char path[128];
        FILE *file;

        (void)snprintf(path, sizeof(path), "%s/%s", f->spool_path, name);
        file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static bool exists(Fixture *f, const char *name)
{
        char path[128];

        (void)snprintf(path, sizeof(path), "%s/%s", f->spool_path, name);
        return access(path, F_OK) == 0;
}

static int count(const DiaryEntry *entry, void *userdata)
{
        (void)entry;
        (*(int *)userdata)++;
        return 0;
}

static int n_entries(Fixture *f)
{
        int n = 0;

        assert_int_equal(diary_each(f->ledger, "r", 0, INT64_MAX, count, &n), 0);
        return n;
}

static void what_cannot_be_written_is_refused_and_leaves_nothing(void **state)
{
        Fixture *f = *state;
        struct rlimit before, tight;
        bool kept;
        int error;

        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        tight = (struct rlimit){.rlim_cur = 40, .rlim_max = before.rlim_max};
        (void)signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
        kept = put(f, 1);
        error = errno;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_false(kept);
        assert_int_equal(error, EFBIG);
        assert_false(exists(f, "0000000000000001.in.new"));
        assert_int_equal(spool_next(f->spool, &f->item), 0);
        assert_true(put(f, 1));
        assert_int_equal(spool_next(f->spool, &f->item), 1);
}

static void a_full_spool_refuses_until_there_is_room(void **state)
{
        Fixture *f = *state;

        for (int i = 0; i < SPOOL_ITEMS_MAX; i++)
                assert_true(put(f, i));
        assert_false(put(f, SPOOL_ITEMS_MAX));
        assert_int_equal(errno, ENOBUFS);
        f->spool = spool_free(f->spool);
        assert_int_equal(spool_new(f->spool_path, &f->spool), 0);
        assert_false(put(f, SPOOL_ITEMS_MAX)); /* also after a restart */
        assert_int_equal(spool_next(f->spool, &f->item), 1);
        assert_int_equal(spool_remove(f->spool, f->item.name), 0);
        assert_int_equal(spool_remove(f->spool, f->item.name), 0); /* twice makes no more room */
        assert_true(put(f, SPOOL_ITEMS_MAX));
        assert_false(put(f, SPOOL_ITEMS_MAX + 1));
}

static void what_a_crash_left_half_written_goes_at_the_start(void **state)
{
        Fixture *f = *state;

        write_file(f, "0000000000000007.in.new", "strided/v1/c/g/r/in/di");
        f->spool = spool_free(f->spool);
        assert_int_equal(spool_new(f->spool_path, &f->spool), 0);
        assert_false(exists(f, "0000000000000007.in.new"));
        assert_int_equal(spool_next(f->spool, &f->item), 0);
}

static void items_come_in_order_of_arrival_however_many_there_are(void **state)
{
        Fixture *f = *state;

        for (int i = 0; i < 200; i++)
                assert_true(put(f, i));
        for (int i = 0; i < 200; i++) {
                char id[16];

                (void)snprintf(id, sizeof(id), "\"m%d\"", i);
                assert_int_equal(spool_next(f->spool, &f->item), 1);
                f->item.payload[f->item.size] = '\0';
                assert_non_null(strstr(f->item.payload, id));
                assert_int_equal(spool_remove(f->spool, f->item.name), 0);
        }
        assert_int_equal(spool_next(f->spool, &f->item), 0);
}

static void a_damaged_item_is_set_aside_and_those_behind_it_are_taken(void **state)
{
        Fixture *f = *state;
        Intake *intake;

        write_file(f, "0000000000000001.in", "no line end, no size");
        f->spool = spool_free(f->spool);
        assert_int_equal(spool_new(f->spool_path, &f->spool), 0);
        assert_true(put(f, 1));
        assert_int_equal(intake_new(f->ledger, f->clock, &f->prefix, f->spool, &intake), 0);
        intake_wake(intake);
        clock_manual_advance(f->clock, 1000);
        assert_int_equal(n_entries(f), 1);
        assert_int_equal(intake_refused(intake), 1);
        assert_true(exists(f, "bad-01"));
        assert_false(exists(f, "0000000000000001.in"));
        intake_free(intake);
}

static void a_flood_passes_at_its_pace_and_nothing_is_dropped(void **state)
{
        const int n = INTAKE_BURST + 5 * INTAKE_PER_S;
        Fixture *f = *state;
        Intake *intake;

        for (int i = 0; i < n; i++)
                assert_true(put(f, i));
        assert_int_equal(intake_new(f->ledger, f->clock, &f->prefix, f->spool, &intake), 0);
        intake_wake(intake);
        clock_manual_advance(f->clock, 10);
        assert_int_equal(n_entries(f), INTAKE_BURST);
        clock_manual_advance(f->clock, 1000);
        assert_in_range(n_entries(f), INTAKE_BURST + INTAKE_PER_S - 1, INTAKE_BURST + INTAKE_PER_S + 1);
        clock_manual_advance(f->clock, 5000);
        assert_int_equal(n_entries(f), n);
        intake_free(intake);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
        const struct CMUnitTest tests[] = {
                TEST(what_cannot_be_written_is_refused_and_leaves_nothing),
                TEST(a_full_spool_refuses_until_there_is_room),
                TEST(what_a_crash_left_half_written_goes_at_the_start),
                TEST(items_come_in_order_of_arrival_however_many_there_are),
                TEST(a_damaged_item_is_set_aside_and_those_behind_it_are_taken),
                TEST(a_flood_passes_at_its_pace_and_nothing_is_dropped),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
