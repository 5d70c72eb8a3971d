/* backup */
#include "cli/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIMEOUT_S 3600 /* a large ledger on a slow card */

/* What is not complete never has the name. */
typedef struct Part {
        char path[PATH_MAX];
        int fd;
} Part;

static void part_clearp(const Part *part)
{
        closep(&part->fd);
        if (part->path[0])
                (void)unlink(part->path); /* it is in nobody's way */
}

static int complain(const Invocation *invocation, const char *path, const char *what, int error)
{
        char message[PATH_MAX + 128];

        (void)snprintf(message, sizeof(message), "%s cannot be %s: %s", path, what, strerror(error));
        return output_error(invocation, EXIT_FAILED, "cannot-write", message,
                            "give a file in a directory that you can write to, with room for it");
}

static int refuse(const Invocation *invocation, const char *path)
{
        char message[PATH_MAX + 64];

        (void)snprintf(message, sizeof(message), "%s is there already", path);
        return output_error(invocation, EXIT_FAILED, "exists", message,
                            "give another name, or --force to replace it when the new one is complete");
}

/* strided keeps a lock beside the ledger it has open: a copy has none. */
static bool is_of_ledger(const char *path)
{
        static const char *const companions[] = {"", "-wal", "-shm", "-journal", ".lock"};
        char lock[PATH_MAX + 8];
        size_t length = strlen(path);

        for (size_t i = 0; i < ARRAY_SIZE(companions); i++) {
                size_t end = strlen(companions[i]);

                if (length < end || strcmp(path + length - end, companions[i]) != 0)
                        continue;
                (void)snprintf(lock, sizeof(lock), "%.*s.lock", (int)(length - end), path);
                if (access(lock, F_OK) == 0)
                        return true;
        }
        return false;
}

/* Only a file that may be a copy is replaced. */
static int check_place(const Invocation *invocation, const char *path, bool force)
{
        char message[PATH_MAX + 64];
        struct stat status;

        if (strlen(path) >= PATH_MAX)
                return complain(invocation, path, "made", ENAMETOOLONG);
        if (lstat(path, &status) < 0)
                return EXIT_DONE; /* making it tells what is wrong */
        (void)snprintf(message, sizeof(message), "%s is %s", path,
                       is_of_ledger(path) ? "the ledger itself, or goes with it" : "no file");
        if (!S_ISREG(status.st_mode) || is_of_ledger(path))
                return output_error(invocation, EXIT_FAILED, "exists", message,
                                    "give the name of a new file, best on another disk");
        return force ? EXIT_DONE : refuse(invocation, path);
}

static int open_part(const Invocation *invocation, const char *path, Part *ret)
{
        if ((size_t)snprintf(ret->path, sizeof(ret->path), "%s.part", path) >= sizeof(ret->path)) {
                ret->path[0] = '\0';
                return complain(invocation, path, "made", ENAMETOOLONG);
        }
        (void)unlink(ret->path); /* of one that was ended; else opening says so */
        ret->fd = open(ret->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (ret->fd < 0) {
                int error = errno;

                ret->path[0] = '\0';
                return complain(invocation, path, "made", error);
        }
        return EXIT_DONE;
}

static int give_name(const Invocation *invocation, const char *path, unsigned flags, Part *part)
{
        if (renameat2(AT_FDCWD, part->path, AT_FDCWD, path, flags) < 0)
                return errno == EEXIST ? refuse(invocation, path) : complain(invocation, path, "made", errno);
        part->path[0] = '\0';
        return EXIT_DONE;
}

static int copy_ledger(const Invocation *invocation, const char *path, unsigned flags, cJSON **ret)
{
        CLEANUP(part_clearp) Part part = {.fd = -1};
        sd_bus_message *call = NULL;
        int code = open_part(invocation, path, &part);

        if (code == EXIT_DONE)
                code = daemon_begin(invocation, "Backup", &call);
        if (code != EXIT_DONE)
                return code;
        if (sd_bus_message_append(call, "h", part.fd) < 0) {
                sd_bus_message_unref(call);
                return complain(invocation, path, "handed over", ENOMEM);
        }
        code = daemon_finish(invocation, call, TIMEOUT_S, ret);
        return code == EXIT_DONE ? give_name(invocation, path, flags, &part) : code;
}

static int run_backup(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        unsigned flags = RENAME_NOREPLACE;
        int code;

        if (argc < 2)
                return verb_misused(invocation, &verb_backup, "into which file?");
        for (int i = 2; i < argc; i++) {
                if (strcmp(argv[i], "--force") != 0)
                        return verb_misused(invocation, &verb_backup, "'%s' is not understood", argv[i]);
                flags = 0;
        }
        code = check_place(invocation, argv[1], flags == 0);
        if (code == EXIT_DONE)
                code = copy_ledger(invocation, argv[1], flags, &reply);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_json(reply);
        (void)printf("%s: %.1f MB, looked through\n", argv[1], json_number_at(reply, "octets") / 1e6);
        return EXIT_DONE;
}

const Verb verb_backup = {
        .name = "backup",
        .arguments = "FILE [--force]",
        .summary = "a copy of the ledger, while strided runs",
        .help = "The copy is looked through before it gets its name. A file that is there is kept, unless\n"
                "--force says otherwise. To put it back: systemctl stop strided; strided --restore FILE\n",
        .name_first = true,
        .run = run_backup,
};
