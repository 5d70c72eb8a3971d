/* The short way of a batch's records leads where the long way leads: stored together or one by one,
 * the ledger holds the same. */
#include "tests/unit/ledger/fixture.h"

#include "daemon/ledger/sql.h"
#include "daemon/measure/splitmix.h"

#include <time.h>

#define SEQS   60
#define EPOCHS 3
#define BATCH  40

static SplitMix random_state;

static uint32_t random_below(uint32_t n)
{
        return (uint32_t)(splitmix_next(&random_state) % n);
}

#define PAUSE_TICKS 5153960755LL /* 58 days: more than a lap of the counter */

/* Always the same for a number, but for a contradiction now and then; ticks go around, and the pod
 * lay in a drawer before every 20th number: what comes behind is placed by guess until an anchor says
 * better. */
static Record record_of(uint32_t epoch, uint32_t seq)
{
        int64_t ticks = seq * 1700LL + seq / 20 * PAUSE_TICKS;
        uint32_t tick = 0xFFFFC000u + (uint32_t)ticks;
        Record record = stride(epoch, seq, tick);

        if (seq % 17 == 3) {
                record = anchor(epoch, seq, tick, NOW_MS + (int64_t)epoch * HOUR_MS + ticks * 1000 / TICK_HZ,
                                CLOCK_SYNCHRONISED);
        } else if (seq % 23 == 5) {
                record.kind = RECORD_LOST;
                record.lost = (Lost){.last_seq = seq + seq % 4, .reason = LOST_OVERWRITTEN};
                record = encoded(record);
        } else if (seq % 11 == 7) {
                record.kind = 19 | RECORD_UNREADABLE;
        } else if (random_below(40) == 0) {
                record.stride.stride_length_mm += 10;
                record = encoded(record);
        }
        record.from_store = true;
        return record;
}

static int compare(const void *a, const void *b)
{
        const Record *x = a, *y = b;

        if (x->epoch != y->epoch)
                return x->epoch < y->epoch ? -1 : 1;
        return (x->seq > y->seq) - (x->seq < y->seq);
}

/* A stretch of numbers, some missing, some twice. */
static size_t make_batch(Record batch[static BATCH])
{
        uint32_t epoch = 1 + random_below(EPOCHS), seq = 1 + random_below(SEQS);
        size_t n = 0, wanted = 1 + random_below(BATCH);

        while (n < wanted) {
                batch[n++] = record_of(epoch, seq);
                if (random_below(8) == 0)
                        epoch = 1 + random_below(EPOCHS);
                if (random_below(6) == 0)
                        seq = 1 + random_below(SEQS);
                else
                        seq += random_below(12) != 0;
        }
        qsort(batch, n, sizeof(*batch), compare); /* as the ledger does: one by one in the same order */
        return n;
}

static void dump(Home *home, const char *sql, char *ret, size_t size)
{
        sqlite3_stmt *statement;
        size_t used = 0;

        assert_int_equal(sqlite3_prepare_v2(home->ledger->db, sql, -1, &statement, NULL), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
                const char *row = (const char *)sqlite3_column_text(statement, 0);

                assert_true(used + strlen(row) + 2 < size);
                used += (size_t)snprintf(ret + used, size - used, "%s\n", row);
        }
        assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
}

static void assert_same(Home *together, Home *apart, uint64_t seed)
{
        static const char *const tables[] = {
                "SELECT concat FROM (SELECT epoch || ' ' || seq || ' ' || kind || ' ' || tick || ' ' || "
                "time_tick || ' ' || hex(body) AS concat FROM record)",
                "SELECT epoch || ' ' || first_seq || ' ' || last_seq || ' ' || lost FROM span",
                "SELECT epoch || ' ' || first_seq || ' ' || last_seq || ' ' || anchors || ' ' || "
                "ifnull(reference_tick, '-') || ' ' || ifnull(reference_utc_ms, '-') FROM epoch",
                "SELECT epoch || ' ' || seq || ' ' || hex(body) FROM contradiction",
                "SELECT epoch || ' ' || time_tick || ' ' || utc_ms FROM anchor",
        };
        static char ours[65536], theirs[65536];

        for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
                ours[0] = theirs[0] = '\0';
                dump(together, tables[i], ours, sizeof(ours));
                dump(apart, tables[i], theirs, sizeof(theirs));
                if (strcmp(ours, theirs) != 0)
                        fail_msg("seed %llu: %s\ntogether:\n%sapart:\n%s", (unsigned long long)seed, tables[i],
                                 ours, theirs);
        }
}

static void a_batch_is_stored_as_its_records_are_one_by_one(void **state)
{
        const char *given = getenv("SEED");
        uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000;
        size_t n_stored = 0;

        (void)printf("seed %llu; SEED=… plays it again\n", (unsigned long long)seed);
        for (int round = 0; round < 25; round++, seed++) {
                void *other = NULL;

                random_state = (SplitMix){seed};
                (void)make_home(&other);
                if (round > 0) {
                        (void)leave_home(state);
                        (void)make_home(state);
                }
                for (int i = 0; i < 12; i++) {
                        Record batch[BATCH];
                        size_t n = make_batch(batch);

                        n_stored += store(*state, POD, batch, n).stored;
                        for (size_t k = 0; k < n; k++)
                                (void)store(other, POD, &batch[k], 1);
                        assert_same(*state, other, seed);
                }
                (void)leave_home(&other);
        }
        assert_true(n_stored > 1000);
}

static void the_last_number_there_is_ends_a_stretch(void **state)
{
        Record records[] = {stride(1, UINT32_MAX - 1, 1024), stride(1, UINT32_MAX, 2048)};
        static char text[256];

        assert_int_equal(store(*state, POD, records, 2).stored, 2);
        dump(*state, "SELECT first_seq || ' ' || last_seq FROM span", text, sizeof(text));
        assert_string_equal(text, "4294967294 4294967295\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_batch_is_stored_as_its_records_are_one_by_one),
                TEST(the_last_number_there_is_ends_a_stretch),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
