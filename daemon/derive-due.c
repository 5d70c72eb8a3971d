/* Which weeks are due: those of a span that changed, and those that time itself may have changed. */
#include "daemon/derive-weeks.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/due.h"
#include "daemon/ledger/weeks.h"
#include "daemon/ledger/withdraw.h"

#include <errno.h>
#include <string.h>

#define CLOCKS_DIFFER_MS 3600000LL   /* a clock that is not so far off is not wrong here */
#define AHEAD_MS         172800000LL /* an entry of tomorrow, of a phone elsewhere, is none of a wrong clock */
#define FIRST_CREDIBLE_WEEK "2000-W01" /* as EARLIEST_MS: what an unset clock dated lies before */

/* Where something lies, and the first moment that was found within. */
typedef struct Found {
        int64_t from_utc_ms;
        int64_t at_utc_ms;
} Found;

static int find_run(const Run *run, void *userdata)
{
        Found *found = userdata;

        if (run->start_utc_ms < found->from_utc_ms)
                return 0; /* it reaches in, but is not of it */
        found->at_utc_ms = run->start_utc_ms;
        return 1;
}

static int find_entry(const DiaryEntry *entry, void *userdata)
{
        (void)entry;
        (void)userdata;
        return 1;
}

/* From here on every week is told, also one of which nothing is known: from the runner's enrolment.
 * With a clock that was not set then, from their first run, else from now. */
static int first_told(const WeeksOf *of, IsoWeek *ret)
{
        Found first = {.from_utc_ms = EARLIEST_MS, .at_utc_ms = of->now_utc_ms};
        int r = 0;

        if (of->runner->added_utc_ms >= EARLIEST_MS)
                first.at_utc_ms = of->runner->added_utc_ms;
        else
                r = run_each_brief(of->ledger, of->runner->id, EARLIEST_MS, of->now_utc_ms, find_run, &first);
        *ret = homes_week(of->homes, first.at_utc_ms);
        return r < 0 ? r : 0;
}

/* A run or an entry. 1, 0. */
static int holds_something(const WeeksOf *of, IsoWeek id)
{
        Found week = {.from_utc_ms = homes_week_start_utc_ms(of->homes, id)};
        int64_t to_utc_ms = homes_week_start_utc_ms(of->homes, iso_week_add(id, 1));
        int r = run_each_brief(of->ledger, of->runner->id, week.from_utc_ms, to_utc_ms - 1, find_run, &week);

        if (r == 0)
                r = diary_each(of->ledger, of->runner->id, week.from_utc_ms, to_utc_ms, find_entry, NULL);
        return r;
}

/* A week of before, or one to come, says something only where it holds a run or an entry: years of them may come at
 * once, with years of nothing between. Once made it follows what becomes of it. 1: it does; 0. */
static int says_something(const WeeksOf *of, IsoWeek id, const char *text)
{
        Week made;
        int r = week_get(of->ledger, of->runner->id, text, 0, &made);

        return r == 0 ? holds_something(of, id) : r;
}

/* Made while the clock, by what is known now, had not got to the runner's enrolment yet. */
static int is_of_before(const WeeksOf *of, IsoWeek id, const char *text)
{
        int64_t made_utc_ms = 0, added_utc_ms = of->runner->added_utc_ms;
        int r;

        if (added_utc_ms < EARLIEST_MS || homes_week_start_utc_ms(of->homes, iso_week_add(id, 1)) > added_utc_ms)
                return 0;
        r = week_first_made(of->ledger, of->runner->id, text, &made_utc_ms);
        return r <= 0 ? r : made_utc_ms < added_utc_ms - CLOCKS_DIFFER_MS;
}

int derive_week_is_false(const WeeksOf *of, IsoWeek id)
{
        char text[WEEK_ID_SIZE];
        int r;

        if (!of->now_is_sure)
                return 0;
        if (homes_week_start_utc_ms(of->homes, id) > of->now_utc_ms + AHEAD_MS)
                return 1;
        iso_week_format(id, text);
        r = is_of_before(of, id, text);
        if (r <= 0)
                return r;
        r = holds_something(of, id);
        return r < 0 ? r : r == 0;
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

int derive_weeks_mark(const WeeksOf *of, unsigned why, IsoWeek first, IsoWeek last)
{
        IsoWeek told, credible = homes_week(of->homes, EARLIEST_MS), now = homes_week(of->homes, of->now_utc_ms);
        int r = first_told(of, &told);

        if (iso_week_compare(first, credible) < 0)
                first = credible;
        for (; r >= 0 && iso_week_compare(first, last) <= 0; first = iso_week_add(first, 1)) {
                char text[WEEK_ID_SIZE];
                /* One that has not begun may say something all the same: the clock is behind, or was
                 * ahead when it was made. */
                bool is_told = iso_week_compare(first, told) >= 0 && iso_week_compare(first, now) <= 0;

                iso_week_format(first, text);
                r = is_told ? 1 : says_something(of, first, text);
                if (r > 0)
                        r = due_week_mark(of->ledger, of->runner->id, text, why);
        }
        return r < 0 ? r : 0;
}

typedef struct Old {
        const WeeksOf *of;
        int64_t reported_utc_ms; /* all pods with memory were read to their end since */
        IsoWeek next;            /* the first one to be told that was not seen yet */
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

/* Weeks come in order: what lies between two of them was never made, and is told from enrolment on. */
static int mark_old(const Week *week, void *userdata)
{
        Old *old = userdata;
        IsoWeek id;
        int r;

        if (iso_week_parse(week->week, &id) < 0)
                return -EUCLEAN;
        r = derive_week_is_false(old->of, id);
        if (r != 0)
                return r < 0 ? r : mark_weeks(old->of, DIRTY_TIME, id, id);
        if (iso_week_compare(id, old->now) > 0) /* made by a clock that was ahead */
                return is_final(week) && old->of->now_is_sure ? mark_weeks(old->of, DIRTY_TIME, id, id) : 0;
        r = mark_weeks(old->of, 0, old->next, iso_week_add(id, -1));
        if (r >= 0 && (!is_final(week) || is_overtaken(week, id, old)))
                r = mark_weeks(old->of, 0, id, id);
        if (iso_week_compare(id, old->next) >= 0)
                old->next = iso_week_add(id, 1);
        return r;
}

int derive_weeks_mark_old(const WeeksOf *of)
{
        Old old = {.of = of, .reported_utc_ms = INT64_MAX, .now = homes_week(of->homes, of->now_utc_ms)};
        int r = first_told(of, &old.next);

        if (r >= 0)
                r = pod_each(of->ledger, note_report, &old);
        if (r >= 0)
                r = week_each_brief(of->ledger, of->runner->id, FIRST_CREDIBLE_WEEK, "9", mark_old, &old);
        return r < 0 ? r : mark_weeks(of, 0, old.next, old.now);
}
