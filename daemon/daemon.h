/* daemon.h: all rooms, wired to each other, from their start to their end. */
#pragma once

#include "base/clock.h"
#include "daemon/config.h"

/* Runs until SIGTERM or SIGINT, or until it cannot go on. Borrows the path and the clock; config is
 * copied, and SIGHUP reads it again from config_path. Call it before any thread exists: it blocks
 * signals. 0 when it was asked to end, else an exit code > 0 or -errno. */
int daemon_run(const char *config_path, const Config *config, Clock *clock) MUST_CHECK;
