/* Zones against Python's zoneinfo (tests/data/zones/zones.txt), and against files that are none.
 * Usage: test-zone ZONES.txt */
#include "base/zone.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

static const char *vectors_path;

static Zone *zone_of(const char *name)
{
        Zone *zone = NULL;

        assert_int_equal(zone_new(name, &zone), 0);
        return zone;
}

static void offsets_and_days_are_those_of_another_implementation(void **state)
{
        FILE *file = fopen(vectors_path, "re");
        char kind[16], name[64], made_of[32] = "";
        CLEANUP(zone_freep) Zone *zone = NULL;
        long long a, b;
        int n_checked = 0;

        (void)state;
        assert_non_null(file);
        assert_int_equal(fscanf(file, "tzdata %31s", made_of), 1);
        while (fscanf(file, "%15s %63s %lld %lld", kind, name, &a, &b) == 4) {
                long long got;

                if (!zone || strcmp(zone_name(zone), name) != 0) {
                        zone = zone_free(zone);
                        zone = zone_of(name);
                }
                got = strcmp(kind, "day") == 0 ? zone_day_start_utc_ms(zone, (int32_t)a) / 1000
                                               : zone_offset_s(zone, a * 1000);
                if (got != b)
                        fail_msg("%s %s %lld: expected %lld by tzdata %s, got %lld", kind, name, a, b,
                                 made_of, got);
                n_checked++;
        }
        assert_true(feof(file));
        assert_int_equal(fclose(file), 0);
        assert_true(n_checked > 400);
}

/* 2026-03-29: 23 hours; 2026-10-25: 25 hours. Days 20541 and 20751. */
static void a_day_has_23_or_25_hours_when_clocks_change(void **state)
{
        CLEANUP(zone_freep) Zone *zone = zone_of("Europe/Berlin");
        int32_t march = day_from_civil(2026, 3, 29), october = day_from_civil(2026, 10, 25);

        (void)state;
        assert_int_equal(zone_day_start_utc_ms(zone, march + 1) - zone_day_start_utc_ms(zone, march),
                         23 * 3600000);
        assert_int_equal(zone_day_start_utc_ms(zone, october + 1) - zone_day_start_utc_ms(zone, october),
                         25 * 3600000);
}

static void a_day_without_midnight_begins_behind_the_gap(void **state)
{
        CLEANUP(zone_freep) Zone *zone = zone_of("America/Sao_Paulo");
        int32_t day = day_from_civil(2018, 11, 4);
        int64_t start_utc_ms = zone_day_start_utc_ms(zone, day);
        char text[40];

        (void)state;
        assert_int_equal(zone_format(zone, start_utc_ms, text, sizeof(text)), 0);
        assert_string_equal(text, "2018-11-04T01:00:00-02:00");
        assert_int_equal(zone_local_day(zone, start_utc_ms), day);
        assert_int_equal(zone_local_day(zone, start_utc_ms - 1), day - 1);
}

static void a_day_that_never_was_begins_where_the_next_does(void **state)
{
        CLEANUP(zone_freep) Zone *zone = zone_of("Pacific/Apia");
        int32_t skipped = day_from_civil(2011, 12, 30);
        IsoWeek week = {2011, 52};

        (void)state;
        assert_int_equal(zone_day_start_utc_ms(zone, skipped), zone_day_start_utc_ms(zone, skipped + 1));
        assert_int_equal(zone_local_day(zone, 1325239199000), skipped - 1);
        assert_int_equal(zone_local_day(zone, 1325239200000), skipped + 1);
        assert_int_equal(zone_week_start_utc_ms(zone, iso_week_add(week, 1)) -
                                 zone_week_start_utc_ms(zone, week),
                         6 * 86400000);
}

static void lord_howe_moves_by_half_an_hour(void **state)
{
        CLEANUP(zone_freep) Zone *zone = zone_of("Australia/Lord_Howe");
        int32_t april = day_from_civil(2026, 4, 5);
        char text[40];

        (void)state;
        assert_int_equal(zone_day_start_utc_ms(zone, april + 1) - zone_day_start_utc_ms(zone, april),
                         24 * 3600000 + 1800000);
        assert_int_equal(zone_format(zone, zone_day_start_utc_ms(zone, april), text, sizeof(text)), 0);
        assert_string_equal(text, "2026-04-05T00:00:00+11:00");
        assert_int_equal(zone_format(zone, zone_day_start_utc_ms(zone, april + 1), text, sizeof(text)), 0);
        assert_string_equal(text, "2026-04-06T00:00:00+10:30");
}

static void weeks_follow_each_other_without_gap(void **state)
{
        static const char *const names[] = {"Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia",
                                            "Australia/Lord_Howe", "America/Scoresbysund"};

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                CLEANUP(zone_freep) Zone *zone = zone_of(names[i]);

                for (IsoWeek week = {2010, 1}; week.year < 2051; week = iso_week_add(week, 1)) {
                        int64_t start_utc_ms = zone_week_start_utc_ms(zone, week);
                        IsoWeek before = zone_week(zone, start_utc_ms - 1);

                        assert_int_equal(iso_week_compare(zone_week(zone, start_utc_ms), week), 0);
                        assert_int_equal(iso_week_compare(before, iso_week_add(week, -1)), 0);
                }
        }
}

