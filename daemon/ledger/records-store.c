/* Implements the writing half of records.h; records-read.c reads, coverage.c counts. */
#include "daemon/ledger/records.h"

#include "base/log.h"
#include "daemon/ledger/coverage.h"
#include "daemon/ledger/lost-mark.h"
#include "daemon/ledger/stretch.h"
#include "daemon/ledger/timebase-update.h"
#include "daemon/ledger/unwrap.h"

#include <errno.h>
#include <string.h>

/* The pod a batch belongs to. */
typedef struct Owner {
        const char *address;
        int64_t pod_id;
        bool has_memory;
} Owner;

static int owner_find(Ledger *ledger, const char *address, Owner *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT pod_id, has_memory FROM pod WHERE address = ?", "s", address);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        *ret = (Owner){.address = address,
                       .pod_id = column_integer(statement, 0),
                       .has_memory = column_integer(statement, 1) != 0};
        return 0;
}

/* 1: nothing under that number; 0: the same octets; -EEXIST: others. */
static int compare_stored(Ledger *ledger, const Owner *owner, const Record *record)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT kind, body FROM record WHERE pod_id = ? AND epoch = ? AND seq = ?",
                          "iii", owner->pod_id, (int64_t)record->epoch, (int64_t)record->seq);

        if (r >= 0)
                r = sql_step(statement);
        if (r < 0)
                return r;
        if (r == 0)
                return 1;
        if (RECORD_KIND_NUMBER(column_integer(statement, 0)) == RECORD_KIND_NUMBER(record->kind) &&
            (size_t)sqlite3_column_bytes(statement->stmt, 1) == record->body_size &&
            (record->body_size == 0 || /* whose octets are nowhere */
             memcmp(sqlite3_column_blob(statement->stmt, 1), record->body, record->body_size) == 0))
                return 0;
        return -EEXIST;
}

/* Repeats of a pod that contradicts itself all the time are counted, not printed. */
static int count_contradiction(Ledger *ledger, const Owner *owner, const Record *record)
{
        int64_t n = 0;
        int r = sql_run(ledger,
                        "INSERT INTO contradiction_count VALUES (?, 1) ON CONFLICT (pod_id) DO UPDATE "
                        "SET n = n + 1",
                        "i", owner->pod_id);

        if (r >= 0)
                r = sql_run(ledger,
                            "DELETE FROM contradiction WHERE pod_id = ?1 AND rowid <= (SELECT rowid "
                            "FROM contradiction WHERE pod_id = ?1 ORDER BY rowid DESC LIMIT 1 OFFSET "
                            "?2)",
                            "ii", owner->pod_id, (int64_t)CONTRADICTIONS_MAX);
        if (r >= 0)
                r = sql_integer(ledger, &n, "SELECT n FROM contradiction_count WHERE pod_id = ?", "i",
                                owner->pod_id);
        if (r >= 0 && n % CONTRADICTIONS_MAX == 1)
                log_event(LOG_RECORD_CONTRADICTS, LOG_LEVEL_WARNING, owner->address, NULL,
                          "record %u of epoch %u came with other octets than before; both are kept, "
                          "the first one counts (number %lld of this pod)",
                          record->seq, record->epoch, (long long)n);
        return r < 0 ? r : 0;
}

static int keep_contradiction(Ledger *ledger, const Owner *owner, const Record *record)
{
        int r = sql_run(ledger,
                        "INSERT OR IGNORE INTO contradiction (pod_id, epoch, seq, kind, body, "
                        "received) VALUES (?, ?, ?, ?, ?, ?)",
                        "iiiibi", owner->pod_id, (int64_t)record->epoch, (int64_t)record->seq,
                        (int64_t)record->kind, record->body, record->body_size,
                        clock_utc_ms(ledger->clock));

        return r < 0 || sqlite3_changes(ledger->db) == 0 ? r
                                                         : count_contradiction(ledger, owner, record);
}

static uint32_t last_seq_of(const Record *record)
{
        if (record->kind == RECORD_LOST && record->lost.last_seq > (int64_t)record->seq)
                return (uint32_t)record->lost.last_seq;
        return record->seq;
}

/* What one epoch of a batch did. */
typedef struct BatchSpan {
        uint32_t epoch;
        int64_t kept_seq;              /* lower ones were let go */
        int64_t first_tick, last_tick; /* of what measures are made of; first > last: none */
        int64_t first_lost, last_lost; /* numbers that are lost now, or no longer; the same */
} BatchSpan;

static void note_lost(BatchSpan *span, const Record *record)
{
        span->first_lost = record->seq < span->first_lost ? record->seq : span->first_lost;
        span->last_lost = last_seq_of(record) > span->last_lost ? last_seq_of(record) : span->last_lost;
}

