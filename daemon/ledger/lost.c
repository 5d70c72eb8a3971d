#include "daemon/ledger/lost.h"

#include "base/calendar.h"
#include "daemon/ledger/dirty.h"
#include "daemon/ledger/lost-mark.h"
#include "daemon/ledger/timebase-update.h"
#include "daemon/ledger/unwrap.h"
#include "proto/clinic-records.h"

#include <string.h>

#define LOOKED_BACK_DAYS (27 * 7) /* so much later weeks still see a day (derive-history.h) */
#define LATEST_MS        4102444800000LL /* 2100: "for ever" as a week */

/* ---- between what a range lies ---- */

/* A side of a number: what is nearest of it, by seq. */
typedef struct Side {
        const char *record; /* the tick of the nearest record whose tick was read */
        const char *gone;   /* that tick, if it was kept when records were let go */
        const char *epoch;  /* the nearest epoch whose time is known */
        int64_t every;      /* a number that has all others of an epoch on that side */
        int64_t open_utc_ms;
} Side;

#define TICK_OF(compare, order)                                                                    \
        "SELECT time_tick FROM record WHERE pod_id = ?1 AND epoch = ?2 AND seq " compare " ?3 AND kind IN " \
        TIMED_KINDS " ORDER BY seq " order " LIMIT 1"

static const Side before = {
        .record = TICK_OF("<", "DESC"),
        .gone = "SELECT from_tick FROM lost_bound WHERE pod_id = ?1 AND epoch = ?2 AND first_seq = ?3",
        .epoch = "SELECT max(epoch) FROM epoch WHERE pod_id = ?1 AND epoch < ?2 AND anchors > 0",
        .every = INT64_MAX,
        .open_utc_ms = LOST_SINCE_EVER,
};

static const Side behind = {
        .record = TICK_OF(">", "ASC"),
        .gone = "SELECT to_tick FROM lost_bound WHERE pod_id = ?1 AND epoch = ?2 AND last_seq = ?3",
        .epoch = "SELECT min(epoch) FROM epoch WHERE pod_id = ?1 AND epoch > ?2 AND anchors > 0",
        .every = -1,
        .open_utc_ms = LOST_UNTIL_NOW,
};

/* 1: filled; 0: the epoch tells nothing. */
static int known_at(Ledger *ledger, const Side *side, int64_t pod_id, int64_t epoch, int64_t seq, int64_t *ret_utc_ms)
{
        int64_t tick = NULL_INTEGER;
        TimeMap map;
        int r = timebase_of(ledger, pod_id, (uint32_t)epoch, &map);

        if (r <= 0)
                return r;
        r = sql_integer(ledger, &tick, side->gone, "iii", pod_id, epoch, seq);
        if (r >= 0 && tick == NULL_INTEGER)
                r = sql_integer(ledger, &tick, side->record, "iii", pod_id, epoch, seq);
        if (r < 0 || tick == NULL_INTEGER)
                return r < 0 ? r : 0;
        *ret_utc_ms = time_map_utc_ms(&map, tick);
        return 1;
}

static int bound(Ledger *ledger, const Side *side, int64_t pod_id, int64_t epoch, int64_t seq, int64_t *ret_utc_ms)
{
        int r = known_at(ledger, side, pod_id, epoch, seq, ret_utc_ms);

        while (r == 0) {
                int64_t next = NULL_INTEGER;

                r = sql_integer(ledger, &next, side->epoch, "ii", pod_id, epoch);
                if (r < 0)
                        return r;
                if (next == NULL_INTEGER) {
                        *ret_utc_ms = side->open_utc_ms;
                        return 0;
                }
                epoch = next;
                r = known_at(ledger, side, pod_id, epoch, side->every, ret_utc_ms);
        }
        return r < 0 ? r : 0;
}

static int bounds(Ledger *ledger, int64_t pod_id, int64_t epoch, int64_t first, int64_t last, int64_t *ret_from,
                  int64_t *ret_to)
{
        int r = bound(ledger, &before, pod_id, epoch, first, ret_from);

        if (r >= 0)
                r = bound(ledger, &behind, pod_id, epoch, last, ret_to);
        if (r >= 0 && *ret_from > *ret_to) { /* one of them by a clock that was wrong: it may be anywhere */
                *ret_from = LOST_SINCE_EVER;
                *ret_to = LOST_UNTIL_NOW;
        }
        return r;
}

/* ---- whose it is ---- */

typedef struct Walk {
        Ledger *ledger;
        const char *runner;
        int64_t from_utc_ms;
        int64_t to_utc_ms;
        LostFunction function;
        void *userdata;
} Walk;

