/* The diary, plans and assessments. */
#include "cli/daemon.h"

#include "base/text.h"
#include "proto/forms.h"
#include "proto/redflag-texts.h"

#include <stdio.h>
#include <string.h>

/* ---- an entry ---- */

/* An option is a key on the bus; its value is checked by the key's own rule. */
static const struct {
        const char *option;
        const char *path;
} entry_options[] = {
        {"--pain", "pain"},       {"--at", "at"},
        {"--place", "place"},     {"--note", "note"},
        {"--corrects", "corrects"}, {"--stiff", "stiff_on_waking"},
        {"--rpe", "rpe"},         {"--run", "run"},
        {"--stopped", "stopped_for_pain"}, {"--nutrition", "nutrition_kept"},
        {"--sitting-h", "sitting_h"}, {"--exercises", "exercises"},
};

/* One key and its value. */
typedef struct Word {
        char path[48];
        const char *text; /* of a text */
        double number;    /* of a number or truth */
} Word;

#define WORDS_MAX 40

typedef struct EntryWords {
        Word list[WORDS_MAX];
        size_t n;
        const char *id;
} EntryWords;

static Word *add_word(EntryWords *words, const char *path)
{
        Word *word = &words->list[words->n < WORDS_MAX ? words->n++ : WORDS_MAX - 1];

        *word = (Word){.text = ""};
        (void)text_copy(word->path, sizeof(word->path), path);
        return word;
}

static int must(const Invocation *invocation, const char *option, const char *what)
{
        return verb_misused(invocation, &verb_diary, "%s must be %s", option, what);
}

static int read_truth(const Invocation *invocation, const char *option, const char *value, double *ret)
{
        if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
                return must(invocation, option, "yes or no");
        *ret = strcmp(value, "yes") == 0;
        return EXIT_DONE;
}

static int read_plain(const Invocation *invocation, EntryWords *words, const char *option, const char *path,
                      const char *value)
{
        const Field *field = fields_find(&diary_fields, path);
        const FieldRule *rule = form_rule(&diary_form, path);
        Word *word = add_word(words, path);

        word->text = value;
        if (field->type == FIELD_BOOLEAN)
                return read_truth(invocation, option, value, &word->number);
        if (field->type == FIELD_TEXT || field->type == FIELD_TIME)
                return EXIT_DONE; /* the daemon reads it */
        if (real_parse(value, -1e9, 1e9, &word->number) < 0 ||
            !rule_takes_number(rule, field, word->number))
                return must(invocation, option, rule->must);
        return EXIT_DONE;
}

/* --withdraw ID: says nothing else. */
static int read_withdraw(const Invocation *invocation, EntryWords *words, const char *value)
{
        (void)invocation;
        add_word(words, "corrects")->text = value;
        add_word(words, "withdrawn")->number = 1;
        return EXIT_DONE;
}

/* --treatment, --redflag: the last level of a key that becomes true. */
static int read_yes(const Invocation *invocation, EntryWords *words, const char *option, const char *prefix,
                    const char *value)
{
        char path[48];

        (void)snprintf(path, sizeof(path), "%s.%.30s", prefix, value);
        if (!form_rule(&diary_form, path))
                return must(invocation, option,
                            strcmp(prefix, "redflags") == 0 ? "numbness, bladder, night_pain, trauma or fever"
                                                            : "joint_manipulation or soft_tissue");
        add_word(words, path)->number = 1;
        return EXIT_DONE;
}

static int read_treatment(const Invocation *invocation, EntryWords *words, const char *value)
{
        return read_yes(invocation, words, "--treatment", "treatment", value);
}

static int read_redflag(const Invocation *invocation, EntryWords *words, const char *value)
{
        return read_yes(invocation, words, "--redflag", "redflags", value);
}

/* --ostrc 1,2,0,1: the index of each answer, '-' for one that was not asked. */
static int read_ostrc(const Invocation *invocation, EntryWords *words, const char *value)
{
        static const char form[] = "the index of each answer, 0 to 3, as 1,2,0,1 or 0 (a '-' was not asked)";
        size_t length = strlen(value);

        for (size_t i = 0; i < length; i += 2) {
                char path[] = "ostrc.q1";

                if (i / 2 > 3 || !strchr("0123-", value[i]) || (value[i + 1] != ',' && value[i + 1] != '\0') ||
                    (value[i + 1] == ',' && value[i + 2] == '\0'))
                        return must(invocation, "--ostrc", form);
                if (value[i] == '-')
                        continue;
                path[sizeof(path) - 2] = (char)('1' + i / 2);
                add_word(words, path)->number = value[i] - '0';
        }
        return length > 0 ? EXIT_DONE : must(invocation, "--ostrc", form);
}

static int read_id(const Invocation *invocation, EntryWords *words, const char *value)
{
        (void)invocation;
        words->id = value;
        return EXIT_DONE;
}

