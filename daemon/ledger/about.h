/* about.h: Private to the ledger. What the ledger knows of itself: one value a key. */
#pragma once

#include "daemon/ledger/sql.h"

#define REVISION_FLOOR  "revision_floor"
#define REVISE_BELOW    "revise_below"
#define ASKS_FROM_START "asks_from_start" /* of epochs it does not know: it may have known them once */
#define KEPT_SINCE      "kept_since_ms"
#define LET_GO          "let_go"
#define CHECKED         "checked_ms"
#define BACKED_UP       "backed_up_ms"
#define BEGUN           "begun_ms"    /* rebuilt or restored then */
#define BEGUN_BY        "begun_by"    /* "rebuilt" "restored" */
#define BEGUN_ASIDE     "begun_aside" /* the file it replaced */

/* 1: filled; 0: not known, *ret untouched. */
int about_integer(Ledger *ledger, const char *key, int64_t *ret) MUST_CHECK;
int about_text(Ledger *ledger, const char *key, char *ret, size_t size) MUST_CHECK;
/* In the running transaction. NULL_INTEGER: forgets it. */
int about_set_integer(Ledger *ledger, const char *key, int64_t value) MUST_CHECK;
int about_set_text(Ledger *ledger, const char *key, const char *value) MUST_CHECK;
