#include "daemon/ledger/redflag-raise.h"

#include "daemon/ledger/outbox.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/sql.h"

static int consents(Ledger *ledger, const char *id)
{
        Runner runner;
        int r = runner_get(ledger, id, &runner);

        return r <= 0 ? r : runner.consent == 1;
}

int redflag_raise(Ledger *ledger, const DiaryEntry *entry)
{
        int r = sql_run(ledger, "INSERT INTO redflag (runner, id, received) VALUES (?, ?, ?)", "ssi",
                        entry->runner, entry->id, clock_utc_ms(ledger->clock));

        if (r >= 0)
                r = audit_add(ledger, "red flag", entry->runner, entry->id);
        if (r >= 0)
                r = consents(ledger, entry->runner);
        return r <= 0 ? r : outbox_add(ledger, OUTBOX_REDFLAG, entry->runner, entry->id, 0);
}
