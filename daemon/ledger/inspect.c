/* Implements ledger-file.h: looking through a file, and copying it. */
#include "daemon/ledger/inspect.h"

#include "daemon/ledger/descriptor-vfs.h"
#include "daemon/ledger/schema.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUSY_TIMEOUT_MS 10000
#define HEADER_VERSIONS_AT 18 /* SQLite's file format: 1, 1 a rollback journal; 2, 2 a WAL */
#define PROGRESS_OPS    200000 /* of SQLite's machine: some ms */

int inspect_failed(sqlite3 *db, char *message, size_t size)
{
        static const struct {
                int code;
                int error;
        } errors[] = {
                {SQLITE_CORRUPT, -EUCLEAN}, {SQLITE_NOTADB, -EUCLEAN}, {SQLITE_BUSY, -EBUSY},
                {SQLITE_FULL, -ENOSPC},     {SQLITE_NOMEM, -ENOMEM},   {SQLITE_READONLY, -EROFS},
        };
        int code = db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;

        ledger_explain(message, size, "%s", db ? sqlite3_errmsg(db) : "out of memory");
        for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
                if (errors[i].code == code)
                        return errors[i].error;
        }
        return -EIO;
}

int inspect_open(const char *path, const char *vfs, sqlite3 **ret, char *message, size_t size)
{
        CLEANUP(sqlite3_closep) sqlite3 *db = NULL;

        if (access(path, R_OK) < 0) {
                int error = errno;

                ledger_explain(message, size, "%s cannot be read: %s", path, strerror(error));
                return -error;
        }
        if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, vfs) != SQLITE_OK)
                return inspect_failed(db, message, size);
        (void)sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
        if (sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) != SQLITE_OK ||
            sqlite3_exec(db, "PRAGMA query_only = ON; PRAGMA cell_size_check = ON", NULL, NULL, NULL) != SQLITE_OK)
                return inspect_failed(db, message, size);
        *ret = TAKE(db);
        return 0;
}

/* The first row's first column, as text or number. */
static int ask(sqlite3 *db, const char *sql, int64_t *ret, char *ret_text, size_t text_size)
{
        sqlite3_stmt *stmt = NULL;
        int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

        if (code == SQLITE_OK)
                code = sqlite3_step(stmt);
        if (code == SQLITE_ROW && ret)
                *ret = sqlite3_column_int64(stmt, 0);
        if (code == SQLITE_ROW && ret_text) {
                const char *text = (const char *)sqlite3_column_text(stmt, 0);

                (void)text_copy(ret_text, text_size, text ? text : "");
        }
        (void)sqlite3_finalize(stmt); /* its error is the step's */
        return code == SQLITE_ROW ? 0 : -EIO;
}

typedef struct Watch {
        LedgerProgress progress;
        void *userdata;
} Watch;

static int on_progress(void *userdata)
{
        const Watch *watch = userdata;

        watch->progress(watch->userdata);
        return 0;
}

int inspect_database(sqlite3 *db, const char *name, LedgerProgress progress, void *userdata, char *message,
                     size_t size)
{
        Watch watch = {.progress = progress, .userdata = userdata};
        int64_t application = 0, version = 0;
        char found[200] = "";

        if (ask(db, "PRAGMA application_id", &application, NULL, 0) < 0 ||
            ask(db, "PRAGMA user_version", &version, NULL, 0) < 0) {
                int r = inspect_failed(db, found, sizeof(found));

                ledger_explain(message, size, "%s is no ledger, or damaged: %s", name, found);
                return r;
        }
        if (application != LEDGER_APPLICATION_ID) {
                ledger_explain(message, size, "%s is another program's database", name);
                return -EMEDIUMTYPE;
        }
        if (version > schema_version()) {
                ledger_explain(message, size, "%s was written by a newer strided (version %lld, this one knows up to "
                                              "%d): install that version again",
                               name, (long long)version, schema_version());
                return -ENOTUNIQ;
        }
        if (progress)
                sqlite3_progress_handler(db, PROGRESS_OPS, on_progress, &watch);
        if (ask(db, "PRAGMA quick_check(1)", NULL, found, sizeof(found)) < 0) {
                int r = inspect_failed(db, found, sizeof(found));

                sqlite3_progress_handler(db, 0, NULL, NULL);
                ledger_explain(message, size, "%s cannot be looked through: %s", name, found);
                return r;
        }
        sqlite3_progress_handler(db, 0, NULL, NULL);
        if (strcmp(found, "ok") == 0)
                return 0;
        for (char *c = found; *c; c++) {
                if (*c == '\n')
                        *c = ' ';
        }
        ledger_explain(message, size, "%s is damaged: %s", name, found);
        return -EUCLEAN;
}

int ledger_file_check(const char *path, LedgerProgress progress, void *userdata, char *ret_message,
                      size_t message_size)
{
        CLEANUP(sqlite3_closep) sqlite3 *db = NULL;
        int r = inspect_open(path, NULL, &db, ret_message, message_size);

        return r < 0 ? r : inspect_database(db, path, progress, userdata, ret_message, message_size);
}

/* Every page, as of one moment: a reader keeps its moment while others write. */
static int copy_pages(sqlite3 *from, sqlite3 *to, char *message, size_t size)
{
        sqlite3_backup *backup;
        int code;

        if (sqlite3_exec(from, "BEGIN; SELECT count(*) FROM sqlite_master", NULL, NULL, NULL) != SQLITE_OK)
                return inspect_failed(from, message, size);
        backup = sqlite3_backup_init(to, "main", from, "main");
        if (!backup)
                return inspect_failed(to, message, size);
        code = sqlite3_backup_step(backup, -1);
        if (sqlite3_backup_finish(backup) != SQLITE_OK || code != SQLITE_DONE)
                return inspect_failed(to, message, size);
        return 0;
}

int ledger_file_backup(const char *path, int fd, char *ret_message, size_t message_size)
{
        CLEANUP(sqlite3_closep) sqlite3 *from = NULL;
        CLEANUP(sqlite3_closep) sqlite3 *to = NULL;
        int r = inspect_open(path, NULL, &from, ret_message, message_size);

        if (r >= 0)
                r = descriptor_open(fd, &to);
        if (r >= 0)
                r = copy_pages(from, to, ret_message, message_size);
        if (r < 0)
                return r;
        sqlite3_closep(&to); /* anew: what is looked through is what was written */
        to = NULL;
        /* It has no journal: marked so, it can be read where nothing can be written beside it. */
        if (pwrite(fd, "\1\1", 2, HEADER_VERSIONS_AT) != 2) {
                r = -errno;
                ledger_explain(ret_message, message_size, "the copy cannot be written: %s", strerror(-r));
                return r;
        }
        r = descriptor_open(fd, &to);
        if (r >= 0)
                r = inspect_database(to, "the copy", NULL, NULL, ret_message, message_size);
        if (r >= 0 && fsync(fd) < 0) {
                r = -errno;
                ledger_explain(ret_message, message_size, "the copy cannot be synced: %s", strerror(-r));
        }
        return r;
}
