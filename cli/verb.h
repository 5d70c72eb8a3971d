/* verb.h: Private to cli. what a verb of stridectl is. One struct a verb; the table is in main.c. */
#pragma once

#include "base/cleanup.h"

#include <stdbool.h>

/* Documented and few; the same in stridectl(1). */
enum {
        EXIT_CONFIRMED = -1, /* never left with: somebody said yes, ask the daemon again */
        EXIT_DONE = 0,
        EXIT_FAILED = 1,
        EXIT_USAGE = 2,
        EXIT_NO_DAEMON = 3,
        EXIT_NOT_FOUND = 4,
        EXIT_NOT_ALLOWED = 5,
        EXIT_TIMEOUT = 6,
        EXIT_NO_RADIO = 7,
        EXIT_NO_DATA = 8,
        EXIT_PARTLY = 9,
        EXIT_INTERRUPTED = 130,
};

typedef struct Invocation {
        bool json;
        bool quiet;
        bool raw; /* an export that no terminal gets: texts as they are */
        const char *patience; /* said when the daemon does not answer at once; NULL: nothing is */
} Invocation;

typedef struct Verb {
        const char *name;
        const char *arguments; /* "RUNNER on|off" */
        const char *summary;   /* a line */
        const char *help;      /* paragraphs, or NULL */
        bool name_first;       /* argv[1] names something: an option there is a mistake */
        /* argv[0] is the verb; --json and --quiet are taken out already. An exit code. */
        int (*run)(const Invocation *invocation, int argc, char **argv);
} Verb;

extern const Verb verb_status, verb_scan, verb_pair, verb_unpair, verb_pods, verb_runners, verb_week, verb_runs,
        verb_consent, verb_diary, verb_outbox, verb_reprocess, verb_export, verb_decode, verb_doctor, verb_plan,
        verb_assessment, verb_backup, verb_import;

/* "usage: stridectl NAME ARGUMENTS" and what is wrong; EXIT_USAGE. */
int verb_misused(const Invocation *invocation, const Verb *verb, const char *format, ...)
        PRINTF_LIKE(3, 4);
