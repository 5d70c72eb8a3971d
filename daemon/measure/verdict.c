#include "daemon/measure/verdict.h"

#include "base/calendar.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const VerdictParameters verdict_defaults = {
        .pain_from = 5,
        .spike_from = 3,
        .pain_clock = 1,
        .through_from = 2,
        .silent_days = 14,
        .prong_weeks = 4,
        .language = LANGUAGE_ENGLISH,
};

static const char *const bands[] = {"reference", "small", "moderate", "large"}; /* as in spike.c */

static int64_t band_index(const char *band)
{
        for (size_t i = 0; i < ARRAY_SIZE(bands); i++) {
                if (strcmp(bands[i], band) == 0)
                        return (int64_t)i;
        }
        return -1;
}

VerdictParameters verdict_parameters(const Plan *plan, VerdictParameters usual)
{
        VerdictParameters parameters = usual;

        if (!plan)
                return parameters;
        if (plan->alert_pain_from != NULL_INTEGER)
                parameters.pain_from = plan->alert_pain_from;
        if (strcmp(plan->alert_spike, "off") == 0)
                parameters.spike_from = 0;
        else if (band_index(plan->alert_spike) > 0)
                parameters.spike_from = band_index(plan->alert_spike);
        if (plan->alert_pain_clock != NULL_INTEGER)
                parameters.pain_clock = plan->alert_pain_clock;
        if (plan->alert_silent_days != NULL_INTEGER)
                parameters.silent_days = plan->alert_silent_days;
        return parameters;
}

/* ---- arguments of phrases ---- */

typedef struct Arguments {
        char text[3][64];
        size_t n;
} Arguments;

static void add_number(Arguments *arguments, Language language, double value, int decimals)
{
        words_number(language, value, decimals, arguments->text[arguments->n++],
                     sizeof(arguments->text[0]));
}

static void add_count(Arguments *arguments, int64_t value)
{
        add_number(arguments, LANGUAGE_ENGLISH, (double)value, 0);
}

static void add_text(Arguments *arguments, const char *text)
{
        (void)text_copy(arguments->text[arguments->n++], sizeof(arguments->text[0]), text); /* fits */
}

static void add_percent(Arguments *arguments, const Week *week)
{
        words_percent(LANGUAGE_ENGLISH,
                      100.0 * (double)(week->longest_distance_m - week->longest_reference_m) /
                              (double)week->longest_reference_m,
                      arguments->text[arguments->n++], sizeof(arguments->text[0]));
}

/* ---- alerts: the first rule that holds ---- */

typedef struct Facts {
        const Week *week;
        const VerdictInput *input;
        const VerdictParameters *parameters;
} Facts;

static bool pain_lasts(const Facts *facts, Arguments *ret)
{
        const WeekPainClock *clock = &facts->week->pain_clock;

        if (!facts->parameters->pain_clock || strcmp(clock->verdict, "alert") != 0)
                return false;
        add_count(ret, clock->span_days);
        add_text(ret, clock->start);
        return true;
}

static bool pain_is_high(const Facts *facts, Arguments *ret)
{
        if (facts->week->pain_max == NULL_INTEGER ||
            facts->week->pain_max < facts->parameters->pain_from)
                return false;
        add_count(ret, facts->week->pain_max);
        return true;
}

static bool pain_is_worse(const Facts *facts, Arguments *ret)
{
        const WeekPainChange *change = &facts->week->pain_change;

        if (strcmp(change->word, "worse") != 0)
                return false;
        add_number(ret, facts->parameters->language, -change->drop, 1);
        add_text(ret, change->baseline_week);
        return true;
}

static bool run_is_long(const Facts *facts, Arguments *ret)
{
        int64_t from = facts->parameters->spike_from;

        if (from <= 0 || band_index(facts->week->longest_band) < from)
                return false;
        add_number(ret, facts->parameters->language, (double)facts->week->longest_distance_m / 1000, 1);
        add_percent(ret, facts->week);
        return true;
}