/* Cuts the range to the time in which its pod was the runner's. 1; 0: it was not. */
static int cut_to_runner(const Walk *walk, int64_t pod_id, LostRange *lost)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t from_utc_ms = INT64_MAX, to_utc_ms = INT64_MIN;
        int r = sql_query(walk->ledger, &statement,
                          "SELECT from_utc_ms, coalesce((SELECT min(from_utc_ms) FROM assignment n WHERE n.pod_id = "
                          "a.pod_id AND n.from_utc_ms > a.from_utc_ms), ?3), placement FROM assignment a WHERE pod_id "
                          "= ?1 AND runner = ?2 ORDER BY from_utc_ms",
                          "isi", pod_id, walk->runner, LOST_UNTIL_NOW);

        while (r >= 0) {
                int64_t from, to;

                r = sql_step(statement);
                if (r <= 0)
                        break;
                from = column_integer(statement, 0);
                to = column_integer(statement, 1);
                if (from > lost->to_utc_ms || to < lost->from_utc_ms)
                        continue;
                from_utc_ms = from < from_utc_ms ? from : from_utc_ms;
                to_utc_ms = to;
                lost->placement = (Placement)column_integer(statement, 2);
        }
        if (r < 0 || from_utc_ms > to_utc_ms)
                return r < 0 ? r : 0;
        lost->from_utc_ms = lost->from_utc_ms > from_utc_ms ? lost->from_utc_ms : from_utc_ms;
        lost->to_utc_ms = lost->to_utc_ms < to_utc_ms ? lost->to_utc_ms : to_utc_ms;
        return lost->from_utc_ms < walk->to_utc_ms && lost->to_utc_ms >= walk->from_utc_ms;
}

int lost_record_at(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t seq, Record *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT body FROM record WHERE pod_id = ? AND epoch = ? AND kind = ? AND seq <= ? ORDER BY "
                          "seq DESC LIMIT 1",
                          "iiii", pod_id, (int64_t)epoch, (int64_t)RECORD_LOST, seq);

        *ret = (Record){.kind = RECORD_LOST, .epoch = epoch};
        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        ret->body_size = (size_t)sqlite3_column_bytes(statement->stmt, 0);
        if (ret->body_size == 0 || ret->body_size > sizeof(ret->body))
                return 0;
        memcpy(ret->body, sqlite3_column_blob(statement->stmt, 0), ret->body_size);
        return record_decode(ret) == 0;
}

/* As the newest word about it says; what was let go had one, too. */
static int reason_of(Ledger *ledger, int64_t pod_id, int64_t epoch, int64_t first, int64_t last, const char **ret)
{
        Record record;
        int64_t kept = NULL_INTEGER;
        int r = sql_integer(ledger, &kept,
                            "SELECT reason FROM lost_bound WHERE pod_id = ? AND epoch = ? AND first_seq BETWEEN ? AND ? "
                            "ORDER BY first_seq DESC LIMIT 1",
                            "iiii", pod_id, epoch, first, last);

        *ret = lost_reason_name(kept == NULL_INTEGER ? 0 : kept);
        if (r >= 0)
                r = lost_record_at(ledger, pod_id, (uint32_t)epoch, last, &record);
        if (r > 0 && record.lost.last_seq >= first)
                *ret = lost_reason_name(record.lost.reason);
        return r < 0 ? r : 0;
}

/* ---- the walk ---- */

typedef struct Found {
        int64_t epoch, first, last;
        int64_t records;
        bool has_no_time;
} Found;

static int tell(const Walk *walk, int64_t pod_id, const char *address, const Found *found)
{
        LostRange lost = {.epoch = (uint32_t)found->epoch, .records = found->records, .reason = LOST_NO_TIME};
        int r = bounds(walk->ledger, pod_id, found->epoch, found->first, found->last, &lost.from_utc_ms,
                       &lost.to_utc_ms);

        if (r >= 0)
                r = cut_to_runner(walk, pod_id, &lost);
        if (r > 0 && !found->has_no_time) {
                r = reason_of(walk->ledger, pod_id, found->epoch, found->first, found->last, &lost.reason);
                r = r < 0 ? r : 1;
        }
        if (r <= 0)
                return r;
        (void)text_copy(lost.address, sizeof(lost.address), address);
        return walk->function(&lost, walk->userdata);
}

static int walk_pod(const Walk *walk, int64_t pod_id, const char *address)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(walk->ledger, &statement,
                          "SELECT epoch, first_seq, last_seq, last_seq - first_seq + 1, 0 FROM span WHERE pod_id = ?1 "
                          "AND lost = 1 UNION ALL SELECT epoch, first_seq, last_seq, (SELECT count(*) FROM record r "
                          "WHERE r.pod_id = ?1 AND r.epoch = e.epoch AND kind IN " ACTIVITY_KINDS "), 1 FROM epoch e "
                          "WHERE pod_id = ?1 AND anchors = 0 AND EXISTS (SELECT 1 FROM record r WHERE r.pod_id = ?1 AND "
                          "r.epoch = e.epoch AND kind IN " ACTIVITY_KINDS ") ORDER BY 1, 2",
                          "i", pod_id);

        while (r >= 0) {
                Found found;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                found = (Found){.epoch = column_integer(statement, 0),
                                .first = column_integer(statement, 1),
                                .last = column_integer(statement, 2),
                                .records = column_integer(statement, 3),
                                .has_no_time = column_integer(statement, 4) != 0};
                r = tell(walk, pod_id, address, &found);
                if (r != 0)
                        return r;
        }
        return r;
}

