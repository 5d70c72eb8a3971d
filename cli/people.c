/* runners, consent */
#include "cli/daemon.h"

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

/* As the daemon holds it now. */
static int output_runner(const Invocation *invocation, const char *id)
{
        CLEANUP(cJSON_Deletep) cJSON *runners = NULL;
        const cJSON *runner;
        int code = daemon_call(invocation, "ListRunners", 0, &runners, "");

        if (code != EXIT_DONE)
                return code;
        cJSON_ArrayForEach(runner, runners) {
                if (strcmp(json_text_at(runner, "id"), id) == 0)
                        return output_json(runner);
        }
        return output_error(invocation, EXIT_NOT_FOUND, "not-found", "the runner is gone again",
                            "stridectl runners");
}

/* ---- runners ---- */

typedef struct RunnerOption {
        const char *option;
        const char *key; /* on the bus */
        bool is_text;
} RunnerOption;

static const RunnerOption runner_options[] = {
        {"--mass-kg", "mass_kg", false}, {"--height-cm", "height_cm", false},
        {"--hr-max", "hr_max_bpm", false}, {"--hr-rest", "hr_rest_bpm", false}, {"--sex", "sex", true},
};

/* The table's entry, or NULL. */
static const RunnerOption *find_option(const char *option)
{
        for (size_t i = 0; i < ARRAY_SIZE(runner_options); i++) {
                if (strcmp(runner_options[i].option, option) == 0)
                        return &runner_options[i];
        }
        return NULL;
}

static int check_options(const Invocation *invocation, int argc, char **argv)
{
        double number;

        for (int i = 3; i + 1 < argc; i += 2) {
                const RunnerOption *option = find_option(argv[i]);

                if (!option && strcmp(argv[i], "--zone") != 0)
                        return verb_misused(invocation, &verb_runners, "'%s' is not understood", argv[i]);
                if (option && !option->is_text && real_parse(argv[i + 1], -1e9, 1e9, &number) < 0)
                        return verb_misused(invocation, &verb_runners, "%s: '%s' is no number", argv[i],
                                            argv[i + 1]);
        }
        return EXIT_DONE;
}

/* Both were checked. */
static int append_option(sd_bus_message *call, const RunnerOption *option, const char *value)
{
        double number = 0;

        if (option->is_text)
                return sd_bus_message_append(call, "{sv}", option->key, "s", value);
        if (real_parse(value, -1e9, 1e9, &number) < 0)
                return -EINVAL;
        return sd_bus_message_append(call, "{sv}", option->key, "d", number);
}

static const char *find_zone(int argc, char **argv)
{
        for (int i = 3; i + 1 < argc; i += 2) {
                if (strcmp(argv[i], "--zone") == 0)
                        return argv[i + 1];
        }
        return NULL;
}

/* argv: runners add ID --zone ZONE [--option value]… */
static int add_runner(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        const char *zone;
        int code, r;

        if (argc < 3)
                return verb_misused(invocation, &verb_runners, "the runner's id is missing");
        zone = find_zone(argc, argv);
        if (!zone || argc % 2 == 0)
                return verb_misused(invocation, &verb_runners, zone ? "an option lacks its value"
                                                                    : "--zone is missing");
        code = check_options(invocation, argc, argv);
        if (code != EXIT_DONE)
                return code;
        code = daemon_begin(invocation, "AddRunner", &call);
        if (code != EXIT_DONE)
                return code;
        r = sd_bus_message_append(call, "ss", argv[2], zone);
        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "{sv}");
        for (int i = 3; r >= 0 && i < argc; i += 2) {
                const RunnerOption *option = find_option(argv[i]);

                if (option)
                        r = append_option(call, option, argv[i + 1]);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(call);
        if (r < 0)
                return verb_misused(invocation, &verb_runners, "an argument is no UTF-8 text");
        code = daemon_finish(invocation, TAKE(call), 0, &reply);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_runner(invocation, argv[2]);
        (void)printf("✓ runner %s is added (%s)\n  nothing of theirs is published until: stridectl consent "
                     "%s on\n",
                     argv[2], zone, argv[2]);
        return EXIT_DONE;
}

