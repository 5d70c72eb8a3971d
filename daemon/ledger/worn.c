#include "daemon/ledger/worn.h"

#include "daemon/ledger/timebase-update.h"
#include "daemon/ledger/unwrap.h"

typedef struct Walk {
        WornFunction function;
        WornSpanFunction span; /* NULL: only how long they ran */
        void *userdata;
} Walk;

/* The part of the epoch that lies in from..to; epochs of a pod do not overlap. */
static int add_overlap(const Walk *walk, int64_t begin, int64_t end, WornPod *worn)
{
        int64_t from = begin > worn->from_utc_ms ? begin : worn->from_utc_ms;
        int64_t to = end < worn->to_utc_ms ? end : worn->to_utc_ms;

        if (to < from || (to == from && worn->has_memory))
                return 0; /* of a connection one moment is enough */
        worn->running_ms += to - from;
        return walk->span ? walk->span(worn, from, to, walk->userdata) : 0;
}

/* First and last tick known of an epoch, by records whose tick was read (also those that were let go) and
 * anchors. 1, 0: none. */
static int known_ticks(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t *ret_first,
                       int64_t *ret_last)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        /* one by one, each is a look into an index */
        int r = sql_query(ledger, &statement,
                          "SELECT min(ifnull(r0, a0), ifnull(a0, r0)), max(ifnull(r1, a1), ifnull(a1, "
                          "r1)) FROM (SELECT ifnull((SELECT gone_tick FROM epoch WHERE pod_id = ?1 AND "
                          "epoch = ?2), (SELECT time_tick FROM record WHERE pod_id = ?1 AND "
                          "epoch = ?2 AND kind IN " TIMED_KINDS " ORDER BY time_tick LIMIT 1)) AS r0, "
                          "(SELECT time_tick FROM record WHERE pod_id = ?1 AND epoch = ?2 AND kind IN "
                          TIMED_KINDS " ORDER BY time_tick DESC LIMIT 1) AS r1, (SELECT min(time_tick) FROM "
                          "anchor WHERE pod_id = ?1 AND epoch = ?2) AS a0, (SELECT max(time_tick) FROM anchor WHERE pod_id = ?1 AND "
                          "epoch = ?2) AS a1)",
                          "ii", pod_id, (int64_t)epoch);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        *ret_first = column_integer(statement, 0);
        *ret_last = column_integer(statement, 1);
        return *ret_first != NULL_INTEGER;
}

#define FIT_ERROR_MAX_MS 3600000LL /* more between a report and the next epoch is a clock that was wrong */

typedef struct Epoch {
        uint32_t number;
        int64_t reported_utc_ms; /* it still ran then, or NULL_INTEGER */
        int64_t next_utc_ms;     /* another one had begun then; INT64_MAX: not known */
        int64_t begin_utc_ms;    /* found; NULL_INTEGER: not known */
        int64_t end_utc_ms;
} Epoch;

/* A report is of the last epoch there was: none behind the beginning of the next one can be right. */
static int64_t alive_until(const Epoch *epoch, int64_t last_utc_ms)
{
        int64_t reported = epoch->reported_utc_ms;

        if (reported == NULL_INTEGER || reported <= last_utc_ms)
                return last_utc_ms;
        if (reported <= epoch->next_utc_ms)
                return reported;
        return reported - epoch->next_utc_ms <= FIT_ERROR_MAX_MS && epoch->next_utc_ms > last_utc_ms
                       ? epoch->next_utc_ms
                       : last_utc_ms;
}

static int add_epoch(Ledger *ledger, int64_t pod_id, Epoch *epoch, const Walk *walk, WornPod *worn)
{
        int64_t first = 0, last = 0;
        TimeMap map;
        int r = timebase_of(ledger, pod_id, epoch->number, &map);

        if (r > 0)
                r = known_ticks(ledger, pod_id, epoch->number, &first, &last);
        if (r <= 0)
                return r;
        epoch->begin_utc_ms = time_map_utc_ms(&map, first);
        epoch->end_utc_ms = alive_until(epoch, time_map_utc_ms(&map, last));
        return add_overlap(walk, epoch->begin_utc_ms, epoch->end_utc_ms, worn);
}

