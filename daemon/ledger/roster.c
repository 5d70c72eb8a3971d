#include "daemon/ledger/roster.h"

#include "base/calendar.h"
#include "daemon/ledger/dirty.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/retained.h"
#include "daemon/ledger/sql.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define RUNNER(type, member, path) FIELD(FIELD_##type, Runner, member, path)
#define POD(type, member, path)    FIELD(FIELD_##type, Pod, member, path)

static const Field runner_field_list[] = {
        RUNNER(TEXT, id, "id"),
        RUNNER(TEXT, zone, "zone"),
        RUNNER(BOOLEAN, consent, "consent"),
        RUNNER(TIME, added_utc_ms, "added"),
        RUNNER(REAL, mass_kg, "mass_kg"),
        RUNNER(REAL, height_cm, "height_cm"),
        RUNNER(INTEGER, hr_max_bpm, "hr_max_bpm"),
        RUNNER(INTEGER, hr_rest_bpm, "hr_rest_bpm"),
        RUNNER(TEXT, sex, "sex"),
};

static const Field pod_field_list[] = {
        POD(TEXT, address, "address"),
        POD(TEXT, name, "name"),
        POD(TEXT, driver, "driver"),
        POD(BOOLEAN, bonded, "bonded"),
        POD(BOOLEAN, has_memory, "has_memory"),
        POD(INTEGER, battery_pct, "battery_pct"),
        POD(TIME, last_heard_utc_ms, "last_heard"),
        POD(TIME, reported_utc_ms, "reported"),
        POD(INTEGER, cadence, "cadence"),
        POD(TEXT, manufacturer, "manufacturer"),
        POD(TEXT, model, "model"),
        POD(TEXT, firmware, "firmware"),
};

const FieldTable runner_fields = {
        .name = "runner", .fields = runner_field_list, .n_fields = ARRAY_SIZE(runner_field_list)};
const FieldTable pod_fields = {
        .name = "pod", .fields = pod_field_list, .n_fields = ARRAY_SIZE(pod_field_list)};

/* ---- runners ---- */

int runner_get(Ledger *ledger, const char *id, Runner *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &runner_fields, "", "WHERE id = ?", "s", id);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                row_read(statement, &runner_fields, ret);
        return r;
}

int runner_add(Ledger *ledger, const Runner *runner)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        Runner there;
        int r;

        if (clock_quality(ledger->clock) == CLOCK_UNSET)
                return -EAGAIN;
        r = runner_get(ledger, runner->id, &there);
        /* Here and below, refused before anything begins: the caller's transaction stays good. */
        if (r != 0)
                return r < 0 ? r : -EEXIST;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = row_insert(ledger, "INSERT", &runner_fields, runner, "", "");
        if (r >= 0)
                r = sql_run(ledger, "INSERT INTO home (runner, from_week, zone) VALUES (?, '', ?)", "ss",
                            runner->id, runner->zone);
        if (r >= 0)
                r = audit_add(ledger, "runner added", runner->id, runner->zone);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_ROSTER);
        return transaction_commit(&transaction);
}

