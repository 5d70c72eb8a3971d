#include "daemon/clinic/complain.h"

#include "base/log.h"

#include <string.h>

void clinic_complain(const char *what, int error, const Ledger *ledger)
{
        const char *more = ledger ? ledger_error(ledger) : "";

        log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, NULL, "%s: %s%s%s%s, trying again in %d s", what,
                  strerror(-error), more[0] ? " (" : "", more, more[0] ? ")" : "", LEDGER_RETRY_MS / 1000);
}
