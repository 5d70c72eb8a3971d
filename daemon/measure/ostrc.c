#include "daemon/measure/ostrc.h"

#include "base/cleanup.h"
#include "proto/fields.h"

#include <stdbool.h>

enum {
        NO_PROBLEM = 0,
        MODERATE = 2,
        COULD_NOT_PARTICIPATE = 3,
        SEVERITY_MAX = 100,
};

static const int64_t points[] = {0, 8, 17, 25};

int64_t ostrc_index_of_points(int64_t of)
{
        for (size_t i = 0; i < ARRAY_SIZE(points); i++) {
                if (points[i] == of)
                        return (int64_t)i;
        }
        return NULL_INTEGER;
}

static const char *why_unread(int64_t answer)
{
        if (answer == NULL_INTEGER)
                return "unanswered";
        return answer >= 0 && answer < (int64_t)ARRAY_SIZE(points) ? NULL : "invalid_answer";
}

static void add_up(const int64_t *answers, Ostrc *result)
{
        int64_t sum = 0;

        for (size_t i = 0; i < OSTRC_QUESTIONS; i++) {
                result->severity_reason = why_unread(answers[i]);
                if (result->severity_reason)
                        return;
                sum += points[answers[i]];
        }
        result->severity = sum;
}

/* The second and the third answer; one of them can decide it, only both can deny it. */
static void judge_substantial(const int64_t *answers, Ostrc *result)
{
        for (size_t i = 1; i <= 2; i++) {
                const char *unread = why_unread(answers[i]);

                if (!unread && answers[i] >= MODERATE) {
                        result->substantial = 1;
                        result->substantial_reason = NULL;
                        return;
                }
                if (!result->substantial_reason)
                        result->substantial_reason = unread;
        }
        if (!result->substantial_reason)
                result->substantial = 0;
}

Ostrc ostrc(const int64_t answers[static OSTRC_QUESTIONS])
{
        Ostrc result = {NULL_INTEGER, NULL_INTEGER, NULL_INTEGER, NULL, NULL, NULL};
        const char *unread = why_unread(answers[0]);

        if (unread) {
                result.severity_reason = result.problem_reason = result.substantial_reason = unread;
                return result;
        }
        result.problem = answers[0] != NO_PROBLEM;
        if (answers[0] == NO_PROBLEM || answers[0] == COULD_NOT_PARTICIPATE) {
                result.severity = result.problem ? SEVERITY_MAX : 0;
                result.substantial = result.problem;
                return result;
        }
        add_up(answers, &result);
        judge_substantial(answers, &result);
        return result;
}

OstrcPrevalence ostrc_prevalence(const Ostrc *answered, size_t n)
{
        OstrcPrevalence prevalence = {.share = NAN};

        for (size_t i = 0; i < n; i++) {
                if (answered[i].problem == NULL_INTEGER)
                        continue;
                prevalence.responders++;
                prevalence.with_problem += answered[i].problem == 1;
        }
        if (prevalence.responders > 0)
                prevalence.share = (double)prevalence.with_problem / (double)prevalence.responders;
        else
                prevalence.reason = "no_responders";
        return prevalence;
}
