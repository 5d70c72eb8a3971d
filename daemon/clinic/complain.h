/* complain.h: Private to clinic. What cannot be done now, said with what happens next. */
#pragma once

#include "daemon/ledger/ledger.h"

#define LEDGER_RETRY_MS 10000

/* `ledger`: whose error it is, it knows more than the number; NULL: somebody else's. */
void clinic_complain(const char *what, int error, const Ledger *ledger);
