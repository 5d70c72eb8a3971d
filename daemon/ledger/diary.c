#include "daemon/ledger/diary.h"

#include "daemon/ledger/dirty.h"
#include "daemon/ledger/once.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/redflag-raise.h"
#include "daemon/ledger/sql.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REFUSED_MAX 1000
#define DAY_MS      86400000LL

static const Field ack_field_list[] = {
        FIELD(FIELD_TEXT, Ack, runner, "runner"),
        FIELD(FIELD_TEXT, Ack, id, "id"),
        FIELD(FIELD_BOOLEAN, Ack, accepted, "accepted"),
        FIELD(FIELD_TEXT, Ack, code, "code"),
        FIELD(FIELD_TEXT, Ack, message, "message"),
        FIELD(FIELD_INTEGER, Ack, plan_version, "plan_version"),
};

const FieldTable ack_fields = {
        .name = "ack", .fields = ack_field_list, .n_fields = ARRAY_SIZE(ack_field_list)};

/* What it says of a run may change the run's own week. */
static int mark_run(Ledger *ledger, const DiaryEntry *entry)
{
        int64_t start_utc_ms;
        int r = sql_integer(ledger, &start_utc_ms,
                            "SELECT start FROM run WHERE runner = ? AND run = ? AND newest = 1", "ss",
                            entry->runner, entry->run);

        return r <= 0 ? r : dirty_mark_for(ledger, entry->runner, DIRTY_DIARY, start_utc_ms, start_utc_ms);
}

/* Weeks look back at entries (the 14-day clock, four weeks of exercises): those after it, too. */
static int mark_time(Ledger *ledger, const DiaryEntry *entry)
{
        int64_t day = (entry->at_utc_ms - DAY_MS) / DAY_MS; /* in any zone not before it */
        int r = dirty_mark_for(ledger, entry->runner, DIRTY_DIARY, entry->at_utc_ms, entry->at_utc_ms);

        return r < 0 ? r : once_mark_weeks(ledger, entry->runner, (int32_t)day);
}

static int mark_entry(Ledger *ledger, const DiaryEntry *entry)
{
        DiaryEntry corrected;
        int r = mark_time(ledger, entry);

        if (r >= 0 && entry->run[0])
                r = mark_run(ledger, entry);
        if (r < 0 || !entry->corrects[0])
                return r;
        r = once_get(ledger, &diary_fields, entry->runner, entry->corrects, &corrected);
        return r <= 0 ? r : mark_time(ledger, &corrected);
}

int diary_store(Ledger *ledger, const DiaryEntry *entry)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        DiaryEntry there;
        int r;

        if (entry->withdrawn == 0) /* not made by diary_entry_set_null: it would say "no" to everything */
                return -EINVAL;
        /* Refused before anything begins: the caller's own transaction stays good for its answer. */
        r = once_check(ledger, &diary_fields, (OnceKey){entry->runner, entry->id, entry->corrects}, entry,
                       &there);
        if (r <= 0)
                return r;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = row_insert(ledger, "INSERT", &diary_fields, entry, "", "");
        if (r >= 0)
                r = mark_entry(ledger, entry);
        if (r >= 0 && diary_entry_has_red_flag(entry))
                r = redflag_raise(ledger, entry);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

int diary_get(Ledger *ledger, const char *runner, const char *id, DiaryEntry *ret)
{
        return once_get(ledger, &diary_fields, runner, id, ret);
}

/* `statement` has the fields of the table first. */
static int each_entry(Statement *statement, DiaryFunction function, void *userdata)
{
        DiaryEntry entry;
        int r;

        for (;;) {
                r = sql_step(statement);
                if (r <= 0)
                        return r;
                row_read(statement, &diary_fields, &entry);
                r = function(&entry, userdata);
                if (r != 0)
                        return r;
        }
}

int diary_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
               DiaryFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &diary_fields, "",
                          "WHERE (?1 IS NULL OR runner = ?1) AND at >= ?2 AND at < ?3 "
                          "AND " ONCE_IN_FORCE("diary") " ORDER BY at, id",
                          "sii", runner, from_utc_ms, to_utc_ms);

        return r < 0 ? r : each_entry(statement, function, userdata);
}

