#include "daemon/ledger/alerts.h"

#include "base/calendar.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/standing.h"

#include <errno.h>
#include <string.h>

typedef struct Asked {
        const StandingReason *reason;
        int64_t since_utc_ms;
        int64_t now_utc_ms;
        Acknowledgement *ret;
        bool is_seen;
} Asked;

/* The same occurrence, and it was as bad then. */
static bool was_among(const char *saw, const StandingReason *reason)
{
        StandingReason seen;

        while (standing_next(&saw, &seen)) {
                if (strcmp(seen.code, reason->code) == 0 && strcmp(seen.since, reason->since) >= 0 &&
                    !standing_is_worse(reason, &seen))
                        return true;
        }
        return false;
}

static bool covers(const Acknowledgement *given, const Asked *asked)
{
        bool is_named = strcmp(given->alert, asked->reason->code) == 0;
        int64_t of_utc_ms = is_named && given->since_utc_ms != NULL_INTEGER ? given->since_utc_ms
                                                                           : given->at_utc_ms;

        if (!given->alert[0] || of_utc_ms < asked->since_utc_ms ||
            !acknowledgement_holds(given, asked->now_utc_ms))
                return false;
        return given->saw[0] ? was_among(given->saw, asked->reason) : is_named; /* "": of an older version */
}

static int take_acknowledgement(const Acknowledgement *given, void *userdata)
{
        Asked *asked = userdata;

        if (covers(given, asked)) {
                *asked->ret = *given;
                asked->is_seen = true;
        }
        return 0;
}

/* 1: it was, *ret is the newest acknowledgement of it; 0: not. */
static int is_seen(Ledger *ledger, const char *runner, int64_t now_utc_ms, const Homes *homes,
                   const StandingReason *reason, int64_t *ret_since_utc_ms, Acknowledgement *ret)
{
        Asked asked = {.reason = reason, .now_utc_ms = now_utc_ms, .ret = ret};
        int32_t day;
        int r = date_parse(reason->since, &day);

        if (r < 0)
                return -EUCLEAN;
        asked.since_utc_ms = *ret_since_utc_ms = homes_day_start_utc_ms(homes, day);
        r = acknowledgement_each(ledger, runner, take_acknowledgement, &asked);
        return r < 0 ? r : asked.is_seen;
}

/* The first of the week that nobody has seen, or its first. 1, 0: none stands. */
static int told_in(Ledger *ledger, const char *runner, const Homes *homes, IsoWeek week,
                   int64_t now_utc_ms, Alert *ret)
{
        char list[STANDING_SIZE];
        const char *at = list;
        Alert one = {.week = week};
        int r = standing_in_week(ledger, runner, week, INT64_MAX, list);

        *ret = (Alert){.is_seen = true};
        codes_none(ret->others);
        while (r >= 0 && standing_next(&at, &one.reason)) {
                bool is_first = !ret->reason.code[0];

                r = is_seen(ledger, runner, now_utc_ms, homes, &one.reason, &one.since_utc_ms, &one.seen);
                one.is_seen = r > 0;
                if (is_first || (ret->is_seen && !one.is_seen)) {
                        if (!is_first)
                                (void)codes_add(ret->others, sizeof(ret->others), ret->reason.code);
                        memcpy(one.others, ret->others, sizeof(one.others));
                        *ret = one;
                } else if (one.is_seen) {
                        (void)codes_add(ret->others, sizeof(ret->others), one.reason.code); /* all fit */
                }
        }
        return r < 0 ? r : ret->reason.code[0] != '\0';
}

int alert_told(Ledger *ledger, const char *runner, const Homes *homes, IsoWeek newest, int64_t now_utc_ms,
               Alert *ret)
{
        int r = told_in(ledger, runner, homes, newest, now_utc_ms, ret);

        for (int i = 1; r >= 0 && (r == 0 || ret->is_seen) && i < ALERT_WEEKS; i++) {
                Alert earlier;
                int stands = told_in(ledger, runner, homes, iso_week_add(newest, -i), now_utc_ms, &earlier);

                if (stands < 0)
                        return stands;
                if (stands == 0 || earlier.is_seen)
                        continue;
                *ret = earlier;
                return 1;
        }
        return r;
}
