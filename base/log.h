/* log.h: the journal, with stable message ids.
 *
 * One line per event: an id from log-ids.h, a level, fields and one sentence.
 * Under systemd it goes to the journal with its fields; otherwise to stderr.
 * No names, no payloads, no secrets: pseudonymous ids only. What others said (a broker's
 * reason, say) may be quoted: control characters become '?'. Any thread. */
#pragma once

#include "base/cleanup.h"
#include "base/log-ids.h"

typedef enum LogLevel { /* syslog's numbers */
        LOG_LEVEL_ERROR = 3,
        LOG_LEVEL_WARNING = 4,
        LOG_LEVEL_NOTICE = 5,
        LOG_LEVEL_INFO = 6,
        LOG_LEVEL_DEBUG = 7,
} LogLevel;

/* Lines above this level are dropped. Default: LOG_LEVEL_INFO. */
void log_set_level(LogLevel level);

/* `pod` (address) and `runner` (pseudonym) become the fields POD= and RUNNER=;
 * either may be NULL. The format is one sentence without a newline. */
void log_event(LogId id, LogLevel level, const char *pod, const char *runner, const char *format,
               ...) PRINTF_LIKE(5, 6);
