/* The daily care of ledger.h. */
#include "daemon/ledger/ledger.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/retained.h"

#define DAY_MS 86400000LL

int ledger_prune(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "DELETE FROM outbox WHERE state NOT IN (?, ?) AND NOT (state = 3 AND mendable = 1) "
                            "AND coalesce(settled, made) < ?",
                            "iii", (int64_t)OUTBOX_WAITING, (int64_t)OUTBOX_TAKEN,
                            clock_utc_ms(ledger->clock) - OUTBOX_KEEP_DAYS * DAY_MS);
        if (r >= 0)
                r = ack_prune(ledger);
        if (r >= 0)
                r = retained_clear_runs(ledger);
        return r < 0 ? r : transaction_commit(&transaction);
}
