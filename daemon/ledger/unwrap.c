#include "daemon/ledger/unwrap.h"

#include "daemon/ledger/laps.h"
#include "daemon/ledger/timebase-update.h"

/* When the record was made, from what is known besides its tick: what an anchor says, and that a
 * live record comes at once. NULL_INTEGER: nothing, or no clock to trust. */
static int64_t made_utc_ms(Ledger *ledger, const Record *record)
{
        if (record->kind == RECORD_ANCHOR)
                return record->anchor.clock_quality == CLOCK_SYNCHRONISED ? record->anchor.utc_ms
                                                                          : NULL_INTEGER;
        return !record->from_store && clock_quality(ledger->clock) == CLOCK_SYNCHRONISED
                       ? clock_utc_ms(ledger->clock)
                       : NULL_INTEGER;
}

/* How many laps later than `tick` the clock says that the record was made. */
static int laps_by_clock(Ledger *ledger, int64_t pod_id, const Record *record, int64_t tick,
                         int64_t *ret)
{
        int64_t utc_ms = made_utc_ms(ledger, record), quality = NULL_INTEGER, ahead;
        TimeMap map;
        int r;

        *ret = 0;
        if (utc_ms == NULL_INTEGER)
                return 0;
        r = sql_integer(ledger, &quality,
                        "SELECT max(quality) FROM anchor WHERE pod_id = ? AND epoch = ?", "ii",
                        pod_id, (int64_t)record->epoch);
        if (r < 0 || quality != CLOCK_SYNCHRONISED)
                return r < 0 ? r : 0;
        r = timebase_of(ledger, pod_id, record->epoch, &map);
        if (r <= 0)
                return r;
        ahead = time_map_tick(&map, utc_ms) - tick + LAP_TICKS / 2;
        *ret = ahead > 0 ? ahead / LAP_TICKS : 0;
        return 0;
}

/* Behind a hole in the numbers the counter may have gone around more than once: a pod that was
 * away for seven weeks tells of today before it tells of the time between. Without a hole only an
 * anchor is asked, there are few: the chain in front of it may have been placed by guess. */
static int skip_laps(Ledger *ledger, int64_t pod_id, const Record *record, bool hole, int64_t *tick)
{
        int64_t laps;
        int r;

        if (!hole && record->kind != RECORD_ANCHOR)
                return 0;
        r = laps_by_clock(ledger, pod_id, record, *tick, &laps);
        if (r < 0 || laps == 0)
                return r;
        if (!hole)
                return laps_move_chain(ledger, pod_id, record->epoch, record->seq, laps, tick);
        *tick += laps * LAP_TICKS;
        return 0;
}

/* Kinds whose tick was read. A lost range was noticed perhaps long after those that follow it, a kind
 * we do not know was put beside a neighbour: as neighbours of others they would lead them astray. */
#define TIMED_KINDS "(1, 3, 4, 6, 7, 16, 17, 18, 19, 20, 96)"

/* The nearest known record with a tick at or below the seq. 1, 0: none. */
static int read_before(Ledger *ledger, int64_t pod_id, const Record *record, int64_t *ret_tick,
                       int64_t *ret_seq)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT time_tick, seq FROM record WHERE pod_id = ? AND epoch = ? AND seq "
                          "<= ? AND kind IN " TIMED_KINDS " ORDER BY seq DESC LIMIT 1",
                          "iii", pod_id, (int64_t)record->epoch, (int64_t)record->seq);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0) {
                *ret_tick = column_integer(statement, 0);
                *ret_seq = column_integer(statement, 1);
        }
        return r;
}

int tick_unwrap(Ledger *ledger, int64_t pod_id, bool has_memory, const Record *record,
                int64_t *ret)
{
        int64_t near_tick = 0, near_seq = 0; /* set whenever 1 is answered; gcc cannot see it */
        int r;

        bool timed = record->kind != RECORD_LOST && record_fields(record->kind);

        if (!has_memory) {
                *ret = record->tick;
                return 0;
        }
        r = read_before(ledger, pod_id, record, &near_tick, &near_seq);
        if (r < 0)
                return r;
        if (!timed && r > 0) { /* its tick says nothing we could read: it stands with its neighbour */
                *ret = near_tick;
                return record->kind == RECORD_LOST
                               ? 0
                               : laps_join(ledger, pod_id, record->epoch, record->seq, ret);
        }
        if (r > 0) { /* later seq, later tick: forward on the circle of 2^32 */
                *ret = near_tick + (int64_t)(uint32_t)(record->tick - near_tick);
                /* A stride may begin a little before the record in front of it. */
                if (*ret - near_tick >= LAP_TICKS - BACKWARDS_MAX_TICKS)
                        *ret -= LAP_TICKS;
                r = skip_laps(ledger, pod_id, record, record->seq - near_seq > 1, ret);
                return r < 0 ? r : laps_join(ledger, pod_id, record->epoch, record->seq, ret);
        }
        r = sql_integer(ledger, &near_tick,
                        "SELECT time_tick FROM record WHERE pod_id = ? AND epoch = ? AND seq > ? "
                        "AND kind IN " TIMED_KINDS " ORDER BY seq LIMIT 1",
                        "iii", pod_id, (int64_t)record->epoch, (int64_t)record->seq);
        if (r < 0)
                return r;
        if (r == 0 || !timed) {
                *ret = r > 0 ? near_tick : timed ? record->tick : 0;
                return 0;
        }
        *ret = near_tick - (int64_t)(uint32_t)(near_tick - record->tick);
        if (near_tick - *ret >= LAP_TICKS - BACKWARDS_MAX_TICKS) /* as above, seen from behind */
                *ret += LAP_TICKS;
        return 0;
}
