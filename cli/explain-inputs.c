#include "cli/explain-inputs.h"

#include "cli/daemon.h"
#include "cli/explain-pain.h"
#include "cli/explain-week.h"

#include "base/calendar.h"
#include "base/text.h"
#include "base/zone.h"
#include "proto/fields.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX     512
#define SHOWN_MAX      8 /* values in the worked formula */
#define REFERENCE_DAYS 30

typedef struct Values {
        double list[VALUES_MAX];
        double weights[VALUES_MAX];
        int32_t days[VALUES_MAX];
        size_t n;
} Values;

static void set_number(Inputs *inputs, double number)
{
        inputs->result = isnan(number) ? cJSON_CreateNull() : cJSON_CreateNumber(number);
}

static void work_out(Inputs *inputs, const char *text)
{
        size_t used = strlen(inputs->worked);

        (void)snprintf(inputs->worked + used, sizeof(inputs->worked) - used, "%s", text); /* cut: is shown so */
}

static void work_number(Inputs *inputs, double number)
{
        char text[32];

        (void)snprintf(text, sizeof(text), "%.10g", number);
        work_out(inputs, text);
}

/* "a + b + … = " */
static void work_list(Inputs *inputs, const Values *values, const char *between)
{
        for (size_t i = 0; i < values->n && i < SHOWN_MAX; i++) {
                work_out(inputs, i ? between : "");
                work_number(inputs, values->list[i]);
        }
        if (values->n > SHOWN_MAX)
                work_out(inputs, " …");
}

/* ---- folds of a list ---- */

static double sum_of(const Values *values)
{
        double sum = 0;

        for (size_t i = 0; i < values->n; i++)
                sum += values->list[i];
        return values->n ? sum : NULL_REAL;
}

static void fold_sum(Inputs *inputs, Values *values)
{
        work_list(inputs, values, " + ");
        set_number(inputs, sum_of(values));
        inputs->tolerance = 0.06 * (double)(values->n + 1);
}

static void fold_count(Inputs *inputs, Values *values)
{
        work_number(inputs, (double)values->n);
        set_number(inputs, values->n ? (double)values->n : NULL_REAL);
}

static void fold_weighted(Inputs *inputs, Values *values)
{
        double sum = 0, weights = 0;
        char text[80];

        for (size_t i = 0; i < values->n; i++) {
                sum += values->list[i] * values->weights[i];
                weights += values->weights[i];
        }
        (void)snprintf(text, sizeof(text), "%.10g / %.10g", sum, weights);
        work_out(inputs, text);
        set_number(inputs, weights > 0 ? sum / weights : NULL_REAL);
        inputs->tolerance = 1e-6;
}

static int by_size(const void *a, const void *b)
{
        double left = *(const double *)a, right = *(const double *)b;

        return left < right ? -1 : left > right;
}

static void fold_median(Inputs *inputs, Values *values)
{
        size_t n = values->n;

        qsort(values->list, n, sizeof(values->list[0]), by_size);
        work_out(inputs, "median of ");
        work_list(inputs, values, ", ");
        set_number(inputs, n == 0 ? NULL_REAL : (values->list[(n - 1) / 2] + values->list[n / 2]) / 2);
        inputs->tolerance = 1e-6;
}

static void fold_max(Inputs *inputs, Values *values)
{
        double most = NULL_REAL;

        for (size_t i = 0; i < values->n; i++)
                most = isnan(most) || values->list[i] > most ? values->list[i] : most;
        work_out(inputs, "max of ");
        work_list(inputs, values, ", ");
        set_number(inputs, most);
}

/* Truths and words stand as 1 and 0. */
static void fold_ones(Inputs *inputs, Values *values)
{
        double sum = sum_of(values);

        work_list(inputs, values, " + ");
        set_number(inputs, isnan(sum) ? NULL_REAL : sum);
}

/* `values` hold those that have one; the inputs all. */
static void fold_lacking(Inputs *inputs, Values *values)
{
        size_t all = (size_t)cJSON_GetArraySize(inputs->list);
        char text[80];

        (void)snprintf(text, sizeof(text), "%zu − %zu", all, values->n);
        work_out(inputs, text);
        set_number(inputs, all > 0 ? (double)(all - values->n) : NULL_REAL);
}

/* ---- of pain, by days ---- */

