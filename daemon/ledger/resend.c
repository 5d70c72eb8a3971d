#include "daemon/ledger/resend.h"

#include "daemon/ledger/outbox.h"
#include "daemon/ledger/retained.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/sql.h"

#include <errno.h>
#include <string.h>

/* The one under way, and where it stands. */
typedef struct Job {
        Resend resend;
        int64_t n;
        int64_t at_row;   /* the last row that was looked at */
        int64_t last_row; /* the newest there was when it was asked: later ones leave by themselves */
} Job;

#define JOB_COLUMNS ", n, at_row, last_row"

/* 1; 0: there is none. */
static int read_job(Statement *statement, Job *ret)
{
        int n = (int)resend_fields.n_fields;
        int r = sql_step(statement);

        if (r <= 0)
                return r;
        row_read(statement, &resend_fields, &ret->resend);
        ret->n = column_integer(statement, n);
        ret->at_row = column_integer(statement, n + 1);
        ret->last_row = column_integer(statement, n + 2);
        return 1;
}

static int oldest_job(Ledger *ledger, Job *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &resend_fields, JOB_COLUMNS, "WHERE ended IS NULL ORDER BY n LIMIT 1",
                          "");

        return r < 0 ? r : read_job(statement, ret);
}

static int job_by_id(Ledger *ledger, const char *runner, const char *id, Job *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &resend_fields, JOB_COLUMNS, "WHERE runner = ? AND id = ?", "ss", runner,
                          id);

        return r < 0 ? r : read_job(statement, ret);
}

static int open_job_of(Ledger *ledger, const char *runner, Job *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &resend_fields, JOB_COLUMNS, "WHERE ended IS NULL AND runner = ?", "s",
                          runner);

        return r < 0 ? r : read_job(statement, ret);
}

int resend_running(Ledger *ledger, Resend *ret)
{
        Job job;
        int r = oldest_job(ledger, &job);

        if (r > 0)
                *ret = job.resend;
        return r;
}

/* ---- asking ---- */

static int check(Ledger *ledger, const Resend *asked, Resend *ret_running)
{
        Runner runner;
        Job job;
        int r = runner_get(ledger, asked->runner, &runner);

        if (r >= 0)
                r = r > 0 && runner.consent == 1 ? 1 : -EPERM;
        if (r < 0)
                return r;
        r = job_by_id(ledger, asked->runner, asked->id, &job);
        if (r != 0)
                return r < 0 ? r : job.resend.since_utc_ms == asked->since_utc_ms ? 0 : -EEXIST;
        r = open_job_of(ledger, asked->runner, &job);
        if (r == 0)
                return 1;
        if (r > 0)
                *ret_running = job.resend;
        return r < 0 ? r : -EBUSY;
}

int resend_ask(Ledger *ledger, const Resend *asked, Resend *ret_running)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        Resend stored = *asked;
        int r = check(ledger, asked, ret_running);

        if (r <= 0)
                return r;
        stored.rows = 0;
        stored.ended_utc_ms = NULL_INTEGER;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = row_insert(ledger, "INSERT", &resend_fields, &stored, "", "");
        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE resend SET last_row = (SELECT ifnull(max(id), 0) FROM outbox) WHERE runner = ? "
                            "AND id = ?",
                            "ss", asked->runner, asked->id);
        /* what the archive has not confirmed may be lost there, too: it need not be awaited any more */
        if (r >= 0)
                r = sql_run(ledger, "UPDATE outbox SET state = 0 WHERE state = 4 AND runner = ? AND made >= ?", "si",
                            asked->runner, asked->since_utc_ms);
        if (r >= 0)
                r = audit_add(ledger, "resend asked", asked->runner, asked->id);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_OUTBOX);
        r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

/* ---- slices ---- */

/* Rows that left and need a receipt: WEEK, RUN, ACK; REDFLAG as long as nobody has answered it. */
#define ROWS_OF_SLICE                                                                              \
        "SELECT id FROM outbox WHERE id > ?1 AND id <= ?2 AND runner = ?3 AND made >= ?4 AND state = 1 AND (kind IN " \
        "(3, 4, 5) OR kind = 7 AND key IN (SELECT id FROM redflag WHERE runner = ?3 AND answered IS NULL)) ORDER BY " \
        "id LIMIT ?5"