int lost_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms, LostFunction function,
              void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        const Walk walk = {.ledger = ledger,
                           .runner = runner,
                           .from_utc_ms = from_utc_ms,
                           .to_utc_ms = to_utc_ms,
                           .function = function,
                           .userdata = userdata};
        int r = sql_query(ledger, &statement,
                          "SELECT DISTINCT pod_id, address FROM assignment JOIN pod USING (pod_id) WHERE runner = ? AND "
                          "from_utc_ms < ? ORDER BY address",
                          "si", runner, to_utc_ms);

        while (r >= 0) {
                char address[ADDRESS_SIZE];

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                column_text(statement, 1, address, sizeof(address));
                r = walk_pod(&walk, column_integer(statement, 0), address);
                if (r != 0)
                        return r;
        }
        return r;
}

/* ---- what follows ---- */

static void week_of(int64_t utc_ms, int days, char ret[static 12])
{
        utc_ms = utc_ms < EARLIEST_MS ? EARLIEST_MS : utc_ms > LATEST_MS ? LATEST_MS : utc_ms;
        iso_week_format(iso_week_of_day((int32_t)(utc_ms / DAY_MS) + days), ret);
}

int lost_mark(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t first, int64_t last)
{
        int64_t from_utc_ms = 0, to_utc_ms = 0;
        char from[12], to[12];
        int r = bounds(ledger, pod_id, epoch, first, last, &from_utc_ms, &to_utc_ms);

        if (r < 0)
                return r;
        week_of(from_utc_ms, -1, from); /* in any zone */
        week_of(to_utc_ms, 1 + LOOKED_BACK_DAYS, to);
        ledger_touch(ledger, LEDGER_DIRTY);
        return sql_run(ledger,
                       "INSERT INTO due_week (runner, week, why) SELECT runner, week, ? FROM week WHERE newest = 1 AND "
                       "runner IN (SELECT runner FROM assignment WHERE pod_id = ?) AND week BETWEEN ? AND ? ON CONFLICT "
                       "(runner, week) DO UPDATE SET why = why | excluded.why, failures = 0, aside = 0",
                       "iiss", (int64_t)DIRTY_LOST, pod_id, from, to);
}

int lost_mark_epoch(Ledger *ledger, int64_t pod_id, uint32_t epoch)
{
        int64_t any = 0;
        int r = sql_integer(ledger, &any, "SELECT 1 FROM span WHERE pod_id = ? AND epoch = ? AND lost = 1 LIMIT 1",
                            "ii", pod_id, (int64_t)epoch);

        if (r <= 0)
                return r;
        return lost_mark(ledger, pod_id, epoch, 0, INT64_MAX);
}

int lost_keep_bounds(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t seq)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT first_seq, last_seq, (SELECT time_tick FROM record r WHERE r.pod_id = ?1 AND r.epoch = "
                          "?2 AND r.seq < s.first_seq AND kind IN " TIMED_KINDS " ORDER BY seq DESC LIMIT 1), (SELECT "
                          "time_tick FROM record r WHERE r.pod_id = ?1 AND r.epoch = ?2 AND r.seq > s.last_seq AND kind "
                          "IN " TIMED_KINDS " ORDER BY seq LIMIT 1) FROM span s WHERE pod_id = ?1 AND epoch = ?2 AND "
                          "lost = 1 AND first_seq <= ?3 AND NOT EXISTS (SELECT 1 FROM lost_bound b WHERE b.pod_id = ?1 "
                          "AND b.epoch = ?2 AND b.first_seq = s.first_seq)",
                          "iii", pod_id, (int64_t)epoch, seq);

        while (r >= 0) {
                int64_t first, last, reason = 0;
                const char *name;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                first = column_integer(statement, 0);
                last = column_integer(statement, 1);
                r = reason_of(ledger, pod_id, epoch, first, last, &name);
                for (int64_t i = LOST_OVERWRITTEN; i <= LOST_ERASED; i++)
                        reason = strcmp(lost_reason_name(i), name) == 0 ? i : reason;
                if (r >= 0)
                        r = sql_run(ledger, "INSERT OR IGNORE INTO lost_bound VALUES (?, ?, ?, ?, ?, ?, ?)", "iiiiiii",
                                    pod_id, (int64_t)epoch, first, last, column_integer(statement, 2),
                                    column_integer(statement, 3), reason);
        }
        return r;
}
