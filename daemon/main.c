/* strided's command line: what is asked for, answered here or by daemon_run. */
#include "base/clock.h"
#include "daemon/config.h"
#include "daemon/daemon.h"
#include "daemon/offline.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
        "strided: brings running pods' data home, complete, to the clinic\n"
        "\n"
        "  strided [--config FILE]           run (normally by systemd)\n"
        "  strided --check-config [FILE]     read the configuration, name every error\n"
        "  strided --print-config            the default file, each option explained\n"
        "  strided --check-ledger [FILE]     look at every page of the ledger, or of a backup\n"
        "  strided --restore FILE            put a backup in the ledger's place; strided is stopped\n"
        "  strided --rebuild                 make the ledger anew from what can be read of it\n"
        "  strided --version\n"
        "  --backup-to-descriptor FILE       what the running strided does for stridectl backup\n"
        "  --test-clock SOCKET               follow a simulator's clock (tests only)\n";

static int open_clock(const char *test_clock, Clock **ret)
{
        int r;

        if (!test_clock)
                return clock_new(ret);
        if (getenv("NOTIFY_SOCKET")) {
                (void)fprintf(stderr, "strided: --test-clock is for tests, not for a service\n");
                return -EPERM;
        }
        r = clock_new_test(test_clock, ret);
        if (r < 0)
                (void)fprintf(stderr, "strided: no clock at %s: %s\n", test_clock, strerror(-r));
        return r;
}

/* What nobody can read was not said. */
static int said(void)
{
        if (fflush(stdout) == 0 && !ferror(stdout))
                return EXIT_SUCCESS;
        (void)fprintf(stderr, "strided: cannot write the output: %s\n", strerror(errno));
        return EXIT_FAILURE;
}

static int check_config(const char *path)
{
        Config config;
        int n_errors = config_read(path, &config, stderr);

        if (n_errors == 0)
                (void)printf("%s: good\n", path);
        return n_errors == 0 ? said() : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
        static const struct option long_options[] = {
                {"config", required_argument, NULL, 'c'},
                {"check-config", no_argument, NULL, 'k'},
                {"print-config", no_argument, NULL, 'p'},
                {"check-ledger", no_argument, NULL, 'l'},
                {"restore", required_argument, NULL, 'r'},
                {"rebuild", no_argument, NULL, 'u'},
                {"backup-to-descriptor", required_argument, NULL, 'b'},
                {"test-clock", required_argument, NULL, 't'},
                {"version", no_argument, NULL, 'v'},
                {"help", no_argument, NULL, 'h'},
                {0},
        };
        CLEANUP(clock_freep) Clock *clock = NULL;
        const char *config_path = CONFIG_DEFAULT_PATH, *test_clock = NULL, *backup = NULL;
        Config config;
        bool check = false, check_ledger = false, rebuild = false;
        int option, r;

        (void)umask(0077); /* the ledger, its journal and the spool are nobody else's to read */
        while ((option = getopt_long(argc, argv, "h", long_options, NULL)) >= 0) {
                switch (option) {
                case 'c':
                        config_path = optarg;
                        break;
                case 'k':
                        check = true;
                        break;
                case 'p':
                        config_print(stdout);
                        return said();
                case 'l':
                        check_ledger = true;
                        break;
                case 'r':
                        backup = optarg;
                        break;
                case 'u':
                        rebuild = true;
                        break;
                case 'b':
                        return offline_backup(optarg);
                case 't':
                        test_clock = optarg;
                        break;
                case 'v':
                        (void)printf("strided %s\n", STRIDED_VERSION);
                        return said();
                default:
                        (void)fputs(usage, option == 'h' ? stdout : stderr);
                        return option == 'h' ? said() : 2;
                }
        }
        if (check)
                return check_config(optind < argc ? argv[optind] : config_path);
        if (check_ledger && optind < argc)
                return offline_check(NULL, argv[optind]);
        if (optind < argc) {
                (void)fprintf(stderr, "strided: unexpected '%s'\n%s", argv[optind], usage);
                return 2;
        }
        if (config_read(config_path, &config, stderr) != 0)
                return EXIT_FAILURE;
        if (check_ledger)
                return offline_check(&config, NULL);
        r = open_clock(test_clock, &clock);
        if (r >= 0 && backup)
                return offline_restore(&config, backup, clock);
        if (r >= 0 && rebuild)
                return offline_rebuild(&config, clock);
        if (r >= 0)
                r = daemon_run(config_path, &config, clock);
        return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