static bool ran_through_pain(const Facts *facts, Arguments *ret)
{
        const WeekPainRuns *runs = &facts->week->pain_runs;

        if (runs->through == NULL_INTEGER || runs->through < facts->parameters->through_from ||
            runs->level_max == NULL_INTEGER)
                return false;
        add_count(ret, runs->through);
        add_count(ret, runs->level_max);
        return true;
}

/* In order of urgency; as bits of severity, too. */
static const Phrase flags[] = {PHRASE_FLAG_LUMBAR, PHRASE_FLAG_DROP, PHRASE_FLAG_HIP, PHRASE_FLAG_SIDES};

static bool gait_is_other(const Facts *facts, Arguments *ret)
{
        for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
                char words[64];

                if (!codes_contain(facts->week->flags.raised, phrase_name(flags[i])))
                        continue;
                words_say(facts->parameters->language, flags[i], NULL, 0, words, sizeof(words));
                add_text(ret, words);
                return true;
        }
        return false;
}

static bool is_silent(const Facts *facts, Arguments *ret)
{
        if (facts->input->silent_days < facts->parameters->silent_days)
                return false;
        add_count(ret, facts->input->silent_days);
        return true;
}

static const Phrase prong_names[] = {PHRASE_PRONG_JOINT, PHRASE_PRONG_TISSUE, PHRASE_PRONG_EXERCISE};

/* Too early, or nothing said: plan.missing is empty then. */
static bool prongs_are_missing(const Facts *facts, Arguments *ret)
{
        const WeekPlan *plan = &facts->week->plan;
        int64_t weeks = facts->parameters->prong_weeks;
        int32_t first_day, monday;
        char all[64] = "";

        for (size_t i = 0; i < ARRAY_SIZE(prong_names); i++) {
                size_t used = strlen(all);

                if (!codes_contain(plan->missing, phrase_name(prong_names[i])))
                        continue;
                (void)snprintf(all + used, sizeof(all) - used, "%s", used > 0 ? ", " : ""); /* 41 octets at most */
                used = strlen(all);
                words_say(facts->parameters->language, prong_names[i], NULL, 0, all + used, sizeof(all) - used);
        }
        if (weeks <= 0 || all[0] == '\0')
                return false;
        if (date_parse(plan->first_day, &first_day) == 0 && date_parse(facts->input->monday, &monday) == 0 &&
            (monday + 7 - first_day) / 7 < weeks)
                weeks = (monday + 7 - first_day) / 7; /* the plan is younger than the window */
        add_text(ret, all);
        add_count(ret, weeks);
        return true;
}

/* ---- how bad each is: standing.h ---- */

static int64_t once(const Week *week)
{
        (void)week;
        return 1;
}

static int64_t pain_max(const Week *week)
{
        return week->pain_max;
}

/* Whole points: while the week runs its mean moves with every entry. */
static int64_t points_worse(const Week *week)
{
        return (int64_t)floor(-week->pain_change.drop + 1e-9);
}

static int64_t band(const Week *week)
{
        return band_index(week->longest_band);
}

static int64_t level_max(const Week *week)
{
        return week->pain_runs.level_max;
}

static int64_t flags_raised(const Week *week)
{
        int64_t sum = 0;

        for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
                if (codes_contain(week->flags.raised, phrase_name(flags[i])))
                        sum |= 1 << i;
        }
        return sum;
}

/* As flags: one more, or another one. */
static int64_t prongs_missing(const Week *week)
{
        int64_t sum = 0;

        for (size_t i = 0; i < ARRAY_SIZE(prong_names); i++) {
                if (codes_contain(week->plan.missing, phrase_name(prong_names[i])))
                        sum |= 1 << i;
        }
        return sum;
}