/* Days' maxima; returns their number. */
static size_t day_maxima(const Values *values, double ret[7])
{
        size_t n = 0;

        for (size_t day = 0; day < 7; day++)
                ret[day] = NULL_REAL;
        for (size_t i = 0; i < values->n; i++) {
                double *most = &ret[values->days[i] % 7]; /* a week: each day once */

                n += isnan(*most);
                *most = isnan(*most) || values->list[i] > *most ? values->list[i] : *most;
        }
        return n;
}

static void fold_mean(Inputs *inputs, Values *values)
{
        double days[7], sum = 0;
        size_t n = day_maxima(values, days);
        char text[64];

        for (size_t day = 0; day < 7; day++)
                sum += isnan(days[day]) ? 0 : days[day];
        (void)snprintf(text, sizeof(text), "%.10g / %zu", sum, n);
        work_out(inputs, text);
        set_number(inputs, n ? sum / (double)n : NULL_REAL);
        inputs->tolerance = 1e-6;
}

static void fold_days(Inputs *inputs, Values *values)
{
        double days[7];
        size_t n = day_maxima(values, days);

        work_number(inputs, (double)n);
        set_number(inputs, (double)n);
}

static void fold_days_with(Inputs *inputs, Values *values)
{
        double days[7];
        size_t n = 0;
        size_t told = day_maxima(values, days);

        for (size_t day = 0; day < 7; day++)
                n += days[day] >= 1;
        work_number(inputs, (double)n);
        set_number(inputs, told ? (double)n : NULL_REAL);
}

static void fold_entries(Inputs *inputs, Values *values)
{
        work_number(inputs, (double)values->n);
        set_number(inputs, (double)values->n);
}

static const struct {
        const char *of, *name;
        void (*fold)(Inputs *inputs, Values *values);
} folds[] = {
        {"runs", "sum", fold_sum},           {"runs", "count", fold_count},
        {"runs", "weighted", fold_weighted}, {"runs", "median", fold_median},
        {"runs", "max", fold_max},           {"runs", "count_true", fold_ones},
        {"runs", "count_above", fold_ones},  {"runs", "lacking", fold_lacking},
         {"diary", "mean", fold_mean},
        {"diary", "max", fold_max},          {"diary", "days", fold_days},
        {"diary", "days_with", fold_days_with}, {"diary", "count", fold_entries},
};

static void fold(Inputs *inputs, const cJSON *how, Values *values)
{
        for (size_t i = 0; i < ARRAY_SIZE(folds); i++) {
                if (strcmp(folds[i].of, json_text_at(how, "of")) == 0 &&
                    strcmp(folds[i].name, json_text_at(how, "fold")) == 0)
                        folds[i].fold(inputs, values);
        }
}

/* ---- runs ---- */

static bool run_day(const cJSON *run, int32_t *ret)
{
        return date_parse(json_text_at(run, "local_date"), ret) == 0;
}

static double number_of(const cJSON *value)
{
        if (cJSON_IsBool(value))
                return cJSON_IsTrue(value);
        if (cJSON_IsString(value)) /* a word: does it say "above"? an id: it is there */
                return strcmp(value->valuestring, "above") == 0;
        return cJSON_IsNumber(value) ? value->valuedouble : NULL_REAL;
}

static void add_run(Inputs *inputs, const cJSON *run, const char *key)
{
        char what[RFC3339_SIZE + 8];

        (void)snprintf(what, sizeof(what), "run %.16s UTC", json_text_at(run, "start"));
        inputs_add(inputs, what, json_at(run, key), json_text_at(run, "load.source"));
}

static void fold_runs(Inputs *inputs, const cJSON *how, const cJSON *runs, int32_t monday)
{
        static Values values;
        const char *key = json_text_at(how, "key"), *weight = json_text_at(how, "weight");
        const cJSON *run;

        values.n = 0;
        cJSON_ArrayForEach(run, runs) {
                int32_t day;
                double value = number_of(json_at(run, key));

                if (!run_day(run, &day) || day < monday || day > monday + 6)
                        continue;
                add_run(inputs, run, key);
                if (isnan(value) || values.n == VALUES_MAX)
                        continue;
                values.weights[values.n] = weight[0] ? json_number_at(run, weight) : 1;
                values.list[values.n++] = value;
        }
        fold(inputs, how, &values);
}

/* ---- the run of note ---- */

/* Whole metres are compared; -1 without a reference. As daemon/measure/spike.c has it. */
static int band_of(double distance, double reference)
{
        if (!(reference > 0))
                return -1;
        return 10 * distance <= 11 * reference ? 0 : 10 * distance <= 13 * reference ? 1
                                                 : distance <= 2 * reference         ? 2
                                                                                     : 3;
}

