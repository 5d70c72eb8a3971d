/* The time of sim.h as it really passes, for pods whose radio is a real bluetoothd. */
#include "real.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TIMERS_MAX 256
#define LOOK_MS    200 /* longest wait in the loop: a child of sim_exec has no source of its own */

typedef struct RealTimer {
        int64_t at_ms;
        SimFunction function;
        SimPod *pod;
        int64_t argument;
} RealTimer;

struct SimTime {
        sd_event *event;
        RealTimer timers[TIMERS_MAX];
        size_t n_timers;
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

void sim_cancel(Sim *sim, SimFunction function, const SimPod *pod)
{
        struct SimTime *time = sim->time;

        for (size_t i = 0; i < time->n_timers;) {
                if (time->timers[i].function == function && time->timers[i].pod == pod)
                        time->timers[i] = time->timers[--time->n_timers];
                else
                        i++;
        }
}

void sim_at(Sim *sim, int64_t boottime_ms, SimFunction function, SimPod *pod, int64_t argument)
{
        struct SimTime *time = sim->time;

        for (size_t i = 0; i < time->n_timers; i++) {
                RealTimer *timer = &time->timers[i];

                if (timer->function == function && timer->pod == pod && timer->argument == argument) {
                        timer->at_ms = boottime_ms;
                        return;
                }
        }
        if (time->n_timers == TIMERS_MAX) {
                (void)fprintf(stderr, "pods: more than %d timers\n", TIMERS_MAX);
                abort();
        }
        time->timers[time->n_timers++] = (RealTimer){boottime_ms, function, pod, argument};
}

static const RealTimer *earliest(const struct SimTime *time)
{
        const RealTimer *found = NULL;

        for (size_t i = 0; i < time->n_timers; i++) {
                if (!found || time->timers[i].at_ms < found->at_ms)
                        found = &time->timers[i];
        }
        return found;
}

/* What is due, then what the bus brings, for at most LOOK_MS. Timers run outside of the event
 * loop, so that one of them (sim_exec) may turn it again. */
static int turn(Sim *sim)
{
        const RealTimer *due = NULL;
        int64_t wait_ms = LOOK_MS;
        int r;

        while (!sim->failed && (due = earliest(sim->time)) && due->at_ms <= sim_now_ms(sim)) {
                RealTimer timer = *due;

                sim->time->timers[due - sim->time->timers] = sim->time->timers[--sim->time->n_timers];
                timer.function(sim, timer.pod, timer.argument);
        }
        if (due && due->at_ms - sim_now_ms(sim) < wait_ms)
                wait_ms = due->at_ms - sim_now_ms(sim);
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
