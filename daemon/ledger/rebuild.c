/* Implements ledger-file.h: a new ledger from what can be read of a damaged one. */
#include "daemon/ledger/ledger-file.h"

#include "base/log.h"
#include "daemon/ledger/inspect.h"
#include "daemon/ledger/lock.h"
#include "daemon/ledger/open.h"
#include "daemon/ledger/repair.h"
#include "daemon/ledger/replace.h"
#include "daemon/ledger/salvage.h"
#include "daemon/ledger/schema.h"
#include "daemon/ledger/whole-pages-vfs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int read_version(sqlite3 *db)
{
        sqlite3_stmt *stmt = NULL;
        int version = 0;

        if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK &&
            sqlite3_step(stmt) == SQLITE_ROW)
                version = sqlite3_column_int(stmt, 0);
        (void)sqlite3_finalize(stmt); /* then it is not known */
        return version > 0 && version <= schema_version() ? version : schema_version();
}

/* Tables as the damaged one has them; until the end nobody waits for the disk. */
static int make_tables(sqlite3 *db, int version)
{
        char pragmas[96];

        if (sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN", NULL, NULL, NULL) !=
            SQLITE_OK)
                return inspect_failed(db, NULL, 0);
        for (int i = 0; i < version; i++) {
                if (sqlite3_exec(db, schema_step(i), NULL, NULL, NULL) != SQLITE_OK)
                        return inspect_failed(db, NULL, 0);
        }
        (void)snprintf(pragmas, sizeof(pragmas), "PRAGMA application_id = %d; PRAGMA user_version = %d",
                       LEDGER_APPLICATION_ID, version);
        return sqlite3_exec(db, pragmas, NULL, NULL, NULL) == SQLITE_OK ? 0 : inspect_failed(db, NULL, 0);
}

/* 0: what can be read is in `new`; `salvaged->trouble` says why it is nothing at all. */
static int copy_what_is_readable(const char *path, const char *new, LedgerProgress progress, void *userdata,
                                 Salvaged *salvaged, char *message, size_t size)
{
        CLEANUP(sqlite3_closep) sqlite3 *from = NULL;
        CLEANUP(sqlite3_closep) sqlite3 *to = NULL;
        static char trouble[256];
        int r = inspect_open(path, whole_pages_vfs(), &from, trouble, sizeof(trouble));

        /* also when the file is shorter than its head says */
        if (r >= 0 && sqlite3_exec(from, "PRAGMA writable_schema = ON; SELECT count(*) FROM sqlite_master", NULL, NULL,
                                   NULL) != SQLITE_OK)
                r = inspect_failed(from, trouble, sizeof(trouble));
        if (r == -ENOMEM)
                return r;
        *salvaged = (Salvaged){.trouble = r < 0 ? trouble : NULL};
        if (sqlite3_open(new, &to) != SQLITE_OK)
                return inspect_failed(to, message, size);
        r = make_tables(to, salvaged->trouble ? schema_version() : read_version(from));
        if (r >= 0 && !salvaged->trouble)
                r = salvage_copy(from, to, progress, userdata, salvaged);
        if (r >= 0 && sqlite3_exec(to, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
                r = -EIO;
        if (r < 0) {
                (void)inspect_failed(to, message, size); /* for its sentence */
                return r;
        }
        return 0;
}

static int put_in_order(Ledger *ledger, const Salvaged *salvaged, const char *old_id, const char *aside)
{
        static const char *const of_weeks[] = {"run", "week", "dirty", "due_week", "diary"};
        bool derive = false;
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        for (size_t i = 0; i < ARRAY_SIZE(of_weeks); i++)
                derive |= salvage_is_hurt(salvaged, of_weeks[i]);
        if (r >= 0)
                r = repair_outbox(ledger, old_id);
        if (r >= 0)
                r = repair_roster(ledger);
        if (r >= 0)
                r = repair_coverage(ledger);
        if (r >= 0 && (salvage_is_hurt(salvaged, "anchor") || salvage_is_hurt(salvaged, "epoch")))
                r = repair_time(ledger);
        if (r >= 0)
                r = repair_revisions(ledger);
        if (r >= 0 && derive)
                r = repair_derive_all(ledger);
        if (r >= 0 && salvage_is_hurt(salvaged, "outbox"))
                r = repair_tell_all(ledger);
        if (r >= 0)
                r = repair_note(ledger, "rebuilt", aside);
        return r < 0 ? r : transaction_commit(&transaction);
}

static void tell(const char *path, const char *aside, const Salvaged *salvaged)
{
        const char *how_much = salvaged->trouble      ? "; nothing can be read: "
                               : salvaged->n_hurt > 0 ? ", not all of"
                                                      : ", which is all of it";

        log_event(LOG_LEDGER_DAMAGED, LOG_LEVEL_ERROR, NULL, NULL,
                  "the ledger %s was damaged and is made anew: %lld rows were read%s%s; pods are asked for what is "
                  "missing. The damaged file is kept as %s. Check the disk; see: stridectl doctor",
                  path, (long long)salvaged->n_rows, how_much,
                  salvaged->trouble ? salvaged->trouble : salvaged->hurt, aside);
}

static int rebuild(const char *path, const char *old_id, Clock *clock, LedgerProgress progress, void *userdata, char *message,
                   size_t size)
{
        CLEANUP(ledger_closep) Ledger *ledger = NULL;
        char new[REPLACE_PATH_SIZE], aside[REPLACE_PATH_SIZE];
        int64_t now_utc_ms = clock_utc_ms(clock);
        Salvaged salvaged;
        int r = replace_begin(path, new);

        if (r >= 0)
                r = copy_what_is_readable(path, new, progress, userdata, &salvaged, message, size);
        if (r < 0)
                return r;
        replace_aside(path, now_utc_ms, aside);
        r = open_unlocked(new, clock, &ledger, message, size);
        if (r < 0)
                return r;
        r = put_in_order(ledger, &salvaged, old_id, aside);
        if (r < 0) {
                ledger_explain(message, size, "what was read of the ledger cannot be put in order: %s",
                               ledger_error(ledger));
                return r;
        }
        ledger = ledger_close(ledger);
        tell(path, aside, &salvaged);
        return replace_commit(path, now_utc_ms, message, size);
}

int ledger_file_rebuild(const char *path, Clock *clock, LedgerProgress progress, void *userdata, char *ret_message,
                        size_t message_size)
{
        CLEANUP(closep) int lock_fd = -1;
        char old_id[16];
        int r = lock_take(path, &lock_fd, ret_message, message_size);

        if (r < 0)
                return r;
        lock_last(lock_fd, old_id, sizeof(old_id));
        return rebuild(path, old_id, clock, progress, userdata, ret_message, message_size);
}