static double whole(const cJSON *run)
{
        return floor(json_number_at(run, "load.distance_m") + 0.5);
}

/* The longest run of the 30 days before; `list` in order of start. */
static const cJSON *find_reference(const cJSON *runs, const cJSON *of, int32_t of_day)
{
        const cJSON *run, *best = NULL;

        cJSON_ArrayForEach(run, runs) {
                int32_t day;

                if (run == of)
                        break;
                if (run_day(run, &day) && of_day - day <= REFERENCE_DAYS && !isnan(whole(run)) &&
                    (!best || whole(run) > whole(best)))
                        best = run;
        }
        return best;
}

static void fold_note(Inputs *inputs, const cJSON *how, const cJSON *runs, int32_t monday)
{
        const cJSON *run, *note = NULL, *note_reference = NULL;
        int worst = -2;
        char text[128];

        cJSON_ArrayForEach(run, runs) {
                const cJSON *reference;
                int32_t day;
                int band;

                if (!run_day(run, &day) || day < monday || day > monday + 6 || isnan(whole(run)))
                        continue;
                add_run(inputs, run, "load.distance_m");
                reference = find_reference(runs, run, day);
                band = reference ? band_of(whole(run), whole(reference)) : -1;
                if (band < worst || (band == worst && whole(run) <= whole(note)))
                        continue;
                worst = band;
                note = run;
                note_reference = band < 0 ? NULL : reference;
        }
        if (note_reference)
                add_run(inputs, note_reference, "load.distance_m");
        if (note) {
                (void)snprintf(text, sizeof(text), "run of %.10s: %.0f m; longest of the 30 days before: ",
                               json_text_at(note, "local_date"), whole(note));
                work_out(inputs, text);
                work_out(inputs, note_reference ? "" : "none");
                if (note_reference)
                        work_number(inputs, whole(note_reference));
        }
        if (strcmp(json_text_at(how, "fold"), "reference") == 0)
                set_number(inputs, note_reference ? whole(note_reference) : NULL_REAL);
        else
                set_number(inputs, note ? whole(note) : NULL_REAL);
        inputs->tolerance = 1;
}

static int read_runs(const Invocation *invocation, const cJSON *how, const char *runner, int32_t monday,
                     Inputs *inputs)
{
        CLEANUP(cJSON_Deletep) cJSON *runs = NULL;
        const char *name = json_text_at(how, "fold");
        int code = daemon_call(invocation, "ListRuns", 60, &runs, "s", runner);

        if (code != EXIT_DONE)
                return code;
        if (strcmp(name, "of_note") == 0 || strcmp(name, "reference") == 0)
                fold_note(inputs, how, runs, monday);
        else
                fold_runs(inputs, how, runs, monday);
        return EXIT_DONE;
}

/* ---- the diary ---- */

static int read_diary(const Invocation *invocation, const cJSON *how, const char *runner, const cJSON *week,
                      int32_t monday, Inputs *inputs)
{
        static Values values;
        CLEANUP(cJSON_Deletep) cJSON *entries = NULL;
        CLEANUP(zone_freep) Zone *zone = NULL;
        const cJSON *entry;
        int code = daemon_call(invocation, "ListDiary", 60, &entries, "s", runner);

        if (code != EXIT_DONE)
                return code;
        if (zone_new(json_text_at(week, "zone"), &zone) < 0)
                return output_error(invocation, EXIT_FAILED, "zone", "the week's time zone is not on this machine",
                                    "install tzdata");
        if (json_text_at(how, "pain")[0]) {
                PainSource source = {.entries = entries, .week = week, .zone = zone, .monday = monday};

                return explain_pain(&source, json_text_at(how, "pain"), inputs) < 0 ? EXIT_FAILED : EXIT_DONE;
        }
        values.n = 0;
        cJSON_ArrayForEach(entry, entries) {
                int64_t at_utc_ms;
                int32_t day;
                char what[RFC3339_SIZE + 12];

                if (!cJSON_IsNumber(json_at(entry, "pain")) ||
                    rfc3339_parse(json_text_at(entry, "at"), &at_utc_ms) < 0)
                        continue;
                day = zone_local_day(zone, at_utc_ms);
                if (day < monday || day > monday + 6 || values.n == VALUES_MAX)
                        continue;
                (void)snprintf(what, sizeof(what), "entry %.16s UTC", json_text_at(entry, "at"));
                inputs_add(inputs, what, json_at(entry, "pain"), json_text_at(entry, "origin"));
                values.days[values.n] = day - monday;
                values.list[values.n++] = json_number_at(entry, "pain");
        }
        fold(inputs, how, &values);
        return EXIT_DONE;
}

