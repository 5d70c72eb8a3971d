#include "proto/forms.h"

#include "base/calendar.h"

#include <math.h>
#include <string.h>

static bool code_is_valid(const char *text)
{
        return text[0] >= 'a' && text[0] <= 'z' &&
               text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

/* "20261124T073012Z", and a letter when two runs share it. */
static bool run_id_is_valid(const char *text)
{
        static const char form[] = "dddddddd'T'dddddd'Z'";
        const char *at = text;

        for (const char *f = form; *f; f++) {
                if (*f == '\'') {
                        if (*at++ != *++f)
                                return false;
                        f++;
                } else if (*at < '0' || *at++ > '9') {
                        return false;
                }
        }
        return *at == '\0' || (*at >= 'a' && *at <= 'z' && at[1] == '\0');
}

static bool week_is_valid(const char *text)
{
        IsoWeek week;

        return iso_week_parse(text, &week) == 0;
}

bool date_is_valid(const char *text)
{
        int32_t day;

        return date_parse(text, &day) == 0;
}

static const char *const sides[] = {"left", "right", NULL};
static const char *const joint_marks[] = {"moves_freely", "restricted", "unstable", NULL};
static const char *const spikes[] = {"off", "moderate", "large", NULL};

#define AN_ID    "1 to 40 letters, digits, '.', '_' or '-'"
#define A_TRUTH  "true or false"
#define A_TIME   "a time with its offset, as 2026-11-24T08:00:00+01:00"
#define A_SCORE  "0 (pain), 1 (cannot), 2 (with compensation) or 3 (correct)"
#define A_MARK   "moves_freely, restricted or unstable"
#define A_NOTE   "a text of at most 511 octets"
#define AN_INDEX "the index of the answer, 0 to 3"
#define TIMES    "a number of times a week, 0 to 21"

#define TRUTH(path_)               {.path = path_, .must = A_TRUTH, .least = 0, .most = 1}
#define ONLY_TRUE(path_)           {.path = path_, .must = "true, or left away", .least = 1, .most = 1}
#define NUMBER(path_, l, m, must_) {.path = path_, .must = must_, .least = l, .most = m}
#define TEXT(path_, must_)         {.path = path_, .must = must_}
#define ID(path_)                  {.path = path_, .must = AN_ID, .is = id_is_valid}
#define TIME(path_)                {.path = path_, .must = A_TIME}
#define SCORE(path_)               NUMBER(path_, 0, 3, A_SCORE)
#define MARK(path_)                {.path = path_, .must = A_MARK, .words = joint_marks}

/* ---- exercises ---- */

static const FieldRule exercise_rules[] = {
        {.path = "item", .must = "1 to 32 of a-z, 0-9 and _", .is = exercise_item_is_valid, .needed = true},
        {.path = "side", .must = "left or right", .words = sides},
        NUMBER("sets", 1, 20, "a whole number from 1 to 20"),
        NUMBER("repetitions", 1, 200, "a whole number from 1 to 200"),
        NUMBER("hold_s", 1, 900, "a whole number from 1 to 900"),
        NUMBER("minutes", 1, 240, "a whole number from 1 to 240"),
};

/* ---- diary ---- */

static const FieldRule diary_rules[] = {
        {.path = "at", .must = A_TIME, .needed = true, .past = true},
        NUMBER("pain", 0, 10, "a whole number from 0 to 10"),
        TEXT("place", "a text of at most 63 octets"),
        TEXT("note", A_NOTE),
        ID("corrects"),
        ONLY_TRUE("withdrawn"),
        TRUTH("stiff_on_waking"),
        {.path = "rpe", .must = "a number from 0 to 10, in halves", .most = 10, .step = 0.5},
        {.path = "run", .must = "the id of a run, as 20261124T073012Z", .is = run_id_is_valid},
        TRUTH("stopped_for_pain"),
        TRUTH("nutrition_kept"),
        NUMBER("sitting_h", 0, 24, "hours, 0 to 24"),
        NUMBER("ostrc.q1", 0, 3, AN_INDEX),
        NUMBER("ostrc.q2", 0, 3, AN_INDEX),
        NUMBER("ostrc.q3", 0, 3, AN_INDEX),
        NUMBER("ostrc.q4", 0, 3, AN_INDEX),
        TRUTH("redflags.numbness"),
        TRUTH("redflags.bladder"),
        TRUTH("redflags.night_pain"),
        TRUTH("redflags.trauma"),
        TRUTH("redflags.fever"),
        TRUTH("treatment.joint_manipulation"),
        TRUTH("treatment.soft_tissue"),
        {.path = "exercises", .must = "a list of at most 12 exercises", .list = &exercise_form},
};

/* A note alone says something; a place or a run without a pain or a rating does not. */
static bool says_something(const DiaryEntry *entry)
{
        static const char *const around[] = {"id",  "runner",    "at",    "received", "origin", "corrects",
                                             "run", "withdrawn", "place", NULL};

        for (size_t i = 0; i < diary_fields.n_fields; i++) {
                const Field *field = &diary_fields.fields[i];
                bool is_around = false;

                for (size_t a = 0; around[a]; a++)
                        is_around |= strcmp(around[a], field->path) == 0;
                if (!is_around && !field_is_null(field, entry))
                        return true;
        }
        return false;
}

/* Full participation and no problem ends the questionnaire (metrics.md 2.3): severity is 0, whatever
 * follows. Answers that follow and tell of a problem are not passed over without a word. */
static bool questionnaire_contradicts(const DiaryEntry *entry)
{
        return entry->ostrc[0] == 0 && (entry->ostrc[1] > 0 || entry->ostrc[2] > 0 || entry->ostrc[3] > 0);
}

static const char *diary_fault(const void *record)
{
        const DiaryEntry *entry = record;
        bool says = says_something(entry);

        if (entry->withdrawn == 1 && !entry->corrects[0])
                return "corrects must name the entry that is withdrawn";
        if (entry->withdrawn == 1 && says)
                return "an entry that withdraws another says nothing else";
        if (entry->withdrawn != 1 && !says)
                return "it says nothing that this gateway knows";
        if (questionnaire_contradicts(entry))
                return "ostrc.q1 is 0, no problem at all, and ends the questionnaire: q2 to q4 say otherwise";
        if (strcmp(entry->corrects, entry->id) == 0)
                return "corrects must name another entry";
        return NULL;
}

/* ---- plan ---- */

static const FieldRule plan_rules[] = {
        {.path = "based_on", .must = "the version that it changes, 0 for the first", .most = 1000000,
         .needed = true},
        {.path = "from", .must = "a day from 2000 on, as 2026-11-24", .is = date_is_valid, .needed = true},
        ID("by"),
        NUMBER("per_week.joint_manipulation", 0, 21, TIMES),
        NUMBER("per_week.soft_tissue", 0, 21, TIMES),
        NUMBER("per_week.exercise", 0, 21, TIMES),
        NUMBER("per_week.nutrition", 0, 7, "a number of days a week, 0 to 7"),
        {.path = "exercises", .must = "a list of at most 12 exercises", .list = &exercise_form},
        {.path = "baseline_week", .must = "a week, as 2026-W40", .is = week_is_valid},
        NUMBER("alerts.pain_from", 1, 10, "a whole number from 1 to 10"),
        {.path = "alerts.spike", .must = "off, moderate or large", .words = spikes},
        TRUTH("alerts.pain_clock"),
        TRUTH("alerts.missing_prongs"),
        NUMBER("alerts.silent_days", 1, 60, "a whole number from 1 to 60"),
        TEXT("note", A_NOTE),
};

static const char *plan_fault(const void *record)
{
        const Plan *plan = record;

        return strcmp(plan->from, "2000-01-01") < 0 ? "from lies before the year 2000" : NULL;
}

/* ---- assessment ---- */

static const FieldRule assessment_rules[] = {
        {.path = "at", .must = A_TIME, .needed = true, .past = true},
        ID("by"),
        ID("corrects"),
        ONLY_TRUE("withdrawn"),
        SCORE("movements.deep_squat"),
        SCORE("movements.hurdle_step.left"),
        SCORE("movements.hurdle_step.right"),
        SCORE("movements.inline_lunge.left"),
        SCORE("movements.inline_lunge.right"),
        SCORE("movements.shoulder_mobility.left"),
        SCORE("movements.shoulder_mobility.right"),
        SCORE("movements.active_straight_leg_raise.left"),
        SCORE("movements.active_straight_leg_raise.right"),
        SCORE("movements.trunk_stability_pushup"),
        SCORE("movements.rotary_stability.left"),
        SCORE("movements.rotary_stability.right"),
        TRUTH("clearing.shoulder.left"),
        TRUTH("clearing.shoulder.right"),
        TRUTH("clearing.extension"),
        TRUTH("clearing.flexion"),
        MARK("joints.foot"),
        MARK("joints.knee"),
        MARK("joints.hip"),
        MARK("joints.low_back"),
        MARK("joints.upper_back"),
        MARK("joints.shoulder"),
        TEXT("note", A_NOTE),
};

static const char *assessment_fault(const void *record)
{
        const Assessment *assessment = record;
        bool says = false;

        for (size_t i = 0; i < assessment_fields.n_fields; i++) {
                const Field *field = &assessment_fields.fields[i];
                bool is_found = strncmp(field->path, "movements.", 10) == 0 ||
                                strncmp(field->path, "clearing.", 9) == 0 ||
                                strncmp(field->path, "joints.", 7) == 0;

                says |= is_found && !field_is_null(field, record);
        }
        if (assessment->withdrawn == 1 && !assessment->corrects[0])
                return "corrects must name the assessment that is withdrawn";
        if (assessment->withdrawn == 1 && says)
                return "an assessment that withdraws another says nothing else";
        if (assessment->withdrawn != 1 && !says)
                return "it has no score, no test and no joint";
        if (strcmp(assessment->corrects, assessment->id) == 0)
                return "corrects must name another assessment";
        return NULL;
}

/* ---- acknowledgement ---- */

static const FieldRule acknowledgement_rules[] = {
        {.path = "at", .must = A_TIME, .needed = true, .past = true},
        {.path = "by", .must = AN_ID, .is = id_is_valid, .needed = true},
        {.path = "alert", .must = "the code of an alert, at most 31 of a-z, 0-9 and _", .is = code_is_valid},
        {.path = "redflag", .must = AN_ID, .is = id_is_valid},
        TIME("since"),
        TIME("until"),
};

static const char *acknowledgement_fault(const void *record)
{
        const Acknowledgement *given = record;

        if ((given->alert[0] != '\0') == (given->redflag[0] != '\0'))
                return "it must name an alert or a redflag, and not both";
        if (given->redflag[0] && given->until_utc_ms != NULL_INTEGER)
                return "a red flag cannot be put off: leave until away";
        return NULL;
}

/* ---- what is asked of the gateway ---- */

static const FieldRule resend_rules[] = {
        {.path = "since", .must = A_TIME, .needed = true},
};

static const FieldRule withdrawal_rules[] = {
        {.path = "by", .must = AN_ID, .is = id_is_valid, .needed = true},
        {.path = "consent", .must = "false", .least = 0, .most = 1, .needed = true},
};

#define FORM(name) \
        {&name##_fields, name##_rules, ARRAY_SIZE(name##_rules), name##_fault}

const Form diary_form = FORM(diary);
const Form plan_form = FORM(plan);
const Form assessment_form = FORM(assessment);
const Form acknowledgement_form = FORM(acknowledgement);
const Form resend_form = {&resend_fields, resend_rules, ARRAY_SIZE(resend_rules), NULL};
const Form withdrawal_form = {&withdrawal_fields, withdrawal_rules, ARRAY_SIZE(withdrawal_rules), NULL};
const Form exercise_form = {&exercise_fields, exercise_rules, ARRAY_SIZE(exercise_rules), NULL};

/* ---- what a rule takes ---- */

const FieldRule *form_rule(const Form *form, const char *path)
{
        for (size_t i = 0; i < form->n_rules; i++) {
                if (strcmp(form->rules[i].path, path) == 0)
                        return &form->rules[i];
        }
        return NULL;
}

bool rule_takes_number(const FieldRule *rule, const Field *field, double number)
{
        double step = field->type == FIELD_REAL ? rule->step : 1;

        if (!(number >= rule->least && number <= rule->most))
                return false;
        return step == 0 || number / step == floor(number / step);
}

bool rule_takes_text(const FieldRule *rule, const Field *field, const char *text)
{
        if (strlen(text) >= field->size)
                return false;
        if (rule->is)
                return rule->is(text);
        for (size_t i = 0; rule->words && rule->words[i]; i++) {
                if (strcmp(rule->words[i], text) == 0)
                        return true;
        }
        return !rule->words;
}

void field_set_number(const Field *field, void *record, double number)
{
        if (field->type == FIELD_REAL)
                *field_real(field, record) = number;
        else
                *field_integer(field, record) = (int64_t)number;
}
