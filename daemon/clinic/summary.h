/* summary.h: Private to clinic. All a list of patients needs about one runner, as it is now:
 * up to the newest week that was made, which on a Monday is for a moment the one before. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "daemon/ledger/roster.h"
#include "proto/clinic-records.h"

#include <cjson/cJSON.h>

#define SUMMARY_WEEKS 26

/* Adds its keys to `root`. 0 or -errno of the ledger. */
int summary_add(Ledger *ledger, const Runner *runner, int64_t now_utc_ms, cJSON *root) MUST_CHECK;
