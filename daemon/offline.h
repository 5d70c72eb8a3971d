/* offline.h: Private to daemon. What strided does with a ledger's file without running. Exit codes. */
#pragma once

#include "base/clock.h"
#include "daemon/config.h"

/* "PATH: good", or what is wrong with it. `path` NULL: the configured ledger; else no
 * configuration is needed. */
int offline_check(const Config *config, const char *path);
int offline_restore(const Config *config, const char *from, Clock *clock);
int offline_rebuild(const Config *config, Clock *clock);
/* The errand of a backup: a copy of `path` to descriptor ERRAND_FD. */
int offline_backup(const char *path);
