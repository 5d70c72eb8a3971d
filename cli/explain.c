#include "cli/explain.h"

#include "cli/daemon.h"
#include "cli/explain-inputs.h"
#include "cli/measures.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- one object, which is printed as it is or as text ---- */

/* Adding to an object fails only without memory: then it lacks something. */
static void add_copy(cJSON *object, const char *name, const cJSON *value)
{
        if (value)
                (void)cJSON_AddItemToObject(object, name, cJSON_Duplicate(value, 1));
        else
                (void)cJSON_AddNullToObject(object, name);
}

static void add_sources(cJSON *object, const Measure *measure)
{
        const cJSON *ids = measure_says(measure, "source"), *id;
        const cJSON *sources = cJSON_GetObjectItem(measure->all, "sources");
        cJSON *list = cJSON_AddArrayToObject(object, "sources");

        cJSON_ArrayForEach(id, ids)
                (void)cJSON_AddItemToArray(
                        list, cJSON_Duplicate(cJSON_GetObjectItem(sources, id->valuestring), 1));
}

static void add_evidence(cJSON *object, const Measure *measure)
{
        const cJSON *grade = measure_says(measure, "evidence");
        cJSON *evidence = cJSON_AddObjectToObject(object, "evidence");

        add_copy(evidence, "grade", grade);
        add_copy(evidence, "words",
                 cJSON_IsString(grade)
                         ? cJSON_GetObjectItem(cJSON_GetObjectItem(measure->all, "grades"), grade->valuestring)
                         : NULL);
}

/* Of the nearest path above: "gait.left.contact_ms", "gait.left", "gait". */
static const char *find_reason(const cJSON *week, const char *key)
{
        const cJSON *reasons = cJSON_GetObjectItem(week, "reasons");
        char path[128];
        char *dot;

        if (!text_copy(path, sizeof(path), key))
                return NULL;
        for (;;) {
                const cJSON *code = cJSON_GetObjectItemCaseSensitive(reasons, path);

                if (cJSON_IsString(code))
                        return code->valuestring;
                dot = strrchr(path, '.');
                if (!dot)
                        return NULL;
                *dot = '\0';
        }
}

static void add_reason(cJSON *object, const Measure *measure, const cJSON *week)
{
        const char *code = find_reason(week, measure->key);
        cJSON *reason;

        if (!code) {
                (void)cJSON_AddNullToObject(object, "reason");
                return;
        }
        reason = cJSON_AddObjectToObject(object, "reason");
        (void)cJSON_AddStringToObject(reason, "code", code);
        add_copy(reason, "words", cJSON_GetObjectItem(cJSON_GetObjectItem(measure->all, "reasons"), code));
}

/* n, coverage, method and error of the nearest group that has them; else the week's coverage. */
static void add_head(cJSON *object, const Measure *measure, const cJSON *week)
{
        static const char *const names[] = {"n", "method", "error"};
        const cJSON *head = NULL;
        char path[128];
        char *dot;

        if (!text_copy(path, sizeof(path), measure->key))
                return;
        while (!head && (dot = strrchr(path, '.'))) {
                const cJSON *above;

                *dot = '\0';
                above = json_at(week, path);
                head = cJSON_GetObjectItem(above, "method") ? above : NULL;
        }
        add_copy(object, "coverage", cJSON_GetObjectItem(head ? head : week, "coverage"));
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                add_copy(object, names[i], cJSON_GetObjectItem(head, names[i]));
}

/* What the week was made with: as it names it, else the default. */
static cJSON *setting_value(const cJSON *week, const char *name, const cJSON *fallback)
{
        const cJSON *changed = cJSON_GetObjectItem(week, "settings"), *one;
        size_t length = strlen(name);
        bool is_cut = false; /* there were too many to name */

        cJSON_ArrayForEach(one, changed) {
                const char *text = cJSON_IsString(one) ? one->valuestring : "";
                double value;

                is_cut |= strcmp(text, "more") == 0;
                if (strncmp(text, name, length) == 0 && text[length] == '=' &&
                    real_parse(text + length + 1, -1e9, 1e9, &value) == 0)
                        return cJSON_CreateNumber(value);
        }
        return is_cut ? cJSON_CreateNull() : cJSON_Duplicate(fallback, 0);
}