static const struct {
        const char *option;
        int (*read)(const Invocation *invocation, EntryWords *words, const char *value);
} other_options[] = {
        {"--id", read_id},       {"--withdraw", read_withdraw}, {"--treatment", read_treatment},
        {"--redflag", read_redflag}, {"--ostrc", read_ostrc},
};

/* EXIT_DONE, an exit code, or -1: no such option. */
static int read_option(const Invocation *invocation, EntryWords *words, const char *option, const char *value)
{
        for (size_t i = 0; i < ARRAY_SIZE(entry_options); i++) {
                if (strcmp(entry_options[i].option, option) == 0)
                        return value ? read_plain(invocation, words, option, entry_options[i].path, value)
                                     : verb_misused(invocation, &verb_diary, "%s needs a value", option);
        }
        for (size_t i = 0; i < ARRAY_SIZE(other_options); i++) {
                if (strcmp(other_options[i].option, option) == 0)
                        return value ? other_options[i].read(invocation, words, value)
                                     : verb_misused(invocation, &verb_diary, "%s needs a value", option);
        }
        return -1;
}

static int read_words(const Invocation *invocation, int argc, char **argv, EntryWords *ret)
{
        *ret = (EntryWords){.id = ""};
        for (int i = 3; i < argc; i += 2) {
                int code = read_option(invocation, ret, argv[i], i + 1 < argc ? argv[i + 1] : NULL);

                if (code < 0)
                        return verb_misused(invocation, &verb_diary, "'%s' is not understood", argv[i]);
                if (code != EXIT_DONE)
                        return code;
        }
        if (ret->n == 0)
                return verb_misused(invocation, &verb_diary, "say something, as: --pain 4");
        return EXIT_DONE;
}

static int append_word(sd_bus_message *call, const Word *word)
{
        const Field *field = fields_find(&diary_fields, word->path);

        if (field->type == FIELD_BOOLEAN)
                return sd_bus_message_append(call, "{sv}", word->path, "b", word->number != 0);
        if (field->type == FIELD_TEXT || field->type == FIELD_TIME)
                return sd_bus_message_append(call, "{sv}", word->path, "s", word->text);
        return sd_bus_message_append(call, "{sv}", word->path, "d", word->number);
}

static int append_words(sd_bus_message *call, const char *runner, const EntryWords *words)
{
        int r = sd_bus_message_append(call, "s", runner);

        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "{sv}");
        for (size_t i = 0; r >= 0 && i < words->n; i++)
                r = append_word(call, &words->list[i]);
        if (r >= 0 && words->id[0])
                r = sd_bus_message_append(call, "{sv}", "id", "s", words->id);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

/* What to do now stands before anything else. */
static void print_red_flags(const cJSON *entry)
{
        for (RedFlag flag = 0; flag < RED_FLAG_COUNT; flag++) {
                char path[32];

                (void)snprintf(path, sizeof(path), "redflags.%s", red_flag_name(flag));
                if (cJSON_IsTrue(json_at(entry, path)))
                        (void)printf("! %s: %s\n", red_flag_name(flag), redflag_instruction(flag));
        }
}

static int add_entry(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        EntryWords words;
        int code;

        if (argc < 3)
                return verb_misused(invocation, &verb_diary, "the runner is missing");
        code = read_words(invocation, argc, argv, &words);
        if (code == EXIT_DONE)
                code = daemon_begin(invocation, "AddDiary", &call);
        if (code != EXIT_DONE)
                return code;
        if (append_words(call, argv[2], &words) < 0)
                return verb_misused(invocation, &verb_diary, "an argument is no UTF-8 text");
        code = daemon_finish(invocation, TAKE(call), 0, &reply);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_json(reply);
        print_red_flags(reply);
        if (cJSON_IsNumber(json_at(reply, "pain")))
                (void)printf("✓ pain %d at %s is noted\n", (int)json_number_at(reply, "pain"),
                             json_text_at(reply, "at"));
        else
                (void)printf("✓ noted at %s, as %s\n", json_text_at(reply, "at"), json_text_at(reply, "id"));
        return EXIT_DONE;
}

/* ---- lists of a runner ---- */

typedef struct RunnerList {
        const Verb *verb;
        const char *method;
        const char *name; /* of the list as JSON */
        const char *whose;
        const char *empty; /* with the runner's id in it */
        const Column *columns;
        size_t n_columns;
} RunnerList;

static int print_list(const Invocation *invocation, const RunnerList *list, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *object = cJSON_CreateObject();
        cJSON *reply = NULL;
        int code;

        if (argc > 2)
                return verb_misused(invocation, list->verb, "'%s' is not understood", argv[2]);
        if (argc < 2)
                return verb_misused(invocation, list->verb, "%s", list->whose);
        code = daemon_call(invocation, list->method, 0, &reply, "s", argv[1]);
        if (code != EXIT_DONE)
                return code;
        (void)cJSON_AddItemToObject(object, list->name, reply); /* fails only without memory */
        if (invocation->json)
                return output_json(object);
        if (cJSON_GetArraySize(reply) == 0)
                (void)printf("%s\n", list->empty);
        else
                output_table(reply, list->columns, list->n_columns);
        return EXIT_DONE;
}

