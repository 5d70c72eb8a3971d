#include "daemon/ledger/retention.h"

#include "daemon/ledger/about.h"
#include "daemon/ledger/laps.h"
#include "daemon/ledger/lost-mark.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/timebase-update.h"
#include "daemon/ledger/unwrap.h"

/* Longer than any pause within a session: nothing of a run is nearer to where we cut. */
#define AWAY_FROM_RUNS_MS (3600 * 1000LL)

int retention_kept_since(Ledger *ledger, int64_t *ret)
{
        return about_integer(ledger, KEPT_SINCE, ret);
}

/* Moves *cut back until no run is near it. */
static int keep_off_runs(Ledger *ledger, int64_t *cut)
{
        for (;;) {
                int64_t start = NULL_INTEGER;
                int r = sql_integer(ledger, &start,
                                    "SELECT min(start) FROM run WHERE newest = 1 AND state = 'current' "
                                    "AND start <= ? AND \"end\" >= ?",
                                    "ii", *cut + AWAY_FROM_RUNS_MS, *cut - AWAY_FROM_RUNS_MS);

                if (r < 0 || start == NULL_INTEGER)
                        return r < 0 ? r : 0;
                *cut = start - AWAY_FROM_RUNS_MS - 1;
        }
}

int retention_begin(Ledger *ledger, int64_t before_utc_ms, Retention *ret)
{
        int64_t before = INT64_MIN, dirty = NULL_INTEGER, cut = before_utc_ms;
        int r = keep_off_runs(ledger, &cut);

        if (r >= 0)
                r = retention_kept_since(ledger, &before);
        if (r >= 0)
                r = sql_integer(ledger, &dirty, "SELECT min(from_utc_ms) FROM dirty", "");
        if (r < 0)
                return r;
        cut = cut < before ? before : cut;
        *ret = (Retention){.kept_since_ms = cut, .cut_utc_ms = cut, .pod_id = -1, .epoch = -1};
        if (dirty != NULL_INTEGER && dirty - AWAY_FROM_RUNS_MS < cut)
                ret->cut_utc_ms = dirty - AWAY_FROM_RUNS_MS;
        return 0;
}

/* ---- one epoch ---- */

typedef struct Epoch {
        int64_t pod_id;
        int64_t epoch;
        char address[ADDRESS_SIZE];
        int64_t kept_seq; /* below it all was let go */
        int64_t durable_seq;
        bool has_memory;
} Epoch;

static int next_epoch(Ledger *ledger, const Retention *retention, Epoch *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT e.pod_id, epoch, address, kept_seq, durable_seq, has_memory FROM epoch "
                          "e JOIN pod p ON p.pod_id = e.pod_id WHERE anchors > 0 AND (e.pod_id, epoch) > "
                          "(?, ?) ORDER BY e.pod_id, epoch LIMIT 1",
                          "ii", retention->pod_id, retention->epoch);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        *ret = (Epoch){.pod_id = column_integer(statement, 0),
                       .epoch = column_integer(statement, 1),
                       .kept_seq = column_integer(statement, 3),
                       .durable_seq = column_integer(statement, 4),
                       .has_memory = column_integer(statement, 5) != 0};
        column_text(statement, 2, ret->address, sizeof(ret->address));
        return 1;
}

/* The lowest number that is not older than `tick`; INT64_MAX: all are. Time goes with the numbers, but
 * for a stride that began a little before the record in front of it. */
static int first_young(Ledger *ledger, const Epoch *epoch, int64_t tick, int64_t *ret)
{
        int64_t earliest = NULL_INTEGER;
        int r = sql_integer(ledger, &earliest,
                            "SELECT min(time_tick) FROM record WHERE pod_id = ? AND epoch = ? AND "
                            "time_tick >= ?",
                            "iii", epoch->pod_id, epoch->epoch, tick);

        *ret = INT64_MAX;
        if (r < 0 || earliest == NULL_INTEGER)
                return r < 0 ? r : 0;
        return sql_integer(ledger, ret,
                           "SELECT min(seq) FROM record WHERE pod_id = ? AND epoch = ? AND time_tick "
                           "BETWEEN ? AND ?",
                           "iiii", epoch->pod_id, epoch->epoch, earliest,
                           earliest + BACKWARDS_MAX_TICKS);
}

