#include "daemon/clinic/summary.h"

#include "daemon/clinic/json.h"
#include "daemon/ledger/homes.h"
#include "daemon/ledger/weeks.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PAIN_ALERT 5 /* a day of this and more is shown first; [own], no literature behind it */

/* ---- words ---- */

/* Appends what fits. */
static void say(char *ret, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);
static void say(char *ret, size_t size, const char *format, ...)
{
        size_t used = strlen(ret);
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(ret + used, size - used, format, arguments);
        va_end(arguments);
}

static void say_load(const Week *week, bool paired, char *ret, size_t size)
{
        static const struct {
                const char *empty;
                const char *words;
        } empties[] = {
                {"did_not_run", "No run this week"},
                {"not_worn", "No pod was heard this week"},
                {"not_delivered", "This week is not delivered yet"},
        };

        if (strcmp(week->empty, "not_worn") == 0 && !paired) {
                say(ret, size, "No pod is paired");
                return;
        }
        for (size_t i = 0; i < ARRAY_SIZE(empties); i++) {
                if (strcmp(week->empty, empties[i].empty) == 0)
                        say(ret, size, "%s", empties[i].words);
        }
        if (week->empty[0])
                return;
        say(ret, size, "%.1f km in %lld run%s", week->load_distance_m / 1000,
            (long long)week->load_runs, week->load_runs == 1 ? "" : "s");
}

static void say_longest(const Week *week, char *ret, size_t size)
{
        double percent;

        if (week->longest_band[0] == '\0' || strcmp(week->longest_band, "reference") == 0)
                return;
        percent = 100.0 * (double)(week->longest_distance_m - week->longest_reference_m) /
                  (double)week->longest_reference_m;
        if (week->load_runs == 1) /* its length has just been said */
                say(ret, size, ", %+.0f %% over the longest of 30 days", percent);
        else
                say(ret, size, "; a run of %.1f km is %+.0f %% over the longest of 30 days",
                    (double)week->longest_distance_m / 1000, percent);
}

static void say_pain(const Week *week, const Week *previous, char *ret, size_t size)
{
        if (week->pain_entries == 0) {
                say(ret, size, "; no diary");
                return;
        }
        if (week->pain_max == 0) {
                say(ret, size, "; no pain");
                return;
        }
        say(ret, size, "; pain %.1f, at most %lld, on %lld day%s", week->pain_mean,
            (long long)week->pain_max, (long long)week->pain_days, week->pain_days == 1 ? "" : "s");
        if (previous && previous->pain_entries > 0)
                say(ret, size, " (%.1f the week before)", previous->pain_mean);
}

void summary_sentence(const Week *week, const Week *previous, bool paired, char *ret, size_t size)
{
        ret[0] = '\0';
        if (!week) {
                say(ret, size, paired ? "Nothing is known yet" : "No pod is paired");
                return;
        }
        say_load(week, paired, ret, size);
        say_longest(week, ret, size);
        say_pain(week, previous, ret, size);
}

const char *summary_alert(const Week *week)
{
        if (week->pain_max != NULL_INTEGER && week->pain_max >= PAIN_ALERT)
                return "pain_high";
        if (strcmp(week->longest_band, "large") == 0)
                return "spike_large";
        return NULL;
}

/* ---- numbers ---- */

typedef struct Weeks {
        Week list[SUMMARY_WEEKS];
        bool known[SUMMARY_WEEKS];
        IsoWeek first;
} Weeks;

static int take_week(const Week *week, void *userdata)
{
        Weeks *weeks = userdata;
        IsoWeek id;

        if (iso_week_parse(week->week, &id) < 0)
                return -EUCLEAN;
        for (int i = 0; i < SUMMARY_WEEKS; i++) {
                if (iso_week_compare(iso_week_add(weeks->first, i), id) != 0)
                        continue;
                weeks->list[i] = *week;
                weeks->known[i] = true;
        }
        return 0;
}

/* A list of weeks is read at a glance and must be short: decimals stand in the week itself. */
static int64_t whole(double value)
{
        return isnan(value) ? NULL_INTEGER : llround(value);
}

/* One array over the weeks, from the field of that path; a real number to 1/`per_unit`. */
static void add_series(const Weeks *weeks, const char *name, const char *path, double per_unit,
                       cJSON *root)
{
        const Field *field = fields_find(&week_fields, path);
        cJSON *array = cJSON_AddArrayToObject(root, name);

        for (int i = 0; i < SUMMARY_WEEKS; i++) {
                const Week *week = &weeks->list[i];
                cJSON *value;

                if (!weeks->known[i] || field_is_null(field, week))
                        value = cJSON_CreateNull();
                else if (field->type == FIELD_TEXT)
                        value = cJSON_CreateString(field_text(field, week));
                else if (field->type == FIELD_REAL)
                        value = cJSON_CreateNumber(round(*field_real(field, week) * per_unit) / per_unit);
                else
                        value = cJSON_CreateNumber((double)*field_integer(field, week));
                if (!cJSON_AddItemToArray(array, value))
                        cJSON_Delete(value); /* memory is short; json_print notices */
        }
}

