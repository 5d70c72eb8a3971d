/* group-verdict.h: the week in one sentence, and whether somebody should look.
 *
 * From the rules of measure/verdict.c: the same facts make the same words, the reason first, numbers
 * behind each phrase. At most one alert a week: the first rule that holds. `since` is the Monday of
 * the first of the weeks in a row in which it does: it is another alert, to be seen anew, when it was
 * gone in between. `standing`: every rule that holds, in their order, so that one that is outranked
 * can be told once the other has been seen, and a worse one again (standing.h).
 * head.n: phrases; head.coverage: the week's; head.error: null, "no_number". */
#pragma once

#include "proto/groups.h"
#include "proto/standing.h"

#define SENTENCE_SIZE 256

typedef struct WeekVerdict {
        GroupHead head;
        char alert[32]; /* code: "pain_clock" "pain_high" … */
        char since[12]; /* local date */
        char sentence[SENTENCE_SIZE];
        char language[4]; /* "en" "de" */
        char phrases[96]; /* codes, in the order they are said; words.h */
        char standing[STANDING_SIZE]; /* codes, in order of urgency; standing.h */
} WeekVerdict;

extern const FieldTable week_verdict_fields;
