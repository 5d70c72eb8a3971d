/* A zone database that is older than the rule: weeks are by what the machine knew, and made anew once it
 * knows better. */
#include "tests/unit/daemon/derive-fixture.h"

#include "base/zone.h"
#include "daemon/ledger/zone-files.h"

#include <sys/stat.h>

/* Sunday, 23:30, by the old rule, and Monday, 01:30, by the new one. */
#define SUNDAY_S (5 * 86400 + 14 * 3600 + 30 * 60)

static char directory[32], europe[48], file[64];

/* Always that far east of Greenwich: version 2 with one type and no transition. */
static void write_zone(int hours)
{
        uint8_t header[44] = "TZif2", octets[256];
        int32_t offset_s = hours * 3600;
        const uint8_t type[7] = {(uint8_t)(offset_s >> 24), (uint8_t)(offset_s >> 16),
                                 (uint8_t)(offset_s >> 8), (uint8_t)offset_s};
        FILE *out = fopen(file, "we");
        size_t size = 0;

        assert_non_null(out);
        header[39] = header[43] = 1;
        for (int block = 0; block < 2; block++) {
                memcpy(octets + size, header, sizeof(header));
                memcpy(octets + size + sizeof(header), type, sizeof(type));
                size += sizeof(header) + sizeof(type);
        }
        size += (size_t)snprintf((char *)octets + size, sizeof(octets) - size, "\nXXX-%d\n", hours);
        assert_int_equal(fwrite(octets, 1, size, out), size);
        assert_int_equal(fclose(out), 0);
}

static int make_old_home(void **state)
{
        (void)snprintf(directory, sizeof(directory), "/tmp/test-zones.XXXXXX");
        if (!mkdtemp(directory) || setenv("TZDIR", directory, 1) < 0)
                return -1;
        (void)snprintf(europe, sizeof(europe), "%s/Europe", directory);
        (void)snprintf(file, sizeof(file), "%s/Berlin", europe);
        if (mkdir(europe, 0700) < 0)
                return -1;
        write_zone(1);
        return make_home(state);
}

static int leave_old_home(void **state)
{
        int r = leave(state);

        (void)unlink(file);
        (void)rmdir(europe);
        return unsetenv("TZDIR") < 0 || rmdir(directory) < 0 ? -1 : r;
}

/* A run late on Sunday, and the weeks by the old rule. */
static Derive *run_on_sunday(Home *home)
{
        Derive *derive = start(home);

        set_time(home);
        run_for(home, 2, SUNDAY_S, 60);
        clock_manual_advance(home->clock, 14 * DAY_MS);
        assert_int_equal(zone_files_check(home->ledger), 0); /* the first look */
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, THIS_WEEK).load_runs, 1);
        return derive;
}

static void a_rule_that_comes_later_moves_the_run_to_its_week(void **state)
{
        Home *home = *state;
        Derive *derive = run_on_sunday(home);
        Week week;

        write_zone(3);
        assert_int_equal(zone_files_check(home->ledger), 1);
        assert_int_equal(derive_now(derive), 0);
        week = week_of(home, NEXT_WEEK);
        assert_int_equal(week.load_runs, 1);
        assert_non_null(strstr(week.changed, "zone_changed"));
        assert_int_not_equal(week_of(home, THIS_WEEK).load_runs, 1);
        assert_int_equal(zone_files_check(home->ledger), 0); /* said once */
}

static void the_same_rule_makes_no_revision(void **state)
{
        Home *home = *state;
        Derive *derive = run_on_sunday(home);
        int64_t revision = week_of(home, THIS_WEEK).revision;

        write_zone(1);
        assert_int_equal(zone_files_check(home->ledger), 0);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, THIS_WEEK).revision, revision);
}

static void another_file_with_the_same_days_makes_no_revision_either(void **state)
{
        Home *home = *state;
        Derive *derive = run_on_sunday(home);
        int64_t revision = week_of(home, THIS_WEEK).revision;
        FILE *out = fopen(file, "re+");

        assert_non_null(out); /* an abbreviation of its own */
        assert_int_equal(fseek(out, -6, SEEK_END), 0);
        assert_int_equal(fwrite("YYY", 1, 3, out), 3);
        assert_int_equal(fclose(out), 0);
        assert_int_equal(zone_files_check(home->ledger), 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, THIS_WEEK).revision, revision);
}

static void a_file_that_is_gone_is_waited_for(void **state)
{
        Home *home = *state;
        Derive *derive = run_on_sunday(home);

        assert_int_equal(unlink(file), 0);
        assert_int_equal(zone_files_check(home->ledger), 0);
        write_zone(3);
        assert_int_equal(zone_files_check(home->ledger), 1);
        assert_int_equal(derive_now(derive), 0);
        assert_int_equal(week_of(home, NEXT_WEEK).load_runs, 1);
}

#define OLD(name) cmocka_unit_test_setup_teardown(name, make_old_home, leave_old_home)

int main(void)
{
        const struct CMUnitTest tests[] = {
                OLD(a_rule_that_comes_later_moves_the_run_to_its_week),
                OLD(the_same_rule_makes_no_revision),
                OLD(another_file_with_the_same_days_makes_no_revision_either),
                OLD(a_file_that_is_gone_is_waited_for),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
