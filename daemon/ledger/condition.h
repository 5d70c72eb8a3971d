/* condition.h: what the ledger knows of itself, for people: status and the doctor tell it. */
#pragma once

#include "daemon/ledger/ledger.h"

#include <stddef.h>

typedef struct LedgerCondition { /* times are NULL_INTEGER when it is not so, or not yet */
        int64_t kept_since_utc_ms;  /* raw records older than this were let go */
        int64_t let_go;             /* how many, ever */
        int64_t checked_utc_ms;     /* every page was looked at, and good */
        int64_t backed_up_utc_ms;   /* a backup was made, as far as this ledger knows */
        int64_t begun_utc_ms;       /* it took another's place */
        char begun_by[16];          /* "rebuilt" "restored" or "" */
        char aside[512];            /* the file whose place it took, as long as that lies there */
} LedgerCondition;

int ledger_condition(Ledger *ledger, LedgerCondition *ret) MUST_CHECK;
/* Every page was found good just now. */
int ledger_note_checked(Ledger *ledger) MUST_CHECK;
/* A backup was made just now. */
int ledger_note_backup(Ledger *ledger) MUST_CHECK;
