/* The diary, plans and assessments on the bus. */
#include "daemon/control/diary.h"

#include "daemon/control/dict.h"
#include "daemon/control/form.h"
#include "daemon/control/state.h"

#include "base/zone.h"
#include "daemon/ledger/care.h"
#include "daemon/ledger/diary.h"
#include "daemon/ledger/redflags.h"
#include "daemon/ledger/roster.h"
#include "daemon/measure/movement.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- diary ---- */

static const char *redflag_state(const RedFlagState *flag)
{
        if (flag->answered[0])
                return "acknowledged";
        return flag->told_utc_ms == NULL_INTEGER ? "waiting" : "unanswered";
}

int dict_diary_entry(sd_bus_message *m, Ledger *ledger, const DiaryEntry *entry)
{
        RedFlagState flag;
        int there = 0, r = dict_fields(m, &diary_fields, entry);

        if (r >= 0 && diary_entry_has_red_flag(entry))
                r = there = redflag_get(ledger, entry->runner, entry->id, &flag);
        if (r >= 0)
                r = dict_text(m, "redflag_state", there > 0 ? redflag_state(&flag) : "");
        return r;
}

static int store_failed(Control *control, const DiaryEntry *entry, int r, sd_bus_error *error)
{
        if (r == -EEXIST)
                return sd_bus_error_setf(error, ERROR_EXISTS,
                                         "another entry has the id %s, the first one stays\nleave the id away",
                                         entry->id);
        if (r == -EALREADY || r == -ELOOP)
                return sd_bus_error_setf(error, ERROR_EXISTS,
                                         "entry %s was corrected before\nlook with: stridectl diary %s --json, "
                                         "and correct the newest one",
                                         entry->corrects, entry->runner);
        return control_ledger_failed(control, error, r);
}

static int read_entry(Control *control, sd_bus_message *call, DiaryEntry *entry, sd_bus_error *error)
{
        const FormReader reader = {&diary_form, "a diary entry", "diary", entry->received_utc_ms};
        const char *runner, *fault;
        int r = sd_bus_message_read(call, "s", &runner);

        if (r < 0)
                return r;
        (void)text_copy(entry->runner, sizeof(entry->runner), runner);
        r = form_read_dict(&reader, call, entry, entry->id, error);
        if (r >= 0)
                r = control_need_runner(control, runner, error);
        if (r < 0)
                return r;
        fault = diary_form.fault(entry);
        return fault ? sd_bus_error_setf(error, ERROR_INVALID, "%s\nsee: stridectl help diary", fault) : 0;
}