static int insert_row(Ledger *ledger, const Owner *owner, const Record *record, int64_t time_tick,
                      BatchSpan *span)
{
        if (record->kind == RECORD_STRIDE || record->kind == RECORD_SAMPLE ||
            (record->kind >= RECORD_TRUNK_STRIDE && record->kind <= RECORD_CALIBRATION)) {
                span->first_tick = time_tick < span->first_tick ? time_tick : span->first_tick;
                span->last_tick = time_tick > span->last_tick ? time_tick : span->last_tick;
        }
        return sql_run(ledger,
                       "INSERT INTO record (pod_id, epoch, seq, kind, tick, time_tick, received, "
                       "from_store, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       "iiiiiiiib", owner->pod_id, (int64_t)record->epoch, (int64_t)record->seq,
                       (int64_t)record->kind, record->tick, time_tick, clock_utc_ms(ledger->clock),
                       (int64_t)record->from_store, record->body, record->body_size);
}

static int insert_record(Ledger *ledger, const Owner *owner, const Record *record, BatchSpan *span,
                         Stretch *stretch)
{
        bool lost = record->kind == RECORD_LOST;
        int64_t time_tick = 0;
        int r = tick_unwrap(ledger, owner->pod_id, owner->has_memory, record, &time_tick);

        if (r >= 0)
                r = insert_row(ledger, owner, record, time_tick, span);
        if (r >= 0)
                r = epoch_touch(ledger, owner->pod_id, record->epoch, record->seq,
                                last_seq_of(record));
        if (r >= 0)
                r = span_add(ledger, owner->pod_id, record->epoch, record->seq, last_seq_of(record),
                             lost);
        if (r >= 0 && (lost || r > 0))
                note_lost(span, record);
        if (r >= 0 && record->kind == RECORD_ANCHOR)
                r = timebase_take(ledger, owner->pod_id, owner->has_memory, record->epoch,
                                  time_tick, record->anchor.utc_ms,
                                  (int)record->anchor.clock_quality);
        if (r < 0)
                return r;
        stretch_open(stretch, record, time_tick);
        return 0;
}

/* What the records of an epoch touched is derived anew, once its time is known; until then
 * the first anchor will mark it. */
static int mark_batch(Ledger *ledger, const Owner *owner, const BatchSpan *span)
{
        TimeMap map;
        int r = 0;

        if (span->first_lost <= span->last_lost)
                r = lost_mark(ledger, owner->pod_id, span->epoch, span->first_lost, span->last_lost);
        if (r < 0 || span->first_tick > span->last_tick)
                return r;
        r = timebase_of(ledger, owner->pod_id, span->epoch, &map);
        if (r <= 0)
                return r;
        return dirty_mark_pod(ledger, owner->pod_id, DIRTY_RECORDS, time_map_utc_ms(&map, span->first_tick),
                              time_map_utc_ms(&map, span->last_tick));
}

/* A lost range may have grown since it was last told, or begin with a record that came in time:
 * its number is taken, but what is behind it is lost all the same, and nobody will send it. */
static int cover_lost(Ledger *ledger, const Owner *owner, const Record *record, BatchSpan *span)
{
        int r;

        if (record->kind != RECORD_LOST)
                return 0;
        note_lost(span, record);
        r = epoch_touch(ledger, owner->pod_id, record->epoch, record->seq, last_seq_of(record));
        return r < 0 ? r
                     : span_add(ledger, owner->pod_id, record->epoch, record->seq,
                                last_seq_of(record), true);
}

/* The short way of most: 1: stored; 0: it has to be looked up. */
static int store_behind(Ledger *ledger, const Owner *owner, const Record *record, BatchSpan *span,
                        Stretch *stretch)
{
        int64_t time_tick;
        int r = stretch_takes(stretch, record, &time_tick);

        if (r <= 0)
                return r;
        r = insert_row(ledger, owner, record, time_tick, span);
        if (r < 0)
                return r;
        stretch_extend(stretch, time_tick);
        return 1;
}

static int store_one(Ledger *ledger, const Owner *owner, const Record *record, BatchSpan *span,
                     Stretch *stretch, StoreResult *result)
{
        int r;

        if (record->seq < span->kept_seq) { /* it was here, and has gone into runs and weeks */
                result->known++;
                return cover_lost(ledger, owner, record, span);
        }
        r = store_behind(ledger, owner, record, span, stretch);
        if (r > 0)
                result->stored++;
        if (r != 0)
                return r < 0 ? r : 0;
        r = stretch_close(stretch);
        if (r >= 0)
                r = compare_stored(ledger, owner, record);
        if (r == 0) {
                result->known++;
                return 0;
        }
        if (r == -EEXIST) {
                result->contradicted++;
                r = keep_contradiction(ledger, owner, record);
                return r < 0 ? r : cover_lost(ledger, owner, record, span);
        }
        if (r < 0)
                return r;
        result->stored++;
        return insert_record(ledger, owner, record, span, stretch);
}