static void add_settings(cJSON *object, const Measure *measure, const cJSON *week)
{
        const cJSON *names = measure_says(measure, "settings"), *name;
        const cJSON *defaults = cJSON_GetObjectItem(measure->all, "settings");
        cJSON *list = cJSON_AddArrayToObject(object, "settings");

        cJSON_ArrayForEach(name, names) {
                const cJSON *fallback = cJSON_GetObjectItemCaseSensitive(defaults, name->valuestring);
                cJSON *setting = cJSON_CreateObject();

                (void)cJSON_AddStringToObject(setting, "name", name->valuestring);
                (void)cJSON_AddItemToObject(setting, "value", setting_value(week, name->valuestring, fallback));
                add_copy(setting, "default", fallback);
                (void)cJSON_AddItemToArray(list, setting);
        }
}

static cJSON *make_explanation(const Measure *measure, const char *runner, const cJSON *week, Inputs *inputs)
{
        static const char *const words[] = {"title", "definition", "formula", "unit"};
        cJSON *object = cJSON_CreateObject();
        const cJSON *value = json_at(week, measure->key);

        (void)cJSON_AddStringToObject(object, "metric", measure->key);
        (void)cJSON_AddStringToObject(object, "runner", runner);
        add_copy(object, "week", cJSON_GetObjectItem(week, "week"));
        add_copy(object, "revision", cJSON_GetObjectItem(week, "revision"));
        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
                add_copy(object, words[i], measure_says(measure, words[i]));
        add_copy(object, "value", value);
        add_reason(object, measure, week);
        (void)cJSON_AddItemToObject(object, "inputs", inputs->list);
        inputs->list = NULL;
        (void)cJSON_AddStringToObject(object, "with_values", inputs->worked);
        add_copy(object, "result", inputs->result ? inputs->result : value);
        (void)cJSON_AddBoolToObject(object, "recomputed", inputs->result != NULL);
        if (inputs->result)
                (void)cJSON_AddBoolToObject(object, "equal", inputs_agree(inputs, value));
        else
                (void)cJSON_AddNullToObject(object, "equal");
        add_settings(object, measure, week);
        add_head(object, measure, week);
        add_sources(object, measure);
        add_evidence(object, measure);
        add_copy(object, "detectable_change", measure_says(measure, "detectable_change"));
        add_copy(object, "bands", measure_says(measure, "bands"));
        return object;
}

/* ---- text ---- */

static void print_value(const cJSON *value)
{
        CLEANUP(freep) char *text = value ? cJSON_PrintUnformatted(value) : NULL;
        char shown[1024];

        if (cJSON_IsString(value))
                (void)output_visible(shown, sizeof(shown), value->valuestring); /* cut is good enough */
        else
                (void)output_visible(shown, sizeof(shown), cJSON_IsNull(value) || !text ? "–" : text);
        (void)fputs(shown, stdout);
}

static void print_inputs(const cJSON *inputs)
{
        const cJSON *input;

        if (cJSON_GetArraySize(inputs) > 0)
                (void)printf("\nfrom\n");
        cJSON_ArrayForEach(input, inputs) {
                (void)printf("  %-32s ", json_text_at(input, "what"));
                print_value(cJSON_GetObjectItem(input, "value"));
                (void)printf("%s%s\n", cJSON_HasObjectItem(input, "source") ? "  " : "",
                             json_text_at(input, "source"));
        }
}

