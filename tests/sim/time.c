#include "sim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_MS        1000   /* boottime when the story begins */
#define NEAR_MS         2000   /* a message that comes so much late does no harm */
#define CLIENT_WAIT_MS  60000  /* real time, for a client to come, or to answer */
#define LOOK_MS         200    /* longest wait in real time */

struct SimTime {
        int64_t now_ms;
        int listen_fd;
        int client_fd; /* -1: none at the moment */
        uint32_t round;
        int64_t client_next_ms;
        bool finished;
        bool real; /* time passes as on the wall */
        uint64_t activity;
        bool executing;
        bool alone; /* it passes as on the wall from the beginning, and no client follows it */
};

int64_t sim_now_ms(const Sim *sim)
{
        return sim->time->now_ms;
}

int64_t sim_utc_ms(const Sim *sim)
{
        return sim->start_utc_ms + sim->time->now_ms - START_MS;
}

void sim_active(Sim *sim)
{
        sim->time->activity++;
}

void sim_set_quality(Sim *sim, ClockQuality quality)
{
        sim->quality = quality;
        sim_active(sim);
}

void time_finish(Sim *sim)
{
        sim->time->finished = true;
}

void time_go_real(Sim *sim)
{
        sim->time->real = true;
}

static void run_due(Sim *sim)
{
        while (timers_run_next(sim))
                ;
}

/* ---- clients ---- */

