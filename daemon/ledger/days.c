#include "daemon/ledger/days.h"

#include "daemon/ledger/sql.h"

int sensed_day_put(Ledger *ledger, const SensedDay *day)
{
        return row_insert(ledger, "INSERT OR REPLACE", &sensed_day_fields, day, "", "");
}

int sensed_day_clear(Ledger *ledger, const char *runner, int32_t day)
{
        int r = sql_run(ledger, "DELETE FROM sensed_day WHERE runner = ? AND day = ?", "si", runner,
                        (int64_t)day);

        return r < 0 ? r : 0;
}

int sensed_day_each(Ledger *ledger, const char *runner, int32_t first, int32_t last,
                    SensedDayFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &sensed_day_fields, "",
                          "WHERE runner = ? AND day BETWEEN ? AND ? ORDER BY day", "sii", runner,
                          (int64_t)first, (int64_t)last);

        while (r >= 0) {
                SensedDay day;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                row_read(statement, &sensed_day_fields, &day);
                r = function(&day, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}
