/* sim-bluez: see README.md. */
#include "sim.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *what, int r)
{
        (void)fprintf(stderr, "sim: %s: %s\n", what, strerror(-r));
        return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
        static const struct option options[] = {
                {"scenario", required_argument, NULL, 's'}, {"clock", required_argument, NULL, 'c'},
                {"speed", required_argument, NULL, 'x'},    {"stay", no_argument, NULL, 't'},
                {"pods-out", required_argument, NULL, 'o'}, {"freed-out", required_argument, NULL, 'f'},
                {"about-out", required_argument, NULL, 'a'}, {0},
        };
        static Sim sim;
        const char *scenario = NULL, *clock_path = NULL, *out = NULL, *freed_out = NULL, *about = NULL;
        double speed = 0;
        bool stay = false;
        int option, r;

        while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
                if (option == 's')
                        scenario = optarg;
                else if (option == 'c')
                        clock_path = optarg;
                else if (option == 'x')
                        speed = strtod(optarg, NULL);
                else if (option == 't')
                        stay = true;
                else if (option == 'o')
                        out = optarg;
                else if (option == 'f')
                        freed_out = optarg;
                else if (option == 'a')
                        about = optarg;
                else
                        return 2;
        }
        if (!scenario) {
                (void)fprintf(stderr, "usage: sim-bluez --scenario FILE [--clock SOCKET] [--speed X] [--stay] "
                                      "[--pods-out FILE] [--freed-out FILE] [--about-out FILE]\n");
                return 2;
        }
        (void)signal(SIGPIPE, SIG_IGN);
        sim.sent = tmpfile();
        r = sim.sent ? scenario_load(&sim, scenario) : -errno;
        if (r < 0)
                return fail(scenario, r);
        r = bus_open(&sim);
        if (r < 0)
                return fail("the bus", r);
        r = time_open(&sim, clock_path, sim.start_utc_ms);
        if (r >= 0)
                r = scenario_start(&sim);
        if (r >= 0)
                r = time_run(&sim, speed, stay);
        if (out) {
                int written = pods_write(&sim, out);

                if (written < 0)
                        return fail(out, written);
        }
        if (freed_out) {
                int written = pods_write_freed(&sim, freed_out);

                if (written < 0)
                        return fail(freed_out, written);
        }
        if (about) {
                int written = pods_write_about(&sim, about);

                if (written < 0)
                        return fail(about, written);
        }
        return r < 0 || sim.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
