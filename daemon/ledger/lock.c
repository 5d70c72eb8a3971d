#include "daemon/ledger/lock.h"

#include "daemon/ledger/ledger-file.h"
#include "daemon/ledger/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE_SIZE 48 /* "pid\nledger id\n" */

static void read_note(int fd, char ret[static NOTE_SIZE])
{
        ssize_t length = pread(fd, ret, NOTE_SIZE - 1, 0);

        ret[length > 0 ? length : 0] = '\0';
}

/* Behind the first line. */
static const char *id_of(const char *note)
{
        const char *end = strchr(note, '\n');

        return end ? end + 1 : "";
}

static void write_note(int fd, const char *id)
{
        char note[NOTE_SIZE];
        int n = snprintf(note, sizeof(note), "%d\n%.8s%s", (int)getpid(), id, id[0] ? "\n" : "");

        /* Failing, only the names are missing: the lock holds. */
        if (ftruncate(fd, 0) < 0 || pwrite(fd, note, (size_t)n, 0) < 0)
                return;
}

int lock_give(int fd, const char *path)
{
        char directory[512];
        struct stat status;
        char *slash;

        if (geteuid() != 0)
                return 0;
        (void)text_copy(directory, sizeof(directory), path);
        slash = strrchr(directory, '/');
        if (slash)
                slash[slash == directory] = '\0';
        if (stat(slash ? directory : ".", &status) < 0 || fchown(fd, status.st_uid, status.st_gid) < 0)
                return -errno;
        return 0;
}

int lock_take(const char *path, int *ret, char *message, size_t size)
{
        CLEANUP(closep) int fd = -1;
        char name[512], note[NOTE_SIZE];

        if ((size_t)snprintf(name, sizeof(name), "%s.lock", path) >= sizeof(name)) {
                ledger_explain(message, size, "the path of the ledger is too long: at most %zu octets",
                               sizeof(name) - sizeof(".lock"));
                return -ENAMETOOLONG;
        }
        fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) {
                int error = errno;

                ledger_explain(message, size, "cannot write beside %s: %s. Is its directory strided's?",
                               path, strerror(error));
                return -error;
        }
        read_note(fd, note);
        if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
                ledger_explain(message, size,
                               "%s is open in another strided (pid %.*s). Stop that one first: systemctl "
                               "stop strided",
                               path, note[0] ? (int)strcspn(note, "\n") : 1, note[0] ? note : "?");
                return -EADDRINUSE;
        }
        if (lock_give(fd, name) < 0)
                return -EACCES; /* root, and yet not allowed: nobody could open it afterwards */
        write_note(fd, id_of(note));
        *ret = fd;
        fd = -1;
        return 0;
}

void lock_note(int fd, const char *ledger_id)
{
        write_note(fd, ledger_id);
}

void lock_last(int fd, char *ret, size_t size)
{
        char note[NOTE_SIZE];

        read_note(fd, note);
        (void)text_copy(ret, size, id_of(note));
        ret[strcspn(ret, "\n")] = '\0';
}

bool ledger_file_was_ours(const char *path)
{
        CLEANUP(closep) int fd = -1;
        char name[512], note[NOTE_SIZE];

        if ((size_t)snprintf(name, sizeof(name), "%s.lock", path) >= sizeof(name))
                return false;
        fd = open(name, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return false;
        read_note(fd, note);
        return id_of(note)[0] != '\0';
}