static void add_ids(const Weeks *weeks, cJSON *root)
{
        cJSON *array = cJSON_AddArrayToObject(root, "weeks");

        for (int i = 0; i < SUMMARY_WEEKS; i++) {
                char id[12];
                cJSON *value;

                iso_week_format(iso_week_add(weeks->first, i), id);
                value = cJSON_CreateString(id);
                if (!cJSON_AddItemToArray(array, value))
                        cJSON_Delete(value); /* as above */
        }
}

static void add_this_week(const Week *week, cJSON *root)
{
        json_set_text(root, "this_week.week", week->week);
        json_set_text(root, "this_week.state", week->state);
        json_set_integer(root, "this_week.revision", week->revision);
        json_set_integer(root, "this_week.distance_m", whole(week->load_distance_m));
        json_set_integer(root, "this_week.duration_s", week->load_duration_s);
        json_set_integer(root, "this_week.steps", whole(week->load_steps));
        json_set_integer(root, "this_week.runs", week->load_runs);
        json_set_text(root, "this_week.longest_run_band", week->longest_band);
        json_set_integer(root, "this_week.longest_run_m", week->longest_distance_m);
        json_set_integer(root, "this_week.reference_m", week->longest_reference_m);
        json_set_real(root, "this_week.pain_mean", week->pain_mean);
        json_set_integer(root, "this_week.pain_max", week->pain_max);
        json_set_integer(root, "this_week.pain_days", week->pain_days);
}

typedef struct LastRun {
        int64_t end_utc_ms;
        int64_t received_utc_ms;
} LastRun;

static int take_run(const Run *run, void *userdata)
{
        LastRun *last = userdata;

        if (run->end_utc_ms > last->end_utc_ms)
                last->end_utc_ms = run->end_utc_ms;
        if (run->received_utc_ms > last->received_utc_ms)
                last->received_utc_ms = run->received_utc_ms;
        return 0;
}

static int is_of(const Pod *pod, void *userdata)
{
        return strcmp(pod->runner, userdata) == 0;
}

static void add_alert(const Week *week, const Homes *homes, IsoWeek id, cJSON *root)
{
        const char *code = week ? summary_alert(week) : NULL;

        if (!code) {
                json_set(root, "alert", cJSON_CreateNull());
                return;
        }
        json_set_text(root, "alert.code", code);
        json_set_time(root, "alert.since", homes_week_start_utc_ms(homes, id));
}

int summary_add(Ledger *ledger, const Runner *runner, int64_t now_utc_ms, cJSON *root)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        CLEANUP(freep) Weeks *weeks = calloc(1, sizeof(*weeks));
        char first[12], last[12], sentence[200];
        const Week *newest, *previous;
        LastRun last_run = {NULL_INTEGER, NULL_INTEGER};
        IsoWeek now;
        int paired, r = weeks ? homes_new(ledger, runner->id, &homes) : -ENOMEM;

        if (r < 0)
                return r;
        now = homes_week(homes, now_utc_ms);
        weeks->first = iso_week_add(now, 1 - SUMMARY_WEEKS);
        iso_week_format(weeks->first, first);
        iso_week_format(now, last);
        r = week_each(ledger, runner->id, first, last, false, take_week, weeks);
        if (r >= 0)
                r = run_each(ledger, runner->id, homes_week_start_utc_ms(homes, weeks->first),
                             INT64_MAX, take_run, &last_run);
        paired = r >= 0 ? pod_each(ledger, is_of, (void *)(uintptr_t)runner->id) : r;
        if (paired < 0)
                return paired;
        newest = weeks->known[SUMMARY_WEEKS - 1] ? &weeks->list[SUMMARY_WEEKS - 1] : NULL;
        previous = weeks->known[SUMMARY_WEEKS - 2] ? &weeks->list[SUMMARY_WEEKS - 2] : NULL;
        summary_sentence(newest, previous, paired > 0, sentence, sizeof(sentence));
        json_set_text(root, "runner", runner->id);
        json_set_text(root, "zone", runner->zone);
        json_set_text(root, "sentence", sentence);
        add_alert(newest, homes, now, root);
        json_set_real(root, "coverage", newest ? newest->coverage : NULL_REAL);
        add_ids(weeks, root);
        add_series(weeks, "distance_m", "load.distance_m", 1, root);
        add_series(weeks, "steps", "load.steps", 1, root);
        add_series(weeks, "pain_mean", "pain.mean", 10, root);
        add_series(weeks, "pain_max", "pain.max", 1, root);
        add_series(weeks, "empty", "empty", 1, root);
        if (newest)
                add_this_week(newest, root);
        else
                json_set(root, "this_week", cJSON_CreateNull());
        json_set_time(root, "last_run_end", last_run.end_utc_ms);
        json_set_time(root, "last_record_received", last_run.received_utc_ms);
        return 0;
}
