/* ostrc.h: the OSTRC-O2 questionnaire for the low back, once a week (metrics.md 2.3).
 *
 * Four answers, index 0-3, worth 0, 8, 17, 25 points. The first is a gate: 0 (full participation,
 * no problem) ends with severity 0; 3 (could not participate) ends with severity 100, not 25;
 * 1 and 2 ask the other three, and severity is the sum: 8 to 92.
 * Clarsen 2020, BJSM 54:390, doi 10.1136/bjsports-2019-101337; the rule of "substantial" as in
 * lenakba/ostRc R/functions-ostrc-questionnaire.R.
 *
 * No cut-off of the score exists for action, and a runner's smallest detectable change is 35
 * (doi 10.1111/sms.13885): no alarm on one week's difference. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define OSTRC_QUESTIONS 4

typedef struct Ostrc {
        int64_t severity;            /* 0, 8..92, 100; NULL_INTEGER with severity_reason */
        int64_t problem;             /* 1: first answer above 0; NULL_INTEGER with problem_reason */
        int64_t substantial;         /* 1: could not participate, or the second or third answer
                                      * is 2 or more; known as soon as one decides it */
        const char *severity_reason; /* "unanswered", "invalid_answer" (not 0..3): of an answer */
        const char *problem_reason;  /* that was needed */
        const char *substantial_reason;
} Ostrc;

/* NULL_INTEGER: not answered. Answers behind a closed gate are not read. */
Ostrc ostrc(const int64_t answers[static OSTRC_QUESTIONS]);

/* The index of an answer that was sent as points. NULL_INTEGER for points that are none of
 * 0, 8, 17, 25: version 1 (2013) used 0, 6, 13, 19, 25 and is another scale. */
int64_t ostrc_index_of_points(int64_t points);

typedef struct OstrcPrevalence {
        size_t responders; /* a missing week is no "no problem": it is not here */
        size_t with_problem;
        double share;       /* 0..1; NAN with `reason` */
        const char *reason; /* "no_responders" */
} OstrcPrevalence;

/* Of one week's questionnaires. */
OstrcPrevalence ostrc_prevalence(const Ostrc *answered, size_t n);
