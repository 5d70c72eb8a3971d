/* The broker's password as a systemd credential: used when the configuration names no file. */
#include "daemon/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct Fixture {
        char directory[40];
        char config_path[64];
        char credential_path[64];
} Fixture;

static void write_file(const char *path, const char *text)
{
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static int open_fixture(void **state)
{
        static Fixture f;

        f = (Fixture){.directory = "/tmp/strided-credential-XXXXXX"};
        assert_non_null(mkdtemp(f.directory));
        (void)snprintf(f.config_path, sizeof(f.config_path), "%s/strided.conf", f.directory);
        (void)snprintf(f.credential_path, sizeof(f.credential_path), "%s/broker-password", f.directory);
        write_file(f.config_path, "[broker]\nhost = h\n");
        assert_int_equal(setenv("CREDENTIALS_DIRECTORY", f.directory, 1), 0);
        *state = &f;
        return 0;
}

static int close_fixture(void **state)
{
        Fixture *f = *state;

        (void)unsetenv("CREDENTIALS_DIRECTORY");
        (void)unlink(f->config_path), (void)unlink(f->credential_path);
        return rmdir(f->directory);
}

static void the_credential_is_the_password_file_when_none_is_named(void **state)
{
        Fixture *f = *state;
        Config config;

        write_file(f->credential_path, "secret\n");
        assert_int_equal(config_read(f->config_path, &config, stderr), 0);
        assert_string_equal(config.clinic.password_file, f->credential_path);
}

static void a_named_file_wins(void **state)
{
        Fixture *f = *state;
        Config config;

        write_file(f->credential_path, "secret\n");
        write_file(f->config_path, "[broker]\nhost = h\npassword_file = /elsewhere\n");
        assert_int_equal(config_read(f->config_path, &config, stderr), 0);
        assert_string_equal(config.clinic.password_file, "/elsewhere");
}

static void without_a_credential_there_is_no_password(void **state)
{
        Fixture *f = *state;
        Config config;

        assert_int_equal(config_read(f->config_path, &config, stderr), 0);
        assert_string_equal(config.clinic.password_file, "");
        (void)unsetenv("CREDENTIALS_DIRECTORY");
        assert_int_equal(config_read(f->config_path, &config, stderr), 0);
        assert_string_equal(config.clinic.password_file, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
        const struct CMUnitTest tests[] = {
                TEST(the_credential_is_the_password_file_when_none_is_named),
                TEST(a_named_file_wins),
                TEST(without_a_credential_there_is_no_password),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
