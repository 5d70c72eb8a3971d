/* derive-groups.h: Private to daemon/derive. The groups of a week (proto/groups.h), each by a
 * function of its own.
 *
 * A group that needs more than is gathered here reads it from the ledger itself, with bounds: at
 * most LOOK_BACK_WEEKS before the week, so that a week costs the same after ten years; what it reads
 * must make the week due when it changes (derive_span in derive.c marks so many weeks behind a
 * change; streak_reach as far as a streak of pain). It reads nothing of other weeks' revisions, only runs, diary, records, plan: the order in
 * which weeks are made leaves no trace. The verdict alone asks the week before since when its alert is. */
#pragma once

#include "daemon/derive-week-context.h"

/* Fills the groups of a week whose own fields are filled. 0 or -errno. */
int derive_groups(const WeekContext *context, Week *week) MUST_CHECK;
