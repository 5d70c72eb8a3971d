#include "daemon/ledger/coverage.h"

#include "daemon/ledger/about.h"
#include "proto/stride-service.h"

#include <errno.h>
#include <string.h>

int epoch_touch(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t first, uint32_t last)
{
        return sql_run(ledger,
                       "INSERT INTO epoch (pod_id, epoch, first_seq, last_seq) VALUES (?, ?, ?, ?) ON "
                       "CONFLICT (pod_id, epoch) DO UPDATE SET first_seq = min(first_seq, "
                       "excluded.first_seq), last_seq = max(last_seq, excluded.last_seq) WHERE "
                       "excluded.last_seq > 0",
                       "iiii", pod_id, (int64_t)epoch, (int64_t)first, (int64_t)last);
}

typedef struct Span {
        int64_t first;
        int64_t last;
        int64_t lost;
} Span;

/* The first span that reaches `first` or begins after it. 1, 0: none. */
static int span_from(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t first, Span *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT first_seq, last_seq, lost FROM span WHERE pod_id = ? AND epoch = ? "
                          "AND first_seq >= coalesce((SELECT max(first_seq) FROM span WHERE pod_id = "
                          "?1 AND epoch = ?2 AND first_seq <= ?3), 0) AND last_seq >= ?3 ORDER BY "
                          "first_seq LIMIT 1",
                          "iii", pod_id, (int64_t)epoch, first);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                *ret = (Span){.first = column_integer(statement, 0),
                              .last = column_integer(statement, 1),
                              .lost = column_integer(statement, 2)};
        return r;
}

int span_next(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t seq, int64_t *ret)
{
        Span span;
        int r = span_from(ledger, pod_id, epoch, seq, &span);

        if (r > 0)
                *ret = span.first > seq ? span.first : seq;
        return r;
}

static int span_delete(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t first)
{
        return sql_run(ledger, "DELETE FROM span WHERE pod_id = ? AND epoch = ? AND first_seq = ?",
                       "iii", pod_id, (int64_t)epoch, first);
}

static int span_insert(Ledger *ledger, int64_t pod_id, uint32_t epoch, Span span)
{
        return sql_run(ledger, "INSERT INTO span VALUES (?, ?, ?, ?, ?)", "iiiii", pod_id,
                       (int64_t)epoch, span.first, span.last, span.lost);
}

/* Joins with neighbours of the same sort. */
static int span_join(Ledger *ledger, int64_t pod_id, uint32_t epoch, Span span)
{
        Span other;
        int r;

        if (span.first > 0) {
                r = span_from(ledger, pod_id, epoch, span.first - 1, &other);
                if (r < 0)
                        return r;
                if (r > 0 && other.last == span.first - 1 && other.lost == span.lost) {
                        r = span_delete(ledger, pod_id, epoch, other.first);
                        if (r < 0)
                                return r;
                        span.first = other.first;
                }
        }
        r = span_from(ledger, pod_id, epoch, span.last + 1, &other);
        if (r < 0)
                return r;
        if (r > 0 && other.first == span.last + 1 && other.lost == span.lost) {
                r = span_delete(ledger, pod_id, epoch, other.first);
                if (r < 0)
                        return r;
                span.last = other.last;
        }
        return span_insert(ledger, pod_id, epoch, span);
}

/* Makes room for a received first..last in the lost range that holds part of it. */
static int span_cut(Ledger *ledger, int64_t pod_id, uint32_t epoch, Span lost, int64_t first,
                    int64_t last)
{
        int r = span_delete(ledger, pod_id, epoch, lost.first);

        if (r >= 0 && lost.first < first)
                r = span_insert(ledger, pod_id, epoch, (Span){lost.first, first - 1, 1});
        if (r >= 0 && lost.last > last)
                r = span_insert(ledger, pod_id, epoch, (Span){last + 1, lost.last, 1});
        return r;
}

int span_add(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t first, uint32_t last,
             bool lost)
{
        int64_t at = first;
        int cut = 0;

        while (at <= last) {
                Span there = {0};
                int r = span_from(ledger, pod_id, epoch, at, &there);

                if (r < 0)
                        return r;
                if (r == 0 || there.first > last) {
                        r = span_join(ledger, pod_id, epoch, (Span){at, last, lost});
                        return r < 0 ? r : cut;
                }
                if (!lost && there.lost) {
                        r = span_cut(ledger, pod_id, epoch, there, at, last);
                        if (r < 0)
                                return r;
                        cut = 1;
                        continue;
                }
                if (there.first > at) {
                        r = span_join(ledger, pod_id, epoch, (Span){at, there.first - 1, lost});
                        if (r < 0)
                                return r;
                }
                at = there.last + 1;
        }
        return cut;
}