int diary_about_runs_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                          DiaryFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &diary_fields, "",
                          "WHERE runner = ?1 AND (rpe IS NOT NULL OR stopped_for_pain = 1) AND (run IN "
                          "(SELECT run FROM run WHERE runner = ?1 AND newest = 1 AND start >= ?2 AND "
                          "start < ?3) OR at >= ?2 AND at < ?3 AND (run IS NULL OR NOT EXISTS (SELECT 1 "
                          "FROM run r WHERE r.runner = ?1 AND r.run = t.run AND r.newest = 1))) "
                          "AND " ONCE_IN_FORCE("diary") " ORDER BY at, id",
                          "sii", runner, from_utc_ms, to_utc_ms);

        return r < 0 ? r : each_entry(statement, function, userdata);
}

int diary_history_each(Ledger *ledger, const char *runner, DiaryHistoryFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &diary_fields,
                          ", (SELECT id FROM diary c WHERE c.runner = t.runner AND c.corrects = t.id)",
                          "WHERE runner = ? ORDER BY at, id", "s", runner);

        while (r >= 0) {
                char superseded_by[ID_SIZE];
                DiaryEntry entry;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                row_read(statement, &diary_fields, &entry);
                column_text(statement, (int)diary_fields.n_fields, superseded_by, sizeof(superseded_by));
                r = function(&entry, superseded_by, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

/* The row just inserted; an answer without an id is named by it. */
static int name_ack(Ledger *ledger, Ack *ack, int64_t *ret_row)
{
        *ret_row = sqlite3_last_insert_rowid(ledger->db);
        if (ack->id[0])
                return 0;
        (void)snprintf(ack->id, sizeof(ack->id), "unreadable-%" PRId64, *ret_row);
        return sql_run(ledger, "UPDATE ack SET id = ? WHERE row = ?", "si", ack->id, *ret_row);
}

int ack_put(Ledger *ledger, Ack *ack)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int64_t row = 0;
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = row_insert(ledger, "INSERT", &ack_fields, ack, "", "");
        if (r >= 0)
                r = name_ack(ledger, ack, &row);
        if (r >= 0)
                r = outbox_add(ledger, OUTBOX_ACK, ack->runner, ack->id, row);
        if (r >= 0)
                r = sql_run(ledger, "DELETE FROM ack WHERE row <= ?", "i", row - ACKS_MAX);
        return r < 0 ? r : transaction_commit(&transaction);
}

static int ack_read(Statement *statement, Ack *ret)
{
        int r = sql_step(statement);

        if (r > 0)
                row_read(statement, &ack_fields, ret);
        return r;
}

int ack_of_row(Ledger *ledger, int64_t revision, Ack *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &ack_fields, "", "WHERE row = ?", "i", revision);

        return r < 0 ? r : ack_read(statement, ret);
}

int ack_get(Ledger *ledger, const char *runner, const char *id, Ack *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &ack_fields, "",
                          "WHERE runner = ? AND id = ? ORDER BY row DESC LIMIT 1", "ss", runner, id);

        return r < 0 ? r : ack_read(statement, ret);
}

int ack_prune(Ledger *ledger)
{
        return sql_run(ledger,
                       "DELETE FROM ack WHERE row NOT IN (SELECT revision FROM outbox WHERE kind = ?)",
                       "i", (int64_t)OUTBOX_ACK);
}

int refused_keep(Ledger *ledger, const char *topic, const void *payload, size_t size,
                 const char *why)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO refused (topic, payload, why, received) VALUES (?, ?, ?, ?)",
                            "sbsi", topic, payload, size, why, clock_utc_ms(ledger->clock));
        if (r >= 0)
                r = sql_run(ledger,
                            "DELETE FROM refused WHERE id <= (SELECT id FROM refused ORDER BY id DESC "
                            "LIMIT 1 OFFSET ?)",
                            "i", (int64_t)REFUSED_MAX);
        return r < 0 ? r : transaction_commit(&transaction);
}

int refused_count(Ledger *ledger, int64_t *ret)
{
        return sql_integer(ledger, ret, "SELECT count(*) FROM refused", "") < 0 ? -EIO : 0;
}
