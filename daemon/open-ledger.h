/* open-ledger.h: Private to daemon. The ledger as the daemon wants it: every page looked at, and made anew when it
 * is damaged. */
#pragma once

#include "daemon/config.h"
#include "daemon/ledger/ledger.h"

#define LEDGER_PATH_MAX 320

/* STATE/ledger.db. */
void ledger_path_of(const Config *config, char ret[static LEDGER_PATH_MAX]);

typedef enum Suspicion { SUSPECT_NOTHING, SUSPECT_DAMAGE } Suspicion;

/* Makes the state directory, too. Errors as ledger_open; a sentence is logged, but for -ENOSPC, which is in
 * ret_message. SUSPECT_DAMAGE: rebuilds it also when its pages look good. */
int open_ledger(const Config *config, Clock *clock, Suspicion suspicion, Ledger **ret, char *ret_message,
                size_t size) MUST_CHECK;
