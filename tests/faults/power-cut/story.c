#include "tests/faults/power-cut/story.h"

#include "daemon/ledger/sql.h"
#include "tests/faults/power-cut/tape.h"

#include <err.h>
#include <stdio.h>
#include <string.h>

static Story *listening;
static char table_names[TABLES_MAX][32];

const char *work_name(Work work)
{
        static const char *const names[] = {
                [WORK_CREATE] = "making the ledger",
                [WORK_STORE] = "storing batches of records",
                [WORK_DURABLE] = "telling pods what they may free",
                [WORK_INBOUND] = "taking messages of the clinic",
                [WORK_DERIVE] = "deriving runs and weeks",
                [WORK_SEND] = "sending and settling the outbox",
                [WORK_PRUNE] = "pruning",
                [WORK_CHECKPOINT] = "checkpoints",
                [WORK_RESTART] = "restarts",
                [WORK_RAW] = "keeping what nobody can decode",
                [WORK_RECOVER] = "recovering from a cut before",
        };

        return names[work];
}

/* ---- digests ---- */

uint64_t hash_more(uint64_t hash, const void *data, size_t size)
{
        const uint8_t *octets = data;

        for (size_t i = 0; i < size; i++)
                hash = (hash ^ octets[i]) * 1099511628211u;
        return hash;
}

static uint64_t hash_row(sqlite3_stmt *stmt, uint64_t hash)
{
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
                int type = sqlite3_column_type(stmt, i);
                int64_t integer = sqlite3_column_int64(stmt, i);

                hash = hash_more(hash, &type, sizeof(type));
                if (type == SQLITE_INTEGER)
                        hash = hash_more(hash, &integer, sizeof(integer));
                else if (type != SQLITE_NULL) {
                        const void *data = sqlite3_column_blob(stmt, i); /* a real as its text */
                        int size = sqlite3_column_bytes(stmt, i);

                        hash = hash_more(hash, &size, sizeof(size));
                        hash = hash_more(hash, data, (size_t)size);
                }
        }
        return hash;
}

/* A ledger whose pages cannot be read has a digest that no other has. */
static uint64_t hash_table(sqlite3 *db, const char *table)
{
        static uint64_t broken;
        uint64_t hash = HASH_START;
        sqlite3_stmt *stmt = NULL;
        char sql[80];
        int code;

        (void)snprintf(sql, sizeof(sql), "SELECT * FROM \"%.31s\"", table);
        code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
        while (code == SQLITE_OK || code == SQLITE_ROW) {
                code = sqlite3_step(stmt);
                if (code == SQLITE_ROW)
                        hash = hash_row(stmt, hash);
        }
        (void)sqlite3_finalize(stmt); /* its error is in code */
        return code == SQLITE_DONE ? hash : ++broken;
}

void ledger_digest(Ledger *ledger, Digest *ret)
{
        sqlite3_stmt *stmt = NULL;
        size_t n = 0;

        *ret = (Digest){0};
        if (sqlite3_prepare_v2(ledger->db,
                               "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", -1,
                               &stmt, NULL) != SQLITE_OK)
                return;
        while (sqlite3_step(stmt) == SQLITE_ROW) {
                if (n == TABLES_MAX)
                        errx(2, "more tables than a digest has room for");
                (void)text_copy(table_names[n], sizeof(table_names[n]),
                                (const char *)sqlite3_column_text(stmt, 0));
                n++;
        }
        (void)sqlite3_finalize(stmt); /* fewer tables are another digest */
        for (size_t i = 0; i < n; i++)
                ret->tables[i] = hash_table(ledger->db, table_names[i]);
        ret->n = n;
}

bool digest_equal(const Digest *a, const Digest *b)
{
        return a->n == b->n && memcmp(a->tables, b->tables, a->n * sizeof(a->tables[0])) == 0;
}