/* ---- other numbers of the week ---- */

typedef struct Operands {
        const cJSON *values[2];
        double a, b;
} Operands;

static void do_band(Inputs *inputs, const Operands *o)
{
        static const char *const bands[] = {"reference", "small", "moderate", "large"};
        int band = band_of(o->a, o->b);

        work_number(inputs, o->a);
        work_out(inputs, " against ");
        work_number(inputs, o->b);
        inputs->result = band < 0 || isnan(o->a) ? cJSON_CreateNull() : cJSON_CreateString(bands[band]);
}

static void do_two(Inputs *inputs, const Operands *o, const char *sign, double result)
{
        work_number(inputs, o->a);
        work_out(inputs, sign);
        work_number(inputs, o->b);
        set_number(inputs, isfinite(result) ? result : NULL_REAL);
        inputs->tolerance = 1e-6 * (1 + fabs(isfinite(result) ? result : 0));
}

static void do_ratio(Inputs *inputs, const Operands *o)
{
        do_two(inputs, o, " / ", o->a / o->b);
}

static void do_sum(Inputs *inputs, const Operands *o)
{
        do_two(inputs, o, " + ", o->a + o->b);
}

static void do_difference(Inputs *inputs, const Operands *o)
{
        do_two(inputs, o, " − ", o->a - o->b);
}

static void do_percent(Inputs *inputs, const Operands *o)
{
        work_out(inputs, "100 · ");
        do_two(inputs, o, " / ", 100 * o->a / o->b);
}

/* (Σ a^m)^(1/(2m)) */
static void do_root(Inputs *inputs, const Operands *o)
{
        do_two(inputs, o, "^(1/(2m)), m = ", pow(o->a, 1 / (2 * o->b)));
}

/* Mean, and sum, over sample SD of seven known days; NAN otherwise. */
static double monotony_of(const cJSON *days, double *ret_sum)
{
        const cJSON *day;
        double sum = 0, squares = 0, mean;

        *ret_sum = NULL_REAL;
        if (cJSON_GetArraySize(days) != 7)
                return NULL_REAL;
        cJSON_ArrayForEach(day, days) {
                if (!cJSON_IsNumber(day))
                        return NULL_REAL;
                sum += day->valuedouble;
        }
        mean = sum / 7;
        cJSON_ArrayForEach(day, days)
                squares += (day->valuedouble - mean) * (day->valuedouble - mean);
        *ret_sum = sum;
        return squares > 0 ? mean / sqrt(squares / 6) : NULL_REAL;
}

static void do_monotony(Inputs *inputs, const Operands *o)
{
        double sum, monotony = monotony_of(o->values[0], &sum);

        if (!isnan(monotony)) {
                work_number(inputs, sum / 7);
                work_out(inputs, " / ");
                work_number(inputs, sum / 7 / monotony);
        }
        set_number(inputs, monotony);
        inputs->tolerance = 1e-3 * (1 + (isnan(monotony) ? 0 : monotony));
}

static void do_strain(Inputs *inputs, const Operands *o)
{
        double sum, monotony = monotony_of(o->values[0], &sum);

        work_number(inputs, sum);
        work_out(inputs, " · ");
        work_number(inputs, monotony);
        set_number(inputs, sum * monotony);
        inputs->tolerance = 1e-3 * (1 + (isnan(sum) ? 0 : sum));
}

static void do_any(Inputs *inputs, const Operands *o)
{
        work_number(inputs, o->a);
        work_out(inputs, " > 0 or ");
        work_number(inputs, o->b);
        work_out(inputs, " > 0");
        inputs->result = isnan(o->a) && isnan(o->b) ? cJSON_CreateNull() : cJSON_CreateBool(o->a > 0 || o->b > 0);
}

static const struct {
        const char *name;
        void (*work)(Inputs *inputs, const Operands *operands);
} works[] = {
        {"any", do_any},
        {"ratio", do_ratio},     {"band", do_band},         {"sum", do_sum},         {"difference", do_difference},
        {"percent", do_percent}, {"monotony", do_monotony}, {"strain", do_strain},   {"root", do_root},
};

/* A key without a dot stands beside the measure. */
static const cJSON *operand(const cJSON *week, const Measure *measure, const char *key)
{
        const char *dot = strrchr(measure->key, '.');
        char path[128];

        if (strchr(key, '.') || !dot)
                return json_at(week, key);
        (void)snprintf(path, sizeof(path), "%.*s.%s", (int)(dot - measure->key), measure->key, key);
        return json_at(week, path);
}

