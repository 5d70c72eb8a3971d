/* import: past runs and diaries from files, read here and handed to the daemon. */
#include "cli/daemon.h"

#include "base/bytes.h"
#include "base/text.h"
#include "proto/files/csv.h"
#include "proto/files/fit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_OCTETS (64 * 1024 * 1024L)
#define ROWS_A_CALL     500
#define FILES_MAX       4096

typedef struct Options {
        const char *runner;
        const char *name; /* of the file, as provenance; NULL: a hash of what it holds */
        bool dry;
        char runner_id[ID_SIZE];
        int64_t now_utc_ms; /* of the gateway, whose clock may be another one */
} Options;

/* One file on its way. */
typedef struct Import {
        const Invocation *invocation;
        const Options *options;
        const char *path;
        char *data;
        size_t size;
        char file[FILE_ID_SIZE];
        const char *kind;  /* "fit" "csv" "diary" */
        ImportedRun *rows; /* waiting for the next call */
        size_t n_rows;
        cJSON *result;     /* {file, name, kind, taken, known, refused: [{line, code, message}]} */
        cJSON *known_ids;  /* of the runner's diary, in a rehearsal */
        int64_t taken, known, refused;
        int code;          /* of a call that failed; EXIT_DONE: none did */
} Import;

static void import_clearp(const Import *import)
{
        free(import->data);
        free(import->rows);
        cJSON_Delete(import->known_ids);
}

/* ---- what becomes of a line ---- */

static void refuse(Import *import, int64_t line, const char *code, const char *message, const char *other)
{
        cJSON *row = cJSON_CreateObject();

        /* these fail only without memory */
        if (line > 0)
                (void)cJSON_AddNumberToObject(row, "line", (double)line);
        else
                (void)cJSON_AddNullToObject(row, "line");
        (void)cJSON_AddStringToObject(row, "code", code);
        (void)cJSON_AddStringToObject(row, "message", message);
        if (other && other[0])
                (void)cJSON_AddStringToObject(row, "other", other);
        (void)cJSON_AddItemToArray(cJSON_GetObjectItem(import->result, "refused"), row);
        import->refused++;
}

/* A line of a table, and which of its cells. */
static void refuse_row(Import *import, const CsvRow *row)
{
        char message[200];

        (void)snprintf(message, sizeof(message), "%s%s%s", row->column ? row->column : "",
                       row->column ? ": " : "", import_fault_text(row->fault));
        refuse(import, row->line, row->fault, message, NULL);
}

static void count_outcome(Import *import, const cJSON *row)
{
        const char *outcome = json_text_at(row, "outcome");

        if (strcmp(outcome, "taken") == 0)
                import->taken++;
        else if (strcmp(outcome, "known") == 0)
                import->known++;
        else
                refuse(import, (int64_t)json_number_at(row, "line"), json_text_at(row, "code"),
                       json_text_at(row, "message"), json_text_at(row, "other"));
}

/* ---- runs ---- */

static int append_rows(sd_bus_message *call, const Import *import)
{
        int r = sd_bus_message_append(call, "sssb", import->options->runner_id, import->kind, import->file,
                                      (int)import->options->dry);

        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "(uxxdddd)");
        for (size_t i = 0; r >= 0 && i < import->n_rows; i++) {
                const ImportedRun *run = &import->rows[i];

                r = sd_bus_message_append(call, "(uxxdddd)", (uint32_t)run->line, run->start_utc_ms,
                                          run->end_utc_ms, run->distance_m, run->duration_s, run->steps,
                                          run->heart_rate_bpm);
        }
        return r < 0 ? r : sd_bus_message_close_container(call);
}

static int send_rows(Import *import)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        const cJSON *row;

        if (import->n_rows == 0)
                return 0;
        import->code = daemon_begin(import->invocation, "ImportRuns", &call);
        if (import->code != EXIT_DONE)
                return 1;
        if (append_rows(call, import) < 0) {
                import->code = verb_misused(import->invocation, &verb_import, "a name is no UTF-8 text");
                return 1;
        }
        import->code = daemon_finish(import->invocation, TAKE(call), 60, &reply);
        import->n_rows = 0;
        cJSON_ArrayForEach(row, reply)
                count_outcome(import, row);
        return import->code != EXIT_DONE;
}

