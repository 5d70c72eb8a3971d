#include "daemon/ledger/care.h"

#include "base/calendar.h"
#include "daemon/ledger/homes.h"
#include "daemon/ledger/once.h"
#include "daemon/ledger/outbox.h"
#include "daemon/ledger/redflags.h"
#include "daemon/ledger/roster.h"
#include "daemon/ledger/standing.h"

#include <errno.h>
#include <string.h>

/* Queues a row of a kind that collapses, if the runner consents. */
static int tell(Ledger *ledger, OutboxKind kind, const char *id, int64_t revision)
{
        Runner runner;
        int r = runner_get(ledger, id, &runner);

        if (r <= 0 || runner.consent != 1)
                return r < 0 ? r : 0;
        return outbox_add(ledger, kind, id, "", revision);
}

/* ---- plans ---- */

static int read_plan(Statement *statement, Plan *ret)
{
        int r = sql_step(statement);

        if (r > 0)
                row_read(statement, &plan_fields, ret);
        return r;
}

int plan_get(Ledger *ledger, const char *runner, int64_t version, Plan *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &plan_fields, "",
                          "WHERE runner = ?1 AND (?2 = 0 OR version = ?2) ORDER BY version DESC LIMIT 1",
                          "si", runner, version);

        return r < 0 ? r : read_plan(statement, ret);
}

int plan_on_day(Ledger *ledger, const char *runner, int32_t day, Plan *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        char date[12];
        int r;

        date_format(day, date);
        r = row_query(ledger, &statement, &plan_fields, "",
                      "WHERE runner = ? AND \"from\" <= ? ORDER BY version DESC LIMIT 1", "ss", runner,
                      date);
        return r < 0 ? r : read_plan(statement, ret);
}

int plan_first_day(Ledger *ledger, const char *runner, int32_t *ret_day)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &plan_fields, "",
                          "WHERE runner = ? ORDER BY \"from\", version LIMIT 1", "s", runner);
        Plan plan;

        if (r >= 0)
                r = read_plan(statement, &plan);
        if (r <= 0)
                return r;
        return date_parse(plan.from, ret_day) < 0 ? -EUCLEAN : 1;
}

int plan_each(Ledger *ledger, const char *runner, PlanFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &plan_fields, "", "WHERE runner = ? ORDER BY version", "s",
                          runner);

        while (r >= 0) {
                Plan plan;

                r = read_plan(statement, &plan);
                if (r <= 0)
                        return r;
                r = function(&plan, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}

/* The plan that a message became. 1, 0: it never came. */
static int plan_of_message(Ledger *ledger, const Plan *plan, Plan *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &plan_fields, "", "WHERE runner = ? AND id = ?", "ss",
                          plan->runner, plan->id);

        return r < 0 ? r : read_plan(statement, ret);
}

static bool says_the_same_plan(const Plan *there, Plan plan)
{
        plan.version = there->version;
        plan.received_utc_ms = there->received_utc_ms;
        (void)text_copy(plan.origin, sizeof(plan.origin), there->origin);
        return fields_equal(&plan_fields, there, &plan);
}

/* 1: a new one; else as plan_store. */
static int check_plan(Ledger *ledger, Plan *plan, int64_t *ret_newest)
{
        Runner runner;
        Plan there;
        int r = runner_get(ledger, plan->runner, &runner);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = plan_of_message(ledger, plan, &there);
        if (r < 0)
                return r;
        if (r > 0 && !says_the_same_plan(&there, *plan))
                return -EEXIST;
        if (r > 0) {
                plan->version = there.version;
                return 0;
        }
        r = plan_get(ledger, plan->runner, 0, &there);
        if (r < 0)
                return r;
        *ret_newest = r > 0 ? there.version : 0;
        plan->version = *ret_newest + 1;
        return plan->based_on == *ret_newest ? 1 : -ESTALE;
}

int plan_store(Ledger *ledger, Plan *plan, int64_t *ret_newest)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        int32_t day;
        int r = date_parse(plan->from, &day);

        if (r >= 0)
                r = check_plan(ledger, plan, ret_newest);
        if (r <= 0)
                return r;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = row_insert(ledger, "INSERT", &plan_fields, plan, "", "");
        if (r >= 0)
                r = once_mark_weeks(ledger, plan->runner, DIRTY_CARE, day);
        if (r >= 0)
                r = tell(ledger, OUTBOX_PLAN, plan->runner, plan->version);
        if (r >= 0)
                r = audit_add(ledger, "plan changed", plan->runner, plan->by);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

/* ---- assessments ---- */

static int32_t day_before(int64_t utc_ms)
{
        return (int32_t)((utc_ms - DAY_MS) / DAY_MS); /* in any zone not after its own */
}

static int mark_assessment(Ledger *ledger, const Assessment *assessment)
{
        Assessment corrected;
        int r = once_mark_weeks(ledger, assessment->runner, DIRTY_CARE, day_before(assessment->at_utc_ms));

        if (r < 0 || !assessment->corrects[0])
                return r;
        r = once_get(ledger, &assessment_fields, assessment->runner, assessment->corrects, &corrected);
        return r <= 0 ? r : once_mark_weeks(ledger, assessment->runner, DIRTY_CARE, day_before(corrected.at_utc_ms));
}

