/* care.h: what the clinic set down for a runner: plans, assessments, acknowledgements of alerts. */
#pragma once

#include "daemon/ledger/ledger.h"
#include "proto/care-records.h"

/* ---- plans ---- */

/* Gives the plan the next version. 1: stored, plan->version is set; 0: that message was stored before,
 * plan->version is the one that it became; -ESTALE: it is based on another version than the newest,
 * *ret_newest (0: there is none); -EEXIST: the id is taken by another plan; -ENOENT: no such runner.
 * Weeks from its first day on are derived anew. */
int plan_store(Ledger *ledger, Plan *plan, int64_t *ret_newest) MUST_CHECK;
/* The plan in force on a local day: the newest version whose first day is not after it. 1, 0: none. */
int plan_on_day(Ledger *ledger, const char *runner, int32_t day, Plan *ret) MUST_CHECK;
/* Of that version, 0: the newest. 1, 0: none. */
int plan_get(Ledger *ledger, const char *runner, int64_t version, Plan *ret) MUST_CHECK;
/* The first day on which any plan was in force: verdicts wait for 14 days from there. 1, 0: none. */
int plan_first_day(Ledger *ledger, const char *runner, int32_t *ret_day) MUST_CHECK;
typedef int (*PlanFunction)(const Plan *plan, void *userdata);
/* Every version, oldest first. */
int plan_each(Ledger *ledger, const char *runner, PlanFunction function, void *userdata) MUST_CHECK;

/* ---- assessments ---- */

/* As diary_store. */
int assessment_store(Ledger *ledger, const Assessment *assessment) MUST_CHECK;
typedef int (*AssessmentFunction)(const Assessment *assessment, void *userdata);
/* In force (neither corrected nor withdrawn), from <= at < to, in order of time. */
int assessment_each(Ledger *ledger, const char *runner, int64_t from_utc_ms, int64_t to_utc_ms,
                    AssessmentFunction function, void *userdata) MUST_CHECK;
/* The newest one in force made before that time. 1, 0: none. */
int assessment_before(Ledger *ledger, const char *runner, int64_t before_utc_ms, Assessment *ret) MUST_CHECK;
/* Also what was corrected or withdrawn, for export. */
int assessment_history_each(Ledger *ledger, const char *runner, AssessmentFunction function,
                            void *userdata) MUST_CHECK;

/* ---- acknowledgements ---- */

/* 1: stored; 0: was there; -EEXIST, -ENOENT as above; -ESRCH: no such red flag. What stood at its time
 * is noted with it (alerts.h). The summary is told anew; a red flag is answered by it: it leaves the broker. */
int acknowledgement_store(Ledger *ledger, const Acknowledgement *given) MUST_CHECK;
/* Does it keep the alert quiet at that time? A snooze that is over does not. */
bool acknowledgement_holds(const Acknowledgement *given, int64_t now_utc_ms);
typedef int (*AcknowledgementFunction)(const Acknowledgement *given, void *userdata);
/* In order of time. */
int acknowledgement_each(Ledger *ledger, const char *runner, AcknowledgementFunction function,
                         void *userdata) MUST_CHECK;