static int take_run(Import *import, const ImportedRun *run, const char *fault)
{
        if (fault) {
                refuse(import, run->line, fault, import_fault_text(fault), NULL);
                return 0;
        }
        import->rows[import->n_rows++] = *run;
        return import->n_rows == ROWS_A_CALL ? send_rows(import) : 0;
}

static int on_fit_run(const ImportedRun *run, const char *fault, void *userdata)
{
        return take_run(userdata, run, fault);
}

/* ---- diaries ---- */

static int append_entry(sd_bus_message *call, const char *runner, const DiaryEntry *entry)
{
        static const char *const paths[] = {"pain", "place", "note", "rpe", "stiff_on_waking",
                                            "stopped_for_pain", "nutrition_kept", "sitting_h"};
        char at[RFC3339_SIZE];
        int r = sd_bus_message_append(call, "s", runner);

        rfc3339_format(entry->at_utc_ms, at);
        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(call, "{sv}{sv}", "id", "s", entry->id, "at", "s", at);
        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(paths); i++) {
                const Field *field = fields_find(&diary_fields, paths[i]);

                if (field_is_null(field, entry))
                        continue;
                if (field->type == FIELD_TEXT)
                        r = sd_bus_message_append(call, "{sv}", paths[i], "s", field_text(field, entry));
                else if (field->type == FIELD_BOOLEAN)
                        r = sd_bus_message_append(call, "{sv}", paths[i], "b",
                                                  (int)*field_integer(field, entry));
                else
                        r = sd_bus_message_append(call, "{sv}", paths[i], "d",
                                                  field->type == FIELD_REAL ? *field_real(field, entry)
                                                                            : (double)*field_integer(field, entry));
        }
        return r < 0 ? r : sd_bus_message_close_container(call);
}

/* Does an entry say nothing else than what is there? */
static bool says_the_same(const cJSON *there, const DiaryEntry *entry)
{
        double pain = json_number_at(there, "pain"), rpe = json_number_at(there, "rpe");

        return (isnan(pain) ? entry->pain == NULL_INTEGER : pain == (double)entry->pain) &&
               (isnan(rpe) ? isnan(entry->rpe) : rpe == entry->rpe) &&
               strcmp(json_text_at(there, "note"), entry->note) == 0 &&
               strcmp(json_text_at(there, "place"), entry->place) == 0;
}

/* What the diary holds under the ids of imports: asked once. */
static const cJSON *find_known(Import *import, const char *id)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        const cJSON *entry;

        if (!import->known_ids) {
                import->known_ids = cJSON_CreateObject();
                import->code = daemon_call(import->invocation, "ListDiary", 60, &reply, "s",
                                           import->options->runner_id);
                cJSON_ArrayForEach(entry, reply)
                        (void)cJSON_AddItemToObject(import->known_ids, json_text_at(entry, "id"),
                                                    cJSON_Duplicate(entry, 1)); /* memory */
        }
        return cJSON_GetObjectItemCaseSensitive(import->known_ids, id);
}

static int send_entry(Import *import, const DiaryEntry *entry)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *call = NULL;

        import->code = daemon_begin(import->invocation, "AddDiary", &call);
        if (import->code != EXIT_DONE)
                return 1;
        if (append_entry(call, import->options->runner_id, entry) < 0) {
                import->code = EXIT_FAILED;
                return 1;
        }
        import->code = daemon_finish(import->invocation, TAKE(call), 60, &reply);
        import->taken += import->code == EXIT_DONE;
        return import->code != EXIT_DONE;
}

