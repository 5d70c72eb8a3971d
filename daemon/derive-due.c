/* Which weeks are due: those of a span that changed, and those that time itself may have changed. */
#include "daemon/derive-weeks.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/due.h"
#include "daemon/ledger/weeks.h"

#include <errno.h>
#include <string.h>

#define FIRST_CREDIBLE_WEEK "2000-W01" /* as EARLIEST_MS: what an unset clock dated lies before */

static int first_run(const Run *run, void *userdata)
{
        *(int64_t *)userdata = run->start_utc_ms;
        return 1;
}

static int first_entry(const DiaryEntry *entry, void *userdata)
{
        *(int64_t *)userdata = entry->at_utc_ms;
        return 1;
}

static int oldest_week(const Week *week, void *userdata)
{
        return iso_week_parse(week->week, userdata) < 0 ? -EUCLEAN : 1;
}

/* The first week that says anything: of the first run or entry, or the one they were added in; or
 * one that was told when its runs were still thought to lie there. What an unset clock once dated
 * is passed over. */
static int first_week(const WeeksOf *of, IsoWeek *ret)
{
        int64_t run_utc_ms = INT64_MAX, entry_utc_ms = INT64_MAX, first = of->runner->added_utc_ms;
        IsoWeek oldest;
        int r = run_each(of->ledger, of->runner->id, EARLIEST_MS, INT64_MAX, first_run, &run_utc_ms);

        if (r >= 0)
                r = diary_each(of->ledger, of->runner->id, EARLIEST_MS, INT64_MAX, first_entry,
                               &entry_utc_ms);
        if (r < 0)
                return r;
        first = first < EARLIEST_MS ? of->now_utc_ms : first;
        first = run_utc_ms < first ? run_utc_ms : first;
        first = entry_utc_ms < first ? entry_utc_ms : first;
        *ret = homes_week(of->homes, first);
        r = week_each(of->ledger, of->runner->id, FIRST_CREDIBLE_WEEK, "9", false, oldest_week, &oldest);
        if (r > 0 && iso_week_compare(oldest, *ret) < 0)
                *ret = oldest;
        return r < 0 ? r : 0;
}

static int mark_weeks(const WeeksOf *of, unsigned why, IsoWeek first, IsoWeek last)
{
        for (IsoWeek week = first; iso_week_compare(week, last) <= 0; week = iso_week_add(week, 1)) {
                char text[sizeof(((DueWeek *)0)->week)];
                int r;

                iso_week_format(week, text);
                r = due_week_mark(of->ledger, of->runner->id, text, why);
                if (r < 0)
                        return r;
        }
        return 0;
}

typedef struct Ahead {
        const WeeksOf *of;
        unsigned why;
} Ahead;

static int mark_ahead(const Week *week, void *userdata)
{
        const Ahead *ahead = userdata;
        IsoWeek id;

        if (iso_week_parse(week->week, &id) < 0)
                return -EUCLEAN;
        return mark_weeks(ahead->of, ahead->why, id, id);
}

int derive_weeks_mark(const WeeksOf *of, unsigned why, IsoWeek first, IsoWeek last)
{
        IsoWeek earliest, now = homes_week(of->homes, of->now_utc_ms);
        Ahead ahead = {of, why};
        char from[WEEK_ID_SIZE], to[WEEK_ID_SIZE];
        int r = first_week(of, &earliest);

        if (r < 0)
                return r;
        if (iso_week_compare(first, earliest) < 0)
                first = earliest;
        if (iso_week_compare(last, now) <= 0)
                return mark_weeks(of, why, first, last);
        r = mark_weeks(of, why, first, now);
        if (r < 0)
                return r;
        /* No week is made before it begins, but one that a wrong clock made may not stay wrong. */
        iso_week_format(iso_week_compare(first, now) > 0 ? first : iso_week_add(now, 1), from);
        iso_week_format(last, to);
        return week_each(of->ledger, of->runner->id, from, to, false, mark_ahead, &ahead);
}

typedef struct Old {
        const WeeksOf *of;
        int64_t reported_utc_ms; /* all pods with memory were read to their end since */
        IsoWeek next;            /* the first one that was not seen yet */
        IsoWeek now;
} Old;

static int note_report(const Pod *pod, void *userdata)
{
        Old *old = userdata;

        if (!pod->has_memory || strcmp(pod->runner, old->of->runner->id) != 0)
                return 0;
        if (pod->reported_utc_ms < old->reported_utc_ms) /* null is below all */
                old->reported_utc_ms = pod->reported_utc_ms;
        return 0;
}

/* Final by its deadline, but by now the pods have told that nobody ran. */
static bool is_overtaken(const Week *week, IsoWeek id, const Old *old)
{
        return strcmp(week->empty, "not_delivered") == 0 &&
               old->reported_utc_ms >= homes_week_start_utc_ms(old->of->homes, iso_week_add(id, 1));
}

static bool is_final(const Week *week)
{
        return strcmp(week->state, "final") == 0;
}

/* Weeks come in order: what lies between two of them was never made. */
static int mark_old(const Week *week, void *userdata)
{
        Old *old = userdata;
        IsoWeek id;
        int r = 0;

        if (iso_week_parse(week->week, &id) < 0)
                return -EUCLEAN;
        if (iso_week_compare(id, old->next) < 0)
                return 0; /* of a clock that was not set, or an entry that moved */
        if (iso_week_compare(id, old->now) > 0) /* made by a clock that was ahead */
                return is_final(week) && old->of->now_is_sure ? mark_weeks(old->of, DIRTY_TIME, id, id) : 0;
        r = mark_weeks(old->of, 0, old->next, iso_week_add(id, -1));
        if (r >= 0 && (!is_final(week) || is_overtaken(week, id, old)))
                r = mark_weeks(old->of, 0, id, id);
        old->next = iso_week_add(id, 1);
        return r;
}

int derive_weeks_mark_old(const WeeksOf *of)
{
        Old old = {.of = of, .reported_utc_ms = INT64_MAX, .now = homes_week(of->homes, of->now_utc_ms)};
        int r = first_week(of, &old.next);

        if (r >= 0)
                r = pod_each(of->ledger, note_report, &old);
        if (r >= 0)
                r = week_each(of->ledger, of->runner->id, "", "9", false, mark_old, &old);
        return r < 0 ? r : mark_weeks(of, 0, old.next, old.now);
}
