#include "daemon/clinic/complain.h"

#include "base/log.h"

#include <string.h>

static bool is_said(const Complaints *complaints, const char *what)
{
        for (size_t i = 0; i < complaints->n; i++) {
                if (strcmp(complaints->said[i], what) == 0)
                        return true;
        }
        return false;
}

bool clinic_complain(Complaints *complaints, const char *what, int error, const Ledger *ledger)
{
        const char *more = ledger ? ledger_error(ledger) : "";

        if (complaints->error != error)
                complaints->n = 0;
        complaints->error = error;
        if (is_said(complaints, what))
                return false;
        if (complaints->n < COMPLAINTS_MAX)
                complaints->said[complaints->n++] = what;
        log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, NULL, "%s: %s%s%s%s, trying again every %d s", what,
                  strerror(-error), more[0] ? " (" : "", more, more[0] ? ")" : "", LEDGER_RETRY_MS / 1000);
        return true;
}
