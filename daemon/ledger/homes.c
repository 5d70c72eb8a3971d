#include "daemon/ledger/homes.h"

#include "base/calendar.h"

#include "daemon/ledger/dirty.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/sql.h"
#include "proto/clinic-records.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct Home {
        IsoWeek from; /* of the first: not looked at */
        Zone *zone;
} Home;

struct Homes {
        Home *list; /* oldest first, at least one */
        size_t n;
};

Homes *homes_free(Homes *homes)
{
        if (!homes)
                return NULL;
        for (size_t i = 0; i < homes->n; i++)
                zone_free(homes->list[i].zone);
        free(homes->list);
        free(homes);
        return NULL;
}

static int add_home(Homes *homes, const char *from, const char *name)
{
        CLEANUP(zone_freep) Zone *zone = NULL;
        IsoWeek week = {0};
        Home *moved;
        int r = zone_new(name, &zone);

        if (r >= 0 && homes->n > 0)
                r = iso_week_parse(from, &week) < 0 ? -EUCLEAN : 0;
        if (r < 0)
                return r;
        moved = reallocarray(homes->list, homes->n + 1, sizeof(*moved));
        if (!moved)
                return -ENOMEM;
        homes->list = moved;
        homes->list[homes->n++] = (Home){.from = week, .zone = TAKE(zone)};
        return 0;
}

int homes_new(Ledger *ledger, const char *runner, Homes **ret)
{
        CLEANUP(homes_freep) Homes *homes = calloc(1, sizeof(*homes));
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = homes ? sql_query(ledger, &statement,
                                  "SELECT from_week, zone FROM home WHERE runner = ? ORDER BY from_week",
                                  "s", runner)
                      : -ENOMEM;

        while (r >= 0) {
                char from[12], zone[48];

                r = sql_step(statement);
                if (r <= 0)
                        break;
                column_text(statement, 0, from, sizeof(from));
                column_text(statement, 1, zone, sizeof(zone));
                r = add_home(homes, from, zone);
        }
        if (r < 0)
                return r;
        if (homes->n == 0)
                return -ENOENT;
        *ret = TAKE(homes);
        return 0;
}

/* ---- weeks ---- */

static const Home *home_of(const Homes *homes, IsoWeek week)
{
        size_t i = homes->n - 1;

        while (i > 0 && iso_week_compare(week, homes->list[i].from) < 0)
                i--;
        return &homes->list[i];
}

const Zone *homes_zone(const Homes *homes, IsoWeek week)
{
        return home_of(homes, week)->zone;
}

int64_t homes_week_start_utc_ms(const Homes *homes, IsoWeek week)
{
        return zone_week_start_utc_ms(homes_zone(homes, week), week);
}

IsoWeek homes_week(const Homes *homes, int64_t utc_ms)
{
        IsoWeek week, before;
        size_t i = homes->n - 1;

        while (i > 0 && utc_ms < zone_week_start_utc_ms(homes->list[i].zone, homes->list[i].from))
                i--;
        week = zone_week(homes->list[i].zone, utc_ms);
        if (i + 1 == homes->n)
                return week;
        /* Monday already, but where the next home is it is Sunday yet */
        before = iso_week_add(homes->list[i + 1].from, -1);
        return iso_week_compare(week, before) > 0 ? before : week;
}

int32_t homes_local_day(const Homes *homes, int64_t utc_ms)
{
        IsoWeek week = homes_week(homes, utc_ms);
        int32_t monday = iso_week_monday(week);
        int32_t day = zone_local_day(homes_zone(homes, week), utc_ms);

        return day < monday ? monday : day > monday + 6 ? monday + 6 : day;
}

int64_t homes_day_start_utc_ms(const Homes *homes, int32_t day)
{
        IsoWeek week = iso_week_of_day(day);

        return iso_week_monday(week) == day ? homes_week_start_utc_ms(homes, week)
                                            : zone_day_start_utc_ms(homes_zone(homes, week), day);
}

/* ---- a move ---- */

/* From the week's beginning by either zone, up to now and what may lie a little ahead. */
static int mark_moved(Ledger *ledger, const char *runner, const Zone *zone, const char *from)
{
        int64_t from_utc_ms = EARLIEST_MS, to_utc_ms = clock_utc_ms(ledger->clock) + DAY_MS;
        IsoWeek week;

        if (from[0] && iso_week_parse(from, &week) >= 0)
                from_utc_ms = zone_week_start_utc_ms(zone, week) - 2 * DAY_MS;
        return from_utc_ms > to_utc_ms ? 0
                                       : dirty_mark_for(ledger, runner, DIRTY_ZONE, from_utc_ms, to_utc_ms);
}

static int store_move(Ledger *ledger, const char *runner, const char *zone, const char *from)
{
        char detail[80];
        int r = sql_run(ledger, "DELETE FROM home WHERE runner = ? AND from_week >= ?", "ss", runner, from);

        if (r >= 0) /* the first one counts always */
                r = sql_run(ledger,
                            "INSERT INTO home (runner, from_week, zone) SELECT ?1, CASE WHEN EXISTS (SELECT 1 "
                            "FROM home WHERE runner = ?1) THEN ?2 ELSE '' END, ?3",
                            "sss", runner, from, zone);
        if (r >= 0)
                r = sql_run(ledger, "UPDATE runner SET zone = ? WHERE id = ?", "ss", zone, runner);
        if (r < 0)
                return r;
        (void)snprintf(detail, sizeof(detail), "%s since %s", zone, from[0] ? from : "ever");
        return audit_add(ledger, "runner moved", runner, detail);
}

/* Every day from there on is worked out anew. */
static bool is_credible(const Ledger *ledger, IsoWeek week)
{
        IsoWeek now = iso_week_of_day((int32_t)(clock_utc_ms(ledger->clock) / DAY_MS));

        return week.year >= 2000 && week.year <= now.year + 1;
}

int runner_move(Ledger *ledger, const char *runner, const char *zone, const char *from)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        CLEANUP(zone_freep) Zone *there = NULL;
        Runner of;
        IsoWeek week;
        int r = from[0] && iso_week_parse(from, &week) < 0 ? -EINVAL : zone_new(zone, &there);

        if (r < 0)
                return r;
        if (strlen(zone) >= sizeof(of.zone))
                return -EINVAL;
        if (clock_quality(ledger->clock) == CLOCK_UNSET)
                return -EAGAIN;
        if (from[0] && !is_credible(ledger, week))
                return -ERANGE;
        r = runner_get(ledger, runner, &of);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = store_move(ledger, runner, zone, from);
        if (r >= 0)
                r = mark_moved(ledger, runner, there, from);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_ROSTER);
        return transaction_commit(&transaction);
}