int method_add_diary(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Control *control = userdata;
        DiaryEntry entry;
        int stored, r;

        if (clock_quality(control->clock) == CLOCK_UNSET)
                return control_ledger_failed(control, error, -EAGAIN);
        diary_entry_set_null(&entry);
        entry.at_utc_ms = entry.received_utc_ms = clock_utc_ms(control->clock);
        (void)text_copy(entry.origin, sizeof(entry.origin), "gateway");
        (void)snprintf(entry.id, sizeof(entry.id), "gw-%" PRId64 "-%u", entry.received_utc_ms,
                       ++control->diary_count);
        r = read_entry(control, call, &entry, error);
        if (r < 0)
                return r;
        stored = diary_store(control->ledger, &entry);
        if (stored < 0)
                return store_failed(control, &entry, stored, error);
        r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = dict_open(reply);
        if (r >= 0)
                r = dict_diary_entry(reply, control->ledger, &entry);
        if (r >= 0)
                r = dict_boolean(reply, "stored", stored);
        if (r >= 0)
                r = dict_close(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}

typedef struct Listing {
        Control *control;
        sd_bus_message *m;
        int64_t in_force; /* version of the plan that is, today */
} Listing;

static int list_entry(const DiaryEntry *entry, void *userdata)
{
        Listing *listing = userdata;
        int r = dict_open(listing->m);

        if (r >= 0)
                r = dict_diary_entry(listing->m, listing->control->ledger, entry);
        return r < 0 ? r : dict_close(listing->m) < 0 ? -EIO : 0;
}

static int list_diary(Listing *listing, const char *runner)
{
        return diary_each(listing->control->ledger, runner, INT64_MIN + 1, INT64_MAX, list_entry, listing);
}

/* ---- plans ---- */

static int find_in_force(Control *control, const char *id, int64_t *ret)
{
        CLEANUP(zone_freep) Zone *zone = NULL;
        Runner runner;
        Plan plan;
        int r = runner_get(control->ledger, id, &runner);

        if (r > 0)
                r = zone_new(runner.zone, &zone);
        if (r >= 0)
                r = plan_on_day(control->ledger, id, zone_local_day(zone, clock_utc_ms(control->clock)), &plan);
        *ret = r > 0 ? plan.version : NULL_INTEGER;
        return r < 0 ? r : 0;
}

static int list_plan(const Plan *plan, void *userdata)
{
        Listing *listing = userdata;
        int r = dict_open(listing->m);

        if (r >= 0)
                r = dict_fields(listing->m, &plan_fields, plan);
        if (r >= 0)
                r = dict_boolean(listing->m, "in_force", plan->version == listing->in_force);
        return r < 0 ? r : dict_close(listing->m) < 0 ? -EIO : 0;
}

static int list_plans(Listing *listing, const char *runner)
{
        int r = find_in_force(listing->control, runner, &listing->in_force);

        return r < 0 ? r : plan_each(listing->control->ledger, runner, list_plan, listing);
}

/* ---- assessments ---- */

static MovementResult score(const Assessment *assessment)
{
        MovementAssessment movements = {.shoulder_pain = {assessment->shoulder_pain[0] == 1,
                                                          assessment->shoulder_pain[1] == 1},
                                        .extension_pain = assessment->extension_pain == 1,
                                        .flexion_pain = assessment->flexion_pain == 1};
        MovementResult result;

        memcpy(movements.scores, assessment->scores, sizeof(movements.scores));
        movement_score(&movements, &result);
        return result;
}

/* Names of the movements that are marked, with a blank between them. */
static int dict_marked(sd_bus_message *m, const char *key, const bool marked[static MOVEMENT_COUNT])
{
        char names[256] = "";
        size_t used = 0;

        for (Movement movement = 0; movement < MOVEMENT_COUNT; movement++) {
                if (marked[movement] && used < sizeof(names))
                        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", used ? " " : "",
                                                 movement_name(movement));
        }
        return dict_text(m, key, names);
}

static int list_assessment(const Assessment *assessment, void *userdata)
{
        Listing *listing = userdata;
        MovementResult result = score(assessment);
        int r = dict_open(listing->m);

        if (r >= 0)
                r = dict_fields(listing->m, &assessment_fields, assessment);
        if (r >= 0)
                r = dict_integer(listing->m, "composite", result.composite);
        if (r >= 0)
                r = dict_marked(listing->m, "asymmetric", result.asymmetric);
        if (r >= 0)
                r = dict_marked(listing->m, "painful", result.painful);
        return r < 0 ? r : dict_close(listing->m) < 0 ? -EIO : 0;
}

static int list_assessments(Listing *listing, const char *runner)
{
        return assessment_each(listing->control->ledger, runner, INT64_MIN + 1, INT64_MAX, list_assessment,
                               listing);
}

/* ---- lists of a runner ---- */

static int reply_list(sd_bus_message *call, Control *control, sd_bus_error *error,
                      int (*list)(Listing *listing, const char *runner))
{
        CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        Listing listing = {.control = control};
        const char *runner;
        int r = sd_bus_message_read(call, "s", &runner);

        if (r >= 0)
                r = control_need_runner(control, runner, error);
        if (r >= 0)
                r = sd_bus_message_new_method_return(call, &reply);
        listing.m = reply;
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "a{sv}");
        if (r >= 0)
                r = list(&listing, runner);
        if (r < 0)
                return control_ledger_failed(control, error, r);
        r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(control->bus, reply, NULL);
}

int method_list_diary(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_list(call, userdata, error, list_diary);
}

int method_list_plans(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_list(call, userdata, error, list_plans);
}

int method_list_assessments(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        return reply_list(call, userdata, error, list_assessments);
}
