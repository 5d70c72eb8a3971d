#include "daemon/ledger/salvage.h"

#include "daemon/ledger/inspect.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS_MAX    64
#define SKIP_SEQS      16    /* behind a page that cannot be read */
#define PROGRESS_ROWS  10000

typedef struct Table {
        char name[64];
        char columns[1800]; /* quoted, with commas */
        char key[300];      /* by which its rows lie: rowid, or its primary key */
        char key_down[300]; /* the same, from the end */
        int n_columns;
} Table;

typedef struct Salvage {
        sqlite3 *from, *to;
        LedgerProgress progress;
        void *userdata;
        Salvaged *result;
} Salvage;

static inline void stmt_donep(sqlite3_stmt *const *stmt)
{
        (void)sqlite3_finalize(*stmt); /* its error was the step's */
}

bool salvage_is_hurt(const Salvaged *salvaged, const char *table)
{
        char word[80];

        (void)snprintf(word, sizeof(word), " %s ", table);
        return salvaged->trouble || strstr(salvaged->hurt, word);
}

static void note_hurt(Salvaged *result, const char *table)
{
        size_t used = strlen(result->hurt);

        if (salvage_is_hurt(result, table))
                return;
        result->n_hurt++;
        (void)snprintf(result->hurt + used, sizeof(result->hurt) - used, "%s%s ", used ? "" : " ", table);
}

/* ---- what a table looks like ---- */

static void append(char *ret, size_t size, const char *name, const char *order)
{
        size_t used = strlen(ret);

        (void)snprintf(ret + used, size - used, "%s\"%s\"%s", used ? ", " : "", name, order);
}

static bool has_rowid(sqlite3 *db, const char *table)
{
        CLEANUP(stmt_donep) sqlite3_stmt *stmt = NULL;
        char sql[128];

        (void)snprintf(sql, sizeof(sql), "SELECT rowid FROM \"%s\"", table);
        return sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK;
}

/* Asked of the new one: both have the same. */
static int describe(sqlite3 *db, const char *name, Table *ret)
{
        CLEANUP(stmt_donep) sqlite3_stmt *stmt = NULL;
        const char *keys[COLUMNS_MAX] = {NULL};
        char sql[128], names[COLUMNS_MAX][48];
        int code;

        *ret = (Table){0};
        (void)text_copy(ret->name, sizeof(ret->name), name);
        (void)snprintf(sql, sizeof(sql), "PRAGMA table_info(\"%s\")", name);
        if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
                return -EIO;
        while ((code = sqlite3_step(stmt)) == SQLITE_ROW && ret->n_columns < COLUMNS_MAX) {
                int place = sqlite3_column_int(stmt, 5);
                char *column = names[ret->n_columns++];

                (void)text_copy(column, sizeof(names[0]), (const char *)sqlite3_column_text(stmt, 1));
                append(ret->columns, sizeof(ret->columns), column, "");
                if (place > 0 && place <= COLUMNS_MAX)
                        keys[place - 1] = column;
        }
        if (has_rowid(db, name))
                keys[0] = "rowid", keys[1] = NULL;
        for (size_t i = 0; i < COLUMNS_MAX && keys[i]; i++) {
                append(ret->key, sizeof(ret->key), keys[i], "");
                append(ret->key_down, sizeof(ret->key_down), keys[i], " DESC");
        }
        return code == SQLITE_DONE ? 0 : -EIO;
}

/* ---- rows ---- */

static int prepare_insert(Salvage *salvage, const Table *table, sqlite3_stmt **ret)
{
        char sql[2400];
        size_t used = (size_t)snprintf(sql, sizeof(sql), "INSERT OR IGNORE INTO \"%s\" (%s) VALUES (?",
                                       table->name, table->columns);

        for (int i = 1; i < table->n_columns; i++)
                used += (size_t)snprintf(sql + used, sizeof(sql) - used, ", ?");
        (void)snprintf(sql + used, sizeof(sql) - used, ")");
        return sqlite3_prepare_v2(salvage->to, sql, -1, ret, NULL) == SQLITE_OK ? 0 : -EIO;
}

/* 1: new; 0: it is there, or no such row can be; -errno: cannot be written. */
static int insert_row(Salvage *salvage, sqlite3_stmt *insert, sqlite3_stmt *row, int n_columns)
{
        int code;

        (void)sqlite3_reset(insert); /* the last error was told */
        for (int i = 0; i < n_columns; i++) {
                if (sqlite3_bind_value(insert, i + 1, sqlite3_column_value(row, i)) != SQLITE_OK)
                        return -ENOMEM;
        }
        code = sqlite3_step(insert);
        if (code != SQLITE_DONE)
                return (code & 0xff) == SQLITE_CONSTRAINT ? 0 : inspect_failed(salvage->to, NULL, 0);
        if (sqlite3_changes(salvage->to) == 0)
                return 0;
        if (++salvage->result->n_rows % PROGRESS_ROWS == 0 && salvage->progress)
                salvage->progress(salvage->userdata);
        return 1;
}

