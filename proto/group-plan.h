/* group-plan.h: how much of the care plan is done, four weeks back from the week's last known day.
 *
 * What was done comes from the diary; a day without any entry says nothing, so head.coverage is the
 * share of the window's days (since the plan began) that have one, head.n their number. Expected is
 * what was prescribed on each of those days: a plan that changes in mid-week counts from its day.
 * For the first 14 days of a first plan there is no verdict. head.error: null, "not_known".
 *
 * The prongs stand in the order joint manipulation, soft tissue, exercise, nutrition; the three first
 * are the core. "The plan works best with all three": `missing` names those of which less than half
 * was done. Of exercises the week's own sums stand side by side: prescribed (as often as the plan
 * wants it), told by the runner, sensed by pods. Each day counts by the plan in force on it, so a week
 * in which the plan changed has the items of both, the newer one's first; an item of both, in the same
 * unit, stands there once. */
#pragma once

#include "proto/groups.h"

#define WEEK_PLAN_PRONGS    4
#define WEEK_PLAN_EXERCISES 6 /* the first ones of the plans */

typedef struct WeekPlan {
        GroupHead head;
        int64_t version;     /* in force on the week's last known day */
        char first_day[12];  /* of the first plan */
        double done[WEEK_PLAN_PRONGS];     /* times, days */
        double expected[WEEK_PLAN_PRONGS]; /* 0: not planned */
        double adherence[WEEK_PLAN_PRONGS]; /* 0..1 */
        char status[64];     /* codes: met partial missing not_planned too_early unknown */
        char missing[64];    /* codes, of the core; none while it is too early */
        char not_planned[64]; /* codes, of the core */
        int64_t complete;    /* 1: no core prong is missing or unplanned */
        char items[272];     /* codes: "gluteal_bridge", "hip_flexor_stretch.left" */
        char units[48];      /* codes: "reps" "s" "min" "times" */
        double prescribed[WEEK_PLAN_EXERCISES]; /* in the week: a seventh for each day of a plan */
        double told[WEEK_PLAN_EXERCISES];
        double sensed[WEEK_PLAN_EXERCISES];     /* null: no pod that could */
} WeekPlan;

extern const FieldTable week_plan_fields;
