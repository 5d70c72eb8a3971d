/* The configuration reader, from a file that has no name. */
#include "tests/fuzz/fuzz.h"

#include "daemon/config.h"

#include <sys/mman.h>

static void check_text(const char *text, size_t size)
{
        PROMISE(memchr(text, '\0', size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        CLEANUP(closep) int fd = memfd_create("strided.conf", MFD_CLOEXEC);
        CLEANUP(freep) char *said = NULL;
        size_t n_said = 0, n_lines = 0;
        FILE *errors = open_memstream(&said, &n_said);
        char path[64];
        Config config;
        int n;

        PROMISE(fd >= 0 && errors && write(fd, data, size) == (ssize_t)size);
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        config_init(&config);
        n = config_read(path, &config, errors);
        PROMISE(fclose(errors) == 0 && n >= 0);
        for (size_t i = 0; i < n_said; i++)
                n_lines += said[i] == '\n';
        PROMISE(n_lines == (size_t)n); /* a line for each */
        check_text(config.clinic.host, sizeof(config.clinic.host));
        check_text(config.clinic.user, sizeof(config.clinic.user));
        check_text(config.state_directory, sizeof(config.state_directory));
        if (n == 0) {
                PROMISE(id_is_valid(config.clinic.clinic) && id_is_valid(config.clinic.gateway));
                PROMISE(config.clinic.port > 0 && config.clinic.keep_alive_s >= 10);
        }
        return 0;
}
