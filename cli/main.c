/* stridectl: a person's words ⇄ the daemon. The table of verbs, and what all have in common. */
#include "cli/output.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const Verb *const verbs[] = {
        &verb_status, &verb_scan,  &verb_pair,   &verb_pods,   &verb_runners, &verb_consent,
        &verb_week,   &verb_runs,  &verb_diary,  &verb_outbox, &verb_export,  &verb_decode,
        &verb_doctor,
};

static void print_usage(FILE *out)
{
        (void)fprintf(out, "stridectl: pods, runners and weeks of this gateway\n\n");
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
                (void)fprintf(out, "  %-8s  %s\n", verbs[i]->name, verbs[i]->summary);
        (void)fprintf(out, "  %-8s  %s\n", "help", "this, or: stridectl help VERB");
        (void)fprintf(out, "\n  --json     one JSON value, errors too\n"
                           "  --quiet    no progress\n"
                           "  --version\n\n"
                           "exit codes: 0 done, 1 failed, 2 usage, 3 daemon not running, 4 not found,\n"
                           "  5 not allowed, 6 timeout, 7 radio not usable, 8 not enough data yet,\n"
                           "  9 partly done, 130 interrupted\n");
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

        if (argc < 2) {
                print_usage(stdout);
                return EXIT_DONE;
        }
        verb = find_verb(argv[1]);
        if (!verb)
                return complain_unknown(invocation, argv[1]);
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
        if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
                (void)printf("stridectl %s\n", STRIDED_VERSION);
                return EXIT_DONE;
        }
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

int main(int argc, char **argv)
{
        Invocation invocation = {0};
        int code;

        if (argc < 1)
                return EXIT_USAGE;
        argc = take_common(argc, argv, &invocation);
        code = run(&invocation, argc, argv);
        /* What nobody can read was not done. */
        if (code == EXIT_DONE && (fflush(stdout) != 0 || ferror(stdout)))
                return output_error(&invocation, EXIT_FAILED, "output", "cannot write the output",
                                    "is the disk full?");
        return code;
}
