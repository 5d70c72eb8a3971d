/* week, runs, outbox, export */
#include "cli/daemon.h"
#include "cli/explain.h"

#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int output_named(const char *name, cJSON *value)
{
        CLEANUP(cJSON_Deletep) cJSON *object = cJSON_CreateObject();

        (void)cJSON_AddItemToObject(object, name, value); /* fails only without memory */
        return output_json(object);
}

/* ---- week ---- */

static const Column week_columns[] = {
        {"WEEK", "week", SHAPE_TEXT},          {"REV", "revision", SHAPE_NUMBER},
        {"STATE", "state", SHAPE_TEXT},        {"DISTANCE", "load.distance_m", SHAPE_KILOMETRES},
        {"TIME", "load.duration_s", SHAPE_DURATION}, {"STEPS", "load.steps", SHAPE_NUMBER},
        {"RUNS", "load.runs", SHAPE_NUMBER},   {"LONGEST", "longest_run.band", SHAPE_TEXT},
        {"PAIN", "pain.mean", SHAPE_REAL},     {"NO RUN", "empty", SHAPE_TEXT},
};

static const Column week_lines[] = {
        {"week", "week", SHAPE_TEXT},
        {"revision", "revision", SHAPE_NUMBER},
        {"state", "state", SHAPE_TEXT},
        {"zone", "zone", SHAPE_TEXT},
        {"distance", "load.distance_m", SHAPE_KILOMETRES},
        {"moving time", "load.duration_s", SHAPE_DURATION},
        {"steps", "load.steps", SHAPE_NUMBER},
        {"runs", "load.runs", SHAPE_NUMBER},
        {"measured by", "load.source", SHAPE_TEXT},
        {"left steps", "load.left.steps", SHAPE_NUMBER},
        {"left impact sum, g", "load.left.impact_sum_g", SHAPE_REAL},
        {"right steps", "load.right.steps", SHAPE_NUMBER},
        {"right impact sum, g", "load.right.impact_sum_g", SHAPE_REAL},
        {"run of note", "longest_run.distance_m", SHAPE_KILOMETRES},
        {"  longest of the 30 days before", "longest_run.reference_m", SHAPE_KILOMETRES},
        {"  band", "longest_run.band", SHAPE_TEXT},
        {"  by impacts (extrapolated)", "spike.impacts.band", SHAPE_TEXT},
        {"  by steps (extrapolated)", "spike.steps.band", SHAPE_TEXT},
        {"days known", "load.days.n", SHAPE_NUMBER},
        {"monotony of distance", "load.days.monotony", SHAPE_REAL},
        {"change from the week before, %", "load.days.change_percent", SHAPE_REAL},
        {"bone stimulus, left", "load.impact.left.bone_stimulus", SHAPE_REAL},
        {"bone stimulus, right", "load.impact.right.bone_stimulus", SHAPE_REAL},
        {"session RPE, AU", "load.effort.session_rpe_au", SHAPE_REAL},
        {"  runs without a rating", "load.effort.n_missing", SHAPE_NUMBER},
        {"TRIMP, AU", "load.effort.trimp_au", SHAPE_REAL},
        {"acute to chronic ratio", "load.acwr.coupled", SHAPE_REAL},
        {"  what to hold against it", "load.acwr.critique", SHAPE_TEXT},
        {"pain, mean of days", "pain.mean", SHAPE_REAL},
        {"pain, worst", "pain.max", SHAPE_NUMBER},
        {"days with pain", "pain.days", SHAPE_NUMBER},
        {"days with an entry", "pain.entry_days", SHAPE_NUMBER},
        {"pain week complete", "pain.week.is_complete", SHAPE_YES},
        {"against the baseline week", "pain.change.word", SHAPE_TEXT},
        {"14-day clock", "pain.clock.verdict", SHAPE_TEXT},
        {"  since", "pain.clock.start", SHAPE_TEXT},
        {"  reached", "pain.clock.alert", SHAPE_TEXT},
        {"pain trend (exploratory)", "pain.trend.word", SHAPE_TEXT},
        {"OSTRC severity", "pain.ostrc.severity", SHAPE_NUMBER},
        {"runs through pain", "pain.runs.through", SHAPE_NUMBER},
        {"coverage", "coverage", SHAPE_REAL},
        {"no run because", "empty", SHAPE_TEXT},
        {"in a sentence", "verdict.sentence", SHAPE_TEXT},
        {"alert", "verdict.alert", SHAPE_TEXT},
        {"  since", "verdict.since", SHAPE_TEXT},
};

