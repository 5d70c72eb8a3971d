#include "daemon/derive-streak.h"

#include "daemon/ledger/diary.h"
#include "daemon/measure/pain-clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_DAYS (26 * 7)

typedef struct Reading {
        const Homes *homes;
        int32_t first_day;
        int64_t pain[CHUNK_DAYS];
} Reading;

static int take_entry(const DiaryEntry *entry, void *userdata)
{
        Reading *reading = userdata;
        int64_t at = (int64_t)homes_local_day(reading->homes, entry->at_utc_ms) - reading->first_day;

        if (at >= 0 && at < CHUNK_DAYS && entry->pain >= 0 && entry->pain <= 10 && entry->pain > reading->pain[at])
                reading->pain[at] = entry->pain;
        return 0;
}

/* CHUNK_DAYS from that day on. */
static int read_chunk(const PainOf *of, int32_t first_day, Reading *ret)
{
        ret->homes = of->homes;
        ret->first_day = first_day;
        for (size_t i = 0; i < CHUNK_DAYS; i++)
                ret->pain[i] = NULL_INTEGER;
        return diary_each(of->ledger, of->runner, homes_day_start_utc_ms(of->homes, first_day),
                          homes_day_start_utc_ms(of->homes, first_day + CHUNK_DAYS), take_entry, ret);
}

static int grow(PainDays *days, size_t more)
{
        int64_t *moved = reallocarray(days->pain, days->n + more, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        days->pain = moved;
        days->n += more;
        return 0;
}

static int prepend(const PainOf *of, PainDays *days)
{
        Reading reading;
        size_t n = days->n;
        int r = read_chunk(of, days->first_day - CHUNK_DAYS, &reading);

        if (r >= 0)
                r = grow(days, CHUNK_DAYS);
        if (r < 0)
                return r;
        memmove(days->pain + CHUNK_DAYS, days->pain, n * sizeof(*days->pain));
        memcpy(days->pain, reading.pain, sizeof(reading.pain));
        days->first_day -= CHUNK_DAYS;
        return 0;
}

int streak_read(const PainOf *of, int32_t to_day, const int64_t *pain, size_t n, int32_t since_day,
                PainDays *ret)
{
        CLEANUP(pain_days_clearp) PainDays days = {.first_day = to_day + 1 - (int32_t)n};
        int r = grow(&days, n);

        if (r < 0)
                return r;
        memcpy(days.pain, pain, n * sizeof(*pain));
        while (r >= 0 && days.first_day > since_day &&
               pain_clock_settles(days.pain, days.n, of->parameters) == PAIN_CLOCK_NO_DAY)
                r = prepend(of, &days);
        if (r < 0)
                return r;
        *ret = days;
        days.pain = NULL;
        return 0;
}

int streak_reach(const PainOf *of, int64_t changed_utc_ms, IsoWeek *last)
{
        CLEANUP(pain_days_clearp) PainDays days = {.first_day = homes_local_day(of->homes, changed_utc_ms) + 1};
        IsoWeek now = homes_week(of->homes, of->now_utc_ms), reached = *last;
        bool is_over = false;
        int32_t day;

        while (!is_over && iso_week_compare(reached, now) < 0) {
                Reading reading;
                size_t settled;
                int r = read_chunk(of, days.first_day + (int32_t)days.n, &reading);

                if (r >= 0)
                        r = grow(&days, CHUNK_DAYS);
                if (r < 0)
                        return r;
                memcpy(days.pain + days.n - CHUNK_DAYS, reading.pain, sizeof(reading.pain));
                settled = pain_clock_settles(days.pain, days.n, of->parameters);
                is_over = settled != PAIN_CLOCK_NO_DAY;
                day = days.first_day + (int32_t)(is_over ? settled : days.n);
                reached = homes_week(of->homes, homes_day_start_utc_ms(of->homes, day));
        }
        if (iso_week_compare(reached, now) > 0)
                reached = now;
        if (iso_week_compare(reached, *last) > 0)
                *last = reached;
        return 0;
}
