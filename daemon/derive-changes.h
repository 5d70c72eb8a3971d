/* derive-changes.h: Private to daemon/derive. What a revision of a week says that it changed, and
 * why: "path=why;…", as Week.changed; fields of its own, groups as a whole.
 *
 * Why is what made the week due (DirtyWhy); of several reasons those that can move the field are
 * named, one after the other. Where only time went on, it is what came of that. */
#pragma once

#include "proto/clinic-records.h"

/* How a week became final. */
#define CHANGE_PODS_REPORTED   "pods_reported"
#define CHANGE_DEADLINE_PASSED "deadline_passed"
#define CHANGE_SETTLED         "settled" /* nothing of it came for long enough */
/* Or that it is not, after all: the clock that said so was wrong. */
#define CHANGE_NOT_OVER        "time_corrected"

/* Writes week->changed against the revision before. `why`: DirtyWhy bits, 0: none; `final_by`: one of
 * the above, used when the state changes. */
void note_changes(const Week *old, Week *week, unsigned why, const char *final_by);