/* ---- public ---- */

static int pod_id_of(Ledger *ledger, const char *address, int64_t *ret)
{
        int r = sql_integer(ledger, ret, "SELECT pod_id FROM pod WHERE address = ?", "s", address);

        return r == 0 ? -ENOENT : r;
}

/* What a pod has freed by the word of an earlier ledger may be in its memory still: it is asked, and says
 * that it is lost if it is. */
static int first_to_ask(Ledger *ledger, int64_t pod_id, uint32_t epoch, uint32_t *first)
{
        int64_t asks = 0, known = 0;
        int r = about_integer(ledger, ASKS_FROM_START, &asks);

        if (r <= 0 || asks == 0 || *first <= 1)
                return r < 0 ? r : 0;
        r = sql_integer(ledger, &known, "SELECT 1 FROM epoch WHERE pod_id = ? AND epoch = ?", "ii", pod_id,
                        (int64_t)epoch);
        if (r == 0)
                *first = 1;
        return r < 0 ? r : 0;
}

int epoch_learn(Ledger *ledger, const char *address, uint32_t epoch, uint32_t first, uint32_t last)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        uint32_t ask = first;
        int64_t pod_id;
        int r = pod_id_of(ledger, address, &pod_id);

        if (r >= 0)
                r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = first_to_ask(ledger, pod_id, epoch, &ask);
        if (r >= 0)
                r = epoch_touch(ledger, pod_id, epoch, ask, last);
        /* What lies below is durable at the pod, by our word, should its answer have been lost: it
         * takes the next word only from there on. */
        if (r >= 0 && first > 0)
                r = sql_run(ledger,
                            "UPDATE epoch SET durable_seq = max(durable_seq, ?) WHERE pod_id = ? AND "
                            "epoch = ?",
                            "iii", (int64_t)first - 1, pod_id, (int64_t)epoch);
        return r < 0 ? r : transaction_commit(&transaction);
}

int epoch_last(Ledger *ledger, const char *address, uint32_t epoch, uint32_t *ret)
{
        int64_t last = 0;
        int r = sql_integer(ledger, &last,
                            "SELECT last_seq FROM epoch JOIN pod USING (pod_id) WHERE address = ? AND epoch = ?",
                            "si", address, (int64_t)epoch);

        *ret = (uint32_t)last;
        return r;
}

int epoch_asked_again(Ledger *ledger, const char *address, uint32_t epoch)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE epoch SET asked_again = asked_again + 1 WHERE epoch = ? AND "
                            "pod_id = (SELECT pod_id FROM pod WHERE address = ?)",
                            "is", (int64_t)epoch, address);
        return r < 0 ? r : transaction_commit(&transaction);
}

static int missing_of(Ledger *ledger, int64_t pod_id, uint32_t epoch, int64_t first, int64_t last,
                      SeqRange *ret, size_t max, int64_t *ret_total)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t at = first;
        size_t n = 0;
        int r = sql_query(ledger, &statement,
                          "SELECT first_seq, last_seq FROM span WHERE pod_id = ? AND epoch = ? ORDER "
                          "BY first_seq",
                          "ii", pod_id, (int64_t)epoch);

        *ret_total = 0;
        while (r >= 0 && at <= last) {
                int64_t end = last + 1, next = last + 1;

                r = sql_step(statement);
                if (r < 0)
                        return r;
                if (r > 0) {
                        end = column_integer(statement, 0);
                        next = column_integer(statement, 1) + 1;
                }
                end = end > last + 1 ? last + 1 : end;
                if (at < end) {
                        *ret_total += end - at;
                        if (n < max)
                                ret[n++] = (SeqRange){(uint32_t)at, (uint32_t)(end - 1)};
                }
                at = next > at ? next : at;
                if (r == 0)
                        break;
        }
        return r < 0 ? r : (int)n;
}

static int missing_from(Ledger *ledger, const char *address, uint32_t epoch, int64_t from,
                        SeqRange *ret, size_t max)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t total;
        int r = sql_query(ledger, &statement,
                          "SELECT pod_id, max(first_seq, ?3), last_seq FROM epoch JOIN pod USING "
                          "(pod_id) WHERE address = ?1 AND epoch = ?2",
                          "sii", address, (int64_t)epoch, from);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        return missing_of(ledger, column_integer(statement, 0), epoch,
                          column_integer(statement, 1), column_integer(statement, 2), ret, max,
                          &total);
}

int epoch_missing(Ledger *ledger, const char *address, uint32_t epoch, SeqRange *ret, size_t max)
{
        return missing_from(ledger, address, epoch, 0, ret, max);
}

