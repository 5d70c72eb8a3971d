/* history: a ledger with years of runs in it, and what one more stride costs then.
 *
 *   history make LEDGER WEEKS RUNNERS STRIDES CONSENT    strides a run; consent: yes or no
 *   history late LEDGER WEEKS STRIDES N                  N late strides in the last weeks, N long ago
 *
 * Everybody runs four times a week with one pod, which boots anew every eight weeks; of each run one
 * stride is missing: it is the late one. CPU times, not the wall's: others use the machine, too. Each
 * answer is a line "name value…". The daemon's own functions do the work, on a clock that stands where
 * it is put; history ends at END_MS. */
#include "base/calendar.h"
#include "base/log.h"
#include "daemon/derive-weeks.h"
#include "daemon/derive.h"
#include "daemon/ledger/records.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/sql.h"
#include "daemon/measure/parameters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define END_MS      1795507200000LL /* 2026-11-24T08:00:00Z, a Tuesday */
#define WEEK_MS     (7 * DAY_MS)
#define MONDAY_MS   (END_MS - DAY_MS - 8 * 3600000LL) /* of the week that is under way */
#define EPOCH_WEEKS 8
#define RUNS        4
#define BATCH_MAX   256

static const int run_days[RUNS] = {0, 2, 4, 5};

typedef struct History {
        const char *path;
        int weeks, runners;
        uint32_t strides; /* a run, with the one that is late */
        Clock *clock;
        Ledger *ledger;
} History;

static void check(int r, const char *what)
{
        if (r >= 0)
                return;
        (void)fprintf(stderr, "history: %s: %s\n", what, strerror(-r));
        exit(EXIT_FAILURE);
}

