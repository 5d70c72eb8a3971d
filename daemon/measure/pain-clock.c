#include "daemon/measure/pain-clock.h"

#include "proto/fields.h"

/* The clock while it walks along the days. */
typedef struct Walk {
        PainClock clock;
        size_t recorded;    /* entries since the streak's start, also after its last pain day */
        size_t free_run;    /* recorded days without pain, since the last pain day */
        size_t unknown_run; /* days without an entry up to here */
        bool any_entry;
        bool lost; /* the last streak ended in unknown days, and nothing was recorded since */
} Walk;

/* Shares are compared as quotients: 9 of 15 days are 0.6, and 0.6 * 15 may not be 9. */
static bool is_covered(const PainStreak *streak, const PainClockParameters *parameters)
{
        return (double)streak->recorded / (double)streak->span_days >= parameters->min_coverage;
}

static bool is_painful(const PainStreak *streak, const PainClockParameters *parameters)
{
        return (double)streak->painful / (double)streak->recorded >= parameters->min_painful;
}

static void on_pain(Walk *walk, size_t day, const PainClockParameters *parameters)
{
        PainClock *clock = &walk->clock;
        PainStreak *streak = &clock->streak;

        if (!clock->active) {
                *streak = (PainStreak){.start = day, .last_pain = day};
                walk->recorded = 0;
                clock->active = true;
                clock->alert = PAIN_CLOCK_NO_DAY;
                clock->reaches = day + (parameters->need_days > 0 ? parameters->need_days - 1 : 0);
        }
        streak->pauses += day > streak->last_pain + 1;
        streak->last_pain = day;
        streak->span_days = day - streak->start + 1;
        streak->recorded = ++walk->recorded;
        streak->painful++;
        walk->free_run = 0;
        if (clock->alert != PAIN_CLOCK_NO_DAY || day < clock->reaches ||
            !is_covered(streak, parameters) || !is_painful(streak, parameters))
                return;
        clock->alert = day;
        if (clock->first_alert == PAIN_CLOCK_NO_DAY) {
                clock->first_alert = day;
                clock->at_first_alert = *streak;
        }
}

static void on_day(Walk *walk, size_t day, int64_t value, const PainClockParameters *parameters)
{
        if (value < 0 || value > 10) { /* NULL_INTEGER is below 0 */
                walk->unknown_run++;
                if (walk->clock.active && walk->unknown_run >= parameters->unknown_gap_end) {
                        walk->clock.active = false;
                        walk->lost = true;
                }
                return;
        }
        walk->unknown_run = 0;
        walk->any_entry = true;
        walk->lost = false;
        if (value >= parameters->pain_from) {
                on_pain(walk, day, parameters);
                return;
        }
        walk->recorded++;
        walk->free_run++;
        if (walk->free_run >= parameters->free_run_end)
                walk->clock.active = false;
}

static const char *why_cannot_tell(const Walk *walk, size_t n,
                                   const PainClockParameters *parameters)
{
        const PainClock *clock = &walk->clock;

        if (!walk->any_entry)
                return "no_entries";
        if (!clock->active)
                return walk->lost ? "unknown_days" : NULL;
        if (clock->streak.last_pain >= clock->reaches && !is_covered(&clock->streak, parameters))
                return "low_coverage";
        if (clock->reaches < n && walk->unknown_run > 0)
                return "unknown_days";
        return NULL;
}

PainClock pain_clock(const int64_t *days, size_t n, const PainClockParameters *parameters)
{
        Walk walk = {.clock = {.first_alert = PAIN_CLOCK_NO_DAY, .alert = PAIN_CLOCK_NO_DAY}};

        for (size_t day = 0; day < n; day++)
                on_day(&walk, day, days[day], parameters);
        if (!walk.clock.active) {
                walk.clock.streak =
                        (PainStreak){.start = PAIN_CLOCK_NO_DAY, .last_pain = PAIN_CLOCK_NO_DAY};
                walk.clock.reaches = walk.clock.alert = PAIN_CLOCK_NO_DAY;
        }
        if (walk.clock.alert != PAIN_CLOCK_NO_DAY) {
                walk.clock.verdict = PAIN_VERDICT_ALERT;
                return walk.clock;
        }
        walk.clock.reason = why_cannot_tell(&walk, n, parameters);
        walk.clock.verdict = walk.clock.reason ? PAIN_VERDICT_CANNOT_TELL : PAIN_VERDICT_NO;
        return walk.clock;
}

size_t pain_clock_settles(const int64_t *days, size_t n, const PainClockParameters *parameters)
{
        Walk walk = {.clock = {.active = true, .first_alert = PAIN_CLOCK_NO_DAY, .alert = PAIN_CLOCK_NO_DAY,
                               .reaches = SIZE_MAX}};

        for (size_t day = 0; day < n; day++) {
                on_day(&walk, day, days[day], parameters);
                if (!walk.clock.active)
                        return day;
        }
        return PAIN_CLOCK_NO_DAY;
}
