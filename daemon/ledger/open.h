/* open.h: Private to the ledger. The file without its lock: somebody else holds it. */
#pragma once

#include "daemon/ledger/ledger.h"

#include <stddef.h>

/* As ledger_open. */
int open_unlocked(const char *path, Clock *clock, Ledger **ret, char *ret_message,
                  size_t message_size) MUST_CHECK;
