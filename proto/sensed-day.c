#include "proto/sensed-day.h"

#include "base/cleanup.h"

#define DAY(type, member) FIELD(FIELD_##type, SensedDay, member, #member)

static const Field list[] = {
        DAY(TEXT, runner),
        DAY(INTEGER, day),
        DAY(TEXT, source),
        DAY(REAL, sit_s),
        DAY(REAL, upright_s),
        DAY(REAL, lying_s),
        DAY(REAL, wear_s),
        DAY(INTEGER, bouts),
        DAY(INTEGER, breaks),
        DAY(REAL, longest_s),
        DAY(INTEGER, prolonged),
        DAY(REAL, prolonged_s),
        DAY(REAL, w50_s),
        DAY(TEXT, fault),
        DAY(INTEGER, bridge_reps),
        DAY(REAL, bridge_hold_s),
        DAY(INTEGER, stretch_left),
        DAY(REAL, stretch_left_s),
        DAY(INTEGER, stretch_right),
        DAY(REAL, stretch_right_s),
        DAY(REALS, trial_left_deg),
        DAY(REALS, trial_right_deg),
        DAY(CODES, trial_sites),
};

const FieldTable sensed_day_fields = {
        .name = "sensed_day", .fields = list, .n_fields = ARRAY_SIZE(list)};
