#include "daemon/ledger/standing.h"

#include "base/calendar.h"
#include "daemon/ledger/sql.h"
#include "proto/clinic-records.h"

#include <errno.h>

int newest_week(Ledger *ledger, const char *runner, const Homes *homes, int64_t now_utc_ms,
                IsoWeek *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        char now[WEEK_ID_SIZE], id[WEEK_ID_SIZE];
        int r;

        iso_week_format(homes_week(homes, now_utc_ms), now);
        r = sql_query(ledger, &statement,
                      "SELECT week FROM week WHERE runner = ? AND week <= ? ORDER BY week DESC LIMIT 1",
                      "ss", runner, now);
        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        column_text(statement, 0, id, sizeof(id));
        return iso_week_parse(id, ret) < 0 ? -EUCLEAN : 1;
}

int standing_in_week(Ledger *ledger, const char *runner, IsoWeek week, int64_t known_utc_ms,
                       char ret[static STANDING_SIZE])
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        char id[WEEK_ID_SIZE];
        int r;

        iso_week_format(week, id);
        codes_none(ret);
        r = sql_query(ledger, &statement,
                      "SELECT verdict_standing FROM week LEFT JOIN week_verdict ON"
                      " week_verdict.runner = week.runner AND week_verdict.key = week.week"
                      " AND week_verdict.revision = week.revision"
                      " WHERE week.runner = ? AND week.week = ? AND week.made <= ?"
                      " ORDER BY week.revision DESC LIMIT 1",
                      "ssi", runner, id, known_utc_ms);
        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                column_text(statement, 0, ret, STANDING_SIZE);
        return r < 0 ? r : 0;
}

int standing_in_weeks(Ledger *ledger, const char *runner, IsoWeek newest, int64_t known_utc_ms,
                    char ret[static SAW_SIZE])
{
        codes_none(ret);
        for (int i = 0; i < ALERT_WEEKS; i++) {
                char list[STANDING_SIZE];
                const char *at = list;
                StandingReason one;
                int r = standing_in_week(ledger, runner, iso_week_add(newest, -i), known_utc_ms, list);

                if (r < 0)
                        return r;
                while (standing_next(&at, &one))
                        (void)standing_add(ret, SAW_SIZE, &one); /* as many lists fit */
        }
        return 0;
}
