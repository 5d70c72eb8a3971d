#include "tests/faults/power-cut/life.h"

#include "daemon/clinic/message.h"
#include "daemon/ledger/receipts.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/sql.h"
#include "daemon/ledger/weeks.h"
#include "daemon/measure/parameters.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const ClinicConfig config = {.clinic = "north", .gateway = "gw-7", .version = "0.1.0"};
static TopicPrefix prefix;

void life_wrong(Life *life, const char *format, ...)
{
        va_list arguments;

        if (life->wrong[0])
                return;
        va_start(arguments, format);
        (void)vsnprintf(life->wrong, sizeof(life->wrong), format, arguments);
        va_end(arguments);
}

bool life_fine(Life *life, int r, const char *what)
{
        if (r < 0)
                life_wrong(life, "%s: %s (%s)", what, strerror(-r),
                           life->ledger ? ledger_error(life->ledger) : "no ledger");
        return r >= 0;
}

uint32_t life_random(Life *life, uint32_t n)
{
        return (uint32_t)(splitmix_next(&life->random) % n);
}

/* ---- pods ---- */

Reach life_reach(const Life *life, int pod)
{
        Reach newest = {.pod = pod, .epoch = EPOCH_FIRST};

        for (size_t i = 0; i < life->story->n_reaches; i++) {
                const Reach *reach = &life->story->reaches[i];

                if (reach->pod == pod && (reach->epoch > newest.epoch ||
                                          (reach->epoch == newest.epoch && reach->last > newest.last)))
                        newest = *reach;
        }
        return newest;
}

void life_store(Life *life, int pod, uint32_t epoch, uint32_t first, uint32_t last, StoreResult *ret)
{
        Record records[2 * BATCH_MAX];
        size_t n = 0;

        for (uint32_t seq = first; seq <= last && n < ARRAY_SIZE(records); seq++)
                n += pod_record(pod, epoch, seq, &records[n]);
        if (life_fine(life, records_store(life->ledger, pod_address(pod), records, n, ret),
                      "records_store"))
                story_promise(life->story, (Promise){.kind = SAID_STORED, .pod = pod, .epoch = epoch,
                                                     .first = first, .last = last});
}

/* ---- the clinic's messages ---- */

void life_deliver(Life *life, uint32_t number)
{
        char topic[TOPIC_MAX], payload[256];

        (void)snprintf(topic, sizeof(topic), "%s/" RUNNER "/in/diary", prefix.text);
        (void)snprintf(payload, sizeof(payload),
                       "{\"v\":1,\"id\":\"m%u\",\"at\":\"2026-11-24T08:%02u:00Z\",\"pain\":%d,"
                       "\"note\":\"%0*u\"}",
                       number, number % 60, (int)message_pain(number), 1 + (int)(number % 120), number);
        if (spool_put(life->spool, topic, payload, strlen(payload)))
                story_promise(life->story, (Promise){.kind = SAID_PUBACK, .id = number,
                                                     .utc_ms = clock_utc_ms(life->clock)});
        else
                life_wrong(life, "message m%u finds no room in the spool", number);
}

void life_take_inbound(Life *life, int64_t ms)
{
        intake_wake(life->intake);
        clock_manual_advance(life->clock, ms);
}

/* ---- runs, weeks, outbox ---- */

uint64_t row_content(Life *life, const OutboxRow *row)
{
        MessageSource source = {.ledger = life->ledger, .clock = life->clock, .prefix = &prefix,
                                .config = &config};
        uint64_t hash = hash_more(HASH_START, &row->kind, sizeof(row->kind));
        Message message;

        hash = hash_more(hash, row->runner, strlen(row->runner));
        hash = hash_more(hash, row->key, strlen(row->key));
        hash = hash_more(hash, &row->revision, sizeof(row->revision));
        if (row->kind == OUTBOX_STATUS || row->kind == OUTBOX_SUMMARY)
                return hash; /* they say how things are when they leave */
        if (message_build(&source, row, &message) <= 0)
                return 0;
        hash = hash_more(hash, message.topic, strlen(message.topic));
        return hash_more(hash, message.payload, message.size);
}

static bool sent_before(Life *life, int64_t id, uint64_t *ret)
{
        for (size_t i = life->story->n_promises; i-- > 0;) {
                const Promise *promise = &life->story->promises[i];

                if (promise->kind == SAID_SENT && promise->id == id) {
                        *ret = promise->content;
                        return true;
                }
        }
        return false;
}

