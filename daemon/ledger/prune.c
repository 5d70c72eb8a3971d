/* The daily care of ledger.h. */
#include "daemon/ledger/ledger.h"

#include "base/calendar.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/resend.h"
#include "daemon/ledger/retained.h"

int ledger_prune(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int64_t now = clock_utc_ms(ledger->clock);
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                /* settled rows of records that stay, do: they may be asked for again, under their ids */
                r = sql_run(ledger,
                            "DELETE FROM outbox WHERE state NOT IN (?, ?) AND (state <> ? OR kind NOT IN (?, ?)) AND "
                            "NOT (state = 3 AND mendable = 1) AND "
                            "coalesce(settled, made) < ?",
                            "iiiiii", (int64_t)OUTBOX_WAITING, (int64_t)OUTBOX_TAKEN, (int64_t)OUTBOX_SETTLED,
                            (int64_t)OUTBOX_WEEK, (int64_t)OUTBOX_RUN, now - OUTBOX_KEEP_DAYS * DAY_MS);
        if (r >= 0)
                r = sql_run(ledger, "DELETE FROM resend WHERE ended < ?", "i", now - RESEND_KEEP_DAYS * DAY_MS);
        if (r >= 0)
                r = ack_prune(ledger);
        if (r >= 0)
                r = retained_clear_runs(ledger);
        return r < 0 ? r : transaction_commit(&transaction);
}
