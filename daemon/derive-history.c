#include "daemon/derive-history.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/weeks.h"
#include "daemon/ledger/worn.h"

#include <errno.h>
#include <math.h>
#include <string.h>

History *history_free(History *history)
{
        if (!history)
                return NULL;
        free(history->runs);
        free(history->run_ids);
        free(history->entries);
        free(history->ratings);
        lost_ranges_clear(&history->lost);
        free(history);
        return NULL;
}

/* ---- runs and the diary ---- */

static bool day_index(const History *history, int32_t day, size_t *ret)
{
        int64_t index = (int64_t)day - history->first_day;

        *ret = (size_t)index;
        return index >= 0 && index < HISTORY_DAYS;
}

/* Room for one run more. */
static int grow_runs(History *history)
{
        DatedRun *runs = reallocarray(history->runs, history->n_runs + 1, sizeof(*runs));
        char(*ids)[RUN_ID_SIZE];

        if (!runs)
                return -ENOMEM;
        history->runs = runs;
        ids = reallocarray(history->run_ids, history->n_runs + 1, sizeof(*ids));
        if (!ids)
                return -ENOMEM;
        history->run_ids = ids;
        return 0;
}

static int take_run(const RunLoad *run, void *userdata)
{
        History *history = userdata;
        int32_t day = homes_local_day(history->homes, run->start_utc_ms);
        size_t at;
        int r = grow_runs(history);

        if (r < 0)
                return r;
        history->runs[history->n_runs] = (DatedRun){
                .day = day, .start_utc_ms = run->start_utc_ms, .end_utc_ms = run->end_utc_ms};
        (void)text_copy(history->run_ids[history->n_runs++], RUN_ID_SIZE, run->run);
        if (day_index(history, day, &at)) {
                history->heard[at] |= !run->is_imported;
                history->days[at].state = DAY_RUN;
                history->days[at].distance_m += run->distance_mm == NULL_INTEGER
                                                        ? NULL_REAL
                                                        : (double)run->distance_mm / 1000;
        }
        return 0;
}

int history_add_run(History *history, const Run *run)
{
        size_t kept = 0, at = 0;
        int r = grow_runs(history);

        if (r < 0)
                return r;
        for (size_t i = 0; i < history->n_runs; i++) {
                if (history->runs[i].start_utc_ms <= run->end_utc_ms &&
                    history->runs[i].end_utc_ms >= run->start_utc_ms)
                        continue;
                history->runs[kept] = history->runs[i];
                memmove(history->run_ids[kept++], history->run_ids[i], RUN_ID_SIZE);
        }
        while (at < kept && history->runs[at].start_utc_ms < run->start_utc_ms)
                at++;
        memmove(&history->runs[at + 1], &history->runs[at], (kept - at) * sizeof(*history->runs));
        memmove(&history->run_ids[at + 1], &history->run_ids[at], (kept - at) * RUN_ID_SIZE);
        history->runs[at] = (DatedRun){.day = homes_local_day(history->homes, run->start_utc_ms),
                                       .start_utc_ms = run->start_utc_ms,
                                       .end_utc_ms = run->end_utc_ms};
        (void)text_copy(history->run_ids[at], RUN_ID_SIZE, run->run);
        history->n_runs = kept + 1;
        return 0;
}

bool history_find_run(const History *history, int64_t start_utc_ms, size_t *ret)
{
        for (size_t i = 0; i < history->n_runs; i++) {
                if (history->runs[i].start_utc_ms != start_utc_ms)
                        continue;
                *ret = i;
                return true;
        }
        return false;
}

/* Which of the runs the entry names. False: none of these. */
static bool find_named(const History *history, const char *id, size_t *ret)
{
        for (size_t i = 0; id[0] && i < history->n_runs; i++) {
                if (strcmp(history->run_ids[i], id) != 0)
                        continue;
                *ret = i;
                return true;
        }
        return false;
}

