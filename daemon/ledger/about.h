/* about.h: Private to the ledger. What the ledger knows of itself: one value a key. */
#pragma once

#include "daemon/ledger/sql.h"

/* 1: filled; 0: not known, *ret untouched. */
int about_integer(Ledger *ledger, const char *key, int64_t *ret) MUST_CHECK;
int about_text(Ledger *ledger, const char *key, char *ret, size_t size) MUST_CHECK;
/* In the running transaction. NULL_INTEGER: forgets it. */
int about_set_integer(Ledger *ledger, const char *key, int64_t value) MUST_CHECK;
int about_set_text(Ledger *ledger, const char *key, const char *value) MUST_CHECK;
