/* words.h: every phrase that a clinician reads in a week's sentence, in each language.
 *
 * The templates stand in one table in words.c, and nowhere else: a language more is a column more.
 * {0}, {1}, … are arguments, formatted already; a translation may use them in any order. */
#pragma once

#include <stddef.h>

typedef enum Language { LANGUAGE_ENGLISH, LANGUAGE_GERMAN, LANGUAGE_COUNT } Language;

const char *language_name(Language language); /* "en" */
/* "en", "de". 0 or -EINVAL. */
int language_parse(const char *text, Language *ret);

typedef enum Phrase {
        /* why somebody should look: said first */
        PHRASE_PAIN_CLOCK,   /* days, since */
        PHRASE_PAIN_HIGH,    /* worst */
        PHRASE_PAIN_WORSE,   /* points, baseline week */
        PHRASE_THROUGH_PAIN, /* runs, worst */
        PHRASE_SPIKE,        /* km, per cent */
        PHRASE_FLAG,         /* what: one of the PHRASE_FLAG_… */
        PHRASE_SILENT,       /* days */
        PHRASE_PRONGS,       /* which: PHRASE_PRONG_…, with commas; weeks */
        /* load */
        PHRASE_DISTANCE_ONE, /* km: in one run */
        PHRASE_DISTANCE,     /* km, runs */
        PHRASE_AT_LEAST_ONE, /* the same, a day is not known */
        PHRASE_AT_LEAST,
        PHRASE_LONGEST_ONE, /* per cent: of the only run, whose length has just been said */
        PHRASE_LONGEST,     /* km, per cent */
        PHRASE_DID_NOT_RUN,
        PHRASE_NOT_WORN,
        PHRASE_LOST,
        PHRASE_NOT_DELIVERED,
        PHRASE_NO_POD,
        PHRASE_NO_FOOT_POD,
        /* pain */
        PHRASE_NO_DIARY,
        PHRASE_NO_PAIN_TOLD, /* entries, but none with a number */
        PHRASE_NO_PAIN,
        PHRASE_PAIN_ONE, /* mean, worst: on one day */
        PHRASE_PAIN,     /* mean, worst, days */
        PHRASE_PAIN_BEFORE, /* mean of the week before; follows either without a mark */
        /* flags, as arguments */
        PHRASE_FLAG_LUMBAR,
        PHRASE_FLAG_DROP,
        PHRASE_FLAG_HIP,
        PHRASE_FLAG_SIDES,
        /* prongs of a plan, as arguments: in the order of Prong */
        PHRASE_PRONG_JOINT,
        PHRASE_PRONG_TISSUE,
        PHRASE_PRONG_EXERCISE,
        /* no week yet */
        PHRASE_NOTHING_KNOWN,
        PHRASE_COUNT,
} Phrase;

const char *phrase_name(Phrase phrase); /* a code: "pain_clock" */

/* The phrase with its arguments; `n` of them. Cut to `size`. */
void words_say(Language language, Phrase phrase, const char *const *arguments, size_t n, char *ret,
               size_t size);
/* The first letter of a sentence as a capital: phrases begin with a small one where they may stand
 * behind another. */
void words_begin(char *sentence);
/* A number as the language writes it: "12.4", "12,4". */
void words_number(Language language, double value, int decimals, char *ret, size_t size);
/* "+137 %" */
void words_percent(Language language, double value, char *ret, size_t size);
