/* Stored records and packets that a version before this one could not read (records.h). */
#include "daemon/ledger/records.h"

#include "daemon/ledger/coverage.h"
#include "daemon/ledger/dirty.h"
#include "daemon/ledger/timebase-update.h"

#include <string.h>

#define SLICE 256 /* records a transaction */

typedef struct Unread {
        int64_t pod_id;
        bool has_memory;
        int64_t time_tick;
        int stored_kind;
        Record record;
} Unread;

/* The next one behind (pod, epoch, seq) of *ret. 1, 0: none. The term of the index must stand here
 * as it does there. */
static int next_unread(Ledger *ledger, Unread *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        Record *record = &ret->record;
        size_t size;
        int r = sql_query(ledger, &statement,
                          "SELECT pod_id, epoch, seq, kind, time_tick, body, has_memory FROM record JOIN pod "
                          "USING (pod_id) WHERE kind NOT IN (1, 3, 4, 5, 6, 7, 96) AND (pod_id, epoch, seq) > "
                          "(?, ?, ?) ORDER BY pod_id, epoch, seq LIMIT 1",
                          "iii", ret->pod_id, (int64_t)record->epoch, (int64_t)record->seq);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        size = (size_t)sqlite3_column_bytes(statement->stmt, 5);
        *ret = (Unread){.pod_id = column_integer(statement, 0),
                        .has_memory = column_integer(statement, 6) != 0,
                        .time_tick = column_integer(statement, 4),
                        .stored_kind = (int)column_integer(statement, 3),
                        .record = {.epoch = (uint32_t)column_integer(statement, 1),
                                   .seq = (uint32_t)column_integer(statement, 2),
                                   .body_size = size > RECORD_BODY_MAX ? 0 : size}};
        record->kind = RECORD_KIND_NUMBER(ret->stored_kind);
        if (record->body_size > 0)
                memcpy(record->body, sqlite3_column_blob(statement->stmt, 5), record->body_size);
        return 1;
}

/* What the record means for the rest of the ledger, as when it is stored for the first time. */
static int take_effect(Ledger *ledger, const Unread *unread)
{
        const Record *record = &unread->record;
        TimeMap map;
        int64_t at;
        int r;

        if (record->kind == RECORD_ANCHOR)
                return timebase_take(ledger, unread->pod_id, unread->has_memory, record->epoch,
                                     unread->time_tick, record->anchor.utc_ms,
                                     (int)record->anchor.clock_quality);
        if (record->kind == RECORD_LOST && record->lost.last_seq > (int64_t)record->seq) {
                r = epoch_touch(ledger, unread->pod_id, record->epoch, record->seq,
                                (uint32_t)record->lost.last_seq);
                return r < 0 ? r
                             : span_add(ledger, unread->pod_id, record->epoch, record->seq,
                                        (uint32_t)record->lost.last_seq, true);
        }
        r = timebase_of(ledger, unread->pod_id, record->epoch, &map);
        if (r <= 0)
                return r; /* its first anchor will mark it */
        at = time_map_utc_ms(&map, unread->time_tick);
        return dirty_mark_pod(ledger, unread->pod_id, DIRTY_METHOD, at, at);
}

static int adopt(Ledger *ledger, const Unread *unread)
{
        const Record *record = &unread->record;
        int r = sql_run(ledger, "UPDATE record SET kind = ? WHERE pod_id = ? AND epoch = ? AND seq = ?", "iiii",
                        (int64_t)record->kind, unread->pod_id, (int64_t)record->epoch, (int64_t)record->seq);

        if (r >= 0)
                r = sql_run(ledger, "DELETE FROM unreadable WHERE pod_id = ? AND epoch = ? AND seq = ?", "iii",
                            unread->pod_id, (int64_t)record->epoch, (int64_t)record->seq);
        return r < 0 ? r : take_effect(ledger, unread);
}

/* 1: perhaps there are more; 0: that was the last slice. */
static int slice(Ledger *ledger, Unread *at, int64_t *read, int64_t *left)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int64_t n_read = 0, n_left = 0;
        int more = 1, r = transaction_begin(&transaction, ledger);

        for (int n = 0; r >= 0 && n < SLICE; n++) {
                more = r = next_unread(ledger, at);
                if (r <= 0)
                        break;
                if (!record_fields(at->record.kind) || record_decode(&at->record) != 0) {
                        n_left++;
                        continue;
                }
                r = adopt(ledger, at);
                n_read += r >= 0;
        }
        if (r < 0)
                return r;
        if (n_read > 0)
                ledger_touch(ledger, LEDGER_RECORDS);
        r = transaction_commit(&transaction);
        if (r < 0)
                return r;
        *read += n_read;
        *left += n_left;
        return more;
}

int records_reprocess(Ledger *ledger, int64_t *ret_read, int64_t *ret_left)
{
        Unread at = {.pod_id = -1};
        int r = 1;

        *ret_read = *ret_left = 0;
        while (r > 0)
                r = slice(ledger, &at, ret_read, ret_left);
        return r;
}

/* ---- packets ---- */

int raw_packet_next(Ledger *ledger, int64_t after_id, RawPacketStored *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        size_t size;
        int r = sql_query(ledger, &statement,
                          "SELECT id, pod, characteristic, packet, received FROM raw_packet WHERE id > ? ORDER "
                          "BY id LIMIT 1",
                          "i", after_id);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        ret->id = column_integer(statement, 0);
        column_text(statement, 1, ret->address, sizeof(ret->address));
        column_text(statement, 2, ret->characteristic, sizeof(ret->characteristic));
        size = (size_t)sqlite3_column_bytes(statement->stmt, 3);
        ret->size = size < sizeof(ret->data) ? size : sizeof(ret->data);
        if (ret->size > 0)
                memcpy(ret->data, sqlite3_column_blob(statement->stmt, 3), ret->size);
        ret->received_utc_ms = column_integer(statement, 4);
        return 1;
}

int raw_packet_read(Ledger *ledger, int64_t id)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE raw_count SET n = max(n - (SELECT times FROM raw_packet WHERE id = ?1), 0) "
                            "WHERE pod = (SELECT pod FROM raw_packet WHERE id = ?1)",
                            "i", id);
        if (r >= 0)
                r = sql_run(ledger, "DELETE FROM raw_packet WHERE id = ?", "i", id);
        return r < 0 ? r : transaction_commit(&transaction);
}
