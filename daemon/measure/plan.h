/* plan.h: how much of the care plan is done (metrics.md 5). All thresholds are our own.
 *
 * The plan has prongs; three are its core. "The plan works best with all three": a core prong
 * of which less than half was done is missing and is named. A prong that the clinic did not
 * prescribe is not missing, and is told apart. */
#pragma once

#include "base/cleanup.h"
#include "proto/fields.h"
#include <stdbool.h>

typedef struct PlanParameters {
        double credit_share; /* of an item's repetitions or seconds: the session counts */
        double met_share;    /* of what is expected */
        double partial_share;
        int64_t window_weeks;
        int64_t verdict_after_days; /* younger plans are not judged */
} PlanParameters;

/* ---- one exercise session ---- */

/* An item of a session, in its own unit (repetitions, seconds). prescribed 0: not part of it. */
typedef struct PlanItem {
        double done;
        double prescribed;
} PlanItem;

/* done / prescribed, may pass 1; NAN when not prescribed or a value is missing or negative. */
double plan_item_share(PlanItem item);

/* 1: every prescribed item reached credit_share; 0: not; NULL_INTEGER: nothing was prescribed. A
 * prescribed item of which nothing is known (done is NAN) does not reach it. */
int64_t plan_session_counts(const PlanItem *items, size_t n, const PlanParameters *parameters);

/* ---- the prongs of a plan ---- */

typedef enum Prong {
        PRONG_JOINT_MANIPULATION,
        PRONG_SOFT_TISSUE,
        PRONG_EXERCISE,
        PRONG_NUTRITION, /* not of the core: reported apart */
        PRONG_COUNT,
} Prong;

const char *prong_name(Prong prong); /* "joint_manipulation" */
bool prong_is_core(Prong prong);

typedef enum ProngStatus {
        PRONG_UNKNOWN,   /* what was done is not known */
        PRONG_TOO_EARLY, /* the plan is too young for a verdict */
        PRONG_NOT_PLANNED,
        PRONG_MISSING,
        PRONG_PARTIAL,
        PRONG_MET,
} ProngStatus;

const char *prong_status_name(ProngStatus status); /* "met"; UNKNOWN: NULL */

typedef struct ProngPlan {
        double per_week; /* 0: not planned */
        double done;     /* in the window; NAN: not known */
} ProngPlan;

typedef struct ProngAdherence {
        double expected; /* per_week · weeks */
        double done;
        double adherence; /* min(1, done / expected), 0..1 */
        ProngStatus status;
} ProngAdherence;

typedef struct PlanAdherence {
        ProngAdherence prongs[PRONG_COUNT];
        Prong missing[PRONG_COUNT]; /* core prongs, in order */
        size_t n_missing;
        Prong not_planned[PRONG_COUNT]; /* likewise */
        size_t n_not_planned;
        int64_t complete; /* 1: no core prong is missing or unplanned; NULL_INTEGER: no verdict */
        Reasons reasons; /* "complete": "too_early" "unknown"; per prong name: also "not_planned" */
} PlanAdherence;

/* `since_start_days` NULL_INTEGER: old enough. Weeks that are missing or not above 0 make every
 * planned prong UNKNOWN. */
void plan_adherence(const ProngPlan plan[static PRONG_COUNT], double window_weeks,
                    int64_t since_start_days, const PlanParameters *parameters, PlanAdherence *ret);