static int take_entry(Import *import, const CsvRow *row)
{
        const cJSON *known;
        cJSON *mark;

        if (row->fault) {
                refuse_row(import, row);
                return 0;
        }
        known = find_known(import, row->entry.id);
        if (import->code != EXIT_DONE)
                return 1;
        if (known && says_the_same(known, &row->entry)) {
                import->known++;
                return 0;
        }
        if (known) {
                refuse(import, row->line, "other_content", import_fault_text("other_content"), row->entry.id);
                return 0;
        }
        /* Also those of this file, which a rehearsal does not store. */
        mark = cJSON_AddObjectToObject(import->known_ids, row->entry.id);
        if (row->entry.pain != NULL_INTEGER)
                (void)cJSON_AddNumberToObject(mark, "pain", (double)row->entry.pain); /* memory */
        if (!isnan(row->entry.rpe))
                (void)cJSON_AddNumberToObject(mark, "rpe", row->entry.rpe); /* memory */
        (void)cJSON_AddStringToObject(mark, "note", row->entry.note);   /* memory */
        (void)cJSON_AddStringToObject(mark, "place", row->entry.place); /* memory */
        if (!import->options->dry)
                return send_entry(import, &row->entry);
        import->taken++;
        return 0;
}

static int on_csv_row(const CsvRow *row, void *userdata)
{
        Import *import = userdata;

        if (strcmp(import->kind, "diary") == 0)
                return take_entry(import, row);
        if (row->fault) {
                refuse_row(import, row);
                return 0;
        }
        return take_run(import, &row->run, NULL);
}

/* ---- files ---- */

/* 0, or a code of why not. */
static const char *read_file(Import *import)
{
        FILE *file = fopen(import->path, "rb");
        struct stat about;
        const char *fault = NULL;

        if (!file)
                return "unreadable";
        if (fstat(fileno(file), &about) < 0 || !S_ISREG(about.st_mode))
                fault = "no_file";
        else if (about.st_size > FILE_MAX_OCTETS)
                fault = "too_big";
        if (!fault) {
                import->size = (size_t)about.st_size;
                import->data = malloc(import->size + 1);
                if (!import->data || fread(import->data, 1, import->size, file) != import->size)
                        fault = "unreadable";
        }
        (void)fclose(file); /* was only read */
        return fault;
}

static const char *file_fault_text(const char *code)
{
        static const struct {
                const char *code, *text;
        } texts[] = {{"unreadable", "it cannot be read"},
                     {"no_file", "it is no file"},
                     {"too_big", "it is larger than 64 MiB"}};

        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                if (strcmp(texts[i].code, code) == 0)
                        return texts[i].text;
        }
        return import_fault_text(code);
}

/* Two checksums of different beginnings and the size: enough to tell a person's files apart. */
static void name_file(Import *import)
{
        if (import->options->name)
                (void)text_copy(import->file, sizeof(import->file), import->options->name);
        else
                (void)snprintf(import->file, sizeof(import->file), "%08x%08x-%zu",
                               crc32_update(0, import->data, import->size),
                               crc32_update(0x5EED, import->data, import->size), import->size);
}

static int read_rows(Import *import, const char **ret_fault)
{
        int64_t now_utc_ms = import->options->now_utc_ms;
        const uint8_t *octets = (const uint8_t *)import->data;
        CsvKind kind;
        int r;

        *ret_fault = NULL;
        if (fit_is(octets, import->size)) {
                import->kind = "fit";
                r = fit_runs(octets, import->size, now_utc_ms, on_fit_run, import, ret_fault);
        } else {
                r = csv_kind(import->data, import->size, &kind, ret_fault);
                if (r < 0)
                        return r;
                import->kind = kind == CSV_RUNS ? "csv" : "diary";
                r = csv_rows(import->data, import->size, now_utc_ms, on_csv_row, import, ret_fault);
        }
        return r == 0 ? send_rows(import) : r;
}

static cJSON *begin_result(const Import *import)
{
        cJSON *result = cJSON_CreateObject();

        (void)cJSON_AddStringToObject(result, "path", import->path); /* memory, as below */
        (void)cJSON_AddArrayToObject(result, "refused");
        return result;
}

static void end_result(Import *import)
{
        (void)cJSON_AddStringToObject(import->result, "file", import->file);
        if (import->kind)
                (void)cJSON_AddStringToObject(import->result, "kind", import->kind);
        else
                (void)cJSON_AddNullToObject(import->result, "kind");
        (void)cJSON_AddNumberToObject(import->result, "taken", (double)import->taken);
        (void)cJSON_AddNumberToObject(import->result, "known", (double)import->known);
}

