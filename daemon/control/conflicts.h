/* conflicts.h: Private to control. What a pairing would take away, or put two of at one place. */
#pragma once

#include "daemon/control/state.h"
#include "daemon/ledger/roster.h"

/* 1: somebody has to confirm it, and `ret` says in one line why; 0: nobody loses anything; -errno of
 * the ledger. */
int conflict_of_pairing(Control *control, const char *address, const char *runner,
                        Placement placement, char *ret, size_t size) MUST_CHECK;
/* The same of a placement corrected afterwards (placement.h): another pod was there at that time. -ENOENT: no such
 * pod. */
int conflict_of_correction(Control *control, const char *address, Placement placement, int64_t from_utc_ms, char *ret,
                           size_t size) MUST_CHECK;
/* Another pod that the runner wears at the same place; of two only the one with the greater address
 * has one. 1: copied; 0: none; -errno. */
int conflict_of_pod(Control *control, const Pod *pod, Pod *ret_other) MUST_CHECK;
