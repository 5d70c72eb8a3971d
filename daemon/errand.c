#include "daemon/errand.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct Errand {
        sd_event_source *source;
        pid_t pid; /* 0: it ended */
        int out;   /* what it says */
        ErrandDone done;
        void *userdata;
};

/* 0 is 0, 1 any failure; the others by name. */
static const int errors[] = {[2] = -EUCLEAN, [3] = -ENOSPC, [4] = -EIO, [5] = -EMEDIUMTYPE, [6] = -EBUSY,
                             [7] = -ENOTUNIQ};

int errand_exit_code(int result)
{
        if (result >= 0)
                return EXIT_SUCCESS;
        for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
                if (errors[i] == result)
                        return (int)i;
        }
        return EXIT_FAILURE;
}

static int result_of(const siginfo_t *info)
{
        if (info->si_code != CLD_EXITED)
                return -ECHILD;
        if (info->si_status == 0)
                return 0;
        return (size_t)info->si_status < ARRAY_SIZE(errors) && errors[info->si_status] != 0
                       ? errors[info->si_status]
                       : -ECHILD;
}

static int on_ended(sd_event_source *source, const siginfo_t *info, void *userdata)
{
        CLEANUP(errand_freep) Errand *errand = userdata;
        char said[600] = "";
        ssize_t n;

        (void)source;
        errand->pid = 0;
        n = read(errand->out, said, sizeof(said) - 1); /* it has ended: all is there */
        said[n > 0 ? n : 0] = '\0';
        said[strcspn(said, "\n")] = '\0';
        errand->done(result_of(info), said, errand->userdata);
        return 0;
}

static int spawn(const char *const *arguments, int fd, int out, pid_t *ret)
{
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t none;
        int r = posix_spawn_file_actions_init(&actions);

        if (r != 0)
                return -r;
        r = posix_spawnattr_init(&attributes);
        if (r == 0) {
                (void)sigemptyset(&none); /* cannot fail */
                r = posix_spawnattr_setsigmask(&attributes, &none);
                if (r == 0)
                        r = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
                if (r == 0)
                        r = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
                if (r == 0 && fd >= 0)
                        r = posix_spawn_file_actions_adddup2(&actions, fd, ERRAND_FD);
                if (r == 0)
                        r = posix_spawn(ret, "/proc/self/exe", &actions, &attributes,
                                        (char *const *)arguments, environ);
                (void)posix_spawnattr_destroy(&attributes); /* cannot fail */
        }
        (void)posix_spawn_file_actions_destroy(&actions); /* as above */
        return -r;
}

int errand_start(sd_event *event, const char *const *arguments, int fd, ErrandDone done, void *userdata,
                 Errand **ret)
{
        CLEANUP(errand_freep) Errand *errand = calloc(1, sizeof(*errand));
        CLEANUP(closep) int moved = -1;
        int ends[2], r;

        if (!errand)
                return -ENOMEM;
        errand->done = done;
        errand->userdata = userdata;
        errand->out = -1;
        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        errand->out = ends[0];
        moved = fcntl(ends[1], F_DUPFD_CLOEXEC, ERRAND_FD + 1); /* out of the way of ERRAND_FD */
        (void)close(ends[1]);                                   /* nothing was written */
        if (moved < 0)
                return -errno;
        r = spawn(arguments, fd, moved, &errand->pid);
        if (r < 0)
                return r;
        r = sd_event_add_child(event, &errand->source, errand->pid, WEXITED, on_ended, errand);
        if (r < 0)
                return r;
        (void)sd_event_source_set_description(errand->source, arguments[1]);
        *ret = TAKE(errand);
        return 0;
}

Errand *errand_free(Errand *errand)
{
        if (!errand)
                return NULL;
        sd_event_source_disable_unref(errand->source);
        if (errand->pid > 0) {
                (void)kill(errand->pid, SIGKILL);          /* it is ours, and not waited for */
                (void)waitpid(errand->pid, NULL, 0);       /* at once: it was killed */
        }
        closep(&errand->out);
        free(errand);
        return NULL;
}