static int begin_span(Ledger *ledger, const Owner *owner, uint32_t epoch, BatchSpan *ret)
{
        int r;

        *ret = (BatchSpan){.epoch = epoch, .first_tick = INT64_MAX, .last_tick = INT64_MIN,
                           .first_lost = INT64_MAX, .last_lost = INT64_MIN};
        r = sql_integer(ledger, &ret->kept_seq,
                        "SELECT kept_seq FROM epoch WHERE pod_id = ? AND epoch = ?", "ii", owner->pod_id,
                        (int64_t)epoch);
        return r < 0 ? r : 0;
}

static int compare_ids(const void *a, const void *b)
{
        const Record *x = *(const Record *const *)a, *y = *(const Record *const *)b;

        if (x->epoch != y->epoch)
                return x->epoch < y->epoch ? -1 : 1;
        if (x->seq != y->seq)
                return x->seq < y->seq ? -1 : 1;
        return (x > y) - (x < y); /* of two with the same id the first one counts: qsort need not know */
}

static int store_all(Ledger *ledger, const Owner *owner, const Record *const *order, size_t n,
                     StoreResult *result)
{
        BatchSpan span = {0};
        Stretch stretch = {.ledger = ledger, .pod_id = owner->pod_id, .has_memory = owner->has_memory};
        int r;

        for (size_t i = 0; i < n; i++) {
                if (i == 0 || order[i]->epoch != span.epoch) {
                        r = i == 0 ? 0 : mark_batch(ledger, owner, &span);
                        if (r >= 0)
                                r = begin_span(ledger, owner, order[i]->epoch, &span);
                        if (r < 0)
                                return r;
                }
                r = store_one(ledger, owner, order[i], &span, &stretch, result);
                if (r < 0)
                        return r;
        }
        r = stretch_close(&stretch);
        return r < 0 ? r : mark_batch(ledger, owner, &span);
}

int records_store(Ledger *ledger, const char *address, const Record *records, size_t n,
                  StoreResult *ret)
{
        CLEANUP(freep) const Record **order = calloc(n, sizeof(*order));
        CLEANUP(transaction_endp) Transaction transaction = {0};
        StoreResult result = {0};
        Owner owner = {0};
        int r;

        if (n == 0) {
                if (ret)
                        *ret = result;
                return 0;
        }
        if (!order)
                return -ENOMEM;
        /* In order of seq, so that ticks unwrap from their neighbours. */
        for (size_t i = 0; i < n; i++)
                order[i] = &records[i];
        qsort(order, n, sizeof(*order), compare_ids);
        /* Refused before anything begins: the caller's own transaction stays good. */
        r = owner_find(ledger, address, &owner);
        if (r >= 0)
                r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = store_all(ledger, &owner, order, n, &result);
        if (r < 0)
                return r;
        if (result.stored > 0)
                ledger_touch(ledger, LEDGER_RECORDS);
        r = transaction_commit(&transaction);
        if (r >= 0 && ret)
                *ret = result;
        return r;
}

int records_next_epoch(Ledger *ledger, const char *address, uint32_t *ret)
{
        int64_t highest = NULL_INTEGER;
        int r = sql_integer(ledger, &highest,
                            "SELECT max(epoch) FROM epoch JOIN pod USING (pod_id) WHERE address = ?",
                            "s", address);

        if (r < 0)
                return r;
        *ret = highest == NULL_INTEGER ? 1 : (uint32_t)highest + 1;
        return 0;
}

/* ---- what nobody could decode ---- */

int raw_packet_keep(Ledger *ledger, const char *address, const char *characteristic,
                    const void *data, size_t size, const char *why)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO raw_packet (pod, characteristic, packet, why, received) SELECT ?1, "
                            "?2, ?3, ?4, ?5 WHERE (SELECT count(*) FROM raw_packet WHERE pod = ?1) < ?6 OR "
                            "EXISTS (SELECT 1 FROM raw_packet WHERE pod = ?1 AND characteristic = ?2 AND "
                            "packet = ?3) ON CONFLICT (pod, characteristic, packet) DO UPDATE SET times = "
                            "times + 1",
                            "ssbsii", address, characteristic, data, size, why, clock_utc_ms(ledger->clock),
                            (int64_t)RAW_PACKETS_MAX);
        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO raw_count VALUES (?, 1) ON CONFLICT (pod) DO UPDATE SET n = "
                            "n + 1",
                            "s", address);
        return r < 0 ? r : transaction_commit(&transaction);
}

int raw_packet_count(Ledger *ledger, const char *address, int64_t *ret)
{
        *ret = 0;
        int r = sql_integer(ledger, ret, "SELECT n FROM raw_count WHERE pod = ?", "s", address);

        return r < 0 ? r : 0;
}

int contradiction_count(Ledger *ledger, const char *address, int64_t *ret)
{
        *ret = 0;
        int r = sql_integer(ledger, ret,
                            "SELECT n FROM contradiction_count JOIN pod USING (pod_id) WHERE address = ?",
                            "s", address);

        return r < 0 ? r : 0;
}