static void print_settings(const cJSON *settings)
{
        const cJSON *setting;

        cJSON_ArrayForEach(setting, settings) {
                const cJSON *value = cJSON_GetObjectItem(setting, "value");
                const cJSON *fallback = cJSON_GetObjectItem(setting, "default");

                (void)printf("setting   %s = ", json_text_at(setting, "name"));
                print_value(value);
                if (!cJSON_Compare(value, fallback, 1)) {
                        (void)printf("  (not the default, ");
                        print_value(fallback);
                        (void)printf(")");
                }
                (void)printf("\n");
        }
}

static void print_sources(const cJSON *object)
{
        const cJSON *source;

        cJSON_ArrayForEach(source, cJSON_GetObjectItem(object, "sources")) {
                const char *doi = json_text_at(source, "doi");

                (void)printf("source    %s%s%s (%s)\n", json_text_at(source, "text"), doi[0] ? ", doi " : "", doi,
                             json_text_at(source, "mark"));
        }
}

static void print_text(const cJSON *object)
{
        const cJSON *change = cJSON_GetObjectItem(object, "detectable_change");

        (void)printf("%s (%s) of %s, %s revision %.0f\n  ", json_text_at(object, "title.en"),
                     json_text_at(object, "metric"), json_text_at(object, "runner"), json_text_at(object, "week"),
                     json_number_at(object, "revision"));
        print_value(cJSON_GetObjectItem(object, "value"));
        (void)printf(" %s\n", json_text_at(object, "unit"));
        if (cJSON_IsObject(cJSON_GetObjectItem(object, "reason")))
                (void)printf("  %s\n", cJSON_IsString(json_at(object, "reason.words"))
                                               ? json_text_at(object, "reason.words")
                                               : json_text_at(object, "reason.code"));
        (void)printf("\n%s\n", json_text_at(object, "definition"));
        print_inputs(cJSON_GetObjectItem(object, "inputs"));
        (void)printf("\nformula   %s\n", json_text_at(object, "formula"));
        if (json_text_at(object, "with_values")[0])
                (void)printf("          %s\n", json_text_at(object, "with_values"));
        (void)printf("coverage  ");
        print_value(cJSON_GetObjectItem(object, "coverage"));
        (void)printf("\n");
        print_settings(cJSON_GetObjectItem(object, "settings"));
        print_sources(object);
        (void)printf("evidence  %s: %s\n", json_text_at(object, "evidence.grade"),
                     json_text_at(object, "evidence.words"));
        (void)printf("smallest change that means something: %s\n",
                     cJSON_IsString(change) ? change->valuestring : "any: it is counted");
}

/* ---- the verb's part ---- */

static int complain_unknown(const Invocation *invocation, const cJSON *all, const char *metric)
{
        char message[160], next[400] = "nearest: ";

        (void)snprintf(message, sizeof(message), "there is no measure '%.100s'", metric);
        measures_near(all, metric, next + strlen(next), sizeof(next) - strlen(next));
        if (strcmp(next, "nearest: ") == 0)
                (void)text_copy(next, sizeof(next), "they are the keys of: stridectl week RUNNER --json");
        return output_error(invocation, EXIT_NOT_FOUND, "unknown-metric", message, next);
}

int explain(const Invocation *invocation, const char *runner, const char *week, long long revision,
            const char *metric)
{
        CLEANUP(cJSON_Deletep) cJSON *all = measures_parse();
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        CLEANUP(cJSON_Deletep) cJSON *object = NULL;
        CLEANUP(inputs_clearp) Inputs inputs = {0};
        Measure measure;
        int code;

        if (!all)
                return output_error(invocation, EXIT_FAILED, "memory", "there is not enough memory", "");
        if (!measures_find(all, metric, &measure))
                return complain_unknown(invocation, all, metric);
        code = daemon_call(invocation, "GetWeek", 0, &reply, "ssx", runner, week, (int64_t)revision);
        if (code == EXIT_DONE)
                code = inputs_read(invocation, &measure, runner, reply, &inputs);
        if (code != EXIT_DONE)
                return code;
        object = make_explanation(&measure, runner, reply, &inputs);
        if (invocation->json)
                return output_json(object);
        print_text(object);
        return EXIT_DONE;
}
