/* Records read back: decoded, on the time line, with the placement of their time. */
#include "daemon/ledger/records.h"

#include "base/log.h"
#include "daemon/ledger/timebase-update.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#define RECORD_COLUMNS "epoch, seq, kind, tick, time_tick, received, from_store, body"

static int read_record(Statement *statement, int at, StoredRecord *ret, int64_t *ret_time_tick)
{
        Record *record = &ret->record;
        int r;

        *record = (Record){
                .epoch = (uint32_t)column_integer(statement, at),
                .seq = (uint32_t)column_integer(statement, at + 1),
                .kind = (int)column_integer(statement, at + 2),
                .from_store = column_integer(statement, at + 6) != 0,
                .body_size = (size_t)sqlite3_column_bytes(statement->stmt, at + 7),
        };
        if (record->body_size > sizeof(record->body))
                return -EUCLEAN;
        if (record->body_size > 0)
                memcpy(record->body, sqlite3_column_blob(statement->stmt, at + 7),
                       record->body_size);
        r = record_decode(record);
        record->tick = column_integer(statement, at + 3);
        *ret_time_tick = column_integer(statement, at + 4);
        ret->received_utc_ms = column_integer(statement, at + 5);
        return r < 0 ? -EUCLEAN : 0;
}

static void place_in_time(StoredRecord *stored, const TimeMap *map, int64_t time_tick)
{
        stored->utc_ms = map->anchors > 0 ? time_map_utc_ms(map, time_tick) : NULL_INTEGER;
        stored->utc_error_ms = map->anchors > 0 ? map->error_ms : NULL_INTEGER;
}

/* ---- one runner's records of some kinds ---- */

typedef struct Worn {
        int kind; /* of SEGMENT_KINDS; 0: strides and samples */
        int64_t pod_id;
        char address[ADDRESS_SIZE];
        Placement placement;
        int64_t from_utc_ms;
        int64_t to_utc_ms;
} Worn;

/* Damaged on the disk, or of a form this version does not know: the others tell their run without
 * it. */
static int pass_over(Ledger *ledger, const Worn *worn, const Record *record)
{
        int r = sql_run(ledger, "INSERT OR IGNORE INTO unreadable VALUES (?, ?, ?)", "iii",
                        worn->pod_id, (int64_t)record->epoch, (int64_t)record->seq);

        if (r >= 0 && sqlite3_changes(ledger->db) > 0)
                log_event(LOG_LEDGER_FAILED, LOG_LEVEL_ERROR, worn->address, NULL,
                          "record %u of epoch %u cannot be read back and counts for nothing; see: "
                          "stridectl doctor",
                          record->seq, record->epoch);
        return r;
}

/* One literal for query and index (schema.c): else SQLite does not see that the index will do, and
 * looks at every stride of the time. */
#define SEGMENT_KINDS "kind IN (16, 17, 18, 19, 20)"

