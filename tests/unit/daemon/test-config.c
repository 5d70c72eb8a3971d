/* The configuration: every default fits, every error is named with its place. */
#include "daemon/config.h"

#include "daemon/measure/parameters.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

typedef struct Read {
        Config config;
        char errors[4096];
        int n_errors;
} Read;

static Read read_text(const char *text)
{
        char path[] = "/tmp/strided-config-XXXXXX";
        int fd = mkstemp(path);
        Read result = {0};
        FILE *errors = fmemopen(result.errors, sizeof(result.errors) - 1, "w");

        assert_true(fd >= 0);
        assert_non_null(errors);
        assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
        close(fd);
        result.n_errors = config_read(path, &result.config, errors);
        fclose(errors);
        unlink(path);
        return result;
}

static void an_empty_file_gives_the_defaults(void **state)
{
        Read read = read_text("# nothing\n");

        (void)state;
        assert_int_equal(read.n_errors, 0);
        assert_string_equal(read.config.state_directory, "/var/lib/strided");
        assert_int_equal(read.config.clinic.port, 8883);
        assert_true(read.config.clinic.tls);
        assert_int_equal(read.config.clinic.keep_alive_s, 60);
        assert_int_equal(read.config.measure.running_min_ms, measure_defaults.running_min_ms);
}

static void options_are_taken(void **state)
{
        Read read = read_text("[gateway]\nclinic = north\ngateway=gw-7\n[broker]\nhost = h\n"
                              "port=1883\ntls = no\nuser = u\n");

        (void)state;
        assert_int_equal(read.n_errors, 0);
        assert_string_equal(read.config.clinic.clinic, "north");
        assert_string_equal(read.config.clinic.gateway, "gw-7");
        assert_int_equal(read.config.clinic.port, 1883);
        assert_false(read.config.clinic.tls);
}

static void options_of_measures_are_taken_in_their_own_units(void **state)
{
        Read read = read_text("[measure]\nclock_span_days = 22\nflag_steady_min = 7.5\nacwr = yes\n");

        (void)state;
        assert_string_equal(read.errors, "");
        assert_int_equal(read.config.measure.pain_clock.need_days, 22);
        assert_true(read.config.measure.flag.steady_min_s == 450);
        assert_true(read.config.measure.acwr);
        assert_true(read.config.measure.sitting.wear_min_s == measure_defaults.sitting.wear_min_s);
}

static void options_of_measures_out_of_range_or_at_odds_are_errors(void **state)
{
        Read read = read_text("[measure]\nclock_span_days = 1\ntrend_weeks = 5.5\nsiting_days = 3\n"
                              "prong_partial_share = 0.9\n");

        (void)state;
        assert_int_equal(read.n_errors, 4);
        assert_non_null(strstr(read.errors, ":2: clock_span_days = 1 is outside 8 to 92"));
        assert_non_null(strstr(read.errors, ":3: trend_weeks = '5.5' is not valid"));
        assert_non_null(strstr(read.errors, "nearest is 'sitting_days' in [measure]"));
        assert_non_null(strstr(read.errors, "prong_partial_share must not be above prong_met_share"));
}

static void an_unknown_key_names_its_line_and_the_nearest_one(void **state)
{
        Read read = read_text("[broker]\nhost = h\nprot = 1883\n");

        (void)state;
        assert_int_equal(read.n_errors, 1);
        assert_non_null(strstr(read.errors, ":3: unknown option 'prot' in [broker]"));
        assert_non_null(strstr(read.errors, "nearest is 'port' in [broker]"));
}

static void all_errors_are_named_at_once(void **state)
{
        Read read = read_text("[broker]\nport = 99999\ntls = maybe\nkeep_alive_s = 5\n"
                              "[gateway]\nclinic = a/b\nlog_level = loud\n");

        (void)state;
        assert_int_equal(read.n_errors, 5);
        assert_non_null(strstr(read.errors, ":2: port = 99999 is outside 1 to 65535"));
        assert_non_null(strstr(read.errors, ":3: tls = 'maybe' is not valid"));
        assert_non_null(strstr(read.errors, ":4: keep_alive_s = 5 is outside 10 to 3600"));
        assert_non_null(strstr(read.errors, ":6: clinic = 'a/b' is not valid"));
        assert_non_null(strstr(read.errors, ":7: log_level = 'loud' is not valid"));
}

static void a_line_that_is_neither_section_nor_pair_is_an_error(void **state)
{
        Read read = read_text("[broker]\nhost h\n");

        (void)state;
        assert_int_equal(read.n_errors, 1);
        assert_non_null(strstr(read.errors, ":2: neither [section] nor key = value"));
}

