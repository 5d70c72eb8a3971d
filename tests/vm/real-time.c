/* The time of sim.h as it really passes, for pods whose radio is a real bluetoothd. */
#include "real.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 200 /* longest wait in the loop: a child of sim_exec has no source of its own */

struct SimTime {
        sd_event *event;
        bool finished;
};

static int64_t kernel_ms(clockid_t id)
{
        struct timespec now;

        (void)clock_gettime(id, &now); /* cannot fail for these */
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t sim_now_ms(const Sim *sim)
{
        (void)sim;
        return kernel_ms(CLOCK_BOOTTIME);
}

int64_t sim_utc_ms(const Sim *sim)
{
        (void)sim;
        return kernel_ms(CLOCK_REALTIME);
}

void sim_active(Sim *sim)
{
        (void)sim; /* nobody waits for us: time passes by itself */
}

void sim_set_quality(Sim *sim, ClockQuality quality)
{
        (void)quality;
        (void)fprintf(stderr, "pods: set-quality is for the simulator: the clock here is the kernel's\n");
        sim->failed = true;
}

/* What is due, then what the bus brings, for at most LOOK_MS. Timers run outside of the event
 * loop, so that one of them (sim_exec) may turn it again. */
static int turn(Sim *sim)
{
        int64_t wait_ms = LOOK_MS, due_in_ms;
        int r;

        while (!sim->failed && timers_run_next(sim))
                ;
        due_in_ms = timers_next_ms(sim) - sim_now_ms(sim);
        if (due_in_ms < wait_ms)
                wait_ms = due_in_ms;
        r = sd_event_run(sim->time->event, wait_ms > 0 ? (uint64_t)wait_ms * 1000 : 0);
        return r < 0 ? r : 0;
}

int sim_exec(Sim *sim, const char *command)
{
        int status = 0, r = 0;
        pid_t child = fork();

        if (child == 0) {
                (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
                _exit(127);
        }
        if (child < 0)
                return -errno;
        while (r >= 0 && waitpid(child, &status, WNOHANG) == 0)
                r = turn(sim);
        return r >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

void time_go_real(Sim *sim)
{
        (void)sim; /* it never passed otherwise */
}

void time_finish(Sim *sim)
{
        sim->time->finished = true;
}

int time_open(Sim *sim, const char *socket_path, int64_t start_utc_ms)
{
        (void)socket_path, (void)start_utc_ms; /* the story begins now */
        sim->start_utc_ms = kernel_ms(CLOCK_REALTIME);
        return 0;
}

int time_run(Sim *sim, double speed, bool stays)
{
        int r = 0;

        (void)speed;
        while (r >= 0 && !sim->failed && (stays || !sim->time->finished))
                r = turn(sim);
        return r < 0 ? r : sim->failed ? -EIO : 0;
}

int real_time_new(Sim *sim, sd_event *event)
{
        sim->time = calloc(1, sizeof(*sim->time));
        if (!sim->time)
                return -ENOMEM;
        sim->time->event = event;
        return 0;
}
