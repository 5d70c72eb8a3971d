#include "daemon/ledger/about.h"

int about_integer(Ledger *ledger, const char *key, int64_t *ret)
{
        return sql_integer(ledger, ret, "SELECT CAST(value AS INTEGER) FROM about WHERE key = ?", "s",
                           key);
}

int about_text(Ledger *ledger, const char *key, char *ret, size_t size)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement, "SELECT value FROM about WHERE key = ?", "s", key);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                column_text(statement, 0, ret, size);
        return r;
}

int about_set_integer(Ledger *ledger, const char *key, int64_t value)
{
        if (value == NULL_INTEGER)
                return sql_run(ledger, "DELETE FROM about WHERE key = ?", "s", key);
        return sql_run(ledger, "INSERT OR REPLACE INTO about (key, value) VALUES (?, ?)", "si", key,
                       value);
}

int about_set_text(Ledger *ledger, const char *key, const char *value)
{
        return sql_run(ledger, "INSERT OR REPLACE INTO about (key, value) VALUES (?, ?)", "ss", key,
                       value);
}