void digest_difference(const Digest *a, const Digest *b, char *ret, size_t size)
{
        size_t n = 0;

        ret[0] = '\0';
        for (size_t i = 0; i < TABLES_MAX && n < size; i++) {
                if (a->tables[i] != b->tables[i])
                        n += (size_t)snprintf(ret + n, size - n, "%s%s", n ? ", " : "",
                                              table_names[i]);
        }
}

/* ---- noting ---- */

static size_t now(void)
{
        return tape_running() ? tape_running()->n_events : 0;
}

void story_listen(Story *story)
{
        listening = story;
}

void story_commit(Story *story, Ledger *ledger)
{
        Commit *commit;

        story->commits = grown(story->commits, story->n_commits, sizeof(*story->commits));
        commit = &story->commits[story->n_commits++];
        commit->at = now();
        ledger_digest(ledger, &commit->digest);
}

/* By the linker in place of ledger_commit: nobody can commit without being noted. */
int __real_ledger_commit(Ledger *ledger);
int __wrap_ledger_commit(Ledger *ledger);
int __wrap_ledger_commit(Ledger *ledger)
{
        int r = __real_ledger_commit(ledger);

        if (r >= 0 && ledger->depth == 0 && listening)
                story_commit(listening, ledger);
        return r;
}

void story_promise(Story *story, Promise promise)
{
        promise.at = now();
        story->promises = grown(story->promises, story->n_promises, sizeof(promise));
        story->promises[story->n_promises++] = promise;
}

void story_step(Story *story, Work work, int64_t utc_ms)
{
        story->steps = grown(story->steps, story->n_steps, sizeof(*story->steps));
        story->steps[story->n_steps++] = (Step){now(), work, utc_ms};
}

void story_reach(Story *story, int pod, uint32_t epoch, uint32_t last)
{
        story->reaches = grown(story->reaches, story->n_reaches, sizeof(*story->reaches));
        story->reaches[story->n_reaches++] = (Reach){now(), pod, epoch, last};
}

/* ---- looking back ---- */

size_t story_allowed(const Story *story, size_t cut, const Commit *ret[static 2])
{
        size_t n = 0;

        while (n < story->n_commits && story->commits[n].at <= cut)
                n++;
        if (n == 0)
                return 0;
        ret[0] = &story->commits[n - 1];
        if (n == story->n_commits)
                return 1;
        ret[1] = &story->commits[n];
        return 2;
}

const Step *story_step_at(const Story *story, size_t cut)
{
        const Step *step = &story->steps[0];

        for (size_t i = 0; i < story->n_steps && story->steps[i].at <= cut; i++)
                step = &story->steps[i];
        return step;
}

/* The array's beginning, whose members have `at` first, with all of them at 0. */
#define TAKE_UNTIL(array, n_array)                                                                 \
        for (size_t i = 0; i < story->n_array && story->array[i].at <= cut; i++) {                 \
                early->array = grown(early->array, i, sizeof(*early->array));                      \
                early->array[i] = story->array[i];                                                 \
                early->array[i].at = 0;                                                            \
                early->n_array = i + 1;                                                            \
        }

Story *story_until(const Story *story, size_t cut)
{
        Story *early = calloc(1, sizeof(*early));

        if (!early)
                errx(2, "out of memory");
        TAKE_UNTIL(promises, n_promises)
        TAKE_UNTIL(steps, n_steps)
        TAKE_UNTIL(reaches, n_reaches)
        return early;
}

void story_forget_offers(Story *story)
{
        size_t n = 0;

        for (size_t i = 0; i < story->n_promises; i++) {
                if (story->promises[i].kind != SAID_OFFERED)
                        story->promises[n++] = story->promises[i];
        }
        story->n_promises = n;
}

Story *story_free(Story *story)
{
        if (!story)
                return NULL;
        if (listening == story)
                listening = NULL;
        free(story->commits);
        free(story->promises);
        free(story->steps);
        free(story->reaches);
        free(story);
        return NULL;
}