/* The highest number that may be the new boundary. */
static int highest_old(Ledger *ledger, const Epoch *epoch, int64_t cut_utc_ms, int64_t *ret)
{
        TimeMap map;
        SeqRange hole;
        int64_t young;
        int r = timebase_of(ledger, epoch->pod_id, (uint32_t)epoch->epoch, &map);

        *ret = 0;
        if (r <= 0)
                return r;
        r = first_young(ledger, epoch, time_map_tick(&map, cut_utc_ms), &young);
        if (r < 0)
                return r;
        *ret = young - 1;
        if (epoch->has_memory && epoch->durable_seq < *ret)
                *ret = epoch->durable_seq;
        r = epoch_next_hole(ledger, epoch->address, (uint32_t)epoch->epoch, 0, &hole);
        if (r > 0 && (int64_t)hole.first - 1 < *ret)
                *ret = (int64_t)hole.first - 1;
        return r < 0 ? r : 0;
}

/* The highest one at or below `seq` whose tick says something; 0: none. */
static int neighbour_at(Ledger *ledger, const Epoch *epoch, int64_t seq, int64_t *ret)
{
        int r = sql_integer(ledger, ret,
                            "SELECT ifnull(max(seq), 0) FROM record WHERE pod_id = ? AND epoch = ? AND "
                            "seq <= ? AND kind IN " TIMED_KINDS,
                            "iii", epoch->pod_id, epoch->epoch, seq);

        return r < 0 ? r : 0;
}

/* The boundary of this slice: not more than about `max` records below it. */
static int choose_boundary(Ledger *ledger, const Epoch *epoch, int64_t highest, size_t max, int64_t *ret)
{
        int64_t at = highest, near = 0;
        int r = sql_integer(ledger, &at,
                            "SELECT seq FROM record WHERE pod_id = ? AND epoch = ? AND seq < ? ORDER BY "
                            "seq LIMIT 1 OFFSET ?",
                            "iiii", epoch->pod_id, epoch->epoch, highest, (int64_t)max);

        if (r >= 0)
                r = neighbour_at(ledger, epoch, at, &near);
        if (r >= 0 && near <= epoch->kept_seq && at < highest) /* so many unknown ones in a row */
                r = neighbour_at(ledger, epoch, highest, &near);
        *ret = near;
        return r < 0 ? r : 0;
}

static int let_go(Ledger *ledger, const Epoch *epoch, int64_t boundary, Retention *retention)
{
        int64_t total = 0;
        int r = lost_keep_bounds(ledger, epoch->pod_id, (uint32_t)epoch->epoch, boundary);

        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE epoch SET kept_seq = ?3, gone_tick = min(ifnull(gone_tick, ?4), (SELECT "
                            "min(time_tick) FROM record r WHERE r.pod_id = ?1 AND r.epoch = ?2)) WHERE pod_id "
                            "= ?1 AND epoch = ?2",
                            "iiii", epoch->pod_id, epoch->epoch, boundary, INT64_MAX);

        if (r >= 0)
                r = sql_run(ledger, "DELETE FROM unreadable WHERE pod_id = ? AND epoch = ? AND seq < ?",
                            "iii", epoch->pod_id, epoch->epoch, boundary);
        if (r >= 0)
                r = sql_run(ledger, "DELETE FROM record WHERE pod_id = ? AND epoch = ? AND seq < ?", "iii",
                            epoch->pod_id, epoch->epoch, boundary);
        if (r < 0)
                return r;
        retention->let_go += sqlite3_changes(ledger->db);
        r = about_integer(ledger, LET_GO, &total);
        if (r >= 0)
                r = about_set_integer(ledger, LET_GO, total + sqlite3_changes(ledger->db));
        if (r >= 0)
                r = about_set_integer(ledger, KEPT_SINCE, retention->kept_since_ms);
        return r;
}

/* 1: something of it went, and there may be more; 0: nothing more may go. */
static int slice_epoch(Ledger *ledger, const Epoch *epoch, Retention *retention, size_t max)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int64_t highest, boundary = 0;
        int r = highest_old(ledger, epoch, retention->cut_utc_ms, &highest);

        if (r < 0 || highest <= epoch->kept_seq)
                return r;
        r = choose_boundary(ledger, epoch, highest, max, &boundary);
        if (r < 0 || boundary <= epoch->kept_seq)
                return r;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = let_go(ledger, epoch, boundary, retention);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

int retention_slice(Ledger *ledger, Retention *retention, size_t max)
{
        Epoch epoch;
        int r = next_epoch(ledger, retention, &epoch);

        if (r <= 0)
                return r;
        r = slice_epoch(ledger, &epoch, retention, max);
        if (r == 0) {
                retention->pod_id = epoch.pod_id;
                retention->epoch = epoch.epoch;
        }
        return r < 0 ? r : 1;
}
