#include "cli/explain-week.h"

#include "base/calendar.h"
#include "base/text.h"
#include "daemon/measure/options.h"
#include "daemon/measure/pain-change.h"
#include "proto/fields.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

MeasureParameters week_settings(const cJSON *week)
{
        MeasureParameters parameters = measure_defaults;
        const cJSON *one;

        cJSON_ArrayForEach(one, cJSON_GetObjectItem(week, "settings")) {
                char key[64];
                const char *equals = cJSON_IsString(one) ? strchr(one->valuestring, '=') : NULL;

                if (!equals || (size_t)(equals - one->valuestring) >= sizeof(key))
                        continue;
                (void)snprintf(key, sizeof(key), "%.*s", (int)(equals - one->valuestring), one->valuestring);
                if (measure_option_find(key) &&
                    measure_option_set(measure_option_find(key), &parameters, equals + 1) < 0)
                        continue; /* of another version: the default stays, and the result shows it */
        }
        return parameters;
}

typedef struct Weeks {
        const cJSON *week, *other;
        const MeasureParameters *parameters;
} Weeks;

static double take(const cJSON *week, const char *what, const char *key, Inputs *ret)
{
        inputs_add(ret, what, json_at(week, key), NULL);
        return json_number_at(week, key);
}

static double at(const cJSON *list, int i)
{
        const cJSON *item = cJSON_GetArrayItem(list, i);

        return cJSON_IsNumber(item) ? item->valuedouble : NULL_REAL;
}

static void give(Inputs *ret, double value, double tolerance)
{
        ret->result = isnan(value) ? cJSON_CreateNull() : cJSON_CreateNumber(value);
        ret->tolerance = tolerance;
}

static void give_list(Inputs *ret, cJSON *list)
{
        ret->result = list;
        ret->tolerance = 1e-5;
}

static void append(cJSON *list, cJSON *item)
{
        (void)cJSON_AddItemToArray(list, item); /* memory: it is too short then, and shows */
}

/* ---- against another week ---- */

static bool is_whole(const cJSON *week, const char *days)
{
        const cJSON *list = json_at(week, days);

        for (int i = 0; i < 7; i++) {
                if (isnan(at(list, i)))
                        return false;
        }
        return true;
}

static void change(const Weeks *weeks, const char *days, bool percent, Inputs *ret)
{
        double now = 0, before = 0;

        inputs_add(ret, "days of the week", json_at(weeks->week, days), NULL);
        inputs_add(ret, "days of the week before", json_at(weeks->other, days), NULL);
        if (!is_whole(weeks->week, days) || !is_whole(weeks->other, days)) {
                inputs_work(ret, "a day of one of both weeks is not known");
                give(ret, NULL_REAL, 0);
                return;
        }
        for (int i = 0; i < 7; i++) {
                now += at(json_at(weeks->week, days), i);
                before += at(json_at(weeks->other, days), i);
        }
        if (percent) {
                inputs_work(ret, "100 · (%.10g − %.10g) / %.10g", now, before, before);
                give(ret, before > 0 ? 100 * (now - before) / before : NULL_REAL, 1e-2);
        } else {
                inputs_work(ret, "%.10g − %.10g", now, before);
                give(ret, now - before, 0.5);
        }
}

static void distance_change(const Weeks *weeks, Inputs *ret)
{
        change(weeks, "load.days.distance_m", false, ret);
}

static void distance_percent(const Weeks *weeks, Inputs *ret)
{
        change(weeks, "load.days.distance_m", true, ret);
}

static void effort_change(const Weeks *weeks, Inputs *ret)
{
        change(weeks, "load.effort.daily_au", false, ret);
}

static void effort_percent(const Weeks *weeks, Inputs *ret)
{
        change(weeks, "load.effort.daily_au", true, ret);
}

static void baseline_mean(const Weeks *weeks, Inputs *ret)
{
        double mean = take(weeks->other, "pain.mean of the baseline week", "pain.mean", ret);
        double days = take(weeks->other, "its days with an entry", "pain.entry_days", ret);

        inputs_work(ret, "%.10g, with entries on %.0f days (needs %lld)", mean, days,
                    (long long)weeks->parameters->pain_complete_days);
        give(ret, days >= (double)weeks->parameters->pain_complete_days ? mean : NULL_REAL, 1e-6);
}

static void change_word(const Weeks *weeks, Inputs *ret)
{
        const PainChangeParameters *parameters = &weeks->parameters->pain_change;
        double baseline = take(weeks->week, "baseline", "pain.change.baseline_mean", ret);
        double mean = take(weeks->week, "mean", "pain.mean", ret);
        double days = take(weeks->week, "days with an entry", "pain.entry_days", ret);
        PainChange told;

        if (!(days >= (double)weeks->parameters->pain_complete_days))
                mean = NULL_REAL;
        told = pain_change(baseline, mean, parameters);
        inputs_work(ret, "fall %.4g points (needs %g), %.4g %% (needs %g); worse from −%g", told.drop,
                    parameters->points, told.percent, parameters->percent, parameters->worse);
        ret->result = told.word ? cJSON_CreateString(told.word) : cJSON_CreateNull();
}

