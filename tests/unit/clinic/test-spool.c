/* What came in lies on disk until the ledger has it: in order, whole, and whatever else lies there. */
#include "tests/unit/ground.h"

#include "daemon/clinic/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef struct Place {
        char directory[64];
        Spool *spool;
        SpoolItem *item;
} Place;

static int setup(void **state)
{
        Place *place = calloc(1, sizeof(*place));

        assert_non_null(place);
        (void)text_copy(place->directory, sizeof(place->directory), "/tmp/strided-test-XXXXXX");
        assert_non_null(mkdtemp(place->directory));
        assert_int_equal(spool_new(place->directory, &place->spool), 0);
        place->item = calloc(1, sizeof(*place->item));
        assert_non_null(place->item);
        *state = place;
        return 0;
}

static int teardown(void **state)
{
        Place *place = *state;

        spool_free(place->spool);
        (void)nftw(place->directory, ground_remove, 8, FTW_DEPTH | FTW_PHYS);
        free(place->item);
        free(place);
        return 0;
}

static void reopen(Place *place)
{
        place->spool = spool_free(place->spool);
        assert_int_equal(spool_new(place->directory, &place->spool), 0);
}

static void put(Place *place, const char *topic, const char *payload)
{
        assert_true(spool_put(place->spool, topic, payload, strlen(payload)));
}

/* A file that we did not write. */
static void plant(Place *place, const char *name, const char *contents, size_t size)
{
        char path[128];
        int fd;

        (void)snprintf(path, sizeof(path), "%s/%s", place->directory, name);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, contents, size), (ssize_t)size);
        (void)close(fd);
}

static bool is_there(Place *place, const char *name)
{
        char path[128];

        (void)snprintf(path, sizeof(path), "%s/%s", place->directory, name);
        return access(path, F_OK) == 0;
}

static size_t files(Place *place)
{
        DIR *listing = opendir(place->directory);
        size_t n = 0;

        assert_non_null(listing);
        for (const struct dirent *entry; (entry = readdir(listing));)
                n += entry->d_name[0] != '.';
        (void)closedir(listing);
        return n;
}

static void expect(Place *place, const char *topic, const char *payload)
{
        assert_int_equal(spool_next(place->spool, place->item), 1);
        assert_string_equal(place->item->topic, topic);
        assert_int_equal(place->item->size, strlen(payload));
        assert_memory_equal(place->item->payload, payload, strlen(payload));
}

static void take(Place *place, const char *topic, const char *payload)
{
        expect(place, topic, payload);
        assert_int_equal(spool_remove(place->spool, place->item->name), 0);
}

static void expect_none(Place *place)
{
        assert_int_equal(spool_next(place->spool, place->item), 0);
}

static void what_was_put_is_there_after_a_restart_and_until_it_is_removed(void **state)
{
        Place *place = *state;

        put(place, "a/in/diary", "one");
        reopen(place);
        expect(place, "a/in/diary", "one");
        expect(place, "a/in/diary", "one");
        take(place, "a/in/diary", "one");
        expect_none(place);
        assert_int_equal(files(place), 0);
}

static void items_come_in_the_order_they_were_put(void **state)
{
        Place *place = *state;
        char payload[16];

        for (int i = 0; i < 20; i++) {
                if (i == 11) /* the numbers go on */
                        reopen(place);
                (void)snprintf(payload, sizeof(payload), "number %d", i);
                put(place, "t", payload);
        }
        for (int i = 0; i < 20; i++) {
                (void)snprintf(payload, sizeof(payload), "number %d", i);
                take(place, "t", payload);
        }
        expect_none(place);
}

static void payloads_are_octets(void **state)
{
        static const char payload[] = "\n\0\xff 12\n\n";
        Place *place = *state;

        assert_true(spool_put(place->spool, "t", payload, sizeof(payload) - 1));
        assert_true(spool_put(place->spool, "empty", "", 0));
        assert_int_equal(spool_next(place->spool, place->item), 1);
        assert_int_equal(place->item->size, sizeof(payload) - 1);
        assert_memory_equal(place->item->payload, payload, sizeof(payload) - 1);
        assert_int_equal(spool_remove(place->spool, place->item->name), 0);
        take(place, "empty", "");
}

static void of_a_payload_that_is_too_large_the_size_and_the_beginning_are_kept(void **state)
{
        Place *place = *state;
        char *payload = malloc(SPOOL_PAYLOAD_MAX + 5);

        assert_non_null(payload);
        memset(payload, 'x', SPOOL_PAYLOAD_MAX + 5);
        assert_true(spool_put(place->spool, "t", payload, SPOOL_PAYLOAD_MAX + 5));
        assert_int_equal(spool_next(place->spool, place->item), 1);
        assert_int_equal(place->item->size, SPOOL_PAYLOAD_MAX + 5);
        assert_memory_equal(place->item->payload, payload, SPOOL_PAYLOAD_MAX);
        free(payload);
}

