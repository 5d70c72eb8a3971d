/* complain.h: Private to clinic. What cannot be done now, said with what happens next.
 *
 * Once, until something works again: on a full disk it would be a line every few seconds, for days. */
#pragma once

#include "daemon/ledger/ledger.h"

#define LEDGER_RETRY_MS 10000
#define COMPLAINTS_MAX  8 /* more kinds than there are */

typedef struct Complaints {
        const char *said[COMPLAINTS_MAX]; /* literals */
        size_t n;
        int error; /* of all of them: another one is news */
} Complaints;

/* `ledger`: whose error it is, it knows more than the number; NULL: somebody else's. True: it was said. */
bool clinic_complain(Complaints *complaints, const char *what, int error, const Ledger *ledger);
/* Something was written: what fails next is news. */
static inline void clinic_works(Complaints *complaints)
{
        complaints->n = 0;
}