/* ---- pain ---- */

static void is_complete(const Weeks *weeks, Inputs *ret)
{
        double days = take(weeks->week, "days with an entry", "pain.entry_days", ret);

        inputs_work(ret, "%.0f ≥ %lld", days, (long long)weeks->parameters->pain_complete_days);
        ret->result = cJSON_CreateBool(days >= (double)weeks->parameters->pain_complete_days);
}

/* ---- load ---- */

static void bone_stimulus(const Weeks *weeks, Inputs *ret)
{
        double left = take(weeks->week, "left", "load.impact.left.bone_sum", ret);
        double right = take(weeks->week, "right", "load.impact.right.bone_sum", ret);
        double exponent = take(weeks->week, "m", "load.impact.exponent", ret);
        double sum = (isnan(left) ? 0 : left) + (isnan(right) ? 0 : right), value = pow(sum, 1 / (2 * exponent));

        inputs_work(ret, "%.10g^(1/(2 · %g))", sum, exponent);
        give(ret, sum > 0 ? value : NULL_REAL, 1e-4 * value);
}

/* ---- sitting ---- */

typedef struct Sat {
        double hours, percent; /* sums over valid days */
        int valid, said;
        double said_hours;
} Sat;

static Sat sat_of(const Weeks *weeks, Inputs *ret)
{
        const cJSON *sit = json_at(weeks->week, "sitting.sit_h"), *wear = json_at(weeks->week, "sitting.wear_h");
        Sat sat = {.valid = 0};

        inputs_add(ret, "sitting, h a day", sit, NULL);
        inputs_add(ret, "wear, h a day", wear, NULL);
        for (int i = 0; i < 7; i++) {
                double hours = at(sit, i), worn = at(wear, i);

                sat.said += !isnan(hours);
                sat.said_hours += isnan(hours) ? 0 : hours;
                if (!(worn * 3600 >= weeks->parameters->sitting.wear_min_s - 0.5)) /* hours are rounded */
                        continue;
                sat.valid++;
                sat.hours += hours;
                sat.percent += 100 * hours / worn;
        }
        return sat;
}

static bool is_said(const Weeks *weeks)
{
        return strcmp(json_text_at(weeks->week, "sitting.source"), "self_reported") == 0;
}

static void valid_days(const Weeks *weeks, Inputs *ret)
{
        Sat sat = sat_of(weeks, ret);

        inputs_work(ret, "%d days with wear ≥ %g h", sat.valid, weeks->parameters->sitting.wear_min_s / 3600);
        give(ret, is_said(weeks) || sat.said == 0 ? NULL_REAL : sat.valid, 0);
}

static void hours_per_day(const Weeks *weeks, Inputs *ret)
{
        Sat sat = sat_of(weeks, ret);
        int n = is_said(weeks) ? sat.said : sat.valid;
        double sum = is_said(weeks) ? sat.said_hours : sat.hours;

        inputs_work(ret, "%.6g / %d (needs %lld days)", sum, n, (long long)weeks->parameters->sitting.valid_days_min);
        give(ret, n >= weeks->parameters->sitting.valid_days_min ? sum / n : NULL_REAL, 1e-4);
}

static void pct_of_wear(const Weeks *weeks, Inputs *ret)
{
        Sat sat = sat_of(weeks, ret);

        inputs_work(ret, "mean of %d days' 100 · sitting / wear (needs %lld days)", sat.valid,
                    (long long)weeks->parameters->sitting.valid_days_min);
        give(ret, sat.valid >= weeks->parameters->sitting.valid_days_min ? sat.percent / sat.valid : NULL_REAL, 1e-3);
}

/* ---- the plan ---- */

static const char *const prongs[] = {"joint_manipulation", "soft_tissue", "exercise", "nutrition"};
enum { CORE = 3 };

static void adherence(const Weeks *weeks, Inputs *ret)
{
        const cJSON *done = json_at(weeks->week, "plan.done"), *expected = json_at(weeks->week, "plan.expected");
        cJSON *list = cJSON_CreateArray();
        bool any = false;

        inputs_add(ret, "done", done, "diary");
        inputs_add(ret, "expected", expected, "plan");
        for (int i = 0; i < (int)ARRAY_SIZE(prongs); i++) {
                double share = at(expected, i) > 0 ? fmin(1, at(done, i) / at(expected, i)) : NULL_REAL;

                share = isnan(at(done, i)) ? NULL_REAL : share;
                inputs_work(ret, "%smin(1, %g / %g)", i ? ", " : "", at(done, i), at(expected, i));
                any |= !isnan(share);
                append(list, isnan(share) ? cJSON_CreateNull() : cJSON_CreateNumber(share));
        }
        if (any) {
                give_list(ret, list);
                return;
        }
        cJSON_Delete(list);
        ret->result = cJSON_CreateNull();
}