/* Rows of a SELECT until it ends (0), cannot be read (1), or, with `until_known`, until one that is
 * there (0). *last: the number in column `at` of the last one. */
static int copy_rows(Salvage *salvage, const Table *table, sqlite3_stmt *insert, sqlite3_stmt *select,
                     bool until_known, int at, int64_t *last)
{
        for (;;) {
                int code = sqlite3_step(select), r;

                if (code != SQLITE_ROW)
                        return code == SQLITE_DONE ? 0 : 1;
                r = insert_row(salvage, insert, select, table->n_columns);
                if (r < 0)
                        return r;
                if (last)
                        *last = sqlite3_column_int64(select, at);
                if (r == 0 && until_known)
                        return 0;
        }
}

static int scan(Salvage *salvage, const Table *table, sqlite3_stmt *insert, bool backwards)
{
        CLEANUP(stmt_donep) sqlite3_stmt *select = NULL;
        char sql[2400];

        (void)snprintf(sql, sizeof(sql), "SELECT %s FROM \"%s\" NOT INDEXED ORDER BY %s", table->columns,
                       table->name, backwards ? table->key_down : table->key);
        if (sqlite3_prepare_v2(salvage->from, sql, -1, &select, NULL) != SQLITE_OK)
                return 1;
        return copy_rows(salvage, table, insert, select, backwards, 0, NULL);
}

/* Numbers from `at` on; behind a page that cannot be read it goes on a little further. */
static int copy_epoch(Salvage *salvage, const Table *table, sqlite3_stmt *insert, sqlite3_stmt *select,
                      int64_t at, int64_t last, int seq_column)
{
        while (at <= last) {
                int64_t reached = at - 1;
                int r;

                (void)sqlite3_reset(select); /* its error was seen */
                if (sqlite3_bind_int64(select, 3, at) != SQLITE_OK)
                        return -ENOMEM;
                r = copy_rows(salvage, table, insert, select, false, seq_column, &reached);
                if (r <= 0)
                        return r;
                at = (reached < at ? at : reached) + SKIP_SEQS;
        }
        return 0;
}

/* Records are many, and each is worth a try: epoch by epoch, as far as the epochs are known. */
static int copy_records(Salvage *salvage, const Table *table, sqlite3_stmt *insert)
{
        CLEANUP(stmt_donep) sqlite3_stmt *epochs = NULL;
        CLEANUP(stmt_donep) sqlite3_stmt *select = NULL;
        char sql[2400];

        (void)snprintf(sql, sizeof(sql),
                       "SELECT %s FROM record NOT INDEXED WHERE pod_id = ?1 AND epoch = ?2 AND seq >= ?3 ORDER "
                       "BY pod_id, epoch, seq",
                       table->columns);
        if (sqlite3_prepare_v2(salvage->to, "SELECT pod_id, epoch, first_seq, last_seq FROM epoch", -1, &epochs,
                               NULL) != SQLITE_OK ||
            sqlite3_prepare_v2(salvage->from, sql, -1, &select, NULL) != SQLITE_OK)
                return 0; /* then what the scans found is all */
        while (sqlite3_step(epochs) == SQLITE_ROW) {
                int r;

                (void)sqlite3_reset(select); /* as above */
                if (sqlite3_bind_int64(select, 1, sqlite3_column_int64(epochs, 0)) != SQLITE_OK ||
                    sqlite3_bind_int64(select, 2, sqlite3_column_int64(epochs, 1)) != SQLITE_OK)
                        return -ENOMEM;
                r = copy_epoch(salvage, table, insert, select, sqlite3_column_int64(epochs, 2),
                               sqlite3_column_int64(epochs, 3), 2);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int copy_table(Salvage *salvage, const Table *table)
{
        CLEANUP(stmt_donep) sqlite3_stmt *insert = NULL;
        int r = prepare_insert(salvage, table, &insert);

        if (r >= 0)
                r = scan(salvage, table, insert, false);
        if (r <= 0)
                return r;
        note_hurt(salvage->result, table->name);
        r = scan(salvage, table, insert, true);
        if (r >= 0 && strcmp(table->name, "record") == 0)
                r = copy_records(salvage, table, insert);
        return r < 0 ? r : 0;
}

int salvage_copy(sqlite3 *from, sqlite3 *to, LedgerProgress progress, void *userdata, Salvaged *ret)
{
        Salvage salvage = {.from = from, .to = to, .progress = progress, .userdata = userdata, .result = ret};
        CLEANUP(stmt_donep) sqlite3_stmt *tables = NULL;

        *ret = (Salvaged){0};
        /* epochs first: they say where records lie */
        if (sqlite3_prepare_v2(to,
                               "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                               "'sqlite\\_%' ESCAPE '\\' ORDER BY name <> 'epoch', name",
                               -1, &tables, NULL) != SQLITE_OK)
                return -EIO;
        while (sqlite3_step(tables) == SQLITE_ROW) {
                Table table;
                int r = describe(to, (const char *)sqlite3_column_text(tables, 0), &table);

                if (r >= 0)
                        r = copy_table(&salvage, &table);
                if (r < 0)
                        return r;
        }
        return 0;
}
