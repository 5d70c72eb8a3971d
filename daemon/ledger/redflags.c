#include "daemon/ledger/redflags.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/retained.h"
#include "daemon/ledger/sql.h"

#include <errno.h>

#define REDFLAG(type, member, path) FIELD(FIELD_##type, RedFlagState, member, path)

static const Field field_list[] = {
        REDFLAG(TEXT, runner, "runner"),     REDFLAG(TEXT, id, "id"),
        REDFLAG(TIME, received_utc_ms, "received"), REDFLAG(TEXT, answered, "answered"),
        REDFLAG(TIME, told_utc_ms, "told"),
};

static const FieldTable fields = {.name = "redflag", .fields = field_list, .n_fields = ARRAY_SIZE(field_list)};

int redflag_get(Ledger *ledger, const char *runner, const char *id, RedFlagState *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &fields, "", "WHERE runner = ? AND id = ?", "ss", runner, id);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                row_read(statement, &fields, ret);
        return r;
}

int redflag_answer(Ledger *ledger, const char *runner, const char *id, const char *acknowledgement)
{
        RedFlagState flag;
        int r = redflag_get(ledger, runner, id, &flag);

        if (r <= 0)
                return r < 0 ? r : -ESRCH;
        if (flag.answered[0])
                return 0;
        r = sql_run(ledger, "UPDATE redflag SET answered = ? WHERE runner = ? AND id = ?", "sss",
                    acknowledgement, runner, id);
        if (r >= 0)
                r = retained_clear_redflag(ledger, runner, id);
        return r < 0 ? r : 1;
}

int redflag_open_each(Ledger *ledger, const char *runner, RedFlagFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &fields, "",
                          "WHERE answered IS NULL AND (?1 IS NULL OR runner = ?1) ORDER BY received, id",
                          "s", runner);

        while (r >= 0) {
                RedFlagState flag;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                row_read(statement, &fields, &flag);
                r = function(&flag, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

static int next_untold(Ledger *ledger, RedFlagState *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &fields, "",
                          "WHERE answered IS NULL AND told IS NULL ORDER BY received LIMIT 1", "");

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                row_read(statement, &fields, ret);
        return r;
}

/* One runner is told, in a commit of its own. */
static int tell(Ledger *ledger, const RedFlagState *flag, const char *message)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        Ack ack = {.accepted = 1, .code = "redflag_unanswered", .plan_version = NULL_INTEGER};
        int r = transaction_begin(&transaction, ledger);

        (void)text_copy(ack.runner, sizeof(ack.runner), flag->runner);
        (void)text_copy(ack.id, sizeof(ack.id), flag->id);
        (void)text_copy(ack.message, sizeof(ack.message), message);
        if (r >= 0)
                r = sql_run(ledger, "UPDATE redflag SET told = ? WHERE runner = ? AND id = ?", "iss",
                            clock_utc_ms(ledger->clock), flag->runner, flag->id);
        if (r >= 0)
                r = ack_put(ledger, &ack);
        return r < 0 ? r : transaction_commit(&transaction);
}

int redflags_tell(Ledger *ledger, int64_t after_ms, const char *message, int64_t *ret_next_utc_ms)
{
        int64_t now = clock_utc_ms(ledger->clock);
        RedFlagState flag;
        int n = 0;

        *ret_next_utc_ms = NULL_INTEGER;
        for (;;) {
                int r = next_untold(ledger, &flag);

                if (r > 0 && flag.received_utc_ms > now - after_ms) {
                        *ret_next_utc_ms = flag.received_utc_ms + after_ms;
                        return n;
                }
                if (r > 0)
                        r = tell(ledger, &flag, message);
                else
                        return r < 0 ? r : n;
                if (r < 0)
                        return r;
                n++;
        }
}
