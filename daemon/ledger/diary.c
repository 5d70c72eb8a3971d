#include "daemon/ledger/diary.h"

#include "daemon/ledger/dirty.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/sql.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REFUSED_MAX 1000

static const Field ack_field_list[] = {
        FIELD(FIELD_TEXT, Ack, runner, "runner"),
        FIELD(FIELD_TEXT, Ack, id, "id"),
        FIELD(FIELD_BOOLEAN, Ack, accepted, "accepted"),
        FIELD(FIELD_TEXT, Ack, code, "code"),
        FIELD(FIELD_TEXT, Ack, message, "message"),
};

const FieldTable ack_fields = {
        .name = "ack", .fields = ack_field_list, .n_fields = ARRAY_SIZE(ack_field_list)};

static int diary_get(Ledger *ledger, const char *runner, const char *id, DiaryEntry *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &diary_fields, "", "WHERE runner = ? AND id = ?", "ss",
                          runner, id);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                row_read(statement, &diary_fields, ret);
        return r;
}

/* How it came here is not what it says. */
static bool same_entry(const DiaryEntry *a, DiaryEntry b)
{
        b.received_utc_ms = a->received_utc_ms;
        (void)text_copy(b.origin, sizeof(b.origin), a->origin);
        return fields_equal(&diary_fields, a, &b);
}

int diary_store(Ledger *ledger, const DiaryEntry *entry)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        DiaryEntry there;
        Runner runner;
        int r = runner_get(ledger, entry->runner, &runner);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        /* Refused before anything begins: the caller's own transaction stays good for its answer. */
        r = diary_get(ledger, entry->runner, entry->id, &there);
        if (r != 0)
                return r < 0 ? r : same_entry(&there, *entry) ? 0 : -EEXIST;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = row_insert(ledger, "INSERT", &diary_fields, entry, "", "");
        if (r >= 0)
                r = dirty_mark_for(ledger, entry->runner, DIRTY_DIARY, entry->at_utc_ms,
                                   entry->at_utc_ms);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

int diary_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
               DiaryFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &diary_fields, "",
                          "WHERE (?1 IS NULL OR runner = ?1) AND at >= ?2 AND at < ?3 ORDER BY at, id",
                          "sii", runner, from_utc_ms, to_utc_ms);

        while (r >= 0) {
                DiaryEntry entry;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                row_read(statement, &diary_fields, &entry);
                r = function(&entry, userdata);
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