static int list_weeks(const Invocation *invocation, const char *runner, bool all_revisions)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        int code = daemon_call(invocation, "ListWeeks", 0, &reply, "sb", runner, (int)all_revisions);

        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_named("weeks", TAKE(reply));
        if (cJSON_GetArraySize(reply) == 0)
                return output_error(invocation, EXIT_NO_DATA, "no-data", "there is no week yet",
                                    "stridectl status");
        output_table(reply, week_columns, ARRAY_SIZE(week_columns));
        return EXIT_DONE;
}

/* The state that it has now, unless that is what changed: then the other one. */
static bool was_final(const cJSON *week)
{
        bool is_final = strcmp(json_text_at(week, "state"), "final") == 0;
        const cJSON *change;

        cJSON_ArrayForEach(change, json_at(week, "changed")) {
                if (strcmp(json_text_at(change, "path"), "state") == 0)
                        return !is_final;
        }
        return is_final;
}

static bool is_first_of_its_why(const cJSON *changes, const cJSON *change)
{
        const cJSON *other;

        cJSON_ArrayForEach(other, changes) {
                if (other == change)
                        return true;
                if (strcmp(json_text_at(other, "why"), json_text_at(change, "why")) == 0)
                        return false;
        }
        return true;
}

/* A line for each reason: what it moved. */
static void show_changes(const cJSON *week)
{
        const cJSON *changes = json_at(week, "changed"), *change, *other;

        if (cJSON_GetArraySize(changes) > 0)
                (void)printf("%s:\n", was_final(week) ? "changed since final" : "changed since the revision before");
        cJSON_ArrayForEach(change, changes) {
                if (!is_first_of_its_why(changes, change))
                        continue;
                (void)printf("  for ");
                for (const char *c = json_text_at(change, "why"); *c; c++)
                        (void)putchar(*c == '_' ? ' ' : *c);
                (void)putchar(':');
                cJSON_ArrayForEach(other, changes) {
                        if (strcmp(json_text_at(other, "why"), json_text_at(change, "why")) == 0)
                                (void)printf(" %s", json_text_at(other, "path"));
                }
                (void)putchar('\n');
        }
}

static int run_week(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        const char *week = "", *metric = NULL;
        int64_t revision = 0;
        int code;

        if (argc < 2)
                return verb_misused(invocation, &verb_week, "whose week?");
        if (argc == 3 && strcmp(argv[2], "--all") == 0)
                return list_weeks(invocation, argv[1], false);
        if (argc == 3 && strcmp(argv[2], "--revisions") == 0)
                return list_weeks(invocation, argv[1], true);
        if (argc > 2 && argv[2][0] != '-')
                week = argv[2];
        for (int i = week[0] ? 3 : 2; i < argc; i += 2) {
                if (strcmp(argv[i], "--revision") != 0 && strcmp(argv[i], "--explain") != 0)
                        return verb_misused(invocation, &verb_week, "'%s' is not understood", argv[i]);
                if (i + 1 == argc)
                        return verb_misused(invocation, &verb_week, "%s needs a value", argv[i]);
                if (strcmp(argv[i], "--explain") == 0)
                        metric = argv[i + 1];
                else if (integer_parse(argv[i + 1], 1, INT64_MAX, &revision) < 0)
                        return verb_misused(invocation, &verb_week,
                                            "--revision: '%s' is no number from 1 on", argv[i + 1]);
        }
        if (metric)
                return explain(invocation, argv[1], week, revision, metric);
        code = daemon_call(invocation, "GetWeek", 0, &reply, "ssx", argv[1], week, revision);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_json(reply);
        output_list(reply, week_lines, ARRAY_SIZE(week_lines));
        show_changes(reply);
        return EXIT_DONE;
}

const Verb verb_week = {
        .name = "week",
        .arguments = "RUNNER [2026-W47] [--revision N] [--explain METRIC] | RUNNER --all | RUNNER --revisions",
        .summary = "a week's load and pain: this one, another one, or all",
        .help = "METRIC is a key of the week as JSON, as load.distance_m: what it is, what it was made of, the\n"
                "formula with the values in it, its source, how good the evidence is, and how large a\n"
                "change has to be to mean something.\n",
        .name_first = true,
        .run = run_week,
};