static void times_are_written_with_the_offset_in_force(void **state)
{
        static const struct {
                const char *zone;
                int64_t utc_ms;
                const char *text;
        } times[] = {
                {"Europe/Berlin", 1795503600000, "2026-11-24T08:00:00+01:00"},
                {"America/St_Johns", 1782864000000, "2026-06-30T21:30:00-02:30"},
                {"Asia/Kathmandu", 1782864000999, "2026-07-01T05:45:00+05:45"},
                {"Pacific/Apia", 1325246400000, "2011-12-31T02:00:00+14:00"},
                {"Pacific/Apia", 1325239199000, "2011-12-29T23:59:59-10:00"},
                {"UTC", -1, "1969-12-31T23:59:59+00:00"},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
                CLEANUP(zone_freep) Zone *zone = zone_of(times[i].zone);
                char text[26];

                assert_int_equal(zone_format(zone, times[i].utc_ms, text, sizeof(text)), 0);
                assert_string_equal(text, times[i].text);
                assert_int_equal(zone_format(zone, times[i].utc_ms, text, sizeof(text) - 1), -ENOBUFS);
        }
}

static void unknown_zones_are_told_from_names_that_cannot_be_one(void **state)
{
        static const struct {
                const char *name;
                int result;
        } names[] = {
                {"Europe/Atlantis", -ENOENT},
                {"Berlin", -ENOENT},
                {"europe/berlin", -ENOENT},
                {"Europe/Berlin/Mitte", -ENOENT},
                {"", -EINVAL},
                {"/etc/passwd", -EINVAL},
                {"/usr/share/zoneinfo/UTC", -EINVAL},
                {"..", -EINVAL},
                {"../zoneinfo/UTC", -EINVAL},
                {"posixrules", -EINVAL},
                {"right/Europe/Berlin", -EINVAL},
                {"Europe/../UTC", -EINVAL},
                {"Europe/Berlin\n", -EINVAL},
                {"Europe Berlin", -EINVAL},
                {"zone.tab", -EINVAL},
                {"Europe", -EINVAL}, /* a directory */
                {"America/Argentina/Buenos_Aires_and_a_name_too_long", -EINVAL},
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                Zone *zone = NULL;

                print_message("'%s'\n", names[i].name);
                assert_int_equal(zone_new(names[i].name, &zone), names[i].result);
                assert_null(zone);
        }
        assert_null(zone_free(NULL));
}

/* ---- files that are none ---- */

typedef struct Directory {
        char path[64];
        char file[80];
} Directory;

static int make_directory(void **state)
{
        static Directory directory;

        (void)snprintf(directory.path, sizeof(directory.path), "/tmp/test-zone.XXXXXX");
        if (!mkdtemp(directory.path) || setenv("TZDIR", directory.path, 1) < 0)
                return -1;
        (void)snprintf(directory.file, sizeof(directory.file), "%s/Zone", directory.path);
        *state = &directory;
        return 0;
}

static int remove_directory(void **state)
{
        Directory *directory = *state;

        (void)unlink(directory->file); /* a test may not have made it */
        return unsetenv("TZDIR") < 0 || rmdir(directory->path) < 0 ? -1 : 0;
}

static void write_file(const char *path, const void *data, size_t size)
{
        FILE *file = fopen(path, "we");

        assert_non_null(file);
        assert_int_equal(fwrite(data, 1, size, file), size);
        assert_int_equal(fclose(file), 0);
}

static size_t read_berlin(uint8_t *ret, size_t capacity)
{
        FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "re");
        size_t size;

        assert_non_null(file);
        size = fread(ret, 1, capacity, file);
        assert_in_range(size, 100, capacity - 1);
        assert_int_equal(fclose(file), 0);
        return size;
}

static void a_file_cut_anywhere_is_refused(void **state)
{
        Directory *directory = *state;
        uint8_t octets[8192];
        size_t size = read_berlin(octets, sizeof(octets));
        Zone *zone = NULL;

        for (size_t cut = 0; cut < size; cut++) {
                write_file(directory->file, octets, cut);
                assert_int_equal(zone_new("Zone", &zone), -EINVAL);
        }
        write_file(directory->file, octets, size);
        assert_int_equal(zone_new("Zone", &zone), 0);
        assert_string_equal(zone_name(zone), "Zone");
        assert_int_equal(zone_offset_s(zone, 1795503600000), 3600);
        (void)zone_free(zone);
}

