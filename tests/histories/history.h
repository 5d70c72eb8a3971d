/* history.h: what may happen to two pods, a gateway and a clinic, as a list of short steps.
 *
 * A history is made from its seed alone. Steps that cannot happen just then (to drop a link that is
 * not there) do nothing, so that any part of a history is one, too: a failing one is made shorter
 * by leaving steps out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HISTORY_STEPS_MAX 60
#define HISTORY_PODS      2

typedef enum StepKind {
        STEP_RUN,          /* n strides */
        STEP_CONNECT,
        STEP_DROP,         /* the link is lost */
        STEP_TALK,         /* n turns of the conversation, at most */
        STEP_LOSE,         /* the next n notifications do not arrive */
        STEP_DOUBLE,       /* the next n arrive twice */
        STEP_REORDER,      /* the next n arrive behind the one after them */
        STEP_REQUEST_LOST, /* the next request does not reach the pod; the link ends */
        STEP_ANSWER_LOST,  /* the pod does what it is asked next, nobody hears it */
        STEP_REBOOT,       /* of the pod */
        STEP_CLOCK_UNSET,  /* the gateway does not know the time: years wrong, either way */
        STEP_CLOCK_BY_HAND, /* wrong by up to n s, and not synchronised */
        STEP_CLOCK_FAR,     /* wrong by up to n days, and set: nobody can know */
        STEP_CLOCK_RIGHT,
        STEP_WAIT,         /* n hours */
        STEP_KILL,         /* kill -9 of the daemon */
        STEP_KILL_INSIDE,  /* in the middle of a transaction; n: of which */
        STEP_KILL_AT,      /* in front of the n-th commit from now on */
        STEP_DISK_FULL,    /* no room but for n pages more */
        STEP_DISK_FREE,
        STEP_MOVE,         /* the pod is worn on the other foot from now on */
        STEP_CONTRADICT,   /* the next n records come once more, with other octets */
        STEP_BROKER_AWAY,
        STEP_BROKER_BACK,
        STEP_PUMP,         /* up to n rows go out */
        STEP_PUBACKS_LOST, /* the connection ends before the gateway hears them */
        STEP_SETTLE,
        STEP_DIARY,        /* n: which entry, and whether as before or with other content */
        STEP_DERIVE,
        STEP_KINDS,
} StepKind;

typedef struct Step {
        StepKind kind;
        int pod;
        int n;
} Step;

typedef struct History {
        uint64_t seed;
        int64_t start_utc_ms; /* near a change of clocks, of the year, or neither */
        uint32_t capacity[HISTORY_PODS]; /* records a pod can hold; 0: more than it will make */
        uint32_t first_tick; /* of each boot: the counter may go around within hours */
        size_t n;
        Step steps[HISTORY_STEPS_MAX];
} History;

/* The same seed, the same history, on every machine. */
void history_make(uint64_t seed, History *ret);
void history_print(const History *history, FILE *out);

/* What is broken on purpose, to see that it is found. */
typedef enum Broken {
        BROKEN_NOTHING,
        BROKEN_COMMIT,         /* the gateway confirms to the pod what it has not committed */
        BROKEN_POD,            /* frees a whole epoch at the first word */
        BROKEN_CLINIC_FORGETS, /* every seventh message */
        BROKEN_CLINIC_DOUBLES, /* a message that comes twice is stored twice */
        BROKEN_SETTLE,         /* rows are settled although the broker is away */
        BROKEN_DERIVE,         /* what is dirty is forgotten now and then */
        BROKEN_MOVE,           /* nobody tells the ledger where the pod is worn */
        BROKEN_DISK,           /* a kill takes back what was committed a while ago */
        BROKEN_KINDS,
} Broken;

extern const char *const broken_names[BROKEN_KINDS];

/* Plays it, heals everything, and compares. True: all promises hold; else *why says which not. */
bool history_holds(const History *history, Broken broken, char *why, size_t why_size);
