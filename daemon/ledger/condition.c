#include "daemon/ledger/condition.h"

#include "daemon/ledger/about.h"

#include <unistd.h>

int ledger_condition(Ledger *ledger, LedgerCondition *ret)
{
        const struct {
                const char *key;
                int64_t *ret;
        } integers[] = {
                {KEPT_SINCE, &ret->kept_since_utc_ms}, {CHECKED, &ret->checked_utc_ms},
                {BACKED_UP, &ret->backed_up_utc_ms},   {BEGUN, &ret->begun_utc_ms},
                {LET_GO, &ret->let_go},
        };
        int r = 0;

        *ret = (LedgerCondition){0};
        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(integers); i++) {
                *integers[i].ret = integers[i].ret == &ret->let_go ? 0 : NULL_INTEGER;
                r = about_integer(ledger, integers[i].key, integers[i].ret);
        }
        if (r >= 0)
                r = about_text(ledger, BEGUN_BY, ret->begun_by, sizeof(ret->begun_by));
        if (r >= 0)
                r = about_text(ledger, BEGUN_ASIDE, ret->aside, sizeof(ret->aside));
        if (ret->aside[0] && access(ret->aside, F_OK) < 0)
                ret->aside[0] = '\0'; /* a person has taken care of it */
        return r < 0 ? r : 0;
}

static int note_now(Ledger *ledger, const char *key)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = about_set_integer(ledger, key, clock_utc_ms(ledger->clock));
        return r < 0 ? r : transaction_commit(&transaction);
}

int ledger_note_checked(Ledger *ledger)
{
        return note_now(ledger, CHECKED);
}

int ledger_note_backup(Ledger *ledger)
{
        return note_now(ledger, BACKED_UP);
}
