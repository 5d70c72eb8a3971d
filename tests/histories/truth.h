/* truth.h: what a week must say at least of what the pods lost, by the pods' own memory of it.
 *
 * No derivation: a stride that was made and is not in the ledger is no rest, in the day and the week
 * in which it was made. */
#pragma once

#include "tests/histories/world.h"

/* The ledger holds records[at] of the pod. */
void truth_note_received(size_t pod, size_t at);
void truth_forget(void);
/* `weeks`: the newest of each. */
void truth_check(World *world, const Week *weeks, size_t n);