/* argv: runners move ID ZONE [--from WEEK] */
static int move_runner(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        const char *from = argc == 6 ? argv[5] : "";
        int code;

        if (argc != 4 && argc != 6)
                return verb_misused(invocation, &verb_runners, "say who, and the new zone");
        if (argc == 6 && strcmp(argv[4], "--from") != 0)
                return verb_misused(invocation, &verb_runners, "'%s' is not understood", argv[4]);
        code = daemon_call(invocation, "MoveRunner", 0, &reply, "sss", argv[2], argv[3], from);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_runner(invocation, argv[2]);
        (void)printf("✓ weeks of %s begin on Monday in %s, from %s on; earlier ones stay as they are\n", argv[2],
                     argv[3], from[0] ? from : "this week");
        return EXIT_DONE;
}

static const Column runner_columns[] = {
        {"RUNNER", "id", SHAPE_TEXT},
        {"ZONE", "zone", SHAPE_TEXT},
        {"CONSENT", "consent", SHAPE_YES},
        {"ADDED (UTC)", "added", SHAPE_TIME},
};

static int run_runners(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        int code;

        if (argc > 1 && strcmp(argv[1], "add") == 0)
                return add_runner(invocation, argc, argv);
        if (argc > 1 && strcmp(argv[1], "move") == 0)
                return move_runner(invocation, argc, argv);
        if (argc > 1)
                return verb_misused(invocation, &verb_runners, "'%s' is not understood", argv[1]);
        code = daemon_call(invocation, "ListRunners", 0, &reply, "");
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_named("runners", TAKE(reply));
        if (cJSON_GetArraySize(reply) == 0)
                (void)printf("there is no runner yet; add one with: stridectl runners add r1 --zone "
                             "Europe/Berlin\n");
        else
                output_table(reply, runner_columns, ARRAY_SIZE(runner_columns));
        return EXIT_DONE;
}

const Verb verb_runners = {
        .name = "runners",
        .arguments = "[add ID --zone ZONE [--mass-kg N] [--height-cm N] [--hr-max N] [--hr-rest N] [--sex S] "
                     "| move ID ZONE [--from WEEK]]",
        .summary = "list runners, add one, or note a move to another time zone",
        .help = "ID is a pseudonym: names and birthdays are not needed here. ZONE is the home's time\n"
                "zone, as Europe/Berlin; weeks begin on Monday there.\n"
                "A move counts from WEEK on, as 2026-W47 (this week, if you do not say); weeks before it\n"
                "keep their zone.\n",
        .run = run_runners,
};

/* ---- consent ---- */

static int run_consent(const Invocation *invocation, int argc, char **argv)
{
        CLEANUP(cJSON_Deletep) cJSON *reply = NULL;
        bool on;
        int code;

        if (argc > 3)
                return verb_misused(invocation, &verb_consent, "'%s' is not understood", argv[3]);
        if (argc < 3 || (strcmp(argv[2], "on") != 0 && strcmp(argv[2], "off") != 0))
                return verb_misused(invocation, &verb_consent, "say who, and on or off");
        on = strcmp(argv[2], "on") == 0;
        code = daemon_call(invocation, "SetConsent", 0, &reply, "sb", argv[1], (int)on);
        if (code != EXIT_DONE)
                return code;
        if (invocation->json)
                return output_runner(invocation, argv[1]);
        (void)printf(on ? "✓ weeks and runs of %s go to the clinic from now on\n"
                        : "✓ nothing more of %s goes to the clinic; what the broker kept is cleared\n",
                     argv[1]);
        return EXIT_DONE;
}

const Verb verb_consent = {.name = "consent",
                           .arguments = "RUNNER on|off",
                           .summary = "may the clinic know about this runner?",
                           .name_first = true,
                           .run = run_consent};
