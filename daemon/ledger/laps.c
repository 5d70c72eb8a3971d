#include "daemon/ledger/laps.h"

#include "daemon/ledger/timebase-update.h"
#include "daemon/ledger/timebase.h"
#include "proto/record.h"

/* Received records without a hole or a lost one between them; what was let go of it is left out. */
typedef struct Chain {
        bool is_cut; /* its beginning was let go: where it lies was settled then */
        int64_t first_seq, last_seq;
        int64_t first_tick, last_tick;
} Chain;

static int tick_at(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t seq, int64_t *ret)
{
        return sql_integer(ledger, ret,
                           "SELECT time_tick FROM record WHERE pod_id = ? AND epoch = ? AND seq = ?",
                           "iii", pod_id, (int64_t)epoch, seq);
}

/* The chain that holds `seq`. 1, 0: it was not received. */
static int chain_find(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t seq, Chain *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT s.first_seq, s.last_seq, lost, kept_seq FROM span s JOIN epoch USING "
                          "(pod_id, epoch) WHERE pod_id = ? AND epoch = ? AND s.first_seq <= ? ORDER BY "
                          "s.first_seq DESC LIMIT 1",
                          "iii", pod_id, (int64_t)epoch, seq);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        *ret = (Chain){.first_seq = column_integer(statement, 0),
                       .last_seq = column_integer(statement, 1)};
        if (ret->last_seq < seq || column_integer(statement, 2) != 0 ||
            ret->last_seq < column_integer(statement, 3))
                return 0;
        if (ret->first_seq < column_integer(statement, 3)) {
                ret->is_cut = true;
                ret->first_seq = column_integer(statement, 3);
        }
        r = tick_at(ledger, pod_id, epoch, ret->first_seq, &ret->first_tick);
        return r <= 0 ? r : tick_at(ledger, pod_id, epoch, ret->last_seq, &ret->last_tick);
}

/* One that counts: an unset clock dates nothing. */
static int has_anchor(Ledger *ledger, int64_t pod_id, uint32_t epoch, const Chain *chain)
{
        int64_t n = 0;
        int r;

        if (chain->is_cut)
                return 1;
        r = sql_integer(ledger, &n,
                        "SELECT count(*) FROM record JOIN anchor USING (pod_id, epoch, time_tick) "
                        "WHERE pod_id = ? AND epoch = ? AND seq BETWEEN ? AND ? AND kind = ? AND "
                        "quality >= ?",
                        "iiiiii", pod_id, (int64_t)epoch, chain->first_seq, chain->last_seq,
                        (int64_t)RECORD_ANCHOR, (int64_t)CLOCK_SET);
        return r < 0 ? r : n > 0;
}

static int mark(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t first_tick, int64_t last_tick)
{
        TimeMap map;
        int r = timebase_of(ledger, pod_id, epoch, &map);

        return r <= 0 ? r
                      : dirty_mark_pod(ledger, pod_id, DIRTY_TIME, time_map_utc_ms(&map, first_tick),
                                       time_map_utc_ms(&map, last_tick));
}

/* Both where it was and where it is must be derived anew. */
static int move(Ledger *ledger, int64_t pod_id, uint32_t epoch, const Chain *chain, int64_t laps)
{
        int64_t ticks = laps * LAP_TICKS;
        int r = sql_run(ledger,
                        "UPDATE record SET time_tick = time_tick + ? WHERE pod_id = ? AND epoch = ? AND "
                        "seq BETWEEN ? AND ?",
                        "iiiii", ticks, pod_id, (int64_t)epoch, chain->first_seq, chain->last_seq);

        if (r >= 0)
                r = mark(ledger, pod_id, epoch, chain->first_tick, chain->last_tick);
        return r < 0 ? r
                     : mark(ledger, pod_id, epoch, chain->first_tick + ticks, chain->last_tick + ticks);
}

int laps_move_chain(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t seq, int64_t laps,
                    int64_t *tick)
{
        Chain chain;
        int r = chain_find(ledger, pod_id, epoch, (int64_t)seq - 1, &chain);

        if (r < 0)
                return r;
        if (r > 0) {
                r = has_anchor(ledger, pod_id, epoch, &chain);
                if (r != 0)
                        return r < 0 ? r : 0;
                r = move(ledger, pod_id, epoch, &chain, laps);
        }
        *tick += laps * LAP_TICKS;
        return r;
}

/* Whole laps by which `later` lies too late behind `tick`; negative: too early. */
static int64_t laps_between(int64_t tick, int64_t later)
{
        int64_t ahead = later - tick + BACKWARDS_MAX_TICKS;

        return ahead >= 0 ? ahead / LAP_TICKS : -((LAP_TICKS - 1 - ahead) / LAP_TICKS);
}

/* Neither moves: which of the two clocks was wrong nobody here can tell. */
static int note_apart(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t laps)
{
        return sql_run(ledger, "UPDATE epoch SET laps_apart = ? WHERE pod_id = ? AND epoch = ?", "iii", laps, pod_id,
                       (int64_t)epoch);
}

int laps_apart(Ledger *ledger, int64_t *ret_epochs, char ret_address[static ADDRESS_SIZE], uint32_t *ret_epoch)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT count(*) OVER (), address, epoch FROM epoch JOIN pod USING (pod_id) WHERE laps_apart IS "
                          "NOT NULL ORDER BY reference_utc_ms DESC LIMIT 1",
                          "");

        if (r >= 0)
                r = sql_step(statement);
        if (r < 0)
                return r;
        *ret_epochs = r > 0 ? column_integer(statement, 0) : 0;
        if (r > 0) {
                column_text(statement, 1, ret_address, ADDRESS_SIZE);
                *ret_epoch = (uint32_t)column_integer(statement, 2);
        }
        return 0;
}

int laps_join(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t seq, int64_t *tick)
{
        Chain above, below;
        int64_t laps;
        int r = chain_find(ledger, pod_id, epoch, (int64_t)seq + 1, &above);

        if (r <= 0)
                return r;
        laps = laps_between(*tick, above.first_tick);
        if (laps == 0)
                return 0;
        r = chain_find(ledger, pod_id, epoch, (int64_t)seq - 1, &below);
        if (r < 0)
                return r;
        if (r == 0) { /* it stands alone, where the record in front of a hole put it */
                *tick += laps * LAP_TICKS;
                return 0;
        }
        r = has_anchor(ledger, pod_id, epoch, &below);
        if (r < 0)
                return r;
        if (r == 0) {
                *tick += laps * LAP_TICKS;
                return move(ledger, pod_id, epoch, &below, laps);
        }
        r = has_anchor(ledger, pod_id, epoch, &above);
        if (r > 0)
                r = note_apart(ledger, pod_id, epoch, laps);
        else if (r == 0)
                r = move(ledger, pod_id, epoch, &above, -laps);
        return r;
}