static void read_week(const cJSON *how, const Measure *measure, const cJSON *week, Inputs *inputs)
{
        Operands operands = {.a = NULL_REAL, .b = NULL_REAL};
        const cJSON *key;
        size_t i = 0;

        cJSON_ArrayForEach(key, cJSON_GetObjectItem(how, "keys")) {
                if (i == 2)
                        break;
                operands.values[i] = operand(week, measure, key->valuestring);
                inputs_add(inputs, key->valuestring, operands.values[i], NULL);
                *(i == 0 ? &operands.a : &operands.b) = number_of(operands.values[i]);
                i++;
        }
        for (i = 0; i < ARRAY_SIZE(works); i++) {
                if (strcmp(works[i].name, json_text_at(how, "do")) == 0)
                        works[i].work(inputs, &operands);
        }
}

/* What stands beside it, where it is not worked out here. */
static void list_group(const Measure *measure, const cJSON *week, Inputs *inputs)
{
        const cJSON *item;

        cJSON_ArrayForEach(item, json_at(week, measure->group_path)) {
                if (!cJSON_IsObject(item) && item->string)
                        inputs_add(inputs, item->string, item, NULL);
        }
}

/* Without the other week the comparison shows what it lacks. */
static int read_lists(const Invocation *invocation, const char *name, const char *runner, const cJSON *week,
                      Inputs *inputs)
{
        CLEANUP(cJSON_Deletep) cJSON *weeks = NULL;
        const cJSON *one, *other = NULL;
        char id[12];
        int code;

        explain_week_other(week, name, id);
        if (id[0]) {
                code = daemon_call(invocation, "ListWeeks", 60, &weeks, "sb", runner, 0);
                if (code != EXIT_DONE)
                        return code;
        }
        cJSON_ArrayForEach(one, weeks) {
                if (strcmp(json_text_at(one, "week"), id) == 0)
                        other = one;
        }
        explain_week(week, other, name, inputs);
        return EXIT_DONE;
}

int inputs_read(const Invocation *invocation, const Measure *measure, const char *runner, const cJSON *week,
                Inputs *ret)
{
        const cJSON *how = cJSON_GetObjectItem(measure->entry, "explain");
        const char *of = json_text_at(how, "of");
        IsoWeek id;

        ret->list = cJSON_CreateArray();
        if (iso_week_parse(json_text_at(week, "week"), &id) < 0)
                return EXIT_FAILED;
        if (strcmp(of, "runs") == 0)
                return read_runs(invocation, how, runner, iso_week_monday(id), ret);
        if (strcmp(of, "diary") == 0)
                return read_diary(invocation, how, runner, week, iso_week_monday(id), ret);
        if (strcmp(of, "lists") == 0)
                return read_lists(invocation, json_text_at(how, "do"), runner, week, ret);
        if (strcmp(of, "week") == 0)
                read_week(how, measure, week, ret);
        else
                list_group(measure, week, ret);
        return EXIT_DONE;
}

static bool lists_agree(const cJSON *a, const cJSON *b, double tolerance)
{
        if (cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
                return false;
        for (int i = 0; i < cJSON_GetArraySize(a); i++) {
                const cJSON *left = cJSON_GetArrayItem(a, i), *right = cJSON_GetArrayItem(b, i);

                if (cJSON_IsNumber(left) && cJSON_IsNumber(right)
                            ? fabs(left->valuedouble - right->valuedouble) > tolerance
                            : !cJSON_Compare(left, right, 1))
                        return false;
        }
        return true;
}

bool inputs_agree(const Inputs *inputs, const cJSON *value)
{
        const cJSON *result = inputs->result;

        if (cJSON_IsNumber(result) && cJSON_IsNumber(value))
                return fabs(result->valuedouble - value->valuedouble) <= inputs->tolerance;
        if (cJSON_IsBool(result) && cJSON_IsBool(value))
                return cJSON_IsTrue(result) == cJSON_IsTrue(value);
        if (cJSON_IsString(result) && cJSON_IsString(value))
                return strcmp(result->valuestring, value->valuestring) == 0;
        if (cJSON_IsArray(result) && cJSON_IsArray(value))
                return lists_agree(result, value, inputs->tolerance);
        /* a week that is known to be without a run says 0, an empty sum says nothing */
        if (cJSON_IsNull(result) && cJSON_IsNumber(value))
                return value->valuedouble == 0;
        return (!value || cJSON_IsNull(value)) && cJSON_IsNull(result);
}