int epoch_next_hole(Ledger *ledger, const char *address, uint32_t epoch, int64_t from,
                    SeqRange *ret)
{
        return missing_from(ledger, address, epoch, from, ret, 1);
}

static int read_coverage(Ledger *ledger, Statement *statement, EpochCoverage *ret)
{
        int64_t pod_id = column_integer(statement, 0);
        int r;

        *ret = (EpochCoverage){
                .epoch = (uint32_t)column_integer(statement, 1),
                .first = (uint32_t)column_integer(statement, 2),
                .last = (uint32_t)column_integer(statement, 3),
                .asked_again = column_integer(statement, 4),
                .durable = (uint32_t)column_integer(statement, 5),
                .received = column_integer(statement, 6),
                .lost = column_integer(statement, 7),
        };
        r = missing_of(ledger, pod_id, ret->epoch, ret->first, ret->last, ret->holes,
                       ARRAY_SIZE(ret->holes), &ret->missing);
        if (r < 0)
                return r;
        ret->n_holes = (size_t)r;
        return 0;
}

int epoch_each(Ledger *ledger, const char *address, EpochFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(
                ledger, &statement,
                "SELECT e.pod_id, e.epoch, e.first_seq, e.last_seq, asked_again, durable_seq, "
                "coalesce((SELECT sum(last_seq - first_seq + 1) FROM span s WHERE s.pod_id = e.pod_id "
                "AND s.epoch = e.epoch AND lost = 0), 0), coalesce((SELECT sum(last_seq - first_seq + "
                "1) FROM span s WHERE s.pod_id = e.pod_id AND s.epoch = e.epoch AND lost = 1), 0) FROM "
                "epoch e JOIN pod p ON p.pod_id = e.pod_id WHERE address = ? ORDER BY e.epoch",
                "s", address);

        while (r >= 0) {
                EpochCoverage coverage;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                r = read_coverage(ledger, statement, &coverage);
                if (r < 0)
                        return r;
                r = function(&coverage, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

int durable_told(Ledger *ledger, const char *address, uint32_t epoch, uint32_t last)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE epoch SET durable_seq = ?1 WHERE epoch = ?2 AND durable_seq < ?1 "
                            "AND pod_id = (SELECT pod_id FROM pod WHERE address = ?3)",
                            "iis", (int64_t)last, (int64_t)epoch, address);
        return r < 0 ? r : transaction_commit(&transaction);
}

/* CRC over the records first..last, in order. */
static int checksum(Ledger *ledger, int64_t pod_id, uint32_t epoch, SeqRange range, uint32_t *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = sql_query(ledger, &statement,
                          "SELECT seq, kind, body FROM record WHERE pod_id = ? AND epoch = ? AND seq "
                          "BETWEEN ? AND ? ORDER BY seq",
                          "iiii", pod_id, (int64_t)epoch, (int64_t)range.first, (int64_t)range.last);

        *ret = 0;
        while (r >= 0) {
                Record record = {0};

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                record.seq = (uint32_t)column_integer(statement, 0);
                record.kind = (int)column_integer(statement, 1);
                record.body_size = (size_t)sqlite3_column_bytes(statement->stmt, 2);
                if (record.body_size > sizeof(record.body))
                        return -EUCLEAN;
                if (record.body_size > 0)
                        memcpy(record.body, sqlite3_column_blob(statement->stmt, 2),
                               record.body_size);
                *ret = stride_crc32(*ret, &record);
        }
        return r;
}

int durable_next(Ledger *ledger, const char *address, uint32_t epoch, uint32_t max, SeqRange *ret,
                 uint32_t *ret_crc32)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int64_t pod_id, first, last = 0, at;
        Span span;
        int r = sql_query(ledger, &statement,
                          "SELECT pod_id, max(first_seq, durable_seq + 1) FROM epoch JOIN pod USING "
                          "(pod_id) WHERE address = ? AND epoch = ?",
                          "si", address, (int64_t)epoch);

        if (r >= 0)
                r = sql_step(statement);
        if (r <= 0)
                return r;
        pod_id = column_integer(statement, 0);
        first = at = column_integer(statement, 1);
        /* Received and lost spans side by side close the range; a hole ends it. */
        for (;;) {
                r = span_from(ledger, pod_id, epoch, at, &span);
                if (r < 0)
                        return r;
                if (r == 0 || span.first > at)
                        break;
                last = span.last;
                at = last + 1;
                if (last - first + 1 >= max)
                        break;
        }
        if (last == 0)
                return 0;
        if (span.lost == 0 && last - first + 1 > max)
                last = first + max - 1;
        *ret = (SeqRange){(uint32_t)first, (uint32_t)last};
        r = checksum(ledger, pod_id, epoch, *ret, ret_crc32);
        return r < 0 ? r : 1;
}