/* ---- runs ---- */

static const Column run_columns[] = {
        {"START (UTC)", "start", SHAPE_TIME},        {"DISTANCE", "load.distance_m", SHAPE_KILOMETRES},
        {"TIME", "load.duration_s", SHAPE_DURATION}, {"STEPS", "load.steps", SHAPE_NUMBER},
        {"MEASURED BY", "load.source", SHAPE_TEXT},  {"HEART", "heart_rate_mean_bpm", SHAPE_NUMBER},
        {"SPIKE", "spike.distance.band", SHAPE_TEXT}, {"RPE", "load.effort.rating", SHAPE_REAL},
        {"ARRIVED (UTC)", "received", SHAPE_TIME},   {"REV", "revision", SHAPE_NUMBER},
};

static int run_runs(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        int code;

        if (argc > 2)
                return verb_misused(invocation, &verb_runs, "'%s' is not understood", argv[2]);
        if (argc < 2)
                return verb_misused(invocation, &verb_runs, "whose runs?");
        code = daemon_call(invocation, "ListRuns", 0, &reply, "s", argv[1]);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_named("runs", TAKE(reply));
        if (cJSON_GetArraySize(reply) == 0)
                return output_error(invocation, EXIT_NO_DATA, "no-data", "there is no run yet",
                                    "stridectl pods");
        output_table(reply, run_columns, ARRAY_SIZE(run_columns));
        return EXIT_DONE;
}

const Verb verb_runs = {
        .name = "runs",
        .arguments = "RUNNER",
        .summary = "a runner's runs",
        .name_first = true,
        .run = run_runs,
};

/* ---- outbox ---- */

static const Column outbox_columns[] = {
        {"ROW", "id", SHAPE_NUMBER},     {"KIND", "kind", SHAPE_TEXT},  {"STATE", "state", SHAPE_TEXT},
        {"RUNNER", "runner", SHAPE_TEXT}, {"KEY", "key", SHAPE_TEXT},
        {"MADE (UTC)", "made", SHAPE_TIME}, {"TRIES", "attempts", SHAPE_NUMBER},
        {"REFUSED", "refusal", SHAPE_TEXT},
};

static int run_outbox(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        int code;

        if (argc > 1)
                return verb_misused(invocation, &verb_outbox, "'%s' is not understood", argv[1]);
        code = daemon_call(invocation, "ListOutbox", 0, &reply, "");
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_json(reply);
        (void)printf("%.0f rows wait for the clinic", json_number_at(reply, "waiting"));
        if (json_number_at(reply, "unconfirmed") > 0)
                (void)printf("; %.0f were taken by its broker, its archive has not confirmed them yet (the "
                             "oldest of %.19s UTC)",
                             json_number_at(reply, "unconfirmed"), json_text_at(reply, "oldest_unconfirmed"));
        if (json_number_at(reply, "set_aside") > 0)
                (void)printf("; its broker does not take %.0f, they were set aside", json_number_at(reply, "set_aside"));
        (void)putchar('\n');
        if (cJSON_GetArraySize(json_at(reply, "rows")) > 0)
                output_table(json_at(reply, "rows"), outbox_columns, ARRAY_SIZE(outbox_columns));
        return EXIT_DONE;
}

const Verb verb_outbox = {
        .name = "outbox", .arguments = "", .summary = "what waits for the clinic", .run = run_outbox};

/* ---- export ---- */

/* "a.b": value for each value that is no object. */
static void flatten(const cJSON *object, const char *prefix, cJSON *flat)
{
        const cJSON *item;

        cJSON_ArrayForEach(item, object) {
                char path[256];

                if ((size_t)snprintf(path, sizeof(path), "%s%s%s", prefix, prefix[0] ? "." : "",
                                     item->string) >= sizeof(path))
                        continue; /* no field of ours has such a path */
                if (cJSON_IsObject(item))
                        flatten(item, path, flat);
                else
                        (void)cJSON_AddItemToObject(flat, path, cJSON_Duplicate(item, 1)); /* memory */
        }
}

