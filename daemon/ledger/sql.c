#include "daemon/ledger/sql.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
        int code;
        int error;
} sqlite_errors[] = {
        {SQLITE_BUSY, -EBUSY},       {SQLITE_LOCKED, -EBUSY},    {SQLITE_READONLY, -EROFS},
        {SQLITE_FULL, -ENOSPC},      {SQLITE_NOMEM, -ENOMEM},    {SQLITE_CORRUPT, -EUCLEAN},
        {SQLITE_NOTADB, -EUCLEAN},   {SQLITE_CANTOPEN, -EIO},
};

int sql_failed(Ledger *ledger)
{
        int code = sqlite3_errcode(ledger->db);

        (void)text_copy(ledger->error, sizeof(ledger->error), sqlite3_errmsg(ledger->db));
        for (size_t i = 0; i < ARRAY_SIZE(sqlite_errors); i++) {
                if (sqlite_errors[i].code == code)
                        return sqlite_errors[i].error;
        }
        return -EIO;
}

/* A free one of the cache. Most texts are literals and stand where they stood: few are compared. */
static Statement *statement_find(Ledger *ledger, const char *sql)
{
        for (size_t i = 0; i < ledger->n_statements; i++) {
                Statement *cached = &ledger->statements[i];

                if (cached->asked == sql && !cached->busy && strcmp(sqlite3_sql(cached->stmt), sql) == 0)
                        return cached;
        }
        for (size_t i = 0; i < ledger->n_statements; i++) {
                Statement *cached = &ledger->statements[i];

                if (cached->asked != sql && !cached->busy && strcmp(sqlite3_sql(cached->stmt), sql) == 0)
                        return cached;
        }
        return NULL;
}

/* A free statement of that text: from the cache, or a new one. */
static int statement_get(Ledger *ledger, const char *sql, Statement **ret)
{
        Statement *statement = statement_find(ledger, sql);

        if (statement) {
                statement->asked = sql;
                statement->busy = true;
                *ret = statement;
                return 0;
        }
        if (ledger->n_statements < STATEMENTS_MAX) {
                statement = &ledger->statements[ledger->n_statements];
        } else {
                statement = calloc(1, sizeof(*statement));
                if (!statement)
                        return -ENOMEM;
                statement->transient = true;
        }
        statement->ledger = ledger;
        if (sqlite3_prepare_v3(ledger->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->stmt,
                               NULL) != SQLITE_OK) {
                if (statement->transient)
                        free(statement);
                return sql_failed(ledger);
        }
        statement->asked = sql;
        statement->busy = true;
        if (!statement->transient)
                ledger->n_statements++;
        *ret = statement;
        return 0;
}

static int bind_one(sqlite3_stmt *stmt, int at, char type, va_list *arguments)
{
        int64_t integer;
        double real;
        const void *pointer;

        switch (type) {
        case 'i':
                integer = va_arg(*arguments, int64_t);
                return integer == NULL_INTEGER ? sqlite3_bind_null(stmt, at)
                                               : sqlite3_bind_int64(stmt, at, integer);
        case 'd':
                real = va_arg(*arguments, double);
                return isnan(real) ? sqlite3_bind_null(stmt, at)
                                   : sqlite3_bind_double(stmt, at, real);
        case 's':
                pointer = va_arg(*arguments, const char *);
                return sqlite3_bind_text(stmt, at, pointer, -1, SQLITE_TRANSIENT);
        case 'b':
                pointer = va_arg(*arguments, const void *);
                return sqlite3_bind_blob64(stmt, at, pointer, va_arg(*arguments, size_t),
                                           SQLITE_TRANSIENT);
        default:
                assert(!"known type letter");
                return SQLITE_MISUSE;
        }
}

static int bind_all(Statement *statement, int at, const char *types, va_list *arguments)
{
        for (; *types; types++, at++) {
                if (bind_one(statement->stmt, at, *types, arguments) != SQLITE_OK)
                        return sql_failed(statement->ledger);
        }
        return 0;
}