static void print_result(const Import *import)
{
        char path[256], other[200];
        const cJSON *row;

        (void)output_visible(path, sizeof(path), import->path); /* cut is good enough */
        (void)printf("%s: %" PRId64 " %s, %" PRId64 " known before, %" PRId64 " refused\n", path, import->taken,
                     import->options->dry ? "would be taken" : "taken", import->known, import->refused);
        cJSON_ArrayForEach(row, cJSON_GetObjectItem(import->result, "refused")) {
                (void)output_visible(other, sizeof(other), json_text_at(row, "other"));
                if (cJSON_IsNumber(cJSON_GetObjectItem(row, "line")))
                        (void)printf("  %s %.0f: ", strcmp(import->kind ? import->kind : "", "fit") == 0 ? "session" : "line",
                                     json_number_at(row, "line"));
                else
                        (void)printf("  ");
                (void)printf("%s%s%s%s\n", json_text_at(row, "message"), other[0] ? " (" : "", other,
                             other[0] ? ")" : "");
        }
}

typedef struct Totals {
        int64_t taken, known, refused;
        cJSON *files;
} Totals;

static int import_file(const Invocation *invocation, const Options *options, const char *path, Totals *totals)
{
        CLEANUP(import_clearp) Import import = {.invocation = invocation, .options = options, .path = path};
        const char *fault = NULL;
        int r;

        import.result = begin_result(&import);
        (void)cJSON_AddItemToArray(totals->files, import.result); /* memory */
        import.rows = calloc(ROWS_A_CALL, sizeof(*import.rows));
        if (!import.rows)
                return output_error(invocation, EXIT_FAILED, "memory", "there is not enough memory", "");
        fault = read_file(&import);
        if (!fault) {
                name_file(&import);
                r = read_rows(&import, &fault);
                if (import.code != EXIT_DONE)
                        return import.code;
                if (r < 0 && !fault)
                        return output_error(invocation, EXIT_FAILED, "failed", strerror(-r), "");
        }
        if (fault)
                refuse(&import, 0, fault, file_fault_text(fault), NULL);
        end_result(&import);
        totals->taken += import.taken;
        totals->known += import.known;
        totals->refused += import.refused;
        if (!invocation->json)
                print_result(&import);
        return EXIT_DONE;
}

/* ---- the verb ---- */

/* The runner that was named, or the only one there is. */
static int find_runner(const Invocation *invocation, Options *options)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        const cJSON *runner;
        int code;

        if (options->runner && !text_copy(options->runner_id, sizeof(options->runner_id), options->runner))
                return output_error(invocation, EXIT_NOT_FOUND, "not-found", "there is no such runner",
                                    "stridectl runners");
        if (options->runner)
                return EXIT_DONE;
        code = daemon_call(invocation, "ListRunners", 0, &reply, "");
        if (code != EXIT_DONE)
                return code;
        if (cJSON_GetArraySize(reply) != 1)
                return verb_misused(invocation, &verb_import, "whose are they? add --runner RUNNER");
        runner = cJSON_GetArrayItem(reply, 0);
        (void)text_copy(options->runner_id, sizeof(options->runner_id), json_text_at(runner, "id"));
        return EXIT_DONE;
}

static int find_now(const Invocation *invocation, Options *options)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        int code = daemon_call(invocation, "Status", 0, &reply, "");

        options->now_utc_ms = NULL_INTEGER;
        if (code == EXIT_DONE && rfc3339_parse(json_text_at(reply, "gateway.now"), &options->now_utc_ms) < 0)
                options->now_utc_ms = NULL_INTEGER; /* its clock is not set: it refuses what needs one */
        return code;
}