/* An epoch's reference lies within it, and epochs of a pod do not overlap: those that reach into
 * from..to have theirs there, or are the nearest before it or behind it. The second nearest are looked
 * at, too, for the sake of one that a wrong clock has dated. */
#define BY_TIME "epoch INDEXED BY epoch_by_time"
#define SECOND(compare, order, none)                                                               \
        "ifnull((SELECT reference_utc_ms FROM " BY_TIME " WHERE pod_id = ?1 AND anchors > 0 AND "         \
        "reference_utc_ms " compare " ORDER BY reference_utc_ms " order " LIMIT 1 OFFSET 1), " none ")"
#define SECOND_BEFORE SECOND("< ?2", "DESC", "-9223372036854775807")
#define SECOND_BEHIND SECOND("> ?3", "ASC", "9223372036854775807")

static int add_epochs(Ledger *ledger, int64_t pod_id, const Walk *walk, WornPod *worn)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT epoch, reported FROM " BY_TIME " WHERE pod_id = ?1 AND anchors > 0 AND "
                          "reference_utc_ms BETWEEN " SECOND_BEFORE " AND " SECOND_BEHIND " UNION SELECT "
                          "max(epoch), reported FROM epoch WHERE pod_id = ?1 ORDER BY epoch DESC",
                          "iii", pod_id, worn->from_utc_ms, worn->to_utc_ms);
        int64_t next_utc_ms = INT64_MAX;
        bool newest = true; /* by number: one without a time is the newest all the same */

        while (r >= 0) {
                Epoch epoch;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                epoch = (Epoch){.number = (uint32_t)column_integer(statement, 0),
                                .reported_utc_ms = column_integer(statement, 1),
                                .next_utc_ms = next_utc_ms,
                                .begin_utc_ms = NULL_INTEGER,
                                .end_utc_ms = NULL_INTEGER};
                if (newest && worn->has_memory)
                        epoch.reported_utc_ms = worn->reported_utc_ms;
                r = add_epoch(ledger, pod_id, &epoch, walk, worn);
                if (r != 0)
                        return r;
                /* Connections are numbered here, one after the other; there may be thousands. */
                if (!worn->has_memory && epoch.end_utc_ms != NULL_INTEGER && epoch.end_utc_ms < worn->from_utc_ms)
                        return 0;
                if (epoch.begin_utc_ms != NULL_INTEGER)
                        next_utc_ms = epoch.begin_utc_ms;
                newest = false;
        }
        return r;
}

static int walk_worn(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                     const Walk *walk)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(
                ledger, &statement,
                "SELECT pod_id, address, has_memory, reported, max(from_utc_ms, ?2), min(?3, "
                "coalesce((SELECT min(from_utc_ms) FROM assignment n WHERE n.pod_id = a.pod_id AND "
                "n.from_utc_ms > a.from_utc_ms), ?3)) FROM assignment a JOIN pod USING (pod_id) WHERE "
                "runner = ?1 AND from_utc_ms < ?3 ORDER BY address, from_utc_ms",
                "sii", runner, from_utc_ms, to_utc_ms);

        while (r >= 0) {
                WornPod worn;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                worn = (WornPod){.has_memory = column_integer(statement, 2) != 0,
                                 .reported_utc_ms = column_integer(statement, 3),
                                 .from_utc_ms = column_integer(statement, 4),
                                 .to_utc_ms = column_integer(statement, 5)};
                column_text(statement, 1, worn.address, sizeof(worn.address));
                if (worn.from_utc_ms >= worn.to_utc_ms)
                        continue;
                if (worn.has_memory || walk->span)
                        r = add_epochs(ledger, column_integer(statement, 0), walk, &worn);
                else
                        r = 0;
                if (r == 0)
                        r = walk->function(&worn, walk->userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int worn_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
              WornFunction function, void *userdata)
{
        const Walk walk = {.function = function, .userdata = userdata};

        return walk_worn(ledger, runner, from_utc_ms, to_utc_ms, &walk);
}

int worn_spans_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                    WornFunction function, WornSpanFunction span, void *userdata)
{
        const Walk walk = {.function = function, .span = span, .userdata = userdata};

        return walk_worn(ledger, runner, from_utc_ms, to_utc_ms, &walk);
}