static void a_file_cut_in_its_payload_is_as_long_as_what_is_left(void **state)
{
        Place *place = *state;

        plant(place, "0000000000000001.in", "t\n100\nonly this", 15);
        take(place, "t", "only this");
}

static void leftovers_of_a_crash_and_strange_files_are_ignored(void **state)
{
        static const char *const names[] = {
                "0000000000000001.in.new", "0000000000000002.in.bad", "README",
                "1.in",                    "0000000000000001.in~",    "0000000000000003.IN",
        };
        Place *place = *state;

        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                plant(place, names[i], "t\n4\nevil", 8);
        reopen(place);
        expect_none(place);
        put(place, "t", "good");
        take(place, "t", "good");
        expect_none(place);
        assert_int_equal(files(place), ARRAY_SIZE(names) - 1); /* half a message of a crash is removed */
}

/* As the intake does. */
static size_t set_aside_damaged(Place *place)
{
        size_t n = 0;

        for (; spool_next(place->spool, place->item) == -EUCLEAN; n++)
                assert_int_equal(spool_set_aside(place->spool, place->item->name), 0);
        return n;
}

static void what_cannot_be_read_is_told_and_set_aside_does_not_block_what_came_later(void **state)
{
        static const struct {
                const char *name, *contents;
        } damaged[] = {
                {"0000000000000001.in", ""},
                {"0000000000000002.in", "a topic without an end"},
                {"0000000000000003.in", "t\n"},
                {"0000000000000004.in", "t\n12"},
                {"0000000000000005.in", "t\nmany\npayload"},
                {"0000000000000006.in", "t\n-1\npayload"},
        };
        Place *place = *state;
        char name[32], path[128];

        for (size_t i = 0; i < ARRAY_SIZE(damaged); i++)
                plant(place, damaged[i].name, damaged[i].contents, strlen(damaged[i].contents));
        (void)snprintf(path, sizeof(path), "%s/0000000000000007.in", place->directory);
        assert_int_equal(mkdir(path, 0700), 0);
        (void)snprintf(path, sizeof(path), "%s/0000000000000008.in", place->directory);
        assert_int_equal(mkfifo(path, 0600), 0);
        reopen(place);
        put(place, "t", "behind them");
        assert_int_equal(set_aside_damaged(place), ARRAY_SIZE(damaged) + 2);
        take(place, "t", "behind them");
        expect_none(place);
        for (size_t i = 1; i <= ARRAY_SIZE(damaged) + 2; i++) {
                (void)snprintf(name, sizeof(name), "bad-%02zu", i);
                assert_true(is_there(place, name));
        }
}

static void a_put_that_fails_says_so_and_leaves_nothing(void **state)
{
        Place *place = *state;
        char path[128];

        /* the next name is taken by something that cannot be replaced by a file */
        (void)snprintf(path, sizeof(path), "%s/0000000000000001.in", place->directory);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_false(spool_put(place->spool, "t", "lost?", 5));
        assert_false(is_there(place, "0000000000000001.in.new"));
        put(place, "t", "the next attempt");
        assert_int_equal(set_aside_damaged(place), 1);
        take(place, "t", "the next attempt");
}

static void a_topic_longer_than_any_of_ours_is_dropped_for_good(void **state)
{
        Place *place = *state;
        char topic[1000];

        memset(topic, 'a', sizeof(topic) - 1);
        topic[sizeof(topic) - 1] = '\0';
        assert_true(spool_put(place->spool, topic, "x", 1));
        expect_none(place);
        assert_int_equal(files(place), 0);
}

static void removing_what_is_gone_is_no_error(void **state)
{
        Place *place = *state;

        assert_int_equal(spool_remove(place->spool, "0000000000000009.in"), 0);
}

static void a_spool_that_cannot_be_made_says_why(void **state)
{
        Place *place = *state;
        char path[128];
        Spool *spool = NULL;

        plant(place, "file", "", 0);
        (void)snprintf(path, sizeof(path), "%s/file/inbound", place->directory);
        assert_int_equal(spool_new(path, &spool), -ENOTDIR);
        assert_null(spool);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                IN_PLACE(what_was_put_is_there_after_a_restart_and_until_it_is_removed),
                IN_PLACE(items_come_in_the_order_they_were_put),
                IN_PLACE(payloads_are_octets),
                IN_PLACE(of_a_payload_that_is_too_large_the_size_and_the_beginning_are_kept),
                IN_PLACE(a_file_cut_in_its_payload_is_as_long_as_what_is_left),
                IN_PLACE(leftovers_of_a_crash_and_strange_files_are_ignored),
                IN_PLACE(what_cannot_be_read_is_told_and_set_aside_does_not_block_what_came_later),
                IN_PLACE(a_put_that_fails_says_so_and_leaves_nothing),
                IN_PLACE(a_topic_longer_than_any_of_ours_is_dropped_for_good),
                IN_PLACE(removing_what_is_gone_is_no_error),
                IN_PLACE(a_spool_that_cannot_be_made_says_why),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