static int read_options(const Invocation *invocation, int argc, char **argv, Options *options,
                        const char *paths[static FILES_MAX], size_t *ret_n)
{
        *ret_n = 0;
        for (int i = 1; i < argc; i++) {
                const char **value = strcmp(argv[i], "--runner") == 0 ? &options->runner
                                     : strcmp(argv[i], "--name") == 0 ? &options->name
                                                                      : NULL;

                if (value && (i + 1 == argc || !argv[i + 1][0]))
                        return verb_misused(invocation, &verb_import, "%s needs a value", argv[i]);
                if (value)
                        *value = argv[++i];
                else if (strcmp(argv[i], "--dry-run") == 0)
                        options->dry = true;
                else if (strncmp(argv[i], "--", 2) == 0)
                        return verb_misused(invocation, &verb_import, "'%s' is not understood", argv[i]);
                else if (*ret_n == FILES_MAX)
                        return verb_misused(invocation, &verb_import, "more than %d files at once", FILES_MAX);
                else
                        paths[(*ret_n)++] = argv[i];
        }
        if (*ret_n == 0)
                return verb_misused(invocation, &verb_import, "which file?");
        if (options->name && (*ret_n > 1 || strlen(options->name) >= FILE_ID_SIZE))
                return verb_misused(invocation, &verb_import, "--name is for one file, and shorter than %d octets",
                                    FILE_ID_SIZE);
        return EXIT_DONE;
}

static int finish(const Invocation *invocation, const Options *options, Totals *totals, cJSON *all)
{
        (void)cJSON_AddBoolToObject(all, "dry_run", options->dry); /* memory, as below */
        (void)cJSON_AddStringToObject(all, "runner", options->runner_id);
        (void)cJSON_AddNumberToObject(all, "taken", (double)totals->taken);
        (void)cJSON_AddNumberToObject(all, "known", (double)totals->known);
        (void)cJSON_AddNumberToObject(all, "refused", (double)totals->refused);
        if (invocation->json && output_json(all) != EXIT_DONE)
                return EXIT_FAILED;
        if (totals->refused == 0)
                return EXIT_DONE;
        return totals->taken + totals->known > 0 ? EXIT_PARTLY : EXIT_FAILED;
}

static int run_import(const Invocation *invocation, int argc, char **argv)
{
        static const char *paths[FILES_MAX];
        CLEANUP(cJSON_Deletep) cJSON *all = cJSON_CreateObject();
        Totals totals = {.files = cJSON_AddArrayToObject(all, "files")};
        Options options = {0};
        bool shows = !invocation->json && !invocation->quiet && isatty(STDERR_FILENO);
        size_t n;
        int code = read_options(invocation, argc, argv, &options, paths, &n);

        if (code == EXIT_DONE)
                code = find_runner(invocation, &options);
        if (code == EXIT_DONE)
                code = find_now(invocation, &options);
        for (size_t i = 0; code == EXIT_DONE && i < n; i++) {
                if (shows && n > 1)
                        (void)fprintf(stderr, "file %zu of %zu\n", i + 1, n);
                code = import_file(invocation, &options, paths[i], &totals);
        }
        return code != EXIT_DONE ? code : finish(invocation, &options, &totals, all);
}

const Verb verb_import = {
        .name = "import",
        .arguments = "FILE… [--runner R] [--name NAME] [--dry-run]",
        .summary = "past runs (FIT, CSV) and diaries (CSV), so that there is something to compare with",
        .help = "What a file is, is seen from what it holds:\n"
                "  FIT   activities as watches keep them; each running session is a run\n"
                "  CSV   start,distance_m,duration_s[,elapsed_s][,steps][,heart_rate_bpm]\n"
                "  CSV   at,pain[,place][,note][,rpe][,stiff_on_waking][,stopped_for_pain]\n"
                "        [,nutrition_kept][,sitting_h]\n"
                "The first line of a CSV names the columns, in any order. Times are RFC 3339, as\n"
                "2026-11-24T08:00:00+01:00; numbers have a decimal point; empty cells say nothing.\n"
                "\n"
                "The same file twice adds nothing; a run that another file told is known; one that a pod\n"
                "told of, too, is counted once, by the pod. Lines that are refused are listed with the\n"
                "reason, the others are taken: exit code 9, or 1 when none was. --dry-run only says what\n"
                "would happen. --name is kept with the runs instead of a hash of the file. Without\n"
                "--runner they are the only runner's.\n",
        .run = run_import,
};
