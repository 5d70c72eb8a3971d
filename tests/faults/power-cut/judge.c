#include "tests/faults/power-cut/judge.h"

#include "daemon/ledger/diary.h"
#include "daemon/ledger/sql.h"
#include "tests/faults/power-cut/life.h"

#include <stdio.h>
#include <string.h>

#define DERIVE_OF 4 /* it takes long: after one cut of so many everything is derived once more */

/* ---- the ledger is the last confirmed one, or the one under way ---- */

static void check_pragma(Life *life, const char *sql, const char *good)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        char said[160] = "";
        int r = sql_query(life->ledger, &statement, sql, "");

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                column_text(statement, 0, said, sizeof(said));
        if (r < 0 || strcmp(said, good) != 0)
                life_wrong(life, "%s says: %s", sql, r < 0 ? ledger_error(life->ledger) : said);
}

static void check_commits(Life *life, const Story *story, size_t cut)
{
        const Commit *allowed[2];
        size_t n = story_allowed(story, cut, allowed);
        char tables[200];
        Digest found;

        ledger_digest(life->ledger, &found);
        for (size_t i = 0; i < n; i++) {
                if (digest_equal(&allowed[i]->digest, &found))
                        return;
        }
        if (n == 0)
                return;
        digest_difference(&allowed[0]->digest, &found, tables, sizeof(tables));
        life_wrong(life, "the ledger is neither the last confirmed one nor the next; of the last "
                         "differ: %s", tables);
}

/* ---- what was told to pods ---- */

typedef struct Held {
        Life *life;
        bool records[PODS][EPOCHS_MAX][SEQ_MAX + 1];
} Held;

static int hold(const StoredRecord *stored, void *userdata)
{
        Held *held = userdata;
        const Record *record = &stored->record;
        int pod = strcmp(stored->address, pod_address(0)) == 0 ? 0 : 1;
        Record wanted;

        if (record->epoch < EPOCH_FIRST || record->epoch >= EPOCH_FIRST + EPOCHS_MAX ||
            record->seq > SEQ_MAX || !pod_record(pod, record->epoch, record->seq, &wanted) ||
            wanted.kind != record->kind || wanted.body_size != record->body_size ||
            memcmp(wanted.body, record->body, record->body_size) != 0) {
                life_wrong(held->life, "record %u of epoch %u is not what the pod sent", record->seq,
                           record->epoch);
                return 0;
        }
        held->records[pod][record->epoch - EPOCH_FIRST][record->seq] = true;
        return 0;
}

static void check_range(Life *life, const Held *held, const Promise *promise)
{
        Record record;

        for (uint32_t seq = promise->first; seq <= promise->last; seq++) {
                if (pod_record(promise->pod, promise->epoch, seq, &record) &&
                    !held->records[promise->pod][promise->epoch - EPOCH_FIRST][seq]) {
                        life_wrong(life, "record %u of epoch %u is gone, though %s", seq,
                                   promise->epoch,
                                   promise->kind == SAID_DURABLE ? "the pod was told to free it"
                                                                 : "it was stored");
                        return;
                }
        }
}

/* A batch that was under way is there as a whole, or not at all. */
static void check_batch(Life *life, const Held *held, const Promise *promise)
{
        const bool *records = held->records[promise->pod][promise->epoch - EPOCH_FIRST];
        uint32_t sent = 0, there = 0;

        for (uint32_t seq = promise->first; seq <= promise->last; seq++) {
                Record record;

                sent += pod_record(promise->pod, promise->epoch, seq, &record);
                there += records[seq];
        }
        if (there != 0 && there != sent)
                life_wrong(life, "of records %u to %u of epoch %u, one batch, only %u are there",
                           promise->first, promise->last, promise->epoch, there);
}

static void check_records(Life *life)
{
        CLEANUP(freep) Held *held = calloc(1, sizeof(*held));

        if (!held)
                return;
        held->life = life;
        if (records_export(life->ledger, NULL, 0, 0, SIZE_MAX / 4, hold, held) < 0)
                life_wrong(life, "records cannot be read: %s", ledger_error(life->ledger));
        for (size_t i = 0; i < life->story->n_promises; i++) {
                const Promise *promise = &life->story->promises[i];

                if (promise->kind == SAID_STORED || promise->kind == SAID_DURABLE)
                        check_range(life, held, promise);
                else if (promise->kind == SAID_OFFERED)
                        check_batch(life, held, promise);
        }
}

