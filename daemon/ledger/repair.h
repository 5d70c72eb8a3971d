/* repair.h: Private to the ledger. A ledger that took another's place is put in order.
 *
 * It has an id of its own from the beginning. Each in the running transaction. */
#pragma once

#include "daemon/ledger/sql.h"

/* Rows of the outbox keep the names under which they were, or may have been, sent; but summaries, which say
 * how it is now, are made anew. */
int repair_outbox(Ledger *ledger, const char *old_ledger_id) MUST_CHECK;
/* New revisions go on above all that the other one may have told, whether it can be read or not. */
int repair_revisions(Ledger *ledger) MUST_CHECK;
/* All of every runner is derived, and told, anew. */
int repair_derive_all(Ledger *ledger) MUST_CHECK;
/* Of consenting runners everything is told again. */
int repair_tell_all(Ledger *ledger) MUST_CHECK;
/* Rows of pods that are not known go; runners of whom something is known come back, without consent. */
int repair_roster(Ledger *ledger) MUST_CHECK;
/* Epochs and coverage say what is really there; what is missing is asked for again. */
int repair_coverage(Ledger *ledger) MUST_CHECK;
/* Anchors and maps of epochs that lost them, from the anchor records. */
int repair_time(Ledger *ledger) MUST_CHECK;
/* What a person shall know: how it began ("rebuilt", "restored"), and where the other one is. */
int repair_note(Ledger *ledger, const char *how, const char *aside) MUST_CHECK;
