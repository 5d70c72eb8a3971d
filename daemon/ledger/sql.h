/* sql.h: Private to the ledger. Statements, bindings and the struct of the ledger itself.
 *
 * Every function returns -errno (see ledger.h) and remembers SQLite's sentence. */
#pragma once

#include "base/text.h"
#include "daemon/ledger/ledger.h"
#include "proto/fields.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <sys/types.h>

#define STATEMENTS_MAX 256
#define OBSERVERS_MAX  4
#define CODES_MAX      1024

typedef struct Statement {
        Ledger *ledger;
        sqlite3_stmt *stmt;
        const char *asked; /* where the text stood that it was last asked for by; only to compare */
        bool busy;
        bool transient; /* not in the cache: finalised when done */
} Statement;

/* What is told without a commit of its own, written with the next one. */
typedef struct Heard {
        char address[ADDRESS_SIZE];
        int64_t utc_ms;
} Heard;

/* Which file it is, whatever its name. */
typedef struct FileIdentity {
        dev_t device;
        ino_t inode; /* 0: not known */
} FileIdentity;

#define HEARD_MAX    32
#define ATTEMPTS_MAX 64

struct Ledger {
        sqlite3 *db;
        Clock *clock;
        char *path;
        char id[9];
        char error[256];
        int lock_fd;
        unsigned depth; /* of nested transactions */
        bool broken;    /* rolled back inside: the outermost commit fails */
        unsigned touched;
        int64_t committed_boottime_ms; /* INT64_MIN: not yet */
        int64_t min_free_octets;
        int64_t size_max_octets;
        bool is_short;   /* of free octets, as last seen */
        bool is_damaged; /* SQLite found it so, and the observers were told */
        bool is_near;    /* the end of its budget, as last seen */
        bool is_high;    /* in its budget, as last seen */
        int64_t tried_boottime_ms;
        int write_error; /* -ENOSPC or -EIO of the last access; 0: it works */
        FileIdentity file, wal; /* as opened */
        bool is_elsewhere; /* another file, or none, has one of their names; as last seen */
        struct {
                LedgerObserver function;
                void *userdata;
        } observers[OBSERVERS_MAX];
        Statement statements[STATEMENTS_MAX];
        size_t n_statements;
        char *codes[CODES_MAX]; /* texts that Reasons point to */
        size_t n_codes;
        Heard heard[HEARD_MAX];
        size_t n_heard;
        int64_t attempts[ATTEMPTS_MAX];
        size_t n_attempts;
};

/* Binds by `types`, one letter an argument: i int64_t (NULL_INTEGER is null), d double (NAN
 * is null), s text (NULL is null), b blob (pointer, then size_t). */
int sql_query(Ledger *ledger, Statement **ret, const char *sql, const char *types, ...) MUST_CHECK;
/* 1: a row; 0: done; -errno. */
int sql_step(Statement *statement) MUST_CHECK;
/* A statement without rows, run to its end. */
int sql_run(Ledger *ledger, const char *sql, const char *types, ...) MUST_CHECK;
/* First column of the first row. 1, 0: no row, *ret untouched. */
int sql_integer(Ledger *ledger, int64_t *ret, const char *sql, const char *types, ...) MUST_CHECK;

static inline void statement_done(Statement *statement)
{
        if (statement->transient) {
                (void)sqlite3_finalize(statement->stmt); /* its error was told by sql_step */
                free(statement);
                return;
        }
        (void)sqlite3_reset(statement->stmt); /* as above */
        statement->busy = false;
}
DEFINE_CLEANUP(Statement *, statement_done);

static inline int64_t column_integer(Statement *statement, int column)
{
        return sqlite3_column_type(statement->stmt, column) == SQLITE_NULL
                       ? NULL_INTEGER
                       : sqlite3_column_int64(statement->stmt, column);
}

static inline double column_real(Statement *statement, int column)
{
        return sqlite3_column_type(statement->stmt, column) == SQLITE_NULL
                       ? NULL_REAL
                       : sqlite3_column_double(statement->stmt, column);
}

/* Cut to `size`; null becomes "". */
static inline void column_text(Statement *statement, int column, char *ret, size_t size)
{
        const char *text = (const char *)sqlite3_column_text(statement->stmt, column);

        (void)text_copy(ret, size, text ? text : "");
}

/* A sentence for people into `ret`, which may be NULL. */
void ledger_explain(char *ret, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
/* The file did not let us read or write (-ENOSPC, -EIO); 0: it did. Logged when it changes. */
void room_note(Ledger *ledger, int error);
/* Notes which files are open (identity.c); then: 0: they still have their names; -EIO: not, which is said
 * once. What is written then is lost when the program ends. */
void identity_note(Ledger *ledger);
int identity_check(Ledger *ledger) MUST_CHECK;
/* The last SQLite failure as -errno, its sentence remembered. */
int sql_failed(Ledger *ledger) MUST_CHECK;

/* ---- rows by field table: columns are the paths with '_' for '.' ---- */

/* "a", "b", … of a table. */
void columns_list(const FieldTable *table, char *ret, size_t size);
/* Inserts a record: its fields, then `extra` columns (names with a comma before each, "" for
 * none) bound by `types`. `verb`: "INSERT" or "INSERT OR REPLACE". */
int row_insert(Ledger *ledger, const char *verb, const FieldTable *table, const void *record,
               const char *extra, const char *types, ...) MUST_CHECK;
/* SELECT of all fields (then `extra` columns) of the table, with a tail of SQL. */
int row_query(Ledger *ledger, Statement **ret, const FieldTable *table, const char *extra,
              const char *tail, const char *types, ...) MUST_CHECK;
/* Fills a record from the first columns of the row. */
void row_read(Statement *statement, const FieldTable *table, void *ret);

/* Reasons ⇄ "path=code;…". */
void reasons_write(const Reasons *reasons, char *ret, size_t size);
void reasons_read(Ledger *ledger, const char *text, Reasons *ret);

/* Notes what the running transaction touches. */
void ledger_touch(Ledger *ledger, unsigned touched);
/* A line of the audit log, in the running transaction. */
int audit_add(Ledger *ledger, const char *what, const char *runner, const char *detail) MUST_CHECK;

/* A transaction that ends with the scope: rolled back unless committed. */
typedef struct Transaction {
        Ledger *ledger;
} Transaction;

static inline void transaction_endp(const Transaction *transaction)
{
        if (transaction->ledger)
                ledger_rollback(transaction->ledger);
}

static inline int transaction_begin(Transaction *transaction, Ledger *ledger)
{
        int r = ledger_begin(ledger);

        transaction->ledger = r < 0 ? NULL : ledger;
        return r;
}

static inline int transaction_commit(Transaction *transaction)
{
        Ledger *ledger = TAKE(transaction->ledger);

        return ledger_commit(ledger);
}