static int query_list(Ledger *ledger, Statement **ret, const char *sql, const char *types,
                      va_list *arguments)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = statement_get(ledger, sql, &statement);

        if (r < 0)
                return r;
        r = bind_all(statement, 1, types, arguments);
        if (r < 0)
                return r;
        *ret = TAKE(statement);
        return 0;
}

int sql_query(Ledger *ledger, Statement **ret, const char *sql, const char *types, ...)
{
        va_list arguments;
        int r;

        va_start(arguments, types);
        r = query_list(ledger, ret, sql, types, &arguments);
        va_end(arguments);
        return r;
}

int sql_step(Statement *statement)
{
        int code = sqlite3_step(statement->stmt);

        if (code == SQLITE_ROW)
                return 1;
        return code == SQLITE_DONE ? 0 : sql_failed(statement->ledger);
}

int sql_run(Ledger *ledger, const char *sql, const char *types, ...)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        va_list arguments;
        int r;

        va_start(arguments, types);
        r = query_list(ledger, &statement, sql, types, &arguments);
        va_end(arguments);
        if (r < 0)
                return r;
        r = sql_step(statement);
        return r < 0 ? r : 0;
}

int sql_integer(Ledger *ledger, int64_t *ret, const char *sql, const char *types, ...)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        va_list arguments;
        int r;

        va_start(arguments, types);
        r = query_list(ledger, &statement, sql, types, &arguments);
        va_end(arguments);
        if (r < 0)
                return r;
        r = sql_step(statement);
        if (r > 0)
                *ret = column_integer(statement, 0);
        return r;
}

/* ---- rows by field table ---- */

#define SQL_MAX 4096

static void append(char *ret, size_t size, const char *text)
{
        size_t length = strlen(ret);

        assert(length + strlen(text) < size); /* lists of our own columns: all fit */
        (void)text_copy(ret + length, size - length, text);
}

void columns_list(const FieldTable *table, char *ret, size_t size)
{
        ret[0] = '\0';
        for (size_t i = 0; i < table->n_fields; i++) {
                char column[64];

                (void)snprintf(column, sizeof(column), "%s\"%s\"", i > 0 ? ", " : "",
                               table->fields[i].path);
                for (char *c = column; *c; c++) {
                        if (*c == '.')
                                *c = '_';
                }
                append(ret, size, column);
        }
}

#define REALS_MAX 2048 /* of their text */

static int bind_reals(sqlite3_stmt *stmt, int at, const Field *field, const void *record)
{
        char text[REALS_MAX];

        if (!reals_format(field_reals(field, record), field_reals_n(field), text, sizeof(text)))
                return SQLITE_TOOBIG;
        return sqlite3_bind_text(stmt, at, text, -1, SQLITE_TRANSIENT);
}

static void read_reals(Statement *statement, int column, const Field *field, void *ret)
{
        char text[REALS_MAX];

        column_text(statement, column, text, sizeof(text));
        reals_parse(text, field_reals(field, ret), field_reals_n(field));
}

static int bind_field(Statement *statement, int at, const Field *field, const void *record)
{
        int code;

        if (field_is_null(field, record))
                code = sqlite3_bind_null(statement->stmt, at);
        else if (field->type == FIELD_REAL)
                code = sqlite3_bind_double(statement->stmt, at, *field_real(field, record));
        else if (field->type == FIELD_REALS)
                code = bind_reals(statement->stmt, at, field, record);
        else if (field->type == FIELD_TEXT || field->type == FIELD_CODES)
                code = sqlite3_bind_text(statement->stmt, at, field_text(field, record), -1,
                                         SQLITE_TRANSIENT);
        else
                code = sqlite3_bind_int64(statement->stmt, at, *field_integer(field, record));
        return code == SQLITE_OK ? 0 : sql_failed(statement->ledger);
}

