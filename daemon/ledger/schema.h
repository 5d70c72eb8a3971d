/* schema.h: Private to the ledger. The tables, as a list of migrations. */
#pragma once

#include "daemon/ledger/sql.h"

/* "strd": what PRAGMA application_id says of our files. */
#define LEDGER_APPLICATION_ID 0x73747264

/* Is it ours, or empty? Only reads. 0; -ENOTUNIQ: newer than this program; -EMEDIUMTYPE:
 * another program's. */
int schema_check(Ledger *ledger) MUST_CHECK;
/* Brings a file that passed to the newest version, each step in a transaction of its own. */
int schema_migrate(Ledger *ledger) MUST_CHECK;
int schema_version(void);
/* The SQL of the step from version `from`, 0 <= from < schema_version(). */
const char *schema_step(int from);