/* In order of urgency. A code is what is acknowledged: it never changes its meaning. */
static const struct {
        const char *code;
        Phrase phrase;
        bool (*holds)(const Facts *facts, Arguments *ret);
        int64_t (*severity)(const Week *week);
} alert_rules[] = {
        {"pain_clock", PHRASE_PAIN_CLOCK, pain_lasts, once},
        {"pain_high", PHRASE_PAIN_HIGH, pain_is_high, pain_max},
        {"pain_worse", PHRASE_PAIN_WORSE, pain_is_worse, points_worse},
        {"spike_large", PHRASE_SPIKE, run_is_long, band},
        {"through_pain", PHRASE_THROUGH_PAIN, ran_through_pain, level_max},
        {"gait_flag", PHRASE_FLAG, gait_is_other, flags_raised},
        {"no_data", PHRASE_SILENT, is_silent, once},
        {"prongs_missing", PHRASE_PRONGS, prongs_are_missing, prongs_missing},
};

/* ---- the sentence ---- */

typedef struct Saying {
        const Facts *facts;
        WeekVerdict *verdict;
} Saying;

static void say(Saying *saying, const char *mark, Phrase phrase, const Arguments *arguments)
{
        WeekVerdict *verdict = saying->verdict;
        const char *texts[3] = {arguments->text[0], arguments->text[1], arguments->text[2]};
        size_t used = strlen(verdict->sentence);
        char words[160];

        words_say(saying->facts->parameters->language, phrase, texts, arguments->n, words,
                  sizeof(words));
        if (used == 0)
                words_begin(words);
        (void)snprintf(verdict->sentence + used, sizeof(verdict->sentence) - used, "%s%s",
                       used > 0 ? mark : "", words);
        (void)codes_add(verdict->phrases, sizeof(verdict->phrases), phrase_name(phrase)); /* they fit */
        verdict->head.n++;
}

/* Since the Monday from which it stood in the week before, or since this week's. */
static StandingReason standing_of(const Facts *facts, const char *code, int64_t severity)
{
        const Week *before = facts->input->before;
        StandingReason earlier, one = {.severity = severity};
        bool stood = before && standing_find(before->verdict.standing, code, &earlier);

        (void)text_copy(one.code, sizeof(one.code), code); /* both fit */
        (void)text_copy(one.since, sizeof(one.since), stood ? earlier.since : facts->input->monday);
        return one;
}

/* All that hold stand; the first one is said. */
static void say_alert(Saying *saying)
{
        WeekVerdict *verdict = saying->verdict;

        codes_none(verdict->standing);
        for (size_t i = 0; i < ARRAY_SIZE(alert_rules); i++) {
                Arguments arguments = {.n = 0};
                StandingReason one;

                if (!alert_rules[i].holds(saying->facts, &arguments))
                        continue;
                one = standing_of(saying->facts, alert_rules[i].code,
                                  alert_rules[i].severity(saying->facts->week));
                (void)standing_add(verdict->standing, sizeof(verdict->standing), &one); /* all fit */
                if (verdict->alert[0])
                        continue;
                (void)text_copy(verdict->alert, sizeof(verdict->alert), one.code);
                (void)text_copy(verdict->since, sizeof(verdict->since), one.since);
                say(saying, "", alert_rules[i].phrase, &arguments);
        }
}

static void say_empty(Saying *saying)
{
        static const struct {
                const char *empty;
                Phrase phrase;
        } empties[] = {
                {"did_not_run", PHRASE_DID_NOT_RUN},
                {"not_worn", PHRASE_NOT_WORN},
                {"not_delivered", PHRASE_NOT_DELIVERED},
                {"unknown", PHRASE_LOST},
        };
        const Arguments none = {.n = 0};
        const char *empty = saying->facts->week->empty;

        if (strcmp(empty, "not_worn") == 0 && !saying->facts->input->has_pod) {
                say(saying, "; ", PHRASE_NO_POD, &none);
                return;
        }
        if (strcmp(empty, "not_worn") == 0 && saying->facts->input->ran_unseen) {
                say(saying, "; ", PHRASE_NO_FOOT_POD, &none);
                return;
        }
        for (size_t i = 0; i < ARRAY_SIZE(empties); i++) {
                if (strcmp(empty, empties[i].empty) == 0)
                        say(saying, "; ", empties[i].phrase, &none);
        }
}

