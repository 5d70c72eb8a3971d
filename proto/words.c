#include "proto/words.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
        const char *name;
        char decimal_mark;
} languages[LANGUAGE_COUNT] = {
        [LANGUAGE_ENGLISH] = {"en", '.'},
        [LANGUAGE_GERMAN] = {"de", ','},
};

#define WORDS(phrase, name, en, de)                                                                \
        [PHRASE_##phrase] = {name, {[LANGUAGE_ENGLISH] = en, [LANGUAGE_GERMAN] = de}}

/* Every phrase fits beside the others into a sentence of SENTENCE_SIZE: tested. */
static const struct {
        const char *name;
        const char *templates[LANGUAGE_COUNT];
} phrases[PHRASE_COUNT] = {
        WORDS(PAIN_CLOCK, "pain_clock", "Pain for {0} days, since {1}: more than two weeks",
              "Schmerz seit {0} Tagen, seit {1}: mehr als zwei Wochen"),
        WORDS(PAIN_HIGH, "pain_high", "Pain up to {0} of 10", "Schmerz bis {0} von 10"),
        WORDS(PAIN_WORSE, "pain_worse", "Pain {0} points above week {1}",
              "Schmerz {0} Punkte über Woche {1}"),
        WORDS(THROUGH_PAIN, "through_pain", "Ran through pain {0}×, up to {1} of 10",
              "{0}× durch Schmerz gelaufen, bis {1} von 10"),
        WORDS(SPIKE, "spike", "A run of {0} km, {1} over the longest of 30 days",
              "Ein Lauf von {0} km, {1} über dem längsten der 30 Tage"),
        WORDS(FLAG, "flag", "Different from the own usual: {0}", "Anders als sonst: {0}"),
        WORDS(SILENT, "silent", "Nothing heard for {0} days", "Seit {0} Tagen nichts gehört"),
        WORDS(PRONGS, "prongs_missing", "The plan works best with all three: {0} missing in {1} weeks",
              "Der Plan wirkt am besten mit allen dreien: {0} fehlt seit {1} Wochen"),
        WORDS(DISTANCE_ONE, "distance", "{0} km in 1 run", "{0} km in 1 Lauf"),
        WORDS(DISTANCE, "distance", "{0} km in {1} runs", "{0} km in {1} Läufen"),
        WORDS(AT_LEAST_ONE, "at_least", "at least {0} km in 1 run", "mindestens {0} km in 1 Lauf"),
        WORDS(AT_LEAST, "at_least", "at least {0} km in {1} runs", "mindestens {0} km in {1} Läufen"),
        WORDS(LONGEST_ONE, "longest", "{0} over the longest of 30 days",
              "{0} über dem längsten der 30 Tage"),
        WORDS(LONGEST, "longest", "a run of {0} km is {1} over the longest of 30 days",
              "ein Lauf von {0} km ist {1} über dem längsten der 30 Tage"),
        WORDS(DID_NOT_RUN, "did_not_run", "no run this week", "diese Woche kein Lauf"),
        WORDS(NOT_WORN, "not_worn", "no pod was heard this week", "diese Woche war kein Pod zu hören"),
        WORDS(LOST, "unknown", "what pods recorded this week is lost, or has no time",
              "was Pods diese Woche aufgezeichnet haben, ist verloren oder ohne Zeit"),
        WORDS(NOT_DELIVERED, "not_delivered", "this week is not delivered yet",
              "diese Woche ist noch nicht übertragen"),
        WORDS(NO_POD, "no_pod", "no pod is paired", "es ist kein Pod gekoppelt"),
        WORDS(NO_FOOT_POD, "no_foot_pod", "a pod on trunk or thigh felt running, but none on a foot",
              "ein Pod an Rumpf oder Schenkel spürte Laufen, aber keiner am Fuß"),
        WORDS(NO_DIARY, "no_diary", "no diary", "kein Tagebuch"),
        WORDS(NO_PAIN_TOLD, "no_pain_told", "no pain entry", "keine Schmerzangabe"),
        WORDS(NO_PAIN, "no_pain", "no pain", "kein Schmerz"),
        WORDS(PAIN_ONE, "pain", "pain {0}, at most {1}, on 1 day", "Schmerz {0}, höchstens {1}, an 1 Tag"),
        WORDS(PAIN, "pain", "pain {0}, at most {1}, on {2} days",
              "Schmerz {0}, höchstens {1}, an {2} Tagen"),
        WORDS(PAIN_BEFORE, "pain_before", "({0} the week before)", "({0} in der Woche davor)"),
        WORDS(FLAG_LUMBAR, "lumbar_hyperextension", "low back arched further than when standing",
              "Lende stärker gestreckt als im Stehen"),
        WORDS(FLAG_DROP, "pelvic_drop_high", "pelvis drops further", "Becken sinkt stärker ab"),
        WORDS(FLAG_HIP, "reduced_hip_extension", "hip extends less", "Hüfte streckt weniger"),
        WORDS(FLAG_SIDES, "asymmetry", "left and right differ", "links und rechts verschieden"),
        WORDS(PRONG_JOINT, "joint_manipulation", "joint manipulation", "Manipulation"),
        WORDS(PRONG_TISSUE, "soft_tissue", "soft tissue", "Weichteile"),
        WORDS(PRONG_EXERCISE, "exercise", "exercise", "Übungen"),
        WORDS(NOTHING_KNOWN, "nothing_known", "Nothing is known yet", "Noch ist nichts bekannt"),
};

const char *language_name(Language language)
{
        return languages[language].name;
}

int language_parse(const char *text, Language *ret)
{
        for (size_t i = 0; i < LANGUAGE_COUNT; i++) {
                if (strcmp(languages[i].name, text) == 0) {
                        *ret = (Language)i;
                        return 0;
                }
        }
        return -EINVAL;
}

const char *phrase_name(Phrase phrase)
{
        return phrases[phrase].name;
}

static void append(char *ret, size_t size, const char *text, size_t length)
{
        size_t used = strlen(ret);
        char piece[256];

        (void)snprintf(piece, sizeof(piece), "%.*s", (int)length, text);
        (void)text_copy(ret + used, size - used, piece); /* cut between characters */
}

void words_say(Language language, Phrase phrase, const char *const *arguments, size_t n, char *ret,
               size_t size)
{
        const char *at = phrases[phrase].templates[language];

        ret[0] = '\0';
        while (*at) {
                size_t length = strcspn(at, "{");

                append(ret, size, at, length);
                at += length;
                if (at[0] == '{' && at[1] >= '0' && (size_t)(at[1] - '0') < n && at[2] == '}') {
                        const char *argument = arguments[at[1] - '0'];

                        append(ret, size, argument, strlen(argument));
                        at += 3;
                } else if (at[0] == '{') {
                        append(ret, size, at++, 1);
                }
        }
}

void words_begin(char *sentence)
{
        if (sentence[0] >= 'a' && sentence[0] <= 'z')
                sentence[0] = (char)(sentence[0] - 'a' + 'A');
}

void words_number(Language language, double value, int decimals, char *ret, size_t size)
{
        char *mark;

        (void)snprintf(ret, size, "%.*f", decimals, value);
        mark = strchr(ret, '.');
        if (mark)
                *mark = languages[language].decimal_mark;
}

void words_percent(Language language, double value, char *ret, size_t size)
{
        (void)language; /* both write it so */
        (void)snprintf(ret, size, "%+.0f %%", value);
}
