#include "daemon/ledger/zone-files.h"

#include "base/calendar.h"
#include "base/zone.h"
#include "daemon/ledger/about.h"
#include "daemon/ledger/dirty.h"
#include "proto/clinic-records.h"

#include <errno.h>
#include <stdio.h>

enum { ZONE_SIZE = 48 };

/* From the first week there is: the years before it would be gone through day by day, for nothing. */
static int mark_all(Ledger *ledger, const char *name, const Zone *zone)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t from_utc_ms, to_utc_ms = clock_utc_ms(ledger->clock) + DAY_MS;
        char runner[ID_SIZE], first[WEEK_ID_SIZE];
        IsoWeek week;
        int r = sql_query(ledger, &statement,
                          "SELECT home.runner, min(week.week) FROM home JOIN week ON week.runner = home.runner "
                          "WHERE home.zone = ? GROUP BY home.runner",
                          "s", name);

        while (r >= 0) {
                r = sql_step(statement);
                if (r <= 0)
                        break;
                column_text(statement, 0, runner, sizeof(runner));
                column_text(statement, 1, first, sizeof(first));
                if (iso_week_parse(first, &week) < 0)
                        return -EUCLEAN;
                from_utc_ms = zone_week_start_utc_ms(zone, week) - 2 * DAY_MS;
                if (from_utc_ms <= to_utc_ms)
                        r = dirty_mark_for(ledger, runner, DIRTY_ZONE, from_utc_ms, to_utc_ms);
        }
        return r < 0 ? r : audit_add(ledger, "rules of a time zone changed", "", name);
}

/* 1: another file than last time; 0: the same, the first one, or none. */
static int check_one(Ledger *ledger, const char *name)
{
        CLEANUP(zone_freep) Zone *zone = NULL;
        int64_t before = 0;
        char key[ZONE_SIZE + 8];
        int known, r = zone_new(name, &zone);

        if (r == -ENOENT || r == -EINVAL)
                return 0;
        if (r < 0)
                return r;
        (void)snprintf(key, sizeof(key), "zone %s", name);
        known = about_integer(ledger, key, &before);
        if (known < 0 || (known > 0 && before == zone_fingerprint(zone)))
                return known < 0 ? known : 0;
        if (known > 0)
                r = mark_all(ledger, name, zone);
        if (r >= 0)
                r = about_set_integer(ledger, key, zone_fingerprint(zone));
        return r < 0 ? r : known;
}

int zone_files_check(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        CLEANUP(statement_donep) Statement *statement = NULL;
        char zone[ZONE_SIZE];
        int changed = 0, r;

        if (clock_quality(ledger->clock) == CLOCK_UNSET)
                return 0;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = sql_query(ledger, &statement, "SELECT DISTINCT zone FROM home", "");
        while (r >= 0) {
                r = sql_step(statement);
                if (r <= 0)
                        break;
                column_text(statement, 0, zone, sizeof(zone));
                r = check_one(ledger, zone);
                changed += r > 0;
        }
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : changed;
}