static void status(const Weeks *weeks, Inputs *ret)
{
        const PlanParameters *parameters = &weeks->parameters->plan;
        const cJSON *share = json_at(weeks->week, "plan.adherence"), *expected = json_at(weeks->week, "plan.expected");
        const cJSON *told = json_at(weeks->week, "plan.status"), *one;
        cJSON *list = cJSON_CreateArray();
        bool early = false;

        inputs_add(ret, "adherence", share, NULL);
        cJSON_ArrayForEach(one, told)
                early |= strcmp(cJSON_IsString(one) ? one->valuestring : "", "too_early") == 0;
        for (int i = 0; i < (int)ARRAY_SIZE(prongs); i++) {
                double value = at(share, i);
                const char *word = at(expected, i) == 0                ? "not_planned"
                                   : isnan(value)                      ? "unknown"
                                   : early                             ? "too_early"
                                   : value >= parameters->met_share     ? "met"
                                   : value >= parameters->partial_share ? "partial"
                                                                        : "missing";

                inputs_work(ret, "%s%g: %s", i ? ", " : "", value, word);
                append(list, cJSON_CreateString(word));
        }
        inputs_work(ret, " (met from %g, partial from %g, no verdict for %lld days from %s)", parameters->met_share,
                    parameters->partial_share, (long long)parameters->verdict_after_days,
                    json_text_at(weeks->week, "plan.first_day"));
        give_list(ret, list);
}

static void core_with(const Weeks *weeks, const char *word, Inputs *ret)
{
        const cJSON *told = json_at(weeks->week, "plan.status");
        cJSON *list = cJSON_CreateArray();

        inputs_add(ret, "status", told, NULL);
        for (int i = 0; i < CORE; i++) {
                const cJSON *one = cJSON_GetArrayItem(told, i);

                inputs_work(ret, "%s%s: %s", i ? ", " : "", prongs[i], cJSON_IsString(one) ? one->valuestring : "–");
                if (cJSON_IsString(one) && strcmp(one->valuestring, word) == 0)
                        append(list, cJSON_CreateString(prongs[i]));
        }
        give_list(ret, list);
}

static void missing(const Weeks *weeks, Inputs *ret)
{
        core_with(weeks, "missing", ret);
}

static void not_planned(const Weeks *weeks, Inputs *ret)
{
        core_with(weeks, "not_planned", ret);
}

/* ---- the assessment ---- */

static void composite(const Weeks *weeks, Inputs *ret)
{
        const cJSON *final = json_at(weeks->week, "assessment.final");
        double sum = 0;

        inputs_add(ret, "final scores", final, NULL);
        for (int i = 0; i < 7; i++) {
                inputs_work(ret, "%s%g", i ? " + " : "", at(final, i));
                sum += at(final, i);
        }
        give(ret, sum, 0);
}

/* ---- one line a name ---- */

static const struct {
        const char *name, *group;
        const char *other; /* "before" "baseline" "" */
        void (*work)(const Weeks *weeks, Inputs *ret);
} works[] = {
        {"distance_change", "load.days", "before", distance_change},
        {"distance_percent", "load.days", "before", distance_percent},
        {"effort_change", "load.effort", "before", effort_change},
        {"effort_percent", "load.effort", "before", effort_percent},
        {"baseline_mean", "pain.change", "baseline", baseline_mean},
        {"change_word", "pain.change", "", change_word},
        {"is_complete", "pain.week", "", is_complete},
        {"bone_stimulus", "load.impact", "", bone_stimulus},
        {"valid_days", "sitting", "", valid_days},
        {"hours_per_day", "sitting", "", hours_per_day},
        {"pct_of_wear", "sitting", "", pct_of_wear},
        {"adherence", "plan", "", adherence},
        {"status", "plan", "", status},
        {"missing", "plan", "", missing},
        {"not_planned", "plan", "", not_planned},
        {"composite", "assessment", "", composite},
};

void explain_week_other(const cJSON *week, const char *name, char ret[static 12])
{
        IsoWeek id;

        ret[0] = '\0';
        for (size_t i = 0; i < ARRAY_SIZE(works); i++) {
                if (strcmp(works[i].name, name) != 0 || works[i].other[0] == '\0')
                        continue;
                if (strcmp(works[i].other, "baseline") == 0)
                        (void)text_copy(ret, 12, json_text_at(week, "pain.change.baseline_week"));
                else if (iso_week_parse(json_text_at(week, "week"), &id) == 0)
                        iso_week_format(iso_week_add(id, -1), ret);
        }
}

void explain_week(const cJSON *week, const cJSON *other, const char *name, Inputs *ret)
{
        MeasureParameters parameters = week_settings(week);
        Weeks weeks = {.week = week, .other = other, .parameters = &parameters};

        for (size_t i = 0; i < ARRAY_SIZE(works); i++) {
                if (strcmp(works[i].name, name) != 0)
                        continue;
                if (cJSON_IsObject(json_at(week, works[i].group)))
                        works[i].work(&weeks, ret);
                else
                        ret->result = cJSON_CreateNull(); /* the whole group is absent, with its reason */
        }
}