/* Its rows from where it stands. *ret: how many. */
static int send_rows_again(Ledger *ledger, const Job *job, int64_t *ret)
{
        int64_t last = NULL_INTEGER;
        int r = sql_integer(ledger, &last, "SELECT max(id) FROM (" ROWS_OF_SLICE ")", "iisii", job->at_row,
                            job->last_row, job->resend.runner, job->resend.since_utc_ms, (int64_t)RESEND_SLICE);

        if (r < 0)
                return r;
        *ret = 0;
        if (last == NULL_INTEGER)
                return 0;
        r = sql_run(ledger, "UPDATE outbox SET state = 0 WHERE id IN (" ROWS_OF_SLICE ")", "iisii", job->at_row,
                    job->last_row, job->resend.runner, job->resend.since_utc_ms, (int64_t)RESEND_SLICE);
        if (r < 0)
                return r;
        *ret = sqlite3_changes(ledger->db);
        return sql_run(ledger, "UPDATE resend SET at_row = ?, rows = rows + ? WHERE n = ?", "iii", last, *ret,
                       job->n);
}

/* A row that was cancelled never left: it says nothing of its record. */
#define MADE_ANEW(kind, table, key)                                                                \
        "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT " kind ", 0, t.runner, t." key \
        ", t.revision, ?1 FROM " table " t LEFT JOIN outbox o ON o.kind = " kind " AND o.runner = t.runner AND o.key = " \
        "t." key " AND o.revision = t.revision AND o.state <> 2 WHERE o.id IS NULL AND t.newest = 1 AND t.runner = ?2 " \
        "AND t.made >= ?3 "

/* Records whose rows are in the outbox no more. */
static int make_rows_anew(Ledger *ledger, const Job *job, int64_t *ret)
{
        int64_t now = clock_utc_ms(ledger->clock);
        int r = sql_run(ledger, MADE_ANEW("4", "run", "run") "AND t.state = 'current' AND " RUN_IS_TOLD " ORDER BY run LIMIT ?5",
                        "isiii", now, job->resend.runner, job->resend.since_utc_ms, retained_since_ms(ledger),
                        (int64_t)RESEND_SLICE);

        if (r < 0)
                return r;
        *ret = sqlite3_changes(ledger->db);
        r = sql_run(ledger, MADE_ANEW("3", "week", "week") "ORDER BY week LIMIT ?4", "isii", now, job->resend.runner,
                    job->resend.since_utc_ms, (int64_t)RESEND_SLICE);
        if (r < 0)
                return r;
        *ret += sqlite3_changes(ledger->db);
        return sql_run(ledger, "UPDATE resend SET rows = rows + ? WHERE n = ?", "ii", *ret, job->n);
}

static int end(Ledger *ledger, const Job *job)
{
        int r = sql_run(ledger, "UPDATE resend SET ended = ? WHERE n = ?", "ii", clock_utc_ms(ledger->clock), job->n);

        return r < 0 ? r : retained_tell_runner(ledger, job->resend.runner);
}

static int unconfirmed(Ledger *ledger, const Job *job, int64_t *ret)
{
        return sql_integer(ledger, ret, "SELECT count(*) FROM outbox WHERE state = 4 AND runner = ? AND made >= ?",
                           "si", job->resend.runner, job->resend.since_utc_ms);
}

int resend_slice(Ledger *ledger)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int64_t n = 0;
        Job job;
        int r = oldest_job(ledger, &job);

        if (r > 0)
                r = unconfirmed(ledger, &job, &n);
        if (r <= 0 || n >= RESEND_SLICE)
                return r < 0 ? r : 0;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = send_rows_again(ledger, &job, &n);
        if (r >= 0 && n == 0)
                r = make_rows_anew(ledger, &job, &n);
        if (r >= 0 && n == 0)
                r = end(ledger, &job);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_OUTBOX);
        r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}