static int add_pain(History *history, DatedPain pain)
{
        DatedPain *moved = reallocarray(history->entries, history->n_entries + 1, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        history->entries = moved;
        moved[history->n_entries++] = pain;
        return 0;
}

static DatedPain dated(const History *history, int64_t at_utc_ms, int64_t pain)
{
        int32_t day = homes_local_day(history->homes, at_utc_ms);
        int64_t local_ms = at_utc_ms + zone_offset_s(homes_zone(history->homes, homes_week(history->homes, at_utc_ms)), at_utc_ms) * 1000LL;

        return (DatedPain){.day = day,
                           .minute = (int32_t)(local_ms / 60000 - day * 1440LL),
                           .at_utc_ms = at_utc_ms,
                           .pain = pain};
}

/* An imported one is heard when it comes: the file may be of years ago. */
static void note_entry(History *history, const DiaryEntry *entry, int32_t day)
{
        size_t at;

        if (day_index(history, day, &at)) {
                history->said[at] = true;
                history->heard[at] |= strncmp(entry->id, IMPORT_ID, strlen(IMPORT_ID)) != 0;
        }
        if (day_index(history, homes_local_day(history->homes, entry->received_utc_ms), &at))
                history->heard[at] = true;
}

static int take_entry(const DiaryEntry *entry, void *userdata)
{
        History *history = userdata;
        DatedPain pain = dated(history, entry->at_utc_ms, entry->pain);
        size_t at;

        note_entry(history, entry, pain.day);
        if (day_index(history, pain.day, &at) && entry->pain >= 0 && entry->pain <= 10 &&
            entry->pain > history->pain[at])
                history->pain[at] = entry->pain;
        return entry->pain == NULL_INTEGER ? 0 : add_pain(history, pain);
}

/* A stop that names its run stands at the run's end, whenever it was told; its pain is the level. */
static int take_stop(History *history, const DiaryEntry *entry)
{
        DatedPain pain = dated(history, entry->at_utc_ms, entry->pain);
        size_t named;

        if (find_named(history, entry->run, &named))
                pain = dated(history, history->runs[named].end_utc_ms, entry->pain);
        pain.stopped = 1;
        return add_pain(history, pain);
}

static int take_about_run(const DiaryEntry *entry, void *userdata)
{
        History *history = userdata;
        Rating *moved;

        if (entry->stopped_for_pain == 1) {
                int r = take_stop(history, entry);

                if (r < 0)
                        return r;
        }
        if (isnan(entry->rpe))
                return 0;
        moved = reallocarray(history->ratings, history->n_ratings + 1, sizeof(*moved));
        if (!moved)
                return -ENOMEM;
        history->ratings = moved;
        moved[history->n_ratings] = (Rating){.day = homes_local_day(history->homes, entry->at_utc_ms),
                                             .at_utc_ms = entry->at_utc_ms,
                                             .rating = entry->rpe};
        (void)text_copy(moved[history->n_ratings++].run, RUN_ID_SIZE, entry->run);
        return 0;
}

static bool is_about(const History *history, const Rating *rating, size_t at)
{
        size_t named;

        if (find_named(history, rating->run, &named))
                return named == at;
        if (rating->day != history->runs[at].day ||
            rating->at_utc_ms < history->runs[at].start_utc_ms)
                return false;
        return at + 1 == history->n_runs || history->runs[at + 1].day != rating->day ||
               history->runs[at + 1].start_utc_ms > rating->at_utc_ms;
}

double history_rating(const History *history, size_t at)
{
        const Rating *newest = NULL;

        for (size_t i = 0; i < history->n_ratings; i++) {
                const Rating *rating = &history->ratings[i];

                if (!is_about(history, rating, at))
                        continue;
                /* of two of one instant the higher, so that the order of arrival leaves no trace */
                if (!newest || rating->at_utc_ms > newest->at_utc_ms ||
                    (rating->at_utc_ms == newest->at_utc_ms && rating->rating > newest->rating))
                        newest = rating;
        }
        return newest ? newest->rating : NULL_REAL;
}

/* ---- what was there to see a run ---- */

typedef struct Seen {
        DayPod *pods;
        size_t n_pods;
        DaySpan *spans; /* of pods with memory */
        size_t n_spans;
        DaySpan *heard; /* of pods without */
        size_t n_heard;
        DaySpan *lost;
        size_t n_lost;
} Seen;

static void seen_clearp(const Seen *seen)
{
        free(seen->pods);
        free(seen->spans);
        free(seen->heard);
        free(seen->lost);
}

static int add_span(DaySpan **list, size_t *n, DaySpan span)
{
        DaySpan *moved = reallocarray(*list, *n + 1, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        *list = moved;
        moved[(*n)++] = span;
        return 0;
}

static int take_span(const WornPod *worn, int64_t from_utc_ms, int64_t to_utc_ms, void *userdata)
{
        Seen *seen = userdata;
        DaySpan span = {from_utc_ms, to_utc_ms};

        return worn->has_memory ? add_span(&seen->spans, &seen->n_spans, span)
                                : add_span(&seen->heard, &seen->n_heard, span);
}

static int take_pod(const WornPod *worn, void *userdata)
{
        Seen *seen = userdata;
        DayPod *moved = reallocarray(seen->pods, seen->n_pods + 1, sizeof(*moved));

        if (!moved)
                return -ENOMEM;
        seen->pods = moved;
        moved[seen->n_pods++] = (DayPod){.has_memory = worn->has_memory,
                                         .from_utc_ms = worn->from_utc_ms,
                                         .to_utc_ms = worn->to_utc_ms,
                                         .reported_utc_ms = worn->reported_utc_ms};
        return 0;
}

static bool was_alive(const Seen *seen, int64_t from_utc_ms, int64_t to_utc_ms)
{
        for (size_t i = 0; i < seen->n_spans; i++) {
                if (seen->spans[i].from_utc_ms < to_utc_ms && seen->spans[i].to_utc_ms >= from_utc_ms)
                        return true;
        }
        return false;
}

static bool was_heard(const Seen *seen, int64_t from_utc_ms, int64_t to_utc_ms)
{
        for (size_t i = 0; i < seen->n_heard; i++) {
                if (seen->heard[i].from_utc_ms < to_utc_ms && seen->heard[i].to_utc_ms >= from_utc_ms)
                        return true;
        }
        return false;
}

static void judge_days(History *history, const Seen *seen, int64_t read_from_utc_ms,
                       int64_t now_utc_ms, int32_t since_day)
{
        int64_t from = homes_day_start_utc_ms(history->homes, history->first_day);

        for (size_t i = 0; i < HISTORY_DAYS; i++) {
                DayLoad *day = &history->days[i];
                int64_t to = homes_day_start_utc_ms(history->homes, day->day + 1);
                DaySeen one = {
                        .pods = seen->pods,
                        .n_pods = seen->n_pods,
                        .spans = seen->spans,
                        .n_spans = seen->n_spans,
                        .lost = seen->lost,
                        .n_lost = seen->n_lost,
                        .from_utc_ms = from,
                        .to_utc_ms = to,
                        .now_utc_ms = now_utc_ms,
                        .has_run = day->state == DAY_RUN,
                        .heard = was_heard(seen, from, to),
                };

                history->heard[i] |= one.heard || was_alive(seen, from, to);
                day->is_over = now_utc_ms >= to;
                if (from < read_from_utc_ms)
                        day->state = DAY_UNKNOWN;
                else
                        day->state = day->day < since_day ? DAY_BEFORE
                                                          : day_state(&one, &day_defaults);
                from = to;
        }
}

static int first_run(const RunLoad *run, void *userdata)
{
        *(int64_t *)userdata = run->start_utc_ms;
        return 1;
}

static int first_entry(const DiaryEntry *entry, void *userdata)
{
        *(int64_t *)userdata = entry->at_utc_ms;
        return 1;
}

int history_since(Ledger *ledger, const Runner *runner, const Homes *homes, int64_t now_utc_ms,
                  int32_t *ret_day)
{
        int64_t run = INT64_MAX, entry = INT64_MAX, since = runner->added_utc_ms;
        int r = run_load_each(ledger, runner->id, EARLIEST_MS, INT64_MAX, first_run, &run);

        if (r >= 0)
                r = diary_each(ledger, runner->id, EARLIEST_MS, INT64_MAX, first_entry, &entry);
        if (r < 0)
                return r;
        since = since < EARLIEST_MS ? now_utc_ms : since; /* a clock that was not set */
        since = run < since ? run : since;
        since = entry < since ? entry : since;
        *ret_day = homes_local_day(homes, since);
        return 0;
}

int history_read(Ledger *ledger, const Runner *runner, const Homes *homes, int64_t now_utc_ms,
                 IsoWeek id, int32_t weeks, int32_t since_day, History **ret)
{
        CLEANUP(history_freep) History *history = calloc(1, sizeof(*history));
        CLEANUP(seen_clearp) Seen seen = {0};
        int64_t from, to, after;
        int r;

        if (!history)
                return -ENOMEM;
        history->homes = homes;
        history->since_day = since_day;
        history->first_day = iso_week_monday(id) - LOOK_BACK_WEEKS * 7;
        for (size_t i = 0; i < HISTORY_DAYS; i++) {
                history->days[i].day = history->first_day + (int32_t)i;
                history->pain[i] = NULL_INTEGER;
        }
        from = homes_day_start_utc_ms(homes, history->first_day + HISTORY_DAYS - weeks * 7);
        to = homes_day_start_utc_ms(homes, history->first_day + HISTORY_DAYS);
        after = homes_day_start_utc_ms(homes, history->first_day + HISTORY_DAYS + HISTORY_AFTER_DAYS);
        r = run_load_each(ledger, runner->id, from, to, take_run, history);
        if (r >= 0)
                r = diary_each(ledger, runner->id, from, after, take_entry, history);
        if (r >= 0)
                r = diary_about_runs_each(ledger, runner->id, from, after, take_about_run, history);
        if (r >= 0)
                r = worn_spans_each(ledger, runner->id, from, to, take_pod, take_span, &seen);
        if (r >= 0)
                r = lost_ranges_read(ledger, runner->id, from, to, &history->lost);
        if (r >= 0)
                r = lost_ranges_open(&history->lost, history->runs, history->n_runs, &seen.lost, &seen.n_lost);
        if (r < 0)
                return r;
        judge_days(history, &seen, from, now_utc_ms, since_day);
        *ret = TAKE(history);
        return 0;
}