/* Of a week that is over, a day is not known. Of a pod without memory it never is: not worth a word. */
static bool may_be_more(const Week *week)
{
        return week->days.is_lower_bound == 1 && !codes_contain(week->days.state, "ahead") &&
               strcmp(week->load_source, "rsc") != 0;
}

static void say_load(Saying *saying)
{
        const Week *week = saying->facts->week;
        Arguments arguments = {.n = 0};
        bool one = week->load_runs == 1;

        if (week->empty[0]) {
                say_empty(saying);
                return;
        }
        add_number(&arguments, saying->facts->parameters->language, week->load_distance_m / 1000, 1);
        add_count(&arguments, week->load_runs);
        if (may_be_more(week))
                say(saying, "; ", one ? PHRASE_AT_LEAST_ONE : PHRASE_AT_LEAST, &arguments);
        else
                say(saying, "; ", one ? PHRASE_DISTANCE_ONE : PHRASE_DISTANCE, &arguments);
}

static void say_longest(Saying *saying)
{
        const Week *week = saying->facts->week;
        Arguments arguments = {.n = 0};

        if (band_index(week->longest_band) <= 0 || codes_contain(saying->verdict->phrases, "spike"))
                return; /* no more than usual, or said already */
        if (week->load_runs != 1)
                add_number(&arguments, saying->facts->parameters->language,
                           (double)week->longest_distance_m / 1000, 1);
        add_percent(&arguments, week);
        if (week->load_runs == 1)
                say(saying, ", ", PHRASE_LONGEST_ONE, &arguments);
        else
                say(saying, "; ", PHRASE_LONGEST, &arguments);
}

static void say_pain(Saying *saying)
{
        const Week *week = saying->facts->week, *before = saying->facts->input->before;
        Language language = saying->facts->parameters->language;
        Arguments arguments = {.n = 0}, earlier = {.n = 0};

        if (week->pain_max == NULL_INTEGER) {
                say(saying, "; ", saying->facts->input->has_entry ? PHRASE_NO_PAIN_TOLD : PHRASE_NO_DIARY, &arguments);
                return;
        }
        if (week->pain_max == 0) {
                say(saying, "; ", PHRASE_NO_PAIN, &arguments);
                return;
        }
        add_number(&arguments, language, week->pain_mean, 1);
        add_count(&arguments, week->pain_max);
        add_count(&arguments, week->pain_days);
        say(saying, "; ", week->pain_days == 1 ? PHRASE_PAIN_ONE : PHRASE_PAIN, &arguments);
        if (!before || isnan(before->pain_mean))
                return;
        add_number(&earlier, language, before->pain_mean, 1);
        say(saying, " ", PHRASE_PAIN_BEFORE, &earlier);
}

void verdict_week(const VerdictInput *input, const VerdictParameters *parameters, Week *week)
{
        WeekVerdict *verdict = &week->verdict;
        const Facts facts = {.week = week, .input = input, .parameters = parameters};
        Saying saying = {.facts = &facts, .verdict = verdict};

        verdict->head.n = 0;
        verdict->head.coverage = week->coverage;
        (void)text_copy(verdict->language, sizeof(verdict->language),
                        language_name(parameters->language)); /* fits */
        say_alert(&saying);
        say_load(&saying);
        say_longest(&saying);
        say_pain(&saying);
        if (!verdict->alert[0])
                reasons_add(&week->reasons, "verdict", "no_alert");
        if (isnan(week->coverage))
                reasons_add(&week->reasons, "verdict.coverage", "no_run");
        reasons_add(&week->reasons, "verdict.error", "no_number");
}