static void an_indented_line_is_not_appended_to_the_one_before(void **state)
{
        Read read = read_text("[broker]\nport = 1883\n  tls = maybe\n\tuser = u\n   # a comment\n  \n");

        (void)state;
        assert_non_null(strstr(read.errors, ":3: the line begins with a blank"));
        assert_non_null(strstr(read.errors, ":4: the line begins with a blank"));
        assert_null(strstr(read.errors, "port"));
        assert_int_equal(read.n_errors, 2);
}

static void a_comment_longer_than_the_buffer_is_one_line(void **state)
{
        char text[2048];
        Read read;

        (void)state;
        (void)snprintf(text, sizeof(text), "[broker]\n# %0700d tls = no\nprot = 1\n", 0);
        for (char *at = strchr(text, '0'); *at == '0'; at += 2)
                *at = ' ';
        read = read_text(text);
        assert_int_equal(read.n_errors, 1);
        assert_non_null(strstr(read.errors, ":3: unknown option 'prot'"));
}

static void a_value_longer_than_the_buffer_is_an_error(void **state)
{
        char text[2048];
        Read read;

        (void)state;
        (void)snprintf(text, sizeof(text), "[broker]\nhost = %0700d\nport = 1\n", 0);
        read = read_text(text);
        assert_true(read.n_errors > 0);
        assert_non_null(strstr(read.errors, ":2: the line is longer than"));
        assert_null(strstr(read.errors, ":3:"));
}

static void a_missing_file_is_named(void **state)
{
        char text[512] = "";
        FILE *errors = fmemopen(text, sizeof(text) - 1, "w");
        Config config;

        (void)state;
        assert_int_equal(config_read("/nonexistent/strided.conf", &config, errors), 1);
        fclose(errors);
        assert_non_null(strstr(text, "/nonexistent/strided.conf: cannot be read: No such file"));
}

static void drop_ins_come_later_and_win(void **state)
{
        char directory[] = "/tmp/strided-config-XXXXXX";
        char path[128], drop[160];
        FILE *file;
        Config config;

        (void)state;
        assert_non_null(mkdtemp(directory));
        snprintf(path, sizeof(path), "%s/strided.conf", directory);
        file = fopen(path, "w");
        assert_non_null(file);
        fputs("[broker]\nport = 1000\nuser = base\n", file);
        fclose(file);
        snprintf(drop, sizeof(drop), "%s.d", path);
        assert_int_equal(mkdir(drop, 0700), 0);
        snprintf(drop, sizeof(drop), "%s.d/10-port.conf", path);
        file = fopen(drop, "w");
        assert_non_null(file);
        fputs("[broker]\nport = 2000\n", file);
        fclose(file);
        assert_int_equal(config_read(path, &config, stderr), 0);
        assert_int_equal(config.clinic.port, 2000);
        assert_string_equal(config.clinic.user, "base");
        unlink(drop);
        snprintf(drop, sizeof(drop), "%s.d", path);
        rmdir(drop);
        unlink(path);
        rmdir(directory);
}

static void the_printed_file_is_read_without_errors(void **state)
{
        static char text[16384];
        FILE *out = fmemopen(text, sizeof(text) - 1, "w");
        Read read;

        (void)state;
        config_print(out);
        fclose(out);
        for (char *at = text; *at; at++) { /* uncomment the options, not the sentences */
                if (*at == '#' && at[1] != ' ')
                        memmove(at, at + 1, strlen(at));
        }
        read = read_text(text);
        assert_string_equal(read.errors, "");
        assert_int_equal(read.n_errors, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_empty_file_gives_the_defaults),
                cmocka_unit_test(options_are_taken),
                cmocka_unit_test(options_of_measures_are_taken_in_their_own_units),
                cmocka_unit_test(options_of_measures_out_of_range_or_at_odds_are_errors),
                cmocka_unit_test(an_unknown_key_names_its_line_and_the_nearest_one),
                cmocka_unit_test(all_errors_are_named_at_once),
                cmocka_unit_test(a_line_that_is_neither_section_nor_pair_is_an_error),
                cmocka_unit_test(an_indented_line_is_not_appended_to_the_one_before),
                cmocka_unit_test(a_comment_longer_than_the_buffer_is_one_line),
                cmocka_unit_test(a_value_longer_than_the_buffer_is_an_error),
                cmocka_unit_test(a_missing_file_is_named),
                cmocka_unit_test(drop_ins_come_later_and_win),
                cmocka_unit_test(the_printed_file_is_read_without_errors),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