/* ---- what the broker and the clinic heard ---- */

typedef struct Rows {
        OutboxRow *list;
        size_t n;
} Rows;

static int keep_row(const OutboxRow *row, void *userdata)
{
        Rows *rows = userdata;

        rows->list = grown(rows->list, rows->n, sizeof(*rows->list));
        rows->list[rows->n++] = *row;
        return 0;
}

static const OutboxRow *find_row(const Rows *rows, int64_t id)
{
        size_t low = 0, high = rows->n;

        while (low < high) {
                size_t middle = (low + high) / 2;

                if (rows->list[middle].id < id)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < rows->n && rows->list[low].id == id ? &rows->list[low] : NULL;
}

static void check_row(Life *life, const Rows *rows, const Promise *promise)
{
        const OutboxRow *row = find_row(rows, promise->id);

        if (!row) {
                if (clock_utc_ms(life->clock) - promise->utc_ms < MESSAGE_KEEP_MS)
                        life_wrong(life, "outbox row %lld is gone, though the clinic has it",
                                   (long long)promise->id);
                return;
        }
        if (promise->kind == SAID_SETTLED && row->state != OUTBOX_SETTLED)
                life_wrong(life, "outbox row %lld was settled and is not", (long long)row->id);
        if (promise->kind == SAID_TAKEN && row->state != OUTBOX_TAKEN && row->state != OUTBOX_SETTLED)
                life_wrong(life, "outbox row %lld was taken by the broker, and is %d", (long long)row->id,
                           (int)row->state);
        if (promise->kind == SAID_SENT && row_content(life, row) != promise->content)
                life_wrong(life, "outbox row %lld is not what the clinic has under its id",
                           (long long)row->id);
}

static void check_outbox(Life *life)
{
        int64_t newest_sent = 0;
        Rows rows = {0};

        if (outbox_each(life->ledger, false, 0, SIZE_MAX / 4, keep_row, &rows) < 0)
                life_wrong(life, "the outbox cannot be read: %s", ledger_error(life->ledger));
        for (size_t i = 0; i < life->story->n_promises; i++) {
                const Promise *promise = &life->story->promises[i];

                if (promise->kind == SAID_SENT && promise->id > newest_sent)
                        newest_sent = promise->id;
                if (promise->kind == SAID_SENT || promise->kind == SAID_TAKEN ||
                    promise->kind == SAID_SETTLED)
                        check_row(life, &rows, promise);
        }
        free(rows.list);
        rows = (Rows){0};
        if (life->wrong[0] || outbox_add(life->ledger, OUTBOX_STATUS, "", "", 0) < 0 ||
            outbox_each(life->ledger, false, newest_sent, SIZE_MAX / 4, keep_row, &rows) < 0 ||
            rows.n == 0)
                life_wrong(life, "a new outbox row takes an id that the clinic knows");
        free(rows.list);
}

/* Both exist, or neither. */
static void check_pairs(Life *life)
{
        static const struct {
                const char *what, *sql;
        } counts[] = {
                {"outbox rows without their week",
                 "SELECT count(*) FROM outbox o WHERE kind = 3 AND ?1 = ?1 AND NOT EXISTS (SELECT 1 FROM "
                 "week w WHERE w.runner = o.runner AND w.week = o.key AND w.revision = o.revision)"},
                {"outbox rows without their run",
                 "SELECT count(*) FROM outbox o WHERE kind = 4 AND ?1 = ?1 AND NOT EXISTS (SELECT 1 FROM "
                 "run r WHERE r.runner = o.runner AND r.run = o.key AND r.revision = o.revision)"},
                {"revisions of weeks without their outbox row",
                 "SELECT count(*) FROM week w WHERE made > ?1 AND NOT EXISTS (SELECT 1 FROM outbox o "
                 "WHERE kind = 3 AND w.runner = o.runner AND w.week = o.key AND w.revision = "
                 "o.revision)"},
                {"revisions of runs without their outbox row",
                 "SELECT count(*) FROM run r WHERE made > ?1 AND NOT EXISTS (SELECT 1 FROM outbox o "
                 "WHERE kind = 4 AND r.runner = o.runner AND r.run = o.key AND r.revision = "
                 "o.revision)"},
        };

        for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
                int64_t n = -1;

                if (sql_integer(life->ledger, &n, counts[i].sql, "i",
                                clock_utc_ms(life->clock) - MESSAGE_KEEP_MS) < 0 || n != 0)
                        life_wrong(life, "%lld %s", (long long)n, counts[i].what);
        }
}

