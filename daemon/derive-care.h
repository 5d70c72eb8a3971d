/* derive-care.h: Private to daemon/derive. The groups of the care plan, of treatments and of the
 * newest assessment, from the diary and what the clinic set down. */
#pragma once

#include "daemon/derive-week-context.h"

/* 0 or -errno. */
int derive_care(const WeekContext *context, Week *week) MUST_CHECK;