static int64_t wall_ms(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
        return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t real_utc_ms(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
        return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void client_gone(struct SimTime *time)
{
        if (time->client_fd >= 0)
                (void)close(time->client_fd);
        time->client_fd = -1;
        time->client_next_ms = INT64_MAX;
}

/* Handles the bus, a new client, and an answer. True: an answer of the running round. */
static bool pump(Sim *sim, int timeout_ms)
{
        struct SimTime *time = sim->time;
        struct pollfd fds[] = {{bus_fd(sim), POLLIN, 0},
                               {time->client_fd < 0 ? time->listen_fd : -1, POLLIN, 0},
                               {time->client_fd, POLLIN, 0}};
        TestClockIdle idle;
        ssize_t n;

        while (bus_process(sim))
                timeout_ms = 0; /* what somebody waits for may have been among it */
        if (poll(fds, 3, timeout_ms) <= 0)
                return false;
        while (fds[0].revents && bus_process(sim))
                ;
        if (fds[1].revents) {
                time->client_fd = accept4(time->listen_fd, NULL, NULL, SOCK_CLOEXEC);
                sim_active(sim);
        }
        if (!fds[2].revents)
                return false;
        n = recv(time->client_fd, &idle, sizeof(idle), MSG_DONTWAIT);
        if (n != sizeof(idle)) {
                if (n < 0 && errno == EAGAIN)
                        return false;
                client_gone(time);
                return true;
        }
        if (idle.round != time->round)
                return false;
        time->client_next_ms = idle.next_boottime_ms;
        return true;
}

/* One NOW and its IDLE. */
static void ask_client(Sim *sim)
{
        struct SimTime *time = sim->time;
        TestClockNow now = {.utc_ms = sim_utc_ms(sim),
                            .boottime_ms = time->now_ms,
                            .quality = (uint32_t)sim->quality,
                            .round = ++time->round};
        int64_t until = wall_ms() + CLIENT_WAIT_MS;

        if (time->client_fd < 0)
                return;
        if (send(time->client_fd, &now, sizeof(now), MSG_NOSIGNAL) < 0) {
                client_gone(time);
                return;
        }
        while (!pump(sim, 1000)) {
                if (wall_ms() > until) {
                        (void)fprintf(stderr, "sim: the client does not answer\n");
                        sim->failed = true;
                        client_gone(time);
                        return;
                }
        }
}

static void ping(Sim *sim)
{
        int64_t until = wall_ms() + CLIENT_WAIT_MS;
        bool done = false;

        if (bus_ping(sim, &done) < 0)
                return;
        while (!done && wall_ms() < until)
                (void)pump(sim, 1000);
}

static int64_t next_ms(const Sim *sim)
{
        int64_t next = timers_next_ms(sim);

        return sim->time->client_next_ms < next ? sim->time->client_next_ms : next;
}

/* Nobody has anything left to do at this instant. */
static void settle(Sim *sim)
{
        struct SimTime *time = sim->time;
        uint64_t before;

        do {
                before = time->activity;
                run_due(sim);
                ask_client(sim);
                if (time->activity != before || next_ms(sim) - time->now_ms > NEAR_MS)
                        ping(sim);
        } while (time->activity != before || next_ms(sim) <= time->now_ms);
}

/* ---- commands ---- */

int sim_exec(Sim *sim, const char *command)
{
        struct SimTime *time = sim->time;
        int64_t began_wall = wall_ms(), began = time->now_ms;
        int status = 0;
        pid_t child = fork();

        if (child == 0) {
                (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
                _exit(127);
        }
        if (child < 0)
                return -errno;
        time->executing = true;
        while (waitpid(child, &status, WNOHANG) == 0) {
                int64_t wall = began + wall_ms() - began_wall;

                if (wall > time->now_ms)
                        time->now_ms = wall;
                run_due(sim);
                ask_client(sim);
                (void)pump(sim, next_ms(sim) <= time->now_ms ? 0 : 2);
        }
        time->executing = false;
        sim_active(sim);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* ---- the story ---- */

static void pace(int64_t began_wall, int64_t began, int64_t next, double speed)
{
        int64_t due = began_wall + (int64_t)((double)(next - began) / speed), now = wall_ms();

        if (due > now) {
                struct timespec pause = {(due - now) / 1000, (due - now) % 1000 * 1000000};

                (void)nanosleep(&pause, NULL); /* early is good enough */
        }
}

/* As on the wall: to the story's end, or for as long as the daemon is there. */
static void go_real(Sim *sim, bool stays)
{
        struct SimTime *time = sim->time;
        int64_t began_wall = wall_ms(), began = time->now_ms;

        while (!sim->failed && time->client_fd >= 0 && (stays || !time->finished)) {
                int64_t wall = began + wall_ms() - began_wall;

                time->now_ms = wall > time->now_ms ? wall : time->now_ms;
                run_due(sim);
                ask_client(sim);
                (void)pump(sim, 20);
        }
}

/* Without a socket: everybody has the kernel's time. */
static int run_alone(Sim *sim, bool stays)
{
        struct SimTime *time = sim->time;
        int64_t began_wall = wall_ms(), began = time->now_ms;

        while (!sim->failed && (stays || !time->finished)) {
                int64_t wall = began + wall_ms() - began_wall, wait_ms;

                time->now_ms = wall > time->now_ms ? wall : time->now_ms;
                run_due(sim);
                wait_ms = next_ms(sim) - time->now_ms;
                (void)pump(sim, wait_ms < 0 ? 0 : wait_ms < LOOK_MS ? (int)wait_ms : LOOK_MS);
        }
        return sim->failed ? -EIO : 0;
}

int time_run(Sim *sim, double speed, bool stays)
{
        struct SimTime *time = sim->time;
        int64_t until = wall_ms() + CLIENT_WAIT_MS, began_wall, began;

        if (time->alone)
                return run_alone(sim, stays);
        while (time->client_fd < 0) {
                (void)pump(sim, 100);
                if (wall_ms() > until) {
                        (void)fprintf(stderr, "sim: no client came\n");
                        return -ETIMEDOUT;
                }
        }
        began_wall = wall_ms();
        began = time->now_ms;
        while (!time->finished && !time->real && !sim->failed) {
                int64_t next;

                settle(sim);
                if (time->client_fd < 0) {
                        (void)fprintf(stderr, "sim: the daemon is gone\n");
                        return -EPIPE;
                }
                next = next_ms(sim);
                if (time->finished || time->real)
                        break;
                if (speed > 0)
                        pace(began_wall, began, next, speed);
                if (next > time->now_ms) {
                        time->now_ms = next;
                        ask_client(sim); /* it knows the time before anything happens at it */
                }
        }
        if ((stays || time->real) && !sim->failed)
                go_real(sim, stays);
        if (time->real && !stays && !time->finished)
                return -EPIPE;
        return sim->failed ? -EIO : 0;
}

int time_open(Sim *sim, const char *socket_path, int64_t start_utc_ms)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};

        sim->time = calloc(1, sizeof(*sim->time));
        if (!sim->time)
                return -ENOMEM;
        sim->start_utc_ms = start_utc_ms;
        sim->time->now_ms = START_MS;
        sim->time->client_fd = -1;
        sim->time->client_next_ms = INT64_MAX;
        sim->time->listen_fd = -1;
        if (!socket_path) {
                sim->time->alone = true;
                sim->start_utc_ms = real_utc_ms();
                return 0;
        }
        sim->time->listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        if (!text_copy(address.sun_path, sizeof(address.sun_path), socket_path))
                return -ENAMETOOLONG;
        if (bind(sim->time->listen_fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            listen(sim->time->listen_fd, 4) < 0)
                return -errno;
        return 0;
}