/* ---- what the clinic sent ---- */

typedef struct Diary {
        Life *life;
        bool *there; /* by number */
        uint32_t n;
} Diary;

static int keep_entry(const DiaryEntry *entry, void *userdata)
{
        Diary *diary = userdata;
        uint32_t number = (uint32_t)strtoul(entry->id + 1, NULL, 10);

        if (number >= diary->n || diary->there[number] || entry->pain != message_pain(number))
                life_wrong(diary->life, "diary entry %s is not what the clinic sent", entry->id);
        else
                diary->there[number] = true;
        return 0;
}

/* After the spool was taken in. */
static void check_diary(Life *life)
{
        Diary diary = {.life = life};

        for (size_t i = 0; i < life->story->n_reaches; i++) {
                if (life->story->reaches[i].pod < 0 && life->story->reaches[i].last >= diary.n)
                        diary.n = life->story->reaches[i].last + 1;
        }
        diary.there = calloc(diary.n + 1, sizeof(*diary.there));
        if (!diary.there || diary_each(life->ledger, NULL, 0, INT64_MAX, keep_entry, &diary) < 0)
                life_wrong(life, "the diary cannot be read: %s", ledger_error(life->ledger));
        for (size_t i = 0; !life->wrong[0] && i < life->story->n_promises; i++) {
                const Promise *promise = &life->story->promises[i];
                bool good = message_is_good((uint32_t)promise->id);
                char id[24];
                Ack ack = {0};

                if (promise->kind != SAID_PUBACK)
                        continue;
                (void)snprintf(id, sizeof(id), "m%lld", (long long)promise->id);
                if (good && !diary.there[promise->id])
                        life_wrong(life, "message %s is gone, though the broker had its PUBACK", id);
                if (clock_utc_ms(life->clock) - promise->utc_ms < MESSAGE_KEEP_MS &&
                    (ack_get(life->ledger, RUNNER, id, &ack) != 1 || (ack.accepted != 0) != good))
                        life_wrong(life, "message %s has no answer, or a wrong one", id);
        }
        free(diary.there);
}

/* ---- all of it ---- */

static void look(Life *life, const Story *story, size_t cut)
{
        check_pragma(life, "PRAGMA integrity_check", "ok");
        check_pragma(life, "PRAGMA foreign_key_check", "");
        check_commits(life, story, cut);
        check_records(life);
        check_pairs(life);
}

static void go_on(Life *life, uint64_t seed)
{
        check_outbox(life);
        if (!life->wrong[0])
                life_heal(life);
        check_diary(life);
        check_records(life);
        check_pairs(life);
        if (!life->wrong[0] && seed % DERIVE_OF == 0)
                life_derive_anew(life);
}

void judge(const char *directory, const Story *story, size_t cut, uint64_t seed, bool tape,
           Verdict *ret)
{
        const Commit *allowed[2];
        bool was_confirmed = story_allowed(story, cut, allowed) > 0;
        Story *second = story_until(story, cut);
        int64_t utc_ms = story_step_at(story, cut)->utc_ms;
        Life life;
        int r;

        *ret = (Verdict){.tape = tape ? tape_start(directory) : NULL};
        story_step(second, WORK_RECOVER, utc_ms);
        r = life_begin(&life, directory, utc_ms, second, seed, WEAK_NOT);
        if (r < 0)
                life_wrong(&life, "it does not open: %s", strerror(-r));
        if (!life.wrong[0])
                look(&life, story, cut);
        if (!life.wrong[0]) {
                story_forget_offers(second);
                story_commit(second, life.ledger); /* what the next cut may not lose */
                if (was_confirmed)
                        second->commits[0].at = 0;
                if (tape)
                        story_listen(second);
                go_on(&life, seed);
                story_listen(NULL);
        }
        life_end(&life);
        tape_stop();
        (void)snprintf(ret->wrong, sizeof(ret->wrong), "%s", life.wrong);
        if (tape)
                ret->story = TAKE(second);
        story_free(second);
}

void verdict_clear(Verdict *verdict)
{
        verdict->tape = tape_free(verdict->tape);
        verdict->story = story_free(verdict->story);
}
