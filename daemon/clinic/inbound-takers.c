/* Who takes what the clinic sends: diary entries, plans, assessments, acknowledgements, orders. */
#include "daemon/clinic/inbound-case.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/redflags.h"
#include "daemon/ledger/resend.h"
#include "daemon/ledger/roster.h"
#include "proto/redflag-texts.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* What a ledger says of a record that stands in another's way. */
static int refuse_record(Case *c, int r, const char *what, const char *corrects)
{
        if (r == -EEXIST)
                return case_refuse(c, "id_taken",
                                   "another %s has this id; the first one stays. Send it with a new id", what);
        if (r == -EALREADY)
                return case_refuse(c, "corrected_before",
                                   "another %s has corrected %s. Look at that one, and correct it", what,
                                   corrects);
        if (r == -ELOOP)
                return case_refuse(c, "corrects_itself", "by way of others it would correct itself");
        return r;
}

/* ---- diary ---- */

/* An answer to such a question that nobody reads would be worse than one refused. */
static int check_red_flags(Case *c)
{
        const cJSON *flags = cJSON_GetObjectItemCaseSensitive(c->root, "redflags"), *item;

        cJSON_ArrayForEach(item, flags) {
                bool known = false;

                for (RedFlag flag = 0; item->string && flag < RED_FLAG_COUNT; flag++)
                        known |= strcmp(red_flag_name(flag), item->string) == 0;
                if (cJSON_IsObject(flags) && !known)
                        return case_refuse(c, "invalid_field", "redflags has a question that this gateway "
                                                               "does not know");
        }
        return 1;
}

/* Scores of the first version look like answers of the second, and are another scale. */
static int check_ostrc(Case *c)
{
        static const double first_version[] = {6, 13, 19}, points[] = {8, 17, 25};
        const cJSON *ostrc = cJSON_GetObjectItemCaseSensitive(c->root, "ostrc"), *item;

        cJSON_ArrayForEach(item, ostrc) {
                if (!cJSON_IsNumber(item))
                        continue;
                for (size_t i = 0; i < ARRAY_SIZE(first_version); i++) {
                        if (item->valuedouble == first_version[i])
                                return case_refuse(c, "ostrc_version_1",
                                                   "%s is a score of the OSTRC's first version (2013), "
                                                   "another scale. Send the index of each answer, 0 to 3",
                                                   item->string ? item->string : "an answer");
                        if (item->valuedouble == points[i])
                                return case_refuse(c, "ostrc_points",
                                                   "%s holds points. Send the index of each answer, 0 to 3",
                                                   item->string ? item->string : "an answer");
                }
        }
        return 1;
}

static int accept_red_flag(Case *c)
{
        Runner runner;
        const char *code;
        int r = runner_get(c->ledger, c->ack.runner, &runner);

        if (r < 0)
                return r;
        code = r > 0 && runner.consent == 1 ? "redflag_stored" : "redflag_not_sent";
        return case_accept(c, code, "%s", redflag_answer_text(code));
}

int take_diary(Case *c)
{
        DiaryEntry entry;
        int r;

        diary_entry_set_null(&entry);
        entry.received_utc_ms = clock_utc_ms(c->clock);
        (void)text_copy(entry.origin, sizeof(entry.origin), "clinic");
        (void)text_copy(entry.id, sizeof(entry.id), c->ack.id);
        (void)text_copy(entry.runner, sizeof(entry.runner), c->ack.runner);
        if (!check_red_flags(c) || !check_ostrc(c) || !case_read(c, &diary_form, &entry))
                return 0;
        r = diary_store(c->ledger, &entry);
        if (r < 0)
                return refuse_record(c, r, "entry", entry.corrects);
        if (r > 0 && diary_entry_has_red_flag(&entry))
                return accept_red_flag(c);
        return r > 0 ? case_accept(c, "stored", "stored") : case_accept(c, "duplicate", "was stored before");
}

/* ---- plan ---- */

static int refuse_plan(Case *c, int r, const Plan *plan, int64_t newest)
{
        if (r != -ESTALE)
                return refuse_record(c, r, "plan", "");
        c->ack.plan_version = newest;
        if (newest == 0)
                return case_refuse(c, "plan_conflict",
                                   "there is no plan yet that version %" PRId64 " could be: send it based on 0",
                                   plan->based_on);
        return case_refuse(c, "plan_conflict",
                           "it changes version %" PRId64 ", but version %" PRId64
                           " is the newest. Look at that one, and change it",
                           plan->based_on, newest);
}