int row_insert(Ledger *ledger, const char *verb, const FieldTable *table, const void *record,
               const char *extra, const char *types, ...)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        char columns[SQL_MAX / 2], sql[SQL_MAX];
        va_list arguments;
        int r;

        columns_list(table, columns, sizeof(columns));
        (void)snprintf(sql, sizeof(sql), "%s INTO \"%s\" (%s%s) VALUES (?", verb, table->name,
                       columns, extra);
        for (size_t i = 1; i < table->n_fields + strlen(types); i++)
                append(sql, sizeof(sql), ", ?");
        append(sql, sizeof(sql), ")");
        r = statement_get(ledger, sql, &statement);
        for (size_t i = 0; r >= 0 && i < table->n_fields; i++)
                r = bind_field(statement, (int)i + 1, &table->fields[i], record);
        if (r < 0)
                return r;
        va_start(arguments, types);
        r = bind_all(statement, (int)table->n_fields + 1, types, &arguments);
        va_end(arguments);
        if (r < 0)
                return r;
        r = sql_step(statement);
        return r < 0 ? r : 0;
}

int row_query(Ledger *ledger, Statement **ret, const FieldTable *table, const char *extra,
              const char *tail, const char *types, ...)
{
        char columns[SQL_MAX / 2], sql[SQL_MAX];
        va_list arguments;
        int r;

        columns_list(table, columns, sizeof(columns));
        (void)snprintf(sql, sizeof(sql), "SELECT %s%s FROM \"%s\" AS t %s", columns, extra,
                       table->name, tail);
        va_start(arguments, types);
        r = query_list(ledger, ret, sql, types, &arguments);
        va_end(arguments);
        return r;
}

void row_read(Statement *statement, const FieldTable *table, void *ret)
{
        for (size_t i = 0; i < table->n_fields; i++) {
                const Field *field = &table->fields[i];

                if (field->type == FIELD_REAL)
                        *field_real(field, ret) = column_real(statement, (int)i);
                else if (field->type == FIELD_REALS)
                        read_reals(statement, (int)i, field, ret);
                else if (field->type == FIELD_TEXT || field->type == FIELD_CODES)
                        column_text(statement, (int)i, field_text(field, ret), field->size);
                else
                        *field_integer(field, ret) = column_integer(statement, (int)i);
        }
}

/* ---- reasons ---- */

void reasons_write(const Reasons *reasons, char *ret, size_t size)
{
        ret[0] = '\0';
        for (size_t i = 0; i < reasons->n; i++) {
                append(ret, size, reasons->list[i].path);
                append(ret, size, "=");
                append(ret, size, reasons->list[i].code);
                append(ret, size, ";");
        }
}

/* A text that lives as long as the ledger. NULL: no memory or too many different ones. */
static const char *intern(Ledger *ledger, const char *text, size_t length)
{
        for (size_t i = 0; i < ledger->n_codes; i++) {
                if (strlen(ledger->codes[i]) == length &&
                    memcmp(ledger->codes[i], text, length) == 0)
                        return ledger->codes[i];
        }
        if (ledger->n_codes == CODES_MAX)
                return NULL;
        ledger->codes[ledger->n_codes] = strndup(text, length);
        return ledger->codes[ledger->n_codes] ? ledger->codes[ledger->n_codes++] : NULL;
}

void reasons_read(Ledger *ledger, const char *text, Reasons *ret)
{
        ret->n = 0;
        while (*text) {
                const char *equals = strchr(text, '=');
                const char *end = equals ? strchr(equals, ';') : NULL;
                const char *path, *code;

                if (!end)
                        return;
                path = intern(ledger, text, (size_t)(equals - text));
                code = intern(ledger, equals + 1, (size_t)(end - equals) - 1);
                if (path && code)
                        reasons_add(ret, path, code);
                text = end + 1;
        }
}