static void a_damaged_file_is_refused_or_read_but_never_followed(void **state)
{
        Directory *directory = *state;
        uint8_t whole[8192], octets[8192];
        size_t size = read_berlin(whole, sizeof(whole));
        unsigned seed = (unsigned)time(NULL);

        print_message("seed %u\n", seed);
        srandom(seed);
        for (int round = 0; round < 3000; round++) {
                Zone *zone = NULL;
                int r;

                memcpy(octets, whole, size);
                /* Half of them in the headers, where the counts are. */
                for (int i = 0; i < 4; i++) {
                        size_t span = round % 2 ? size : 44;

                        octets[(size_t)random() % span] = (uint8_t)random();
                }
                write_file(directory->file, octets, size);
                r = zone_new("Zone", &zone);
                if (r == 0) {
                        (void)zone_offset_s(zone, 1795503600000);
                        (void)zone_offset_s(zone, 4102444800000);
                        (void)zone_day_start_utc_ms(zone, 20000);
                        (void)zone_free(zone);
                } else {
                        assert_int_equal(r, -EINVAL);
                }
        }
}

/* Version 2 with one type and no transition; the block of version 1 is empty but for its type. */
static int zone_of_offset(const Directory *directory, int32_t offset_s, const char *rule)
{
        uint8_t header[44] = "TZif2", octets[256];
        const uint8_t type[7] = {(uint8_t)(offset_s >> 24), (uint8_t)(offset_s >> 16),
                                 (uint8_t)(offset_s >> 8), (uint8_t)offset_s};
        size_t size = 0;
        Zone *zone = NULL;
        int r;

        header[39] = header[43] = 1; /* types, octets of names */
        for (int block = 0; block < 2; block++) {
                memcpy(octets + size, header, sizeof(header));
                memcpy(octets + size + sizeof(header), type, sizeof(type));
                size += sizeof(header) + sizeof(type);
        }
        size += (size_t)snprintf((char *)octets + size, sizeof(octets) - size, "\n%s\n", rule);
        write_file(directory->file, octets, size);
        r = zone_new("Zone", &zone);
        (void)zone_free(zone);
        return r;
}

static void an_offset_of_more_than_26_hours_is_refused(void **state)
{
        Directory *directory = *state;

        assert_int_equal(zone_of_offset(directory, 26 * 3600, ""), 0);
        assert_int_equal(zone_of_offset(directory, -26 * 3600, "AAA26"), 0);
        assert_int_equal(zone_of_offset(directory, 26 * 3600 + 1, ""), -EINVAL);
        assert_int_equal(zone_of_offset(directory, -26 * 3600 - 1, ""), -EINVAL);
        assert_int_equal(zone_of_offset(directory, INT32_MIN, ""), -EINVAL);
        assert_int_equal(zone_of_offset(directory, 0, "AAA27"), -EINVAL);
        assert_int_equal(zone_of_offset(directory, 0, "AAA0BBB-27,J60,J300"), -EINVAL);
}

static void a_file_that_counts_leap_seconds_is_refused(void **state)
{
        static const char octets[] = "TZif\0" /* version 1: one type, one leap second */
                                     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                                     "\0\0\0\0" "\0\0\0\0" "\0\0\0\1" "\0\0\0\0" "\0\0\0\1" "\0\0\0\4"
                                     "\0\0\0\0\0\0" "UTC\0" "\x04\xB2\x58\0" "\0\0\0\1";
        Directory *directory = *state;
        char without[sizeof(octets)];
        Zone *zone = NULL;

        write_file(directory->file, octets, sizeof(octets) - 1);
        assert_int_equal(zone_new("Zone", &zone), -EINVAL);
        memcpy(without, octets, sizeof(octets));
        without[31] = 0;
        write_file(directory->file, without, sizeof(octets) - 1 - 8);
        assert_int_equal(zone_new("Zone", &zone), 0);
        assert_int_equal(zone_offset_s(zone, 0), 0);
        (void)zone_free(zone);
}

int main(int argc, char **argv)
{
#define WITH_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(offsets_and_days_are_those_of_another_implementation),
                cmocka_unit_test(a_day_has_23_or_25_hours_when_clocks_change),
                cmocka_unit_test(a_day_without_midnight_begins_behind_the_gap),
                cmocka_unit_test(a_day_that_never_was_begins_where_the_next_does),
                cmocka_unit_test(lord_howe_moves_by_half_an_hour),
                cmocka_unit_test(weeks_follow_each_other_without_gap),
                cmocka_unit_test(times_are_written_with_the_offset_in_force),
                cmocka_unit_test(unknown_zones_are_told_from_names_that_cannot_be_one),
                WITH_DIRECTORY(a_file_cut_anywhere_is_refused),
                WITH_DIRECTORY(a_damaged_file_is_refused_or_read_but_never_followed),
                WITH_DIRECTORY(a_file_that_counts_leap_seconds_is_refused),
                WITH_DIRECTORY(an_offset_of_more_than_26_hours_is_refused),
        };

        if (argc != 2)
                return 2;
        vectors_path = argv[1];
        return cmocka_run_group_tests(tests, NULL, NULL);
}
