/* Implements ledger-file.h: a backup in the place of the ledger. */
#include "daemon/ledger/ledger-file.h"

#include "daemon/ledger/about.h"
#include "daemon/ledger/inspect.h"
#include "daemon/ledger/lock.h"
#include "daemon/ledger/open.h"
#include "daemon/ledger/repair.h"
#include "daemon/ledger/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_same_file(const char *a, const char *b)
{
        struct stat one, other;

        return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
               one.st_ino == other.st_ino;
}

/* Another id, so that no message of it has the name of one that was sent; revisions above all; what the
 * pods freed since is asked for, and told as lost if it is. */
static int put_in_order(Ledger *ledger, const char *aside)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = repair_outbox(ledger, ledger_id(ledger));
        if (r >= 0)
                r = sql_run(ledger, "UPDATE about SET value = lower(hex(randomblob(4))) WHERE key = 'ledger_id'", "");
        if (r >= 0)
                r = about_set_integer(ledger, ASKS_FROM_START, 1);
        if (r >= 0)
                r = repair_revisions(ledger);
        if (r >= 0)
                r = repair_derive_all(ledger);
        if (r >= 0)
                r = repair_note(ledger, "restored", aside);
        return r < 0 ? r : transaction_commit(&transaction);
}

static int copy(const char *from, const char *new, char *message, size_t size)
{
        CLEANUP(closep) int fd = open(new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd < 0) {
                int error = errno;

                ledger_explain(message, size, "%s cannot be made: %s", new, strerror(error));
                return -error;
        }
        return ledger_file_backup(from, fd, message, size);
}

int ledger_file_restore(const char *path, const char *from, Clock *clock, char *ret_message, size_t message_size)
{
        CLEANUP(ledger_closep) Ledger *ledger = NULL;
        CLEANUP(closep) int lock_fd = -1;
        char new[REPLACE_PATH_SIZE], aside[REPLACE_PATH_SIZE];
        int64_t now_utc_ms = clock_utc_ms(clock);
        bool replaces;
        int r = lock_take(path, &lock_fd, ret_message, message_size);

        if (r >= 0)
                r = replace_finish(path, ret_message, message_size);
        if (r < 0)
                return r;
        if (is_same_file(path, from)) {
                ledger_explain(ret_message, message_size, "%s is the ledger itself", from);
                return -EINVAL;
        }
        r = ledger_file_check(from, NULL, NULL, ret_message, message_size);
        if (r >= 0)
                r = replace_begin(path, new);
        if (r >= 0)
                r = copy(from, new, ret_message, message_size);
        if (r < 0)
                return r;
        replaces = access(path, F_OK) == 0;
        replace_aside(path, now_utc_ms, aside);
        r = open_unlocked(new, clock, &ledger, ret_message, message_size);
        if (r >= 0)
                r = put_in_order(ledger, replaces ? aside : "");
        if (r < 0)
                return r;
        ledger = ledger_close(ledger);
        r = replace_commit(path, now_utc_ms, ret_message, message_size);
        if (r < 0)
                return r;
        ledger_explain(ret_message, message_size, "%s is the ledger now%s%s", from,
                       replaces ? "; the one of before is kept as " : "", replaces ? aside : "");
        return 0;
}