int take_plan(Case *c)
{
        Plan plan;
        int64_t newest = 0;
        int r;

        fields_set_null(&plan_fields, &plan);
        plan.received_utc_ms = clock_utc_ms(c->clock);
        (void)text_copy(plan.origin, sizeof(plan.origin), "clinic");
        (void)text_copy(plan.id, sizeof(plan.id), c->ack.id);
        (void)text_copy(plan.runner, sizeof(plan.runner), c->ack.runner);
        if (!case_read(c, &plan_form, &plan))
                return 0;
        r = plan_store(c->ledger, &plan, &newest);
        if (r < 0)
                return refuse_plan(c, r, &plan, newest);
        c->ack.plan_version = plan.version;
        if (r == 0)
                return case_accept(c, "duplicate", "was stored before, as version %" PRId64, plan.version);
        return case_accept(c, "stored", "version %" PRId64 " is in force from %s on", plan.version, plan.from);
}

/* ---- assessment ---- */

int take_assessment(Case *c)
{
        Assessment assessment;
        int r;

        fields_set_null(&assessment_fields, &assessment);
        assessment.received_utc_ms = clock_utc_ms(c->clock);
        (void)text_copy(assessment.origin, sizeof(assessment.origin), "clinic");
        (void)text_copy(assessment.id, sizeof(assessment.id), c->ack.id);
        (void)text_copy(assessment.runner, sizeof(assessment.runner), c->ack.runner);
        if (!case_read(c, &assessment_form, &assessment))
                return 0;
        r = assessment_store(c->ledger, &assessment);
        if (r < 0)
                return refuse_record(c, r, "assessment", assessment.corrects);
        return r > 0 ? case_accept(c, "stored", "stored") : case_accept(c, "duplicate", "was stored before");
}

/* ---- acknowledgement ---- */

int take_acknowledge(Case *c)
{
        Acknowledgement given;
        int r;

        fields_set_null(&acknowledgement_fields, &given);
        given.received_utc_ms = clock_utc_ms(c->clock);
        (void)text_copy(given.origin, sizeof(given.origin), "clinic");
        (void)text_copy(given.id, sizeof(given.id), c->ack.id);
        (void)text_copy(given.runner, sizeof(given.runner), c->ack.runner);
        if (!case_read(c, &acknowledgement_form, &given))
                return 0;
        r = acknowledgement_store(c->ledger, &given);
        if (r == -ESRCH)
                return case_refuse(c, "unknown_redflag", "no red flag %s was raised here", given.redflag);
        if (r < 0)
                return refuse_record(c, r, "acknowledgement", "");
        return r > 0 ? case_accept(c, "stored", "stored") : case_accept(c, "duplicate", "was stored before");
}

/* ---- what the gateway is asked to do ---- */

int take_resend(Case *c)
{
        Resend asked, running;
        int r;

        fields_set_null(&resend_fields, &asked);
        asked.received_utc_ms = clock_utc_ms(c->clock);
        (void)text_copy(asked.origin, sizeof(asked.origin), "clinic");
        (void)text_copy(asked.id, sizeof(asked.id), c->ack.id);
        (void)text_copy(asked.runner, sizeof(asked.runner), c->ack.runner);
        if (!case_read(c, &resend_form, &asked))
                return 0;
        r = resend_ask(c->ledger, &asked, &running);
        if (r == -EPERM)
                return case_refuse(c, "no_consent", "%s has not consented that anything is told: that is said at home",
                                   asked.runner);
        if (r == -EBUSY)
                return case_refuse(c, "resend_running",
                                   "resend %s is not through yet: status says how far it is. Ask again when it is null",
                                   running.id);
        if (r < 0)
                return refuse_record(c, r, "resend", "");
        return r > 0 ? case_accept(c, "stored", "stored: what was made since then is sent again, in its order")
                     : case_accept(c, "duplicate", "was stored before");
}

/* Less may be told by anyone's word; more only by a word said at home: whoever may write to the broker could
 * open the home otherwise. */
int take_consent(Case *c)
{
        Withdrawal withdrawal;
        int r;

        fields_set_null(&withdrawal_fields, &withdrawal);
        (void)text_copy(withdrawal.id, sizeof(withdrawal.id), c->ack.id);
        (void)text_copy(withdrawal.runner, sizeof(withdrawal.runner), c->ack.runner);
        if (!case_read(c, &withdrawal_form, &withdrawal))
                return 0;
        if (withdrawal.consent == 1)
                return case_refuse(c, "said_at_home",
                                   "consent is given at home only, where it is kept: stridectl consent %s on",
                                   withdrawal.runner);
        r = runner_withdraw(c->ledger, &withdrawal);
        if (r < 0)
                return r;
        return r > 0 ? case_accept(c, "stored", "withdrawn: nothing more of %s is told", withdrawal.runner)
                     : case_accept(c, "duplicate", "was stored before");
}
