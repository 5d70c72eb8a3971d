/* stridectl: a person's words ⇄ the daemon. The table of verbs, and what all have in common. */
#include "cli/output.h"

#include "base/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const Verb *const verbs[] = {
        &verb_status, &verb_scan,  &verb_pair,   &verb_unpair, &verb_pods,   &verb_runners, &verb_consent,
        &verb_week,   &verb_runs,  &verb_diary,  &verb_outbox, &verb_reprocess, &verb_export, &verb_decode,
        &verb_doctor, &verb_plan,  &verb_assessment, &verb_backup, &verb_import,
};

static const struct {
        int code;
        const char *meaning;
} exit_codes[] = {
        {EXIT_DONE, "done"},
        {EXIT_FAILED, "failed"},
        {EXIT_USAGE, "usage"},
        {EXIT_NO_DAEMON, "daemon not running"},
        {EXIT_NOT_FOUND, "not found"},
        {EXIT_NOT_ALLOWED, "not allowed"},
        {EXIT_TIMEOUT, "timeout"},
        {EXIT_NO_RADIO, "radio not usable"},
        {EXIT_NO_DATA, "not enough data yet"},
        {EXIT_PARTLY, "partly done"},
        {EXIT_INTERRUPTED, "interrupted"},
};

static void print_usage(void)
{
        (void)printf("stridectl: pods, runners and weeks of this gateway\n\n");
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
                (void)printf("  %-8s  %s\n", verbs[i]->name, verbs[i]->summary);
        (void)printf("  %-8s  %s\n", "help", "this, or: stridectl help VERB");
        (void)printf("\n  --json     one JSON value, errors too\n"
                     "  --quiet    no progress\n"
                     "  --version\n\n"
                     "exit codes:");
        for (size_t i = 0; i < ARRAY_SIZE(exit_codes); i++)
                (void)printf("%s%d %s", i == 0 ? " " : i % 5 == 0 ? ",\n  " : ", ", exit_codes[i].code,
                             exit_codes[i].meaning);
        (void)putchar('\n');
}

/* Adding to an object fails only without memory: then it lacks something. */
static cJSON *json_of_verb(const Verb *verb)
{
        cJSON *object = cJSON_CreateObject();

        (void)cJSON_AddStringToObject(object, "name", verb->name);
        (void)cJSON_AddStringToObject(object, "arguments", verb->arguments);
        (void)cJSON_AddStringToObject(object, "summary", verb->summary);
        (void)cJSON_AddStringToObject(object, "help", verb->help ? verb->help : "");
        return object;
}

static int print_usage_json(void)
{
        CLEANUP(cJSON_Deletep) cJSON *object = cJSON_CreateObject();
        cJSON *list = cJSON_AddArrayToObject(object, "verbs");
        cJSON *codes = cJSON_AddObjectToObject(object, "exit_codes");

        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
                (void)cJSON_AddItemToArray(list, json_of_verb(verbs[i]));
        for (size_t i = 0; i < ARRAY_SIZE(exit_codes); i++) {
                char number[8];

                (void)snprintf(number, sizeof(number), "%d", exit_codes[i].code);
                (void)cJSON_AddStringToObject(codes, number, exit_codes[i].meaning);
        }
        return output_json(object);
}

static int print_version(const Invocation *invocation)
{
        CLEANUP(cJSON_Deletep) cJSON *object = NULL;

        if (!invocation->json) {
                (void)printf("stridectl %s\n", STRIDED_VERSION);
                return EXIT_DONE;
        }
        object = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(object, "version", STRIDED_VERSION);
        return output_json(object);
}

static const Verb *find_verb(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
                if (strcmp(verbs[i]->name, name) == 0)
                        return verbs[i];
        }
        return NULL;
}

static int complain_unknown(const Invocation *invocation, const char *name)
{
        const char *names[ARRAY_SIZE(verbs) + 1] = {NULL};
        const char *nearest;
        char message[128], next[64];

        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
                names[i] = verbs[i]->name;
        nearest = nearest_word(name, names);
        (void)snprintf(message, sizeof(message), "there is no verb '%s'", name);
        (void)snprintf(next, sizeof(next), "stridectl %s", nearest ? nearest : "help");
        return output_error(invocation, EXIT_USAGE, "unknown-verb", message, next);
}

static int run_help(const Invocation *invocation, int argc, char **argv)
{
        const Verb *verb;

        if (argc < 2 && invocation->json)
                return print_usage_json();
        if (argc < 2) {
                print_usage();
                return EXIT_DONE;
        }
        verb = find_verb(argv[1]);
        if (!verb)
                return complain_unknown(invocation, argv[1]);
        if (invocation->json) {
                CLEANUP(cJSON_Deletep) cJSON *object = json_of_verb(verb);

                return output_json(object);
        }
        (void)printf("stridectl %s%s%s\n\n%s\n%s%s", verb->name, verb->arguments[0] ? " " : "",
                     verb->arguments, verb->summary, verb->help ? "\n" : "", verb->help ? verb->help : "");
        return EXIT_DONE;
}

/* --json and --quiet may stand anywhere. */
static int take_common(int argc, char **argv, Invocation *invocation)
{
        int kept = 1;

        for (int i = 1; i < argc; i++) {
                if (strcmp(argv[i], "--json") == 0)
                        invocation->json = true;
                else if (strcmp(argv[i], "--quiet") == 0)
                        invocation->quiet = true;
                else
                        argv[kept++] = argv[i];
        }
        argv[kept] = NULL;
        return kept;
}

static int run(const Invocation *invocation, int argc, char **argv)
{
        static char status[] = "status";
        static char *no_arguments[] = {status, NULL};
        const Verb *verb;

        if (argc < 2)
                return verb_status.run(invocation, 1, no_arguments);
        if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0)
                return print_version(invocation);
        if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
                return run_help(invocation, argc - 1, argv + 1);
        verb = find_verb(argv[1]);
        if (!verb)
                return complain_unknown(invocation, argv[1]);
        if (argc > 2 && strcmp(argv[2], "--help") == 0) {
                char *help[] = {argv[0], argv[1], NULL};

                return run_help(invocation, 2, help);
        }
        if (argc > 2 && verb->name_first && strncmp(argv[2], "--", 2) == 0)
                return verb_misused(invocation, verb, "'%s' stands where a name belongs", argv[2]);
        return verb->run(invocation, argc - 1, argv + 1);
}

/* Standard output closed (>&-): else the bus would get its number, and what is printed. Writing to
 * what stands there instead fails, as it should. */
static bool hold_descriptors(void)
{
        int fd;

        do
                fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        while (fd >= 0 && fd <= STDERR_FILENO);
        if (fd >= 0)
                (void)close(fd); /* read only: nothing can be lost */
        return fd >= 0;
}

int main(int argc, char **argv)
{
        Invocation invocation = {0};
        int code;

        if (argc < 1 || !hold_descriptors())
                return EXIT_USAGE;
        argc = take_common(argc, argv, &invocation);
        code = run(&invocation, argc, argv);
        /* What nobody can read was not done; also not as JSON. */
        if (fflush(stdout) != 0 || ferror(stdout)) {
                (void)fprintf(stderr, "stridectl: cannot write the output\n  → is the disk full, or "
                                      "stdout closed?\n");
                return code == EXIT_DONE ? EXIT_FAILED : code;
        }
        return code;
}