static int read_epoch(Ledger *ledger, const Worn *worn, uint32_t epoch, const TimeMap *map,
                      StoredRecordFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t time_tick;
        int r = sql_query(ledger, &statement,
                          worn->kind == 0
                                  ? "SELECT " RECORD_COLUMNS " FROM record WHERE pod_id = ?1 AND epoch = "
                                    "?2 AND time_tick BETWEEN ?3 AND ?4 AND kind IN (?5, ?6) ORDER BY "
                                    "time_tick, seq"
                                  : "SELECT " RECORD_COLUMNS " FROM record WHERE pod_id = ?1 AND epoch = "
                                    "?2 AND time_tick BETWEEN ?3 AND ?4 AND kind = ?5 AND "
                                    SEGMENT_KINDS " ORDER BY time_tick, seq",
                          worn->kind == 0 ? "iiiiii" : "iiiii", worn->pod_id, (int64_t)epoch,
                          time_map_tick(map, worn->from_utc_ms) - 1,
                          time_map_tick(map, worn->to_utc_ms) + 1,
                          (int64_t)(worn->kind == 0 ? RECORD_STRIDE : worn->kind),
                          (int64_t)RECORD_SAMPLE);

        while (r >= 0) {
                StoredRecord stored = {.placement = worn->placement};

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                r = read_record(statement, 0, &stored, &time_tick);
                if (r == -EUCLEAN) {
                        r = pass_over(ledger, worn, &stored.record);
                        continue;
                }
                if (r < 0)
                        return r;
                (void)text_copy(stored.address, sizeof(stored.address), worn->address);
                place_in_time(&stored, map, time_tick);
                if (stored.utc_ms < worn->from_utc_ms || stored.utc_ms >= worn->to_utc_ms)
                        continue;
                r = function(&stored, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

static int read_worn(Ledger *ledger, const Worn *worn, StoredRecordFunction function,
                     void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT epoch, " TIMEBASE_COLUMNS " FROM epoch JOIN pod USING (pod_id) WHERE "
                          "pod_id = ? AND anchors > 0 ORDER BY epoch",
                          "i", worn->pod_id);

        while (r >= 0) {
                TimeMap map;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                map = timebase_read(statement, 1);
                r = read_epoch(ledger, worn, (uint32_t)column_integer(statement, 0), &map, function,
                               userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

static int read_kind(Ledger *ledger, const char *runner, int kind, int64_t from_utc_ms,
                     int64_t to_utc_ms, StoredRecordFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(
                ledger, &statement,
                "SELECT a.pod_id, p.address, a.placement, a.from_utc_ms, coalesce((SELECT "
                "min(from_utc_ms) FROM assignment n WHERE n.pod_id = a.pod_id AND n.from_utc_ms > "
                "a.from_utc_ms), ?) FROM assignment a JOIN pod p USING (pod_id) WHERE a.runner = ? "
                "ORDER BY p.address, a.from_utc_ms",
                "is", INT64_MAX, runner);

        while (r >= 0) {
                Worn worn;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                worn = (Worn){.kind = kind,
                              .pod_id = column_integer(statement, 0),
                              .placement = (Placement)column_integer(statement, 2),
                              .from_utc_ms = column_integer(statement, 3),
                              .to_utc_ms = column_integer(statement, 4)};
                column_text(statement, 1, worn.address, sizeof(worn.address));
                if (worn.from_utc_ms < from_utc_ms)
                        worn.from_utc_ms = from_utc_ms;
                if (worn.to_utc_ms > to_utc_ms)
                        worn.to_utc_ms = to_utc_ms;
                if (worn.from_utc_ms >= worn.to_utc_ms)
                        continue;
                r = read_worn(ledger, &worn, function, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int records_of_runner(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                      StoredRecordFunction function, void *userdata)
{
        return read_kind(ledger, runner, 0, from_utc_ms, to_utc_ms, function, userdata);
}

int records_of_kind(Ledger *ledger, const char *runner, int kind, int64_t from_utc_ms,
                    int64_t to_utc_ms, StoredRecordFunction function, void *userdata)
{
        assert(kind >= RECORD_TRUNK_STRIDE && kind <= RECORD_CALIBRATION);
        return read_kind(ledger, runner, kind, from_utc_ms, to_utc_ms, function, userdata);
}

int unreadable_count(Ledger *ledger, int64_t *ret)
{
        int r = sql_integer(ledger, ret, "SELECT count(*) FROM unreadable", "");

        return r < 0 ? r : 0;
}

/* ---- everything ---- */

static Placement placement_at(Ledger *ledger, int64_t pod_id, int64_t utc_ms)
{
        int64_t placement = PLACEMENT_NONE;
        int r = sql_integer(ledger, &placement,
                            "SELECT placement FROM assignment WHERE pod_id = ? AND from_utc_ms <= ? "
                            "ORDER BY from_utc_ms DESC LIMIT 1",
                            "ii", pod_id, utc_ms == NULL_INTEGER ? INT64_MAX : utc_ms);

        return r > 0 ? (Placement)placement : PLACEMENT_NONE;
}

int records_export(Ledger *ledger, const char *after_address, uint32_t after_epoch,
                   uint32_t after_seq, size_t limit, StoredRecordFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        TimeMap map = {0};
        int64_t map_pod = -1, map_epoch = -1, time_tick;
        int r = sql_query(ledger, &statement,
                          "SELECT p.pod_id, p.address, " RECORD_COLUMNS " FROM pod p JOIN record USING "
                          "(pod_id) WHERE p.address > ?1 OR (p.address = ?1 AND (epoch, seq) > (?2, "
                          "?3)) ORDER BY p.address, epoch, seq LIMIT ?4",
                          "siii", after_address ? after_address : "", (int64_t)after_epoch,
                          (int64_t)after_seq, (int64_t)limit);

        while (r >= 0) {
                StoredRecord stored = {0};
                int64_t pod_id;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                pod_id = column_integer(statement, 0);
                column_text(statement, 1, stored.address, sizeof(stored.address));
                r = read_record(statement, 2, &stored, &time_tick);
                if (r >= 0 && (pod_id != map_pod || stored.record.epoch != map_epoch)) {
                        map = (TimeMap){0};
                        r = timebase_of(ledger, pod_id, stored.record.epoch, &map);
                        map_pod = pod_id;
                        map_epoch = stored.record.epoch;
                }
                if (r < 0)
                        return r;
                place_in_time(&stored, &map, time_tick);
                stored.placement = placement_at(ledger, pod_id, stored.utc_ms);
                r = function(&stored, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}
