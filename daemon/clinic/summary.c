#include "daemon/clinic/summary.h"

#include "daemon/clinic/json.h"
#include "daemon/ledger/alerts.h"
#include "daemon/ledger/homes.h"
#include "daemon/ledger/standing.h"
#include "daemon/ledger/weeks.h"
#include "proto/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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
        int64_t now_utc_ms; /* nothing was later, whatever a clock that was ahead said */
        int64_t end_utc_ms;
        int64_t received_utc_ms;
} LastRun;

static int take_run(const Run *run, void *userdata)
{
        LastRun *last = userdata;

        if (run->end_utc_ms > last->end_utc_ms)
                last->end_utc_ms = run->end_utc_ms;
        if (run->received_utc_ms > last->received_utc_ms && run->received_utc_ms <= last->now_utc_ms)
                last->received_utc_ms = run->received_utc_ms;
        return 0;
}

static int is_of(const Pod *pod, void *userdata)
{
        return strcmp(pod->runner, userdata) == 0;
}

/* What somebody should look at; seen: by whom and when, as long as that holds. */
static int add_alert(Ledger *ledger, const Runner *runner, const Homes *homes, IsoWeek newest,
                     int64_t now_utc_ms, cJSON *root)
{
        char week[WEEK_ID_SIZE];
        Alert alert;
        int r = alert_told(ledger, runner->id, homes, newest, now_utc_ms, &alert);

        if (r < 0)
                return r;
        if (r == 0) {
                json_set(root, "alert", cJSON_CreateNull());
                return 0;
        }
        iso_week_format(alert.week, week);
        json_set_text(root, "alert.code", alert.reason.code);
        json_set_time(root, "alert.since", alert.since_utc_ms);
        json_set_text(root, "alert.week", week);
        json_set_integer(root, "alert.severity", alert.reason.severity);
        json_set_codes(root, "alert.seen", alert.others);
        if (!alert.is_seen) {
                json_set(root, "alert.acknowledged", cJSON_CreateNull());
                return 0;
        }
        json_set_time(root, "alert.acknowledged.at", alert.seen.at_utc_ms);
        json_set_text(root, "alert.acknowledged.by", alert.seen.by);
        json_set_time(root, "alert.acknowledged.until", alert.seen.until_utc_ms);
        return 0;
}

/* In the language of the newest week that has one. */
static void add_sentence(const Weeks *weeks, bool paired, cJSON *root)
{
        const Week *newest = &weeks->list[SUMMARY_WEEKS - 1];
        Language language = LANGUAGE_ENGLISH;
        char sentence[SENTENCE_SIZE];

        if (weeks->known[SUMMARY_WEEKS - 1] && newest->verdict.sentence[0]) {
                json_set_text(root, "sentence", newest->verdict.sentence);
                return;
        }
        for (int i = 0; i < SUMMARY_WEEKS; i++) {
                if (weeks->known[i])
                        (void)language_parse(weeks->list[i].verdict.language, &language); /* or as before */
        }
        words_say(language, paired ? PHRASE_NOTHING_KNOWN : PHRASE_NO_POD, NULL, 0, sentence,
                  sizeof(sentence));
        words_begin(sentence);
        json_set_text(root, "sentence", sentence);
}

int summary_add(Ledger *ledger, const Runner *runner, int64_t now_utc_ms, cJSON *root)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        CLEANUP(freep) Weeks *weeks = calloc(1, sizeof(*weeks));
        char first[12], last[12];
        const Week *newest;
        LastRun last_run = {now_utc_ms, NULL_INTEGER, NULL_INTEGER};
        IsoWeek now;
        int paired, r = weeks ? homes_new(ledger, runner->id, &homes) : -ENOMEM;

        if (r < 0)
                return r;
        r = newest_week(ledger, runner->id, homes, now_utc_ms, &now);
        if (r < 0)
                return r;
        if (r == 0)
                now = homes_week(homes, now_utc_ms);
        weeks->first = iso_week_add(now, 1 - SUMMARY_WEEKS);
        iso_week_format(weeks->first, first);
        iso_week_format(now, last);
        r = week_each(ledger, runner->id, first, last, false, take_week, weeks);
        if (r >= 0)
                r = run_each_brief(ledger, runner->id, homes_week_start_utc_ms(homes, weeks->first),
                                   now_utc_ms, take_run, &last_run);
        paired = r >= 0 ? pod_each(ledger, is_of, (void *)(uintptr_t)runner->id) : r;
        if (paired < 0)
                return paired;
        newest = weeks->known[SUMMARY_WEEKS - 1] ? &weeks->list[SUMMARY_WEEKS - 1] : NULL;
        json_set_text(root, "runner", runner->id);
        json_set_text(root, "zone", runner->zone);
        add_sentence(weeks, paired > 0, root);
        r = add_alert(ledger, runner, homes, now, now_utc_ms, root);
        if (r < 0)
                return r;
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
