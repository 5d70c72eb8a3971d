/* redflag-raise.h: Private to the ledger. A yes to a red-flag question came; see redflags.h. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "proto/clinic-records.h"

/* In the transaction that stores the entry. */
int redflag_raise(Ledger *ledger, const DiaryEntry *entry) MUST_CHECK;