int queue_everything(Ledger *ledger, const char *id)
{
        int r = sql_run(ledger,
                        "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT ?, ?, "
                        "runner, run, revision, ? FROM run WHERE runner = ? AND newest = 1 AND state "
                        "= 'current' AND " RUN_IS_TOLD " ORDER BY start",
                        "iiisi", (int64_t)OUTBOX_RUN, (int64_t)OUTBOX_WAITING,
                        clock_utc_ms(ledger->clock), id, retained_since_ms(ledger));

        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT ?, "
                            "?, runner, week, revision, ? FROM week WHERE runner = ? AND newest = 1 "
                            "AND withdrawn = 0 ORDER BY week",
                            "iiis", (int64_t)OUTBOX_WEEK, (int64_t)OUTBOX_WAITING,
                            clock_utc_ms(ledger->clock), id);
        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT ?, "
                            "?, runner, id, 0, ? FROM redflag WHERE runner = ? AND answered IS NULL "
                            "ORDER BY received",
                            "iiis", (int64_t)OUTBOX_REDFLAG, (int64_t)OUTBOX_WAITING,
                            clock_utc_ms(ledger->clock), id);
        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE run SET cleared = 0 WHERE runner = ? AND newest = 1 AND " RUN_IS_TOLD,
                            "si", id, retained_since_ms(ledger));
        if (r >= 0)
                r = sql_run(ledger, "UPDATE week SET cleared = 0 WHERE runner = ? AND newest = 1 AND withdrawn = 0", "s",
                            id);
        if (r >= 0)
                r = retained_clear_weeks(ledger, id);
        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO outbox (kind, state, runner, key, revision, made) SELECT ?, "
                            "?, runner, '', max(version), ? FROM plan WHERE runner = ? GROUP BY runner",
                            "iiis", (int64_t)OUTBOX_PLAN, (int64_t)OUTBOX_WAITING,
                            clock_utc_ms(ledger->clock), id);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_OUTBOX);
        return outbox_add(ledger, OUTBOX_SUMMARY, id, "", 0);
}

/* Nothing more leaves, and what the broker keeps is cleared. */
static int withdraw_everything(Ledger *ledger, const char *id)
{
        /* Literals, OUTBOX_WAITING and OUTBOX_TAKEN, are what the indexes are for: a bound one is not. */
        int r = sql_run(ledger,
                        "UPDATE outbox SET state = ? WHERE runner = ? AND (state = 0 OR state = 4 OR "
                        "state = 3 AND mendable = 1) AND "
                        "kind IN (?, ?, ?, ?, ?)",
                        "isiiiii", (int64_t)OUTBOX_CANCELLED, id, (int64_t)OUTBOX_SUMMARY,
                        (int64_t)OUTBOX_WEEK, (int64_t)OUTBOX_RUN, (int64_t)OUTBOX_REDFLAG,
                        (int64_t)OUTBOX_PLAN);

        if (r >= 0)
                r = sql_run(ledger, "UPDATE resend SET ended = ? WHERE runner = ? AND ended IS NULL", "is",
                            clock_utc_ms(ledger->clock), id);
        return r < 0 ? r : retained_clear_runner(ledger, id);
}

int runner_set_consent(Ledger *ledger, const char *id, bool consent)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        Runner runner;
        int r = runner_get(ledger, id, &runner);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (runner.consent == (consent ? 1 : 0))
                return 0;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = sql_run(ledger, "UPDATE runner SET consent = ? WHERE id = ?", "is",
                            (int64_t)consent, id);
        if (r >= 0)
                r = consent ? queue_everything(ledger, id) : withdraw_everything(ledger, id);
        if (r >= 0)
                r = audit_add(ledger, consent ? "consent given" : "consent withdrawn", id, NULL);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_ROSTER);
        return transaction_commit(&transaction);
}

/* The audit is kept for ever: what stands in it was heard. */
int runner_withdraw(Ledger *ledger, const Withdrawal *withdrawal)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        char detail[ID_SIZE + BY_SIZE + 8];
        int64_t heard = 0;
        int r = sql_integer(ledger, &heard,
                            "SELECT 1 FROM audit WHERE what = 'withdrawn by way of the clinic' AND runner = ?1 AND "
                            "substr(detail, 1, length(?2) + 4) = ?2 || ' by ' LIMIT 1",
                            "ss", withdrawal->runner, withdrawal->id);

        if (r != 0)
                return r < 0 ? r : 0;
        (void)snprintf(detail, sizeof(detail), "%s by %s", withdrawal->id, withdrawal->by);
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = runner_set_consent(ledger, withdrawal->runner, false);
        if (r >= 0)
                r = audit_add(ledger, "withdrawn by way of the clinic", withdrawal->runner, detail);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

