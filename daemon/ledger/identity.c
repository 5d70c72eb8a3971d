/* Is the file that is open still the one that the next start will find? A file that was removed, or that
 * another one took the place of, takes every commit, and nobody ever reads it again. */
#include "daemon/ledger/sql.h"

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static FileIdentity look(const Ledger *ledger, const char *suffix)
{
        char path[512];
        struct stat status;

        if ((size_t)snprintf(path, sizeof(path), "%s%s", ledger->path, suffix) >= sizeof(path) ||
            stat(path, &status) < 0)
                return (FileIdentity){0};
        return (FileIdentity){.device = status.st_dev, .inode = status.st_ino};
}

static bool is_same(FileIdentity was, FileIdentity is)
{
        return was.inode == 0 || (was.inode == is.inode && was.device == is.device);
}

void identity_note(Ledger *ledger)
{
        ledger->file = look(ledger, "");
        ledger->wal = look(ledger, "-wal");
}

int identity_check(Ledger *ledger)
{
        bool elsewhere = !is_same(ledger->file, look(ledger, "")) || !is_same(ledger->wal, look(ledger, "-wal"));

        if (elsewhere)
                (void)text_copy(ledger->error, sizeof(ledger->error),
                                "the ledger's file was removed or replaced while it was open");
        if (elsewhere != ledger->is_elsewhere)
                log_event(LOG_DISK_STATE, elsewhere ? LOG_LEVEL_ERROR : LOG_LEVEL_NOTICE, NULL, NULL,
                          elsewhere ? "%s, or its -wal, was removed or replaced while strided has it open: nothing "
                                      "more is taken from pods or from the clinic. Until strided ends what was "
                                      "accepted can be copied from where this shows it: ls -l /proc/%d/fd; then "
                                      "stop strided and put that, or a backup, in its place"
                                    : "%s is the open file again (process %d)",
                          ledger->path, (int)getpid());
        ledger->is_elsewhere = elsewhere;
        return elsewhere ? -EIO : 0;
}

bool ledger_is_elsewhere(const Ledger *ledger)
{
        return ledger->is_elsewhere;
}