static double cpu_us(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void open_ledger(History *history, int64_t utc_ms)
{
        char message[400] = "";

        check(clock_new_manual(utc_ms, &history->clock), "clock");
        if (ledger_open(history->path, history->clock, &history->ledger, message, sizeof(message)) < 0) {
                (void)fprintf(stderr, "history: %s\n", message);
                exit(EXIT_FAILURE);
        }
}

static void names(int runner, char id[static ID_SIZE], char address[static ADDRESS_SIZE])
{
        (void)snprintf(id, ID_SIZE, "runner-%d", runner);
        (void)snprintf(address, ADDRESS_SIZE, "C0:00:00:00:00:%02X", (unsigned)runner & 0xFF);
}

/* ---- making it ---- */

/* Week 0 is the oldest; the last one is the week before END_MS's. */
static int64_t week_ms(const History *history, int week)
{
        return MONDAY_MS - (int64_t)(history->weeks - week) * WEEK_MS;
}

static int64_t run_ms(const History *history, int week, int run)
{
        return week_ms(history, week) + run_days[run] * DAY_MS + 17 * 3600000LL;
}

/* An anchor, then RUNS runs: so many numbers of its epoch has a week. */
static uint32_t week_seq(const History *history, int week)
{
        return (uint32_t)(week % EPOCH_WEEKS) * (1 + RUNS * history->strides) + 1;
}

static Record at(const History *history, int week, uint32_t seq, int64_t utc_ms)
{
        int64_t booted_ms = week_ms(history, week - week % EPOCH_WEEKS);

        return (Record){.epoch = (uint32_t)(week / EPOCH_WEEKS) + 1, .seq = seq, .from_store = true,
                        .tick = (int64_t)(uint32_t)((utc_ms - booted_ms) * TICK_HZ / 1000)};
}

static Record stride(const History *history, int week, int run, uint32_t i)
{
        Record record = at(history, week, week_seq(history, week) + 1 + (uint32_t)run * history->strides + i,
                           run_ms(history, week, run) + i * 1000);

        record.kind = RECORD_STRIDE;
        record.stride = (Stride){.stride_time_1024 = 1000 + (i * 7 + (uint32_t)week) % 20,
                                 .contact_time_1024 = 260 + i % 9,
                                 .stride_length_mm = 2200 + (i * 11 + (uint32_t)run * 5) % 90,
                                 .peak_impact_mg = 8000 + i % 7 * 125, .running = 1, .quality = 3};
        check(record_encode(&record), "a stride");
        return record;
}

/* The stride that comes late stands in the middle of its run. */
static uint32_t late_of(const History *history)
{
        return history->strides / 2;
}

typedef struct Batch {
        Record records[BATCH_MAX];
        size_t n;
} Batch;

static void put(History *history, const char *address, Batch *batch, const Record *record)
{
        if (record)
                batch->records[batch->n++] = *record;
        if (batch->n == BATCH_MAX || (!record && batch->n > 0)) {
                check(records_store(history->ledger, address, batch->records, batch->n, NULL), "store");
                batch->n = 0;
        }
}

static void make_week(History *history, const char *address, int week)
{
        static Batch batch;
        Record anchor = at(history, week, week_seq(history, week), week_ms(history, week) + 3600000);

        anchor.kind = RECORD_ANCHOR;
        anchor.anchor = (Anchor){.utc_ms = week_ms(history, week) + 3600000,
                                 .clock_quality = CLOCK_SYNCHRONISED};
        check(record_encode(&anchor), "an anchor");
        put(history, address, &batch, &anchor);
        for (int run = 0; run < RUNS; run++) {
                for (uint32_t i = 0; i < history->strides; i++) {
                        Record record = stride(history, week, run, i);

                        if (i != late_of(history))
                                put(history, address, &batch, &record);
                }
        }
        put(history, address, &batch, NULL);
}

static void add_runner(History *history, int number, bool consent)
{
        Pod pod = {.placement = PLACEMENT_LEFT_FOOT, .bonded = 1, .has_memory = 1, .driver = "stride"};
        Runner runner;

        fields_set_null(&runner_fields, &runner);
        names(number, runner.id, pod.address);
        (void)text_copy(pod.runner, sizeof(pod.runner), runner.id);
        (void)text_copy(runner.zone, sizeof(runner.zone), "Europe/Berlin");
        runner.added_utc_ms = clock_utc_ms(history->clock);
        runner.consent = 0;
        check(runner_add(history->ledger, &runner), "runner");
        check(pod_assign(history->ledger, &pod), "pod");
        if (consent)
                check(runner_set_consent(history->ledger, runner.id, true), "consent");
}

static int64_t count(History *history, const char *sql)
{
        int64_t n = 0;

        check(sql_integer(history->ledger, &n, sql, ""), sql);
        return n;
}

static int make(History *history, bool consent)
{
        char id[ID_SIZE], address[ADDRESS_SIZE];
        Derive *derive = NULL;
        double began;

        open_ledger(history, week_ms(history, 0));
        for (int i = 1; i <= history->runners; i++)
                add_runner(history, i, consent);
        clock_manual_advance(history->clock, END_MS - clock_utc_ms(history->clock));
        began = cpu_us();
        for (int i = 1; i <= history->runners; i++) {
                names(i, id, address);
                for (int week = 0; week < history->weeks; week++) {
                        if (week % EPOCH_WEEKS == 0)
                                check(ledger_begin(history->ledger), "begin");
                        make_week(history, address, week);
                        if (week % EPOCH_WEEKS == EPOCH_WEEKS - 1 || week == history->weeks - 1)
                                check(ledger_commit(history->ledger), "commit");
                }
        }
        (void)printf("store_us %.0f\n", cpu_us() - began);
        check(derive_new(history->ledger, history->clock, &measure_defaults, &derive), "derive");
        began = cpu_us();
        check(derive_now(derive), "derive");
        (void)printf("derive_us %.0f\n", cpu_us() - began);
        (void)printf("strides %lld\nruns %lld\nweeks %lld\nwaiting %lld\n",
                     (long long)count(history, "SELECT count(*) FROM record WHERE kind = 1"),
                     (long long)count(history, "SELECT count(*) FROM run"),
                     (long long)count(history, "SELECT count(*) FROM week"),
                     (long long)count(history, "SELECT count(*) FROM outbox WHERE state = 0"));
        derive_free(derive);
        return EXIT_SUCCESS;
}

/* ---- one more stride ---- */

/* One stride into the ledger, and all that follows from it until nothing waits: as on_work does it, a
 * moment after the commit. The hourly work is not among it. */
static void late(History *history, const char *name, int week, int run)
{
        char id[ID_SIZE], address[ADDRESS_SIZE];
        Record record = stride(history, week, run, late_of(history));
        int64_t rows = sqlite3_total_changes(history->ledger->db);
        int64_t revisions = count(history, "SELECT count(*) FROM week") + count(history, "SELECT count(*) FROM run");
        StoreResult result;
        double began = cpu_us();

        names(1, id, address);
        check(records_store(history->ledger, address, &record, 1, &result), "store");
        clock_manual_advance(history->clock, 20000);
        (void)printf("%s %.1f %lld %lld\n", name, cpu_us() - began,
                     (long long)(sqlite3_total_changes(history->ledger->db) - rows),
                     (long long)(count(history, "SELECT count(*) FROM week") +
                                 count(history, "SELECT count(*) FROM run") - revisions));
        if (result.stored != 1 || count(history, "SELECT count(*) FROM dirty") != 0 ||
            count(history, "SELECT count(*) FROM due_week") != 0)
                check(-EUCLEAN, "the late stride was not stored, or not derived");
}

/* One week from what the ledger holds, by itself; nothing of it stays. */
static void week_again(History *history, const Runner *runner, const Homes *homes, int week)
{
        const WeeksOf of = {.ledger = history->ledger, .runner = runner, .homes = homes,
                            .parameters = &measure_defaults, .now_utc_ms = clock_utc_ms(history->clock),
                            .now_is_sure = true};
        IsoWeek id = homes_week(homes, week_ms(history, week) + 3 * DAY_MS);
        double began;

        check(ledger_begin(history->ledger), "begin");
        began = cpu_us();
        check(derive_week(&of, id, 0), "derive_week");
        (void)printf("week %.1f\n", cpu_us() - began);
        ledger_rollback(history->ledger);
}

static int measure_late(History *history, int n)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        Derive *derive = NULL;
        Runner runner;
        double began;

        open_ledger(history, END_MS);
        check(derive_new(history->ledger, history->clock, &measure_defaults, &derive), "derive");
        clock_manual_advance(history->clock, 120000); /* what begins with a new life */
        check(runner_get(history->ledger, "runner-1", &runner), "runner");
        check(homes_new(history->ledger, "runner-1", &homes), "homes");
        for (int i = 0; i < n; i++)
                late(history, "late", history->weeks - 1 - i / RUNS, i % RUNS);
        for (int i = 0; i < n && history->weeks > 52; i++)
                late(history, "late-old", history->weeks / 2 - i / RUNS, i % RUNS);
        for (int i = 0; i < 10 * n; i++)
                week_again(history, &runner, homes, history->weeks - 2);
        began = cpu_us();
        clock_manual_advance(history->clock, 3600000);
        (void)printf("hourly %.1f\n", cpu_us() - began);
        derive_free(derive);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
        History history = {.path = argc > 2 ? argv[2] : NULL};
        int status = 2;

        log_set_level(LOG_LEVEL_ERROR);
        if (argc == 7 && strcmp(argv[1], "make") == 0) {
                history.weeks = atoi(argv[3]);
                history.runners = atoi(argv[4]);
                history.strides = (uint32_t)atoi(argv[5]);
                status = make(&history, strcmp(argv[6], "yes") == 0);
        } else if (argc == 6 && strcmp(argv[1], "late") == 0) {
                history.weeks = atoi(argv[3]);
                history.strides = (uint32_t)atoi(argv[4]);
                status = measure_late(&history, atoi(argv[5]));
        }
        history.ledger = ledger_close(history.ledger);
        history.clock = clock_free(history.clock);
        return status;
}
