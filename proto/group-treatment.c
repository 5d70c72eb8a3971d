#include "proto/group-treatment.h"

#include "base/cleanup.h"

#define TREATMENT(type, member) FIELD(FIELD_##type, WeekTreatment, member, "treatment." #member)

static const Field list[] = {
        GROUP_HEAD(WeekTreatment, "treatment"), TREATMENT(CODES, marks),
        TREATMENT(CODES, effect),               TREATMENT(REALS, distance_before_m),
        TREATMENT(REALS, distance_after_m),     TREATMENT(REALS, pain_before),
        TREATMENT(REALS, pain_after),
};

const FieldTable week_treatment_fields = {
        .name = "week_treatment", .fields = list, .n_fields = ARRAY_SIZE(list)};
