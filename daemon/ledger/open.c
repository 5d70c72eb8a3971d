/* Implements ledger.h: the file, its lock, its transactions. */
#include "daemon/ledger/ledger.h"

#include "daemon/ledger/lock.h"
#include "daemon/ledger/open.h"
#include "daemon/ledger/replace.h"
#include "daemon/ledger/schema.h"
#include "daemon/ledger/sql.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BUSY_TIMEOUT_MS 2000 /* of a person's sqlite3 shell; our own writes are one thread */

/* ---- opening ---- */

static int set_up(Ledger *ledger)
{
        static const char pragmas[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                      "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 1000;";
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r;

        (void)sqlite3_busy_timeout(ledger->db, BUSY_TIMEOUT_MS); /* cannot fail on an open one */
        /* First of all: already the journal mode is written into the file. */
        r = schema_check(ledger);
        if (r < 0)
                return r;
        /* SQLite opens what it may not write for reading, and says so at the first write. */
        if (sqlite3_db_readonly(ledger->db, "main") != 0) {
                (void)text_copy(ledger->error, sizeof(ledger->error), "read-only");
                return -EROFS;
        }
        if (sqlite3_exec(ledger->db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
                return sql_failed(ledger);
        r = schema_migrate(ledger);
        if (r < 0)
                return r;
        r = sql_query(ledger, &statement, "SELECT value FROM about WHERE key = 'ledger_id'", "");
        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r < 0 ? r : -EUCLEAN;
        column_text(statement, 0, ledger->id, sizeof(ledger->id));
        return 0;
}

static void explain_open(int error, const Ledger *ledger, char *message, size_t size)
{
        static const struct {
                int error;
                const char *text;
        } texts[] = {
                {-EMEDIUMTYPE, "is another file: %s. Nothing was changed; move it away to begin a new ledger"},
                {-ENOTUNIQ, "was written by a newer strided (%s). Install that version again; "
                            "nothing was changed"},
                {-EUCLEAN, "is no ledger, or damaged: %s. Nothing was changed; move it away to "
                           "begin a new one, pods send again what they still hold"},
                {-EROFS, "cannot be written: %s. Check the file system and the owner"},
                {-EBUSY, "is locked: %s. Close the program that has it open"},
                {-ENOSPC, "cannot grow: %s. Make room; look with: df -h"},
        };

        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                char sentence[400];

                if (texts[i].error != error)
                        continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                (void)snprintf(sentence, sizeof(sentence), texts[i].text, ledger->error);
#pragma GCC diagnostic pop
                ledger_explain(message, size, "%s %s", ledger->path, sentence);
                return;
        }
        ledger_explain(message, size, "%s cannot be opened: %s", ledger->path,
                ledger->error[0] ? ledger->error : strerror(-error));
}

/* Not even room for the index of the journal. */
static bool is_full(Ledger *ledger)
{
        int64_t used, free_octets;

        return ledger_size(ledger, &used, &free_octets) == 0 && free_octets < 64 * 1024;
}

int open_unlocked(const char *path, Clock *clock, Ledger **ret, char *ret_message, size_t message_size)
{
        CLEANUP(ledger_closep) Ledger *ledger = calloc(1, sizeof(*ledger));
        int r = 0;

        if (!ledger)
                return -ENOMEM;
        ledger->lock_fd = -1;
        ledger->clock = clock;
        ledger->committed_boottime_ms = INT64_MIN;
        ledger->path = strdup(path);
        if (!ledger->path)
                return -ENOMEM;
        if (sqlite3_open_v2(path, &ledger->db,
                            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                            NULL) != SQLITE_OK)
                r = ledger->db ? sql_failed(ledger) : -ENOMEM;
        if (r >= 0)
                r = set_up(ledger);
        if (r == -EIO && is_full(ledger))
                r = -ENOSPC; /* SQLite names the file it could not make, not why */
        if (r < 0) {
                explain_open(r, ledger, ret_message, message_size);
                return r;
        }
        identity_note(ledger);
        *ret = TAKE(ledger);
        return 0;
}

int ledger_open(const char *path, Clock *clock, Ledger **ret, char *ret_message,
                size_t message_size)
{
        CLEANUP(closep) int lock_fd = -1;
        Ledger *ledger;
        int r = lock_take(path, &lock_fd, ret_message, message_size);

        if (r >= 0)
                r = replace_finish(path, ret_message, message_size);
        if (r >= 0)
                r = open_unlocked(path, clock, &ledger, ret_message, message_size);
        if (r < 0)
                return r;
        ledger->lock_fd = lock_fd;
        lock_fd = -1;
        lock_note(ledger->lock_fd, ledger->id);
        *ret = ledger;
        return 0;
}

Ledger *ledger_close(Ledger *ledger)
{
        if (!ledger)
                return NULL;
        if (ledger->db && ledger->depth > 0)
                (void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL); /* closing undoes it anyway */
        for (size_t i = 0; i < ledger->n_statements; i++)
                (void)sqlite3_finalize(ledger->statements[i].stmt); /* its error was told */
        if (ledger->db) {
                int code = sqlite3_close(ledger->db);

                assert(code == SQLITE_OK); /* a statement was leaked */
                (void)code;
        }
        for (size_t i = 0; i < ledger->n_codes; i++)
                free(ledger->codes[i]);
        closep(&ledger->lock_fd);
        free(ledger->path);
        free(ledger);
        return NULL;
}

void ledger_observe(Ledger *ledger, LedgerObserver observer, void *userdata)
{
        for (size_t i = 0; i < OBSERVERS_MAX; i++) {
                if (ledger->observers[i].function)
                        continue;
                ledger->observers[i].function = observer;
                ledger->observers[i].userdata = userdata;
                return;
        }
        assert(!"more observers than OBSERVERS_MAX");
}

void ledger_forget(Ledger *ledger, LedgerObserver observer, void *userdata)
{
        for (size_t i = 0; i < OBSERVERS_MAX; i++) {
                if (ledger->observers[i].function == observer &&
                    ledger->observers[i].userdata == userdata)
                        ledger->observers[i].function = NULL;
        }
}

const char *ledger_error(const Ledger *ledger)
{
        return ledger->error;
}

const char *ledger_path(const Ledger *ledger)
{
        return ledger->path;
}

const char *ledger_id(const Ledger *ledger)
{
        return ledger->id;
}

/* ---- transactions ---- */

void ledger_touch(Ledger *ledger, unsigned touched)
{
        ledger->touched |= touched;
}

int ledger_begin(Ledger *ledger)
{
        if (ledger->depth == 0) {
                int r = sql_run(ledger, "BEGIN IMMEDIATE", "");

                if (r < 0)
                        return r;
                ledger->broken = false;
                ledger->touched = 0;
        }
        ledger->depth++;
        return 0;
}

/* What was only remembered until now goes along. */
static int write_remembered(Ledger *ledger)
{
        for (size_t i = 0; i < ledger->n_heard; i++) {
                int r = sql_run(ledger, "UPDATE pod SET last_heard = ? WHERE address = ?", "is",
                                ledger->heard[i].utc_ms, ledger->heard[i].address);

                if (r < 0)
                        return r;
        }
        for (size_t i = 0; i < ledger->n_attempts; i++) {
                int r = sql_run(ledger, "UPDATE outbox SET attempts = attempts + 1 WHERE id = ?",
                                "i", ledger->attempts[i]);

                if (r < 0)
                        return r;
        }
        return 0;
}

static void undo(Ledger *ledger)
{
        /* SQLite may have rolled back by itself: then this fails, and nothing is lost. */
        if (!sqlite3_get_autocommit(ledger->db))
                (void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
}

int ledger_commit(Ledger *ledger)
{
        unsigned touched;
        int r;

        assert(ledger->depth > 0);
        if (--ledger->depth > 0)
                return ledger->broken ? -ECANCELED : 0;
        if (ledger->broken) {
                undo(ledger);
                return -ECANCELED;
        }
        r = identity_check(ledger);
        if (r >= 0)
                r = write_remembered(ledger);
        if (r >= 0)
                r = sql_run(ledger, "COMMIT", "");
        if (r < 0) {
                undo(ledger);
                return r;
        }
        ledger->committed_boottime_ms = clock_boottime_ms(ledger->clock);
        room_note(ledger, 0);
        ledger->n_heard = 0;
        ledger->n_attempts = 0;
        touched = ledger->touched;
        for (size_t i = 0; touched && i < OBSERVERS_MAX; i++) {
                if (ledger->observers[i].function)
                        ledger->observers[i].function(touched, ledger->observers[i].userdata);
        }
        return 0;
}

void ledger_rollback(Ledger *ledger)
{
        assert(ledger->depth > 0);
        ledger->broken = true;
        if (--ledger->depth == 0)
                undo(ledger);
}

/* ---- audit ---- */

int audit_add(Ledger *ledger, const char *what, const char *runner, const char *detail)
{
        return sql_run(ledger, "INSERT INTO audit (utc_ms, what, runner, detail) VALUES (?, ?, ?, ?)",
                       "isss", clock_utc_ms(ledger->clock), what, runner, detail);
}

int audit_each(Ledger *ledger, int64_t after_id, size_t limit, AuditFunction function,
               void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT id, utc_ms, what, runner, detail FROM audit WHERE id > ? ORDER BY "
                          "id LIMIT ?",
                          "ii", after_id, (int64_t)limit);

        while (r >= 0) {
                char what[64], runner[ID_SIZE], detail[256];

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                column_text(statement, 2, what, sizeof(what));
                column_text(statement, 3, runner, sizeof(runner));
                column_text(statement, 4, detail, sizeof(detail));
                r = function(column_integer(statement, 0), column_integer(statement, 1), what,
                             runner, detail, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}