int runner_each(Ledger *ledger, RunnerFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &runner_fields, "", "ORDER BY id", "");

        while (r >= 0) {
                Runner runner;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                row_read(statement, &runner_fields, &runner);
                r = function(&runner, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

/* ---- pods ---- */

/* The newest assignment beside each pod. */
static const char newest_assignment[] =
        ", (SELECT runner FROM assignment a WHERE a.pod_id = t.pod_id ORDER BY from_utc_ms DESC "
        "LIMIT 1), (SELECT placement FROM assignment a WHERE a.pod_id = t.pod_id ORDER BY "
        "from_utc_ms DESC LIMIT 1), (SELECT assigned FROM assignment a WHERE a.pod_id = t.pod_id "
        "ORDER BY from_utc_ms DESC LIMIT 1)";

static void read_pod(Ledger *ledger, Statement *statement, Pod *ret)
{
        int n = (int)pod_fields.n_fields;

        row_read(statement, &pod_fields, ret);
        column_text(statement, n, ret->runner, sizeof(ret->runner));
        ret->placement = column_integer(statement, n + 1);
        ret->assigned_utc_ms = column_integer(statement, n + 2);
        for (size_t i = 0; i < ledger->n_heard; i++) {
                if (strcmp(ledger->heard[i].address, ret->address) == 0)
                        ret->last_heard_utc_ms = ledger->heard[i].utc_ms;
        }
}

int pod_get(Ledger *ledger, const char *address, Pod *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &pod_fields, newest_assignment, "WHERE address = ?",
                          "s", address);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                read_pod(ledger, statement, ret);
        return r;
}

int pod_each(Ledger *ledger, PodFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &pod_fields, newest_assignment, "ORDER BY address",
                          "");

        while (r >= 0) {
                Pod pod;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                read_pod(ledger, statement, &pod);
                r = pod.runner[0] == '\0' ? 0 : function(&pod, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

/* The last moment behind now of which anything is known: assignments, and runs that a clock which was
 * ahead put there. */
static int find_last(Ledger *ledger, const Pod *pod, const char *before, int64_t now, int64_t *ret)
{
        return sql_integer(ledger, ret,
                           "SELECT max(?1, ifnull((SELECT max(from_utc_ms) FROM assignment JOIN pod USING "
                           "(pod_id) WHERE address = ?2), ?1), ifnull((SELECT max(\"end\") FROM run WHERE "
                           "runner IN (?3, ?4) AND newest = 1), ?1))",
                           "isss", now, pod->address, pod->runner, before);
}

/* From now on is also instead of what was said by a clock that was ahead. What it told since, should
 * our clock be slow, is the other runner's or side's as well. */
static int begin_assignment(Ledger *ledger, const Pod *pod, const char *before)
{
        int64_t now = clock_utc_ms(ledger->clock), last = now;
        int r = find_last(ledger, pod, before, now, &last);

        if (r < 0)
                return r;
        r = sql_run(ledger,
                    "DELETE FROM assignment WHERE from_utc_ms >= ? AND pod_id = (SELECT pod_id FROM pod WHERE "
                    "address = ?)",
                    "is", now, pod->address);
        if (r >= 0)
                r = dirty_mark_for(ledger, pod->runner, DIRTY_PLACEMENT, now, last + DAY_MS);
        if (r >= 0 && before[0] != '\0' && strcmp(before, pod->runner) != 0)
                r = dirty_mark_for(ledger, before, DIRTY_PLACEMENT, now, last + DAY_MS);
        return r;
}

static int assign(Ledger *ledger, const Pod *pod, bool first)
{
        int64_t now = clock_utc_ms(ledger->clock);
        char detail[128];
        int r = sql_run(ledger,
                        "INSERT OR REPLACE INTO assignment (pod_id, from_utc_ms, runner, placement, "
                        "assigned) SELECT pod_id, ?, ?, ?, ? FROM pod WHERE address = ?",
                        "isiis", first ? INT64_MIN + 1 : now, pod->runner, pod->placement, now,
                        pod->address);

        if (r < 0)
                return r;
        (void)snprintf(detail, sizeof(detail), "%s %s", pod->address,
                       placement_name((Placement)pod->placement));
        return audit_add(ledger, "pod assigned", pod->runner, detail);
}

/* A summary says whether its runner has a pod at all. */
static int summarise(Ledger *ledger, const char *id)
{
        Runner runner;
        int r = runner_get(ledger, id, &runner);

        if (r <= 0 || runner.consent != 1)
                return r < 0 ? r : 0;
        return outbox_add(ledger, OUTBOX_SUMMARY, id, "", 0);
}

static int summarise_both(Ledger *ledger, const char *before, const char *after)
{
        int r = summarise(ledger, after);

        return r < 0 || strcmp(before, after) == 0 ? r : summarise(ledger, before);
}

int pod_assign(Ledger *ledger, const Pod *pod)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        Runner runner;
        Pod there;
        bool moves;
        int known, r = runner_get(ledger, pod->runner, &runner);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        known = pod_get(ledger, pod->address, &there);
        if (known < 0)
                return known;
        moves = known && (strcmp(there.runner, pod->runner) != 0 || there.placement != pod->placement);
        if (moves && clock_quality(ledger->clock) == CLOCK_UNSET)
                return -EAGAIN;
        r = transaction_begin(&transaction, ledger);
        if (r < 0)
                return r;
        r = sql_run(ledger,
                    "INSERT INTO pod (address, name, driver, bonded, has_memory) VALUES (?, ?, ?, ?, "
                    "?) ON CONFLICT (address) DO UPDATE SET name = excluded.name, driver = "
                    "excluded.driver, bonded = excluded.bonded, has_memory = excluded.has_memory",
                    "sssii", pod->address, pod->name, pod->driver, pod->bonded, pod->has_memory);
        if (r < 0)
                return r;
        if (!known || moves) {
                r = known ? begin_assignment(ledger, pod, there.runner) : 0;
                if (r >= 0)
                        r = assign(ledger, pod, !known);
                if (r >= 0)
                        r = summarise_both(ledger, known ? there.runner : pod->runner, pod->runner);
        }
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_ROSTER);
        return transaction_commit(&transaction);
}

/* Nothing changed: there is no such pod, and nothing to undo either. */
static int commit_change(const Ledger *ledger, Transaction *transaction)
{
        bool changed = sqlite3_changes(ledger->db) > 0;
        int r = transaction_commit(transaction);

        return r < 0 || changed ? r : -ENOENT;
}

/* One column of one pod. `sql` sets it from the first argument. */
static int update_pod(Ledger *ledger, const char *sql, int64_t value, const char *address)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger, sql, "is", value, address);
        return r < 0 ? r : commit_change(ledger, &transaction);
}

