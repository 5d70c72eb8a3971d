#include "daemon/measure/pain-groups.h"

#include <math.h>

#define NRS_STEP 1

/* ---- a run ---- */

/* Entries of its day up to the run, of the next morning, of the hours after it, and its stops. */
static int64_t count_entries(const DatedRun *run, const DatedPain *entries, size_t n,
                             const PainRunParameters *parameters)
{
        int64_t after_ms = run->end_utc_ms + parameters->after_hours * 3600000;
        int64_t count = 0;

        for (size_t i = 0; i < n; i++)
                count += (entries[i].pain != NULL_INTEGER || entries[i].stopped == 1) &&
                         entries[i].day >= run->day && entries[i].at_utc_ms <= after_ms;
        return count;
}

static void take_word(const char *word, const char *reason, const char *path, char *ret, size_t size,
                      Reasons *reasons)
{
        (void)text_copy(ret, size, word ? word : ""); /* all fit */
        if (!word)
                reasons_add(reasons, path, reason);
}

static void explain(Reasons *reasons, const char *path, int64_t value, const char *code)
{
        if (value == NULL_INTEGER)
                reasons_add(reasons, path, code);
}

void pain_run_group(const DatedRun *dated, size_t n_dated, size_t at, const DatedPain *entries,
                    size_t n_entries, const PainRunParameters *parameters, Run *run)
{
        RunPain *group = &run->pain;
        int64_t n = count_entries(&dated[at], entries, n_entries, parameters);
        PainRun pain;

        fields_set_null(&run_pain_fields, group);
        reasons_drop(&run->reasons, "pain");
        if (n == 0) {
                reasons_add(&run->reasons, "pain", "no_entry");
                return;
        }
        pain = pain_run_of(dated, n_dated, at, entries, n_entries, parameters);
        group->head.n = n;
        group->head.error = NRS_STEP;
        reasons_add(&run->reasons, "pain.coverage", "not_known");
        group->through = pain.through;
        explain(&run->reasons, "pain.through", pain.through, pain.through_reason);
        group->stopped = pain.stopped == 1;
        group->level = pain.level;
        explain(&run->reasons, "pain.level", pain.level,
                pain.through == 1 ? "no_level" : "not_through_pain");
        group->next_morning = pain.next_morning;
        explain(&run->reasons, "pain.next_morning", pain.next_morning, "no_entry");
        group->after_48h = pain.after;
        explain(&run->reasons, "pain.after_48h", pain.after, "no_entry");
        group->band_low = pain.band.low;
        group->band_high = pain.band.high;
        group->band_n = (int64_t)pain.band.n;
        if (pain.band.reason)
                reasons_add(&run->reasons, "pain.band", pain.band.reason);
        take_word(pain.next_morning_word, pain.next_morning_reason, "pain.next_morning_word",
                  group->next_morning_word, sizeof(group->next_morning_word), &run->reasons);
        take_word(pain.after_word, pain.after_reason, "pain.after_48h_word", group->after_48h_word,
                  sizeof(group->after_48h_word), &run->reasons);
}

/* ---- a week ---- */

void pain_runs_week(const DatedRun *dated, size_t n_dated, const DatedPain *entries,
                    size_t n_entries, int32_t monday, const PainRunParameters *parameters, Week *week)
{
        WeekPainRuns *group = &week->pain_runs;
        PainRunWeek sums = pain_run_week(dated, n_dated, entries, n_entries, monday, parameters);

        if (sums.runs == 0) {
                reasons_add(&week->reasons, "pain.runs", "no_run");
                return;
        }
        group->head.n = (int64_t)sums.runs;
        group->head.coverage = (double)sums.known / (double)sums.runs;
        group->head.error = NRS_STEP;
        group->through = sums.known > 0 ? (int64_t)sums.through : NULL_INTEGER;
        group->level_max = sums.level_max;
        group->above_morning = (int64_t)sums.above_morning;
        group->above_48h = (int64_t)sums.above_after;
        explain(&week->reasons, "pain.runs.through", group->through, "no_entry_before");
        explain(&week->reasons, "pain.runs.level_max", group->level_max,
                sums.through > 0 ? "no_level" : "not_through_pain");
}