int life_send(Life *life, int64_t *ret_id)
{
        uint64_t content, before;
        OutboxRow row;
        int r = outbox_next(life->ledger, life->last_sent, &row);

        if (!life_fine(life, r, "outbox_next") || r == 0)
                return 0;
        life->last_sent = row.id;
        content = row_content(life, &row);
        if (sent_before(life, row.id, &before) && before != content)
                life_wrong(life, "outbox row %lld leaves again with other content", (long long)row.id);
        story_promise(life->story, (Promise){.kind = SAID_SENT, .id = row.id, .content = content,
                                             .utc_ms = row.made_utc_ms});
        outbox_attempt(life->ledger, row.id);
        *ret_id = row.id;
        return 1;
}

static void promise_rows(Life *life, PromiseKind kind, const int64_t *ids, size_t n)
{
        for (size_t i = 0; i < n; i++)
                story_promise(life->story, (Promise){.kind = kind, .id = ids[i],
                                                     .utc_ms = clock_utc_ms(life->clock)});
}

/* The broker takes all, the archive confirms the first of them. */
static void settle_by_receipt(Life *life, const int64_t *ids, size_t n)
{
        ReceiptCount count = {0};
        size_t n_confirmed = life_random(life, (uint32_t)n + 1);

        if (!life_fine(life, receipts_await(life->ledger, ids, n), "receipts_await"))
                return;
        promise_rows(life, SAID_TAKEN, ids, n);
        if (n_confirmed == 0 || !life_fine(life, receipts_take(life->ledger, RUNNER, ids, n_confirmed, &count),
                                           "receipts_take"))
                return;
        promise_rows(life, SAID_SETTLED, ids, n_confirmed);
}

void life_settle(Life *life, const int64_t *ids, size_t n)
{
        if (n > 0 && life_random(life, 2) == 0)
                settle_by_receipt(life, ids, n);
        else if (n > 0 && life_fine(life, outbox_settle(life->ledger, ids, n), "outbox_settle"))
                promise_rows(life, SAID_SETTLED, ids, n);
}

/* ---- the file ---- */

int life_open(Life *life)
{
        static const char *const pragmas[] = {
                [WEAK_NORMAL] = "PRAGMA synchronous = NORMAL",
                [WEAK_OFF] = "PRAGMA synchronous = OFF",
        };
        char spool[160];
        int r = ledger_open(life->path, life->clock, &life->ledger, life->wrong, sizeof(life->wrong));

        if (r < 0)
                return r;
        if (life->weakness != WEAK_NOT &&
            sqlite3_exec(life->ledger->db, pragmas[life->weakness], NULL, NULL, NULL) != SQLITE_OK)
                life_wrong(life, "cannot be weakened");
        life->last_sent = 0;
        (void)snprintf(spool, sizeof(spool), "%s/inbound", life->directory);
        r = derive_new(life->ledger, life->clock, &measure_defaults, &life->derive);
        if (r >= 0)
                r = spool_new(spool, &life->spool);
        if (r >= 0)
                r = intake_new(life->ledger, life->clock, &prefix, life->spool, &life->intake);
        return r;
}

void life_close(Life *life)
{
        life->derive = derive_free(life->derive);
        life->intake = intake_free(life->intake);
        life->spool = spool_free(life->spool);
        life->ledger = ledger_close(life->ledger);
}

int life_begin(Life *life, const char *directory, int64_t utc_ms, Story *story, uint64_t seed,
               Weakness weakness)
{
        int r;

        *life = (Life){.story = story, .random = {seed}, .weakness = weakness};
        (void)text_copy(life->directory, sizeof(life->directory), directory);
        (void)snprintf(life->path, sizeof(life->path), "%s/ledger.db", life->directory);
        topic_prefix(config.clinic, config.gateway, &prefix);
        r = clock_new_manual(utc_ms ? utc_ms : START_UTC_MS, &life->clock);
        return r < 0 ? r : life_open(life);
}

void life_end(Life *life)
{
        life_close(life);
        life->clock = clock_free(life->clock);
}

