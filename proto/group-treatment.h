/* group-treatment.h: the week's treatments, and the runs of seven days before and after each.
 *
 * Lists of seven, Monday first. Medians over the runs, three at least on each side; runs on the day
 * itself belong to neither. A difference in a week's runs is no proof of an effect. head.n: days with
 * a mark; head.coverage: share of them whose effect can be told; head.error: null, "not_known". */
#pragma once

#include "proto/groups.h"

typedef struct WeekTreatment {
        GroupHead head;
        char marks[136];  /* codes: none joint_manipulation soft_tissue both */
        char effect[104]; /* codes: none, told, too_few_runs ("too few runs to tell"), too_early (the seven
                           * days are not over) */
        double distance_before_m[7];
        double distance_after_m[7];
        double pain_before[7]; /* of the run's day, its highest entry */
        double pain_after[7];
} WeekTreatment;

extern const FieldTable week_treatment_fields;
