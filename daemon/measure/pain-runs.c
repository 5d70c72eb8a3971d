#include "daemon/measure/pain-runs.h"

#include "base/calendar.h"

#include "daemon/measure/median.h"
#include "proto/fields.h"

#include <string.h>

#define SIGMA_OF_MAD 1.4826

static bool has_pain(const DatedPain *entry)
{
        return entry->pain >= 0 && entry->pain <= 10;
}

static void raise_to(int64_t *level, int64_t value)
{
        if (value > *level) /* NULL_INTEGER is below all */
                *level = value;
}

/* The newest run of the entry's day that began at or before it is runs[at]. */
static bool belongs_to(const DatedPain *entry, const DatedRun *runs, size_t n_runs, size_t at)
{
        if (entry->day != runs[at].day || entry->at_utc_ms < runs[at].start_utc_ms)
                return false;
        for (size_t i = at + 1; i < n_runs; i++) {
                if (runs[i].day == entry->day && runs[i].start_utc_ms <= entry->at_utc_ms)
                        return false;
        }
        return true;
}

static void judge_through(const DatedRun *runs, size_t n_runs, size_t at, const DatedPain *entries,
                          size_t n_entries, const PainRunParameters *parameters, PainRun *result)
{
        int64_t before = NULL_INTEGER;

        for (size_t i = 0; i < n_entries; i++) {
                const DatedPain *entry = &entries[i];

                if (entry->stopped == 1 && belongs_to(entry, runs, n_runs, at)) {
                        result->stopped = 1;
                        if (has_pain(entry))
                                raise_to(&result->level, entry->pain);
                } else if (entry->day == runs[at].day && entry->at_utc_ms < runs[at].start_utc_ms &&
                           has_pain(entry)) {
                        raise_to(&before, entry->pain);
                }
        }
        if (before >= parameters->pain_from)
                raise_to(&result->level, before);
        if (result->stopped == 1 || before >= parameters->pain_from)
                result->through = 1;
        else if (before != NULL_INTEGER)
                result->through = 0;
        else
                result->through_reason = "no_entry_before";
}

/* The first entry of the morning after `day`; of two at the same instant the higher one, so that
 * the order of arrival does not matter. */
static int64_t next_morning(int32_t day, const DatedPain *entries, size_t n,
                            const PainRunParameters *parameters)
{
        int64_t first_ms = INT64_MAX, pain = NULL_INTEGER;

        for (size_t i = 0; i < n; i++) {
                if (!has_pain(&entries[i]) || entries[i].stopped == 1 ||
                    entries[i].day - 1 != day ||
                    entries[i].minute >= parameters->morning_ends_minute ||
                    entries[i].at_utc_ms > first_ms)
                        continue;
                if (entries[i].at_utc_ms < first_ms)
                        pain = NULL_INTEGER;
                first_ms = entries[i].at_utc_ms;
                raise_to(&pain, entries[i].pain);
        }
        return pain;
}

static int64_t highest_after(const DatedRun *run, const DatedPain *entries, size_t n,
                             const PainRunParameters *parameters)
{
        int64_t highest = NULL_INTEGER;

        for (size_t i = 0; i < n; i++) {
                int64_t at_ms = entries[i].at_utc_ms;

                if (has_pain(&entries[i]) && at_ms > run->end_utc_ms &&
                    at_ms <= run->end_utc_ms + parameters->after_hours * HOUR_MS)
                        raise_to(&highest, entries[i].pain);
        }
        return highest;
}

/* Mornings after earlier running days in the window, the newest first. */
static PainBand band_of(const DatedRun *runs, size_t at, const DatedPain *entries, size_t n_entries,
                        const PainRunParameters *parameters)
{
        PainBand band = {.low = NAN, .high = NAN};
        double values[PAIN_BAND_MAX], median, half;
        int32_t day = runs[at].day;

        for (size_t i = at; i-- > 0 && band.n < PAIN_BAND_MAX;) {
                int64_t pain;

                if (runs[i].day >= day || runs[at].day - runs[i].day > parameters->band_days)
                        continue;
                day = runs[i].day;
                pain = next_morning(day, entries, n_entries, parameters);
                if (pain != NULL_INTEGER)
                        values[band.n++] = (double)pain;
        }
        if (band.n == 0 || band.n < parameters->band_count_min) {
                band.reason = "too_few";
                return band;
        }
        median = median_of(values, band.n);
        for (size_t i = 0; i < band.n; i++)
                values[i] = fabs(values[i] - median);
        half = fmax(parameters->band_mads * SIGMA_OF_MAD * median_of(values, band.n),
                    parameters->band_min_half_width);
        band.low = median - half;
        band.high = median + half;
        return band;
}

static const char *place(int64_t pain, const PainBand *band, const char **ret_reason)
{
        *ret_reason = pain == NULL_INTEGER ? "no_entry" : band->reason;
        if (*ret_reason)
                return NULL;
        if ((double)pain > band->high)
                return "above";
        return (double)pain < band->low ? "below" : "within";
}

PainRun pain_run_of(const DatedRun *runs, size_t n_runs, size_t at, const DatedPain *entries,
                    size_t n_entries, const PainRunParameters *parameters)
{
        PainRun result = {.through = NULL_INTEGER, .level = NULL_INTEGER};

        judge_through(runs, n_runs, at, entries, n_entries, parameters, &result);
        result.next_morning = next_morning(runs[at].day, entries, n_entries, parameters);
        result.after = highest_after(&runs[at], entries, n_entries, parameters);
        result.band = band_of(runs, at, entries, n_entries, parameters);
        result.next_morning_word =
                place(result.next_morning, &result.band, &result.next_morning_reason);
        result.after_word = place(result.after, &result.band, &result.after_reason);
        return result;
}

static bool is_above(const char *word)
{
        return word && strcmp(word, "above") == 0;
}

PainRunWeek pain_run_week(const DatedRun *runs, size_t n_runs, const DatedPain *entries,
                          size_t n_entries, int32_t monday, const PainRunParameters *parameters)
{
        PainRunWeek week = {.level_max = NULL_INTEGER};

        for (size_t at = 0; at < n_runs; at++) {
                PainRun run;

                if (runs[at].day < monday || runs[at].day - monday > 6)
                        continue;
                run = pain_run_of(runs, n_runs, at, entries, n_entries, parameters);
                week.runs++;
                week.known += run.through != NULL_INTEGER;
                week.through += run.through == 1;
                if (run.through == 1)
                        raise_to(&week.level_max, run.level);
                week.above_morning += is_above(run.next_morning_word);
                week.above_after += is_above(run.after_word);
        }
        return week;
}