void life_settle_in(Life *life)
{
        Runner runner;
        int r;

        fields_set_null(&runner_fields, &runner);
        (void)text_copy(runner.id, sizeof(runner.id), RUNNER);
        (void)text_copy(runner.zone, sizeof(runner.zone), "Europe/Berlin");
        runner.consent = 0;
        runner.added_utc_ms = clock_utc_ms(life->clock);
        r = runner_add(life->ledger, &runner);
        if (r != -EEXIST && !life_fine(life, r, "runner_add"))
                return;
        (void)life_fine(life, runner_set_consent(life->ledger, RUNNER, true), "runner_set_consent");
        for (int i = 0; i < PODS; i++) {
                Pod pod = {.driver = "stride", .runner = RUNNER, .bonded = 1, .has_memory = 1,
                           .placement = i == 0 ? PLACEMENT_LEFT_FOOT : PLACEMENT_RIGHT_FOOT};

                (void)text_copy(pod.address, sizeof(pod.address), pod_address(i));
                (void)life_fine(life, pod_assign(life->ledger, &pod), "pod_assign");
        }
}

/* ---- after a cut ---- */

static uint32_t freed_up_to(const Life *life, int pod, uint32_t epoch)
{
        uint32_t last = 0;

        for (size_t i = 0; i < life->story->n_promises; i++) {
                const Promise *promise = &life->story->promises[i];

                if (promise->kind == SAID_DURABLE && promise->pod == pod &&
                    promise->epoch == epoch && promise->last > last)
                        last = promise->last;
        }
        return last;
}

/* All that the pod still holds, and once more: nothing new then. */
static void send_again(Life *life, int pod, uint32_t epoch, uint32_t last)
{
        for (uint32_t first = freed_up_to(life, pod, epoch) + 1, n = BATCH_MAX * 2; first <= last;
             first += n) {
                uint32_t end = first + n - 1 < last ? first + n - 1 : last;
                StoreResult result = {0};

                life_store(life, pod, epoch, first, end, &result);
                life_store(life, pod, epoch, first, end, &result);
                if (result.stored + result.contradicted > 0)
                        life_wrong(life, "records %u to %u of epoch %u are not the same, stored twice",
                                   first, end, epoch);
        }
}

static bool spool_is_empty(Life *life)
{
        CLEANUP(freep) SpoolItem *item = malloc(sizeof(*item));

        return item && spool_next(life->spool, item) == 0;
}

static void deliver_again(Life *life)
{
        uint32_t last = life_reach(life, -1).last;
        CLEANUP(freep) bool *taken = calloc(last + 1, sizeof(*taken));

        for (size_t i = 0; taken && i < life->story->n_promises; i++) {
                if (life->story->promises[i].kind == SAID_PUBACK)
                        taken[life->story->promises[i].id] = true;
        }
        for (uint32_t number = 1; taken && number <= last; number++) {
                if (!taken[number])
                        life_deliver(life, number);
        }
        for (int i = 0; i < 100 && !spool_is_empty(life); i++)
                life_take_inbound(life, 1000);
        if (!spool_is_empty(life))
                life_wrong(life, "messages stay in the spool");
}

void life_heal(Life *life)
{
        uint32_t last[PODS][EPOCHS_MAX] = {0};
        int64_t id;

        life_settle_in(life);
        for (size_t i = 0; i < life->story->n_reaches; i++) {
                const Reach *reach = &life->story->reaches[i];

                if (reach->pod >= 0 && reach->last > last[reach->pod][reach->epoch - EPOCH_FIRST])
                        last[reach->pod][reach->epoch - EPOCH_FIRST] = reach->last;
        }
        for (int pod = 0; pod < PODS; pod++) {
                for (uint32_t i = 0; i < EPOCHS_MAX; i++)
                        send_again(life, pod, EPOCH_FIRST + i, last[pod][i]);
        }
        deliver_again(life);
        (void)life_fine(life, derive_now(life->derive), "derive_now");
        for (int i = 0; i < SENT_A_TURN && !life->wrong[0] && life_send(life, &id) > 0; i++)
                life_settle(life, &id, 1);
}

static int64_t revisions(Life *life)
{
        int64_t n = -1;

        (void)life_fine(life, sql_integer(life->ledger, &n, "SELECT (SELECT count(*) FROM run) + (SELECT "
                                                            "count(*) FROM week)", ""), "count");
        return n;
}

void life_derive_anew(Life *life)
{
        int64_t before = revisions(life);

        (void)life_fine(life, dirty_mark(life->ledger, RUNNER, START_UTC_MS - 86400000LL,
                                         START_UTC_MS + 30 * 86400000LL), "dirty_mark");
        (void)life_fine(life, derive_now(life->derive), "derive_now");
        if (revisions(life) != before)
                life_wrong(life, "a run or week was not derived from all that is stored");
}
