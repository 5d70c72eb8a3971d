/* schema.h: Private to the ledger. The tables, as a list of migrations. */
#pragma once

#include "daemon/ledger/sql.h"

/* "strd": what PRAGMA application_id says of our files. */
#define LEDGER_APPLICATION_ID 0x73747264

/* Brings the file to the newest version, each step in a transaction of its own.
 * 0; -ENOTUNIQ: the file is newer than this program. */
int schema_migrate(Ledger *ledger) MUST_CHECK;
int schema_version(void);