int pod_set_battery(Ledger *ledger, const char *address, int64_t battery_pct)
{
        return update_pod(ledger, "UPDATE pod SET battery_pct = ? WHERE address = ?", battery_pct,
                          address);
}

int pod_set_cadence(Ledger *ledger, const char *address, CadenceConvention cadence)
{
        return update_pod(ledger, "UPDATE pod SET cadence = ? WHERE address = ?", (int64_t)cadence,
                          address);
}

/* A day is known to be one without a run once its pods have reported: weeks since the report before this
 * one may know of more days now, final ones, too. */
static int mark_reported(Ledger *ledger, const char *address)
{
        char week[12];
        int64_t before_utc_ms = 0;
        int r = sql_integer(ledger, &before_utc_ms, "SELECT ifnull(reported, 0) FROM pod WHERE address = ?", "s",
                            address);

        if (r <= 0)
                return r;
        iso_week_format(iso_week_of_day((int32_t)(before_utc_ms / DAY_MS) - 1), week); /* in any zone */
        ledger_touch(ledger, LEDGER_DIRTY);
        return sql_run(ledger,
                       "INSERT INTO due_week (runner, week, why) SELECT DISTINCT runner, week, ? FROM week WHERE "
                       "runner IN (SELECT runner FROM assignment JOIN pod USING (pod_id) WHERE address = ?) AND "
                       "week >= ? ON CONFLICT (runner, week) DO UPDATE SET why = why | excluded.why, failures = 0, "
                       "aside = 0",
                       "iss", (int64_t)DIRTY_REPORT, address, week);
}

