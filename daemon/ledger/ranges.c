/* What became of every record of an epoch: the coverage of records.h, complete. */
#include "daemon/ledger/records.h"

#include "daemon/ledger/lost-mark.h"
#include "daemon/ledger/sql.h"

#include <string.h>

const char *range_state_name(RangeState state)
{
        static const char *const names[] = {
                [RANGE_RECEIVED] = "received", [RANGE_LOST] = "lost", [RANGE_MISSING] = "missing"};

        return names[state];
}

typedef struct Walk {
        Ledger *ledger;
        int64_t pod_id;
        uint32_t epoch;
        int64_t last;
        RangeFunction function;
        void *userdata;
} Walk;

static int tell(const Walk *walk, int64_t first, int64_t last, RangeState state, const char *reason)
{
        EpochRange range = {.seq = {(uint32_t)first, (uint32_t)last}, .state = state, .reason = reason};

        return walk->function(&range, walk->userdata);
}

/* The pod's own word about `seq`: the nearest LOST record that reaches it, and how far its reason
 * holds. One that came in time at its first number has its place, and is told by the one before. */
static int reason_of(const Walk *walk, int64_t seq, int64_t last, const char **ret_reason, int64_t *ret_last)
{
        Record record;
        int64_t next = NULL_INTEGER;
        int r = sql_integer(walk->ledger, &next,
                            "SELECT min(seq) FROM record WHERE pod_id = ? AND epoch = ? AND kind = ? AND seq > ?",
                            "iiii", walk->pod_id, (int64_t)walk->epoch, (int64_t)RECORD_LOST, seq);

        *ret_reason = lost_reason_name(0);
        *ret_last = next != NULL_INTEGER && next <= last ? next - 1 : last;
        if (r >= 0)
                r = lost_record_at(walk->ledger, walk->pod_id, walk->epoch, seq, &record);
        if (r <= 0)
                return r;
        if (record.lost.last_seq < seq)
                return 0; /* it reaches not so far: grown later, and not told again */
        *ret_reason = lost_reason_name(record.lost.reason);
        *ret_last = record.lost.last_seq < *ret_last ? record.lost.last_seq : *ret_last;
        return 0;
}

static int tell_lost(const Walk *walk, int64_t first, int64_t last)
{
        while (first <= last) {
                const char *reason;
                int64_t end;
                int r = reason_of(walk, first, last, &reason, &end);

                if (r >= 0)
                        r = tell(walk, first, end, RANGE_LOST, reason);
                if (r != 0)
                        return r;
                first = end + 1;
        }
        return 0;
}

static int walk_spans(const Walk *walk, int64_t at)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(walk->ledger, &statement,
                          "SELECT first_seq, last_seq, lost FROM span WHERE pod_id = ? AND epoch = ? AND "
                          "last_seq >= ? ORDER BY first_seq",
                          "iii", walk->pod_id, (int64_t)walk->epoch, at);

        while (r >= 0) {
                int64_t first, last;

                r = sql_step(statement);
                if (r < 0)
                        return r;
                first = r > 0 ? column_integer(statement, 0) : walk->last + 1;
                last = r > 0 ? column_integer(statement, 1) : walk->last;
                if (at < first && at <= walk->last) {
                        int told = tell(walk, at, first - 1 < walk->last ? first - 1 : walk->last,
                                        RANGE_MISSING, "");

                        if (told != 0)
                                return told;
                }
                if (r == 0)
                        return 0;
                r = column_integer(statement, 2) ? tell_lost(walk, first, last)
                                                 : tell(walk, first, last, RANGE_RECEIVED, "");
                if (r != 0)
                        return r;
                at = last + 1;
        }
        return r;
}

int epoch_ranges(Ledger *ledger, const char *address, uint32_t epoch, RangeFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        Walk walk = {.ledger = ledger, .epoch = epoch, .function = function, .userdata = userdata};
        int r = sql_query(ledger, &statement,
                          "SELECT pod_id, first_seq, last_seq FROM epoch JOIN pod USING (pod_id) WHERE "
                          "address = ? AND epoch = ?",
                          "si", address, (int64_t)epoch);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        walk.pod_id = column_integer(statement, 0);
        walk.last = column_integer(statement, 2);
        return walk_spans(&walk, column_integer(statement, 1));
}
