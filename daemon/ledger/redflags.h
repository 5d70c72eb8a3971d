/* redflags.h: a yes to a red-flag question, and whether somebody at the clinic has seen it.
 *
 * It stands outside weeks and consents per measure: a runner who answers such a question asks for help
 * now. It goes to the clinic at once, before everything that waits, and stays there until it is
 * acknowledged; a correction of the entry does not unsay it. A runner who shares nothing with the
 * clinic is not shared by it either (consent is enforced here, without exception): then it does not
 * leave the home, and the runner is told so at once. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "proto/clinic-records.h"

typedef struct RedFlagState {
        char runner[ID_SIZE];
        char id[ID_SIZE]; /* of the entry that said so */
        int64_t received_utc_ms;
        char answered[ID_SIZE]; /* id of the acknowledgement, or "" */
        int64_t told_utc_ms;    /* when the runner heard that nobody answered; or null */
} RedFlagState;

/* In the transaction that stores the acknowledgement. 1: answered by it; 0: was answered before;
 * -ESRCH: there is none. */
int redflag_answer(Ledger *ledger, const char *runner, const char *id, const char *acknowledgement) MUST_CHECK;
int redflag_get(Ledger *ledger, const char *runner, const char *id, RedFlagState *ret) MUST_CHECK; /* 1, 0 */
typedef int (*RedFlagFunction)(const RedFlagState *flag, void *userdata);
/* Not answered, oldest first; `runner` NULL: of all. */
int redflag_open_each(Ledger *ledger, const char *runner, RedFlagFunction function,
                      void *userdata) MUST_CHECK;
/* Tells the runners of flags that were raised `after_ms` ago and more, and neither answered nor told:
 * an answer of code "redflag_unanswered" under the entry's id. Their number; *ret_next: when the next
 * one is due, or NULL_INTEGER. */
int redflags_tell(Ledger *ledger, int64_t after_ms, const char *message, int64_t *ret_next_utc_ms) MUST_CHECK;