/* In the running transaction. */
static int set_reported(Ledger *ledger, const char *address, int64_t utc_ms)
{
        int r = mark_reported(ledger, address);

        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE epoch SET reported = ?1 WHERE pod_id = (SELECT pod_id FROM pod WHERE address = ?2) "
                            "AND epoch = (SELECT max(epoch) FROM epoch n JOIN pod USING (pod_id) WHERE address = ?2)",
                            "is", utc_ms, address);
        return r < 0 ? r
                     : sql_run(ledger, "UPDATE pod SET reported = ? WHERE address = ?", "is", utc_ms, address);
}

static int end_assignment(Ledger *ledger, const Pod *pod, const char *how)
{
        int64_t now = clock_utc_ms(ledger->clock);
        char detail[768];
        int r = begin_assignment(ledger, pod, pod->runner);

        if (r >= 0)
                r = sql_run(ledger,
                            "INSERT INTO assignment (pod_id, from_utc_ms, runner, placement, assigned) SELECT "
                            "pod_id, ?, NULL, ?, ? FROM pod WHERE address = ?",
                            "iiis", now, pod->placement, now, pod->address);
        if (r >= 0)
                r = sql_run(ledger, "UPDATE pod SET bonded = 0 WHERE address = ?", "s", pod->address);
        if (r < 0)
                return r;
        (void)snprintf(detail, sizeof(detail), "%s %s: %s", pod->address,
                       placement_name((Placement)pod->placement), how);
        return audit_add(ledger, "pod unpaired", pod->runner, detail);
}

int pod_unassign(Ledger *ledger, const char *address, int64_t read_utc_ms, const char *how)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        Pod pod;
        int r = pod_get(ledger, address, &pod);

        if (r < 0)
                return r;
        if (r == 0 || pod.runner[0] == '\0')
                return -ENOENT;
        if (clock_quality(ledger->clock) == CLOCK_UNSET)
                return -EAGAIN;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = end_assignment(ledger, &pod, how);
        if (r >= 0 && read_utc_ms != NULL_INTEGER)
                r = set_reported(ledger, address, read_utc_ms);
        if (r >= 0)
                r = summarise(ledger, pod.runner);
        if (r < 0)
                return r;
        ledger_touch(ledger, LEDGER_ROSTER);
        return transaction_commit(&transaction);
}

int pod_set_reported(Ledger *ledger, const char *address, int64_t utc_ms)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = set_reported(ledger, address, utc_ms);
        return r < 0 ? r : commit_change(ledger, &transaction);
}

int pod_set_information(Ledger *ledger, const char *address, const char *manufacturer,
                        const char *model, const char *firmware)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int r = transaction_begin(&transaction, ledger);

        if (r >= 0)
                r = sql_run(ledger,
                            "UPDATE pod SET manufacturer = ?, model = ?, firmware = ? WHERE address "
                            "= ?",
                            "ssss", manufacturer, model, firmware, address);
        return r < 0 ? r : commit_change(ledger, &transaction);
}

void pod_heard(Ledger *ledger, const char *address, int64_t utc_ms)
{
        for (size_t i = 0; i < ledger->n_heard; i++) {
                if (strcmp(ledger->heard[i].address, address) == 0) {
                        ledger->heard[i].utc_ms = utc_ms;
                        return;
                }
        }
        if (ledger->n_heard == HEARD_MAX)
                return; /* more pods than slots: told at their next commit */
        (void)text_copy(ledger->heard[ledger->n_heard].address, ADDRESS_SIZE, address);
        ledger->heard[ledger->n_heard++].utc_ms = utc_ms;
}