/* RFC 4180. */
static void print_csv_cell(const cJSON *item)
{
        CLEANUP(freep) char *number = NULL;
        const char *text = item ? item->valuestring : NULL;

        if (!item || cJSON_IsNull(item))
                return;
        if (!cJSON_IsString(item)) {
                number = cJSON_PrintUnformatted(item);
                if (!cJSON_IsArray(item)) {
                        (void)fputs(number ? number : "", stdout);
                        return;
                }
                text = number ? number : ""; /* with commas in it */
        }
        (void)putchar('"');
        for (const char *c = text; *c; c++) {
                if (*c == '"')
                        (void)putchar('"');
                (void)putchar(*c);
        }
        (void)putchar('"');
}

/* All rows are needed before the first line: kinds of records have different columns. */
static void print_csv(const cJSON *rows)
{
        CLEANUP(cJSON_Deletep) cJSON *columns = cJSON_CreateObject();
        const cJSON *row, *column, *item;

        cJSON_ArrayForEach(row, rows) {
                cJSON_ArrayForEach(item, row) {
                        if (!cJSON_GetObjectItemCaseSensitive(columns, item->string))
                                (void)cJSON_AddNullToObject(columns, item->string); /* memory */
                }
        }
        cJSON_ArrayForEach(column, columns)
                (void)printf("%s%s", column == columns->child ? "" : ",", column->string);
        (void)putchar('\n');
        cJSON_ArrayForEach(row, rows) {
                cJSON_ArrayForEach(column, columns) {
                        if (column != columns->child)
                                (void)putchar(',');
                        print_csv_cell(cJSON_GetObjectItemCaseSensitive(row, column->string));
                }
                (void)putchar('\n');
        }
}

static bool print_lines(const cJSON *rows)
{
        const cJSON *row;

        cJSON_ArrayForEach(row, rows) {
                CLEANUP(freep) char *text = cJSON_PrintUnformatted(row);

                if (!text || puts(text) < 0)
                        return false;
        }
        return true;
}

static int export_all(const Invocation *invocation, const char *what, cJSON *csv)
{
        char cursor[128] = "";

        do {
                CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
                const cJSON *rows, *next, *row;
                int code = daemon_call(invocation, "Export", 60, &reply, "ssu", what, cursor, 0u);

                if (code != EXIT_DONE)
                        return code;
                rows = cJSON_GetArrayItem(reply, 0);
                next = cJSON_GetArrayItem(reply, 1);
                if (!cJSON_IsArray(rows) || !cJSON_IsString(next) ||
                    !text_copy(cursor, sizeof(cursor), next->valuestring))
                        return EXIT_FAILED;
                if (!csv && !print_lines(rows))
                        return output_error(invocation, EXIT_FAILED, "output", "cannot write the output",
                                            "is the disk full, or did the reader go away?");
                cJSON_ArrayForEach(row, rows) {
                        cJSON *flat;

                        if (!csv)
                                break;
                        flat = cJSON_CreateObject();

                        flatten(row, "", flat);
                        (void)cJSON_AddItemToArray(csv, flat); /* fails only without memory */
                }
        } while (cursor[0]);
        return EXIT_DONE;
}

static int run_export(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *csv = NULL;
        Invocation how = *invocation;
        int code;

        how.raw = !isatty(STDOUT_FILENO);
        if (argc < 2)
                return verb_misused(invocation, &verb_export, "what is to be exported?");
        if (argc > 2 && (argc > 3 || strcmp(argv[2], "--csv") != 0))
                return verb_misused(invocation, &verb_export, "'%s' is not understood",
                                    argv[strcmp(argv[2], "--csv") == 0 ? 3 : 2]);
        if (argc == 3)
                csv = cJSON_CreateArray();
        code = export_all(&how, argv[1], csv);
        if (code == EXIT_DONE && csv)
                print_csv(csv);
        if (code == EXIT_DONE && fflush(stdout) != 0)
                return output_error(invocation, EXIT_FAILED, "output", "cannot write the output",
                                    "is the disk full, or did the reader go away?");
        return code;
}

const Verb verb_export = {
        .name = "export",
        .arguments = "records|runs|weeks|diary|plans|assessments|acknowledgements|outbox|audit [--csv]",
        .summary = "everything held, as JSON lines or CSV",
        .name_first = true,
        .run = run_export,
};