static const Column diary_columns[] = {
        {"AT (UTC)", "at", SHAPE_TIME},  {"PAIN", "pain", SHAPE_NUMBER}, {"PLACE", "place", SHAPE_TEXT},
        {"RPE", "rpe", SHAPE_NUMBER},    {"EXERCISES", "exercises", SHAPE_TEXT},
        {"RED FLAG", "redflag_state", SHAPE_TEXT}, {"FROM", "origin", SHAPE_TEXT}, {"NOTE", "note", SHAPE_TEXT},
};

static int run_diary(const Invocation *invocation, int argc, char **argv)
{
        static const RunnerList list = {&verb_diary, "ListDiary", "entries", "whose diary?",
                                        "this diary is empty; add to it with: stridectl diary add RUNNER --pain 4",
                                        diary_columns, ARRAY_SIZE(diary_columns)};

        if (argc > 1 && strcmp(argv[1], "add") == 0)
                return add_entry(invocation, argc, argv);
        return print_list(invocation, &list, argc, argv);
}

const Verb verb_diary = {
        .name = "diary",
        .arguments = "RUNNER | add RUNNER [--pain 0..10] [--at TIME] [--OPTION VALUE]…",
        .summary = "what a runner said: pain, exercises, red flags …",
        .help = "An entry says one thing or more, about TIME (RFC 3339, as 2026-11-24T08:00:00+01:00; without\n"
                "it: now):\n"
                "  --pain 0..10 --place TEXT --stiff yes|no     pain, where, stiff on waking\n"
                "  --rpe 0..10 --stopped yes|no [--run RUN]      of a run: how hard, stopped for pain\n"
                "  --exercises \"gluteal_bridge 3sets 12reps;hip_flexor_stretch left 2sets 45s\"\n"
                "  --treatment joint_manipulation|soft_tissue --nutrition yes|no --sitting-h HOURS\n"
                "  --ostrc 1,2,0,1                               the index of each answer\n"
                "  --redflag numbness|bladder|night_pain|trauma|fever\n"
                "  --note TEXT                                   stays in the home\n"
                "  --corrects ID, or --withdraw ID alone         in the place of that entry, or nothing there\n"
                "  --id ID                                       the same id twice is one entry\n",
        .name_first = true,
        .run = run_diary,
};

/* ---- plans ---- */

static const Column plan_columns[] = {
        {"VERSION", "version", SHAPE_NUMBER},  {"FROM", "from", SHAPE_TEXT}, {"IN FORCE", "in_force", SHAPE_YES},
        {"BY", "by", SHAPE_TEXT},
        {"MANIPULATION/WEEK", "per_week.joint_manipulation", SHAPE_NUMBER},
        {"SOFT TISSUE/WEEK", "per_week.soft_tissue", SHAPE_NUMBER},
        {"EXERCISE/WEEK", "per_week.exercise", SHAPE_NUMBER},
        {"NUTRITION/WEEK", "per_week.nutrition", SHAPE_NUMBER}, {"BASELINE", "baseline_week", SHAPE_TEXT},
        {"EXERCISES", "exercises", SHAPE_TEXT},
};

static int run_plan(const Invocation *invocation, int argc, char **argv)
{
        static const RunnerList list = {&verb_plan, "ListPlans", "plans", "whose plan?",
                                        "there is no plan yet: the clinic sends one", plan_columns,
                                        ARRAY_SIZE(plan_columns)};

        return print_list(invocation, &list, argc, argv);
}

const Verb verb_plan = {
        .name = "plan",
        .arguments = "RUNNER",
        .summary = "the care plan, every version of it",
        .help = "The newest version whose first day is not in the future is in force.\n",
        .name_first = true,
        .run = run_plan,
};

/* ---- assessments ---- */

static const Column assessment_columns[] = {
        {"AT (UTC)", "at", SHAPE_TIME},           {"BY", "by", SHAPE_TEXT},
        {"SUM", "composite", SHAPE_NUMBER},       {"SIDES DIFFER", "asymmetric", SHAPE_TEXT},
        {"PAINFUL", "painful", SHAPE_TEXT},       {"HIP", "joints.hip", SHAPE_TEXT},
        {"LOW BACK", "joints.low_back", SHAPE_TEXT}, {"UPPER BACK", "joints.upper_back", SHAPE_TEXT},
};

static int run_assessment(const Invocation *invocation, int argc, char **argv)
{
        static const RunnerList list = {&verb_assessment, "ListAssessments", "assessments", "whose assessments?",
                                        "there is no assessment yet: the clinic sends one", assessment_columns,
                                        ARRAY_SIZE(assessment_columns)};

        return print_list(invocation, &list, argc, argv);
}

const Verb verb_assessment = {
        .name = "assessment",
        .arguments = "RUNNER",
        .summary = "movement assessments, as the clinic made them",
        .help = "The sum is there only when all seven movements were done; the single ones say more.\n",
        .name_first = true,
        .run = run_assessment,
};