int assessment_store(Ledger *ledger, const Assessment *assessment)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        const OnceKey key = {assessment->runner, assessment->id, assessment->corrects};
        Assessment there;
        int r = once_check(ledger, &assessment_fields, key, assessment, &there);

        if (r <= 0)
                return r;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = row_insert(ledger, "INSERT", &assessment_fields, assessment, "", "");
        if (r >= 0)
                r = mark_assessment(ledger, assessment);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

static int read_assessments(Statement *statement, AssessmentFunction function, void *userdata)
{
        Assessment assessment;
        int r;

        for (;;) {
                r = sql_step(statement);
                if (r <= 0)
                        return r;
                row_read(statement, &assessment_fields, &assessment);
                r = function(&assessment, userdata);
                if (r != 0)
                        return r;
        }
}

int assessment_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                    AssessmentFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &assessment_fields, "",
                          "WHERE runner = ? AND at >= ? AND at < ? AND " ONCE_IN_FORCE("assessment")
                          " ORDER BY at, id",
                          "sii", runner, from_utc_ms, to_utc_ms);

        return r < 0 ? r : read_assessments(statement, function, userdata);
}

int assessment_history_each(Ledger *ledger, const char *runner, AssessmentFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &assessment_fields, "", "WHERE runner = ? ORDER BY at, id",
                          "s", runner);

        return r < 0 ? r : read_assessments(statement, function, userdata);
}

int assessment_before(Ledger *ledger, const char *runner, int64_t before_utc_ms, Assessment *ret)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &assessment_fields, "",
                          "WHERE runner = ? AND at < ? AND " ONCE_IN_FORCE("assessment")
                          " ORDER BY at DESC, id DESC LIMIT 1",
                          "si", runner, before_utc_ms);

        if (r >= 0)
                r = sql_step(statement);
        if (r > 0)
                row_read(statement, &assessment_fields, ret);
        return r;
}

/* ---- acknowledgements ---- */

static int check_acknowledgement(Ledger *ledger, const Acknowledgement *given)
{
        Acknowledgement there, same = *given;
        Runner runner;
        int r = runner_get(ledger, given->runner, &runner);

        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        r = once_get(ledger, &acknowledgement_fields, given->runner, given->id, &there);
        if (r < 0)
                return r;
        if (r == 0)
                return 1;
        same.received_utc_ms = there.received_utc_ms;
        (void)text_copy(same.origin, sizeof(same.origin), there.origin);
        (void)text_copy(same.saw, sizeof(same.saw), there.saw);
        return fields_equal(&acknowledgement_fields, &there, &same) ? 0 : -EEXIST;
}

/* What stood at the time that it names: it may have waited since, and worse may have come. */
static int note_what_stood(Ledger *ledger, Acknowledgement *given)
{
        CLEANUP(homes_freep) Homes *homes = NULL;
        int r = homes_new(ledger, given->runner, &homes);
        IsoWeek newest;

        if (r < 0)
                return r == -ENOENT ? 0 : r; /* their zone is not on this machine: it counts for its own code */
        r = newest_week(ledger, given->runner, homes, given->at_utc_ms, &newest);
        if (r > 0)
                r = standing_in_weeks(ledger, given->runner, newest, given->at_utc_ms, given->saw);
        else if (r == 0)
                codes_none(given->saw);
        return r;
}

int acknowledgement_store(Ledger *ledger, const Acknowledgement *given)
{
        CLEANUP(transaction_endp) Transaction transaction = {0};
        Acknowledgement noted = *given;
        RedFlagState flag;
        int r = check_acknowledgement(ledger, given);

        if (r <= 0)
                return r;
        if (given->redflag[0])
                r = redflag_get(ledger, given->runner, given->redflag, &flag);
        if (r <= 0)
                return r < 0 ? r : -ESRCH;
        if (given->alert[0])
                r = note_what_stood(ledger, &noted);
        if (r < 0)
                return r;
        r = transaction_begin(&transaction, ledger);
        if (r >= 0)
                r = row_insert(ledger, "INSERT", &acknowledgement_fields, &noted, "", "");
        if (r >= 0 && given->redflag[0])
                r = redflag_answer(ledger, given->runner, given->redflag, given->id);
        if (r >= 0)
                r = tell(ledger, OUTBOX_SUMMARY, given->runner, 0);
        if (r >= 0)
                r = audit_add(ledger, "acknowledged", given->runner, given->by);
        if (r >= 0)
                r = transaction_commit(&transaction);
        return r < 0 ? r : 1;
}

bool acknowledgement_holds(const Acknowledgement *given, int64_t now_utc_ms)
{
        return given->until_utc_ms == NULL_INTEGER || now_utc_ms < given->until_utc_ms;
}

int acknowledgement_each(Ledger *ledger, const char *runner, AcknowledgementFunction function, void *userdata)
{
        CLEANUP(statement_donep) Statement *statement = NULL;
        int r = row_query(ledger, &statement, &acknowledgement_fields, "", "WHERE runner = ? ORDER BY at, id",
                          "s", runner);

        while (r >= 0) {
                Acknowledgement given;

                r = sql_step(statement);
                if (r <= 0)
                        return r;
                row_read(statement, &acknowledgement_fields, &given);
                r = function(&given, userdata);
                if (r != 0)
                        return r;
        }
        return r;
}
