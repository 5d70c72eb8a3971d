/* withdraw.h: weeks that a wrong clock made. They are no weeks of the runner's any more: no function of
 * weeks.h finds them as the newest revision, and the broker forgets them. What was told stays as
 * revisions; when time gets there the next one counts on. */
#pragma once

#include "daemon/ledger/ledger.h"

/* Takes the week back: what waits of it is cancelled, its retained copy cleared, and what had to make room
 * for it at the broker is sent again. 1: withdrawn; 0: there is no such week. */
int week_withdraw(Ledger *ledger, const char *runner, const char *week) MUST_CHECK;
/* When its first revision was made, by the clock of then. 1, 0: there is none. */
int week_first_made(Ledger *ledger, const char *runner, const char *week, int64_t *ret_utc_ms) MUST_CHECK;

/* The clock went on by `step_ms` to what is right: who was enrolled by it from `from_utc_ms` to `to_utc_ms`
 * was so then, too. */
int enrolment_correct(Ledger *ledger, int64_t from_utc_ms, int64_t to_utc_ms, int64_t step_ms) MUST_CHECK;
/* Who was enrolled after now, by a clock that is right, was so nobody knows when. How many. */
int enrolment_forget(Ledger *ledger) MUST_CHECK;
